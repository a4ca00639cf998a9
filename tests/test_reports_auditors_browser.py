"""The audit desk in Chromium: it runs under its own rules, fits a phone, and hides what writes."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import audit_village
import pytest
import uvicorn
from audit_village import CODE, HOME, OTHER, SLUG
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

PLACES = ("/usr/bin/chromium", "/usr/bin/chromium-browser")
CHROMIUM = next((place for place in PLACES if Path(place).exists()), "")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
REPORTS = ("income_statement", "balance_sheet", "trial_balance", "journal", "statistics", "options")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM and "MINGBAI_TEST_ALL" not in os.environ, reason="Chromium is not installed"
    ),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The desk of an auditor of two villages, served."""
    root = tmp_path_factory.mktemp("made") / "books"
    audit_village.build(root)
    audit_village.plain(root, OTHER)
    app = audit_village.mounted(root, frozenset({CODE, OTHER}))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}{HOME}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield made
        made.close()


@pytest.fixture(params=[1280, 360])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of each width that must not say a word on its console."""
    made = browser.new_page(viewport={"width": request.param, "height": 900})
    made.set_default_timeout(20_000)
    said: list[str] = []
    made.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    made.on("pageerror", lambda fault: said.append(str(fault)))
    yield made
    made.close()
    assert said == []


def fits(page: Page) -> bool:
    """Tell whether a page needs no scrolling sideways."""
    found: bool = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return found


def faults(page: Page) -> list[Any]:
    """Return what axe finds in a page."""
    return [item["id"] for item in Axe().run(page).response["violations"]]


def test_an_auditor_walks_from_the_list_to_the_proof(page: Page, address: str) -> None:
    page.goto(f"{address}/")
    assert fits(page)
    assert faults(page) == []
    page.get_by_role("link", name="2021 年", exact=True).first.click()
    page.wait_for_selector("aside", state="attached")
    page.goto(f"{address}/{SLUG}/journal/")
    page.locator("a.desk-trail").first.click()
    page.wait_for_url("**/entry/**")
    assert fits(page)
    assert faults(page) == []
    assert page.get_by_text("尚未封存").count() > 1
    size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('td')).fontSize)")
    assert size >= 18
    page.locator("summary").first.click()
    assert page.get_by_text('"statement":').first.is_visible()
    assert fits(page)
    page.goto(f"{address}/entries/{CODE}/2021")
    assert fits(page)
    assert faults(page) == []


@pytest.mark.parametrize("report", REPORTS)
def test_fava_runs_under_the_rules_of_the_desk(page: Page, address: str, report: str) -> None:
    page.goto(f"{address}/{SLUG}/{report}/")
    page.wait_for_selector("article > *")
    page.wait_for_load_state("networkidle")
    assert page.locator("article").inner_text()
    assert "Error" not in page.locator("article").inner_text()


def test_nothing_that_writes_is_shown(page: Page, address: str) -> None:
    page.goto(f"{address}/{SLUG}/journal/")
    page.wait_for_selector("a.desk-trail")
    for place in ("editor", "import", "documents"):
        links = page.locator(f"aside a[href*='/{place}/']")
        assert links.count() == 1, "Fava's menu has changed"
        assert not links.first.is_visible()
    for link in page.locator("a[href='#add-transaction']").all():
        assert not link.is_visible()
    page.locator("li.transaction .datecell a").first.click()
    page.wait_for_selector("form .cm-content")
    assert "排水沟" in page.locator("form .cm-content").inner_text()
    buttons = page.locator("form:has(> .editor) button").all()
    assert len(buttons) >= 2, "Fava's form has changed"
    assert not any(button.is_visible() for button in buttons)


def test_a_question_is_answered_on_the_page(page: Page, address: str) -> None:
    page.goto(f"{address}/{SLUG}/query/?query_string=SELECT+narration+WHERE+number+%3E+0")
    page.get_by_text("修田间路").first.wait_for()


def test_the_list_of_signatures_fits_a_phone(page: Page, address: str) -> None:
    page.goto(f"{address}/{SLUG}/extension/Signatures/")
    page.get_by_role("link", name="2021-付-0001").wait_for()
    room = page.locator("article").bounding_box()
    table = page.locator(".desk-report table").bounding_box()
    assert room is not None
    assert table is not None
    assert table["width"] <= room["width"]
    assert faults_of_ours(page) == []


def faults_of_ours(page: Page) -> list[Any]:
    """Return what axe finds in the desk's part of a page of Fava's."""
    return [item["id"] for item in Axe().run(page, context=".desk-report").response["violations"]]
