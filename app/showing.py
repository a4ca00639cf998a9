"""A month's sheet in all its shapes, each a render of the same value."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from disclosure import broadcast, render, wording
from disclosure.comparing import Beside
from disclosure.redact import for_web
from disclosure.sheet import Sheet
from reports import voice
from reports.large_pdf import large_print
from reports.picture import picture
from reports.sheet_pdf import sheet_pdf


class Shape(NamedTuple):
    """A shape: its media type, and what makes it of a sheet, its address and the size of paper.

    A paper may be given besides what stands beside the month (`comparing.beside`).
    """

    media: str
    make: Callable[..., bytes]


@lru_cache(maxsize=32)
def _picture(sheet: Sheet, url: str) -> bytes:
    # A chat group opens the same picture many times within minutes.
    return picture(sheet, url).png


PAPERS: dict[str, Callable[[Sheet, str, Sequence[Beside]], bytes]] = {
    "A4": lambda sheet, url, beside: sheet_pdf(sheet, "A4", url, beside),
    "A3": lambda sheet, url, beside: sheet_pdf(sheet, "A3", url, beside),
    "A3-tall": lambda sheet, url, beside: sheet_pdf(sheet, "A3-tall", url, beside),
    "large": lambda sheet, url, _: large_print(sheet, url).pdf,  # A4 in type of 18 points
}


def _pdf(sheet: Sheet, url: str, size: str, beside: Sequence[Beside] = ()) -> bytes:
    return PAPERS.get(size, PAPERS["A4"])(sheet, url, beside)


SHAPES = {
    "json": Shape("application/json", lambda sheet, _url, _size: render.to_json(sheet)),
    "csv": Shape("text/csv; charset=utf-8", lambda sheet, _url, _size: render.to_csv(sheet)),
    "pdf": Shape("application/pdf", _pdf),
    "png": Shape("image/png", lambda sheet, url, _size: _picture(sheet, url)),
    "txt": Shape(
        "text/plain; charset=utf-8", lambda sheet, url, _size: wording.chat(sheet, url).encode()
    ),
}
# What the command line calls them; what leaves the village for a phone is masked.
FORMS = {"pdf": "pdf", "picture": "png", "text": "txt", "script": "txt", "wav": "wav"}
ABROAD = frozenset({"picture", "text"})


def shown(
    sheet: Sheet, form: str, url: str, size: str = "A4", beside: Sequence[Beside] = ()
) -> bytes:
    """Return a month's sheet in a form: names in full on paper, masked where it leaves the village.

    Source: 个人信息保护法 art. 6 (no more than the purpose needs)
    """
    if form in {"script", "wav"}:  # heard where the wall is read
        said = broadcast.script(sheet)
        return said.encode() if form == "script" else voice.sound(said).wav
    if form == "pdf":
        return _pdf(sheet, url, size, beside)
    value = for_web(sheet) if form in ABROAD else sheet
    return SHAPES[FORMS[form]].make(value, url, size)
