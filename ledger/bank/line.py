"""The values of a bank statement."""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple


class Line(NamedTuple):
    """One movement on the account, as the bank states it; amounts in fen, never negative.

    Exactly one of `out_fen` and `in_fen` is not zero. `time` is `10:22:31` or empty. `key` is the
    same whenever the bank states the same movement again.
    """

    day: date
    time: str
    serial: str
    summary: str
    out_fen: int
    in_fen: int
    balance_fen: int
    party: str
    party_account: str
    party_bank: str
    purpose: str
    key: str

    @property
    def side(self) -> str:
        """Return `in` or `out`."""
        return "in" if self.in_fen else "out"

    @property
    def fen(self) -> int:
        """Return the amount moved (fen, positive)."""
        return self.in_fen + self.out_fen

    @property
    def text(self) -> str:
        """Return the words that a rule looks at."""
        return f"{self.summary} {self.purpose} {self.party}"


class Statement(NamedTuple):
    """A stretch of one account, oldest line first, whose running balance holds (fen)."""

    account: str
    holder: str
    bank: str
    lines: tuple[Line, ...]
    opening_fen: int
    closing_fen: int


def keyed(account: str, lines: Iterable[Line]) -> tuple[Line, ...]:
    """Return the lines of an account with their duplicate keys filled in.

    A key hashes account, day, serial, amount and balance. Banks that print no serial can state two
    lines alike in all of these (in, out, in again on one day); the second is told by its count.
    """
    seen: dict[str, int] = {}
    result = []
    for line in lines:
        facts = (account, line.day, line.serial, line.in_fen - line.out_fen, line.balance_fen)
        base = "|".join(str(fact) for fact in facts)
        count = seen[base] = seen.get(base, 0) + 1
        text = base if count == 1 else f"{base}|{count}"
        result.append(line._replace(key=hashlib.sha256(text.encode()).hexdigest()[:20]))
    return tuple(result)
