"""Read a bank statement whole, or refuse it with the row that is wrong."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from ledger.bank import fields
from ledger.bank.cells import EmptyStatement, Rows
from ledger.bank.cells import rows as rows_of
from ledger.bank.layout import Layout, Profile, find, words
from ledger.bank.line import Line, Statement, keyed
from ledger.money import yuan
from ledger.refusal import Refusal

NUMBER = re.compile(r"[0-9*][0-9* -]*")


class Row(NamedTuple):
    """A row of the table with its number as the spreadsheet counts, from 1."""

    no: int
    cells: list[str]


class Numbered(NamedTuple):
    """A line with the number of its row."""

    no: int
    line: Line


def read(data: bytes, filename: str, profile: Profile | None = None) -> Statement:
    """Read a statement file of one account (.csv, .xls or .xlsx, any known layout).

    Raises:
        NotSpreadsheet, WrongEncoding, EmptyStatement, and what `parse` raises.
    """
    return parse(rows_of(data, filename), filename, profile)


def parse(rows: Rows, filename: str, profile: Profile | None = None) -> Statement:
    """Read the rows of a statement file.

    The lines come back oldest first, whatever order the bank chose; the running balance and the
    bank's own totals have been checked. `profile` overrides what is recognised.

    Raises:
        UnknownLayout, SameColumn, EmptyStatement, NoAccount, MixedAccounts, BadDay, BadAmount,
        NotOneSide, BrokenBalance, Exchanged, WrongSum.
    """
    profile = profile or Profile("")
    layout = find(rows, profile)
    table = [Row(no, cells) for no, cells in enumerate(rows[layout.start :], layout.start + 1)]
    labels = _labels(rows[: layout.top])
    account = _account(table, layout, labels.get("account", "")) or profile.account
    found = [
        Numbered(row.no, _line(row, layout, profile)) for row in table if _is_line(row, layout)
    ]
    if not found:
        raise EmptyStatement(filename=filename)
    if not account:
        raise NoAccount
    ordered, opening = _in_order(found, fields.amount(labels.get("opening", "")) or None)
    _check_sums(table, layout, profile, ordered)
    lines = keyed(account, ordered)
    holder = labels.get("holder") or profile.holder
    bank = labels.get("bank") or profile.bank or _bank(rows)
    return Statement(account, holder, bank, lines, opening, lines[-1].balance_fen)


def _labels(rows: Rows) -> dict[str, str]:
    """Collect what stands beside or under the labels (账号, 户名, …); the first of each counts."""
    result: dict[str, str] = {}
    for row, below in pairwise([*rows, []]):
        for kind, value in _labelled(row, below):
            result.setdefault(kind, value)
    return result


def _labelled(row: list[str], below: list[str]) -> Iterator[tuple[str, str]]:
    for index, cell in enumerate(row):
        label, _, value = cell.replace("：", ":").partition(":")
        kind = _kind(label)
        if not kind:
            continue
        beside, under = (
            cells[at] if at < len(cells) else "" for cells, at in ((row, index + 1), (below, index))
        )
        value = value.strip() or (under if _kind(beside) or not beside else beside)
        value = _number(value) if kind == "account" else value
        if value and not _kind(value):
            yield kind, value


def _kind(label: str) -> str:
    wanted = fields.name(label)
    return next((kind for kind, names in words()["labels"].items() if wanted in names), "")


def _number(text: str) -> str:
    # "账号：6217… 币种：人民币" in one cell: the number ends where the digits end.
    found = NUMBER.match(unicodedata.normalize("NFKC", text).strip())
    return re.sub(r"[ -]", "", found[0]) if found else ""


def _account(table: list[Row], layout: Layout, known: str) -> str:
    """Return the account that the head of the file and all its lines agree on, or nothing."""
    for row in table:
        if _is_line(row, layout):
            others = [layout.cell(row.cells, "account")]
        else:
            others = [value for kind, value in _labelled(row.cells, []) if kind == "account"]
        for other in filter(None, others):
            known = known or other
            if other != known:
                raise MixedAccounts(row=row.no, other=other, account=known)
    return known


def _is_line(row: Row, layout: Layout) -> bool:
    """Tell lines from totals, page breaks and remarks, none of which may hide a line."""
    first = next((cell for cell in row.cells if cell), "")
    label = fields.name(first.replace("：", ":").partition(":")[0])
    if label in words()["rows"]["sums"] or label in words()["rows"]["skip"]:
        return False
    money = (layout.cell(row.cells, field) for field in ("out", "in", "amount", "balance"))
    if any(fields.amount(cell) for cell in money):
        return True
    day = fields.moment(layout.cell(row.cells, "day"))
    return day is not None and sum(map(bool, row.cells)) > 1


def _line(row: Row, layout: Layout, profile: Profile) -> Line:
    day, at = _moment(row, layout)
    out_fen, in_fen = _sides(row, layout, profile)
    texts = {
        field: layout.cell(row.cells, field)
        for field in ("serial", "summary", "party", "party_account", "party_bank", "purpose")
    }
    balance = _amount(row, layout, "balance")
    return Line(
        day=day, time=at, out_fen=out_fen, in_fen=in_fen, balance_fen=balance, key="", **texts
    )


def _moment(row: Row, layout: Layout) -> tuple[date, str]:
    text = layout.cell(row.cells, "day")
    found = fields.moment(text)
    if not found:
        raise BadDay(row=row.no, text=text)
    day, at = found
    stated = layout.cell(row.cells, "time")
    return day, at or _time(stated)


def _time(text: str) -> str:
    """Read a time; a column that repeats the date with the time gives the time."""
    found = fields.moment(text)
    return found[1] if found else fields.clock(text) or ""


def _amount(row: Row, layout: Layout, field: str) -> int:
    text = layout.cell(row.cells, field)
    fen = fields.amount(text)
    if fen is None or (field == "balance" and not text.strip()):
        raise BadAmount(row=row.no, column=layout.headers[field], text=text)
    return fen


def _sides(row: Row, layout: Layout, profile: Profile) -> tuple[int, int]:
    """Return (out, in) in fen, exactly one of them above zero."""
    if "out" in layout.columns and "in" in layout.columns:
        out_fen, in_fen = _amount(row, layout, "out"), _amount(row, layout, "in")
        out_fen, in_fen = (in_fen, out_fen) if profile.own_view else (out_fen, in_fen)
    else:
        out_fen, in_fen = _one_column(row, layout, profile)
    if out_fen and in_fen:
        raise NotOneSide(row=row.no, why="借贷两方都有金额")
    if not out_fen and not in_fen:
        raise NotOneSide(row=row.no, why="没有发生额")
    # A negative amount is the bank's own red entry: it moves money the other way.
    return max(out_fen, 0) + max(-in_fen, 0), max(in_fen, 0) + max(-out_fen, 0)


def _one_column(row: Row, layout: Layout, profile: Profile) -> tuple[int, int]:
    fen = _amount(row, layout, "amount")
    mark = fields.name(layout.cell(row.cells, "mark"))
    marks = words()["marks"]
    if "mark" not in layout.columns:
        return (-fen, 0) if fen < 0 else (0, fen)
    if profile.out_mark:
        return (abs(fen), 0) if mark == fields.name(profile.out_mark) else (0, fen)
    if mark not in marks["out"] | marks["in"]:
        raise NotOneSide(row=row.no, why=f"的收支标志“{mark}”无法识别")
    # Some banks state the sign twice: 支 and a minus. A red entry is told by the balance then.
    out = mark in marks["out"]
    if out and fen < 0 and mark not in {"借", "借方", "D", "DR"}:
        fen = -fen
    swap = profile.own_view and mark in {"借", "借方", "贷", "贷方", "D", "DR", "C", "CR"}
    return (fen, 0) if out is not swap else (0, fen)


def _in_order(found: list[Numbered], opening: int | None) -> tuple[list[Line], int]:
    """Return the lines oldest first and the opening balance, by what the balances say."""
    ways = [found, found[::-1]]
    if _when(found[0]) > _when(found[-1]):
        ways.reverse()
    broken = _break(ways[0])
    if broken is None:
        return _opened(ways[0], opening)
    one_day = found[0].line.day == found[-1].line.day
    if one_day and _break(ways[1]) is None:
        return _opened(ways[1], opening)
    if _break([_exchanged(one) for one in ways[0]]) is None:
        raise Exchanged
    at, expected = broken
    raise BrokenBalance(row=at.no, expected=yuan(expected), found=yuan(at.line.balance_fen))


def _exchanged(one: Numbered) -> Numbered:
    line = one.line
    return one._replace(line=line._replace(in_fen=line.out_fen, out_fen=line.in_fen))


def _when(numbered: Numbered) -> tuple[date, str]:
    return numbered.line.day, numbered.line.time


def _break(way: list[Numbered]) -> tuple[Numbered, int] | None:
    for before, after in pairwise(way):
        expected = before.line.balance_fen + after.line.in_fen - after.line.out_fen
        if expected != after.line.balance_fen:
            return after, expected
    return None


def _opened(way: list[Numbered], stated: int | None) -> tuple[list[Line], int]:
    first = way[0].line
    opening = first.balance_fen - first.in_fen + first.out_fen
    if stated is not None and stated != opening:
        expected = stated + first.in_fen - first.out_fen
        raise BrokenBalance(row=way[0].no, expected=yuan(expected), found=yuan(first.balance_fen))
    return [numbered.line for numbered in way], opening


def _check_sums(table: list[Row], layout: Layout, profile: Profile, lines: list[Line]) -> None:
    sums = {"out": sum(line.out_fen for line in lines), "in": sum(line.in_fen for line in lines)}
    if profile.own_view:
        sums = {"out": sums["in"], "in": sums["out"]}
    for row in table:
        first = next((cell for cell in row.cells if cell), "")
        if fields.name(first) not in words()["rows"]["sums"]:
            continue
        for field in sums.keys() & layout.columns.keys():
            stated = fields.amount(layout.cell(row.cells, field))
            if stated and stated != sums[field]:
                facts = {"expected": yuan(sums[field]), "found": yuan(stated)}
                raise WrongSum(row=row.no, column=layout.headers[field], **facts)


def _bank(rows: Rows) -> str:
    """Return the first cell above the lines that holds a bank's name."""
    for row in rows[:8]:
        for cell in row:
            if any(known in cell for known in words()["banks"]["names"]):
                return cell
    return ""


class NoAccount(Refusal):
    """The file does not say which account it is about."""

    code = "B011"
    says = "文件中没有找到本账户的账号。请先在网页的“银行”里导入并填写账号。"
    status = 422


class MixedAccounts(Refusal):
    """The file holds lines of more than one account."""

    code = "B008"
    says = (
        "第 {row} 行的账号 {other} 与本文件的账号 {account} 不同。一个文件只能有一个账户，"
        "请分开下载后导入。"
    )
    status = 422


class BadDay(Refusal):
    """A line's date cannot be read."""

    code = "B004"
    says = "第 {row} 行的日期“{text}”无法识别，应形如 2021-05-03。请改正后重新导入。"
    status = 422


class BadAmount(Refusal):
    """A line's amount or balance cannot be read."""

    code = "B005"
    says = "第 {row} 行“{column}”一列的“{text}”不是金额。请改正后重新导入。"
    status = 422


class NotOneSide(Refusal):
    """A line has money on both sides, or on none."""

    code = "B006"
    says = "第 {row} 行{why}，一笔流水只能有一个不为零的发生额。请向银行核实后重新导入。"
    status = 422


class BrokenBalance(Refusal):
    """The running balance does not follow from the line."""

    code = "B007"
    says = (
        "第 {row} 行余额不连续：按上一行余额推算应为 {expected} 元，表中为 {found} 元。"
        "可能缺行或改过数，请重新下载完整的明细。"
    )
    rule = "财会〔2024〕12号 第二十三条 银行对账"
    status = 422


class Exchanged(Refusal):
    """The balances add up only with money in and money out exchanged."""

    code = "B016"
    says = (
        "收入和支出两列反了：对换以后余额才连得上。请把两列对换后再看；"
        "“借方”表示收入的（自己账簿的抄本），请勾选“借方是收入”。"
    )
    rule = "财会〔2024〕12号 第二十三条 银行对账"
    status = 422


class WrongSum(Refusal):
    """The statement's own total row differs from its lines."""

    code = "B010"
    says = (
        "第 {row} 行合计与明细不符：“{column}”明细相加为 {expected} 元，"
        "合计行为 {found} 元。请重新下载完整的明细。"
    )
    status = 422
