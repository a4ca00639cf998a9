"""A year's budget by item (收支项目) and what became of it, as values in fen.

What a voucher counts for is its item and its total: income that is paid back and spending that
comes back count against themselves, and so do red letters.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ledger.items import Item, items
from ledger.ledgers import Cell, Head, Line, money
from ledger.voucher import Voucher

SIDES = {"income": "收入", "spending": "支出"}
HEADS = (
    Head("收支项目", wide=True),
    *money("全年预算", "本期", "本年累计", "剩余"),
    Head("完成"),
    Head("说明"),
)
MONTHS = (Head("月份", wide=True), *money("本月", "本年累计", "全年预算", "剩余"))
OVER, WITHOUT = "超预算", "没有预算"


class Use(NamedTuple):
    """How an item stands before a voucher: budget, posted, under way, and the voucher's own."""

    budget: int
    used: int
    pending: int
    this: int

    @property
    def left(self) -> int:
        """Return what is left of the budget before the voucher."""
        return self.budget - self.used - self.pending

    @property
    def after(self) -> int:
        """Return what is left with the voucher; below zero, the budget is exceeded."""
        return self.left - self.this


def budgeted() -> list[Item]:
    """Return the items that a budget may name: those of income and spending."""
    return [item for item in items().values() if item.side in SIDES]


def counted(voucher: Voucher) -> int:
    """Return what a voucher counts for its item in fen; 0 where its item is no budget's."""
    side = items()[voucher.purpose].side
    if side not in SIDES or voucher.kind == "opening":
        return 0
    against = {"income": "payment", "spending": "receipt"}[side]
    return -voucher.total if voucher.kind == against else voucher.total


def actual(vouchers: Iterable[Voucher]) -> dict[str, dict[str, int]]:
    """Return what vouchers count for, by item and month."""
    found: dict[str, dict[str, int]] = {}
    for voucher in vouchers:
        fen = counted(voucher)
        if fen:
            months = found.setdefault(voucher.purpose, {})
            months[voucher.period] = months.get(voucher.period, 0) + fen
    return found


def lines(
    budget: Mapping[str, int], done: Mapping[str, Mapping[str, int]], first: str, last: str
) -> Iterator[Line]:
    """Give budget against actual by item, with a sum for income and for spending.

    `done` is `actual` of the year's vouchers; 本期 is from first to last month, 本年累计 from the
    beginning of the year to the last.
    """
    for side, word in SIDES.items():
        sums = [0, 0, 0]
        for item in budgeted():
            months = done.get(item.id, {})
            if item.side != side or not (months or item.id in budget):
                continue
            part = sum(fen for period, fen in months.items() if first <= period <= last)
            year = sum(fen for period, fen in months.items() if period <= last)
            figures = (budget.get(item.id, 0), part, year)
            sums = [left + right for left, right in zip(sums, figures, strict=True)]
            note = _note(side, item.id in budget, *figures[::2])
            known = _columns(*figures)
            if item.id not in budget:  # nothing was planned, so nothing is left or missing
                known = (None, part, year, None, "—")
            yield Line((item.zh, *known, note), value=item.id)
        yield Line((f"{word}合计", *_columns(sums[0], sums[1], sums[2]), ""), heavy=True)


def _columns(budget: int, part: int, year: int) -> tuple[Cell, ...]:
    share = f"{year * 100 // budget}%" if budget > 0 else "—"
    return (budget, part, year, budget - year, share)


def _note(side: str, known: bool, budget: int, year: int) -> str:  # noqa: FBT001 - a fact of a row
    if not known:
        return WITHOUT
    return OVER if side == "spending" and year > budget else ""


def by_month(budget: int, months: Mapping[str, int], periods: Iterable[str]) -> Iterator[Line]:
    """Give one item's budget against actual month by month."""
    year = 0
    for period in periods:
        fen = months.get(period, 0)
        year += fen
        yield Line((period, fen, year, budget, budget - year))
