"""Restricted funds, evaluated from the adopted policy alone: purpose, name, never below zero."""
# ruff: noqa: EM101 - the literal is a code; its sentence stands in sentences.py

from collections.abc import Iterable, Mapping
from typing import Any

from approvals.verify.verdict import Stop
from ledger.voucher import Voucher

Fund = Mapping[str, Any]
Sums = Mapping[str, Mapping[str, int]]


def held(sums: Sums, account: str) -> int:
    """Return what an account of a fund holds, in fen."""
    return -sum(month.get(account, 0) for month in sums.values())


def adopt(old: Iterable[Fund], new: Iterable[Fund], sums: Sums) -> None:
    """Judge the funds of a new policy against those before it.

    Raises:
        Stop: Y054, Y055.
    """
    kept = list(new)
    places = {(one["name"], one["account"]) for one in kept}
    if not len({name for name, _ in places}) == len({code for _, code in places}) == len(kept):
        raise Stop("Y054")
    for one in old:
        if held(sums, one["account"]) and (one["name"], one["account"]) not in places:
            raise Stop("Y055", fund=one["name"])


def check_use(funds: Iterable[Fund], voucher: Voucher) -> None:
    """Judge the purpose of a voucher that moves a fund, or names one.

    Raises:
        Stop: Y10B, Y10C.
    """
    if voucher.reverses or voucher.kind == "opening":
        return
    for one in funds:
        moves = [leg.fen for leg in voucher.legs if leg.account == one["account"]]
        if bool(moves) is not (voucher.fund == one["name"]):
            raise Stop("Y10B", fund=one["name"], account=one["account"])
        if sum(moves) > 0 and voucher.purpose not in one["purposes"]:
            raise Stop("Y10C", fund=one["name"])


def check_left(funds: Iterable[Fund], voucher: Voucher, sums: Sums) -> None:
    """Judge what is left of a fund after a voucher was posted.

    Raises:
        Stop: Y10D.
    """
    if voucher.reverses or voucher.kind == "opening":
        return
    for one in funds:
        drawn = sum(leg.fen for leg in voucher.legs if leg.account == one["account"])
        if drawn > 0 and held(sums, one["account"]) < 0:
            raise Stop("Y10D", fund=one["name"])
