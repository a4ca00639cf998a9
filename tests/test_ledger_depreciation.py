"""Depreciation from asset cards, against a computation of its own in fractions."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample import Village

from ledger import depreciation
from ledger.chart import standard
from ledger.registers import store
from ledger.registers.assets import Asset, BadCard
from ledger.schedule import Schedule, interest, part
from ledger.voucher import check

V = "510802-sandui-jingtian"
CARD = Asset("a1", "文化活动室", 10_000_01, 500, 36, date(2024, 1, 31), "151", "152", "514")
PERIODS = [f"{2020 + at // 12}-{at % 12 + 1:02d}" for at in range(12 * 30)]


def test_an_asset_is_charged_from_the_month_after_to_its_last() -> None:
    whole = 10_000_01 - 500_00
    assert CARD.residual == 500_00
    assert depreciation.charge(CARD, "2024-01") == 0
    assert depreciation.charge(CARD, "2024-02") == depreciation.monthly(CARD) == whole // 36
    assert depreciation.charge(CARD, "2027-01") == whole - 35 * (whole // 36)
    assert depreciation.charge(CARD, "2027-02") == 0
    gone = CARD._replace(left=date(2024, 3, 2))
    assert depreciation.charge(gone, "2024-03") > 0
    assert depreciation.charge(gone, "2024-04") == 0


def test_what_is_written_off_begins_and_ends_a_month_earlier() -> None:
    software = CARD._replace(account="161", accumulated="162", residual_rate=0, months=10)
    assert depreciation.charge(software, "2024-01") == 100_000
    assert depreciation.charge(software, "2024-10") == 100_001
    assert depreciation.charge(software, "2024-11") == 0
    assert depreciation.charge(software._replace(left=date(2024, 3, 2)), "2024-03") == 0


def test_what_was_charged_before_is_not_charged_again() -> None:
    taken = CARD._replace(before=400_000, carried=date(2025, 1, 1))
    assert depreciation.charge(taken, "2024-12") == 0
    months = [depreciation.charge(taken, period) for period in PERIODS]
    assert sum(months) == 950_001 - 400_000
    assert sum(fen > 0 for fen in months) == 25  # January 2025 to January 2027
    late = CARD._replace(
        before=900_000, carried=date(2029, 1, 1)
    )  # its time is up: the first month takes the rest
    assert {p: fen for p in PERIODS if (fen := depreciation.charge(late, p))} == {"2029-01": 50_001}


def straight(card: Asset, months: int) -> list[int]:
    """Return the charges of a card's months by another way: a life in fractions of its value."""
    whole = Fraction(card.cost) - floor(
        Fraction(card.cost * card.residual_rate, 10_000) + Fraction(1, 2)
    )
    whole -= card.before
    first = card.since.year * 12 + card.since.month + (0 if card.root in {"161", "171"} else 1)
    end = first + card.months
    if card.carried:
        first = max(first, card.carried.year * 12 + card.carried.month)
    lives = max(end - first, 1)
    found, left = [], whole
    for at in range(2020 * 12 + 1, 2020 * 12 + 1 + months):
        out = False
        if card.left:
            month = card.left.year * 12 + card.left.month
            out = at >= month if card.root in {"161", "171"} else at > month
        if at < first or at >= first + lives or out:
            found.append(0)
            continue
        fen = left if at == first + lives - 1 else Fraction(floor(whole / lives))
        left -= fen
        found.append(int(fen))
    return found


@st.composite
def cards(draw: st.DrawFn) -> Asset:
    account, collects = draw(
        st.sampled_from([("151", "152"), ("132", "133"), ("161", "162"), ("171", "171")])
    )
    day = st.dates(date(2020, 1, 1), date(2026, 12, 31))
    card = Asset(
        "a", "渠", draw(st.integers(1, 10**10)), draw(st.integers(0, 10_000)),
        draw(st.integers(1, 150)), draw(day), account, collects, "514",
    )  # fmt: skip
    if draw(st.booleans()):
        most = card.cost - card.residual
        card = card._replace(before=draw(st.integers(0, most)), carried=max(draw(day), card.since))
    if draw(st.booleans()):
        card = card._replace(left=max(draw(day), card.since))
    return card


@settings(deadline=None)  # two thousand charges of a card: slow on a busy machine
@given(cards())
def test_every_month_is_that_of_the_other_computation(card: Asset) -> None:
    ours = [depreciation.charge(card, period) for period in PERIODS]
    assert ours == straight(card, len(PERIODS))
    whole = card.cost - card.residual - card.before
    assert min(ours) >= 0
    assert sum(ours) <= whole
    if card.left is None:
        assert sum(ours) == whole
    for at in (0, 17, 100, len(PERIODS) - 1):
        assert depreciation.charged(card, PERIODS[at]) == card.before + sum(ours[: at + 1])


def test_the_voucher_goes_to_the_accounts_of_the_cards() -> None:
    office = CARD._replace(number="a2", cost=3600, residual_rate=0, expense="513")
    software = office._replace(number="a4", account="161", accumulated="162")
    found = depreciation.propose(V, "2024-02", [CARD, office, software, CARD._replace(number="a3")])
    each = 950_001 // 36
    assert list(found) == ["151", "161"]
    assert {leg.account: leg.fen for leg in found["151"].legs} == {
        "513": 100, "514": 2 * each, "152": -100 - 2 * each,
    }  # fmt: skip
    assert (found["151"].day, found["151"].summary) == (
        date(2024, 2, 29),
        "计提2024年2月固定资产折旧",
    )
    for item in found.values():
        check(item, standard())
    assert depreciation.propose(V, "2023-12", [CARD, software]) == {}
    land = CARD._replace(months=0)
    assert depreciation.propose(V, "2024-02", [land]) == {}
    assert depreciation.monthly(land) == depreciation.charged(land, "2030-01") == 0


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"months": -1}, "使用年限"),
        ({"cost": 0}, "原值"),
        ({"residual_rate": -1}, "残值"),
        ({"residual_rate": 10_001}, "残值"),
        ({"account": "153"}, "原值科目 153"),
        ({"accumulated": "162"}, "累计折旧"),
        ({"expense": "101"}, "费用科目"),
        ({"before": 950_002, "carried": date(2025, 1, 1)}, "已提折旧"),
        ({"before": 1}, "哪个月"),
        ({"left": date(2024, 1, 30)}, "退出日期"),
        ({"carried": date(2023, 12, 31)}, "接账月份"),
        ({"name": " "}, "名称"),
    ],
)
def test_a_card_that_cannot_be_depreciated_is_refused(change: dict[str, object], why: str) -> None:
    with pytest.raises(BadCard, match=f"K020.*a1.*{why}"):
        depreciation.charge(CARD._replace(**change), "2024-02")  # type: ignore[arg-type]


def test_a_card_is_kept_under_its_number(village: Village) -> None:
    with village.engine.begin() as conn:
        store.keep_asset(conn, village.code, CARD)
        store.keep_asset(conn, village.code, CARD._replace(name="活动室", left=date(2025, 1, 1)))
        store.keep_asset(
            conn, village.code, CARD._replace(number="a0", before=1, carried=date(2025, 1, 1))
        )
        assert [one.name for one in store.assets(conn, village.code)] == ["文化活动室", "活动室"]
        assert store.assets(conn, village.code)[1] == CARD._replace(
            name="活动室", left=date(2025, 1, 1)
        )
        with pytest.raises(BadCard, match="末级"):
            store.keep_asset(conn, village.code, CARD._replace(expense="514.09"))


@given(st.integers(0, 10**12), st.integers(1, 600))
def test_parts_sum_to_the_whole(whole: int, count: int) -> None:
    parts = [part(whole, count, at) for at in range(-1, count + 3)]
    assert sum(parts) == whole
    assert len(set(parts[2 : count + 1])) <= 1


def test_a_schedule_falls_due_every_so_many_months() -> None:
    quarter = Schedule(3, "2024-02", "2025-01")
    assert [p for p in PERIODS if quarter.at(p)] == ["2024-02", "2024-05", "2024-08", "2024-11"]
    assert quarter.times == 4
    assert quarter.at("2024-11") == 4
    assert Schedule(12, "2024-02", "2024-02").at("2025-02") == 0


@given(
    st.integers(0, 10**11), st.integers(0, 2_400), st.sampled_from([1, 3, 12]), st.integers(1, 40)
)
def test_interest_sums_to_that_of_the_whole_time(fen: int, rate: int, every: int, n: int) -> None:
    paid = sum(interest(fen, rate, every, at) for at in range(1, n + 1))
    assert paid == floor(Fraction(fen) * Fraction(rate, 10_000) * Fraction(every * n, 12))


def by_digits(card: Asset) -> list[Fraction]:
    """Return the years' charges by another way: years to come over the sum of all years."""
    whole, years = Fraction(card.cost - card.residual), card.months // 12
    total = sum(range(1, years + 1))
    return [whole * Fraction(to_come, total) for to_come in range(years, 0, -1)]


def by_declining(card: Asset) -> list[Fraction]:
    """Return the years' charges: twice the straight share of the net value, then two equal ones."""
    years, net, found = card.months // 12, Fraction(card.cost), []
    for _ in range(years - 2):
        charge = min(net * 2 / years, net - card.residual)
        found.append(charge)
        net -= charge
    rest = net - card.residual
    return [*found, *[rest / min(years, 2)] * min(years, 2)]


@pytest.mark.parametrize(("method", "other"), [("digits", by_digits), ("declining", by_declining)])
@given(cost=st.integers(1, 10**10), rate=st.integers(0, 9_000), years=st.integers(1, 30))
@settings(max_examples=60)
def test_accelerated_years_are_those_of_the_other_computation(
    method: str, other: Callable[[Asset], list[Fraction]], cost: int, rate: int, years: int
) -> None:
    card = CARD._replace(cost=cost, residual_rate=rate, months=years * 12, method=method)
    first = 2024 * 12 + 1
    periods = [f"{at // 12}-{at % 12 + 1:02d}" for at in range(first, first + years * 12 + 3)]
    months = [depreciation.charge(card, period) for period in periods]
    assert min(months) >= 0
    assert sum(months) == cost - card.residual
    assert depreciation.charged(card, periods[-1]) == cost - card.residual
    for year, exact in enumerate(other(card)):
        assert abs(sum(months[year * 12 : year * 12 + 12]) - exact) <= 2 * years + 12  # fen


def test_work_is_charged_as_it_is_done_and_never_twice() -> None:
    uses = (("2024-03", 300), ("2024-04", 0), ("2024-05", 500), ("2025-01", 900))
    mill = CARD._replace(method="units", capacity=1000, months=0, uses=uses)
    whole = mill.cost - mill.residual
    assert depreciation.charge(mill, "2024-02") == depreciation.charge(mill, "2024-04") == 0
    assert depreciation.charge(mill, "2024-03") == whole * 3 // 10
    assert depreciation.charged(mill, "2024-12") == whole * 8 // 10
    assert depreciation.charge(mill, "2025-01") == whole - whole * 8 // 10  # no more than is left
    with pytest.raises(BadCard, match="总工作量"):
        depreciation.charge(mill._replace(capacity=0), "2024-03")


def test_a_changed_method_charges_what_is_left(village: Village) -> None:
    gone = depreciation.charged(CARD, "2024-12")
    new = CARD._replace(method="digits", before=gone, carried=date(2025, 1, 1))
    months = [depreciation.charge(new, period) for period in PERIODS]
    assert sum(months) == CARD.cost - CARD.residual - gone
    assert depreciation.charge(new, "2024-12") == 0
    with village.engine.begin() as conn:
        store.keep_asset(conn, village.code, new)
        store.keep_use(conn, village.code, "a1", "2024-03", 5)
        store.keep_use(conn, village.code, "a1", "2024-03", 7)
        told = store.Changed("a1", "2025-01-02T09:00:00+08:00", "book1", "line", "digits",
                             "2025-01", gone, "使用不均")  # fmt: skip
        store.note_change(conn, village.code, told)
        store.note_change(conn, village.code, told._replace(was="digits", method="line"))
        (kept,) = store.assets(conn, village.code)
        assert kept == new._replace(uses=(("2024-03", 7),))
        assert [one.method for one in store.changes(conn, village.code)] == ["line", "digits"]
