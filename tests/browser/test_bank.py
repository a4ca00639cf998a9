"""A bank file that no one has seen before, told by a user, then its lines confirmed by keyboard."""

from datetime import date
from pathlib import Path

from bank_files import STRANGE, Move, statement
from playwright.sync_api import Browser
from test_four_users import CHROMIUM, DESKTOP, PHONE, PIN, XIAOHE, browser, enter, site, sound
from test_four_users import pytestmark as pytestmark  # noqa: PLC0414 - the same marks

from app import database
from app.settings import Settings
from ledger.bank import store

assert (CHROMIUM, browser, site) is not None  # fixtures, by name
COLUMNS = ("day", "time", "serial", "summary", "out", "in", "balance", "party", "party_account")
MOVES = (
    Move(date(2022, 2, 8), 50_000, "样例租户", "6217000011112222", "2月鱼塘租金"),
    Move(date(2022, 2, 8), 7_000, "样例路人", "", "不知何款"),
    Move(date(2022, 2, 9), -6_000, "样例文具店", "62002", "办公用纸"),
)


def test_a_file_in_an_unknown_layout_is_told_and_its_lines_confirmed(
    site: str, browser: Browser, data: Path, tmp_path: Path
) -> None:
    settings = Settings.of(data)
    engine = database.connect(settings.url)
    with engine.connect() as conn:
        last = store.last_line(conn, XIAOHE, "102.01")
    engine.dispose()
    file = tmp_path / "新银行.csv"
    fen = last.balance_fen if last else 0
    file.write_bytes(statement(fen, *MOVES, account="", head=STRANGE))
    room = f"{site}/desk/{XIAOHE}/bank?bank=102.01&month=2022-02"
    for name in ("book1", "book2"):
        page = browser.new_context(viewport=DESKTOP).new_page()  # type: ignore[arg-type]
        enter(page, site, name)
        if XIAOHE in page.content():
            break
    page.goto(room)
    page.set_input_files("#file", file)
    page.click("form[enctype] button")
    page.wait_for_url("**/bank/file/*")
    sound(page, DESKTOP["width"])
    for at, field in enumerate((*COLUMNS, "purpose")):
        page.select_option(f"#at-{field}", str(at))
    page.click("button[value=look]")
    assert "余额逐行连得上" in page.inner_text("main")
    page.click("button[value=keep]")
    page.wait_for_url("**/bank?*new=3")
    page.wait_for_selector("html[data-bank=ready]")
    sound(page, DESKTOP["width"])
    page.keyboard.press(" ")  # the rent; the next is an unknown payment, passed over
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.keyboard.press("u")
    page.keyboard.press("a")
    assert page.locator("[name=pick]:checked").count() == 2
    page.keyboard.press("F8")
    page.wait_for_url("**/bank/look")
    assert "提交前看一遍（2）" in page.inner_text("main")
    sound(page, DESKTOP["width"])
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    page.wait_for_url("**/bank?*done=1")
    assert "还没有凭证的流水（1）" in page.inner_text("main")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    sound(page, PHONE["width"])
