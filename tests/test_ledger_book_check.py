import re
import time
from datetime import date
from typing import Any

import pytest
from beancount.core.data import Note
from beancount.parser import parser
from hypothesis import assume, given
from hypothesis import strategies as st
from test_ledger_canonical import TEXTS
from village_books import OFFICE, RED, RENT, make

from ledger.book import check
from ledger.book.check import check_one
from ledger.book.text import entry, quote
from ledger.chart import standard
from ledger.money import LARGEST
from ledger.voucher import Dim, Leg, Party, UnknownNumber, Voucher

CHART = standard().with_details([("102.01", "基本户"), ("113.0001", "李小川（二组）·户")])
NUMBER = "2021-付-0012"
FEN = st.integers(-LARGEST // 8, LARGEST // 8).filter(bool)
DIMS = st.builds(Dim, st.sampled_from(["group", "x1"]), TEXTS, TEXTS, TEXTS)
LEGS = st.builds(
    Leg,
    st.sampled_from(["102.01", "113.0001", "501", "513"]),
    FEN,
    TEXTS,
    st.lists(DIMS, max_size=2, unique_by=lambda dim: dim.code).map(tuple),
)


@st.composite
def vouchers(draw: st.DrawFn) -> Voucher:
    legs = draw(st.lists(LEGS, min_size=1, max_size=5))
    rest = sum(leg.fen for leg in legs)
    assume(rest)
    legs.append(Leg("211", -rest, draw(TEXTS)))
    name = draw(TEXTS)
    return make(
        draw(st.sampled_from(["receipt", "payment", "transfer", "opening"])),
        draw(st.dates(date(1980, 1, 1), date(2099, 12, 31))),
        draw(TEXTS),
        [tuple(leg) for leg in legs],
        payee=draw(st.none() | st.just(Party(name, "", ""))),
        purpose=draw(TEXTS),
        reverses=draw(TEXTS),
    )


@given(vouchers())
def test_whatever_a_voucher_says_beancount_reads_the_same(voucher: Voucher) -> None:
    assert check_one(voucher, NUMBER, CHART) == []


@pytest.mark.parametrize("voucher", [OFFICE, RED, RENT], ids=["office", "red", "rent"])
def test_vouchers_of_the_sample_are_fit(voucher: Voucher) -> None:
    assert check_one(voucher, NUMBER, CHART) == []


def test_newlines_and_quotes_cannot_break_out_of_a_string() -> None:
    evil = 'x"\r\n2021-01-01 open Assets:999\n\ta: "\\'
    text = f"2021-01-01 note Assets:102 {quote(evil)}\n"
    [note], errors, _ = parser.parse_string(text)
    assert not errors
    assert isinstance(note, Note)
    assert note.comment == evil


def tampered(monkeypatch: pytest.MonkeyPatch, pattern: str, replacement: str) -> list[str]:
    def altered(*args: Any) -> str:
        text, count = re.subn(pattern, replacement, entry(*args), count=1, flags=re.MULTILINE)
        assert count == 1
        return text

    monkeypatch.setattr(check, "entry", altered)
    return check_one(OFFICE, NUMBER, CHART)


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        (r"-300\.01 CNY", "-300.02 CNY"),
        (r"-300\.01 CNY", "-300.011 CNY"),
        (r"-300\.01 CNY", ""),
        (r"-300\.01 CNY", "-300.01 CNY {1.00 USD}"),
        (r"-300\.01 CNY", "-300.01 CNY @ 1.00 CNY"),
        (r"CNY", "USD"),
        (r"^  Expenses", "  ! Expenses"),
        (r"Expenses:513管理费用", "Assets:102银行存款:01基本户"),
        (r"^2021-12-08", "2021-12-09"),
        (r"^2021-12-08 \*", "2021-12-08 !"),
        (r'用品"$', '品"'),
        (r'用品"$', '用品" #tag'),
        (r'用品"$', '用品" ^link'),
        (r'用品"$', '用品" #标签'),
        (r'^2021-12-08 \* "[^ ]+店" ', "2021-12-08 * "),
        (r'number: "2021', 'number: "2022'),
        (r'digest: ".', 'digest: "x'),
        (r"\Z", '\n2021-12-08 * "more"\n'),
        (r"\Z", '\n2021-12-08 note Expenses:513管理费用 "more"\n'),
        (r"\Z", "\n2021-12-07 pad Assets:102银行存款:01基本户 Expenses:513管理费用\n"),
        (r"\Z", '\noption "title" "x"\nplugin "no.such.plugin"\n'),
        (r"(?s).*", ""),
        (r"(?s).*", '2021-12-08 note Expenses:513管理费用 "only"\n'),
        (r"  Assets.*", ""),
    ],
)
def test_text_that_says_otherwise_is_found(
    monkeypatch: pytest.MonkeyPatch, pattern: str, replacement: str
) -> None:
    faults = tampered(monkeypatch, pattern, replacement)
    assert faults
    assert all(faults)


class Loose:
    """A chart whose path Beancount's loader takes and its own rule refuses."""

    def get(self, code: str) -> Any:
        return CHART.get(code)

    def path(self, code: str) -> str:
        return f"{CHART.path(code)}（户）"


def test_account_names_are_matched_whole() -> None:
    [fault] = check_one(OFFICE, NUMBER, Loose())
    assert "科目名" in fault


def test_unbalanced_legs_are_a_fault() -> None:
    voucher = make("payment", date(2021, 1, 1), "差", [("513", 2), ("211", -1)])
    assert check_one(voucher, NUMBER, CHART)


def test_the_number_must_be_one() -> None:
    with pytest.raises(UnknownNumber):
        check_one(OFFICE, "2021-付", CHART)


def test_a_check_costs_about_a_millisecond() -> None:
    check_one(OFFICE, NUMBER, CHART)
    began = time.process_time()
    for _ in range(50):
        check_one(OFFICE, NUMBER, CHART)
    assert (time.process_time() - began) / 50 < 0.005  # 0.3 ms measured; room for slow machines
