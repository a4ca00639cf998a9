"""What the pages say when the server itself fails or is asked for too much."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.settings import Settings
from app.web import create_app
from app.web.guard import HEADERS, LARGEST


@pytest.fixture
def failing(data: Path) -> Iterator[TestClient]:
    """The counter before a database that has lost its tables."""
    web = create_app(Settings.of(data))
    with web.state.room.engine.begin() as conn:
        conn.execute(text("DROP TABLE event"))
        conn.execute(text("DROP TABLE log_head"))
        conn.execute(text("DROP TABLE session"))
    client = TestClient(web, base_url="http://127.0.0.1:8321", raise_server_exceptions=False)
    with client:
        yield client
    web.state.room.engine.dispose()


def test_a_malfunction_is_a_plain_page_without_its_insides(failing: TestClient) -> None:
    failing.cookies.set("mingbai", "some-session")
    answer = failing.get("/")
    assert answer.status_code == 500
    assert "服务器出了故障" in answer.text
    for inside in ("Traceback", "sqlalchemy", "no such table", "SELECT"):
        assert inside not in answer.text
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "Something broke" in failing.get("/?lang=en").text


def test_a_malfunction_of_the_api_is_data(failing: TestClient) -> None:
    answer = failing.get("/api/v1/villages")
    assert (answer.status_code, answer.json()["code"]) == (500, "W500")


def test_a_body_of_no_told_length_is_cut_off(counter: TestClient) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"name="
        for _ in range(LARGEST // 1_000_000 + 2):
            yield b"x" * 1_000_000

    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = counter.post("/login", content=chunks(), headers=kind)
    assert answer.status_code == 413
    assert "12 MB" in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("length", ["-1", "many", "99999999999999999999"])
def test_a_length_that_is_none_is_refused(counter: TestClient, length: str) -> None:
    answer = counter.post("/login", content=b"", headers={"content-length": length})
    assert answer.status_code == 413
