"""Sums of legs."""

from typing import NamedTuple


class Turnover(NamedTuple):
    """What moved on an account, in fen: both sides as they stand in the books."""

    debit: int
    credit: int

    @property
    def net(self) -> int:
        """Return debit less credit."""
        return self.debit - self.credit
