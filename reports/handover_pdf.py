"""交接清单 as a PDF: what is handed over, with places to sign for both sides and who supervises.

The new committee takes over within ten days, supervised by the township
(村民委员会组织法 第二十条).
"""

from datetime import date
from typing import NamedTuple

from reports import table
from reports.faces import Faces
from reports.paper import A4, Ink, Paper, Print
from reports.table import Column, Row, Slot, Style

SIGN = (("移交人", "接交人"), ("监交人（镇）", "村务监督委员会"))


class Section(NamedTuple):
    """A part of the list: its title, the titles of its columns, its rows as text."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Handover(NamedTuple):
    """What is handed over, by whom and to whom (name, seat); `digest` is that of the sections."""

    unit: str
    election: date
    day: date
    leaving: tuple[tuple[str, str], ...]
    coming: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    digest: str


def handover_pdf(one: Handover) -> bytes:
    """Return the list as a PDF on A4."""
    return handover_print(one).pdf


def handover_print(one: Handover, faces: Faces | None = None) -> Print:
    """Return the list with the letters that no face had."""
    paper = Paper(A4, 42, faces)
    paper.paragraph(paper.margin, "换届交接清单", Ink(20, heavy=True), paper.room, "middle")
    paper.paragraph(paper.margin, one.unit, Ink(13), paper.room, "middle")
    words = f"选举日 {one.election}　截至 {one.day}"
    paper.paragraph(paper.margin, words, Ink(11), paper.room, "middle")
    for title, people in (("离任", one.leaving), ("新任", one.coming)):
        said = "、".join(f"{name}（{seat}）" for name, seat in people) or "—"
        paper.paragraph(paper.margin, f"{title}：{said}", Ink(11), paper.room)
    for section in one.sections:
        _section(paper, section)
    paper.y += 10
    said = f"清单摘要：{one.digest}（离任登记里写着它的前 16 位，可以核对）"
    paper.paragraph(paper.margin, said, Ink(9.5, grey=0.3), paper.room)
    half = paper.room / 2
    for row in SIGN:
        paper.need(52)
        paper.y += 34
        for at, who in enumerate(row):
            words = f"{who}：　　　　　　　年　月　日"
            paper.put((paper.margin + at * half, paper.y), words, Ink(11.5), half)
    paper.y += 12
    return paper.finish(f"{one.unit}　换届交接清单", f"换届交接清单 {one.day}")


def _section(paper: Paper, section: Section) -> None:
    columns = [
        Column(title, "right" if "元）" in title else "left", 1) for title in section.columns
    ]
    rows = [Row(row) for row in section.rows]
    paper.y += 8
    lane = table.lane(paper, section.title, columns, rows, paper.room, Style(Ink(10.5)), "无。")
    table.flow(paper, (lane,), (Slot(paper.margin, paper.room),))
