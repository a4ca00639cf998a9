"""The room of the notice."""

import io
import re

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from test_app_access import enter

from app.demo.township import PIN
from disclosure.calendar import STATES
from reports import voice

XIAOHE = "510802-sandui-xiaohe"
ROOM = f"/desk/{XIAOHE}/wall"


def typed(page: str) -> str:
    found = re.search(r'<textarea id="text"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found
    return found[1]


def upon(page: str) -> str:
    found = re.search(r'name="upon" value="([^"]*)"', page)
    assert found
    return found[1]


def test_a_clerk_adjusts_the_script_and_goes_back(counter: TestClient) -> None:
    csrf = enter(counter, "xiaohe-clerk")
    page = counter.get(ROOM, params={"period": "2021-05"}).text
    original = typed(page)
    form = {"csrf": csrf, "period": "2021-05", "upon": "", "script": original.replace("各位", "")}
    assert counter.post(f"{ROOM}/script", data=form).status_code == 200
    changed = counter.get(ROOM, params={"period": "2021-05"}).text
    assert typed(changed) == original.replace("各位", "")
    assert counter.get(f"{ROOM}/2021-05.txt").text == typed(changed)
    late = counter.post(f"{ROOM}/script", data={**form, "script": original.replace("乡亲", "老乡")})
    assert late.status_code == 409
    assert "老乡" in typed(late.text)
    silent = counter.post(f"{ROOM}/script", data={**form, "upon": upon(changed), "script": "没了"})
    assert silent.status_code == 422
    assert "N080" in silent.text
    assert typed(silent.text) == "没了"
    counter.post(f"{ROOM}/script", data={**form, "restore": "1"})
    assert typed(counter.get(ROOM, params={"period": "2021-05"}).text) == original


def test_the_recording_or_a_sentence_that_there_is_none(
    counter: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(counter, "xiaohe-clerk")
    if voice.installed():
        assert counter.get(f"{ROOM}/2021-05.wav").content.startswith(b"RIFF")
    monkeypatch.setattr(voice, "installed", lambda: False)
    assert "espeak-ng" in counter.get(ROOM).text
    monkeypatch.setattr(voice.shutil, "which", lambda _: None)
    gone = counter.get(f"{ROOM}/2021-05.wav")
    assert gone.status_code == 503
    assert "P010" in gone.text


def test_who_only_reads_may_not_save(counter: TestClient) -> None:
    csrf = enter(counter, "xiaohe-sup1")
    assert "readonly" in counter.get(ROOM).text
    form = {"csrf": csrf, "period": "2021-05", "upon": "", "script": "x"}
    assert counter.post(f"{ROOM}/script", data=form).status_code == 403


@pytest.mark.parametrize("path", ["?period=2021-13", "/2021-13.wav", "/1999-1.txt"])
def test_a_month_that_does_not_exist_is_a_plain_page(counter: TestClient, path: str) -> None:
    enter(counter, "xiaohe-clerk")
    answer = counter.get(ROOM + path)
    assert answer.status_code == 404
    assert "<h1>" in answer.text


def picture(colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "JPEG")
    return out.getvalue()


def board_of(page: str) -> str:
    found = re.search(r'name="board" value="([^"]*)"', page)
    assert found
    return found[1]


def test_a_clerk_proves_that_the_sheet_hangs(counter: TestClient) -> None:
    csrf = enter(counter, "xiaohe-clerk")
    base = {"csrf": csrf, "pin": PIN, "period": "2021-12"}
    named = counter.post(f"{ROOM}/boards", data={**base, "boards": "村委会门口\n\n一组晒坝"})
    assert named.status_code == 200, named.text
    assert "一组晒坝" in named.text
    board = board_of(named.text)
    form = {**base, "board": board, "day": "2022-02-08"}
    for data, code in ((b"%PDF-1.4", "W081"), (b"", "W081"), (picture()[:100], "W030")):
        answer = counter.post(f"{ROOM}/post", data=form, files={"photo": ("a.jpg", data)})
        assert answer.status_code == 422
        assert code in answer.text
    far = counter.post(
        f"{ROOM}/post", data={**form, "day": "2022-02-30"}, files={"photo": ("a.jpg", picture())}
    )
    assert "W021" in far.text
    done = counter.post(f"{ROOM}/post", data=form, files={"photo": ("a.jpg", picture())})
    assert done.status_code == 200, done.text
    shown = re.search(r"/wall/photo/[0-9a-f]{64}", done.text)
    assert shown
    assert counter.get(f"/desk/{XIAOHE}{shown[0]}").headers["content-type"] == "image/jpeg"
    assert counter.get(f"{ROOM}/photo/{'0' * 64}").status_code == 404
    again = counter.post(f"{ROOM}/post", data=form, files={"photo": ("b.jpg", picture("blue"))})
    assert "A094" in again.text
    down = counter.post(f"{ROOM}/down", data=form)
    assert "撤下" in down.text


def test_the_calendar_of_the_township_and_of_the_village(counter: TestClient) -> None:
    page = counter.get(f"/v/{XIAOHE}/").text
    assert "2022年2月财务公开表" in page
    feed = counter.get(f"/v/{XIAOHE}/calendar.ics")
    assert feed.headers["content-type"].startswith("text/calendar")
    assert "2022年2月财务公开表" in feed.text.replace("\r\n ", "")
    assert counter.get("/v/nowhere/calendar.ics").status_code == 404
    enter(counter, "xiaohe-clerk")
    town = counter.get("/calendar").text
    assert "公开日历" in town
    assert any(word in town for word in STATES)
    counter.cookies.clear()
    assert counter.get("/calendar.ics").status_code == 401
    enter(counter, "book1")
    both = counter.get("/calendar.ics")
    assert both.headers["content-type"].startswith("text/calendar")
    assert "BEGIN:VEVENT" in both.text
