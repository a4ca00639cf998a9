"""Vouchers as lines of the sheet: item by item, entry by entry (逐项逐笔)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from disclosure.sheet import Claim, Erratum, Group, Line
from ledger.chart import Chart
from ledger.items import items
from ledger.posted import store as posted
from ledger.posted.store import Posted
from ledger.voucher import BANK, CASH, Leg, Number

MONEY = (CASH, BANK)
SHARING = "322"
CLOSING = ("321", "322")
SHARES = {"311": "提取公积公益金", "113": "分给成员"}


class Split(NamedTuple):
    """A month's vouchers by what they do to money."""

    income: tuple[Group, ...]
    spending: tuple[Group, ...]
    transfers: tuple[Line, ...]


def under(code: str, roots: Sequence[str]) -> bool:
    """Tell whether an account is one of these or a detail of one."""
    return any(code == root or code.startswith(f"{root}.") for root in roots)


def money_of(item: Posted) -> int:
    """Return what a voucher adds to cash and bank, in fen."""
    return sum(leg.fen for leg in item.voucher.legs if under(leg.account, MONEY))


def split(vouchers: Iterable[Posted], approvers: Mapping[str, str]) -> Split:
    """Return the lines of a month's vouchers by item, in the order of ledger/data/items.toml.

    A red-letter voucher stands with a minus in the group of the entry it writes off; a transfer
    between own accounts is neither income nor spending. `approvers` are names by case.
    """
    income: dict[str, list[Line]] = {}
    spending: dict[str, list[Line]] = {}
    transfers: list[Line] = []
    for item in sorted(vouchers, key=_order):
        fen, purpose, approver = money_of(item), item.voucher.purpose, approvers.get(item.case, "")
        if not fen:
            transfers.append(line_of(item, approver, item.voucher.total))
        elif item.voucher.kind == "receipt":
            income.setdefault(purpose, []).append(line_of(item, approver, fen))
        else:
            spending.setdefault(purpose, []).append(line_of(item, approver, -fen))
    return Split(_groups(income), _groups(spending), tuple(transfers))


def _order(item: Posted) -> tuple[object, ...]:
    return (item.voucher.day, item.number.kind, item.number.no)


def line_of(item: Posted, approver: str, fen: int) -> Line:
    """Return the line of a voucher."""
    voucher = item.voucher
    return Line(
        number=str(item.number),
        day=voucher.day,
        summary=voucher.summary,
        fen=fen,
        handler=voucher.handler,
        party=voucher.payee.name if voucher.payee else "",
        approver=approver,
        case=item.case,
    )


def _groups(lines: Mapping[str, list[Line]]) -> tuple[Group, ...]:
    catalogue = list(items())
    return tuple(
        Group(item, items()[item].zh, sum(line.fen for line in lines[item]), tuple(lines[item]))
        for item in sorted(lines, key=catalogue.index)
    )


def shared(chart: Chart, vouchers: Iterable[Posted]) -> tuple[Claim, ...]:
    """Return what the month shared out of the surplus: to the reserve, to members, to others.

    The closing of a year into 322 shares nothing out and is left out.

    Source: 财农〔2021〕121号 art. 28 (the order of distribution)
    """
    found: dict[str, int] = {}
    for item in vouchers:
        legs = item.voucher.legs
        if any(under(leg.account, (SHARING,)) for leg in legs):
            for leg in legs:
                if not under(leg.account, CLOSING):
                    words = _share(chart, leg)
                    found[words] = found.get(words, 0) - leg.fen
    return tuple(Claim("收益分配", words, fen) for words, fen in found.items() if fen)


def _share(chart: Chart, leg: Leg) -> str:
    return SHARES.get(leg.account.partition(".")[0]) or chart.get(leg.account).name


def errata(conn: Connection, village: str, vouchers: Sequence[Posted]) -> tuple[Erratum, ...]:
    """Return the month's corrections, each with what stood first and what stands now.

    A red entry without a blue one only writes off; a blue entry whose red one stands in an earlier
    month (or which corrects by a difference) is shown with the entry that it corrects.

    Source: 会计基础工作规范 (财政部令第98号) art. 51
    """
    found = []
    rights: dict[str, list[Posted]] = {}
    for item in vouchers:
        if item.voucher.corrects:
            rights.setdefault(item.voucher.corrects, []).append(item)
    for item in vouchers:
        wrong = item.voucher.reverses
        if wrong:
            after = rights.pop(wrong, [])
            found.append(_erratum(wrong, -item.voucher.total, after, item.voucher.summary))
    for wrong, after in rights.items():
        before = posted.by_number(conn, village, Number.parse(wrong))
        fen = before.voucher.total if before else 0
        found.append(_erratum(wrong, fen, after, after[0].voucher.summary))
    return tuple(found)


def _erratum(wrong: str, before: int, after: Sequence[Posted], why: str) -> Erratum:
    numbers = "、".join(str(item.number) for item in after)
    return Erratum(wrong, numbers, before, sum(item.voucher.total for item in after), why)
