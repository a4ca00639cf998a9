"""Public pages from memory: the same bytes, never older than the database, never anybody's own."""

from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from test_app_access import enter
from test_app_database import fresh

from app import additions
from app.database import Version
from app.web import caching, public

assert fresh
XIAOHE = "510802-sandui-xiaohe"
MONTH = f"/v/{XIAOHE}/2021-05"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every month that was composed for the web."""
    asked: list[str] = []
    true = public.public_sheet

    def counted(place: object, village: str, period: str) -> object:
        asked.append(period)
        return true(place, village, period)  # type: ignore[arg-type]

    monkeypatch.setattr(public, "public_sheet", counted)
    return asked


def test_a_page_is_made_once_until_something_is_written(
    counter: TestClient, made: list[str]
) -> None:
    first = counter.get(MONTH)
    assert counter.get(MONTH).text == first.text
    assert made == ["2021-05"]
    tag = first.headers["etag"]
    again = counter.get(MONTH, headers={"if-none-match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert again.headers["content-security-policy"].startswith("default-src")
    engine = counter.app.state.room.engine  # type: ignore[attr-defined]
    with engine.begin() as conn:
        additions.add(conn, XIAOHE, ("农家书屋", "书屋买了什么书。"), "year", ())
    assert counter.get(MONTH, headers={"if-none-match": tag}).status_code == 304
    assert made == ["2021-05"] * 2
    assert "农家书屋" in counter.get(f"/v/{XIAOHE}/list").text


def test_each_asks_for_what_is_theirs(counter: TestClient, made: list[str]) -> None:
    assert "本月收入" in counter.get(MONTH).text
    assert "Income of the month" in counter.get(f"{MONTH}?lang=en").text
    assert "Income of the month" in counter.get(MONTH).text  # the cookie speaks now
    counter.cookies.clear()
    assert "本月收入" in counter.get(MONTH).text
    assert len(made) == 3
    enter(counter, "xiaohe-clerk")
    staff = counter.get(MONTH)
    assert "etag" not in staff.headers
    assert "/logout" in staff.text
    counter.cookies.clear()
    assert "/logout" not in counter.get(MONTH).text
    assert "etag" not in counter.get(f"/v/{XIAOHE}/household").headers
    assert counter.get(f"/v/{XIAOHE}/2021-13").status_code == 404
    assert "etag" not in counter.get(f"/v/{XIAOHE}/2021-13").headers


def test_a_new_day_and_a_full_memory_make_pages_anew(
    counter: TestClient, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.get(MONTH)
    clock = counter.app.state.room.clock  # type: ignore[attr-defined]
    monkeypatch.setattr(type(clock), "today", lambda _: date(2022, 2, 9))
    counter.get(MONTH)
    assert len(made) == 2
    monkeypatch.setattr(caching, "MOST", 1000)
    counter.get(f"/v/{XIAOHE}/2021-06")
    counter.get(MONTH)
    assert made == ["2021-05", "2021-05", "2021-06", "2021-05"]


def test_every_commit_is_another_version(fresh: Engine, tmp_path: Path) -> None:
    del tmp_path
    version = Version(fresh)
    with fresh.begin() as conn:
        conn.execute(text("create table t (n integer)"))
    before = version.now()
    assert version.now() == before
    with fresh.begin() as conn:
        conn.execute(text("insert into t values (1)"))
    assert version.now() != before
