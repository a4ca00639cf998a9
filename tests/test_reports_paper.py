"""Lines, tables and paper: nothing overlaps, nothing is lost, every page has its heads."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfbase.pdfmetrics import stringWidth

from app.settings import Settings
from reports import breaking, faces, table
from reports.faces import Faces
from reports.paper import A4, Ink, Paper, Word
from reports.table import Column, Row, Slot

FACE = faces.regular(faces.shipped())
TEXTS = st.text(st.sampled_from("村修路，。（《￥1234567890.,ab \n：”水泥"), max_size=120)


def sound(paper: Paper) -> list[Word]:
    """Return every word on the paper, each inside its room, the page and clear of the others."""
    found = []
    for page in paper.pages:
        words = [mark for mark in page if isinstance(mark, Word)]
        for word in words:
            assert stringWidth(word.text, FACE.name, word.ink.size) <= word.room + 0.01
            assert 0 <= word.x <= paper.width
            assert word.y <= paper.height - paper.margin + 0.01
        found += words
        for at, one in enumerate(words):
            for other in words[at + 1 :]:
                if abs(one.y - other.y) < 0.5 * min(one.ink.size, other.ink.size):
                    left, right = sorted((one, other), key=lambda word: word.x)
                    end = left.x + stringWidth(left.text, FACE.name, left.ink.size)
                    assert end <= right.x + 0.01, (left, right)
    return found


@given(TEXTS, st.floats(30, 300))
@settings(max_examples=150, deadline=None)
def test_lines_fit_and_lose_nothing(text: str, room: float) -> None:
    found = breaking.lines(text, room, FACE, 10)
    assert all(faces.width(line, FACE, 10) <= room for line in found)
    kept = str.maketrans("", "", " \n")
    assert "".join(found).translate(kept) == text.translate(kept)


def test_no_stop_begins_a_line_and_no_bracket_ends_one() -> None:
    found = breaking.lines("修建村道，清理水渠（五组）；运输水泥、河沙。" * 9, 73, FACE, 10)
    assert len(found) > 10
    assert not any(line[0] in breaking.NO_START for line in found)
    assert not any(line[-1] in breaking.NO_END for line in found)


def test_a_number_is_never_split() -> None:
    found = breaking.lines("付水泥款1,234,567.89元给经营部", 70, FACE, 10)
    assert any("1,234,567.89" in line for line in found)
    assert len(breaking.lines("9" * 100, 70, FACE, 10)) > 5


def test_no_letter_stands_alone_on_the_last_line() -> None:
    found = breaking.lines("修建村道清理水渠护坡", 90, FACE, 10)
    assert [len(line) for line in found] == [8, 2]


def test_widths_are_those_of_the_printer() -> None:
    text = "井田村2021年，￥1,234.50（壹仟）"
    assert faces.width(text, FACE, 12) == pytest.approx(stringWidth(text, FACE.name, 12))


def test_missing_letters_are_stood_in_for_and_reported() -> None:
    paper = Paper(A4, 30)
    paper.paragraph(30, "户主𠮷大山\u202e\u200b", Ink(), 300)
    done = paper.finish("", "t")
    words = " ".join(word.text for word in sound(paper))
    assert "户主〓大山〓" in words
    assert "U+20BB7" in words
    assert done.missing == ("𠮷", "\u202e")


def test_a_bold_face_of_its_own_is_used() -> None:
    path = faces.shipped().regular
    paper = Paper(A4, 30, Faces(path, path))
    paper.paragraph(30, "标题", Ink(heavy=True), 300)
    assert paper.face(Ink(heavy=True)).bold
    assert paper.finish("", "t").pdf.startswith(b"%PDF")


COLUMNS = (Column("日期"), Column("摘要", "left", 1), Column("金额", "right"))


@given(
    st.lists(st.tuples(TEXTS, st.integers(-(10**14), 10**14), TEXTS), max_size=40),
    st.integers(1, 2),
)
@settings(max_examples=25, deadline=None)
def test_tables_never_overlap(rows: list[tuple[str, int, str]], lanes: int) -> None:
    paper = Paper(A4, 30)
    made = [Row(("5月", text, f"{fen:,}"), (note, note), 1) for text, fen, note in rows]
    made.append(Row(("合计" * 9, "", "1"), span=2, heavy=True))
    slots = (Slot(30, 260), Slot(305, 260))[:lanes]
    each = [table.lane(paper, f"第{n}", COLUMNS, made[n:] or made, 260) for n in range(lanes)]
    table.flow(paper, each, slots)
    texts = [word.text for word in sound(paper)]
    for _, fen, _ in rows:
        assert f"{fen:,}" in texts


def test_heads_come_again_on_each_page_and_the_last_lane_takes_every_slot() -> None:
    paper = Paper(A4, 30)
    long = [Row(("5月", f"第{no}笔", f"{no}.00")) for no in range(300)]
    lanes = [
        table.lane(paper, "收入", COLUMNS, long[:2], 260),
        table.lane(paper, "支出", COLUMNS, long, 260),
    ]
    table.flow(paper, lanes, (Slot(30, 260), Slot(305, 260)))
    texts = [[mark.text for mark in page if isinstance(mark, Word)] for page in paper.pages]
    assert len(texts) > 3
    assert texts[0].count("支出") == 1
    assert all(page.count("支出（续）") == page.count("摘要") == 2 for page in texts[1:-1])
    flat = [text for page in texts for text in page]
    assert all(f"第{no}笔" in flat for no in range(300))


def test_a_row_longer_than_a_page_goes_on_on_the_next() -> None:
    paper = Paper(A4, 30)
    row = Row(("5月", "修建村道及附属沟渠，" * 900, "1.00"))
    table.flow(paper, (table.lane(paper, "", COLUMNS, [row], 300),), (Slot(30, 300),))
    texts = [word.text for word in sound(paper)]
    assert len(paper.pages) > 3
    assert "".join(texts).count("修建村道及附属沟渠，") > 800


def test_columns_without_room_shrink_but_stay_apart() -> None:
    paper = Paper(A4, 30)
    columns = (Column("摘要", "left", 1), *(Column(f"金额{n}", "right") for n in range(6)))
    rows = [Row(("修路", *("-999,999,999,999.99",) * 6))]
    table.flow(paper, (table.lane(paper, "", columns, rows, 300),), (Slot(30, 300),))
    assert sum(word.text.startswith("-999") for word in sound(paper)) == 6


def test_a_long_paragraph_turns_pages() -> None:
    paper = Paper(A4, 30)
    paper.paragraph(30, "说明，" * 4000, Ink(), paper.room)
    sound(paper)
    assert len(paper.pages) > 2


def test_a_face_of_ones_own_draws_what_follows_and_a_wrong_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faces, "_chosen", [])
    broken = tmp_path / "face.ttf"
    broken.write_bytes(b"no face")
    for path in (broken, tmp_path / "gone.ttf"):
        with pytest.raises(faces.BadFace, match="P011"):
            Settings(data=tmp_path, font=path).dress()
    assert faces.chosen() == faces.shipped()
    own = tmp_path / "own.ttc"
    own.write_bytes(faces.shipped().regular.read_bytes())
    Settings(data=tmp_path, font=own).dress()
    assert Paper(A4, 34).faces.regular == own
