"""The points of 安家村: rules in data, one thing one record, reviews in order, a ranking."""

import random
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from ledger.registers.points import (
    BadRules,
    Record,
    Subject,
    awards,
    digest,
    ranking,
    read,
    shipped,
    shown,
)
from ledger.registers.points.store import (
    BadNote,
    Note,
    NotReversible,
    OutOfOrder,
    enrol,
    last,
    month,
    note,
    pass_review,
    records,
    reverse,
    subjects,
)

V = "510604-jinshan-anjia"
TODAY = date(2021, 6, 30)
WHO = [
    Subject("h1", "household", "01", "样一户"),
    Subject("h2", "household", "02", "样二户"),
    Subject("f1", "firm", "01", "样例企业"),
    Subject("m1", "farm", "02", "样例农场"),
]


def test_the_rules_are_those_of_the_pilot() -> None:
    rules = shipped()
    good = [one for one in rules.items.values() if one.tenths > 0]
    bad = [one for one in rules.items.values() if one.tenths < 0]
    assert (len(good), len({one.group for one in good}), len(bad)) == (34, 6, 10)
    assert {one.group for one in good} >= {"遵纪守法", "环境卫生", "日常行为", "社会服务"}
    assert (min(one.tenths for one in good), max(one.tenths for one in good)) == (4, 30)
    assert {one.tenths for one in bad} == {-50}
    assert {one.fen for one in rules.awards} <= set(range(100_00, 400_01))
    assert (rules.suspend, rules.publish_day) == (70, 28)


@pytest.mark.parametrize(
    "text_",
    ["x", 'title = "a"', 'title = "a"\nbase = "0.05"\nsuspend = "7"\npublish_day = 28\n[item]'],
)
def test_rules_that_cannot_be_read_are_refused(text_: str) -> None:
    with pytest.raises(BadRules, match="D040"):
        read(text_)


def test_notes_come_in_all_or_none_and_are_taken_back_never_deleted(engine: Engine) -> None:
    rules = shipped()
    with engine.begin() as conn:
        enrol(conn, V, WHO)
        assert subjects(conn, V) == sorted(WHO, key=lambda one: one.id)
        assert (
            note(
                conn,
                V,
                rules,
                [Note(date(2021, 4, 2), "h1", "1-1", "举报"), Note(date(2021, 4, 3), "h2", "x-1")],
                TODAY,
            )
            == 2
        )
        for bad, why in (
            (Note(date(2021, 4, 2), "h9", "1-1"), "h9"),
            (Note(date(2021, 4, 2), "h1", "9-9"), "9-9"),
            (Note(date(2021, 7, 1), "h1", "1-1"), "还没有到"),
        ):
            with pytest.raises(BadNote, match=f"第 2 条.*{why}"):
                note(conn, V, rules, [Note(date(2021, 4, 4), "h1", "1-1"), bad], TODAY)
        assert last(conn, V) == 2
        assert reverse(conn, V, 2, "查无此事") == 3
        for again in (2, 3, 9):
            with pytest.raises(NotReversible):
                reverse(conn, V, again, "再来")
        with pytest.raises(NotReversible):
            reverse(conn, V, 1, " ")
        assert [one.tenths for one in month(conn, V, "2021-04")] == [20, -50, 50]
        kept = conn.execute(text("SELECT words FROM point_record WHERE no = 1")).scalar_one()
    assert "举报" not in kept


def test_an_item_counts_so_often_a_month(engine: Engine) -> None:
    rules = shipped()
    items = {**rules.items, "1-2": rules.items["1-2"]._replace(most=2)}
    bounded = rules._replace(items=items)
    one = Note(date(2021, 4, 2), "h1", "1-2")
    with engine.begin() as conn:
        enrol(conn, V, WHO)
        note(conn, V, bounded, [one, one], TODAY)
        with pytest.raises(BadNote, match="每月最多记 2 次"):
            note(conn, V, bounded, [one], TODAY)
        reverse(conn, V, 1, "记错")
        assert note(conn, V, bounded, [one, one._replace(day=date(2021, 5, 2))], TODAY) == 5


def test_the_reviews_go_from_grid_to_wall(engine: Engine) -> None:
    rules = shipped()
    with engine.begin() as conn:
        enrol(conn, V, WHO)
        for at in (4, 5, 6):
            day = date(2021, at, 5)
            note(conn, V, rules, [Note(day, "h1", "2-1"), Note(day, "h2", "2-2")], TODAY)
            with pytest.raises(OutOfOrder, match="网格 01、02 还没有审核"):
                pass_review(conn, V, rules, "month", f"2021-0{at}", day)
            for grid in ("01", "02"):
                pass_review(conn, V, rules, "grid", f"2021-0{at}", day, grid)
            pass_review(conn, V, rules, "month", f"2021-0{at}", day)
        with pytest.raises(OutOfOrder, match="已经办过"):
            pass_review(conn, V, rules, "month", "2021-04", TODAY)
        with pytest.raises(BadNote, match="已经审定"):
            note(conn, V, rules, [Note(date(2021, 5, 6), "h1", "2-1")], TODAY)
        with pytest.raises(OutOfOrder, match="28 日才公示"):
            pass_review(conn, V, rules, "quarter", "2021-Q2", date(2021, 6, 27))
        with pytest.raises(OutOfOrder, match="2021-07、2021-08、2021-09 还没有审定"):
            pass_review(conn, V, rules, "quarter", "2021-Q3", date(2021, 9, 28))
        up = pass_review(conn, V, rules, "quarter", "2021-Q2", date(2021, 6, 28))
        whole = records(conn, V, date(2021, 4, 1), TODAY)
        assert up.digest == digest(whole)
        reverse(conn, V, 1, "复议：当天不在村")  # objection upheld after it stood on the wall
        assert digest(records(conn, V, date(2021, 4, 1), TODAY)) != up.digest
        with pytest.raises(OutOfOrder):
            pass_review(conn, V, rules, "week", "2021-04", TODAY)


def test_the_year_is_ranked_and_who_is_below_seven_rests() -> None:
    rules, day = shipped(), date(2021, 5, 1)
    noted = [("h1", 30), ("h2", -50), ("f1", 20)]
    made = [Record(at, day, who, "x", tenths, 0, "") for at, (who, tenths) in enumerate(noted, 1)]
    places = ranking(rules, WHO, made)
    assert [
        (one.rank, one.subject.id, shown(one.tenths), one.suspended) for one in places["household"]
    ] == [(1, "h1", "13", False), (2, "h2", "5", True)]
    given_out = [
        (place.subject.id, award.title, award.fen) for place, award in awards(rules, places)
    ]
    assert given_out == [("h1", "十星家庭户", 400_00), ("f1", "遵纪守法企业", 400_00)]


@given(
    st.lists(
        st.tuples(st.sampled_from(["h1", "h2", "f1", "m1"]), st.integers(-50, 30)), max_size=40
    ),
    st.randoms(use_true_random=False),
)
def test_a_ranking_is_blind_to_order_and_equals_share_a_place(
    noted: list[tuple[str, int]], rng: random.Random
) -> None:
    rules = shipped()
    made = [
        Record(at, TODAY - timedelta(at), who, "x", tenths, 0, "")
        for at, (who, tenths) in enumerate(noted)
    ]
    found = ranking(rules, WHO, made)
    assert found == ranking(rules, rng.sample(WHO, len(WHO)), rng.sample(made, len(made)))
    counted: Counter[str] = Counter()
    for who, tenths in noted:
        counted[who] += tenths
    for places in found.values():
        for place in places:
            assert place.tenths == rules.base + counted[place.subject.id]
            assert place.rank == 1 + sum(other.tenths > place.tenths for other in places)
