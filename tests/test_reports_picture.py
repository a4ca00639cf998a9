"""The chat picture: the month's figures, small enough to send, large enough to read."""

import io
import re
from dataclasses import replace

import pytest
from paper_samples import EMPTY, extreme, sheet
from PIL import Image
from test_reports_sheet import text_of

from disclosure.abridge import abridged
from disclosure.redact import for_web
from disclosure.render import five
from disclosure.sheet import Sheet
from ledger.money import yuan
from reports import faces
from reports import picture as pictures
from reports.paper import Paper, Word

URL = "https://example.org/v/510802-sandui-jingtian/2021-05"
AMOUNT = re.compile(r"-?[\d,]+\.\d\d")


@pytest.mark.parametrize("value", [EMPTY, sheet(6, 24), sheet(30, 370), extreme()])
def test_the_picture_is_small_and_holds_every_sum(value: Sheet) -> None:
    made = pictures.picture(value, URL)
    assert made.width == 1080
    assert len(made.png) <= 1_000_000
    with Image.open(io.BytesIO(made.png)) as drawn:
        assert drawn.size == (made.width, made.height)
        assert len(drawn.convert("RGB").getcolors()) <= 32
    text = text_of(made.pdf)
    assert all(yuan(fen) in text for _, fen in five(value))
    assert all(yuan(group.fen) in text for group in (*value.income, *value.spending))
    assert all(yuan(bank.closing_fen) in text for bank in value.banks[:6])


def test_type_is_never_below_13_pixels_of_a_phone(monkeypatch: pytest.MonkeyPatch) -> None:
    put: list[Word] = []
    draw = Paper._word
    monkeypatch.setattr(Paper, "_word", lambda *a: (put.append(a[2]), draw(*a))[1])
    pictures.picture(sheet(30, 370), URL)
    assert min(word.ink.size for word in put) >= 13
    face = faces.regular(faces.shipped())
    ends = [word.x + faces.width(word.text, face, word.ink.size) for word in put]
    assert max(ends) <= pictures.WIDE - pictures.MARGIN + 0.1


def test_named_and_counted_entries_sum_to_their_group() -> None:
    value = sheet(30, 370)
    for side in (value.income, value.spending):
        shorts = abridged(side, 15)
        assert sum(len(short.shown) for short in shorts) == 15
        for short in shorts:
            named = sum(line.fen for line in short.shown)
            assert named + short.others_fen == short.group.fen
            assert len(short.shown) + short.others == len(short.group.lines)
        least = min(line.fen for short in shorts for line in short.shown)
        shown = {line.number for short in shorts for line in short.shown}
        left = [line for group in side for line in group.lines if line.number not in shown]
        assert all(line.fen <= least for line in left)


def test_red_figures_are_red_and_the_same_sheet_makes_the_same_bytes() -> None:
    value = replace(sheet(1, 1), opening_fen=-5)
    one, two = (pictures.picture(value, URL).png for _ in range(2))
    assert one == two
    with Image.open(io.BytesIO(one)) as drawn:
        colours = {colour for _, colour in drawn.convert("RGB").getcolors()}
    assert any(red > 150 and green < 60 for red, green, _ in colours)
    with Image.open(io.BytesIO(pictures.picture(EMPTY).png)) as drawn:
        assert all(red == green for _, (red, green, _) in drawn.convert("RGB").getcolors())


def test_what_goes_to_the_group_is_masked() -> None:
    text = text_of(pictures.picture(for_web(sheet(3, 3)), URL).pdf)
    assert "赵*石" in text
    assert "赵一石" not in text
