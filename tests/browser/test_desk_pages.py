"""The quieter rooms of the desk: they fit a phone, axe finds nothing, a budget is adopted."""

from playwright.sync_api import Browser
from test_four_users import CHROMIUM, DESKTOP, PHONE, XIAOHE, browser, enter, site, sound
from test_four_users import pytestmark as pytestmark  # noqa: PLC0414 - the same marks
from test_voucher_entry import bookkeeper

assert (CHROMIUM, browser, site) is not None  # fixtures, by name


def test_registers_fit_a_phone_and_a_budget_is_adopted(site: str, browser: Browser) -> None:
    page = bookkeeper(browser, site, PHONE)
    for room, filled in (
        ("contracts", {"number": "HT-1", "subject": "鱼塘", "party": "样例户", "rent": "1200"}),
        ("resources", {"number": "ZY-1", "name": "鱼塘", "quantity": "12.5", "unit": "亩"}),
        ("debts", {"party": "样例店", "amount": "300"}),
        ("assets", {}),
    ):
        page.goto(f"{site}/desk/{XIAOHE}/{room}")
        for name, told in filled.items():
            page.fill(f"#f-{name}", told)
        if room == "contracts":
            page.fill("#f-first", "2021-01-01")
            page.fill("#f-last", "2022-12-31")
        if room == "debts":
            page.select_option("#f-account", index=1)
        if filled:
            page.click("form.card button")
            page.wait_for_url("**done=1*")
        sound(page, PHONE["width"])
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.goto(f"{site}/desk/{XIAOHE}/budget?year=2022")
    page.locator("input.num").first.fill("3600")
    page.fill("#note", "成员大会〔2022〕1号")
    page.click("text=采用这份预算")
    page.wait_for_url("**done=1*")
    assert "成员大会〔2022〕1号" in page.inner_text("main")
    sound(page, DESKTOP["width"])
    other = browser.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type]
    enter(other, site, "audit1")
    other.goto(f"{site}/acts")
    sound(other, PHONE["width"])


def test_a_villager_asks_by_phone_and_the_desk_has_the_question(
    site: str, browser: Browser
) -> None:
    page = browser.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type]
    page.goto(f"{site}/v/{XIAOHE}/2021-05/line/2021-付-0016")
    page.click("text=问这一笔")
    sound(page, PHONE["width"])
    page.fill("#question", "路修了多少米？")
    page.click("main form button")
    page.wait_for_url("**/asked/*")
    sound(page, PHONE["width"])
    desk = bookkeeper(browser, site, PHONE)
    desk.goto(f"{site}/desk/{XIAOHE}/asked")
    assert "路修了多少米？" in desk.inner_text("main")
    sound(desk, PHONE["width"])
