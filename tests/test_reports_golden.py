"""Golden sheets: the text of a printed month is that of a kept file, word by word.

Run as a script after a wished-for change, and look at the pages before keeping what it writes.
"""

from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from paper_samples import EMPTY, extreme, sheet

from disclosure.sheet import Claim, Sheet
from reports.large_pdf import large_print
from reports.picture import picture
from reports.sheet_pdf import sheet_print

FOLDER = Path(__file__).parent / "golden"
URL = "https://example.org/v/510802-sandui-jingtian/2021-05"
RARE = ("𠮷䶮㛃", "龘靐齉", "赟頔", "阿依木·买买提", "㑇")


def rare() -> Sheet:
    """Return a month with names of rare hanzi, some of which no shipped face has."""
    owed = tuple(Claim("应付款", name, 100_00 + at) for at, name in enumerate(RARE))
    base = sheet(2, 2)
    names = tuple(line._replace(party=RARE[at]) for at, line in enumerate(base.transfers))
    return replace(base, payables=owed, transfers=names)


def months() -> dict[str, Sheet]:
    """Return the months that are kept: plain, of 400 lines, with rare hanzi, with errata."""
    plain = replace(sheet(6, 12), errata=(), answers=())
    errata = replace(sheet(1, 2), errata=(*sheet(1, 2).errata, *extreme().errata))
    return {"plain": plain, "long": sheet(30, 370), "rare": rare(), "errata": errata}


def text_of(value: Sheet) -> str:
    """Return the lines of text of every page: sheet, large type, picture; letters that lacked.

    Of a long month only the sheet: the others have no more to say about length.
    """
    if sum(len(group.lines) for group in value.spending) > 100:
        return f"== A4\n{_lines(sheet_print(value, url=URL).pdf)}\n"
    prints = {"A4": sheet_print(value, url=URL), "大字": large_print(value, URL)}
    parts = [
        f"== {name} {made.pages} {''.join(made.missing)}\n{_lines(made.pdf)}"
        for name, made in prints.items()
    ]
    return "\n".join([*parts, f"== 长图\n{_lines(picture(value, URL).pdf)}", ""])


def _lines(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        texts = [page.get_textpage().get_text_bounded() for page in document]
    return "\n".join(" ".join(line.split()) for text in texts for line in text.splitlines())


@pytest.mark.parametrize("name", list(months()))
def test_the_printed_month_is_the_kept_one(name: str) -> None:
    assert text_of(months()[name]) == (FOLDER / f"{name}.txt").read_text("utf-8")


def test_the_kept_ones_tell_of_what_the_face_lacks() -> None:
    kept = (FOLDER / "rare.txt").read_text("utf-8")
    assert "〓" in kept
    assert "U+20BB7" in kept
    assert "〓" not in (FOLDER / "plain.txt").read_text("utf-8")
    assert EMPTY.name in kept


if __name__ == "__main__":
    for title, month in months().items():
        (FOLDER / f"{title}.txt").write_text(text_of(month), "utf-8")
