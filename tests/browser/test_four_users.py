"""The four users' first pages in a real browser, and one signature by touch at 360 px."""

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from app.demo.install import PASSWORD
from app.demo.township import PIN
from app.settings import Settings
from app.web import create_app

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


@pytest.fixture
def site(data: Path) -> Iterator[str]:
    """The sample's counter on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    web = create_app(Settings.of(data, base_url=base))
    server = uvicorn.Server(uvicorn.Config(web, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
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


def enter(page: Page, site: str, name: str) -> None:
    page.goto(f"{site}/login")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url(f"{site}/*")


def sound(page: Page, width: int) -> None:
    """The page fits its screen, is large enough to read, and axe finds nothing."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 18
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["360", "1280"])
def test_the_villager_reads_a_month(site: str, browser: Browser, screen: dict[str, int]) -> None:
    context = browser.new_context(viewport=screen, java_script_enabled=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(site)
    sound(page, screen["width"])
    page.click("ul.villages a")
    sound(page, screen["width"])
    page.click("text=2021年5月")
    sound(page, screen["width"])
    page.click("text=核对一下")
    assert "对得上" in page.inner_text("main")
    sound(page, screen["width"])


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["360", "1280"])
@pytest.mark.parametrize(
    ("name", "words"),
    [("book1", "我管的村"), ("xiaohe-sup1", "待我审签"), ("audit1", "审计台")],
)
def test_each_staff_member_has_a_first_page(
    site: str, browser: Browser, screen: dict[str, int], name: str, words: str
) -> None:
    page = browser.new_context(viewport=screen).new_page()  # type: ignore[arg-type]
    enter(page, site, name)
    assert words in page.inner_text("h1")
    sound(page, screen["width"])


def test_a_committee_member_signs_on_a_phone_without_script(site: str, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    enter(page, site, "xiaohe-sup1")
    page.tap("ul.inbox a")
    page.fill("#pin", "000000")
    page.tap("text=同意，签名")
    assert "还可以试" in page.inner_text("[role=alert]")
    page.fill("#pin", PIN)
    page.tap("text=同意，签名")
    page.wait_for_url(f"{site}/inbox*")
    assert "没有等您签的事项" in page.inner_text("main")


def test_the_bookkeeper_and_the_auditor_at_work(site: str, browser: Browser) -> None:
    page = browser.new_context(viewport=DESKTOP).new_page()  # type: ignore[arg-type]
    enter(page, site, "book1")
    if XIAOHE not in page.content():
        page = browser.new_context(viewport=DESKTOP).new_page()  # type: ignore[arg-type]
        enter(page, site, "book2")
    page.goto(f"{site}/desk/{XIAOHE}")
    sound(page, 1280)
    page = browser.new_context(viewport=DESKTOP).new_page()  # type: ignore[arg-type]
    enter(page, site, "audit1")
    page.goto(f"{site}/audit/")
    assert "小河村" in page.inner_text("body")
