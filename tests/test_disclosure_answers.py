"""Questions, answers, their clock, and on which sheet each stands."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample import Village, hand, opening, payment

from approvals.acts import NotEntitled
from disclosure import answers, render
from disclosure.compose import compose
from disclosure.sheet import Answer
from ledger.log.store import NonceUsed
from ledger.periods import BadPeriod
from ledger.voucher import UnknownNumber


@pytest.fixture
def asked(village: Village) -> Village:
    """Books of January with one payment, posted and not sealed."""
    village.post(opening())
    village.post(payment(date(2021, 1, 9), 300_00))
    return village


def ask(village: Village, text: str = "路修了多少米？", line: str = "", nonce: str = "") -> str:
    with village.engine.begin() as conn:
        desk = village.desk(nonce)
        return answers.ask(conn, hand("clerk1"), desk, "2021-01", line, text)


def reply(village: Village, number: str, text: str, correction: str = "") -> None:
    with village.engine.begin() as conn:
        answers.answer(conn, hand("sec1"), village.desk(), number, text, correction)


def shown(village: Village, period: str) -> tuple[Answer, ...]:
    with village.engine.begin() as conn:
        return compose(conn, village.code, period).answers


def test_a_question_and_its_answer(asked: Village) -> None:
    number = ask(asked, "路修了\n多少米？", "2021-付-0001")
    assert number == "问0001"
    reply(asked, number, "三百米。", "2021-付-0001")
    day = asked.now.date()
    with asked.engine.begin() as conn:
        (item,) = answers.questions(conn, asked.code)
    said = ("路修了 多少米？", day, "三百米。", "书小记", "2021-付-0001", "2021-付-0001")
    assert item == Answer("问0001", day, *said)


def test_questions_are_numbered_in_order(asked: Village) -> None:
    assert [ask(asked), ask(asked), ask(asked)] == ["问0001", "问0002", "问0003"]


def test_the_same_act_twice_is_one_question(asked: Village) -> None:
    moment, nonce = asked.now, "a" * 32
    assert ask(asked, nonce=nonce) == "问0001"
    asked.now = moment
    assert ask(asked, nonce=nonce) == "问0001"
    with asked.engine.begin() as conn:
        assert len(answers.questions(conn, asked.code)) == 1
    asked.now = moment
    with pytest.raises(NonceUsed):
        ask(asked, "别的问题", nonce=nonce)


def test_only_the_clerk_enters_and_only_three_seats_answer(asked: Village) -> None:
    with asked.engine.begin() as conn, pytest.raises(NotEntitled):
        answers.ask(conn, hand("sec1"), asked.desk(), "2021-01", "", "问")
    number = ask(asked)
    with asked.engine.begin() as conn, pytest.raises(NotEntitled):
        answers.answer(conn, hand("cash1"), asked.desk(), number, "答")


def test_refusals_name_what_is_wrong(asked: Village) -> None:
    with asked.engine.begin() as conn:
        place = (conn, hand("clerk1"), asked.desk())
        with pytest.raises(BadPeriod):
            answers.ask(*place, "2021-13", "", "问")
        with pytest.raises(UnknownNumber):
            answers.ask(*place, "2021-01", "付12", "问")
        with pytest.raises(answers.NoLine, match="2021-付-0009"):
            answers.ask(*place, "2021-01", "2021-付-0009", "问")
        with pytest.raises(answers.NoQuestion, match="问0007"):
            answers.answer(*place, "问0007", "答")
        assert answers.questions(conn, asked.code) == []
    number = ask(asked)
    with pytest.raises(answers.NoLine), asked.engine.begin() as conn:
        answers.answer(conn, hand("sec1"), asked.desk(), number, "答", "2021-转-0009")


@pytest.mark.parametrize("text", ["", "  \n\t", "字" * 501, "\x00\x1b\u202e"])
def test_texts_that_say_nothing_or_too_much(asked: Village, text: str) -> None:
    with pytest.raises(answers.BadText, match="500"):
        ask(asked, text)


@given(st.text(max_size=600))
def test_a_plain_text_is_one_printable_line_of_at_most_500(text: str) -> None:
    try:
        clean = answers.plain(text)
    except answers.BadText:
        return
    assert 0 < len(clean) <= 500
    assert answers.plain(clean) == clean
    assert not set(clean) & set("\r\n\t\x00\x7f\u202e\u200b")
    assert json.loads(json.dumps(clean)) == clean


def test_exactly_500_characters_pass() -> None:
    assert answers.plain("字" * 500) == "字" * 500


def test_the_clock_runs_ten_days(asked: Village) -> None:
    number = ask(asked)
    day = asked.now.date()
    with asked.engine.begin() as conn:
        for days, late in ((0, []), (10, []), (11, [number])):
            found = answers.overdue(conn, asked.code, day + timedelta(days=days))
            assert [item.number for item in found] == late
        soon = answers.overdue(conn, asked.code, day + timedelta(days=4), days=3)
        assert [item.number for item in soon] == [number]
        assert [item.number for item in answers.open_questions(conn, asked.code)] == [number]
    reply(asked, number, "答")
    with asked.engine.begin() as conn:
        assert answers.overdue(conn, asked.code, day + timedelta(days=99)) == []
        assert answers.open_questions(conn, asked.code) == []


def test_an_answer_stands_on_one_sheet_and_an_open_question_on_each(asked: Village) -> None:
    first, second = ask(asked, "甲？"), ask(asked, "乙？")
    reply(asked, first, "甲答")
    asked.on(date(2021, 2, 2))
    asked.seal("2021-01")
    assert [(a.number, a.answer) for a in shown(asked, "2021-01")] == [
        (first, "甲答"),
        (second, ""),
    ]
    third = ask(asked, "丙？")
    reply(asked, second, "乙答")
    february = [(second, "乙答"), (third, "")]
    assert [(a.number, a.answer) for a in shown(asked, "2021-02")] == february
    assert [(a.number, a.answer) for a in shown(asked, "2021-01")] == [
        (first, "甲答"),
        (second, ""),
    ]
    asked.on(date(2021, 3, 2))
    asked.seal("2021-02")
    assert [(a.number, a.answer) for a in shown(asked, "2021-03")] == [(third, "")]


def test_a_second_answer_stands_on_the_sheet_after_it(asked: Village) -> None:
    number = ask(asked)
    reply(asked, number, "三百米。")
    asked.on(date(2021, 2, 2))
    asked.seal("2021-01")
    reply(asked, number, "更正：三百二十米。")
    assert [item.answer for item in shown(asked, "2021-01")] == ["三百米。"]
    assert [item.answer for item in shown(asked, "2021-02")] == ["更正：三百二十米。"]


def test_what_comes_after_the_seal_leaves_the_content_alone(asked: Village) -> None:
    asked.on(date(2021, 1, 31))
    asked.seal("2021-01")
    with asked.engine.begin() as conn:
        before = render.digest(compose(conn, asked.code, "2021-01"))
    number = ask(asked)
    reply(asked, number, "答")
    with asked.engine.begin() as conn:
        assert render.digest(compose(conn, asked.code, "2021-01")) == before
    assert [item.number for item in shown(asked, "2021-02")] == [number]
