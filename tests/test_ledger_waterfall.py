"""The waterfall: the law's order, exact to the fen, against a reckoning of its own in fractions."""
# ruff: noqa: E501 - drawn plans and tables of cases

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.distribution import BadRegister, Holding, NoSurplus, TooMuch, allot
from ledger.money import NoWeights
from ledger.waterfall import BadPlan, Layer, Outcome, Stake, branches, digest, pour, read

PLAN = """
[[layer]]
id = "losses"
kind = "losses"
to = "losses"
[[layer]]
id = "reserve"
kind = "part"
rate = "3/10"
to = "reserve"
[[layer]]
id = "floor"
title = "保底收入"
kind = "each"
fen = 2_00
by = ["land"]
to = "members"
[[layer]]
id = "again"
title = "二次返利"
kind = "part"
rate = "0.6"
by = ["member", "land"]
most = 900_00
to = "members"
[[layer]]
id = "stock"
kind = "bonus"
rate = "1/10"
by = ["member"]
into = "fund"
[[layer]]
id = "points"
kind = "sum"
fen = 50_00
to = "pool"
voted = "成员代表大会〔2022〕2号"
[[layer]]
id = "grow"
kind = "rest"
to = "kept"
"""


def stake(household: str, member: int, land: int = 0, people: int = 1) -> Stake:
    return Stake(household, "1组", "户主", people, {"member": member, "land": land})


def test_every_layer_takes_its_part_of_what_is_left() -> None:
    found = pour(2021, 3_000_00, 200_00, read(PLAN), [stake("b", 10, 20), stake("a", 25)])
    assert [(step.layer.id, step.fen, step.left) for step in found.steps] == [
        ("losses", 200_00, 2_800_00),
        ("reserve", 840_00, 1_960_00),
        ("floor", 40_00, 1_920_00),
        ("again", 900_00, 1_020_00),
        ("points", 50_00, 970_00),
        ("grow", 970_00, 0),
    ]
    assert found.parts == {"floor": (0, 40_00), "again": (409_09, 490_91)}
    assert found.bonuses == {"stock": (2, 1)}
    assert [found.total(to) for to in ("members", "pool", "other", "kept")] == [
        940_00,
        50_00,
        0,
        970_00,
    ]
    assert [(row.household, row.fen) for row in found.roll().rows] == [("a", 409_09), ("b", 530_91)]


def test_one_layer_by_member_shares_is_the_plain_allotment() -> None:
    layers = [Layer("x", "分红", "sum", "members", fen=1_000_01)]
    stakes = [stake(f"h{n:02d}", n % 5) for n in range(30)]
    roll = pour(2021, 1_000_01, 0, layers, stakes).roll()
    plain = allot(2021, 1_000_01, [row_of(one) for one in stakes])
    assert roll == plain
    assert roll.digest() == plain.digest()


def row_of(one: Stake) -> Holding:
    return Holding(one.household, one.group, one.head, one.people, sum(one.shares.values()), "")


FEN = st.integers(1, 10**12)
RATE = st.fractions(0, 1, max_denominator=1000)
STAKES = (
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 500)), min_size=1, max_size=25)
    .filter(lambda rows: any(member for member, _ in rows))
    .map(lambda rows: [stake(f"h{at:03d}", *row) for at, row in enumerate(rows)])
)
LAYERS = st.tuples(
    RATE, st.integers(0, 10**6), RATE, st.one_of(st.none(), st.integers(0, 10**9)), FEN
)


def reckoned(
    surplus: int,
    losses: int,
    drawn: tuple[Fraction, int, Fraction, int | None, int],
    stakes: list[Stake],
) -> tuple[dict[str, int], list[dict[str, int]]] | None:
    """Reckon the same plan another way, in fractions, a layer at a time; None: it asks too much."""
    reserve, floor, share, most, points = drawn
    left = Fraction(surplus - min(losses, surplus))
    fund = Fraction((left * reserve).__floor__())
    left -= fund
    land = floor * sum(Fraction(one.shares["land"]) for one in stakes)
    if land > left:
        return None
    left -= land
    dividend = Fraction((left * share).__floor__())
    if most is not None and dividend > most:
        dividend = Fraction(most)
    left -= dividend
    if points > left:
        return None
    money = [shared(land, {one.household: one.shares["land"] for one in stakes})]
    both = {one.household: one.shares["land"] + one.shares["member"] for one in stakes}
    money.append(shared(dividend, both))
    return {
        "reserve": int(fund),
        "members": int(land + dividend),
        "pool": points,
        "kept": int(left - points),
    }, money


def shared(total: Fraction, weights: dict[str, int]) -> dict[str, int]:
    """Hand out whole fen, then one each by the largest remainder, by name where equal."""
    if not total:
        return dict.fromkeys(weights, 0)
    whole = sum(weights.values())
    due = {name: total * weight / whole for name, weight in weights.items()}
    given_out = {name: fen.numerator // fen.denominator for name, fen in due.items()}
    queue = sorted(due, key=lambda name: (-(due[name] - given_out[name]), name))
    for name in queue[: int(total) - sum(given_out.values())]:
        given_out[name] += 1
    return given_out


def plan_of(drawn: tuple[Fraction, int, Fraction, int | None, int]) -> list[Layer]:
    reserve, floor, share, most, points = drawn
    return [
        Layer("l", "l", "losses", "losses"),
        Layer("r", "r", "part", "reserve", rate=reserve),
        Layer("f", "f", "each", "members", fen=floor, by=("land",)),
        Layer("d", "d", "part", "members", rate=share, most=most, by=("member", "land")),
        Layer("b", "b", "bonus", "members", rate=reserve, by=("member",), into="fund"),
        Layer("p", "p", "sum", "pool", fen=points, voted="1号"),
    ]


@given(FEN, st.integers(0, 10**12), LAYERS, STAKES, st.randoms(use_true_random=False))
def test_against_fractions_exact_and_blind_to_order(
    surplus: int,
    losses: int,
    drawn: tuple[Fraction, int, Fraction, int | None, int],
    stakes: list[Stake],
    rng: random.Random,
) -> None:
    expected = reckoned(surplus, losses, drawn, stakes)
    shuffled = rng.sample(stakes, len(stakes))
    try:
        found = pour(2021, surplus, losses, plan_of(drawn), shuffled)
    except TooMuch:
        assert expected is None
        return
    assert expected is not None
    totals, money = expected
    assert {to: found.total(to) for to in totals} == totals
    assert (
        sum(found.total(to) for to in ("losses", "reserve", "members", "pool", "kept")) == surplus
    )
    for layer, due in zip(("f", "d"), money, strict=True):
        names = [one.household for one in found.stakes]
        given_out = dict(zip(names, found.parts.get(layer, (0,) * len(names)), strict=True))
        assert given_out == due
    held = [one.shares["member"] for one in found.stakes]
    assert found.bonuses["b"] == tuple((count * drawn[0]).__floor__() for count in held)
    for row in found.roll().rows:
        assert not row.parts or sum(fen for _, fen in row.parts) == row.fen
        assert all(kind == "fund" and count > 0 for kind, count in row.bonus)
    assert found == pour(2021, surplus, losses, plan_of(drawn), stakes)
    assert (
        found.roll().digest() == pour(2021, surplus, losses, plan_of(drawn), stakes).roll().digest()
    )


def layer(text: str) -> str:
    return f'[[layer]]\nid = "x"\n{text}'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[[layer", "读不懂"),
        ("", "没有一层"),
        (layer('kind = "part"\nto = "moon"\nrate = 1'), "去向 moon"),
        (layer('kind = "part"\nto = "members"\nrate = "3/2"'), "0 与 1 之间"),
        (layer('kind = "part"\nto = "members"\nrate = "1/0"'), "读不懂"),
        (layer('kind = "sum"\nto = "members"\nfen = 1.5'), "整数分"),
        (layer('kind = "sum"\nto = "members"\nfen = -1'), "不能为负"),
        (layer('kind = "sum"\nto = "members"\nfen = 1\nby = ["points"]'), "积分另设奖励资金"),
        (layer('kind = "sum"\nto = "pool"\nfen = 1'), "另行表决"),
        (layer('kind = "losses"\nto = "members"'), "自成一层"),
        (layer('kind = "each"\nto = "other"\nfen = 1'), "只能分给成员"),
        (layer('kind = "bonus"\nrate = "1/10"'), "派送哪种"),
        (layer('kind = "sum"\nto = "members"\nfen = 1\nextra = 1'), "读不懂"),
        (layer('kind = "rest"\nto = "members"') + "\n" + layer('kind = "part"\nto = "reserve"\nrate = 1').replace('"x"', '"y"'), "不能排在"),
        (layer('kind = "rest"\nto = "kept"') * 2, "编号相同|读不懂"),
    ],
)  # fmt: skip
def test_a_plan_against_the_law_is_refused(text: str, why: str) -> None:
    with pytest.raises(BadPlan, match=f"D020.*({why})"):
        read(text)


def test_more_than_there_is_and_losses_unmet_are_refused() -> None:
    one = [stake("a", 1)]
    with pytest.raises(NoSurplus):
        pour(2021, 0, 0, read(PLAN), one)
    with pytest.raises(TooMuch, match=r"D002.*积分"):
        pour(2021, 60_00, 0, read(PLAN.replace("最", "")), one)
    with pytest.raises(BadPlan, match="没有先弥补"):
        pour(2021, 100, 50, read(layer('kind = "rest"\nto = "kept"')), one)
    with pytest.raises(BadRegister, match="重复"):
        pour(2021, 100, 0, read(PLAN), [*one, *one])
    with pytest.raises(BadRegister, match="只能用"):
        pour(2021, 100, 0, read(PLAN), [stake("王家", 1)])
    with pytest.raises(BadRegister, match="为负"):
        pour(2021, 100, 0, read(PLAN), [stake("a", -1)])
    with pytest.raises(NoWeights):
        pour(2021, 100_000, 0, read(layer('kind = "rest"\nto = "members"\nby = ["fund"]')), one)


@given(
    FEN, st.dictionaries(st.text("abc", min_size=1), st.integers(1, 99), min_size=1, max_size=14)
)
def test_a_union_hands_down_every_fen(fen: int, shares: dict[str, int]) -> None:
    found = branches(fen, shares)
    assert sum(found.values()) == fen
    whole = sum(shares.values())
    assert all(abs(found[name] - Fraction(fen * shares[name], whole)) < 1 for name in shares)
    assert digest("a") != digest("b")


def test_an_empty_plan_keeps_everything() -> None:
    assert Outcome(2021, 5, (), (), {}, {}).total("kept") == 5
