"""What the roll of a distribution shows, for paper and spreadsheet alike: 分红花名册."""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

from ledger.distribution import Roll, Row


class Extra(NamedTuple):
    """What only some households have: an amount held back (fen) and why."""

    held_fen: int = 0
    reason: str = ""


class Entry(NamedTuple):
    """One line of the printed roll; `tail` is the last four of the account, for staff alone."""

    no: int
    group: str
    head: str
    people: int
    shares: str
    due_fen: int
    held_fen: int
    reason: str
    paid_fen: int
    tail: str
    parts: tuple[tuple[str, int], ...] = ()
    bonus: tuple[tuple[str, int], ...] = ()


DIGITS = re.compile(r"(\d+)")
Extras = Mapping[str, Extra]


def entries(roll: Roll, extras: Extras, *, staff: bool = False) -> list[Entry]:
    """Return the lines of the roll by group and household, numbered from 1.

    Accounts are left out unless the copy is for staff.
    """
    ordered = sorted(roll.rows, key=lambda row: (_natural(row.group), row.household))
    return [
        _entry(no, row, extras.get(row.household, Extra()), staff=staff)
        for no, row in enumerate(ordered, start=1)
    ]


def _natural(text: str) -> list[tuple[int, str]]:
    """Return a key that sorts 2组 before 10组."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in DIGITS.split(text)]


def _entry(no: int, row: Row, extra: Extra, *, staff: bool) -> Entry:
    return Entry(
        no=no,
        group=row.group,
        head=row.head,
        people=row.people,
        shares=str(row.shares),
        due_fen=row.fen,
        held_fen=extra.held_fen,
        reason=extra.reason,
        paid_fen=row.fen - extra.held_fen,
        tail=row.account_tail[-4:] if staff else "",
        parts=row.parts,
        bonus=row.bonus,
    )


def a_share(per_share: Fraction) -> str:
    """Return the yuan a share: exact to the fen, or `约` with four decimals."""
    exact = per_share / 100
    decimal = Decimal(exact.numerator) / exact.denominator
    if per_share.denominator == 1:
        return f"{decimal:.2f}"
    return f"约 {decimal.quantize(Decimal('0.0001'), ROUND_HALF_UP):f}"
