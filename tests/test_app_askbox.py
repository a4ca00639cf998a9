"""Villagers ask by page: nothing in the log without the clerk, nothing buried by the clerk."""

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from test_app_access import enter, room_of

from app import slipcodes
from app.demo.township import PIN
from disclosure import answers, calendar
from disclosure.askbox import store as box
from ledger.log import store as log

XIAOHE = "510802-sandui-xiaohe"
MONTH = f"/v/{XIAOHE}/2021-05"
PAGE = f"{MONTH}/ask"
LINE = "2021-付-0016"
DESK = f"/desk/{XIAOHE}/asked"


def size(counter: TestClient) -> int:
    with room_of(counter).engine.connect() as conn:
        return log.size(conn, XIAOHE)


def waiting(counter: TestClient) -> list[box.Asked]:
    with room_of(counter).engine.connect() as conn:
        return box.waiting(conn, XIAOHE)


def test_a_question_by_page_is_entered_by_the_clerk_and_counts_from_its_day(
    counter: TestClient,
) -> None:
    place, before = room_of(counter), size(counter)
    assert f'href="{MONTH}/ask?line=' in counter.get(f"{MONTH}/line/{LINE}").text
    assert f'href="{PAGE}"' in counter.get(MONTH).text
    assert f'value="{LINE}"' in counter.get(PAGE, params={"line": LINE}).text
    assert counter.get(PAGE).headers["etag"]
    asked = "路<b>修了</b>几米？证件 110101199003078515"
    form = {"line": LINE, "question": asked, "name": "样例老王"}
    first = counter.post(PAGE, data=form)
    again = counter.post(PAGE, data=form)  # a double tap
    assert first.url == again.url
    assert "等村文书签名登记" in first.text
    assert "路&lt;b&gt;修了" in first.text
    assert "110101199003078515" not in first.text
    (one,) = waiting(counter)
    assert (one.period, one.line, one.way, size(counter)) == ("2021-05", LINE, "page", before)

    with place.engine.connect() as conn:
        late = calendar.duties(conn, XIAOHE, one.day + timedelta(days=box.ENTER + 1))
    assert [duty for duty in late if duty.key == f"asked-{one.no}"]
    csrf = enter(counter, "xiaohe-sup1")
    assert "样例老王" not in counter.get(DESK).text
    csrf = enter(counter, "xiaohe-clerk")
    assert "样例老王" in counter.get(DESK).text
    sign = {"csrf": csrf, "pin": PIN, "no": str(one.no), "nonce": "a" * 32}
    assert counter.post(f"{DESK}/enter", data={**sign, "pin": "000000"}).status_code == 403
    for nonce in ("a" * 32, "a" * 32):
        counter.post(f"{DESK}/enter", data={**sign, "nonce": nonce})
    assert "N093" in counter.post(f"{DESK}/enter", data={**sign, "nonce": "b" * 32}).text
    assert (size(counter), waiting(counter)) == (before + 1, [])
    with place.engine.connect() as conn:
        question = answers.questions(conn, XIAOHE)[-1]
    assert (question.asked, question.line, question.answered) == (one.day, LINE, None)
    counter.cookies.clear()
    assert question.number in counter.get(first.url.path).text


def test_the_supervision_committee_alone_sets_aside_and_says_why(counter: TestClient) -> None:
    before = size(counter)
    seen = counter.post(PAGE, data={"question": "你们都是坏人"}).url.path
    (one,) = waiting(counter)
    form = {"no": str(one.no), "reason": "骂人的话，不是提问"}
    csrf = enter(counter, "xiaohe-clerk")
    assert "A030" in counter.post(f"{DESK}/aside", data={**form, "csrf": csrf}).text
    csrf = enter(counter, "xiaohe-sup1")
    empty = counter.post(f"{DESK}/aside", data={**form, "reason": " ", "csrf": csrf})
    assert (empty.status_code, len(waiting(counter))) == (422, 1)
    for code in ("", "N093"):
        assert code in counter.post(f"{DESK}/aside", data={**form, "csrf": csrf}).text
    csrf = enter(counter, "xiaohe-clerk")
    sign = {"csrf": csrf, "pin": PIN, "no": str(one.no), "nonce": "c" * 32}
    assert "N093" in counter.post(f"{DESK}/enter", data=sign).text
    counter.cookies.clear()
    assert "骂人的话，不是提问" in counter.get(seen).text
    assert (size(counter), waiting(counter)) == (before, [])


BAD = [
    ({"question": ""}, 422, "N010"),
    ({"question": "长" * 10_000}, 422, "N010"),
    ({"question": "问", "line": "付12<script>"}, 404, "凭证"),
    ({"question": "问", "line": "2021-付-9999"}, 422, "N012"),
    ({"question": "问", "household": "01-001", "code": "AAAA-BBBB-CCCC"}, 403, "W090"),
]


def test_bad_input_is_a_plain_page_and_what_was_typed_stays(counter: TestClient) -> None:
    for typed, status, code in BAD:
        answer = counter.post(PAGE, data={"name": "老<i>王", **typed})
        assert (answer.status_code, code in answer.text) == (status, True), typed
        assert "<script>" not in answer.text
        assert 'value="老&lt;i&gt;王"' in answer.text
        kept = re.search(r"<textarea[^>]*>([^<]*)<", answer.text)
        assert kept
        assert kept[1].strip() == typed["question"]
        assert "AAAA-BBBB" not in answer.text
    assert waiting(counter) == []


def test_strangers_ask_five_times_a_day_and_a_code_always_has_room(
    counter: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = room_of(counter)
    answered = [counter.post(PAGE, data={"question": f"问{n}"}) for n in range(6)]
    assert [one.status_code for one in answered] == [200] * 5 + [429]
    assert "N091" in answered[-1].text
    monkeypatch.setattr(box, "MOST", 5)
    with place.engine.begin() as conn, pytest.raises(box.FullBox):
        letter = box.Letter("2021-05", "", "别人问", "")
        box.put(conn, XIAOHE, letter, (box.PAGE, "192.0.2.9"), place.clock.now())
    code = slipcodes.issue(place.engine, XIAOHE, ["01-001"])["01-001"]
    sent = {"question": "我家问", "household": "01-001", "code": code}
    assert counter.post(PAGE, data=sent).status_code == 200
    assert waiting(counter)[-1].way == "code"
    data = (place.settings.data / "mingbai.sqlite").read_bytes()
    assert b"192.0.2.9" not in data
    assert b"testclient" not in data
    for path in (f"/v/{XIAOHE}/2031-05/ask", "/v/nowhere/2021-05/ask", f"/v/{XIAOHE}/asked/x"):
        assert counter.get(path).status_code == 404
    assert counter.post(f"/v/{XIAOHE}/2031-05/ask", data={"question": "问"}).status_code == 404
