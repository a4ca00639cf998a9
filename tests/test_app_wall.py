"""The room of the notice."""

import re

import pytest
from fastapi.testclient import TestClient
from test_app_access import enter

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
