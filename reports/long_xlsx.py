"""Long ledgers as .xlsx: xlsxwriter makes the workbook, its rows are written as they come.

A library's call for every cell costs more than all else together: 100,000 rows of eight cells are
800,000 calls. So the workbook is made with one sample row, which shows the number of each cell
format, and the rows take its place in the sheet's text. Everything else stays as it was made.
"""

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from io import BytesIO

from reports.workbook import Cell, Sheet, workbook

PART = 2000  # rows written at a time
LEVEL = 3  # of compression: a third of the time of the usual 6, a tenth more bytes
SHEET = "xl/worksheets/sheet1.xml"
_ROW = re.compile(rb"<row r=\"([0-9]+)\"[^>]*>(?:(?!</row>).)*</row>(?=</sheetData>)", re.DOTALL)
_STYLE = re.compile(rb'<c r="[A-Z]+[0-9]+" s="([0-9]+)"')
_DIMENSION = re.compile(rb"<dimension [^>]*/>")
# What XML cannot hold is left out; what means something in it is written as an entity.
_LOST = {*range(32)} - {9, 10, 13} | {0xFFFE, 0xFFFF}
_SIGNS: dict[int, str | None] = dict.fromkeys(_LOST)
_SIGNS |= {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}


def long_workbook(
    name: str,
    widths: Sequence[float],
    head: Callable[[Sheet], None],
    rows: Iterable[Sequence[Cell]],
    money: frozenset[int],
    *,
    wide: bool = False,
) -> bytes:
    """Return the .xlsx with one worksheet: `head` fills its beginning, then come the rows.

    In the money columns an int is fen, elsewhere a count. The same rows give the same bytes.
    """

    def fill(sheet: Sheet) -> None:
        head(sheet)
        # A text, an amount, a count: one cell of each format.
        sheet.write(("样", 0, 0), frozenset({1}))

    made = workbook(name, widths, fill, wide=wide)
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(made)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            copy = zipfile.ZipInfo(info.filename, info.date_time)
            copy.compress_type = zipfile.ZIP_DEFLATED
            copy.external_attr = info.external_attr
            data = old.read(info)
            if info.filename != SHEET:
                new.writestr(copy, data)
                continue
            copy._compresslevel = LEVEL  # type: ignore[attr-defined]  # noqa: SLF001 - no other way
            with new.open(copy, "w", force_zip64=True) as file:
                for part in _filled(data, rows, money):
                    file.write(part)
    return out.getvalue()


def _filled(data: bytes, rows: Iterable[Sequence[Cell]], money: frozenset[int]) -> Iterator[bytes]:
    """Give the sheet's text with the rows in the place of the sample row, which is the last."""
    sample = _ROW.search(data)
    assert sample is not None  # noqa: S101 - it was just written
    text, fen, count = (style.decode() for style in _STYLE.findall(sample[0]))
    yield _DIMENSION.sub(b"", data[: sample.start()])
    first, part = int(sample[1]), []
    for number, cells in enumerate(rows, start=first):
        part.append(_row(number, cells, money, (text, fen, count)))
        if len(part) == PART:
            yield "".join(part).encode()
            part.clear()
    yield "".join(part).encode()
    yield data[sample.end() :]


def _row(
    number: int, cells: Sequence[Cell], money: frozenset[int], styles: tuple[str, str, str]
) -> str:
    text, fen, count = styles
    found = [f'<row r="{number}">']
    for at, cell in enumerate(cells):
        place = f'<c r="{_LETTERS[at]}{number}" s="'
        if cell is None:
            found.append(f'{place}{text}"/>')
        elif isinstance(cell, str):
            found.append(f'{place}{text}" t="inlineStr">{_words(cell)}</c>')
        elif at in money:
            # A spreadsheet knows no fen: the nearest double of the two decimals.
            found.append(f'{place}{fen}"><v>{cell / 100}</v></c>')
        else:
            found.append(f'{place}{count}"><v>{cell}</v></c>')
    found.append("</row>")
    return "".join(found)


@lru_cache(maxsize=4096)
def _words(text: str) -> str:
    keep = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return f"<is><t{keep}>{text.translate(_SIGNS)}</t></is>"


def _letter(at: int) -> str:
    before, here = divmod(at, 26)
    return (_letter(before - 1) if before else "") + chr(ord("A") + here)


_LETTERS = tuple(_letter(at) for at in range(16_384))
