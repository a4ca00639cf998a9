"""The month's sheet against real books: figures, lines, corrections, refusals."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
import village_books as books
from hypothesis import given, settings
from hypothesis import strategies as st
from sample import Village, hand, legs, opening, payment, rent
from sqlalchemy import Connection, text
from sqlalchemy import event as hooks

from approvals import acts, gate, register, signoff
from disclosure import redact, render, signers, tie
from disclosure.compose import compose, vouchers_of
from disclosure.sheet import Claim, Erratum, Fund, Sheet
from ledger import closing
from ledger.distribution import plan, voucher
from ledger.legs import store as legs_store
from ledger.log import store as log
from ledger.log.store import UnknownVillage
from ledger.money import parse_yuan
from ledger.voucher import Leg, Party, Voucher

JANUARY = "2021-01"


def transfer(day: date, rows: tuple[Leg, ...], purpose: str, summary: str) -> Voucher:
    return Voucher(
        "510802-sandui-jingtian", "transfer", day, summary, purpose, rows, "文小书", sheets=1
    )


def of(village: Village, period: str, **more: str) -> Sheet:
    with village.engine.begin() as conn:
        return compose(conn, village.code, period, **more)


@pytest.fixture
def january(village: Village) -> Village:
    """A month with an entry of every sort; sealed in February."""
    village.post(opening())
    village.post(rent(date(2021, 1, 5), 1_200_00))
    village.post(payment(date(2021, 1, 9), 300_00, purpose="spending.office"))
    village.post(payment(date(2021, 1, 7), 200_00))
    bank = legs(("102.02", 5_000_00), ("102.01", -5_000_00))
    village.post(payment(date(2021, 1, 8), 1, purpose="transfer.bank", legs=bank))
    owed = legs(("153", 9_000_00), ("211", -9_000_00))
    village.post(transfer(date(2021, 1, 20), owed, "transfer.accrual", "路面工程验收，款未付"))
    village.on(date(2021, 2, 2))
    village.seal(JANUARY)
    return village


def test_a_month_shows_each_entry_in_its_item(january: Village) -> None:
    sheet = of(january, JANUARY, telephone="0839-0000000")
    assert (sheet.opening_fen, sheet.closing_fen) == (50_000_000, 50_070_000)
    assert (sheet.income_fen, sheet.spending_fen) == (1_200_00, 500_00)
    assert (sheet.year_income_fen, sheet.year_spending_fen) == (1_200_00, 500_00)
    assert [group.title for group in sheet.spending] == ["办公费", "道路水利维护"]
    (group,) = sheet.income
    assert (group.item, group.fen) == ("income.rent", 1_200_00)
    (line,) = group.lines
    assert (line.number, line.day) == ("2021-收-0001", date(2021, 1, 5))
    assert (line.summary, line.handler, line.party) == ("收鱼塘租金", "文小书", "样例合作社")
    assert (sheet.telephone, sheet.township) == ("0839-0000000", "三堆镇")


def test_the_approver_is_the_last_level(january: Village) -> None:
    sheet = of(january, JANUARY)
    assert {line.approver for group in sheet.spending for line in group.lines} == {"镇小长"}
    assert {line.approver for group in sheet.income for line in group.lines} == {"复小核"}


def test_the_approver_after_a_return_is_of_the_last_revision(village: Village) -> None:
    village.post(opening())
    standing = village.submit(payment(date(2021, 1, 9), 300_00))
    while standing.waiting()[0]["id"] != "clerk":
        standing = village.step(standing)
    with village.engine.begin() as conn:
        place = (standing.case, "clerk", "clerk", "return", "请补验收单")
        signoff.sign(conn, hand("clerk1"), village.desk(), *place)
    again = village.clear(village.submit(payment(date(2021, 1, 9), 310_00), standing.case))
    with village.engine.begin() as conn:
        gate.post(conn, hand("book1"), village.desk(), again.case)
    (group,) = of(village, JANUARY).spending
    assert [(line.fen, line.approver) for line in group.lines] == [(310_00, "镇小长")]


def test_a_return_is_no_approval(village: Village) -> None:
    standing = village.submit(payment(date(2021, 1, 9), 300_00))
    while standing.waiting()[0]["id"] != "secretary":
        standing = village.step(standing)
    with village.engine.begin() as conn:
        place = (standing.case, "secretary", "secretary", "return", "请补验收单")
        signoff.sign(conn, hand("sec1"), village.desk(), *place)
        people = register.of(conn, village.code)
        found = signers.approvers(log.about(conn, village.code, [standing.case]), people)
        assert found == {standing.case: "文小书"}
        assert signers.approvers([], people) == {}


def test_what_moves_no_money_is_neither_income_nor_spending(january: Village) -> None:
    sheet = of(january, JANUARY)
    moved = [(line.number, line.fen) for line in sheet.transfers]
    assert moved == [("2021-付-0003", 5_000_00), ("2021-转-0001", 9_000_00)]
    assert sheet.banks == (
        Fund("银行存款—基本户", 50_000_000, 1_200_00, 5_500_00, 49_570_000),
        Fund("银行存款—项目专户", 0, 5_000_00, 0, 5_000_00),
    )


def test_assets_and_claims_stand_by_side(january: Village) -> None:
    sheet = of(january, JANUARY)
    assert sheet.payables == (Claim("应付款", "应付款", 9_000_00),)
    assert sheet.receivables == ()
    assert Fund("在建工程", 0, 9_000_00, 0, 9_000_00) in sheet.assets
    assert Fund("固定资产", 80_000_000, 0, 0, 80_000_000) in sheet.assets


def test_claims_on_both_sides_of_one_account_are_not_netted(village: Village) -> None:
    village.post(opening())
    rows = legs(("112.01", 700_00), ("501", -700_00))
    village.post(transfer(date(2021, 1, 3), rows, "transfer.accrual", "应收租金"))
    rows = legs(("514", 400_00), ("113", -400_00))
    village.post(transfer(date(2021, 1, 4), rows, "transfer.accrual", "应付农户清沟工钱"))
    sheet = of(village, JANUARY)
    assert sheet.receivables == (Claim("应收款", "样例合作社", 700_00),)
    assert sheet.payables == (Claim("内部往来", "内部往来", 400_00),)


def test_a_sealed_month_says_so_and_an_open_one_does_not(january: Village) -> None:
    sheet = of(january, JANUARY)
    assert sheet.sealed == "2021-02-02"
    assert sheet.size > 60
    assert sheet.registrar == hand("registrar").key
    assert len(sheet.digits) == 29
    assert sheet.marks[0].title == "结账封存（镇登记员）"
    draft = of(january, "2021-02")
    assert (draft.sealed, draft.size, draft.root, draft.digits) == ("", 0, "", "")
    assert draft.registrar == ""
    assert [mark.at for mark in draft.marks] == ["", "", ""]
    assert draft.opening_fen == sheet.closing_fen


def test_a_correction_shows_minus_and_both_amounts(january: Village) -> None:
    first = january.post(payment(date(2021, 2, 3), 120_00))
    red = closing.red(first.voucher, first.number, date(2021, 2, 5), "金额看错")
    january.post(red)
    blue = payment(date(2021, 2, 5), 102_00, corrects=str(first.number))
    january.post(blue)
    sheet = of(january, "2021-02")
    (group,) = sheet.spending
    assert [line.fen for line in group.lines] == [120_00, -120_00, 102_00]
    assert group.fen == sheet.spending_fen == 102_00
    why = f"注销2月3日{first.number}凭证：金额看错"
    assert sheet.errata == (Erratum("2021-付-0004", "2021-付-0006", 120_00, 102_00, why),)


def test_a_correction_over_two_months_shows_in_both(january: Village) -> None:
    first = january.post(payment(date(2021, 2, 3), 120_00))
    january.post(closing.red(first.voucher, first.number, date(2021, 2, 5)))
    january.on(date(2021, 3, 1))
    for fen in (60_00, 42_00):
        number = str(first.number)
        blue = payment(date(2021, 3, 1), fen, corrects=number, summary="订正2月3日凭证")
        january.post(blue)
    (alone,) = of(january, "2021-02").errata
    assert (alone.right, alone.before_fen, alone.after_fen) == ("", 120_00, 0)
    (after,) = of(january, "2021-03").errata
    assert (after.wrong, after.right) == ("2021-付-0004", "2021-付-0006、2021-付-0007")
    assert (after.before_fen, after.after_fen, after.why) == (120_00, 102_00, "订正2月3日凭证")


def test_distribution_names_reserve_and_members(village: Village) -> None:
    village.post(opening())
    with village.engine.begin() as conn:
        acts.open_account(conn, hand("book1"), village.desk(), "113.01", "应付成员分红")
    decided = plan(2020, 100_000_00, 0, Fraction(3, 10), 50_000_00)
    village.post(voucher(village.code, decided, date(2021, 1, 6), "第1号决议"))
    sheet = of(village, JANUARY)
    assert sheet.distribution == (
        Claim("收益分配", "提取公积公益金", 30_000_00),
        Claim("收益分配", "分给成员", 50_000_00),
    )
    assert Claim("内部往来", "应付成员分红", 50_000_00) in sheet.payables
    assert Fund("公积公益金", 0, 30_000_00, 0, 30_000_00) in sheet.funds


def test_sharing_out_to_others_is_named_and_closing_shares_nothing(village: Village) -> None:
    village.post(opening())
    rows = legs(("322.01", 800_00), ("211", -800_00))
    village.post(transfer(date(2021, 1, 6), rows, "transfer.distribution", "外来投资分利"))
    rows = legs(("322.02", 800_00), ("322.01", -800_00))
    village.post(transfer(date(2021, 1, 31), rows, "transfer.closing", "年末结转"))
    assert of(village, JANUARY).distribution == (Claim("收益分配", "应付款", 800_00),)


def test_the_year_adds_its_months_and_starts_anew(january: Village) -> None:
    january.post(rent(date(2021, 2, 3), 800_00))
    assert of(january, "2021-02").year_income_fen == 2_000_00
    january.on(date(2022, 1, 4))
    january.post(rent(date(2022, 1, 5), 50_00))
    sheet = of(january, "2022-01")
    assert (sheet.year_income_fen, sheet.year_spending_fen) == (50_00, 0)
    assert sheet.opening_fen == 50_150_000


def test_numbers_of_persons_stand_nowhere(village: Village) -> None:
    village.post(opening())
    secret = "付张晓明（身份证510802199001011234，卡6217000000000000123）"
    who = Party("张晓明", "6217000000000000123", "样例农商行")
    village.post(payment(date(2021, 1, 9), 300_00, summary=secret, payee=who))
    sheet = of(village, JANUARY)
    for data in (render.to_json(sheet), render.to_csv(sheet)):
        assert b"510802199001011234" not in data
        assert b"6217000000000000123" not in data
    assert sheet.spending[0].lines[0].party == "张晓明"


def test_a_village_without_a_log_has_no_sheet(village: Village) -> None:
    with village.engine.begin() as conn, pytest.raises(UnknownVillage):
        compose(conn, "510802-nowhere", JANUARY)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE turnover SET debit = debit + 7 WHERE account = '102.01'", "本年余额增减 相差"),
        (
            "UPDATE leg SET fen = fen - 100 WHERE account = '102.01' AND kind = 'payment'",
            "收入－支出",
        ),
        ("DELETE FROM posted WHERE kind = 'receipt'", "各项收入之和 与 本月收入 相差 -1,200.00"),
    ],
)
def test_books_that_do_not_tie_make_no_sheet(january: Village, change: str, named: str) -> None:
    with january.engine.begin() as conn:
        conn.execute(text(change))
    with pytest.raises(tie.SheetUntied) as refused:
        of(january, JANUARY)
    assert named in str(refused.value)
    assert "[N040] 2021-01" in str(refused.value)


def plans(conn: Connection, asked: list[tuple[str, Any]]) -> list[str]:
    """Return how SQLite looks up each query on a table that grows with the books."""
    grown = [pair for pair in asked if pair[0].split("FROM ")[1].split()[0] in GROWING]
    return [
        "; ".join(row[3] for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values))
        for query, values in grown
    ]


GROWING = {"leg", "posted", "event"}
NARROW = ("period>?", "kind=?", "subject=?", "payee=?")


def test_the_queries_look_at_the_month_and_its_year_alone(january: Village) -> None:
    asked: list[tuple[str, Any]] = []

    def note(*call: Any) -> None:
        asked.append((call[2], call[3]))

    with january.engine.begin() as conn:
        hooks.listen(conn, "before_cursor_execute", note)
        compose(conn, january.code, JANUARY)
        hooks.remove(conn, "before_cursor_execute", note)
        found = plans(conn, asked)
    assert len(asked) <= 16
    assert len(found) >= 5
    assert [plan for plan in found if not any(word in plan for word in NARROW)] == []


KINDS = ("rent", "office", "road", "bank", "owed", "levy")
ROWS = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.integers(1, 10**11),
        st.integers(0, 80),
        st.sampled_from(["", "red", "both"]),
    ),
    max_size=12,
)


def entry(kind: str, fen: int, day: date) -> Voucher:
    """Return a voucher of the random village."""
    party = Party("张晓明", "", "")
    if kind == "rent":
        rows = [("102.01", fen), ("501", -fen)]
        return books.make("receipt", day, "收租金", rows, purpose="income.rent", payee=party)
    if kind == "levy":
        rows = [("102.02", fen), ("231", -fen)]
        return books.make("receipt", day, "筹资", rows, purpose="income.levy")
    if kind == "bank":
        rows = [("102.02", fen), ("102.01", -fen)]
        return books.make("payment", day, "划转", rows, purpose="transfer.bank")
    if kind == "owed":
        rows = [("514", fen), ("211", -fen)]
        return books.make("transfer", day, "=应付", rows, purpose="transfer.accrual")
    account, purpose = {
        "office": ("513", "spending.office"),
        "road": ("514", "spending.upkeep"),
    }[kind]
    rows = [(account, fen), ("102.01", -fen)]
    return books.make("payment", day, "支出", rows, purpose=purpose, payee=party)


def keep(conn: Connection, rows: list[tuple[str, int, int, str]]) -> list[Voucher]:
    """Enter random vouchers of three months with their corrections; return them all."""
    books.open_village(conn)
    books.act(conn, "account.opened", "102.02", {"code": "102.02", "name": "专户"})
    made: list[Voucher] = []
    counts: dict[str, int] = {}

    def enter(voucher: Voucher) -> Any:
        counts[voucher.kind] = counts.get(voucher.kind, 0) + 1
        made.append(voucher)
        return books.enter(conn, counts[voucher.kind], voucher)

    for kind, fen, days, mended in rows:
        day = date(2022, 1, 1) + timedelta(days=days)
        first = entry(kind, fen, day)
        number = enter(first)
        if mended:
            enter(closing.red(first, number, day + timedelta(days=9)))
        if mended == "both":
            enter(replace(entry(kind, fen + 1, day + timedelta(days=9)), corrects=str(number)))
    return made


def money(vouchers: list[Voucher]) -> int:
    return sum(
        leg.fen for item in vouchers for leg in item.legs if leg.account.startswith(("101", "102"))
    )


def table(sheet: Sheet) -> Iterator[list[str]]:
    data = render.to_csv(sheet)
    assert data.startswith(b"\xef\xbb\xbf")
    return csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, period=st.sampled_from(["2022-01", "2022-02", "2022-03", "2022-04"]))
def test_sheet_json_csv_and_balances_say_the_same(
    rows: list[tuple[str, int, int, str]], period: str
) -> None:
    with books.database() as conn:
        made = keep(conn, rows)
        sheet = compose(conn, books.CODE, period)
        balances = legs_store.balances(conn, books.CODE, period)
    before = [item for item in made if item.period < period]
    now = [item for item in made if item.period == period]
    year = [item for item in made if item.period <= period]

    def of_kind(items: list[Voucher], kind: str) -> int:
        return money([item for item in items if item.kind == kind])

    assert sheet.opening_fen == money(before)
    assert sheet.income_fen == of_kind(now, "receipt")
    assert sheet.spending_fen == -of_kind(now, "payment")
    assert sheet.closing_fen == money(before) + money(now)
    assert sheet.closing_fen == sum(f for c, f in balances.items() if c.startswith("102"))
    assert sheet.year_income_fen == of_kind(year, "receipt")
    assert sheet.year_spending_fen == -of_kind(year, "payment")
    assert -sum(f for c, f in balances.items() if c == "211") == sum(c.fen for c in sheet.payables)
    shown = [line for group in (*sheet.income, *sheet.spending) for line in group.lines]
    assert len(shown) + len(sheet.transfers) == len(now)
    assert tie.differences(sheet) == []
    check_json(sheet)
    check_csv(sheet)
    web = redact.redact(sheet, "web")
    assert [g.fen for g in web.spending] == [g.fen for g in sheet.spending]
    assert "张晓明" not in render.to_json(web).decode()


def check_json(sheet: Sheet) -> None:
    raw = json.loads(render.to_json(sheet))
    assert render.from_json(render.to_json(sheet)) == sheet
    for name in ("income", "spending"):
        lines = sum(line["fen"] for group in raw[name] for line in group["lines"])
        assert lines == raw[f"{name}_fen"]
    assert raw["opening_fen"] + raw["income_fen"] - raw["spending_fen"] == raw["closing_fen"]


def check_csv(sheet: Sheet) -> None:
    rows = list(table(sheet))
    assert {len(row) for row in rows} == {9}
    summary = [(row[1], parse_yuan(row[5])) for row in rows if row[0] == "概要"]
    assert summary == list(render.five(sheet))
    for side, fen in (("收入", sheet.income_fen), ("支出", sheet.spending_fen)):
        mine = [row for row in rows if row[0] == side]
        assert sum(parse_yuan(row[5]) for row in mine if row[2]) == fen
        assert sum(parse_yuan(row[5]) for row in mine if not row[2]) == fen
    held = [parse_yuan(row[5]) for row in rows if row[0] == "账户" and row[4] == "月末"]
    assert sum(held) == sheet.closing_fen
    assert not [row for row in rows for cell in row if cell.startswith(("=", "+", "@"))]


def test_the_pieces_of_the_village_books_tie_too() -> None:
    with books.database() as conn:
        books.fill(conn)
        sheet = compose(conn, books.CODE, "2022-01")
        assert len(vouchers_of(conn, books.CODE, "2021-11")) == 1
    assert sheet.spending_fen == 9
    assert [line.fen for line in sheet.spending[0].lines] == [-30001, 30010]
    assert [(e.before_fen, e.after_fen) for e in sheet.errata] == [(30001, 30010)]
