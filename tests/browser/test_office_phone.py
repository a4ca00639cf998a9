"""Policies and a change of terms on a screen of 360 px by touch: acts without script, axe clean."""

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from app import logins, policy_drafts
from app.demo.install import PASSWORD
from app.demo.township import PIN
from app.settings import Settings
from app.web import create_app
from app.web.room import Room
from approvals import register

CHROMIUM = next(
    (path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), ""
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM and "MINGBAI_TEST_ALL" not in os.environ, reason="no Chromium found"
    ),
]
PHONE = {"width": 360, "height": 740}
XIAOHE = "510802-sandui-xiaohe"
DESK = f"/desk/{XIAOHE}"


@pytest.fixture
def site(data: Path) -> Iterator[tuple[str, Room]]:
    """The sample's counter on a free port, and its room."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    web = create_app(Settings.of(data, base_url=base))
    place: Room = web.state.room
    with place.engine.begin() as conn:
        logins.add(conn, "office", "registrar", PASSWORD)
    server = uvicorn.Server(uvicorn.Config(web, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        thread.join(0.05)
    assert server.started
    yield base, place
    server.should_exit = True
    thread.join(10)
    place.engine.dispose()


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    flags = ["--no-sandbox", "--disable-gpu"]
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield made
        made.close()


def phone(browser: Browser, base: str, *, script: bool) -> Page:
    page = browser.new_context(
        viewport=PHONE,  # type: ignore[arg-type]
        has_touch=True,
        is_mobile=True,
        java_script_enabled=script,
    ).new_page()
    page.goto(f"{base}/login")
    page.fill("#name", "office")
    page.fill("#password", PASSWORD)
    sent(page, "main button")
    return page


def sent(page: Page, button: str) -> None:
    """Tap what leads to another page, and wait for it."""
    with page.expect_navigation():
        page.tap(button)


def draft(page: Page, base: str, place: Room) -> str:
    """Draft a policy with one more step by touch, and propose it; return the draft's address."""
    page.goto(f"{base}{DESK}/policies")
    page.select_option("#origin", "tiered")
    sent(page, "text=起草 >> nth=-1")
    path = page.url.removeprefix(base)
    page.tap("#chain-payment-1 summary")
    sent(page, "#chain-payment-1 a.button")
    sent(page, "text=加一步")
    page.fill("#title-4", "镇主要领导看一眼")
    page.check("[name=seats-4][value=township-head]")
    page.uncheck("[name=seats-4][value=secretary]")
    sent(page, "text=保存这条链")
    with place.engine.connect() as conn:
        (kept,) = policy_drafts.all_of(conn, XIAOHE)
    chain = next(one for one in kept.policy["chains"] if one["id"] == "payment-1")
    assert chain["steps"][-1]["title"] == "镇主要领导看一眼"
    assert chain["steps"][-1]["seats"] == ["township-head"]
    return path


def change_terms(page: Page, base: str, place: Room) -> None:
    """End the secretary's seat by touch and seat a new one, with a PIN set in person."""
    page.goto(f"{base}{DESK}/terms")
    chosen = page.locator("[name=leaving]:checked")
    while chosen.count():
        chosen.first.uncheck()
    page.check("[name=leaving][value^='secretary|']")
    sent(page, "#who button")
    page.fill("#pin-end", PIN)
    sent(page, "button:has-text('逐项签名离任')")
    page.select_option("#seat-of", "secretary")
    page.fill("#name", "样例新书记")
    page.fill("#last", "2027-02-07")
    sent(page, "button:has-text('记下')")
    page.fill("#pin-seat", PIN)
    sent(page, "text=逐项签名任职")
    page.tap("#keys summary")
    for field, value in (("#new-1", "739518"), ("#again-1", "739518"), ("#login-1", "newsec")):
        page.fill(field, value)
    page.fill("#password-1", "a-long-password")
    page.fill("#pin-key-1", PIN)
    sent(page, "text=登记密钥")
    with place.engine.connect() as conn:
        people = register.of(conn, XIAOHE)
    (new,) = people.holders("secretary", place.clock.today())
    assert people.name(new) == "样例新书记"
    assert new in people.keys.values()


def test_the_office_acts_on_a_phone_without_script(
    site: tuple[str, Room], browser: Browser
) -> None:
    base, place = site
    page = phone(browser, base, script=False)
    path = draft(page, base, place)
    page.goto(f"{base}{path}")
    page.fill("#pin-adopt", PIN)
    sent(page, "text=签名提出这份办法")
    assert "等签名的新办法" in page.inner_text("main")
    change_terms(page, base, place)
    page = phone(browser, base, script=True)
    other = draft_again(place)
    for path in ("/policies", f"/policies/draft/{other}", "/terms", "/handover"):
        fits(page, f"{base}{DESK}{path}")
    fits(page, f"{base}{DESK}/policies/draft/{other}?chain=payment-1")
    fits(page, f"{base}/signed")


def draft_again(place: Room) -> str:
    with place.engine.begin() as conn:
        people = register.of(conn, XIAOHE)
        (text,) = people.proposed.values()
        args = (conn, XIAOHE, "registrar", text.policy, place.clock.now())
        return policy_drafts.begin(*args)


def fits(page: Page, address: str) -> None:
    """Assert that a page needs no sideways scrolling, has targets to hit, and passes axe."""
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
    small = page.evaluate(
        "[...document.querySelectorAll('main button, main select, main summary, main a.button')]"
        ".filter(e => e.offsetParent && !e.matches('.hidden')"
        " && e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 90))"
    )
    assert small == [], address
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
