"""A month's vouchers as they are bound: two on a page of A4 to cut apart, a cover before them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ledger import money
from ledger.chart import Chart
from ledger.voucher import WORDS, Number, Voucher
from reports import words
from reports.faces import Faces
from reports.paper import A4, Box, Ink, Mark, Paper, Print, Rule, Word
from reports.voucher_pdf import A5_LANDSCAPE, voucher_pages
from reports.words import Signed

TITLES = {
    "opening": "期初凭证",
    "receipt": "收款凭证",
    "payment": "付款凭证",
    "transfer": "转账凭证",
}
BLANKS = ("会计主管", "装订人", "装订日期")


class Bound(NamedTuple):
    """A voucher to bind: its number, what it says, who signed."""

    number: Number
    voucher: Voucher
    marks: Sequence[Signed]


def month_pdf(unit: str, period: str, chart: Chart, bound: Sequence[Bound]) -> bytes:
    """Return the vouchers of a month as one PDF; see `month_print`."""
    return month_print(unit, period, chart, bound).pdf


def month_print(
    unit: str, period: str, chart: Chart, bound: Sequence[Bound], faces: Faces | None = None
) -> Print:
    """Return the vouchers of a month in the order of class and number, cover first.

    Each voucher is a sheet of A5, two of which lie on a page with a line to cut along.
    """
    ranked = list(TITLES)
    items = sorted(bound, key=lambda one: (ranked.index(one.number.kind), one.number.no))
    halves = _cover(unit, period, items, faces)
    missing: dict[str, None] = {}
    for one in items:
        paper = voucher_pages(unit, one.number, one.voucher, chart, one.marks, faces)
        halves += paper.pages
        missing.update(paper.missing)
    whole = Paper(A4, 0, faces)
    whole.pages = list(_paired(halves))
    whole.missing = missing
    return whole.drawn(f"{unit}{words.month(period)}记账凭证")


def _cover(unit: str, period: str, items: Sequence[Bound], faces: Faces | None) -> list[list[Mark]]:
    paper = Paper(A5_LANDSCAPE, 40, faces)
    x, room = paper.margin, paper.room
    paper.draw(Box(x - 12, paper.margin - 12, room + 24, paper.height - 2 * paper.margin + 24, 1.2))
    paper.put((x, paper.y + 34), "会　计　凭　证　封　面", Ink(24, heavy=True), room, "middle")
    paper.put((x, paper.y + 66), unit, Ink(14), room, "middle")
    paper.put((x, paper.y + 92), words.month(period), Ink(14), room, "middle")
    y = paper.y + 122
    for kind, title in TITLES.items():
        mine = [one.number.no for one in items if one.number.kind == kind]
        if not mine:
            continue
        span = f"第 {min(mine):04d} 号至第 {max(mine):04d} 号"
        total = sum(one.voucher.total for one in items if one.number.kind == kind)
        for left, wide, text in (
            (0.04, 0.2, title),
            (0.24, 0.34, f"{WORDS[kind]}字　{span}"),
            (0.58, 0.14, f"共 {len(mine)} 张"),
        ):
            paper.put((x + room * left, y), text, Ink(12), room * wide)
        paper.put((x + room * 0.72, y), f"￥{money.yuan(total)}", Ink(12), room * 0.26, "right")
        y += 24
    sheets = sum(one.voucher.sheets for one in items)
    count = f"记账凭证共 {len(items)} 张　附单据共 {sheets} 张　本月第　　册　共　　册"
    paper.put((x, y + 12), count, Ink(12), room, "middle")
    for at, name in enumerate(BLANKS):
        paper.put(
            (x + room * at / 3, paper.height - paper.margin - 8), f"{name}：", Ink(12), room / 3
        )
    return paper.pages


def _paired(halves: Sequence[list[Mark]]) -> Iterable[list[Mark]]:
    half = A5_LANDSCAPE[1]
    for at in range(0, len(halves), 2):
        page = list(halves[at])
        page.append(Rule(0, half, A5_LANDSCAPE[0], half, dash=True))
        if at + 1 < len(halves):
            page += [_down(mark, half) for mark in halves[at + 1]]
        yield page


def _down(mark: Mark, by: float) -> Mark:
    match mark:
        case Word() | Box():
            return mark._replace(y=mark.y + by)
        case Rule():
            return mark._replace(y0=mark.y0 + by, y1=mark.y1 + by)
