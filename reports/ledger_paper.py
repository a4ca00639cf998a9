"""A ledger as a spreadsheet and on paper."""

from collections.abc import Iterable

from ledger import money
from ledger.ledgers import Cell, Head, Ledger, Line
from reports import table
from reports.faces import Faces
from reports.long_xlsx import long_workbook
from reports.paper import A4, Ink, Paper, Print
from reports.table import Column, Row, Slot, Style
from reports.workbook import Sheet

UPRIGHT = 6  # so many columns fit on an upright page


def ledger_xlsx(unit: str, ledger: Ledger) -> bytes:
    """Return a ledger as .xlsx: amounts are numbers in yuan; rows are written as they come."""
    amounts = frozenset(at for at, head in enumerate(ledger.heads) if head.money)

    def head(sheet: Sheet) -> None:
        sheet.heading(f"{unit}　{ledger.title}", f"{ledger.about}　单位：元")
        sheet.heads([head.title for head in ledger.heads])

    widths = [_wide(head) for head in ledger.heads]
    wide = len(ledger.heads) > UPRIGHT
    rows = (line.cells for line in ledger.lines)
    return long_workbook(ledger.title, widths, head, rows, amounts, wide=wide)


def _wide(head: Head) -> float:
    return 34.0 if head.wide else 17.0 if head.money else 14.0


def ledger_pdf(unit: str, ledger: Ledger, faces: Faces | None = None) -> bytes:
    """Return a ledger as a PDF; heads come again on each page."""
    return ledger_print(unit, ledger, faces).pdf


def ledger_print(unit: str, ledger: Ledger, faces: Faces | None = None) -> Print:
    """Return a ledger with the letters that no face had."""
    wide = len(ledger.heads) > UPRIGHT
    paper = Paper((A4[1], A4[0]) if wide else A4, 34, faces)
    paper.paragraph(paper.margin, ledger.title, Ink(20, heavy=True), paper.room, "middle")
    paper.y += 20
    half = paper.room / 2
    paper.put((paper.margin, paper.y - 6), f"编制单位：{unit}", Ink(), half)
    right = f"{ledger.about}　单位：元"
    paper.put((paper.margin + half, paper.y - 6), right, Ink(), half, "right")
    columns, rows = columns_of(ledger.heads), list(rows_of(ledger.lines))
    style = Style(Ink(10.5), 1.3, 3)
    lane = table.lane(paper, "", columns, rows, paper.room, style)
    table.flow(paper, (lane,), (Slot(paper.margin, paper.room),))
    name = f"{ledger.title}（{ledger.about}）"
    return paper.finish(f"{unit}　{name}", name)


def columns_of(heads: Iterable[Head]) -> list[Column]:
    """Return the columns of a ledger on paper."""
    return [_column(head) for head in heads]


def _column(head: Head) -> Column:
    if head.money:
        return Column(head.title, "right")
    return Column(head.title, "left", 1 if head.wide else 0)


def rows_of(lines: Iterable[Line]) -> Iterable[Row]:
    """Give the rows of a ledger on paper."""
    for line in lines:
        yield Row(tuple(_text(cell) for cell in line.cells), heavy=line.heavy)


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else "" if cell is None else money.yuan(cell)
