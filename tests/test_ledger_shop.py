"""The points shop: stock and points never below zero, cost exact to the fen, nothing deleted."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample import Village, hand

from approvals import acts
from ledger.registers.points import BadRules, Subject, sample
from ledger.registers.points import store as points
from ledger.registers.shop import (
    BadShop,
    Good,
    Line,
    NotBack,
    OutOfStock,
    Terms,
    cost,
    left,
    stocks,
    voucher,
    worth,
)
from ledger.registers.shop.store import (
    At,
    exchange,
    keep_good,
    lines,
    set_terms,
    take_back,
    take_in,
    terms_of,
    write_off,
)

DAY = date(2021, 1, 10)
TERMS = Terms(50, "121.01", "211.01", "514", "1号")
SOAP = Good("g", "肥皂", "块", 15)


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 99_999)), min_size=1), st.data())
def test_the_last_piece_takes_the_rest(bought: list[tuple[int, int]], data: st.DataObject) -> None:
    rows = [Line(n, DAY, "in", "g", *one, "", 0, 0, "c") for n, one in enumerate(bought)]
    while (stock := stocks(rows)["g"]).pieces:
        count = data.draw(st.integers(1, stock.pieces))
        fen = cost(stock, count)
        assert 0 <= fen <= stock.fen
        rows.append(Line(0, DAY, "out", "g", -count, -fen, "h", -15 * count, 0, "c"))
    assert stocks(rows)["g"].fen == 0
    assert sum(one.fen for one in rows) == 0


def test_what_is_owed_counts_nobody_below_zero_and_nothing_moved_makes_no_voucher() -> None:
    assert worth(TERMS, {"a": 30, "b": -20, "c": 1}) == 31 * 50 // 10
    assert left({"a": 30}, [Line(1, DAY, "out", "g", -1, 0, "a", -15, 0, "c")]) == {"a": 15}
    assert voucher("v", TERMS, "2021-01", 0, 0) is None
    back = voucher("v", TERMS, "2021-01", 100, -100)
    assert back
    assert [(leg.account, leg.fen) for leg in back.legs] == [("121.01", -100), ("211.01", 100)]


def test_what_a_shop_refuses_and_that_nothing_is_half_done(village: Village) -> None:
    for code, name in (("121.01", "超市物资"), ("211.01", "待兑换积分")):
        with village.engine.begin() as conn:
            acts.open_account(conn, hand("book1"), village.desk(), code, name)
    at = At(DAY, "clerk1", "n1")
    with village.engine.begin() as conn:
        v = village.code
        wrong = (
            ({"fen": 0}, "一分折多少钱"),
            ({"resolution": " "}, "决议"),
            ({"goods": "121"}, "121"),
            ({"owed": "102.01"}, "102.01"),
            ({"expense": ""}, "（空）"),
        )
        for change, why in wrong:
            with pytest.raises(BadShop, match=f"D050.*{why}"):
                set_terms(conn, v, TERMS._replace(**change))  # type: ignore[arg-type]
        assert terms_of(conn, v) is None
        set_terms(conn, v, TERMS)
        for change in ({"name": ""}, {"tenths": 0}):
            with pytest.raises(BadShop):
                keep_good(conn, v, SOAP._replace(**change))  # type: ignore[arg-type]
        keep_good(conn, v, SOAP)
        points.enrol(conn, v, [Subject("h", "helper", "01", "样一")])
        for count, fen, what in ((0, 1, "g"), (1, -1, "g"), (1, 1, "x")):
            with pytest.raises(BadShop):
                take_in(conn, v, at, what, count, fen)
        assert take_in(conn, v, at, "g", 3, 100) == 1
        assert take_in(conn, v, at, "g", 3, 100) == 1
        with pytest.raises(BadShop, match="没有登记"):
            exchange(conn, v, at._replace(nonce="n2"), "nobody", "g", 1)
        with pytest.raises(OutOfStock):
            write_off(conn, v, at._replace(nonce="n3"), "g", 4, "坏")
        with pytest.raises(BadShop, match="原因"):
            write_off(conn, v, at._replace(nonce="n3"), "g", 1, "")
        assert write_off(conn, v, at._replace(nonce="n4"), "g", 2, "坏") == 2
        for no, words in ((1, "错"), (2, "错"), (9, "错")):
            with pytest.raises(NotBack):
                take_back(conn, v, at._replace(nonce="n5"), no, words)
        assert [one.fen for one in lines(conn, v)] == [100, -66]


def test_an_exchange_comes_back_once_and_rules_need_their_vote(village: Village) -> None:
    at = At(DAY, "clerk1", "n1")
    with village.engine.begin() as conn:
        v = village.code
        with pytest.raises(BadRules, match="决议"):
            points.adopt(conn, v, sample(), DAY, "")
        with pytest.raises(BadRules, match="样例"):
            sample("../x")
        assert points.rules_of(conn, v) is None
        rules = points.adopt(conn, v, sample("points_helpers"), DAY, "1号")
        assert points.rules_of(conn, v) == rules
        points.enrol(conn, v, [Subject("h", "helper", "01", "样一")])
        points.note(conn, v, rules, [points.Note(DAY, "h", "b-1")], DAY)
        points.pass_review(conn, v, rules, "grid", "2021-01", DAY, "01")
        points.pass_review(conn, v, rules, "month", "2021-01", DAY)
        keep_good(conn, v, SOAP)
        take_in(conn, v, at, "g", 3, 100)
        no = exchange(conn, v, at._replace(nonce="n2"), "h", "g", 2)
        assert points.earned(conn, v, date(2021, 1, 9)) == {}
        with pytest.raises(NotBack):
            take_back(conn, v, at._replace(nonce="n3"), no, "")
        take_back(conn, v, at._replace(nonce="n3"), no, "拿错")
        with pytest.raises(NotBack):
            take_back(conn, v, at._replace(nonce="n4"), no, "拿错")
        assert stocks(lines(conn, v))["g"] == (3, 100)
        assert left(points.earned(conn, v, DAY), lines(conn, v)) == {"h": 100}
