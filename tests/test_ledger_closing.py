"""Year-end vouchers, red-letter reversals and depreciation."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import closing, depreciation
from ledger.chart import standard
from ledger.closing import EarlierYear, RedOfRed, RedTooEarly
from ledger.depreciation import BadCard, Card
from ledger.voucher import Leg, Number, Paper, Voucher, check

V = "510802-sandui-jingtian"
DAY = date(2024, 5, 6)
NUMBER = Number(2024, "payment", 12)


def legs(voucher: Voucher) -> dict[str, int]:
    return {leg.account: leg.fen for leg in voucher.legs}


def test_income_and_expense_go_to_321_and_on_to_322() -> None:
    books = {"102": 65, "501": -100, "503": -20, "513": 40, "514": 15, "301": 0}
    income, expense, result = closing.carry_forward(V, 2024, books)
    assert legs(income) == {"501": 100, "503": 20, "321": -120}
    assert legs(expense) == {"513": -40, "514": -15, "321": 55}
    assert legs(result) == {"321": 65, "322.02": -65}
    assert result.summary == "2024年年末结转本年收益"
    for item in (income, expense, result):
        assert (item.day, item.kind) == (date(2024, 12, 31), "transfer")
        assert item.purpose == "transfer.closing"
        check(item, standard())


def test_a_loss_is_carried_too() -> None:
    expense, result = closing.carry_forward(V, 2024, {"513": 40, "102": -40})
    assert legs(expense) == {"513": -40, "321": 40}
    assert legs(result) == {"321": -40, "322.02": 40}
    assert result.summary == "2024年年末结转本年亏损"


def test_what_321_already_holds_is_carried_with_the_rest() -> None:
    _, result = closing.carry_forward(V, 2024, {"501": -10, "321": -5})
    assert legs(result) == {"321": 15, "322.02": -15}


def test_accounts_that_cancel_out_need_no_321() -> None:
    (income,) = closing.carry_forward(V, 2024, {"501": -10, "502": 10})
    assert legs(income) == {"501": 10, "502": -10}


def test_nothing_to_close_gives_no_voucher() -> None:
    assert closing.carry_forward(V, 2024, {"102": 5, "301": -5, "501": 0}) == []
    assert closing.close_shared(V, 2024, {"322.02": -5}) == []


def test_what_was_given_is_closed_into_what_is_kept() -> None:
    (item,) = closing.close_shared(V, 2024, {"322.01": 30})
    assert legs(item) == {"322.02": 30, "322.01": -30}
    check(item, standard())


WRONG = Voucher(
    V, "payment", DAY, "买水泥", "spending.upkeep",
    (Leg("514", 300, "水泥"), Leg("102", -300, "")),
    handler="李二", papers=(Paper("ab" * 32, "发票", "1"),), sheets=1, bank_line="x", corrects="y",
)  # fmt: skip


def test_a_reversal_takes_everything_back() -> None:
    red = closing.red(WRONG, NUMBER, date(2024, 6, 1), "记错科目")
    assert red.summary == "注销5月6日2024-付-0012凭证：记错科目"
    assert red.legs == (Leg("514", -300, "水泥"), Leg("102", 300, ""))
    assert (red.reverses, red.corrects, red.bank_line) == ("2024-付-0012", "", "")
    assert (red.kind, red.purpose, red.papers) == (WRONG.kind, WRONG.purpose, WRONG.papers)
    assert red.total == -WRONG.total
    assert closing.red(WRONG, NUMBER, DAY).summary == "注销5月6日2024-付-0012凭证"
    check(red, standard())


FENS = st.lists(st.integers(-(10**14), 10**14).filter(bool), min_size=2, max_size=6)


@given(FENS)
def test_legs_reversed_twice_are_the_legs(fens: list[int]) -> None:
    wrong = replace(WRONG, legs=tuple(Leg("514", fen, str(fen)) for fen in fens))
    red = closing.red(wrong, NUMBER, DAY)
    assert all(a.fen + b.fen == 0 for a, b in zip(wrong.legs, red.legs, strict=True))
    # The rule forbids a reversal's reversal; its legs would be the first ones.
    with pytest.raises(RedOfRed, match="K010"):
        closing.red(red, NUMBER, DAY)
    assert closing.red(replace(red, reverses=""), NUMBER, DAY).legs == wrong.legs


def test_a_reversal_stays_in_its_year_and_after_its_voucher() -> None:
    for day in (date(2025, 1, 1), date(2023, 12, 31)):
        with pytest.raises(EarlierYear, match=r"K011.*蓝字"):
            closing.red(WRONG, NUMBER, day)
    with pytest.raises(RedTooEarly, match=r"K012.*2024-05-06"):
        closing.red(WRONG, NUMBER, date(2024, 5, 5))


CARD = Card("a1", "文化活动室", 10_000_01, 500_00, 36, date(2024, 1, 31), "welfare")


def test_an_asset_is_charged_from_the_month_after_to_its_last() -> None:
    assert depreciation.charge(CARD, "2024-01") == 0
    assert depreciation.charge(CARD, "2024-02") == 950001 // 36
    assert depreciation.charge(CARD, "2027-01") == 950001 - 950001 * 35 // 36
    assert depreciation.charge(CARD, "2027-02") == 0
    gone = CARD._replace(left=date(2024, 3, 2))
    assert depreciation.charge(gone, "2024-03") > 0
    assert depreciation.charge(gone, "2024-04") == 0


@given(st.integers(0, 10**12), st.integers(1, 600), st.integers(1, 12), st.fractions(0, 1))
def test_the_months_sum_to_the_whole(cost: int, months: int, month: int, part: float) -> None:
    residual = int(cost * part)
    card = Card("a", "渠", cost, residual, months, date(2024, month, 1), "welfare")
    periods = [f"{2023 + at // 12}-{at % 12 + 1:02d}" for at in range(650)]
    charges = [depreciation.charge(card, period) for period in periods]
    assert sum(charges) == cost - residual
    first = next(at for at, period in enumerate(periods) if period > f"2024-{month:02d}")
    alive = charges[first : first + months]
    assert max(alive) - min(alive) <= 1
    assert not any(charges[:first] + charges[first + months :])


def test_the_voucher_goes_to_the_accounts_of_use() -> None:
    office = CARD._replace(asset="a2", cost=3600, residual=0, use="management")
    cards = [CARD, office, CARD._replace(asset="a3")]
    (item,) = depreciation.propose(V, "2024-02", cards)
    each = 950001 // 36
    assert legs(item) == {"513": 100, "514": 2 * each, "152": -100 - 2 * each}
    assert (item.day, item.summary) == (date(2024, 2, 29), "计提2024年2月固定资产折旧")
    check(item, standard())
    assert depreciation.propose(V, "2024-01", cards) == []
    (other,) = depreciation.propose(V, "2024-02", [office], {"management": "513.01"}, "152.01")
    assert legs(other) == {"513.01": 100, "152.01": -100}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"months": 0}, "使用年限"),
        ({"residual": 10_000_02}, "残值"),
        ({"residual": -1}, "残值"),
        ({"use": "private"}, "用途 private"),
    ],
)
def test_a_card_that_cannot_be_depreciated_is_refused(change: dict[str, int], why: str) -> None:
    with pytest.raises(BadCard, match=f"K020.*a1.*{why}"):
        depreciation.propose(V, "2024-02", [CARD._replace(**change)])
