"""The roll of a distribution on paper: every household, its shares, what it gets, its signature."""

from itertools import groupby

from ledger import money
from ledger.distribution import Roll
from reports import roll as rolls
from reports import table
from reports.faces import Faces
from reports.paper import A4, Ink, Paper, Print
from reports.roll import Entry, Extras
from reports.table import Column, Row, Slot, Style

COLUMNS = (
    Column("组"),
    Column("序号", "right"),
    Column("户主", "left", 1),
    Column("人口", "right"),
    Column("股数", "right"),
    Column("每股（元）", "right"),
    Column("应分", "right"),
    Column("扣减", "right"),
    Column("扣减原因", "left", 1.2),
    Column("实发", "right"),
)
ACCOUNT = Column("账户后四位", "middle")
RECEIVED = Column("签收", "left", 1.3)


def roll_pdf(unit: str, roll: Roll, extras: Extras | None = None, *, staff: bool = False) -> bytes:
    """Return the 分红花名册 as a PDF; accounts (last four) on the staff copy alone."""
    return roll_print(unit, roll, extras, staff=staff).pdf


def roll_print(
    unit: str,
    roll: Roll,
    extras: Extras | None = None,
    *,
    staff: bool = False,
    faces: Faces | None = None,
) -> Print:
    """Return the roll with the letters that no face had."""
    paper = Paper((A4[1], A4[0]), 34, faces)
    name = f"{unit}{roll.year}年度分红花名册"
    entries = rolls.entries(roll, extras or {}, staff=staff)
    paper.paragraph(paper.margin, name, Ink(20, heavy=True), paper.room, "middle")
    paper.y += 20
    paper.put((paper.margin, paper.y - 6), _summary(roll, entries), Ink(12), paper.room)
    columns = (*COLUMNS, ACCOUNT, RECEIVED) if staff else (*COLUMNS, RECEIVED)
    share = rolls.a_share(roll.per_share)
    rows = [row for _, part in groupby(entries, _group) for row in _rows(list(part), share)]
    rows.append(_sum("合计", entries))
    rows = [row._replace(cells=_cut(row.cells, len(columns))) for row in rows]
    slot = Slot(paper.margin, paper.room)
    table.flow(paper, (table.lane(paper, "", columns, rows, paper.room, Style(Ink(12))),), (slot,))
    return paper.finish(f"{name}{'　内部留存' if staff else ''}", name)


def _summary(roll: Roll, entries: list[Entry]) -> str:
    people = sum(entry.people for entry in entries)
    return (
        f"成员分配总额 {money.yuan(roll.members_fen)} 元　{len(entries)} 户 {people} 人　"
        f"每股 {rolls.a_share(roll.per_share)} 元（各户按最大余数法分到分，合计不差一分）"
    )


def _group(entry: Entry) -> str:
    return entry.group


def _rows(entries: list[Entry], share: str) -> list[Row]:
    rows = [_row(entry, share) for entry in entries]
    rows[-1] = rows[-1]._replace(keep=True)
    return [*rows, _sum("小计", entries)._replace(keep=True)]


def _row(entry: Entry, share: str) -> Row:
    held = money.yuan(entry.held_fen) if entry.held_fen else ""
    return Row((
        entry.group, str(entry.no), entry.head, str(entry.people), entry.shares, share,
        money.yuan(entry.due_fen), held, entry.reason, money.yuan(entry.paid_fen), entry.tail, "",
    ))  # fmt: skip


def _sum(word: str, entries: list[Entry]) -> Row:
    due, held, paid = (
        money.yuan(sum(getattr(entry, field) for entry in entries))
        for field in ("due_fen", "held_fen", "paid_fen")
    )
    people = str(sum(entry.people for entry in entries))
    first = f"{word} {len(entries)} 户"
    return Row((first, "", "", people, "", "", due, held, "", paid, "", ""), span=3, heavy=True)


def _cut(cells: tuple[str, ...], count: int) -> tuple[str, ...]:
    """Leave the account out of the public copy."""
    return cells if count == len(cells) else (*cells[:-2], cells[-1])
