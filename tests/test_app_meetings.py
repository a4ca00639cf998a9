"""Meetings from the call to the vote: who is called, by whom, how many days before, over what."""

import json
import re
from datetime import date, datetime

import pypdfium2
from counters import PIN, counter_of, enter, give_pin
from sample import ZONE, Village, payment

from app import meetings, reminding
from app.contacts import Contact, keep
from app.meetings import Told
from app.settings import Settings
from approvals.standing import Standing
from ledger.log import store as log

TODAY = date(2021, 2, 8)  # a Monday


def two_cases(village: Village) -> tuple[Standing, Standing]:
    """Submit two payments that wait for the council, and one that has had it."""
    village.on(date(2021, 2, 1))
    first, second = (village.submit(payment(date(2021, 2, 1), 5_000 + n)) for n in range(2))
    village.step(village.submit(payment(date(2021, 2, 1), 9_000)))
    return first, second


def test_a_meeting_is_called_in_time_over_what_waits_for_it(village: Village) -> None:
    cases = [one.case for one in two_cases(village)]
    with village.engine.begin() as conn:
        keep(conn, Contact("dep1", "log", "13800001111", "zh"))
    room = f"/desk/{village.code}/meetings"
    with counter_of(village, TODAY) as client:
        enter(client, village, "dep1")
        assert "通知开会" not in client.get(room).text  # neither chair nor recorder
        csrf = enter(client, village, "clerk1")
        page = client.get(room).text
        assert [page.count(f'value="{case}" checked') for case in cases] == [1, 1]
        good = {"csrf": csrf, "step": "council", "day": "2021-02-09", "time": "09:30"}
        good |= {"place": "村委会", "case": cases, "guest": ["sec1", "dep1"], "others": "委小员\n"}
        for wrong, code in (
            ({"day": "2021-02-07"}, "W351"),
            ({"day": "2021-02-08", "time": "23:59"}, "W352"),
            ({"day": "2021-13-08"}, "W354"),
            ({"place": " "}, "W354"),
            ({"case": []}, "W354"),
            ({"guest": [], "others": ""}, "W354"),
            ({"case": [*cases, "other"]}, "W353"),
            ({"step": "township-head"}, "W353"),
        ):
            page = client.post(room, data={**good, **wrong}).text
            assert code in page, wrong
        page = client.post(room, data={**good, "place": "", "case": cases[1:]}).text
        assert page.count('value="2021-02-09"') == 1
        assert "委小员" in page
        assert f'value="{cases[0]}" checked' not in page  # what was typed and ticked is kept
        answer = client.post(room, data=good)
        assert "应到人员（3）" in re.sub(r"</?h2>", "", answer.text)
        one = answer.url.path
        data = client.get(f"{one}/notice.pdf").content
        words = pypdfium2.PdfDocument(data)[0].get_textpage().get_text_bounded()
        assert "2021-02-09" in words
        assert "委小员" in words
        csrf = enter(client, village, "dep1")
        assert one in client.get("/inbox").text
        assert "W355" in client.post(f"{one}/drop", data={"csrf": csrf}).text
        _reminded(village, one)
        enter(client, village, "sup1")
        assert one not in client.get("/inbox").text
        csrf = enter(client, village, "sec1")
        assert one not in client.post(f"{one}/drop", data={"csrf": csrf}).text
        assert "W350" in client.get(one).text
    raw = (village.root.parent / "mingbai.sqlite").read_bytes()
    assert "委小员".encode() not in raw


def _reminded(village: Village, one: str) -> None:
    """Expect one letter about the meeting, and the day before it no second one."""
    box = village.root.parent / "box"
    settings = Settings.of(village.root.parent, channels={"log": f"file:{box}"})
    for hour in (10, 11):
        reminding.remind(village.engine, settings, datetime(2021, 2, 8, hour, tzinfo=ZONE))
    (letter,) = [json.loads(line) for line in box.read_text().splitlines()]
    assert "请到会（村两委商议，2021-02-09 09:30，村委会）" in letter["text"]
    assert one in letter["text"]


def test_the_days_of_notice_are_those_of_the_kind_of_meeting() -> None:
    found = [meetings.days_of(step) for step in ("council", "party", "representatives-of-all", "x")]
    assert found == [1, 3, 10, 1]


def test_a_sitting_is_closed_case_by_case_with_one_pin_of_each(village: Village) -> None:
    cases = [one.case for one in two_cases(village)]
    give_pin(village, "sec1", "clerk1")
    guests, others = ["sec1", "dep1", "clerk1"], "委小员\n委小二"
    told = Told("council", "2021-02-08", "09:00", "村委会", cases, guests, others)
    with village.engine.begin() as conn:
        before = datetime(2021, 2, 7, 9, tzinfo=ZONE)
        name = meetings.call(conn, village.code, "clerk1", before, told)
    one = f"/desk/{village.code}/meetings/{name}"
    with counter_of(village, TODAY) as client:
        csrf = enter(client, village, "sec1")
        assert "至少要到 3 人，还差 3 人" in client.get(one).text
        page = client.post(f"{one}/present", data={"csrf": csrf, "present": ["0", "4", "9"]}).text
        assert "至少要到 3 人，还差 1 人" in page
        form = {"csrf": csrf, "nonce": "a" * 32, "pin": PIN, "recorder": "clerk1"}
        form |= {"recorder_pin": PIN}
        form |= dict(re.findall(r'name="(seen-[^"]+)" value="([^"]+)"', page))
        assert len([name for name in form if name.startswith("seen-")]) == len(cases)
        first, second = ({f"favour-{case}": "2", f"against-{case}": "0"} for case in cases)
        with village.engine.begin() as conn:
            size = log.size(conn, village.code)
        assert "A019" in client.post(f"{one}/close", data={**form, **first}).text
        there = {"csrf": csrf, "present": ["0", "1", "3", "4"]}
        assert "人数够了" in client.post(f"{one}/present", data=there).text
        for wrong, code in (
            ({**first, f"favour-{cases[0]}": "5"}, "A018"),  # more than are present
            ({**first, f"favour-{cases[0]}": "五"}, "W020"),
            ({}, "W356"),
            ({**first, "recorder": "sec1"}, "A041"),
            ({**first, "recorder": "dep1"}, "A012"),
            ({**first, f"seen-{cases[0]}": "1.x"}, "A080"),
        ):
            page = client.post(f"{one}/close", data={**form, **wrong}).text
            assert code in page, (code, re.findall(r"<small>([A-Z]\d+)", page))
        page = client.post(f"{one}/close", data={**form, **first, f"favour-{cases[0]}": "5"}).text
        assert f'name="favour-{cases[0]}" inputmode="numeric" value="5"' in page
        with village.engine.begin() as conn:
            assert log.size(conn, village.code) == size
        carried = {**first, f"favour-{cases[0]}": "4"}
        lost = {**second, f"against-{cases[1]}": "2"}
        page = client.post(f"{one}/close", data={**form, **carried, **lost}).text
        assert "A020" in page
    with village.engine.begin() as conn:
        (event,) = log.events(conn, village.code, kinds=("meeting.closed",))[1:]
        assert log.size(conn, village.code) == size + 1
    said = event.statement()["body"]
    assert event.subject == cases[0]
    assert f"记在账上第 {event.seq} 条" in page
    assert [said[what] for what in ("day", "roster", "present", "favour", "against")] == [
        "2021-02-08", 5, 4, 4, 0,
    ]  # fmt: skip
