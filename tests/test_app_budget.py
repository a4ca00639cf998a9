"""The budget: entered, brought back as a spreadsheet, held against what is posted and under way."""

import io
from datetime import date

import pytest
from fastapi.testclient import TestClient
from python_calamine import CalamineWorkbook
from sample import Village, opening, payment, rent
from test_app_staff import PIN, XIAOHE, enter, keeper, voucher

from app import budgets, ledgers
from app.budgets import BadBudget
from ledger import budget, closing
from ledger.registers import store
from ledger.registers.store import Resolved

ROOM = f"/desk/{XIAOHE}/budget"
JAN, FEB = date(2021, 1, 20), date(2021, 2, 3)
BY = Resolved("村民代表会议〔2021〕1号", JAN, "book1")
ITEM = "spending.upkeep"


@pytest.fixture
def year(village: Village) -> Village:
    """A village with a budget of 500 yuan for roads, of which 300 are spent in January."""
    village.post(opening())
    with village.engine.begin() as conn:
        store.adopt_budget(conn, village.code, 2021, {ITEM: 9, "income.rent": 90_000}, BY)
        store.adopt_budget(conn, village.code, 2021, {ITEM: 50_000, "income.rent": 90_000}, BY)
    village.post(payment(JAN, 30_000))
    village.post(rent(JAN, 20_000))
    return village


def shown(village: Village, **given: str) -> list[tuple[object, ...]]:
    with village.engine.begin() as conn:
        want = ledgers.asked(conn, village.code, {"kind": "budget", **given})
        return [line.cells for line in ledgers.ledger(conn, village.code, want).ledger.lines]


def test_budget_and_actual_stand_side_by_side_by_item_and_month(year: Village) -> None:
    year.post(payment(FEB, 30_000))
    assert shown(year, first="2021-02", last="2021-02") == [
        ("发包和租赁收入", 90_000, 0, 20_000, 70_000, "22%", ""),
        ("收入合计", 90_000, 0, 20_000, 70_000, "22%", ""),
        ("道路水利维护", 50_000, 30_000, 60_000, -10_000, "120%", budget.OVER),
        ("支出合计", 50_000, 30_000, 60_000, -10_000, "120%", ""),
    ]
    assert shown(year, last="2021-02", value=ITEM) == [
        ("2021-01", 30_000, 30_000, 50_000, 20_000),
        ("2021-02", 30_000, 60_000, 50_000, -10_000),
    ]


def test_red_letters_count_back_and_other_items_show_that_nothing_was_planned(
    year: Village,
) -> None:
    item = year.post(payment(JAN, 1_000, purpose="spending.press"))
    assert any(row[-1] == budget.WITHOUT for row in shown(year))
    year.post(closing.red(item.voucher, item.number, FEB))
    assert not any(row[0] == "报刊费" and row[3] for row in shown(year))


def test_a_voucher_is_told_what_is_left_with_what_is_under_way(year: Village) -> None:
    waits = year.submit(payment(FEB, 15_000))
    with year.engine.begin() as conn:
        other = budgets.use_of(conn, year.code, payment(FEB, 6_000))
        own = budgets.use_of(conn, year.code, waits.voucher, waits.case)
        assert budgets.uses(conn, year.code, 2021) == {ITEM: (50_000, 30_000, 15_000)}
        assert budgets.use_of(conn, year.code, rent(FEB, 1)) is None
        assert budgets.use_of(conn, year.code, payment(date(2022, 1, 1), 1)) is None
    assert other is not None
    assert (other.left, other.after) == (5_000, -1_000)
    assert own is not None
    assert (own.pending, own.left, own.after) == (0, 20_000, 5_000)


def test_the_spreadsheet_comes_back_whole_or_not_at_all() -> None:
    data = budgets.workbook("某村", 2022, {ITEM: 50_050})
    assert budgets.read(data, "budget.xlsx") == {ITEM: 50_050}
    head = "编号,收支项目,类别,全年预算\n"
    good = f'{head}{ITEM},道路,支出,"１,200.5"\nincome.rent,租金,收入,\n'.encode()
    assert budgets.read(good, "b.csv") == {ITEM: 120_050}
    wrong = f"{head}{ITEM},道路,支出,一千\nspending.none,无,支出,5\n{ITEM},道路,支出,-1\n".encode()
    with pytest.raises(BadBudget) as refused:
        budgets.read(wrong, "b.csv")
    for word in ("W640", "第 2 行金额“一千”", "第 3 行项目编号", "第 4 行金额"):
        assert word in str(refused.value)
    with pytest.raises(BadBudget, match="没有一行预算"):
        budgets.read(head.encode(), "b.csv")


def test_a_budget_is_adopted_and_told_at_entry_and_on_the_case(counter: TestClient) -> None:
    csrf = enter(counter, keeper(counter))
    form = {
        "csrf": csrf,
        "year": "2022",
        "spending.office": "1,000",
        "note": "",
        "day": "2022-01-15",
    }
    refused = counter.post(ROOM, data=form).text
    assert "W640" in refused
    assert 'value="1,000"' in refused
    form["note"] = "代表会议〔2022〕1号"
    assert "W640" in counter.post(ROOM, data={**form, "spending.office": "千元"}).text
    assert "代表会议〔2022〕1号" in counter.post(ROOM, data=form).text
    told = counter.get(f"/desk/{XIAOHE}/budget.json?year=2022").json()
    assert told == {"spending.office": [100_000, 0, 0]}
    sheet = counter.get(f"/desk/{XIAOHE}/budget.xlsx?year=2022").content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(sheet)).get_sheet_by_index(0).to_python()
    assert ["spending.office", "办公费", "支出", 1000.0] in rows
    file = {"file": ("b.xlsx", sheet)}
    again = counter.post(f"{ROOM}/file", data={"csrf": csrf, "year": "2023"}, files=file).text
    assert "还没有存" in again
    assert 'value="1000.00"' in again
    over = voucher(csrf=csrf, debit0="1200", credit1="1200", pin="000000")
    told_late = counter.post(f"/desk/{XIAOHE}/submit", data=over).text
    assert "这笔之后超预算</strong>" in told_late or "这笔之后超预算 200.00" in told_late
    page = counter.post(f"/desk/{XIAOHE}/submit", data={**over, "pin": PIN}).text
    start = page.rindex(f"/case/{XIAOHE}/")
    case = counter.get(page[start:].partition('"')[0]).text
    assert "年度预算" in case
    assert "这笔之后超预算 200.00" in case
    for ending in ("xlsx", "pdf"):
        taken = counter.get(f"/desk/{XIAOHE}/books.{ending}?kind=budget")
        assert taken.status_code == 200
