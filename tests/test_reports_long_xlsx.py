"""Long ledgers: the same workbook as a library writes cell by cell, in a fraction of the time."""

import io
import time
import zipfile
from collections.abc import Callable
from xml.dom.minidom import parseString

from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from reports.long_xlsx import long_workbook
from reports.workbook import Cell, Sheet, workbook

HEADS = ("日期", "摘要", "借方", "笔数")
MONEY = frozenset({2})
WIDTHS = (14.0, 34.0, 17.0, 8.0)
LETTERS = st.characters(blacklist_categories=("Cs",), blacklist_characters="\r")
WORDS = st.text(LETTERS, max_size=12)
FEN = st.integers(-(2**53) + 1, 2**53 - 1)
ROWS = st.lists(
    st.tuples(WORDS, st.one_of(st.none(), WORDS), st.one_of(st.none(), FEN), st.integers(0, 9999)),
    max_size=20,
)
Rows = list[tuple[Cell, ...]]


def head(sheet: Sheet) -> None:
    sheet.heading("明细账", "2021年")
    sheet.heads(HEADS)


def by_cells(rows: Rows) -> bytes:
    def fill(sheet: Sheet) -> None:
        head(sheet)
        for row in rows:
            sheet.write(row, MONEY)

    return workbook("明细账", WIDTHS, fill)


def by_rows(rows: Rows) -> bytes:
    return long_workbook("明细账", WIDTHS, head, rows, MONEY)


def read(data: bytes) -> list[list[object]]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    return [list(row) for row in sheet.to_python()]


def styles(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        page = parseString(packed.read("xl/worksheets/sheet1.xml"))  # noqa: S318 - our own
    return {c.getAttribute("r"): c.getAttribute("s") for c in page.getElementsByTagName("c")}


def test_rows_look_as_if_written_cell_by_cell() -> None:
    rows: Rows = [
        ("2021-05-01", '<b>&"引号"\'', 123_456, 3),
        ("=1+1", " 前后有空格 ", -1, 0),
        ("@x", "两行\n字", None, 12),
        ("", None, 0, 1),
    ]
    ours, theirs = by_rows(rows), by_cells(rows)
    assert read(ours) == read(theirs)
    assert read(ours)[3][:2] == ["2021-05-01", '<b>&"引号"\'']
    assert read(ours)[4][0] == "=1+1"  # a text, never a formula
    seen, wanted = styles(ours), styles(theirs)
    assert {cell: style for cell, style in seen.items() if cell in wanted} == {
        cell: wanted[cell] for cell in seen.keys() & wanted.keys()
    }
    assert by_rows(rows) == ours
    assert read(by_rows([])) == read(by_cells([]))


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_any_row_reads_back(rows: Rows) -> None:
    found = read(by_rows(rows))[3:]
    plain = [[_plain(cell, at) for at, cell in enumerate(row)] for row in rows]
    while plain and not any(one not in {"", None} for one in plain[-1]):
        plain.pop()
    assert [row[2:] for row in found] == [row[2:] for row in plain]
    for row, wanted in zip(found, plain, strict=True):
        for one, other in zip(row[:2], wanted[:2], strict=True):
            assert "".join(str(one).split()) == "".join(str(other).split())


def _plain(cell: Cell, at: int) -> object:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return "".join(
            one for one in cell if (one >= " " or one in "\t\n") and one not in "\ufffe\uffff"
        )
    return cell / 100 if at in MONEY else float(cell)


def test_long_ledgers_take_a_fraction_of_the_time_of_cells() -> None:
    rows: Rows = [(f"2021-05-{n % 28:02d}", f"第 {n} 笔", n, n) for n in range(4000)]
    assert taken(lambda: by_rows(rows)) < 0.6 * taken(lambda: by_cells(rows))


def taken(work: Callable[[], object]) -> float:
    """Return the least seconds of processor of three calls: others' load does not count."""
    found = []
    for _ in range(3):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)
