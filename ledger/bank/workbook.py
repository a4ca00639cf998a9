"""Open an .xls or .xlsx in a process of its own: a broken file may end that process, never ours.

Measured on damaged .xls files: the reader asks for terabytes and the process is aborted, which
no `except` can catch. So this file is run as a script by `ledger.bank.cells`, with bounds on
memory and time; it imports nothing of ours. In: the workbook's bytes; out: rows as JSON.
"""

import io
import json
import sys
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineWorkbook

try:
    import resource
except ImportError:  # pragma: no cover - Windows has no such bounds; the time limit stays
    resource = None  # type: ignore[assignment]

Cell = str | int | float | bool | date | datetime | time | timedelta
MEMORY = 2**30
CELLS = 2_000_000


def rows(data: bytes) -> list[list[str]]:
    """Return the rows of the first sheet that has any text; empty rows stay, so that rows count.

    Raises:
        Exception: whatever the reader says of a file that it cannot read.
        ValueError: the sheet has more than two million cells.
    """
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height * sheet.total_width > CELLS:
            raise ValueError(name)
        table = [list(map(shown, row)) for row in sheet.to_python(skip_empty_area=False)]
        if any(map(any, table)):
            return table
    return []


def answer(data: bytes) -> bytes:
    """Return every sheet as JSON: name, rows, merged ranges (top, left, bottom, right, from 0).

    For `app.bounded`, which runs this in a process with the same bounds.

    Raises:
        Exception: whatever the reader says of a file that it cannot read.
        ValueError: the sheets together have more than two million cells.
    """
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheets, cells = [], 0
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        cells += sheet.total_height * sheet.total_width
        if cells > CELLS:
            raise ValueError(name)
        table = [list(map(shown, row)) for row in sheet.to_python(skip_empty_area=False)]
        ranges = [(*start, *end) for start, end in sheet.merged_cell_ranges or ()]
        sheets.append((name, table, ranges))
    return json.dumps(sheets).encode()


def shown(cell: Cell) -> str:
    """Return a cell as the bank wrote it."""
    if isinstance(cell, float):
        # A spreadsheet keeps 0.30 as 0.30000000000000004: six decimals show what was meant.
        return f"{cell:.6f}".rstrip("0").rstrip(".")
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, time):
        return cell.isoformat(timespec="seconds")
    return str(cell)


def main() -> None:  # pragma: no cover - runs in a process of its own in each workbook test
    """Read a workbook from standard input and write its rows to standard output."""
    if resource:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    found = rows(sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(found).encode())


if __name__ == "__main__":  # pragma: no cover - as above
    main()
