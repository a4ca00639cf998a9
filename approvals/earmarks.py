"""What restricted funds hold: who gave, what was paid, and that no more is taken than is there."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection

from approvals.funds import ROOTS, BadFund, Fund, Overdrawn, of
from ledger.accounts import chart_of
from ledger.chart import Chart
from ledger.items import items
from ledger.legs import store as legs
from ledger.money import yuan
from ledger.posted import store as posted
from ledger.voucher import Number, Voucher

FOREVER = "9999-12"


class Move(NamedTuple):
    """What a fund was given (fen positive) or paid (negative): when, by or to whom, for what."""

    day: date
    number: str
    kind: str
    party: str
    summary: str
    fen: int


def moves(conn: Connection, village: str, one: Fund) -> list[Move]:
    """Return what went into a fund and out of it, in the order of the books."""
    wanted = legs.Wanted("0000-00", FOREVER, one.account)
    found: dict[str, int] = {}
    for entry in legs.search(conn, village, wanted):
        found[entry.number] = found.get(entry.number, 0) - entry.fen
    return [_move(conn, village, number, fen) for number, fen in found.items()]


def _move(conn: Connection, village: str, number: str, fen: int) -> Move:
    item = posted.by_number(conn, village, Number.parse(number))
    assert item is not None  # noqa: S101 - its legs are there
    voucher = item.voucher
    party = voucher.payee.name if voucher.payee else ""
    return Move(voucher.day, number, voucher.kind, party, voucher.summary, fen)


def givers(found: Iterable[Move]) -> list[tuple[str, int]]:
    """Return who gave how much in all, red letters taken off, the largest first."""
    sums: dict[str, int] = {}
    for one in found:
        if one.kind == "receipt":
            sums[one.party] = sums.get(one.party, 0) + one.fen
    return sorted(((who, fen) for who, fen in sums.items() if fen), key=lambda row: -row[1])


def check_funds(conn: Connection, village: str, old: Iterable[Fund], new: Iterable[Fund]) -> None:
    """Refuse funds that a policy cannot have.

    Raises:
        BadFund: a name or account twice, an account that holds no such money, no purpose; a fund
            that still holds money and is left out or moved.
    """
    chart, kept = chart_of(conn, village), list(new)
    for field in ("name", "account"):
        values = [getattr(one, field) for one in kept]
        twice = next((value for value in values if values.count(value) > 1), "")
        if twice:
            raise BadFund(why=f"“{twice}”重复")
    for one in kept:
        _check_one(one, chart)
    balances = legs.balances(conn, village, FOREVER)
    there = {(one.name, one.account) for one in kept}
    for one in old:
        held = -balances.get(one.account, 0)
        if held and (one.name, one.account) not in there:
            raise BadFund(why=f"“{one.name}”还有 {yuan(held)} 元，不能取消或换科目")


def _check_one(one: Fund, chart: Chart) -> None:
    if not one.name.strip() or not one.rule.strip():
        raise BadFund(why="请写明基金的名称和管理规则（决议文号）")
    if one.account.partition(".")[0] not in ROOTS or "." not in one.account:
        raise BadFund(why=f"“{one.name}”须是 231 或 241 下的明细科目，不能是 {one.account or '空'}")
    if not chart.is_leaf(one.account):
        raise BadFund(why=f"科目 {one.account} 不是本村的末级科目")
    if not one.purposes or not set(one.purposes) <= items().keys():
        raise BadFund(why=f"“{one.name}”没有写明用途，或用途不在目录里")
    if one.each_fen < 0 or bool(one.each_fen) is not bool(one.unit.strip()):
        raise BadFund(why=f"“{one.name}”按数量捐的，单价和单位要一起写")


def check_left(
    conn: Connection,
    policy: Mapping[str, Any],
    voucher: Voucher,
    others: Callable[[], Iterable[Voucher]] = tuple,
) -> None:
    """Refuse to take more out of a fund than it holds, less what `others` under way take.

    Raises:
        Overdrawn: says what is left.
    """
    if voucher.reverses or voucher.kind == "opening":
        return
    mine = [one for one in of(policy) if one.drawn(voucher) > 0]
    if not mine:
        return
    promised, balances = list(others()), legs.balances(conn, voucher.village, FOREVER)
    for one in mine:
        reserved = sum(max(one.drawn(other), 0) for other in promised)
        left = -balances.get(one.account, 0) - reserved
        if one.drawn(voucher) > left:
            raise Overdrawn(fund=one.name, left=yuan(left), fen=yuan(one.drawn(voucher)))
