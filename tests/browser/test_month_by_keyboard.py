"""A month of a village with the hands on the keyboard: from the bank's file to the notice."""

import socket
import threading
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path

import pytest
import uvicorn
from bank_files import Move, statement
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine
from test_four_users import DESKTOP, XIAOHE, browser
from test_four_users import pytestmark as pytestmark  # noqa: PLC0414 - the same marks

from app.demo.install import PASSWORD
from app.demo.township import PIN
from app.settings import Settings
from app.web import create_app
from approvals import keys, register, signoff
from approvals.acts import Desk
from approvals.cases import open_cases
from approvals.verify import verify
from disclosure import notice
from ledger.bank import store as bank_lines
from ledger.log import store as log
from ledger.posted import store as posted
from ledger.posted.store import seals

assert browser is not None  # a fixture, by name
MARCH = date(2022, 3, 2)
ZONE = timezone(timedelta(hours=8))
ROOM = f"/desk/{XIAOHE}"
LAMPS = Move(date(2022, 2, 11), -124_000, "样例灯具店", "6200000000009001", "网银支付")


@pytest.fixture
def counter(data: Path) -> Iterator[tuple[str, Settings, Engine]]:
    """The sample's counter in March: February is over and may be closed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    settings = Settings.of(data, base_url=base, today=MARCH)
    web = create_app(settings)
    server = uvicorn.Server(uvicorn.Config(web, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
    yield base, settings, web.state.room.engine
    server.should_exit = True
    thread.join(10)
    web.state.room.engine.dispose()


class Keyboard:
    """A page and the keys pressed on it; text that is typed does not count."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base, self.pressed = page, base, 0

    def press(self, *keys_: str) -> None:
        for key in keys_:
            self.pressed += 1
            self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)

    def to(self, selector: str) -> None:
        """Go on by Tab to a field or button; nothing on these pages is out of its reach."""
        for _ in range(90):
            if self.page.evaluate("(what) => document.activeElement.matches(what)", selector):
                return
            self.press("Tab")
        raise AssertionError(selector)

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)

    def enter(self, name: str) -> None:
        self.go("/login")
        for field, text in (("#name", name), ("#password", PASSWORD)):
            self.to(field)
            self.write(text)
        self.press("Enter")
        self.page.wait_for_url(lambda url: not url.endswith("/login"))


def walk(engine: Engine, day: date) -> None:
    """Let everybody who is asked sign on a day, each with the PIN, as they do on their phones."""
    hands: dict[str, keys.Hand] = {}
    with engine.connect() as conn:
        people, cases_ = register.of(conn, XIAOHE), open_cases(conn, XIAOHE)
    for case in cases_:
        standing = case
        while standing.waiting():
            step = standing.waiting()[0]
            seat = step["seats"][0]
            done = {one.person for one in standing.approvals(step)} | standing.makers
            who = next(one for one in people.holders(seat, day) if one not in done)
            hands[who] = hands.get(who) or keys.unlock(engine, who, PIN)
            with engine.begin() as conn:
                last = log.last_at(conn, XIAOHE)
                now = datetime.combine(day, time(16), ZONE)
                desk = Desk(XIAOHE, max(now, last) if last else now)
                args = (standing.case, step["id"], seat)
                standing = signoff.sign(conn, hands[who], desk, *args)


def bookkeeper(keyboard: Keyboard) -> None:
    for name in ("book1", "book2"):
        keyboard.enter(name)
        if XIAOHE in keyboard.page.content():
            return
    raise AssertionError


def february(engine: Engine, file: Path, rents: int) -> None:
    """Write the bank's file of the month: rents as the village has had, and the lamps paid."""
    with engine.connect() as conn:
        last = bank_lines.last_line(conn, XIAOHE, "102.01")
    assert last is not None
    moves = [
        Move(date(2022, 2, 9), 50_000 + n, f"样例租户{n}", f"62001{n:04d}", "2月鱼塘租金")
        for n in range(rents)
    ]
    file.write_bytes(statement(last.balance_fen, *moves, LAMPS))


def test_a_month_by_keyboard_alone(  # noqa: PLR0915 - a month, from end to end
    counter: tuple[str, Settings, Engine], browser: Browser, tmp_path: Path
) -> None:
    base, settings, engine = counter
    file, rents = tmp_path / "二月.csv", 12
    walk(engine, date(2022, 2, 10))  # what was asked for before the bank pays it
    february(engine, file, rents)
    keyboard = Keyboard(browser.new_context(viewport=DESKTOP).new_page(), base)  # type: ignore[arg-type]
    page = keyboard.page

    bookkeeper(keyboard)
    keyboard.go(f"{ROOM}/bank?bank=102.01&month=2022-02")
    page.wait_for_selector("html[data-bank=ready]")
    keyboard.pressed = 0
    keyboard.press("Tab", "Enter")  # past the doors of the rooms, by the link for it
    keyboard.to("#file")
    with page.expect_file_chooser() as chooser:
        keyboard.press("Space")
    chooser.value.set_files(file)
    keyboard.to("form[enctype] button")
    keyboard.press("Enter")
    expect(page.locator("main [role=status]").first).to_contain_text("13")
    page.wait_for_selector("html[data-bank=ready]")
    keyboard.to("#lines input[name=pick]")
    keyboard.press("a", "F8")
    expect(page.locator("h2").first).to_contain_text(f"（{rents}）")
    keyboard.to("input.pin")
    keyboard.write(PIN)
    keyboard.press("Enter")
    expect(page.locator("#lines h2")).to_contain_text("（0）")
    entering = keyboard.pressed

    walk(engine, MARCH)
    keyboard.enter("cash1")
    keyboard.go(f"{ROOM}/bank?bank=102.01&month=2022-02")
    page.wait_for_selector("html[data-bank=ready]")
    keyboard.to("#paid input.pin")
    keyboard.write(PIN)
    keyboard.press("F8")
    expect(page.locator("#paid")).to_have_count(0)

    bookkeeper(keyboard)
    keyboard.go(ROOM)
    keyboard.to("form[action$='/post'] input.pin")
    keyboard.write(PIN)
    with page.expect_navigation():
        keyboard.press("Enter")
    with engine.connect() as conn:
        known = posted.vouchers(conn, XIAOHE, "2022-02", "2022-02")
    assert len(known) == rents + 1

    keyboard.enter("registrar")
    keyboard.go(f"{ROOM}/close")
    keyboard.to("#seal input.pin")
    keyboard.write(PIN)
    keyboard.press("Enter")
    expect(page.locator("table.cards")).to_contain_text(f"已封存 {MARCH}")

    bookkeeper(keyboard)
    keyboard.go(f"{ROOM}/close")
    keyboard.to("#publish input.pin")
    keyboard.write(PIN)
    with page.expect_navigation():
        keyboard.press("Enter")
    with engine.connect() as conn:
        assert seals(conn, XIAOHE)[-1].period == "2022-02"
        assert "2022-02" in notice.published(conn, XIAOHE)
    assert verify(settings.books / XIAOHE).good
    keyboard.go(f"/v/{XIAOHE}/2022-02")
    assert page.content().count("鱼塘租金") >= rents
    counts = f"keys to {rents} vouchers: {entering}, to the notice: {keyboard.pressed}"
    print(counts)  # noqa: T201 - the figures are asked for
    assert entering <= 3 * rents
