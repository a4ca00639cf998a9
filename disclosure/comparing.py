"""A month, a quarter or a year beside the one before, and beside the year's budget, by item."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from disclosure.compose import vouchers_between
from disclosure.groups import money_of
from ledger import periods
from ledger.items import items
from ledger.posted import store as posted
from ledger.registers import store as registers

SIDES = {"income": "收入", "spending": "支出"}
Sums = Mapping[tuple[str, str], int]


class Beside(NamedTuple):
    """An item beside itself: this span, the span before, the year so far, the year's budget (fen).

    `before` is None where there is no such span in the books, `budget` where none was adopted.
    """

    side: str
    title: str
    now: int
    before: int | None
    year: int
    budget: int | None

    @property
    def more(self) -> int | None:
        """Return how much more than in the span before; below zero, less."""
        return None if self.before is None else self.now - self.before


def beside(conn: Connection, village: str, first: str, last: str) -> tuple[Beside, ...]:
    """Return every item of income and spending of a span of months beside the one before it.

    Amounts are those of the sheets: what came in and went out as money. Each side ends with its
    total, titled 合计.
    """
    now = sums(conn, village, first, last)
    known = posted.periods(conn, village)
    earlier = _earlier(first, last)
    whole = bool(known) and earlier[0] >= min(known)
    before = sums(conn, village, *earlier) if whole else None
    year = sums(conn, village, f"{last[:4]}-01", last)
    budget = registers.budget_of(conn, village, int(last[:4]))
    found = []
    for side in SIDES:
        rows = [
            _row(side, item.zh, item.id, (now, before, year), budget)
            for item in items().values()
            if any((side, item.id) in one for one in (now, before or {}, year))
            or (item.side == side and item.id in budget)
        ]
        found += [*rows, _total(side, rows)] if rows else []
    return tuple(found)


def _earlier(first: str, last: str) -> tuple[str, str]:
    count = len(periods.months(first, last))
    at = int(first[:4]) * 12 + int(first[5:]) - 1
    return _month(at - count), _month(at - 1)


def _month(at: int) -> str:
    return f"{at // 12:04d}-{at % 12 + 1:02d}"


def sums(conn: Connection, village: str, first: str, last: str) -> Sums:
    """Return by side and item what came in and went out in some months, as the sheets have it."""
    found: dict[tuple[str, str], int] = {}
    for item in vouchers_between(conn, village, first, last):
        fen = money_of(item)
        side = "income" if item.voucher.kind == "receipt" else "spending"
        key = (side, item.voucher.purpose)
        if fen:
            found[key] = found.get(key, 0) + (fen if side == "income" else -fen)
    return found


def _row(
    side: str, title: str, item: str, of: tuple[Sums, Sums | None, Sums], budget: Mapping[str, int]
) -> Beside:
    now, before, year = of
    key = (side, item)
    mine = budget.get(item) if items()[item].side == side else None
    last = None if before is None else before.get(key, 0)
    return Beside(SIDES[side], title, now.get(key, 0), last, year.get(key, 0), mine)


def _total(side: str, rows: list[Beside]) -> Beside:
    lasts = [row.before for row in rows]
    budgets = [row.budget for row in rows if row.budget is not None]
    return Beside(
        SIDES[side],
        "合计",
        sum(row.now for row in rows),
        None if None in lasts else sum(fen or 0 for fen in lasts),
        sum(row.year for row in rows),
        sum(budgets) if budgets else None,
    )
