"""The signer's day on a phone of 360 px, by touch, with script switched off throughout."""

import os
import socket
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from counters import PASSWORD, PIN, give_pin
from playwright.sync_api import Browser, Page, sync_playwright
from sample import Village, hand, payment

from app import logins
from app.servant import hand as servant
from app.settings import Settings
from app.web import create_app
from approvals import acts, cases
from approvals.standing import Standing
from ledger.voucher import Party

CHROMIUM = next(
    (path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), ""
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM and "MINGBAI_TEST_ALL" not in os.environ, reason="no Chromium found"
    ),
]
TODAY = date(2021, 1, 20)
PHONE = {"width": 360, "height": 740}
PEOPLE = ("sup1", "sup4", "sec1", "clerk1", "agri1")


@pytest.fixture
def site(village: Village) -> Iterator[str]:
    """The village's counter on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    settings = Settings.of(village.root.parent, today=TODAY, base_url=base)
    give_pin(village, *PEOPLE)
    with village.engine.begin() as conn:
        acts.key_server(conn, hand("registrar"), village.desk(), servant(settings).public)
        for person in PEOPLE:
            logins.add(conn, person, person, PASSWORD)
    web = create_app(settings)
    server = uvicorn.Server(uvicorn.Config(web, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        thread.join(0.05)
    assert server.started
    yield base
    server.should_exit = True
    thread.join(10)
    web.state.room.engine.dispose()


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    flags = ["--no-sandbox", "--disable-gpu"]
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield made
        made.close()


def phone(browser: Browser, site: str, person: str, *, script: bool = False) -> Page:
    """Return a phone's browser at which a person has logged in."""
    page = browser.new_context(
        viewport=PHONE,  # type: ignore[arg-type]
        has_touch=True,
        is_mobile=True,
        java_script_enabled=script,
    ).new_page()
    page.goto(f"{site}/login")
    page.fill("#name", person)
    page.fill("#password", PASSWORD)
    page.tap("main button")
    page.wait_for_url(f"{site}/inbox")
    return page


def state(village: Village, one: Standing) -> Standing:
    with village.engine.connect() as conn:
        return cases.standing_of(conn, village.code, one.case)


def to_committee(village: Village, fen: int, **more: object) -> Standing:
    standing = village.submit(payment(date(2021, 1, 12), fen, **more))
    return village.step(village.step(standing))


def test_a_day_of_signing_by_touch_without_script(
    site: str, village: Village, browser: Browser
) -> None:
    village.on(date(2021, 1, 12))
    first, second, third = (to_committee(village, 1000 + n) for n in range(3))
    near = to_committee(village, 5000, payee=Party("监家建材行", "", ""))
    meeting = village.submit(payment(date(2021, 1, 12), 7000))
    page = phone(browser, site, "sup4")

    page.tap("text=逐件看，最后一起签")  # two into the list, one PIN
    for one in (second, third):
        page.tap("text=看过了，放进清单，看下一件")
        page.wait_for_url(f"**/{one.case}")
    page.goto(f"{site}/review")
    page.fill("#pin", PIN)
    page.tap("text=勾选的各件，同意，签名")
    page.wait_for_url(f"{site}/review/sign")
    assert "签好 2 件" in page.inner_text("h1")
    for one in (first, second):
        assert [s.person for s in state(village, one).signoffs][-1] == "sup4"
    assert [s.person for s in state(village, third).signoffs].count("sup4") == 0

    page.goto(f"{site}/case/{third.village}/{third.case}")  # sent back to a step
    page.fill("#opinion", "路的长度对不上")
    page.select_option("#back", "representatives")
    page.fill("#pin", PIN)
    page.tap("button[value=return]")
    page.wait_for_url(f"{site}/inbox*")
    assert state(village, third).signoffs[-1].opinion == "【请“村民代表审议”重看】路的长度对不上"
    assert state(village, third).state == "returned"

    page = phone(browser, site, "sup1")  # near to the payee
    page.goto(f"{site}/case/{near.village}/{near.case}")
    assert page.locator("button[value=approve]").count() == 0
    page.fill("#pin", PIN)
    page.tap("button[value=recuse]")
    page.wait_for_url(f"{site}/inbox*")
    assert state(village, near).recused() == {"sup1"}

    page = phone(browser, site, "sec1")  # a tally larger than the roster, then the true one
    page.goto(f"{site}/case/{meeting.village}/{meeting.case}")
    for favour in ("9", "5"):
        for name, count in (
            ("roster", "7"),
            ("present", "6"),
            ("favour", favour),
            ("against", "1"),
        ):
            page.fill(f"#{name}", count)
        page.select_option("#recorder", "clerk1")
        page.fill("#pin-meeting", PIN)
        page.fill("#recorder_pin", PIN)
        page.tap("text=登记表决结果，签名")
        if favour == "9":
            page.wait_for_selector("[role=alert]")
            assert "票数对不上" in page.inner_text("[role=alert]")
    page.wait_for_url(f"{site}/inbox*")
    assert [step["id"] for step in state(village, meeting).waiting()] == ["representatives"]


def test_the_pages_of_a_signer_fit_a_phone_and_axe_finds_nothing(
    site: str, village: Village, browser: Browser
) -> None:
    village.on(date(2021, 1, 12))
    one = to_committee(village, 100_000)
    with village.engine.begin() as conn:
        assert cases.standing_of(conn, village.code, one.case).waiting()
    new = village.submit(payment(date(2021, 1, 12), 250_000, handler="村主任"), one.case)
    new = village.step(village.step(new))
    page = phone(browser, site, "sup4", script=True)
    case = f"/case/{new.village}/{new.case}"
    for path in ("/inbox", case, "/progress", "/reminders", "/seats", "/review"):
        page.goto(f"{site}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        small = page.evaluate(
            "[...document.querySelectorAll('main a, main button, main select, main input:not("
            "[type=hidden]):not([type=checkbox]), main summary')].filter(e => e.offsetParent"
            " && e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 90))"
        )
        assert small == []
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        if path.startswith("/case"):
            page.tap("text=看过了，放进清单，看下一件")
            page.wait_for_url(f"{site}/review")
