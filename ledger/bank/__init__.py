"""Bank statements: reading and matching."""

from ledger.bank.layout import Profile
from ledger.bank.line import Line, Statement
from ledger.bank.reading import read

__all__ = ["Line", "Profile", "Statement", "read"]
