"""The budget of a village against what is posted and under way; its spreadsheet, read back."""

from collections.abc import Mapping

from sqlalchemy import Connection

from approvals import cases
from ledger import budget
from ledger.bank.cells import rows
from ledger.budget import SIDES, Use
from ledger.items import items
from ledger.ledgers import Head, Ledger, Line, money
from ledger.money import NotAmount, parse_yuan
from ledger.posted import store as posted
from ledger.refusal import Refusal
from ledger.registers import store
from ledger.voucher import Voucher
from reports.ledger_paper import ledger_xlsx

HEADS = (Head("编号"), Head("收支项目", wide=True), Head("类别"), *money("全年预算"))


def actual_of(conn: Connection, village: str, year: int) -> dict[str, dict[str, int]]:
    """Return what is posted in a year, by item and month in fen."""
    found = posted.vouchers(conn, village, f"{year:04d}-01", f"{year:04d}-12")
    return budget.actual(item.voucher for item in found)


def use_of(
    conn: Connection, village: str, voucher: Voucher, case: str = "", *, counts: bool = True
) -> Use | None:
    """Return how the budget of a voucher's item stands before it, or None where there is none.

    `case` is the voucher's own, which is not counted twice; without `counts` the voucher's own
    amount is left out.
    """
    item, year = items().get(voucher.purpose), voucher.day.year
    if item is None or item.side != "spending":
        return None
    adopted = store.budget_of(conn, village, year)
    if item.id not in adopted:
        return None
    done = posted.vouchers(conn, village, f"{year:04d}-01", f"{year:04d}-12")
    used = [one.voucher for one in done if one.case != case]
    pending = [one.voucher for one in cases.open_cases(conn, village) if one.case != case]
    own = budget.counted(voucher) if counts else 0
    return Use(adopted[item.id], _sum(used, voucher), _sum(pending, voucher), own)


def _sum(vouchers: list[Voucher], like: Voucher) -> int:
    return sum(
        budget.counted(one)
        for one in vouchers
        if one.purpose == like.purpose and one.day.year == like.day.year
    )


def uses(conn: Connection, village: str, year: int) -> dict[str, tuple[int, int, int]]:
    """Return budget, posted and under way of each spending item with a budget, in fen."""
    adopted = store.budget_of(conn, village, year)
    done = actual_of(conn, village, year)
    under_way = [one.voucher for one in cases.open_cases(conn, village)]
    waits = budget.actual(one for one in under_way if one.day.year == year)
    return {
        item: (fen, sum(done.get(item, {}).values()), sum(waits.get(item, {}).values()))
        for item, fen in adopted.items()
        if items()[item].side == "spending"
    }


def workbook(unit: str, year: int, adopted: Mapping[str, int]) -> bytes:
    """Return the budget as a spreadsheet that `read` takes back; amounts are in yuan."""
    lines = [
        Line((item.id, item.zh, SIDES[item.side], adopted.get(item.id)))
        for item in budget.budgeted()
    ]
    about = f"{year}年　填好“全年预算”后原样传回；空着的项目没有预算"
    return ledger_xlsx(unit, Ledger("收支预算", about, HEADS, lines))


def read(data: bytes, filename: str) -> dict[str, int]:
    """Return the budget that a spreadsheet states, by item in fen: all of it or nothing.

    Raises:
        NotSpreadsheet, WrongEncoding, EmptyStatement: the file cannot be read.
        BadBudget: names each row that is wrong.
    """
    known = {item.id for item in budget.budgeted()}
    found: dict[str, int] = {}
    faults = []
    for at, row in enumerate(rows(data, filename), 1):
        name, amount = row[0].strip(), (row[3].strip() if len(row) > 3 else "")  # noqa: PLR2004
        if "." not in name or not name.startswith(tuple(SIDES)):
            continue
        if name not in known or name in found:
            faults.append(f"第 {at} 行项目编号“{name}”{'重复' if name in found else '不在目录里'}")
        elif amount:
            try:
                found[name] = figure(amount)
            except Refusal:
                faults.append(f"第 {at} 行金额“{amount}”不对")
    if not faults and not found:
        faults.append("没有一行预算；请用本页下载的表填写")
    if faults:
        raise BadBudget(why="；".join(faults[:5]))
    return found


def figure(given: str) -> int:
    """Read a budget's amount: yuan, not below zero.

    Raises:
        NotAmount, SubFen, TooMuch.
    """
    fen = parse_yuan(given)
    if fen < 0:
        raise NotAmount(text=given)
    return fen


class BadBudget(Refusal):
    """A budget cannot be adopted as it is."""

    code = "W640"
    says = "预算没有存：{why}。"
    status = 422
