"""The roll of a distribution as a spreadsheet."""

from ledger import money
from ledger.distribution import Roll
from reports import roll as rolls
from reports.roll import Entry, Extras
from reports.workbook import Cell, Sheet, workbook

HEADS = ("组", "序号", "户主", "人口", "股数", "应分", "扣减", "扣减原因", "实发", "签收")
WIDTHS = (8, 7, 14, 7, 9, 14, 12, 20, 14, 16)
MONEY = frozenset({5, 6, 8})


def roll_xlsx(unit: str, roll: Roll, extras: Extras | None = None, *, staff: bool = False) -> bytes:
    """Return the 分红花名册 as .xlsx; accounts (last four) on the staff copy alone."""
    entries = rolls.entries(roll, extras or {}, staff=staff)

    def fill(sheet: Sheet) -> None:
        share = rolls.a_share(roll.per_share)
        below = f"成员分配总额 {money.yuan(roll.members_fen)} 元　每股 {share} 元"
        sheet.heading(f"{unit}{roll.year}年度分红花名册", below)
        sheet.heads((*HEADS, "账户后四位") if staff else HEADS)
        for entry in entries:
            sheet.write(_cells(entry, staff=staff), MONEY)
        sheet.write(_sum(entries), MONEY)

    return workbook("分红花名册", (*WIDTHS, 12) if staff else WIDTHS, fill, wide=True)


def _cells(entry: Entry, *, staff: bool) -> list[Cell]:
    cells: list[Cell] = [
        entry.group, entry.no, entry.head, entry.people, entry.shares,
        entry.due_fen, entry.held_fen, entry.reason, entry.paid_fen, "",
    ]  # fmt: skip
    return [*cells, entry.tail] if staff else cells


def _sum(entries: list[Entry]) -> list[Cell]:
    due, held, paid = (
        sum(getattr(entry, field) for entry in entries)
        for field in ("due_fen", "held_fen", "paid_fen")
    )
    people = sum(entry.people for entry in entries)
    return ["合计", len(entries), "", people, "", due, held, "", paid, ""]
