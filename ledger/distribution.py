"""Distribution of a year's surplus in the legal order, exact to the fen.

Order (财农〔2021〕121号 art. 28): losses of earlier years, 公积公益金, members, other. Members get
theirs by quantified share (农村集体经济组织法 art. 40, 42); nothing else moves the share dividend.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from ledger import canonical
from ledger.money import split, yuan
from ledger.refusal import Refusal
from ledger.voucher import Leg, Party, Voucher

RESERVE = "311"
SHARED = "322.01"
# One detail of 113 for what is owed to all members: the roll, whose digest is in the log, says what
# each household is owed, so that the chart and the public books hold no household's dividend.
OWED = "113.01"
OTHERS = "211"
HOUSEHOLD = re.compile(r"[0-9a-z]+(-[0-9a-z]+)*")


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of a surplus, in fen: all parts are ≥ 0 and sum to `surplus`."""

    year: int
    surplus: int
    losses: int
    reserve: int
    members: int
    other: int
    kept: int


class Holding(NamedTuple):
    """A household's shares on the day of the distribution."""

    household: str
    group: str
    head: str
    people: int
    shares: int
    account_tail: str


class Row(NamedTuple):
    """A household's line of the roll, in fen.

    `parts` are the layers that make it up (title, fen) where there is more than one, `bonus` the
    shares that come with it (kind, count).
    """

    household: str
    group: str
    head: str
    people: int
    shares: int
    fen: int
    account_tail: str
    parts: tuple[tuple[str, int], ...] = ()
    bonus: tuple[tuple[str, int], ...] = ()

    @property
    def per_head(self) -> Fraction:
        """Return the fen for each person of the household, exact; zero if nobody lives there."""
        return Fraction(self.fen, self.people) if self.people else Fraction(0)


@dataclass(frozen=True, slots=True)
class Roll:
    """The allotment: rows in the order of household, `per_share` exact."""

    year: int
    members_fen: int
    per_share: Fraction
    rows: tuple[Row, ...]

    @property
    def per_head(self) -> Fraction:
        """Return the fen for each person of all households, exact."""
        people = sum(row.people for row in self.rows)
        return Fraction(self.members_fen, people) if people else Fraction(0)

    def digest(self) -> str:
        """Return the digest of the roll without names: households, shares and amounts."""
        rows = [[row.household, row.shares, row.fen] for row in self.rows]
        return canonical.digest({"year": self.year, "members": self.members_fen, "rows": rows})


def shown(fen: Fraction) -> str:
    """Return an exact amount in fen as yuan rounded half up to the fen, `1,234.57`."""
    return yuan((2 * fen.numerator + fen.denominator) // (2 * fen.denominator))


def plan(
    year: int, surplus: int, losses: int, rate: Fraction, members: int, other: int = 0
) -> Plan:
    """Return the plan for a surplus (fen): losses first, then the reserve at `rate`, then members.

    `surplus` is the year's 净收益, `losses` what earlier years have left uncovered. The reserve is
    rounded down to the fen.

    Raises:
        NoSurplus: there is nothing to distribute.
        BadPart: losses, members or other are negative, or the rate lies outside 0 and 1.
        TooMuch: members and other ask for more than is left.

    Source: 财农〔2021〕121号 art. 28.
    """
    if surplus <= 0:
        raise NoSurplus(year=year, surplus=yuan(surplus))
    for name, part in (("待弥补亏损", losses), ("向成员分配", members), ("其他分配", other)):
        if part < 0:
            raise BadPart(name=name, part=f"{yuan(part)} 元")
    if not 0 <= rate <= 1:
        raise BadPart(name="公积公益金提取比例", part=rate)
    covered = min(losses, surplus)
    reserve = int((surplus - covered) * rate)
    left = surplus - covered - reserve
    if members + other > left:
        raise TooMuch(asked=yuan(members + other), left=yuan(left))
    return Plan(year, surplus, covered, reserve, members, other, left - members - other)


def check(holdings: Iterable[Holding]) -> list[Holding]:
    """Return a register in the order of household if a distribution may rest on it.

    Raises:
        BadRegister: a household twice or with a name for a number, negative figures, no shares.
    """
    ordered = sorted(holdings, key=lambda item: item.household)
    for before, item in pairwise(ordered):
        if before.household == item.household:
            raise BadRegister(why=f"户 {item.household} 重复")
    for item in ordered:
        # The number goes into digests and, with amounts, into files; a name must not.
        if not HOUSEHOLD.fullmatch(item.household):
            raise BadRegister(why=f"户编号 {item.household} 只能用小写字母、数字和连字符")
        if item.shares < 0 or item.people < 0:
            raise BadRegister(why=f"户 {item.household} 的股数或人数为负")
    if not any(item.shares for item in ordered):
        raise BadRegister(why="股数合计为零")
    return ordered


def allot(year: int, members_fen: int, holdings: Iterable[Holding]) -> Roll:
    """Split the members' part by shares, largest remainder first, ties by household.

    The parts sum to it exactly, more shares never get less, and the order in which the holdings
    come changes nothing.

    Raises:
        BadRegister: see `check`.
        BadPart: the members' part is negative.
    """
    if members_fen < 0:
        raise BadPart(name="向成员分配", part=f"{yuan(members_fen)} 元")
    ordered = check(holdings)
    parts = split(members_fen, [item.shares for item in ordered])
    rows = tuple(
        Row(h.household, h.group, h.head, h.people, h.shares, fen, h.account_tail)
        for h, fen in zip(ordered, parts, strict=True)
    )
    return Roll(year, members_fen, Fraction(members_fen, sum(h.shares for h in ordered)), rows)


class Accounts(NamedTuple):
    """Where a village books what it owes: its members' dividends, and what others are given."""

    members: str = OWED
    other: str = OTHERS


def voucher(
    village: str, decided: Plan, day: date, resolution: str = "", accounts: Accounts | None = None
) -> Voucher:
    """Return the voucher of the resolved plan: 322.01 to the reserve and to what is owed.

    Making good losses needs no entry: the surplus closed into 322.02 has met them there.

    Raises:
        NothingGiven: the plan keeps everything, so there is nothing to enter.
    """
    owed = accounts or Accounts()
    given = [
        Leg(RESERVE, -decided.reserve, "提取公积公益金"),
        Leg(owed.members, -decided.members, "应付成员分红"),
        Leg(owed.other, -decided.other, "其他分配"),
    ]
    owing = [leg for leg in given if leg.fen]
    if not owing:
        raise NothingGiven(year=decided.year)
    legs = (Leg(SHARED, -sum(leg.fen for leg in owing), ""), *owing)
    summary = f"{decided.year}年度收益分配"
    return Voucher(
        village, "transfer", day, summary, "transfer.distribution", legs, resolution=resolution
    )


def payment(
    village: str, roll: Roll, bank: str, day: date, payee: Party, owed: str = OWED
) -> Voucher:
    """Return the voucher that pays a roll out of a bank account, in one batch by the bank.

    `bank` is the leaf of 102 that pays; `payee` names the batch, since no household may be named.

    Raises:
        NothingGiven: the roll is of nothing.
    """
    if not roll.members_fen:
        raise NothingGiven(year=roll.year)
    legs = (Leg(owed, roll.members_fen, ""), Leg(bank, -roll.members_fen, ""))
    summary = f"发放{roll.year}年度成员分红（{sum(1 for row in roll.rows if row.fen)}户）"
    return Voucher(village, "payment", day, summary, "spending.dividend", legs, payee=payee)


class NoSurplus(Refusal):
    """There is no surplus to distribute."""

    code = "D001"
    says = "{year} 年可分配收益为 {surplus} 元，不能分配。有亏损先弥补亏损，不得举债分红。"
    rule = "财农〔2021〕121号 第二十八条、第十五条"
    status = 422


class TooMuch(Refusal):
    """The plan gives more than is distributable."""

    code = "D002"
    says = "方案要分 {asked} 元，弥补亏损、提取公积公益金后只有 {left} 元可分，请改方案。"
    rule = "财农〔2021〕121号 第二十八条；农村集体经济组织法 第四十二条"
    status = 422


class BadRegister(Refusal):
    """The share register cannot be distributed upon."""

    code = "D003"
    says = "份额登记簿有误：{why}。请更正后再分配。"
    rule = "农村集体经济组织法 第四十条"
    status = 422


class BadPart(Refusal):
    """A part of the plan is no part: negative, or a rate outside 0 and 1."""

    code = "D004"
    says = "分配方案的{name}为 {part}，不能这样填。金额不能为负，比例在 0 与 1 之间。"
    status = 422


class NothingGiven(Refusal):
    """There is nothing to enter: no part of the surplus leaves it."""

    code = "D005"
    says = "{year} 年没有提取公积公益金，也没有向成员或其他方面分配，不需要填制凭证。"
    status = 422
