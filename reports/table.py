"""Tables: amounts never wrap, texts do, rows split over pages, heads come again on each."""

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from reports.paper import LIGHT, Ink, Paper, Rule, Side

GAP = 4.0
SMALLEST = 8.0
TITLE = 22.0


class Style(NamedTuple):
    """How a table is set: its ink, the distance of lines (times the size), room between rows."""

    ink: Ink = Ink()
    leading: float = 1.45
    pad: float = GAP


BODY = Style()


class Column(NamedTuple):
    """A column: heading, side, and its share of the room; share 0 takes what its texts need."""

    title: str
    side: Side = "left"
    share: float = 0.0


SPANNING = Column("", "left", 1)


class Row(NamedTuple):
    """A row: one text a column, then notes below them over the columns from `note_at` on.

    `span` joins the first columns for the first cell (the cells it covers are empty); `heavy_at`
    are the columns in heavy type where not all are; `keep` holds the row on one page with the next.
    """

    cells: tuple[str, ...]
    notes: tuple[str, ...] = ()
    note_at: int = 0
    heavy: bool = False
    heavy_at: frozenset[int] = frozenset()
    span: int = 1
    keep: bool = False


class Piece(NamedTuple):
    """A text on a line: where its room begins from the table's left edge, and how wide it is."""

    x: float
    text: str
    ink: Ink
    room: float
    side: Side


class Strip(NamedTuple):
    """A row ready to put down: lines of pieces, each as high as `leading`, and room around them."""

    lines: tuple[tuple[Piece, ...], ...]
    leading: float
    pad: float
    keep: bool

    @property
    def height(self) -> float:
        """Return the height with the room above and below."""
        return len(self.lines) * self.leading + self.pad


class Lane(NamedTuple):
    """A table under its title, as it fills one slot of a page after another.

    Without a head it is a table of nothing, which says so.
    """

    title: str
    head: Strip | None
    strips: tuple[Strip, ...]


class Slot(NamedTuple):
    """A place for a lane on every page: left edge and width."""

    x: float
    width: float


def lane(
    paper: Paper,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Row],
    room: float,
    style: Style = BODY,
    none: str = "没有。",
) -> Lane:
    """Set a table for a slot of this width; without rows it says `none` and has no heads."""
    if not rows:
        empty = _strip(paper, (SPANNING,), Row((none,)), (room,), style)
        return Lane(title, None, (empty,))
    rows = [row._replace(cells=tuple(paper.clean(cell) for cell in row.cells)) for row in rows]
    ink, widths = _widths(paper, columns, rows, room, style.ink)
    style = style._replace(ink=ink)
    head = Row(tuple(column.title for column in columns))
    strips = tuple(_strip(paper, columns, row, widths, style) for row in rows)
    return Lane(title, _strip(paper, columns, head, widths, style), strips)


def _widths(
    paper: Paper, columns: Sequence[Column], rows: Sequence[Row], room: float, ink: Ink
) -> tuple[Ink, list[float]]:
    """Return column widths, in smaller type where amounts would leave texts no room."""
    needs = [_need(paper, columns, rows, at, ink) for at in range(len(columns))]
    shares = sum(column.share for column in columns)
    spare = room - sum(needs)
    least = 4.5 * ink.size * sum(1 for column in columns if column.share)
    if spare < least and ink.size > SMALLEST:
        return _widths(paper, columns, rows, room, ink._replace(size=ink.size - 0.5))
    if not shares:
        return ink, [need * room / sum(needs) for need in needs]
    if spare < least:
        needs = [need * (room - least) / sum(needs) for need in needs]
        spare = least
    return ink, [
        spare * column.share / shares if column.share else need
        for column, need in zip(columns, needs, strict=True)
    ]


def _need(paper: Paper, columns: Sequence[Column], rows: Sequence[Row], at: int, ink: Ink) -> float:
    if columns[at].share:
        return 0.0
    texts = [row.cells[at] for row in rows if at >= row.span or row.span == 1]
    heavy = ink._replace(heavy=True)
    return max(paper.measure(text, heavy) for text in [columns[at].title, *texts]) + 2 * GAP


def _strip(
    paper: Paper, columns: Sequence[Column], row: Row, widths: Sequence[float], style: Style
) -> Strip:
    inks = [style.ink._replace(heavy=row.heavy), style.ink._replace(heavy=True)]
    stacks = [
        _stack(
            paper,
            columns[at] if row.span == 1 or at else SPANNING,
            cell,
            (sum(widths[:at]), _room(row, at, widths)),
            inks[at in row.heavy_at],
        )
        for at, cell in enumerate(row.cells)
        if at == 0 or at >= row.span
    ]
    height = max(len(stack) for stack in stacks)
    lines = [tuple(s[i] for s in stacks if i < len(s) and s[i].text) for i in range(height)]
    if row.notes:
        x, light = sum(widths[: row.note_at]), style.ink
        room = sum(widths[row.note_at :]) - 2 * GAP
        texts = paper.parts(row.notes, room, light)
        lines += [(Piece(x + GAP, text, light, room, "left"),) for text in texts]
    return Strip(tuple(lines), style.ink.size * style.leading, style.pad, row.keep)


def _room(row: Row, at: int, widths: Sequence[float]) -> float:
    return sum(widths[: row.span]) if at == 0 else widths[at]


def _stack(
    paper: Paper, column: Column, text: str, place: tuple[float, float], ink: Ink
) -> list[Piece]:
    x, room = place[0] + GAP, place[1] - 2 * GAP
    negative = ink._replace(red=column.side == "right" and text.startswith("-"))
    wraps = column.side != "right"
    texts = paper.lines(text, room, ink) if wraps else [paper.clean(text)]
    return [Piece(x, line, negative, room, column.side) for line in texts]


class _Filling:
    """A lane on its way onto paper: what is left of it, and whether it has begun."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.left = deque(lane.strips)
        self.begun = False

    @property
    def title(self) -> str:
        return f"{self.lane.title}（续）" if self.begun and self.lane.title else self.lane.title


def flow(paper: Paper, lanes: Iterable[Lane], slots: Sequence[Slot]) -> None:
    """Put lanes side by side, each in its slot, over as many pages as they take.

    When all lanes but one have ended, that one goes on in every slot of the following pages.
    """
    waiting = [_Filling(each) for each in lanes]
    paper.need(min(max(_least(each.lane) for each in waiting), (paper.bottom - paper.margin) / 2))
    while waiting:
        ends = [paper.y]
        places = waiting * len(slots) if len(waiting) == 1 else waiting
        for slot, filling in zip(slots, places, strict=False):
            if filling.left or not filling.begun:
                ends.append(_fill(paper, filling, slot))
        _divide(paper, slots, paper.y, max(ends))
        paper.y = max(ends) + 10
        waiting = [filling for filling in waiting if filling.left]
        if waiting:
            paper.turn()


def _least(lane: Lane) -> float:
    """Return the room that the title, the head and the first rows take."""
    return (
        TITLE
        + (lane.head.height if lane.head else 0)
        + sum(strip.height for strip in lane.strips[:2])
    )


def _fill(paper: Paper, filling: _Filling, slot: Slot) -> float:
    """Put as many strips as fit and return where they end; a row longer than a page is split."""
    y = _title(paper, slot, filling.title, paper.y) if filling.title else paper.y
    top = y = _put(paper, filling.lane.head, slot, y, 0.8) if filling.lane.head else y
    filling.begun = True
    left = filling.left
    while left:
        strip = left[0]
        held = strip.height + (left[1].height if strip.keep and len(left) > 1 else 0)
        count = len(strip.lines)
        if y + held > paper.bottom:
            if y > top and strip.height <= paper.bottom - top:
                return y
            count = min(count, int((paper.bottom - y - strip.pad) // strip.leading))
        if count < len(strip.lines):
            left[0] = strip._replace(lines=strip.lines[max(count, 0) :])
            shown = strip._replace(lines=strip.lines[: max(count, 0)])
            return _put(paper, shown, slot, y) if count > 0 else y
        y = _put(paper, left.popleft(), slot, y)
    return y


def _title(paper: Paper, slot: Slot, title: str, y: float) -> float:
    paper.put((slot.x + GAP, y + 15), title, Ink(13, heavy=True), slot.width - 2 * GAP)
    paper.draw(Rule(slot.x, y + 21, slot.x + slot.width, y + 21, 1.2))
    return y + TITLE


def _put(paper: Paper, strip: Strip, slot: Slot, y: float, weight: float = LIGHT) -> float:
    for at, line in enumerate(strip.lines):
        base = y + strip.pad / 2 + (at + 0.74) * strip.leading
        for piece in line:
            place = (slot.x + piece.x, base)
            paper.put(place, piece.text, piece.ink, piece.room, piece.side)
    y += strip.height
    paper.draw(Rule(slot.x, y, slot.x + slot.width, y, weight))
    return y


def _divide(paper: Paper, slots: Sequence[Slot], top: float, bottom: float) -> None:
    for left, right in pairwise(slots):
        middle = (left.x + left.width + right.x) / 2
        paper.draw(Rule(middle, top, middle, bottom))
