"""What contracts bring in: rents by schedule, what was received, what is late. Pure.

A rent falls due in a month. It is proposed as what the other side owes, the bank line of its
receipt answers that; both legs bear the contract's number as auxiliary dimension, so the books
themselves tell what a contract has brought. Source: issue's five models of the collective economy;
村民委员会组织法 第二十四条 (who must agree before property is let).
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from ledger.chart import Chart
from ledger.depreciation import last_day
from ledger.money import yuan
from ledger.refusal import Refusal
from ledger.registers.dimensions import CONTRACT
from ledger.registers.holdings import Contract, Resource
from ledger.schedule import EVERY, index
from ledger.voucher import Dim, Leg, Voucher

MODELS = {
    "": "没有写明",
    "contracting": "承包",
    "lease": "租赁",
    "shares": "股份合作",
    "joint": "联合经营",
    "trust": "托管",
}
BIDS = {"": "没有写明", "public": "公开招标或竞价", "vote": "民主议定"}
INCOME, OWED = ("501", "502"), ("112", "113")
SOON = timedelta(days=90)
IDLE = "闲置"


class Due(NamedTuple):
    """A rent: the month in which it falls due, which of how many, fen, the time it is for."""

    period: str
    at: int
    fen: int
    first: str
    last: str


class Rent(NamedTuple):
    """A contract as the books have it through a day, in fen.

    `due` fell due in months that are over since the books began, `got` was received, `owed` is
    booked and not received, `late` is due and not received; `coming` is the next rent.
    """

    contract: Contract
    due: int = 0
    got: int = 0
    owed: int = 0
    late: int = 0
    coming: Due | None = None


def month_of(number: int) -> str:
    """Return the month of its number (`ledger.schedule.index`)."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def months(one: Contract) -> int:
    """Return for how many months a contract is made; a part of a month counts as one."""
    end = one.last + timedelta(days=1)
    whole = (end.year - one.first.year) * 12 + end.month - one.first.month
    return max(whole + (end.day > one.first.day), 1)


def dues(one: Contract) -> list[Due]:
    """Return the rents of a contract in order; they sum to the rent of the whole time exactly.

    A contract that was ended early brings nothing in months after that of its end.
    """
    total, begin = months(one), index(f"{one.first:%Y-%m}")
    late = index(one.falls) - begin if one.falls else 0
    found = []
    for at, start in enumerate(range(0, total, one.every), 1):
        stop = min(start + one.every, total)
        fen = one.rent * stop // 12 - one.rent * start // 12
        period = month_of(begin + start + late)
        if fen and (one.ended is None or period <= f"{one.ended:%Y-%m}"):
            span = (month_of(begin + start), month_of(begin + stop - 1))
            found.append(Due(period, at, fen, *span))
    return found


def worth(one: Contract) -> int:
    """Return the rent of the whole time in fen: what bidding is asked for by."""
    return one.rent * months(one) // 12


def runs(one: Contract, day: date) -> bool:
    """Tell whether a contract is in force on a day."""
    return one.first <= day <= min(one.last, one.ended or one.last)


def over(one: Contract, day: date) -> bool:
    """Tell whether a contract has run out or was ended before a day."""
    return day > min(one.last, one.ended or one.last)


def soon(one: Contract, day: date) -> bool:
    """Tell whether a contract in force ends within ninety days."""
    return runs(one, day) and min(one.last, one.ended or one.last) <= day + SOON


def stand(one: Contract, sums: Mapping[tuple[str, str], int], opened: str, today: date) -> Rent:
    """Return how a contract stands: `sums` by number and account, `opened` our books' first month.

    Rents before our books are in the opening balances and not told apart here.
    """
    here, all_ = f"{today:%Y-%m}", dues(one)
    due = sum(rent.fen for rent in all_ if opened <= rent.period < here)
    mine = [
        (account.partition(".")[0], fen) for (n, account), fen in sums.items() if n == one.number
    ]
    owed = sum(fen for root, fen in mine if root in OWED)
    got = -sum(fen for root, fen in mine if root in INCOME) - owed
    coming = next((rent for rent in all_ if rent.period >= max(here, opened)), None)
    return Rent(one, due, got, owed, max(due - got, 0), coming)


def idle(one: Resource, contracts: Mapping[str, Contract], day: date) -> bool:
    """Tell whether a resource lies idle: it is said so, or its contract is over."""
    known = contracts.get(one.contract)
    return IDLE in one.use or (known is not None and over(known, day))


def check(one: Contract, chart: Chart, bidding: int) -> None:
    """Refuse a contract that cannot be kept; `bidding` is the worth in fen that asks for a bid.

    Raises:
        BadContract: says what is wrong.
    """
    for wrong, why in _faults(one, chart):
        if wrong:
            raise BadContract(number=one.number or "（没有编号）", why=why)
    if worth(one) >= bidding and (not one.bid or not one.resolution):
        why = (
            f"租金合计 {yuan(worth(one))} 元，达到 {yuan(bidding)} 元，"
            "要写明是公开招标（竞价）还是民主议定，并填决议"
        )
        raise NotBid(number=one.number, why=why)


def _faults(one: Contract, chart: Chart) -> list[tuple[bool, str]]:
    begin = f"{one.first:%Y-%m}"
    span = month_of(index(begin) + one.every - 1) if one.every in EVERY else ""
    return [
        (not one.number or " " in one.number, "编号不能空，也不能有空格"),
        (not one.party or not one.subject, "没有写对方或标的"),
        (one.last < one.first, f"终止日 {one.last} 早于起始日 {one.first}"),
        (one.ended is not None and one.ended < one.first, "提前终止的日子早于起始日"),
        (one.rent < 0 or one.deposit < 0, "租金或保证金为负"),
        (
            one.every not in EVERY or one.model not in MODELS or one.bid not in BIDS,
            "有一项没有选对",
        ),
        (
            bool(one.falls) and not begin <= one.falls <= max(span, begin),
            f"第一次交租的月份应在 {begin} 到 {span} 之间",
        ),
        *(
            (
                bool(code) and not (chart.is_leaf(code) and code.partition(".")[0] in roots),
                f"科目 {code} 不是 {'、'.join(roots)} 之下的末级科目",
            )
            for code, roots in ((one.income, INCOME), (one.owed, OWED))
        ),
    ]


def voucher(village: str, one: Contract, due: Due) -> Voucher:
    """Return the voucher by which a rent that falls due becomes what the other side owes."""
    dims = (Dim(CONTRACT, "合同", one.number, one.subject[:60]),)
    words = f"合同 {one.number} {due.first} 至 {due.last} 租金"
    legs = (Leg(one.owed, due.fen, words, dims), Leg(one.income, -due.fen, words, dims))
    day = last_day(due.period)
    summary = f"应收{one.subject[:40]}租金（{day.year}年{day.month}月）"
    return Voucher(village, "transfer", day, summary, "transfer.accrual", legs)


def booked(one: Voucher, number: str) -> bool:
    """Tell whether a voucher books income of a contract."""
    return any(
        leg.fen < 0
        and leg.account.partition(".")[0] in INCOME
        and any(dim.code == CONTRACT and dim.value == number for dim in leg.dims)
        for leg in one.legs
    )


def fitting(rents: Iterable[Rent], party: str, text: str, fen: int) -> Rent | None:
    """Return the contract whose rent a receipt at the bank is: by the payer's name or its number.

    Of several of one payer only one that owes exactly this sum is told.
    """
    mine = [
        rent
        for rent in rents
        if rent.contract.income
        and rent.contract.owed
        and (rent.owed or rent.late or rent.coming)
        and (rent.contract.party == party or rent.contract.number in text)
    ]
    exact = [rent for rent in mine if fen in {rent.owed, rent.late}]
    return mine[0] if len(mine) == 1 else exact[0] if len(exact) == 1 else None


def answered(one: Voucher, rent: Rent, bank: str) -> Voucher:
    """Return the voucher of a receipt as that of a rent: against what is owed, or as income."""
    contract = rent.contract
    dims = (Dim(CONTRACT, "合同", contract.number, contract.subject[:60]),)
    account = contract.owed if rent.owed > 0 else contract.income
    words = f"收{contract.subject[:30]}租金（合同 {contract.number}）"
    legs = tuple(
        leg if leg.account == bank else Leg(account, leg.fen, words, dims) for leg in one.legs
    )
    item = "income.collect" if rent.owed > 0 else "income.rent"
    return Voucher(
        one.village, one.kind, one.day, words, item, legs, payee=one.payee, bank_line=one.bank_line
    )


def reason(rent: Rent, fen: int) -> tuple[str, bool]:
    """Return why a receipt is a contract's rent and whether it is exactly what is owed."""
    asked = rent.owed or rent.late or (rent.coming.fen if rent.coming else 0)
    told = f"合同 {rent.contract.number} 的租金，应收 {yuan(asked)} 元"
    if fen == asked:
        return f"{told}，正好", True
    word = "少" if fen < asked else "多"
    return f"{told}，这笔{word} {yuan(abs(asked - fen))} 元", False


class BadContract(Refusal):
    """A contract cannot be kept as it was told."""

    code = "K040"
    says = "合同 {number} 没有存：{why}。"
    status = 422


class NotBid(Refusal):
    """A contract of this worth needs a public bid or a vote, with its resolution."""

    code = "K041"
    says = "合同 {number} 没有存：{why}。"
    rule = "村民委员会组织法 第二十四条（五）（八）"
    status = 422
