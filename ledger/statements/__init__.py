"""The statements of a village: the two annual ones, the two monthly ones, and what ties them."""

from ledger.statements.annual import balance_sheet, income_statement
from ledger.statements.form import Row, Statement, StatementUntied, Untied
from ledger.statements.monthly import income_detail, trial_balance
from ledger.statements.ties import tie, ties
from ledger.statements.year import UNDISTRIBUTED, Year, undistributed, year_of

__all__ = [
    "UNDISTRIBUTED",
    "Row",
    "Statement",
    "StatementUntied",
    "Untied",
    "Year",
    "balance_sheet",
    "income_detail",
    "income_statement",
    "tie",
    "ties",
    "trial_balance",
    "undistributed",
    "year_of",
]
