"""The voucher as a value: what it is, what no book may hold."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample import legs, payment, rent

from ledger import voucher as module
from ledger.chart import standard
from ledger.refusal import REGISTRY, Refusal
from ledger.voucher import Leg, Number, Paper, Party, Voucher, check, from_body

DAY = date(2021, 5, 12)
CHART = standard().with_details([("102.01", "基本户"), ("102.02", "项目专户")])
words = st.text(st.characters(categories=("L", "N")), max_size=12)
vouchers = st.builds(
    Voucher,
    village=words,
    kind=st.sampled_from(["receipt", "payment", "transfer", "opening"]),
    day=st.dates(),
    summary=words,
    purpose=words,
    legs=st.lists(st.builds(Leg, words, st.integers(-(10**12), 10**12), words), max_size=4).map(
        tuple
    ),
    handler=words,
    payee=st.none() | st.builds(Party, words, words, words),
    papers=st.lists(st.builds(Paper, words, words, words), max_size=2).map(tuple),
    sheets=st.integers(0, 99),
    bank_line=words,
    reverses=words,
)


@given(vouchers)
def test_a_body_gives_the_voucher_back(voucher: Voucher) -> None:
    assert from_body(voucher.body()) == voucher


def test_a_changed_word_is_another_digest() -> None:
    first = payment(DAY, 500)
    assert first.digest() != replace(first, summary="修田间道").digest()
    assert first.digest() == payment(DAY, 500).digest()


@pytest.mark.parametrize(
    "change",
    [
        {"extra": 1},
        {"legs": None},
        {"day": "2021-5-12"},
        {"day": 3},
        {"payee": {"name": "x"}},
        {"legs": [{"account": "102", "fen": "5", "summary": "", "x": 1}]},
    ],
)
def test_a_strange_body_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(module.BadVoucher):
        from_body({**payment(DAY, 500).body(), **change})


def test_a_body_without_a_field_is_refused() -> None:
    body = payment(DAY, 500).body()
    del body["fund"]
    with pytest.raises(module.BadVoucher):
        from_body(body)


@pytest.mark.parametrize(
    ("voucher", "kind"),
    [
        (replace(payment(DAY, 5), kind="gift"), module.BadVoucher),
        (replace(payment(DAY, 5), summary=" "), module.NoSummary),
        (replace(payment(DAY, 5), legs=legs(("514", 5))), module.NoLegs),
        (replace(payment(DAY, 5), legs=legs(("514", 0), ("102.01", 0))), module.ZeroLeg),
        (replace(payment(DAY, 5), legs=legs(("514", 6), ("102.01", -5))), module.Unbalanced),
        (replace(payment(DAY, 5), legs=legs(("599", 5), ("102.01", -5))), module.UnknownAccount),
        (replace(payment(DAY, 5), legs=legs(("514", 5), ("102", -5))), module.NotLeaf),
        (replace(payment(DAY, 5), legs=legs(("514", 5.0), ("102.01", -5))), module.BadVoucher),  # type: ignore[arg-type]
        (replace(payment(DAY, 5), legs=legs(("514", True), ("102.01", -1))), module.BadVoucher),
        (replace(payment(DAY, 5), kind="transfer"), module.WrongKind),
        (replace(payment(DAY, 5), kind="receipt"), module.WrongKind),
        (replace(rent(DAY, 5), kind="payment"), module.WrongKind),
        (replace(payment(DAY, 5), legs=legs(("514", 5), ("211", -5))), module.WrongKind),
        (replace(payment(DAY, 5), legs=legs(("514", 5), ("101", -5))), module.CashSpending),
        (
            replace(payment(DAY, 5), legs=legs(("514", 9), ("101", -5), ("102.01", -4))),
            module.CashSpending,
        ),
    ],
)
def test_what_no_book_may_hold(voucher: Voucher, kind: type[Refusal]) -> None:
    with pytest.raises(kind) as caught:
        check(voucher, CHART)
    assert str(caught.value).startswith(f"[{kind.code}] ")


@pytest.mark.parametrize(
    "voucher",
    [
        payment(DAY, 5),
        rent(DAY, 5),
        replace(payment(DAY, 5), legs=legs(("102.01", 5), ("101", -5))),
        replace(payment(DAY, 5), legs=legs(("102.02", 5), ("102.01", -5))),
        replace(rent(DAY, 5), legs=legs(("101", 5), ("501", -5))),
        replace(payment(DAY, 5), legs=legs(("514", -5), ("102.01", 5)), reverses="2021-付-0001"),
        replace(payment(DAY, 5), kind="transfer", legs=legs(("514", 5), ("211", -5))),
        replace(payment(DAY, 5), kind="opening", legs=legs(("101", 5), ("301", -5))),
    ],
)
def test_what_a_book_may_hold(voucher: Voucher) -> None:
    check(voucher, CHART)
    assert abs(voucher.total) == 5


@given(st.integers(1900, 2200), st.sampled_from(list(module.WORDS)), st.integers(1, 99999))
def test_numbers_read_back(year: int, kind: str, no: int) -> None:
    number = Number(year, kind, no)
    assert Number.parse(str(number)) == number


@pytest.mark.parametrize("text", ["", "2021", "2021-付", "2021-x-1", "２０２１-付-0001", "a-付-1"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(module.UnknownNumber):
        Number.parse(text)


def test_every_refusal_has_a_code_a_sentence_and_a_meaning() -> None:
    for code, kind in REGISTRY.items():
        assert kind.code == code
        assert kind.__doc__
        assert kind.says.endswith("。"), code
        assert 400 <= kind.status <= 599
