"""What a year did, told from its vouchers: the same before and after the year is closed.

The closing of a year moves income and expense to 321 and from there to 322.02. It moves nothing
that a statement shows, so it is left out here, and the statements need not know of it.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ledger.statements.form import Balances, under
from ledger.voucher import Voucher

INCOME = ("501", "502", "503", "504")
EXPENSE = ("511", "512", "513", "514", "515", "521")
PROFIT = (*INCOME, *EXPENSE)
KEPT = ("321", "322")
UNDISTRIBUTED = (*KEPT, *PROFIT)
SHARED = "322.01"
CLOSING = "transfer.closing"
DISTRIBUTION = "transfer.distribution"


class Year(NamedTuple):
    """A year, or a month of it, in fen.

    `moved` holds the net movement of each income and expense account (debit positive), closing
    left out; `opening` is 未分配收益 before it; `into` what came into it from elsewhere (其他转入);
    `reserve`, `members` and `other` what was given out of it.
    """

    moved: Mapping[str, int]
    opening: int
    into: int
    reserve: int
    members: int
    other: int


class _Given(NamedTuple):
    into: int = 0
    reserve: int = 0
    members: int = 0
    other: int = 0


def undistributed(balances: Balances) -> int:
    """Return 未分配收益 as line 38 of 会村01表 has it (credit positive, fen)."""
    return -sum(fen for code, fen in balances.items() if _top(code) in UNDISTRIBUTED)


def year_of(opening: Balances, vouchers: Iterable[Voucher]) -> Year:
    """Return the movements of a year (or of a month) for the statements.

    `opening` are the balances before its first voucher, opening balances of the books included;
    `vouchers` are those posted in it, closing vouchers or not.

    What a distribution (a leg on 322.01 各项分配, or the purpose) gives is told by the other side
    of the entry: 311 is 提取公积公益金, 113 is 向成员分配, anything else 其他. Any other entry that
    raises 322, as a correction of an earlier year, is 其他转入, and one that lowers it 其他. A
    red-letter voucher takes back from the line that the voucher it writes off was in.
    """
    moved: dict[str, int] = {}
    given = [0, 0, 0, 0]
    for voucher in vouchers:
        if voucher.kind == "opening" or closes(voucher):
            continue
        for leg in voucher.legs:
            if _top(leg.account) in PROFIT:
                moved[leg.account] = moved.get(leg.account, 0) + leg.fen
        given = [sum(pair) for pair in zip(given, _given(voucher), strict=True)]
    return Year(moved, undistributed(opening), *given)


def closes(voucher: Voucher) -> bool:
    """Tell whether a voucher closes accounts into 未分配收益 and moves nothing else.

    It does if it stays within 321, 322 and the accounts of income and expense and either says so
    by its purpose or uses 321, whose only use is the closing. One that says so but touches other
    accounts is no closing, so that a wrong purpose hides no expense.
    """
    tops = {_top(leg.account) for leg in voucher.legs}
    return tops <= set(UNDISTRIBUTED) and (voucher.purpose == CLOSING or "321" in tops)


def _given(voucher: Voucher) -> _Given:
    sign = -1 if voucher.reverses else 1
    sums: dict[str, int] = {}
    for leg in voucher.legs:
        sums[_top(leg.account)] = sums.get(_top(leg.account), 0) + sign * leg.fen
    left = sum(sums.get(top, 0) for top in KEPT)
    parts = _shared(sums) if _distributes(voucher) else _Given()
    rest = left - parts.reserve - parts.members + parts.into
    parts = parts._replace(other=max(rest, 0), into=parts.into + max(-rest, 0))
    return _Given(*(sign * fen for fen in parts))


def _distributes(voucher: Voucher) -> bool:
    tops = {_top(leg.account) for leg in voucher.legs}
    # With income or expense in the same entry, nobody can tell which side went where.
    if tops & set(PROFIT) or not tops & set(KEPT):
        return False
    by_account = any(under(leg.account, SHARED) for leg in voucher.legs)
    return by_account or voucher.purpose == DISTRIBUTION


def _shared(sums: Mapping[str, int]) -> _Given:
    reserve = sums.get("311", 0)
    return _Given(max(reserve, 0), max(-reserve, 0), -sums.get("113", 0))


def _top(code: str) -> str:
    return code.partition(".")[0]
