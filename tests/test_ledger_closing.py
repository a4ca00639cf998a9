"""Year-end vouchers and red-letter reversals."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import closing
from ledger.chart import standard
from ledger.closing import EarlierYear, RedOfRed, RedTooEarly
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
