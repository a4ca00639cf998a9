"""A passkey in a real browser: created, confirmed, used to sign a case; verify reads it."""

import os
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

from app.demo.install import PASSWORD
from app.demo.township import PIN
from app.settings import Settings
from app.web import create_app
from approvals import keys, passkeys, register, submission
from approvals.cases import open_cases
from approvals.verify import verify
from ledger.log import store as log

CHROMIUM = next(
    (path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), ""
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM and "MINGBAI_TEST_ALL" not in os.environ, reason="no Chromium found"
    ),
]
XIAOHE = "510802-sandui-xiaohe"
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
SIGNER = "xiaohe-sup1"
# Pictures of the pages are kept here when somebody wants to look at them.
PICTURES = os.environ.get("MINGBAI_TEST_PICTURES", "")


@pytest.fixture
def web(data: Path) -> Iterator[FastAPI]:
    """The sample's counter on a free port, registered as localhost."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = create_app(Settings.of(data, base_url=f"http://localhost:{port}"))
    server = uvicorn.Server(uvicorn.Config(made, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
    yield made
    server.should_exit = True
    thread.join(10)
    made.state.room.engine.dispose()


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    flags = ["--no-sandbox", "--disable-gpu"]
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield made
        made.close()


def opened(browser: Browser, site: str, name: str, screen: dict[str, int], *, bare: bool) -> Page:
    """Log in; unless `bare`, the browser has an authenticator that verifies its owner."""
    page = browser.new_context(viewport=screen).new_page()  # type: ignore[arg-type]
    page.on("pageerror", lambda fault: pytest.fail(str(fault)))
    if not bare:
        tool = page.context.new_cdp_session(page)
        tool.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
        options |= {"hasUserVerification": True, "isUserVerified": True}
        options |= {"automaticPresenceSimulation": True}
        tool.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto(f"{site}/login")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url(f"{site}/*")
    return page


def sound(page: Page, width: int, name: str) -> None:
    """The page fits its screen, is large enough to read and to touch, and axe finds nothing."""
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}-{width}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 18
    heights = "[...document.querySelectorAll('main button, main .button')].map(b => b.offsetHeight)"
    assert all(height == 0 or height >= 44 for height in page.evaluate(heights))
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["360", "1280"])
def test_created_confirmed_and_used_to_sign(
    web: FastAPI, browser: Browser, screen: dict[str, int]
) -> None:
    place, width = web.state.room, screen["width"]
    site = place.settings.base_url
    page = opened(browser, site, SIGNER, screen, bare=False)
    page.click("text=我的通行密钥")
    sound(page, width, "own")
    page.click("text=创建通行密钥")
    page.wait_for_selector("text=等待镇登记员当面确认")
    sound(page, width, "offered")
    key = page.inner_text("main code")
    assert re.fullmatch("[0-9a-f]{16}", key)

    office = opened(browser, site, "registrar", screen, bare=True)
    office.goto(f"{site}/passkeys")
    sound(office, width, "office")
    assert office.inner_text("main dl code") == key
    office.fill("main input.pin", PIN)
    office.click("text=本人在场，编号一致，确认")
    office.wait_for_selector("text=现在没有等待确认的通行密钥")

    page.reload()
    page.wait_for_selector("text=已经登记，可以签名")
    page.click("text=创建通行密钥")  # the same device a second time
    page.wait_for_selector("text=这台设备上已经有您登记的通行密钥")
    page.goto(f"{site}/inbox")
    page.click("ul.inbox a")
    page.wait_for_selector("text=用通行密钥签")
    assert page.is_visible("#pin")
    sound(page, width, "case")
    page.click("text=用通行密钥退回")
    assert "请写明原因" in page.inner_text("[role=alert]:visible")
    sound(page, width, "refused")
    page.click("text=用通行密钥签 >> visible=true")
    page.wait_for_url(f"{site}/inbox*")
    with place.engine.connect() as conn:
        event = log.events(conn, XIAOHE, kinds=("case.signed",))[-1]
    said, (signature,) = event.statement(), event.line()["signatures"]
    assert (said["person"], said["method"]) == (SIGNER, "passkey")
    assert signature["key"] == key
    assert signature["alg"].startswith("webauthn-")
    verdict = verify(place.settings.books / XIAOHE)
    assert verdict.good, verdict.fault


def test_a_chair_signs_a_meeting_by_passkey_and_the_recorder_confirms_by_pin(
    web: FastAPI, browser: Browser
) -> None:
    place, site = web.state.room, web.state.room.settings.base_url
    with place.engine.connect() as conn:
        one = open_cases(conn, XIAOHE)[0]
        people, day = register.of(conn, XIAOHE), place.clock.today()
    maker = keys.unlock(place.engine, one.maker, PIN)
    voucher = replace(one.voucher, summary=f"{one.voucher.summary}（改）")
    desk = place.desk(XIAOHE)
    with place.engine.begin() as conn:
        step = submission.submit(conn, maker, desk, voucher, one.case).waiting()[0]
    chair, recorder = (people.holders(step[role][0], day)[0] for role in ("seats", "recorders"))
    page = opened(browser, site, chair, PHONE, bare=False)
    page.goto(f"{site}/passkey")
    page.click("text=创建通行密钥")
    page.wait_for_selector("text=等待镇登记员当面确认")
    registrar = keys.unlock(place.engine, register.REGISTRAR, PIN)
    with place.engine.begin() as conn:
        passkeys.confirm(conn, registrar, place.clock.now(), page.inner_text("main code"))
    page.goto(f"{site}/case/{XIAOHE}/{one.case}")
    page.click("text=主持人用通行密钥签")  # the browser itself says what is missing
    assert page.evaluate("document.activeElement.name") == "roster"
    for name, number in (("roster", 25), ("present", 21), ("favour", 19), ("against", 1)):
        page.fill(f"[name={name}]", str(number))
    sound(page, 360, "meeting")
    page.click("text=主持人用通行密钥签")
    page.wait_for_selector("text=等待第二人确认")
    sound(page, 360, "half")
    other = opened(browser, site, recorder, DESKTOP, bare=True)
    other.goto(f"{site}/inbox")
    sound(other, 1280, "inbox-second")
    other.click("text=请记录人确认")
    sound(other, 1280, "second")
    other.fill("#second input.pin", PIN)
    other.click("text=核对无误，签名确认")
    other.wait_for_url(f"{site}/inbox*")
    verdict = verify(place.settings.books / XIAOHE)
    assert verdict.good, verdict.fault


def test_at_another_address_the_page_says_where_to_go(web: FastAPI, browser: Browser) -> None:
    site = web.state.room.settings.base_url
    page = opened(browser, site.replace("localhost", "127.0.0.1"), SIGNER, PHONE, bare=True)
    page.click("text=我的通行密钥")
    page.wait_for_selector("text=通行密钥只能在登记的网址使用")
    assert not page.is_visible("text=创建通行密钥")
    assert page.get_attribute("main .elsewhere a", "href") == f"{site}/passkey"
    sound(page, 360, "elsewhere")


def test_a_touch_that_is_broken_off_signs_nothing(web: FastAPI, browser: Browser) -> None:
    site = web.state.room.settings.base_url
    page = opened(browser, site, SIGNER, PHONE, bare=False)
    page.goto(f"{site}/passkey")
    thrown = "throw new DOMException('', 'NotAllowedError')"
    script = f"() => {{ navigator.credentials.create = async () => {{ {thrown}; }}; }}"
    page.evaluate(script)
    page.click("text=创建通行密钥")
    page.wait_for_selector("text=没有创建。可以再点一次")
    page.route("**/passkey/begin", lambda route: route.abort())
    page.click("text=创建通行密钥")
    page.wait_for_selector("text=没有连上服务器")
