"""The statements on paper: 会村01表, 会村02表, 科目余额表."""

from ledger.statements import Statement
from reports import statement as statements
from reports import table
from reports.faces import Faces
from reports.paper import A4, Ink, Paper, Print
from reports.table import Column, Lane, Row, Slot, Style

SIGNERS = ("单位负责人", "会计主管", "制表人")
TOTALS = ("合计", "总计", "小计")
UPRIGHT = 4  # so many columns fit on an upright page
SIGNATURES = 32.0
STYLES = (Style(), Style(Ink(10.5), 1.3, 3), Style(Ink(10), 1.25, 2), Style(Ink(9), 1.25, 2))


def statement_pdf(unit: str, until: str, statement: Statement) -> bytes:
    """Return a statement as a PDF; `until` is its day or period in words, `2021年12月31日`."""
    return statement_print(unit, until, statement).pdf


def statement_print(
    unit: str, until: str, statement: Statement, faces: Faces | None = None
) -> Print:
    """Return a statement with the letters that no face had."""
    titles = statements.titles(statement)
    paper = Paper(A4 if len(titles) <= UPRIGHT else (A4[1], A4[0]), 34, faces)
    paper.paragraph(paper.margin, statement.title, Ink(20, heavy=True), paper.room, "middle")
    _head(paper, unit, until, statement.form)
    columns = [_column(title, statement) for title in titles]
    rows = [_row(line, columns) for line in statements.lines(statement)]
    table.flow(paper, (_lane(paper, columns, rows),), (Slot(paper.margin, paper.room),))
    paper.need(SIGNATURES)
    for at, title in enumerate(SIGNERS):
        wide = paper.room / len(SIGNERS)
        paper.put((paper.margin + at * wide, paper.y + 12), f"{title}：", Ink(), wide)
    paper.y += SIGNATURES
    name = f"{statement.title}（{until}）"
    return paper.finish(f"{unit}　{name}", name)


def _head(paper: Paper, unit: str, until: str, form: str) -> None:
    paper.y += 20
    place = (paper.margin, paper.y - 6)
    paper.put(place, f"编制单位：{unit}", Ink(), paper.room * 0.5)
    paper.put((place[0] + paper.room * 0.5, place[1]), until, Ink(), paper.room * 0.22, "middle")
    right = f"{form}　单位：元"
    paper.put((place[0] + paper.room * 0.72, place[1]), right, Ink(), paper.room * 0.28, "right")


def _lane(paper: Paper, columns: list[Column], rows: list[Row]) -> Lane:
    """Set the table so that it fits one page where type of a readable size allows that."""
    for style in STYLES:
        lane = table.lane(paper, "", columns, rows, paper.room, style)
        high = sum(strip.height for strip in (lane.head, *lane.strips) if strip)
        if paper.y + high + SIGNATURES <= paper.bottom:
            return lane
    return table.lane(paper, "", columns, rows, paper.room)


def _column(title: str, statement: Statement) -> Column:
    if title in statement.columns:
        return Column(title, "right")
    return Column(title, "middle") if title == "行次" else Column(title, "left", 1)


def _row(line: list[statements.Cell], columns: list[Column]) -> Row:
    cells = tuple(statements.amount(cell) for cell in line)
    parts = [at for at, column in enumerate(columns) if column.share]
    wide = len(columns) // len(parts)
    totals = [at for at in parts if cells[at].endswith(TOTALS)]
    return Row(cells, heavy_at=frozenset(n for at in totals for n in range(at, at + wide)))
