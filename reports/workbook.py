"""Spreadsheets: numbers as numbers, text never a formula, the same bytes every time."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import xlsxwriter

CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # fixed: a workbook has a digest, its day is in a cell
Cell = str | int | None


class Sheet:
    """A worksheet being filled: a title, heads that print on every page, rows of cells."""

    def __init__(self, book: Any, name: str, widths: Sequence[float], *, wide: bool) -> None:  # noqa: ANN401 - xlsxwriter has no types
        self.page = book.add_worksheet(name[:31])
        border = {"border": 1, "valign": "vcenter", "font_size": 11}
        self.title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
        self.plain = book.add_format({"font_size": 11})
        self.head = book.add_format({**border, "bold": True, "align": "center"})
        self.text = book.add_format({**border, "text_wrap": True})
        self.money = book.add_format({**border, "num_format": "#,##0.00;[Red]-#,##0.00"})
        self.count = book.add_format({**border, "num_format": "0"})
        self.columns = len(widths)
        self.row = 0
        for at, width in enumerate(widths):
            self.page.set_column(at, at, width)
        self.page.set_paper(9)
        if wide:
            self.page.set_landscape()
        self.page.fit_to_pages(1, 0)
        self.page.set_margins(0.5, 0.5, 0.6, 0.7)
        self.page.set_footer("&L&A&R第 &P 页　共 &N 页")

    def heading(self, title: str, below: str) -> None:
        """Write the title over all columns and a line below it."""
        self.page.merge_range(0, 0, 0, self.columns - 1, "", self.title)
        self.page.write_string(0, 0, title, self.title)
        self.page.write_string(1, 0, below, self.plain)
        self.row = 2

    def heads(self, names: Sequence[str]) -> None:
        """Write the heads; they stay on screen and print on every page."""
        for at, name in enumerate(names):
            self.page.write_string(self.row, at, name, self.head)
        self.row += 1
        self.page.repeat_rows(self.row - 1)
        self.page.freeze_panes(self.row, 0)

    def write(self, cells: Sequence[Cell], money: frozenset[int]) -> None:
        """Write a row; in the money columns an int is fen, elsewhere a count."""
        for at, cell in enumerate(cells):
            if cell is None:
                self.page.write_blank(self.row, at, None, self.text)
            elif isinstance(cell, str):
                self.page.write_string(self.row, at, cell, self.text)
            elif at in money:
                # A spreadsheet knows no fen: the nearest double of the two decimals.
                self.page.write_number(self.row, at, cell / 100, self.money)
            else:
                self.page.write_number(self.row, at, cell, self.count)
        self.row += 1


def workbook(
    name: str,
    widths: Sequence[float],
    fill: Callable[[Sheet], None],
    *,
    wide: bool = False,
) -> bytes:
    """Return the .xlsx with one worksheet that `fill` fills."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": CREATED, "title": name})
    fill(Sheet(book, name, widths, wide=wide))
    book.close()
    return out.getvalue()
