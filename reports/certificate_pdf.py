"""The certificate of a household's shares: 股权证, with who belongs and how each share came."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from ledger.registers.membership.entry import JOINS, KINDS, SHARES, Entry
from ledger.registers.membership.fold import House
from reports import table
from reports.faces import Faces
from reports.paper import A4, Box, Ink, Paper, Print
from reports.table import Column, Row, Slot, Style

PEOPLE = (
    Column("序号", "right"),
    Column("姓名", "left", 1),
    Column("与户主关系", "left", 1),
    Column("成为成员", "left", 1),
    Column("日期"),
)
CHANGES = (
    Column("日期"),
    Column("变动", "left", 1),
    Column("份额", "left", 1),
    Column("股数", "right"),
    Column("登记行", "right"),
)


class Certificate(NamedTuple):
    """What a certificate states; `lines` are the household's, `digest` is the register's."""

    unit: str
    day: date
    house: House
    lines: Sequence[Entry]
    digest: str


def certificate_pdf(one: Certificate) -> bytes:
    """Return the certificate as a PDF."""
    return certificate_print(one).pdf


def certificate_print(one: Certificate, faces: Faces | None = None) -> Print:
    """Return the certificate with the letters that no face had."""
    paper, house = Paper(A4, 48, faces), one.house
    paper.draw(Box(30, 30, A4[0] - 60, A4[1] - 110))
    paper.paragraph(paper.margin, "股 权 证", Ink(26, heavy=True, red=True), paper.room, "middle")
    paper.paragraph(paper.margin, one.unit, Ink(13), paper.room, "middle")
    paper.y += 8
    head = f"第 {house.number} 号　{house.group}　户主：{house.head}　成员 {house.count} 人"
    if house.unnamed:
        head += f"（首次登记时未列名 {house.unnamed} 人）"
    paper.paragraph(paper.margin, head, Ink(13, heavy=True), paper.room)
    kinds = "、".join(f"{SHARES[kind]} {count} 股" for kind, count in sorted(house.shares.items()))
    text = f"截至 {one.day}，本户持有{kinds or '份额 0 股'}，合计 {house.total} 股。"
    paper.paragraph(paper.margin, text, Ink(12), paper.room)
    people = [
        Row((str(at), person.name, person.relation, JOINS[person.came], str(person.joined)))
        for at, person in enumerate(house.present(), start=1)
    ]
    none = f"成员 {house.unnamed} 人，首次登记时未逐人列名。"
    _table(paper, "成员", PEOPLE, people, none)
    changes = [
        Row(
            (
                str(line.day),
                KINDS[line.kind] + _way(house, line),
                _share(line),
                str(line.count or ""),
                str(line.no),
            )
        )
        for line in one.lines
    ]
    _table(paper, "变动", CHANGES, changes, "首次登记后没有变动。")
    paper.y += 10
    words = (
        "本证按份额登记簿填发，以登记簿为准；份额是收益分配的依据，集体资产不分割到个人。"
        f"登记簿摘要（可在公开的账簿文件里核对）：{one.digest}"
    )
    paper.paragraph(paper.margin, words, Ink(9.5, grey=0.3), paper.room)
    paper.y += 26
    paper.put((paper.margin, paper.y), "发证单位（章）：", Ink(12), paper.room / 2)
    paper.put(
        (paper.margin + paper.room / 2, paper.y), f"{one.day}", Ink(12), paper.room / 2, "right"
    )
    title = f"{one.unit}股权证 {house.number}"
    return paper.finish(title, title)


def _table(
    paper: Paper, title: str, columns: Sequence[Column], rows: Sequence[Row], none: str
) -> None:
    paper.y += 8
    lane = table.lane(paper, title, columns, rows, paper.room, Style(Ink(11)), none)
    table.flow(paper, (lane,), (Slot(paper.margin, paper.room),))


def _way(house: House, line: Entry) -> str:
    if line.other and line.other != house.number:
        return f"给 {line.other} 户"
    return f"（从 {line.household} 户来）" if line.other else ""


def _share(line: Entry) -> str:
    turned = f" → {SHARES[line.into]} {line.gets} 股" if line.into else ""
    return SHARES.get(line.share, "") + turned
