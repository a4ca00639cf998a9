"""A month is closed from the close room by keyboard alone, at 1280 px."""

import socket
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page
from test_four_users import DESKTOP, XIAOHE, browser, enter, pytestmark, sound

from app.demo.township import PIN
from app.settings import Settings
from app.web import create_app
from app.web.room import Room
from approvals import keys, submission
from approvals.cases import open_cases

__all__ = ["browser", "pytestmark"]


def withdrawn(place: Room) -> None:
    """Withdraw what is under way, so that nothing keeps February open."""
    with place.engine.begin() as conn:
        (one,) = open_cases(conn, XIAOHE)
    maker = keys.unlock(place.engine, one.maker, PIN)
    desk = place.desk(XIAOHE)
    with place.engine.begin() as conn:
        submission.withdraw(conn, maker, desk, one.case, "改期")


@pytest.fixture
def march(data: Path) -> Iterator[str]:
    """The sample's counter on 10 March, with nothing of February under way."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    web = create_app(Settings.of(data, base_url=base, today=date(2022, 3, 10)))
    withdrawn(web.state.room)
    server = uvicorn.Server(uvicorn.Config(web, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
    yield base
    server.should_exit = True
    thread.join(10)
    web.state.room.engine.dispose()


def reach(page: Page, what: str, most: int = 60) -> int:
    """Press Tab until an element has the focus, and return how often."""
    for presses in range(1, most + 1):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == what:
            return presses
    raise AssertionError(what)


def test_a_month_is_closed_by_keyboard(march: str, browser: Browser) -> None:
    page = browser.new_context(viewport=DESKTOP).new_page()  # type: ignore[arg-type]
    enter(page, march, "registrar")
    page.goto(f"{march}/desk/{XIAOHE}/close")
    assert "可以封存" in page.inner_text("#list")
    sound(page, 1280)
    reach(page, "pin-seal")
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    reach(page, "pin-seal")
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{march}/desk/{XIAOHE}/close?done=1")
    page.goto(f"{march}/desk/{XIAOHE}/close?period=2022-02")
    assert "这个月对谁都不再打开" in page.inner_text("main")
    sound(page, 1280)
