"""The bank room without script: files brought and told, lines confirmed, payments told by them."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from bank_files import HEAD, STRANGE, Move, balance, bring, number, statement
from fastapi.testclient import TestClient
from test_app_staff import PIN, XIAOHE, case, enter, keeper, signed_through, size

from app.demo.township import township
from approvals import seen
from approvals.cases import open_cases
from ledger.bank import store as bank_lines
from ledger.posted import store as posted

ROOM = f"/desk/{XIAOHE}/bank"
RENT = Move(date(2022, 2, 8), 50_000, "样例租户", "62001", "2月鱼塘租金")
FOUND = Move(date(2022, 2, 8), 7_000, "样例路人", "", "不知何款")
FEBRUARY = "?bank=102.01&month=2022-02"


def lines(counter: TestClient) -> list[bank_lines.Answered]:
    """Return the account's lines of February 2022."""
    with counter.app.state.room.engine.connect() as conn:  # type: ignore[attr-defined]
        every = bank_lines.lines(conn, XIAOHE, "102.01", date(2099, 1, 1))
    return [one for one in every if one.line.day >= date(2022, 2, 1)]


def room(counter: TestClient) -> str:
    return counter.get(ROOM + FEBRUARY).text


def test_a_bank_file_becomes_vouchers_that_are_posted(counter: TestClient) -> None:
    name = keeper(counter)
    csrf = enter(counter, name)
    data = statement(balance(counter), RENT, FOUND)
    for new in (2, 0):  # importing again adds nothing
        answer = bring(counter, csrf, data)
        assert f"新增行数：{new}" in answer.text
        assert "还没有凭证的流水</a>" not in answer.text
        assert "还没有凭证的流水（2）" in answer.text
    rent, found = (one.line.key for one in lines(counter))
    sent = {"csrf": csrf, "pick": [rent, found], f"account-{rent}": "501", "handler": "文小书"}
    sent |= {f"item-{rent}": "income.rent", "bank": "102.01", "month": "2022-02"}
    before = size(counter)
    shown = counter.post(f"{ROOM}/look", data=sent)
    assert "提交前看一遍（2）" in shown.text
    assert "570.00" in shown.text
    assert size(counter) == before
    wrong = {**sent, "pin": PIN, f"account-{found}": "102"}
    refused = counter.post(f"{ROOM}/confirm", data=wrong)
    assert "B026" in refused.text
    assert "末级" in refused.text
    assert size(counter) == before
    assert [one.case for one in lines(counter)] == [None, None]
    for _ in range(2):  # a form sent twice submits once
        counter.post(f"{ROOM}/confirm", data={**sent, "pin": PIN})
    assert size(counter) == before + 2
    assert "还没有凭证的流水（0）" in room(counter)
    csrf = enter(counter, "review1")
    engine = counter.app.state.room.engine  # type: ignore[attr-defined]
    with engine.connect() as conn:
        one = next(c for c in open_cases(conn, XIAOHE) if c.voucher.bank_line == rent)
    assert one.voucher.handler == "文小书"
    sign = {"csrf": csrf, "pin": PIN, "step": "reviewer", "seat": "reviewer"}
    sign["seen"] = seen.mark(one)
    counter.post(f"/case/{XIAOHE}/{one.case}/sign", data=sign)
    csrf = enter(counter, name)
    counter.post(f"/desk/{XIAOHE}/post", data={"csrf": csrf, "pin": PIN})
    with engine.connect() as conn:
        item = posted.by_case(conn, XIAOHE, one.case)
    assert item is not None
    assert str(item.number) == "2022-收-0001"
    settings = counter.app.state.room.settings  # type: ignore[attr-defined]
    month = (settings.books / XIAOHE / "2022/2022-02.beancount").read_text("utf-8")
    assert "2022-收-0001" in month
    page = counter.get(f"/desk/{XIAOHE}/books?kind=vouchers&first=2022-02&last=2022-02").text
    assert "2022-收-0001" in page
    pdf = counter.get(f"/desk/{XIAOHE}/{one.case}/voucher.pdf")
    assert pdf.content.startswith(b"%PDF")
    later = Move(date(2022, 2, 9), 52_000, "样例租户", "62001", "3月鱼塘租金")
    bring(counter, csrf, statement(balance(counter), later))
    assert "与 2022-收-0001 相同" in room(counter)  # learnt, and said so


def test_nothing_ticked_is_said(counter: TestClient) -> None:
    csrf = enter(counter, keeper(counter))
    bring(counter, csrf, statement(balance(counter), RENT))
    assert "B025" in counter.post(f"{ROOM}/look", data={"csrf": csrf}).text
    assert "B025" in counter.post(f"{ROOM}/confirm", data={"csrf": csrf, "pin": PIN}).text


def test_a_line_is_edited_in_the_voucher_room(counter: TestClient) -> None:
    csrf = enter(counter, keeper(counter))
    bring(counter, csrf, statement(balance(counter), RENT))
    (line,) = lines(counter)
    page = counter.get(f"/desk/{XIAOHE}/voucher?line={line.line.key}").text
    assert f'name="bank_line" value="{line.line.key}"' in page
    assert 'value="500.00"' in page
    assert counter.get(f"/desk/{XIAOHE}/voucher?line=nothing").status_code == 404


def held(answer: Any) -> str:
    """Return the address of the page on which the columns of a file are told."""
    assert "/bank/file/" in str(answer.url), answer.text
    return answer.url.path


def told(page: str) -> dict[str, str]:
    """Return the form of the columns as the page fills it."""
    found = {
        name: re.findall(r'value="(\d+)" selected', inner)[0]
        for name, inner in re.findall(r'name="(at-\w+)">(.*?)</select>', page, re.DOTALL)
        if " selected" in inner
    }
    (top,) = re.findall(r'name="top" value="(\d+)" checked', page)
    return {**found, "top": top}


def test_an_unknown_layout_is_told_once_and_then_reads_by_itself(counter: TestClient) -> None:
    csrf = enter(counter, keeper(counter))
    data = statement(balance(counter), RENT, FOUND, head=STRANGE, account="")
    answer = bring(counter, csrf, data)
    way = held(answer)
    assert lines(counter) == []
    form = {"csrf": csrf, "number": number(), **told(answer.text)}
    assert form["top"] == "0"
    told_ = {"at-day": "0", "at-time": "1", "at-serial": "2", "at-summary": "3", "at-balance": "6"}
    told_ |= {"at-party": "7", "at-party_account": "8", "at-purpose": "9"}
    swapped = {**form, **told_, "at-out": "5", "at-in": "4", "do": "keep"}
    assert "B016" in counter.post(way, data=swapped).text
    assert "B003" in counter.post(way, data={**form, "do": "look"}).text
    right = {**form, **told_, "at-out": "4", "at-in": "5"}
    shown = counter.post(way, data={**right, "do": "look"}).text
    assert "余额逐行连得上" in shown
    assert "样例租户" in shown
    assert lines(counter) == []
    other = {**right, "do": "keep", "number": "6299"}
    assert "B020" in counter.post(way, data=other).text
    assert lines(counter) == []
    done = counter.post(way, data={**right, "do": "keep"})
    assert "新增行数：2" in done.text
    assert [one.line.party for one in lines(counter)] == ["样例租户", "样例路人"]
    assert counter.get(way).status_code == 410
    later = Move(date(2022, 2, 9), -100, "样例店", "", "纸")
    again = statement(balance(counter), later, head=STRANGE, account="")
    assert "新增行数：1" in bring(counter, csrf, again).text
    asked = bring(counter, csrf, again, ask="yes")  # to be told anew, when it was told wrong
    assert told(asked.text)["at-party"] == "7"
    gone = counter.post(held(asked), data={"csrf": csrf, "do": "drop"})
    assert gone.url.path == ROOM
    assert counter.get(held(asked)).status_code == 410


def other_account() -> bytes:
    return statement(0, RENT, account="6211999")


def other_village() -> bytes:
    home = next(one for one in township().villages if one.code != XIAOHE)
    return statement(0, RENT, account=home.accounts[0].number)


def half_excel() -> bytes:
    return b"PK\x03\x04" + b"\x00" * 40


def half_line() -> bytes:
    return statement(0, RENT, FOUND)[:-45]


def gap_inside() -> bytes:
    return statement(0, RENT, FOUND).replace(b"570.00", b"571.00")


@pytest.mark.parametrize(
    ("made", "more", "code"),
    [
        (other_account, {}, "B020"),
        (half_excel, {}, "B001"),
        (half_line, {}, "B00"),
        (gap_inside, {}, "B007"),
        (lambda: statement(5, RENT), {}, "B017"),
        (lambda: statement(0, RENT), {"month": "2022-03"}, "B023"),
        (lambda: statement(0, RENT), {"month": "2022-3x"}, "P001"),
        (lambda: b"", {}, "B009"),
    ],
)
def test_a_wrong_file_is_one_sentence_and_nothing_is_kept(
    counter: TestClient,
    made: Callable[[], bytes],
    more: dict[str, str],
    code: str,
) -> None:
    csrf = enter(counter, keeper(counter))
    answer = bring(counter, csrf, made(), **more)
    assert answer.status_code >= 400
    assert f"<small>{code}" in answer.text
    assert lines(counter) == []
    assert counter.get(ROOM).status_code == 200


def test_another_villages_file_names_the_village(counter: TestClient) -> None:
    csrf = enter(counter, keeper(counter))
    with counter.app.state.room.engine.begin() as conn:  # type: ignore[attr-defined]
        mine = bank_lines.account(conn, XIAOHE, "102.01")
        assert mine is not None
        bank_lines.bind(conn, mine._replace(code="102.09", number="6219"))
    answer = bring(counter, csrf, statement(0, RENT, account="6219"))
    assert "那是 102.09 的账户" in answer.text or "102.01 登记的是" in answer.text
    assert lines(counter) == []


def test_full_width_digits_and_commas_are_read(counter: TestClient) -> None:
    csrf = enter(counter, keeper(counter))
    move = Move(date(2022, 2, 8), 123_456, "样例租户", "", "租金")
    data = statement(balance(counter), move).decode("gb18030")
    wide = data.replace("1234.56", '"１，２３４．５６"').encode("utf-8-sig")
    assert "新增行数：1" in bring(counter, csrf, wide).text
    assert lines(counter)[0].line.in_fen == 123_456


def test_the_first_file_of_an_account_is_shown_before_it_is_bound(counter: TestClient) -> None:
    csrf = enter(counter, keeper(counter))
    engine = counter.app.state.room.engine  # type: ignore[attr-defined]
    with engine.begin() as conn:
        mine = bank_lines.account(conn, XIAOHE, "102.01")
        assert mine is not None
        bank_lines.bind(conn, mine._replace(code="102.77"))
        conn.exec_driver_sql("DELETE FROM bank_account WHERE code = '102.01'")
    data = statement(balance(counter), RENT, account="6217000000000000123")
    answer = bring(counter, csrf, data)
    assert "第一次导入" in answer.text
    form = {"csrf": csrf, **told(answer.text), "do": "keep"}
    assert "新增行数：1" in counter.post(held(answer), data=form).text
    with engine.begin() as conn:
        bound = bank_lines.account(conn, XIAOHE, "102.01")
    assert bound is not None
    assert bound.number == "6217000000000000123"


def paid(counter: TestClient, party: str = "", account: str = "") -> Move:
    """Return the bank's line that pays the open case, to somebody else if asked."""
    one = case(counter)
    payee = one.voucher.payee
    assert payee is not None
    out = (party or payee.name, account or payee.account)
    return Move(date(2022, 2, 11), -one.voucher.total, *out, "网银支付")


def test_the_returned_statement_closes_what_was_signed(counter: TestClient) -> None:
    one = signed_through(counter)
    csrf = enter(counter, keeper(counter))
    paper = Move(date(2022, 2, 11), -6_000, "样例文具店", "62002", "纸")
    bring(counter, csrf, statement(balance(counter), paid(counter), paper))
    right, wrong = (line.line.key for line in lines(counter))
    assert "等出纳确认</h2>" not in room(counter)
    assert "金额、户名、账号都相符" in room(counter)
    pairs = {"csrf": csrf, "pin": PIN, "pick": f"{right} {one.case}"}
    assert counter.post(f"{ROOM}/pay", data=pairs).status_code == 403  # the bookkeeper pays nothing
    csrf = enter(counter, "cash1")
    page = room(counter)
    assert re.findall(r'name="pick" value="([^"]+)"[^>]* checked', page) == [f"{right} {one.case}"]
    desk = counter.get(f"/desk/{XIAOHE}").text
    assert re.findall(r'value="([^"]+)" selected', desk.partition('name="bank_line"')[2]) == [right]
    form, before = {"csrf": csrf, "pin": PIN, "case": one.case}, size(counter)
    refused = counter.post(f"/desk/{XIAOHE}/pay", data={**form, "bank_line": wrong})
    assert "W024" in refused.text
    assert size(counter) == before
    counter.post(f"{ROOM}/pay", data={"csrf": csrf, "pin": PIN, "pick": f"{right} {one.case}"})
    engine = counter.app.state.room.engine  # type: ignore[attr-defined]
    with engine.connect() as conn:
        assert bank_lines.case_of(conn, XIAOHE, right) == one.case
        assert posted.case_of_bank_line(conn, XIAOHE, right) == one.case
        assert [line.key for line in bank_lines.unmatched(conn, XIAOHE)] == [wrong]
    enter(counter, keeper(counter))
    undone = counter.post(
        f"{ROOM}/free", data={"csrf": enter(counter, "xiaohe-clerk"), "key": right}
    )
    assert "B029" in undone.text


@pytest.mark.parametrize(
    ("party", "account", "why"),
    [("样例冒名店", "", "户名不同"), ("", "6200000000009999", "账号不同")],
)
def test_money_that_went_elsewhere_than_was_signed_closes_nothing(
    counter: TestClient, party: str, account: str, why: str
) -> None:
    one = signed_through(counter)
    csrf = enter(counter, keeper(counter))
    bring(counter, csrf, statement(balance(counter), paid(counter, party, account)))
    (line,) = lines(counter)
    csrf, before = enter(counter, "cash1"), size(counter)
    page = room(counter)
    assert "异常" in page
    assert why in page
    assert f'value="{line.line.key} {one.case}"' not in page
    assert 'name="bank_line"' not in counter.get(f"/desk/{XIAOHE}").text
    form = {"csrf": csrf, "pin": PIN}
    pick = {**form, "pick": f"{line.line.key} {one.case}"}
    assert "B024" in counter.post(f"{ROOM}/pay", data=pick).text
    single = {**form, "case": one.case, "bank_line": line.line.key}
    assert "B024" in counter.post(f"/desk/{XIAOHE}/pay", data=single).text
    assert size(counter) == before


def test_a_line_is_linked_to_a_case_that_is_there_and_freed_again(counter: TestClient) -> None:
    csrf = enter(counter, keeper(counter))
    voucher = {
        "csrf": csrf,
        "pin": PIN,
        "kind": "receipt",
        "day": "2022-02-08",
        "sheets": "1",
        "purpose": "income.rent",
        "summary": "收鱼塘租金",
        "payee": "样例承包户",
        "account0": "102.01",
        "debit0": "500",
        "account1": "501",
        "credit1": "500",
    }
    counter.post(f"/desk/{XIAOHE}/submit", data=voucher)
    bring(counter, csrf, statement(balance(counter), RENT, FOUND))
    rent, found = (line.line.key for line in lines(counter))
    with counter.app.state.room.engine.connect() as conn:  # type: ignore[attr-defined]
        one = next(c for c in open_cases(conn, XIAOHE) if c.voucher.kind == "receipt")
    assert room(counter).count("请先核对，不要重复入账") == 1
    form = {"csrf": csrf}
    same = {**form, "same": f"{rent} {one.case}"}
    assert "B028" in counter.post(f"{ROOM}/answer", data=same).text  # another name: say why
    other = {**form, "same": f"{found} {one.case}"}
    assert "B027" in counter.post(f"{ROOM}/answer", data=other).text
    counter.post(f"{ROOM}/answer", data={**same, f"why-{rent}": "承包户的家人代交"})
    assert lines(counter)[0].case == one.case
    assert "承包户的家人代交" in room(counter)
    again = {**form, "same": f"{found} {one.case}"}
    assert "B027" in counter.post(f"{ROOM}/answer", data=again).text
    counter.post(f"{ROOM}/free", data={**form, "key": rent})
    assert lines(counter)[0].case is None


def test_the_head_of_the_tests_is_one_that_banks_use() -> None:
    assert set(HEAD).isdisjoint(STRANGE)


def test_the_sample_is_reconciled_and_a_new_line_is_an_item(counter: TestClient) -> None:
    csrf = enter(counter, keeper(counter))
    page = counter.get(f"{ROOM}/reconciliation?bank=102.01&month=2021-12").text
    assert "调节后两边相等" in page
    bring(counter, csrf, statement(balance(counter), RENT))
    way = f"{ROOM}/reconciliation"
    page = counter.get(way + FEBRUARY).text
    assert "调节后两边相等" in page
    assert "2月鱼塘租金" in page
    for ending, start in (("pdf", b"%PDF"), ("xlsx", b"PK")):
        assert counter.get(f"{way}.{ending}{FEBRUARY}").content.startswith(start)
    early = "?bank=102.01&month=2020-01"
    assert "还没有银行流水" in counter.get(way + early).text
    assert counter.get(f"{way}.pdf{early}").status_code == 409
    assert "P001" in counter.get(f"{way}?month=x").text
