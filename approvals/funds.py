"""Restricted funds: money that pays for its purpose alone, never more than there is.

A fund is a rule of the adopted policy over one detail account, so whoever checks the books sees it,
and no voucher gets around it by leaving a field empty. Pure; `approvals.earmarks` reads what they
hold. Source: 崇州市 (twelve community funds), 米易县 (“群众帮一点、政府补一点、社会捐一点”).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from ledger.items import items
from ledger.money import yuan
from ledger.refusal import Refusal
from ledger.voucher import Voucher

# 一事一议资金 and 专项应付款: what is held for a purpose; the sheet shows their details one by one.
ROOTS = ("231", "241")


class Fund(NamedTuple):
    """A fund: its name, its account, the items it pays for, its rule in words, its first day.

    `each_fen` is what is given for each `unit` (1.18 yuan a bottle), 0 where gifts are free.
    """

    name: str
    account: str
    purposes: tuple[str, ...]
    rule: str
    since: str
    each_fen: int = 0
    unit: str = ""

    def body(self) -> dict[str, Any]:
        """Return the fund as it stands in a policy."""
        return {**self._asdict(), "purposes": list(self.purposes)}

    def drawn(self, voucher: Voucher) -> int:
        """Return what a voucher takes out of the fund in fen, less what it puts in."""
        return sum(leg.fen for leg in voucher.legs if leg.account == self.account)

    def touched(self, voucher: Voucher) -> bool:
        """Tell whether a voucher moves the fund."""
        return any(leg.account == self.account for leg in voucher.legs)

    def bound(self) -> str:
        """Return in words what the fund pays for."""
        return "、".join(items()[one].zh for one in self.purposes)


def of(policy: Mapping[str, Any]) -> list[Fund]:
    """Return the funds of a policy, in its order."""
    found = policy.get("funds", ())
    return [Fund(**{**row, "purposes": tuple(row["purposes"])}) for row in found]


def named(policy: Mapping[str, Any], voucher: Voucher) -> Voucher:
    """Return a voucher that names the one fund whose account it moves, and no other fund.

    A form has no field for it: the account says it already.
    """
    moved = [one.name for one in of(policy) if one.touched(voucher)]
    if len(moved) == 1:
        return replace(voucher, fund=moved[0])
    stale = voucher.fund in {one.name for one in of(policy)}
    return replace(voucher, fund="") if stale and not moved else voucher


def check_use(policy: Mapping[str, Any], voucher: Voucher) -> None:
    """Refuse a voucher that uses a fund against its rule; red letters and openings are free.

    Raises:
        NotNamed: it moves a fund and names another or none, moves two, or names one untouched.
        WrongPurpose: the fund does not pay for this.
        NotWhole: a gift for each unit that is no whole number of units.
    """
    if voucher.reverses or voucher.kind == "opening":
        return
    funds = of(policy)
    moved = [one for one in funds if one.touched(voucher)]
    named = [one for one in funds if one.name == voucher.fund]
    if moved != named:
        one = (moved or named)[0]
        raise NotNamed(fund=one.name, account=one.account)
    for one in moved:
        drawn = one.drawn(voucher)
        if drawn > 0 and voucher.purpose not in one.purposes:
            item = items()[voucher.purpose].zh
            raise WrongPurpose(fund=one.name, purposes=one.bound(), item=item)
        if drawn < 0 and one.each_fen and drawn % one.each_fen:
            each = yuan(one.each_fen)
            raise NotWhole(fund=one.name, fen=yuan(-drawn), each=each, unit=one.unit)


class BadFund(Refusal):
    """The policy has a fund that cannot be."""

    code = "A130"
    says = "专项基金没有设好：{why}。"
    status = 422


class NotNamed(Refusal):
    """A voucher moves a fund without naming it, or names one that it does not move."""

    code = "A131"
    says = "“{fund}”的收支须记在科目 {account}，并在凭证上写明这个专项资金；一张凭证只动一个基金。"
    rule = "村里采用的审签办法：专项基金"
    status = 422


class WrongPurpose(Refusal):
    """A fund would pay for something else than its purpose."""

    code = "A132"
    says = "“{fund}”只能用于{purposes}，不能用于{item}。请改用别的资金，或先按规则修改基金用途。"
    rule = "村里采用的审签办法：专项基金专款专用"


class Overdrawn(Refusal):
    """A fund would pay more than it holds."""

    code = "A133"
    says = "“{fund}”可用的只有 {left} 元（已扣除正在办理的），付不出 {fen} 元。"
    rule = "村里采用的审签办法：专项基金不得透支"


class NotWhole(Refusal):
    """A gift for each unit is no whole number of units."""

    code = "A134"
    says = "“{fund}”按每{unit} {each} 元捐，{fen} 元不是整数{unit}，请核对数量。"
    status = 422
