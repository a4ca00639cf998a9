"""圣灯镇, two months of helpers' points: noted, reviewed, exchanged in the shop, on the sheet.

The seed's words: 探索实施“基础分+奖励分”积分制管理…“村务助理”可凭积分在“爱心超市”兑换物资.
"""

from dataclasses import replace
from datetime import date

import pytest
from sample import Village, hand, legs, opening, payment
from scenes import close, proposed, sound

from app import proposals
from approvals import acts
from ledger import periods
from ledger.legs import store as leg_store
from ledger.registers import shop
from ledger.registers.points import Subject, sample
from ledger.registers.points import store as points
from ledger.registers.shop import Good, NoPoints, OutOfStock, Terms
from ledger.registers.shop import store as shops
from ledger.registers.shop.store import At

# 209 helpers, one for each 微网格.
HELPERS = [Subject(f"z{n:03d}", "helper", f"{n % 20:02d}", f"样助{n}") for n in range(1, 210)]
RICE, SOAP = Good("g1", "大米五公斤", "袋", 100), Good("g2", "肥皂", "块", 15)
TERMS = Terms(50, "121.01", "211.01", "514", "镇党委会〔2021〕2号")  # 0.50 yuan a point


def open_shop(village: Village) -> None:
    """Open the shop's accounts, rules and goods; buy the goods like anything else."""
    for code, name in (("121.01", "爱心超市物资"), ("211.01", "待兑换积分")):
        with village.engine.begin() as conn:
            acts.open_account(conn, hand("book1"), village.desk(), code, name)
    village.post(opening())
    rows = legs(("121.01", 6_900_00), ("102.01", -6_900_00))
    bought = payment(date(2021, 1, 8), 6_900_00, legs=rows, summary="购爱心超市物资")
    village.on(date(2021, 1, 8))
    village.post(replace(bought, purpose="spending.culture"))
    with village.engine.begin() as conn:
        points.adopt(conn, village.code, sample("points_helpers"), date(2021, 1, 4), "村民会议1号")
        points.enrol(conn, village.code, HELPERS)
        shops.set_terms(conn, village.code, TERMS)
        for one in (RICE, SOAP):
            shops.keep_good(conn, village.code, one)
        at = At(date(2021, 1, 8), "clerk1", "buy")
        shops.take_in(conn, village.code, at, "g1", 200, 6_000_00)
        shops.take_in(conn, village.code, at._replace(nonce="buy2"), "g2", 300, 900_00)


def a_month(village: Village, period: str) -> None:
    """Note and review a month: 基础分 for everybody, 奖励分 for some, by grid and as a whole."""
    day = date.fromisoformat(f"{period}-20")
    with village.engine.begin() as conn:
        rules = points.rules_of(conn, village.code)
        assert rules
        notes = [points.Note(day, one.id, "b-1") for one in HELPERS]
        notes += [points.Note(day, one.id, "j-2", "化解纠纷") for one in HELPERS[:40]]
        points.note(conn, village.code, rules, notes, day)
        with pytest.raises(points.BadNote, match="每月最多记 1 次"):
            points.note(conn, village.code, rules, notes[:1], day)
        assert shops.left(conn, village.code, day).get("z001", 0) == (
            30 if period.endswith("-02") else 0
        )
        for grid in sorted({one.grid for one in HELPERS}):
            points.pass_review(conn, village.code, rules, "grid", period, day, grid)
        points.pass_review(conn, village.code, rules, "month", period, day)


def at_the_counter(village: Village) -> None:
    """Exchange: never twice by one click, never more than there is of goods or points."""
    at = At(date(2021, 1, 28), "clerk1", "click1")
    with village.engine.begin() as conn:
        first = shops.exchange(conn, village.code, at, "z001", "g1", 1)
        assert shops.exchange(conn, village.code, at, "z001", "g1", 1) == first
        assert shops.left(conn, village.code, at.day)["z001"] == 130 - 100
        with pytest.raises(NoPoints, match=r"可用积分 3 分.*要 10 分"):
            shops.exchange(conn, village.code, at._replace(nonce="c2"), "z001", "g1", 1)
        with pytest.raises(OutOfStock, match="只剩 199 袋"):
            shops.exchange(conn, village.code, at._replace(nonce="c3"), "z002", "g1", 200)
        wrong = shops.exchange(conn, village.code, at._replace(nonce="c4"), "z002", "g2", 2)
        shops.take_back(conn, village.code, at._replace(nonce="c5"), wrong, "拿错了")
        for n, one in enumerate(HELPERS[2:120]):
            shops.exchange(conn, village.code, at._replace(nonce=f"d{n}"), one.id, "g1", 1)


def test_points_from_the_helper_to_the_sheet(village: Village) -> None:
    open_shop(village)
    a_month(village, "2021-01")
    village.on(date(2021, 1, 28))
    at_the_counter(village)
    # 119 bags at 30 yuan left; of 209 × 10 + 40 × 3 points 119 × 10 were spent.
    owed = (209 * 100 + 40 * 30 - 119 * 100) * 50 // 10
    done = proposed(village, "2021-01", shop.TITLE)
    assert {leg.account: leg.fen for leg in done.voucher.legs} == {
        "514": 119 * 30_00 + owed, "121.01": -119 * 30_00, "211.01": -owed,
    }  # fmt: skip
    january = close(village, "2021-01", "2021-01")
    assert ("应付款", "待兑换积分", owed) in [tuple(one) for one in january.payables]
    with village.engine.begin() as conn, pytest.raises(periods.Sealed):
        late = At(date(2021, 1, 31), "clerk1", "late")
        shops.exchange(conn, village.code, late, "z100", "g2", 1)

    # February: what is owed is brought to what may still be exchanged, whichever way it moved.
    village.on(date(2021, 2, 25))
    a_month(village, "2021-02")
    with village.engine.begin() as conn:
        at = At(date(2021, 2, 26), "clerk1", "e1")
        shops.write_off(conn, village.code, at, "g2", 10, "受潮")
        (asked,) = proposals.of_month(conn, village.code, "2021-02")
        left, stock = shops.left(conn, village.code, at.day), shops.lines(conn, village.code)
    february_owed = shop.worth(TERMS, left)
    assert asked.fen == 30_00 + february_owed - owed
    proposed(village, "2021-02", shop.TITLE)
    february = close(village, "2021-02", "2021-02")
    assert ("应付款", "待兑换积分", february_owed) in [tuple(one) for one in february.payables]
    with village.engine.begin() as conn:
        held = leg_store.balances(conn, village.code, "2021-02")
    assert held["121.01"] == sum(one.fen for one in shop.stocks(stock).values())
    sound(village)
