"""The two annual statements: 会村01表 资产负债表 and 会村02表 收益及收益分配表.

Layout: 农村集体经济组织会计制度 (财会〔2023〕14号); lines and formulas are data/statements.toml.
"""

from ledger.statements.form import Balances, Statement, refuse, statement
from ledger.statements.ties import ties
from ledger.statements.year import Year


def balance_sheet(closing: Balances, opening: Balances) -> Statement:
    """Return 会村01表 for balances at the end of a period and at the beginning of the year.

    Balances are fen by leaf account, debit positive. 113 内部往来 is split by side per detail.
    Income and expense that are not closed yet stand in line 38 未分配收益.

    Raises:
        StatementUntied: assets do not equal liabilities and equity.
    """
    sheet = statement("balance_sheet", ("asset", "claim"), [(closing, {}), (opening, {})])
    refuse(ties(sheet))
    return sheet


def income_statement(this: Year, last: Year | None = None) -> Statement:
    """Return 会村02表 for a year beside the year before (zeros where there was none).

    See `year_of` for what a year holds; the figures do not change when the year is closed.
    """
    years = [this, last or Year({}, 0, 0, 0, 0, 0)]
    return statement("income_statement", ("line",), [(year.moved, _named(year)) for year in years])


def _named(year: Year) -> dict[str, int]:
    return {
        "Xopening": year.opening,
        "Xinto": year.into,
        "Xreserve": year.reserve,
        "Xmembers": year.members,
        "Xother": year.other,
    }
