"""The legal order of a distribution, the allotment, its vouchers and the register under it."""

import random
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from ledger import distribution
from ledger.chart import standard
from ledger.distribution import (
    Accounts,
    BadPart,
    BadRegister,
    Holding,
    NoSurplus,
    NothingGiven,
    Plan,
    TooMuch,
    allot,
    plan,
    shown,
)
from ledger.registers import shares, store
from ledger.voucher import Leg, Party, check

V = "510802-sandui-jingtian"
DAY = date(2024, 12, 31)
RATE = Fraction(3, 10)
CHART = standard().with_details([("113.01", "应付成员分红"), ("102.01", "基本户")])


def test_losses_come_first_then_the_reserve_then_members() -> None:
    assert plan(2024, 1_000_00, 200_00, RATE, 500_00, 10_00) == Plan(
        2024, 1_000_00, 200_00, 240_00, 500_00, 10_00, 50_00
    )


def test_a_loss_takes_all_there_is() -> None:
    assert plan(2024, 100, 150, RATE, 0) == Plan(2024, 100, 100, 0, 0, 0, 0)
    with pytest.raises(TooMuch, match=r"D002.*0\.01 元.*只有 0\.00 元"):
        plan(2024, 100, 150, RATE, 1)


def test_the_reserve_is_rounded_down_to_the_fen() -> None:
    assert plan(2024, 101, 0, RATE, 0).reserve == 30
    assert plan(2024, 101, 0, Fraction(0), 101).members == 101
    assert plan(2024, 101, 0, Fraction(1), 0).reserve == 101


FEN = st.integers(0, 10**13)


@given(FEN.filter(bool), FEN, st.fractions(0, 1), FEN, FEN)
def test_a_plan_uses_the_surplus_up_or_is_refused(
    surplus: int, losses: int, rate: Fraction, members: int, other: int
) -> None:
    base = max(surplus - losses, 0)
    asked = Fraction(members + other)
    try:
        found = plan(2024, surplus, losses, rate, members, other)
    except TooMuch:
        assert asked > base * (1 - rate)
        return
    assert asked < base * (1 - rate) + 1
    assert found.losses + found.reserve + found.members + found.other + found.kept == surplus
    assert min(found.losses, found.reserve, found.kept) >= 0
    assert base * rate - 1 < found.reserve <= base * rate


@pytest.mark.parametrize("surplus", [0, -5])
def test_without_a_surplus_nothing_is_given(surplus: int) -> None:
    with pytest.raises(NoSurplus, match=r"D001.*不得举债"):
        plan(2024, surplus, 0, RATE, 0)


@pytest.mark.parametrize(
    ("losses", "rate", "members", "other", "name"),
    [
        (-1, RATE, 0, 0, "待弥补亏损为 -0.01"),
        (0, RATE, -1, 0, "向成员分配"),
        (0, RATE, 0, -1, "其他分配"),
        (0, Fraction(4, 3), 0, 0, "公积公益金提取比例为 4/3"),
        (0, Fraction(-1), 0, 0, "公积公益金提取比例"),
    ],
)
def test_a_part_that_is_no_part_is_refused(
    losses: int, rate: Fraction, members: int, other: int, name: str
) -> None:
    with pytest.raises(BadPart, match=f"D004.*{name}"):
        plan(2024, 100, losses, rate, members, other)


def holding(household: str, held: int, people: int = 1) -> Holding:
    return Holding(household, "1组", f"户主{household}", people, held, "1234")


REGISTERS = st.lists(st.integers(0, 60), min_size=1, max_size=40).filter(any).map(
    lambda held: [holding(f"h{at:04d}", count) for at, count in enumerate(held)]
)  # fmt: skip


def reckoned(members: int, register: list[Holding]) -> dict[str, int]:
    """Count the allotment out another way: floors, then one fen at a time by remainder."""
    total = Fraction(sum(item.shares for item in register))
    due = {item.household: members * item.shares / total for item in register}
    given_out = {name: fen.numerator // fen.denominator for name, fen in due.items()}
    queue = sorted(due, key=lambda name: (given_out[name] - due[name], name))
    for name in queue[: members - sum(given_out.values())]:
        given_out[name] += 1
    return given_out


@given(FEN, REGISTERS, st.randoms(use_true_random=False))
def test_the_allotment_is_exact_fair_and_blind_to_order(
    members: int, register: list[Holding], dice: random.Random
) -> None:
    roll = allot(2024, members, register)
    found = {row.household: row.fen for row in roll.rows}
    assert sum(found.values()) == members
    assert found == reckoned(members, register)
    for row in roll.rows:
        assert abs(row.fen - roll.per_share * row.shares) < 1
        assert row.shares or not row.fen
    by_shares = sorted(roll.rows, key=lambda row: (row.shares, row.fen))
    assert all(few.fen <= many.fen for few, many in pairwise(by_shares) if few.shares < many.shares)
    shuffled = register.copy()
    dice.shuffle(shuffled)
    assert allot(2024, members, shuffled) == roll
    assert allot(2024, members, shuffled).digest() == roll.digest()


def test_ties_go_to_the_lower_number() -> None:
    rows = allot(2024, 100, [holding(name, 1) for name in ("h3", "h1", "h2")]).rows
    assert [(row.household, row.fen) for row in rows] == [("h1", 34), ("h2", 33), ("h3", 33)]


def test_figures_for_a_share_and_for_a_head() -> None:
    roll = allot(2024, 1000, [holding("h1", 2, people=3), holding("h2", 1, people=0)])
    assert (roll.per_share, roll.per_head) == (Fraction(1000, 3), Fraction(1000, 3))
    assert [row.per_head for row in roll.rows] == [Fraction(667, 3), Fraction(0)]
    assert shown(roll.per_share) == "3.33"
    assert allot(2024, 5, [holding("h1", 1, people=0)]).per_head == 0


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (Fraction(123456), "1,234.56"),
        (Fraction(1, 2), "0.01"),
        (Fraction(1, 3), "0.00"),
        (Fraction(199, 100), "0.02"),
    ],
)
def test_exact_amounts_are_shown_to_the_fen(fen: Fraction, text: str) -> None:
    assert shown(fen) == text


def test_the_digest_of_a_roll_holds_no_names() -> None:
    roll = allot(2024, 100, [holding("h1", 1), holding("h2", 2)])
    renamed = replace(roll, rows=tuple(row._replace(head="x", group="y") for row in roll.rows))
    moved = replace(roll, rows=(roll.rows[0]._replace(fen=34), roll.rows[1]._replace(fen=66)))
    assert renamed.digest() == roll.digest()
    assert moved.digest() != roll.digest()


@pytest.mark.parametrize(
    ("register", "why"),
    [
        ([holding("h1", 1), holding("h2", 1), holding("h1", 1)], "户 h1 重复"),
        ([holding("h1", 2), holding("h2", -1)], "户 h2 的股数或人数为负"),
        ([holding("h1", 2, people=-1)], "户 h1 的股数或人数为负"),
        ([holding("张三", 2)], "户编号 张三"),
        ([holding("", 2)], "户编号"),
        ([holding("h1", 0)], "股数合计为零"),
        ([], "股数合计为零"),
    ],
)
def test_a_bad_register_is_refused(register: list[Holding], why: str) -> None:
    with pytest.raises(BadRegister, match=f"D003.*{why}"):
        allot(2024, 100, register)
    with pytest.raises(BadRegister, match=why):
        shares.register(V, DAY, register)


def test_a_negative_dividend_is_refused() -> None:
    with pytest.raises(BadPart, match="向成员分配"):
        allot(2024, -1, [holding("h1", 1)])


def test_the_plan_becomes_a_voucher() -> None:
    decided = plan(2024, 1_000_00, 0, RATE, 500_00, 10_00)
    item = distribution.voucher(V, decided, DAY, "1号决议")
    assert item.legs == (
        Leg("322.01", 810_00, ""),
        Leg("311", -300_00, "提取公积公益金"),
        Leg("113.01", -500_00, "应付成员分红"),
        Leg("211", -10_00, "其他分配"),
    )
    assert (item.purpose, item.resolution) == ("transfer.distribution", "1号决议")
    check(item, CHART)
    placed = distribution.voucher(V, decided, DAY, "", Accounts("113.9001", "211.07"))
    assert [leg.account for leg in placed.legs] == ["322.01", "311", "113.9001", "211.07"]
    reserve = distribution.voucher(V, plan(2024, 1000, 0, RATE, 0), DAY)
    assert [leg.account for leg in reserve.legs] == ["322.01", "311"]


def test_a_plan_that_gives_nothing_needs_no_voucher() -> None:
    with pytest.raises(NothingGiven, match=r"D005.*2024"):
        distribution.voucher(V, plan(2024, 100, 100, RATE, 0), DAY)


def test_a_roll_is_paid_from_the_bank() -> None:
    roll = allot(2024, 100, [holding("h1", 1), holding("h2", 0), holding("h3", 1)])
    batch = Party("批量代发", "", "")
    item = distribution.payment(V, roll, "102.01", DAY, batch)
    assert item.legs == (Leg("113.01", 100, ""), Leg("102.01", -100, ""))
    assert (item.kind, item.purpose, item.payee) == ("payment", "spending.dividend", batch)
    assert item.summary == "发放2024年度成员分红（2户）"
    check(item, CHART)
    with pytest.raises(NothingGiven):
        distribution.payment(V, allot(2024, 0, [holding("h1", 1)]), "102.01", DAY, batch)


def test_a_register_says_what_its_act_says() -> None:
    found = shares.register(V, DAY, [holding("h2", 3, people=2), holding("h1", 4, people=5)])
    assert [item.household for item in found.households] == ["h1", "h2"]
    assert (found.shares, found.people) == (7, 7)
    assert found.get("h2") == holding("h2", 3, people=2)
    assert found.get("h9") is None
    assert found.body() == {
        "as_of": "2024-12-31",
        "digest": found.digest(),
        "households": 2,
        "shares": 7,
    }


def test_the_digest_of_a_register_holds_no_names_and_no_order() -> None:
    one, two = holding("h1", 4), holding("h2", 3)
    plain = shares.digest([one, two])
    assert shares.digest([two, one._replace(head="x", group="y", account_tail="9")]) == plain
    assert shares.digest([one, two._replace(shares=4)]) != plain
    assert shares.digest([one, two._replace(people=9)]) != plain


def test_registers_are_kept_by_village(engine: Engine) -> None:
    mine, other = [holding("h2", 3), holding("h1", 4)], [holding("h1", 9)]
    with engine.begin() as conn:
        store.write(conn, V, mine)
        store.write(conn, "510802-sandui-xiaohe", other)
    with engine.begin() as conn:
        assert store.holdings(conn, V) == mine[::-1]
        assert store.register_of(conn, V, DAY) == shares.register(V, DAY, mine)
        store.write(conn, V, mine[:1])
        assert store.holdings(conn, V) == mine[:1]
        store.write(conn, V, [])
        assert store.holdings(conn, V) == []
        with pytest.raises(BadRegister):
            store.register_of(conn, V, DAY)
        assert store.holdings(conn, "510802-sandui-xiaohe") == other
