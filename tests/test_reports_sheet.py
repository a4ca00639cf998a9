"""The printed sheet: every figure and name is on it, in few bytes that never vary."""

import sys
import time
from dataclasses import replace

import pypdfium2
import pytest
from paper_samples import EMPTY, ROOT, extreme, sheet
from test_reports_paper import sound

from disclosure.comparing import Beside
from disclosure.render import five
from disclosure.sheet import Fund, Hung, Odd, Sheet, Urgent
from ledger.money import yuan
from reports import faces, large_pdf, paper, sheet_pdf
from reports.paper import Paper, Word

URL = "https://example.org/v/510802-sandui-jingtian/2021-05"


def text_of(pdf: bytes) -> str:
    """Return the text of all pages without blanks."""
    document = pypdfium2.PdfDocument(pdf)
    texts = [document[at].get_textpage().get_text_bounded() for at in range(len(document))]
    document.close()
    return "".join("".join(texts).split())


@pytest.mark.parametrize("value", [EMPTY, sheet(6, 24), sheet(30, 370), extreme()])
def test_every_figure_is_on_paper_and_nothing_overlaps(
    value: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers: list[Paper] = []

    class Kept(Paper):
        def __init__(self, *given: object) -> None:
            super().__init__(*given)  # type: ignore[arg-type]
            papers.append(self)

    monkeypatch.setattr(sheet_pdf, "Paper", Kept)
    text = text_of(sheet_pdf.sheet_pdf(value, url=URL))
    assert len(sound(papers[0])) > 20
    for fen in (value.opening_fen, value.income_fen, value.spending_fen, value.closing_fen):
        assert yuan(fen) in text
    for group in (*value.income, *value.spending):
        for line in group.lines:
            assert yuan(line.fen) in text
            assert line.number in text
            assert line.approver[:1] in text.replace("〓", line.approver[:1])
    for claim in (*value.receivables, *value.payables, *value.distribution):
        assert yuan(claim.fen) in text
    for fund in (*value.banks, *value.funds, *value.assets):
        assert all(yuan(fen) in text for fen in fund[1:])


def test_body_and_key_figures_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    words: list[Word] = []
    draw = Paper._word
    monkeypatch.setattr(Paper, "_word", lambda *a: (words.append(a[2]), draw(*a))[1])
    value = sheet(6, 24)
    sheet_pdf.sheet_pdf(value, url=URL)
    sizes = {word.text: word.ink.size for word in words}
    assert sizes[yuan(value.closing_fen)] >= 16
    assert sizes[yuan(value.year_income_fen)] >= 16
    entries = [word for word in words if word.text.startswith("第1笔")]
    assert entries
    assert all(word.ink.size >= 10.5 for word in entries)


@pytest.mark.parametrize("value", [EMPTY, sheet(6, 24), sheet(30, 370), extreme()])
def test_the_large_type_has_every_figure_and_nothing_under_18_points(value: Sheet) -> None:
    paper = large_pdf.large_paper(value, URL)
    for page in paper.pages:
        words = [mark for mark in page if isinstance(mark, Word)][:-2]  # but for the foot
        least = min(word.ink.size for word in words if not word.text.startswith("说明"))
        assert least * large_pdf.SCALE >= 18
    assert len(sound(paper)) > 20
    pdf = large_pdf.large_print(value, URL).pdf
    assert pypdfium2.PdfDocument(pdf)[0].get_size() == pytest.approx((595.28, 841.89), abs=0.2)
    text = text_of(pdf)
    fens = [fen for _, fen in five(value)]
    fens += [line.fen for group in (*value.income, *value.spending) for line in group.lines]
    fens += [claim.fen for claim in (*value.receivables, *value.payables, *value.distribution)]
    fens += [fen for fund in (*value.banks, *value.funds, *value.assets) for fen in fund[1:]]
    assert all(yuan(fen) in text for fen in fens)


def test_each_item_stands_beside_the_month_before_and_the_budget() -> None:
    rows = (
        Beside("支出", "办公费", 1_234_56, 1_000_00, 7_777_77, 9_999_99),
        Beside("支出", "合计", 1_234_56, None, 7_777_77, None),
    )
    text = text_of(sheet_pdf.sheet_pdf(sheet(1, 1), url=URL, beside=rows))
    assert "支出办公费1,234.561,000.00234.567,777.779,999.99" in text
    assert "支出合计1,234.56——7,777.77—" in text
    every = replace(
        sheet(1, 1),
        resources=(Fund("鱼塘", 0, 0, 0, 0),),
        hung=(Hung("2021-04", "村口", None, None, None, None),),
        urgent=(Urgent("2021-付-0001", "2021-04"),),
        odd=(Odd("night", 3),),
    )
    full = text_of(sheet_pdf.sheet_pdf(every, beside=rows))
    assert "十五、应急支出" in full
    assert "十六、审签里请留意的" in full
    assert "和上月比" not in text_of(sheet_pdf.sheet_pdf(sheet(1, 1), url=URL))


def test_bytes_never_vary_and_a3_is_larger() -> None:
    value = sheet(6, 24)
    small, large = (sheet_pdf.sheet_pdf(value, size, URL) for size in ("A4", "A3"))  # type: ignore[arg-type]
    upright = sheet_pdf.sheet_pdf(value, "A3-tall", URL)
    assert small == sheet_pdf.sheet_pdf(value, "A4", URL)
    for pdf, wide in ((small, 841.89), (large, 1190.6), (upright, 841.86)):
        page = pypdfium2.PdfDocument(pdf)[0]
        assert page.get_width() == pytest.approx(wide, abs=0.2)


def test_the_seal_is_on_paper_and_a_draft_says_so() -> None:
    text = text_of(sheet_pdf.sheet_pdf(sheet(1, 1), url=URL))
    assert sheet(1, 1).digits.replace(" ", "") in text
    assert "a1b2c3d4e5f60718" in text
    assert "0839-0000000" in text
    assert "草稿" not in text
    assert "草稿" in text_of(sheet_pdf.sheet_pdf(EMPTY))


def test_the_sum_is_shown_as_one_only_where_it_adds_up() -> None:
    assert "＝本月余额" in text_of(sheet_pdf.sheet_pdf(EMPTY))
    off = replace(EMPTY, closing_fen=1)
    assert "＝本月余额" not in text_of(sheet_pdf.sheet_pdf(off))


def test_open_places_for_wet_signatures_and_answers() -> None:
    text = text_of(sheet_pdf.sheet_pdf(sheet(1, 1), url=URL))
    assert text.count("签名：") == 2
    assert "周五山" in text
    assert "还没有答复" in text
    assert "（五组）" not in text
    assert "2021-06-05至2021-06-20" in text
    unposted = replace(sheet(1, 1), until=None)
    assert "2021-06-05" in text_of(sheet_pdf.sheet_pdf(unposted))


def test_missing_letters_come_back_with_the_print() -> None:
    done = sheet_pdf.sheet_print(extreme(), url=URL, faces=faces.shipped())
    assert done.missing == ("𠮷", "䶮", "㛃")
    assert "U+20BB7" in text_of(done.pdf)


def test_a_normal_month_is_fast_when_warm() -> None:
    value = sheet(6, 24)
    sheet_pdf.sheet_pdf(value)
    best = min(_timed(value) for _ in range(5))
    assert best <= (0.15 if sys.gettrace() is None else 0.6)  # measuring coverage takes its time


def _timed(value: Sheet) -> float:
    begun = time.process_time()
    sheet_pdf.sheet_pdf(value, url=URL)
    return time.process_time() - begun


def test_the_qr_is_at_least_24_mm_and_says_page_and_root(monkeypatch: pytest.MonkeyPatch) -> None:
    boxes: list[paper.Box] = []
    draw = Paper._box
    monkeypatch.setattr(Paper, "_box", lambda *a: (boxes.append(a[2]), draw(*a))[1])
    sheet_pdf.sheet_pdf(sheet(1, 1), url=URL)
    dots = [box for box in boxes if box.weight == 0]
    wide = max(box.x + box.width for box in dots) - min(box.x for box in dots)
    assert wide >= 24 * paper.MM
    assert sheet_pdf.seal.address(URL, ROOT) == f"{URL}#{ROOT}"
    assert sheet_pdf.seal.address("", ROOT) == ROOT
