"""A voucher by keyboard alone, a lost network, two bookkeepers on one draft, a pasted table."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect
from test_four_users import CHROMIUM, DESKTOP, PHONE, PIN, XIAOHE, browser, enter, site, sound
from test_four_users import pytestmark as pytestmark  # noqa: PLC0414 - the same marks

from app.web.lookup import index, search
from ledger.chart import standard
from ledger.money import capital, parse_yuan

assert (CHROMIUM, browser, site) is not None  # fixtures, by name
LEAST = 12
WIDE = {"width": 1920, "height": 1080}


def bookkeeper(browser: Browser, site: str, screen: dict[str, int] = DESKTOP) -> Page:
    """Return the voucher room as the village's bookkeeper has it open."""
    for name in ("book1", "book2"):
        page = browser.new_context(viewport=screen).new_page()  # type: ignore[arg-type]
        enter(page, site, name)
        if XIAOHE in page.content():
            room(page, site)
            return page
    raise AssertionError


def room(page: Page, site: str, more: str = "") -> None:
    page.goto(f"{site}/desk/{XIAOHE}/voucher{more}")
    page.wait_for_selector("#voucher[data-ready=yes]")


def here(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name"))


def counted(page: Page) -> tuple[Callable[[str], None], list[str]]:
    """Return a way to press keys, and the keys pressed."""
    pressed: list[str] = []

    def press(key: str) -> None:
        pressed.append(key)
        page.keyboard.press(key)

    return press, pressed


def test_a_voucher_by_keyboard_alone(site: str, browser: Browser) -> None:
    page = bookkeeper(browser, site)
    press, pressed = counted(page)
    words = page.keyboard.type
    assert here(page) == "summary"
    words("村委会办公楼电费")
    press("Enter")
    words("glfy")
    press("Enter")
    assert here(page) == "debit0"
    words("１,２００.５０元")
    press("Enter")
    press("Enter")
    words("102.01")
    press("Enter")
    press("=")
    assert page.input_value("[name=credit1]") == "1200.50"
    assert "壹仟贰佰元零伍角整" in page.inner_text("#capital")
    assert page.inner_text("#even") == "借贷相平"
    assert page.input_value("#kind") == "payment"
    press("Enter")
    assert here(page) == "payee"
    words("样例供电所")
    press("F8")
    assert here(page) == "purpose"
    words("sdtx")
    assert page.input_value("#purpose") == "spending.utilities"
    press("F8")
    assert here(page) == "pin"
    words(PIN)
    press("F8")
    page.wait_for_url("**/voucher?done=1")
    print(f"keystrokes beyond the text: {len(pressed)}")  # noqa: T201 - the figure is asked for
    assert len(pressed) <= LEAST
    assert "村委会办公楼电费" in page.inner_text("main")
    assert "没有草稿" in page.inner_text("#drafts")


def test_the_keys_of_the_grid(site: str, browser: Browser) -> None:
    page = bookkeeper(browser, site)
    page.fill("#summary", "五月电费")
    page.focus("[name=words0]")
    page.keyboard.type("..")
    assert page.input_value("[name=words0]") == "五月电费"
    page.focus("[name=debit0]")
    page.keyboard.type("10")
    page.keyboard.press("-")
    assert "红字冲销" in page.inner_text("#told")
    page.keyboard.press(" ")
    values = (page.input_value("[name=debit0]"), page.input_value("[name=credit0]"))
    assert values == ("", "10")
    page.keyboard.press("Escape")
    page.focus("[name=account0]")
    page.keyboard.press("F7")
    assert page.locator("#list-account0 [role=option]").count() > 40
    assert "102 " not in page.inner_text("#list-account0")  # its details are, itself it is not
    page.keyboard.press("Escape")
    assert page.locator("#list-account0").is_hidden()
    page.fill("[name=debit5]", "1")
    page.keyboard.type("0")
    assert page.locator("[name=debit6]").count() == 1
    page.focus("[name=debit5]")
    page.keyboard.press("?")
    assert page.locator("kbd").first.is_visible()


def test_the_browser_searches_and_reads_as_the_server_does(site: str, browser: Browser) -> None:
    page = bookkeeper(browser, site)
    chart = standard().with_details([("102.01", "基本户"), ("102.02", "农商行（专户）")])
    wanted = ["102", "１０２.０１", "yhck", "YXCK", "专户", "yhzh", "srx", "5", "没有", " ", "."]
    known = [one._asdict() for one in index(chart, {})]
    found = page.evaluate(
        "async ([known, wanted]) => { const m = await import('/static/lookup.js');"
        " return wanted.map((one) => m.search(known, one).map((account) => account.code)); }",
        [known, wanted],
    )
    assert found == [search(chart, one) for one in wanted]
    amounts = [
        "１，２３４.５",
        "￥5",
        "12元",
        "0.07",
        "100,000.00",
        "12,34",
        "1.234",
        "-3",
        "",
        "x",
    ]
    texts = page.evaluate(
        "async (all) => { const m = await import('/static/money.js');"
        " return all.map((one) => { const fen = m.parse(one);"
        " return Number.isNaN(fen) ? null : [fen, m.capital(fen)]; }); }",
        amounts,
    )
    expected = []
    for one in amounts:
        try:
            fen = parse_yuan(one)
        except Exception:  # noqa: BLE001 - any refusal
            expected.append(None)
        else:
            expected.append([fen, capital(fen)])
    assert texts == expected


def test_the_network_goes_in_mid_entry(site: str, browser: Browser) -> None:
    page = bookkeeper(browser, site)
    page.context.set_offline(True)
    page.fill("#summary", "断网时填的凭证")
    page.fill("[name=debit0]", "88")
    expect(page.locator("#saved")).to_contain_text("网络不通")
    other = page.context.new_page()
    page.close()
    other.context.set_offline(False)
    room(other, site)
    other.wait_for_selector("#told:not([hidden]) a")
    other.click("#told a")
    other.wait_for_selector("#voucher[data-ready=yes]")
    assert other.input_value("#summary") == "断网时填的凭证"
    assert other.input_value("[name=debit0]") == "88"


def test_two_on_one_draft_lose_nothing(site: str, browser: Browser) -> None:
    one = bookkeeper(browser, site)
    one.fill("#summary", "两人的草稿")
    expect(one.locator("[name=version]")).to_have_value("1")
    name = one.input_value("[name=draft]")
    two = browser.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type]
    enter(two, site, "xiaohe-clerk")
    room(two, site, f"?draft={name}")
    two.fill("#summary", "文书改过的")
    expect(two.locator("[name=version]")).to_have_value("2")
    one.fill("#summary", "会计也改过")
    one.wait_for_selector("#told:not([hidden])")
    assert "没有丢" in one.inner_text("#told")
    assert one.input_value("[name=draft]") != name
    room(two, site)
    drafts = two.inner_text("#drafts")
    assert "文书改过的" in drafts
    assert "会计也改过" in drafts


def test_a_table_from_a_spreadsheet(site: str, browser: Browser) -> None:
    page = bookkeeper(browser, site)
    table = (
        "摘要\t科目\t借方\t贷方\n"
        '"付\n电费"\t513\t￥1,000.00\t\n'
        "\t不知道\t５００\t\n"
        "\t102.01\t\t一千五\n"
        "合计\t\t1500\t1500\n"
    )
    page.evaluate(
        "(text) => { const data = new DataTransfer(); data.setData('text/plain', text);"
        " const at = document.querySelector('[name=words0]');"
        " at.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true,"
        " cancelable: true })); }",
        table,
    )
    told = page.inner_text("#told")
    assert "已粘贴行数：3" in told
    assert "2：不知道" in told
    assert "3：一千五" in told
    assert "合计" in told
    assert [page.input_value(f"[name=words{row}]") for row in range(3)] == ["付 电费"] * 3
    assert page.input_value("[name=account0]").startswith("513 ")
    assert page.input_value("[name=debit1]") == "500.00"


@pytest.mark.parametrize("screen", [PHONE, DESKTOP, WIDE], ids=["360", "1280", "1920"])
def test_the_room_is_sound(site: str, browser: Browser, screen: dict[str, int]) -> None:
    page = bookkeeper(browser, site, screen)
    page.fill("#summary", "五月电费")
    page.fill("[name=account0]", "513")
    page.fill("[name=debit0]", "1200.5")
    page.click("text=键盘用法")
    sound(page, screen["width"])
    page.focus("[name=account1]")
    page.keyboard.type("yhck")
    sound(page, screen["width"])


def test_a_dimension_is_defined_and_chosen_by_keyboard(site: str, browser: Browser) -> None:
    page = bookkeeper(browser, site, PHONE)
    page.goto(f"{site}/desk/{XIAOHE}/dimensions")
    for name, told in (("zh", "村民小组"), ("en", "Group"), ("code", "group"), ("accounts", "513")):
        page.fill(f"#f-{name}", told)
    page.keyboard.press("Enter")
    page.fill("#lines", "01 一组\n02 重楼组")
    page.click("text=存档案")
    assert "重楼组" in page.inner_text("#values")
    sound(page, PHONE["width"])
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    room(page, site)
    assert page.is_hidden("[name=dim_group_0]")
    press, words = page.keyboard.press, page.keyboard.type
    words("二组电费")
    press("Enter")
    words("glfy")
    press("Enter")
    assert here(page) == "dim_group_0"
    words("zlz")
    press("Enter")
    assert page.input_value("[name=dim_group_0]") == "02 重楼组"
    assert here(page) == "debit0"
    sound(page, DESKTOP["width"])
    words("1200")
    press("Enter")
    press("Enter")
    words("102.01")
    press("Enter")
    assert here(page) == "debit1"  # 102 is not asked for a group
    press("=")
    page.fill("#payee", "样例供电所")
    page.select_option("#purpose", "spending.utilities")
    page.fill("[name=pin]", PIN)
    press("F8")
    page.wait_for_url("**/voucher?done=1")
    page.click("text=二组电费")
    assert "村民小组：02 重楼组" in page.inner_text("main")
