"""A year's distribution walked: tried, open, objected to, resolved, frozen, paid, followed."""

from dataclasses import replace
from datetime import date

import pytest
from sample import Village, hand, legs, opening, payment, rent

from app.desk import roll_of
from approvals import acts, distribution, membership
from approvals.distribution import (
    Borrowed,
    Frozen,
    NoPlan,
    NoResolution,
    NotAdopted,
    NotOpened,
    TooEarly,
    TooShort,
    Unanswered,
)
from approvals.verify import verify
from ledger import closing
from ledger import distribution as allotting
from ledger.book import files
from ledger.distribution import Holding, TooMuch
from ledger.legs import store as leg_store
from ledger.log import store as log
from ledger.registers import store as households
from ledger.registers.membership.entry import Entry
from ledger.registers.plans import store as plans
from ledger.registers.plans import unsettled
from ledger.registers.plans.store import NotOwed, NoWords
from ledger.voucher import Party

BASE = [Holding(f"01-{n:03d}", "1组", f"户{n}", 3, 1 + n % 3, "1234") for n in range(1, 8)]
PLAN = """
[[layer]]
id = "reserve"
kind = "part"
rate = "3/10"
to = "reserve"
[[layer]]
id = "cash"
kind = "sum"
fen = 100_000_01
to = "members"
[[layer]]
id = "points"
kind = "sum"
fen = 2_000_00
to = "pool"
voted = "成员代表大会〔2022〕2号"
"""
YEAR = 2021


@pytest.fixture
def earned(village: Village) -> Village:
    """A village with 400,000 of earlier surplus, 200,000 of this year's, and a register."""
    with village.engine.begin() as conn:
        acts.open_account(conn, hand("book1"), village.desk(), "113.01", "成员分红")
        households.write(conn, village.code, BASE)
    village.post(opening())
    village.post(rent(date(2021, 6, 1), 200_000_00))
    village.on(date(2022, 1, 5))
    return village


def redraw(village: Village, text: str = PLAN) -> None:
    with village.engine.begin() as conn:
        distribution.redraw(conn, village.code, YEAR, text, village.now.date())


def freeze(village: Village, resolution: str = "成员代表大会〔2022〕1号") -> None:
    with village.engine.begin() as conn:
        distribution.freeze(conn, hand("book1"), village.desk(), YEAR, resolution)


def open_plan(village: Village, opened: date, meeting: date) -> None:
    with village.engine.begin() as conn:
        distribution.open_plan(conn, village.code, YEAR, opened, meeting)


def test_the_walk_from_a_plan_to_the_last_fen(earned: Village) -> None:
    village = earned
    with pytest.raises(NoPlan):
        freeze(village)
    with pytest.raises(NoPlan):
        open_plan(village, date(2022, 1, 6), date(2022, 1, 20))
    redraw(village)
    with pytest.raises(NotOpened):
        freeze(village)
    with pytest.raises(TooShort, match="2022-01-16"):
        open_plan(village, date(2022, 1, 6), date(2022, 1, 15))
    open_plan(village, date(2022, 1, 6), date(2022, 1, 16))
    with pytest.raises(TooEarly, match="2022-01-16"):
        freeze(village)
    with village.engine.begin() as conn, pytest.raises(NoWords):
        plans.object_to(conn, village.code, YEAR, date(2022, 1, 8), "01-003", " ")
    with village.engine.begin() as conn:
        plans.object_to(conn, village.code, YEAR, date(2022, 1, 8), "01-003", "我家少算一股")
    village.on(date(2022, 1, 16))
    with pytest.raises(Unanswered):
        freeze(village)
    with village.engine.begin() as conn:
        plans.answer(conn, village.code, YEAR, 1, "登记簿上就是一股，已当面核对。")
    with pytest.raises(NoResolution):
        freeze(village, " ")
    with pytest.raises(NotAdopted):
        freeze(village)
    with village.engine.begin() as conn:
        membership.adopt(conn, hand("book1"), village.desk())
    freeze(village)
    for again in (lambda: freeze(village), lambda: redraw(village)):
        with pytest.raises(Frozen):
            again()
    pay_and_follow(village)


def pay_and_follow(village: Village) -> None:
    with village.engine.begin() as conn:
        # A birth registered late does not move what is frozen.
        late = Entry("given", date(2021, 5, 1), "01-001", share="member", count=5)
        membership.change(conn, hand("book1"), village.desk(), [late])
        roll = roll_of(conn, village.code, YEAR)
        body = log.events(conn, village.code, kinds=("distribution.frozen",))[-1].statement()[
            "body"
        ]
    assert sum(row.fen for row in roll.rows) == 100_000_01
    assert roll.rows[0].shares == 2
    assert (body["surplus"], body["reserve"], body["other"]) == (600_000_00, 180_000_00, 2_000_00)
    paid = replace(
        payment(date(2022, 1, 20), 1), purpose="spending.dividend", payee=Party("批量代发", "", "")
    )
    village.on(date(2022, 1, 20))
    balances = {}
    with village.engine.begin() as conn:
        balances = leg_store.balances(conn, village.code, "2021-12")
    for voucher in closing.carry_forward(village.code, YEAR, balances):
        village.post(voucher)
    decided = allotting.Plan(YEAR, 600_000_00, 0, 180_000_00, 100_000_01, 2_000_00, 317_999_99)
    village.post(allotting.voucher(village.code, decided, date(2021, 12, 31), "1号"))
    village.post(replace(paid, legs=legs(("113.01", 100_000_01), ("102.01", -100_000_01))))
    follow_up(village)
    with village.engine.begin() as conn:
        files.project(conn, village.code, village.root)
    verdict = verify(village.root / village.code)
    assert verdict.good, verdict.fault


def follow_up(village: Village) -> None:
    """A bank sends one payment back; it stays on the list until the heir has it."""

    def say(kind: str, words: str) -> None:
        with village.engine.begin() as conn:
            args = (YEAR, village.now.date(), "01-002", kind, words)
            plans.follow(conn, village.code, *args)

    with pytest.raises(NotOwed):
        say("again", "")
    say("returned", "账户已注销")
    with pytest.raises(NotOwed):
        say("returned", "又退")
    say("heir", "长子继承，公证书〔2022〕9号")
    with village.engine.begin() as conn:
        assert [*unsettled(plans.payouts(conn, village.code, YEAR))] == ["01-002"]
    say("again", "")
    with village.engine.begin() as conn:
        assert unsettled(plans.payouts(conn, village.code, YEAR)) == {}


def test_what_is_not_there_cannot_be_given(earned: Village) -> None:
    with pytest.raises(TooMuch):
        redraw(earned, PLAN.replace("100_000_01", "500_000_00"))
    # The surplus is there in the books, but the money was spent or is earmarked.
    away = replace(payment(date(2022, 1, 5), 1), purpose="spending.asset")
    earned.post(replace(away, legs=legs(("151", 610_000_00), ("102.01", -610_000_00))))
    with pytest.raises(Borrowed, match="不得举债分配"):
        redraw(earned)
    with earned.engine.begin() as conn:
        assert plans.latest(conn, earned.code, YEAR) is None
