"""What is due, what is late and why; last month's posting on the next sheet; the feed."""

from datetime import UTC, date, datetime

import pytest
from sample import Village, hand, payment
from test_approvals_boards import UP, february, hang, off, publish
from test_disclosure_notice import sealed

from approvals import boards
from disclosure import answers, calendar, notice, render
from disclosure.calendar import AHEAD, DUE, LATE, Duty
from disclosure.compose import compose
from ledger.periods import next_period

__all__ = ["february", "sealed"]


def owed(village: Village, day: date, profile: str = "sichuan") -> dict[str, Duty]:
    with village.engine.connect() as conn:
        return {one.key: one for one in calendar.duties(conn, village.code, day, profile)}


def test_a_month_is_ahead_due_and_late_with_its_reason(sealed: Village) -> None:
    duty = owed(sealed, date(2021, 2, 4))["month-2021-01"]
    assert (duty.day, duty.latest, duty.reason) == (
        date(2021, 2, 10),
        date(2021, 2, 15),
        "已结账，还没有公示",
    )
    states = [duty.state(date(2021, 2, day)) for day in (4, 5, 10, 15, 16)]
    assert states == [AHEAD, DUE, DUE, DUE, LATE]
    assert owed(sealed, date(2021, 3, 1))["month-2021-02"].reason == "还没有结账"
    assert owed(sealed, date(2021, 2, 4), "chongqing")["month-2021-01"].day == date(2021, 2, 15)
    with pytest.raises(notice.NoProfile):
        owed(sealed, date(2021, 2, 4), "moon")


def test_what_is_done_is_left_out(february: Village) -> None:
    assert "month-2021-01" in owed(february, UP[0])
    publish(february)
    left = owed(february, UP[0])
    assert "month-2021-01" not in left
    assert left["board-2021-01-main"].reason == "已公示，没有张贴照片"
    assert left["board-2021-01-main"].state(date(2021, 2, 9)) == LATE
    hang(february)
    assert "board-2021-01-main" not in owed(february, UP[0])
    assert "board-2021-01-g3" in owed(february, UP[0])


def test_quarter_year_and_questions_stand_in_it(sealed: Village) -> None:
    with sealed.engine.begin() as conn:
        answers.ask(conn, hand("clerk1"), sealed.desk(), "2021-01", "", "路修了多少米？")
    left = owed(sealed, date(2021, 2, 4))
    assert left["quarter-2021-Q1"].day == date(2021, 4, 20)
    assert left["quarter-2021-Q1"].reason == "还有 2 个月没有结账"
    assert left["year-2021"].day == date(2022, 1, 31)
    (asked,) = [one for key, one in left.items() if key.startswith("answer-")]
    assert (asked.day - date(2021, 2, 2)).days == 10
    assert calendar.counted(left.values(), date(2022, 2, 1))[LATE] == len(left)


def test_an_empty_village_owes_nothing(village: Village) -> None:
    assert owed(village, date(2021, 6, 1)) == {}


def test_the_next_sheet_tells_how_the_last_one_hung(february: Village) -> None:
    publish(february)
    hang(february, day=UP[0])
    february.post(payment(date(2021, 2, 9), 1_000))
    february.on(date(2021, 2, 20))
    off(february, date(2021, 2, 12))
    february.on(date(2021, 3, 2))
    february.seal("2021-02")
    with february.engine.begin() as conn:
        first = compose(conn, february.code, "2021-01")
        second = compose(conn, february.code, "2021-02")
    assert first.hung == ()
    assert [render.said(one) for one in second.hung] == [
        "只贴了 5 天，应贴 15 天",
        "没有登记张贴",
    ]
    before = render.digest(second)
    hang(february, "g3", date(2021, 3, 2), photo="ef" * 32)  # too late to change a sealed month
    with february.engine.begin() as conn:
        assert render.digest(compose(conn, february.code, "2021-02")) == before


def test_an_emergency_before_the_notice_is_shown(february: Village) -> None:
    relief = {"purpose": "spending.relief"}
    february.post(payment(date(2021, 2, 9), 1_000, **relief))
    february.on(date(2021, 2, 16))
    february.post(payment(date(2021, 2, 16), 2_000, **relief))
    with february.engine.begin() as conn:
        (shown,) = compose(conn, february.code, "2021-02").urgent
        assert (shown.number, shown.period) == ("2021-付-0003", "2021-01")
        assert boards.unposted(conn, february.code, date(2021, 2, 16), 15) == "2021-01"


def test_a_sheet_of_before_the_boards_keeps_its_digest(sealed: Village) -> None:
    with sealed.engine.begin() as conn:
        before = render.digest(compose(conn, sealed.code, "2021-01"))
        boards.set_boards(conn, hand("clerk1"), sealed.desk(), [boards.Board("a", "村口")])
        assert render.digest(compose(conn, sealed.code, "2021-01")) == before
    assert next_period("2021-01") == "2021-02"


def test_the_feed_is_folded_and_escaped() -> None:
    day = date(2021, 2, 10)
    duty = Duty("month-2021-01", "一月；公开表, 还有一句很长的话" * 4, day, day, "没有\n结账")
    data = calendar.ics(
        "样例村", [calendar.Village("v-1", "样例村", (duty,))], datetime(2021, 2, 1, tzinfo=UTC)
    )
    lines = data.decode().split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    whole = data.decode().replace("\r\n ", "")
    assert "DTSTART;VALUE=DATE:20210210" in whole
    assert "还有一句很长的话" in whole
    assert "公开表\\, 还有" in whole
    assert "没有\\n结账" in whole
