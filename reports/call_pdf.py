"""会议通知 as a PDF: which meeting, when, where, over what; whom it calls, with room to sign."""

from datetime import date
from typing import NamedTuple

from reports import table
from reports.faces import Faces
from reports.paper import A4, Ink, Paper, Print
from reports.table import Column, Row, Slot, Style

AGENDA = (
    Column("序号", "left", 1),
    Column("事项", "left", 1),
    Column("收付款方", "left", 1),
    Column("金额（元）", "right", 1),
)
ROSTER = (
    Column("序号", "left", 1),
    Column("姓名", "left", 1),
    Column("收到通知（签字）", "left", 1),
    Column("到会（签字）", "left", 1),
)
BODY = Style(Ink(12))


class Notice(NamedTuple):
    """A call: the unit, the meeting, (day, time, place), agenda as text, names, who calls, when."""

    unit: str
    title: str
    when: tuple[date, str, str]
    agenda: tuple[tuple[str, str, str], ...]
    roster: tuple[str, ...]
    by: str
    day: date


def call_pdf(one: Notice) -> bytes:
    """Return the notice as a PDF on A4."""
    return call_print(one).pdf


def call_print(one: Notice, faces: Faces | None = None) -> Print:
    """Return the notice with the letters that no face had."""
    paper = Paper(A4, 42, faces)
    paper.paragraph(paper.margin, "会议通知", Ink(22, heavy=True), paper.room, "middle")
    paper.paragraph(paper.margin, f"{one.unit}　{one.title}", Ink(14), paper.room, "middle")
    day, time, place = one.when
    paper.y += 8
    for line in (
        f"时间：{day}　{time}",
        f"地点：{place}",
        f"召集人：{one.by}　通知日期：{one.day}",
    ):
        paper.paragraph(paper.margin, line, Ink(14), paper.room)
    paper.y += 4
    words = "请按时到会；不能到会的，请提前告诉召集人。应到和实到人数写进会议记录。"
    paper.paragraph(paper.margin, words, Ink(11), paper.room)
    agenda = [Row((str(no), *row)) for no, row in enumerate(one.agenda, start=1)]
    roster = [Row((str(no), name, "", "")) for no, name in enumerate(one.roster, start=1)]
    for title, columns, rows in (
        ("议程", AGENDA, agenda),
        (f"应到 {len(roster)} 人", ROSTER, roster),
    ):
        paper.y += 8
        lane = table.lane(paper, title, columns, rows, paper.room, BODY)
        table.flow(paper, (lane,), (Slot(paper.margin, paper.room),))
    return paper.finish(f"{one.unit}　会议通知", f"会议通知 {day}")
