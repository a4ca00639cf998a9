"""Bank statements: reading and matching."""

from ledger.bank.layout import Profile
from ledger.bank.line import Line, Statement, new_lines
from ledger.bank.reading import read

__all__ = ["Line", "Profile", "Statement", "new_lines", "read"]
