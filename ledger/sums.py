"""Legs in the books and their sums."""

from datetime import date
from typing import NamedTuple

Key = tuple[date, int, int]  # day, leaf of the posting, line: the order of the books


class Turnover(NamedTuple):
    """What moved on an account, in fen: both sides as they stand in the books."""

    debit: int
    credit: int

    @property
    def net(self) -> int:
        """Return debit less credit."""
        return self.debit - self.credit


class Entry(NamedTuple):
    """One leg of a posted voucher; `voucher` is the leaf of its posting, fen > 0 is debit."""

    number: str
    kind: str
    day: date
    period: str
    line: int
    account: str
    fen: int
    summary: str
    case: str
    voucher: int = 0

    @property
    def key(self) -> Key:
        """Return where the leg stands in the order of the books."""
        return self.day, self.voucher, self.line
