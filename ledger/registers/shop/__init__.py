"""The points shop: goods at a price in points, stock at cost, what points outstanding are worth.

Points are no money, but goods are: what was exchanged leaves the stock at its average cost, and
the points that may still be exchanged are owed. Both reach the books as one voucher a month.
Source: 隆昌市圣灯镇 (基础分+奖励分, 凭积分在“爱心超市”兑换物资).
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from ledger.depreciation import last_day
from ledger.refusal import Refusal
from ledger.voucher import Leg, Voucher

KINDS = {"in": "进货", "out": "兑换", "back": "退回", "lost": "盘亏报损"}
TITLE = "结转积分超市兑换和待兑换积分"
PURPOSE = "transfer.accrual"


class Terms(NamedTuple):
    """How a shop is booked: fen a point, the leaves for goods, for points owed, for the expense."""

    fen: int
    goods: str
    owed: str
    expense: str
    resolution: str


class Good(NamedTuple):
    """What the shop gives out; `tenths` of a point a piece."""

    id: str
    name: str
    unit: str
    tenths: int


class Line(NamedTuple):
    """A movement: pieces and cost (fen) into the stock, points (tenths) to the subject, signed.

    `reverses` is the exchange that came back, 0 for none.
    """

    no: int
    day: date
    kind: str
    good: str
    pieces: int
    fen: int
    subject: str
    tenths: int
    reverses: int
    person: str


class Stock(NamedTuple):
    """Pieces of a good in the shop and what they cost together, in fen."""

    pieces: int
    fen: int


NOTHING = Stock(0, 0)


def stocks(lines: Iterable[Line]) -> dict[str, Stock]:
    """Return the stock by good."""
    found: dict[str, Stock] = {}
    for line in lines:
        had = found.get(line.good, NOTHING)
        found[line.good] = Stock(had.pieces + line.pieces, had.fen + line.fen)
    return found


def cost(stock: Stock, count: int) -> int:
    """Return the fen that pieces out of a stock cost on average; the last pieces take the rest."""
    return stock.fen * count // stock.pieces if stock.pieces else 0


def left(earned: Mapping[str, int], lines: Iterable[Line]) -> dict[str, int]:
    """Return by subject the tenths of points that may still be exchanged."""
    found = dict(earned)
    for line in lines:
        if line.subject:
            found[line.subject] = found.get(line.subject, 0) + line.tenths
    return found


def worth(terms: Terms, points: Mapping[str, int]) -> int:
    """Return in fen what outstanding points are worth; who has spent too many owes nothing back."""
    return sum(max(0, tenths) for tenths in points.values()) * terms.fen // 10


def spent(lines: Iterable[Line], period: str) -> int:
    """Return the cost (fen) of what left the shop in a month, purchases apart."""
    mine = (one for one in lines if one.kind != "in" and f"{one.day:%Y-%m}" == period)
    return -sum(one.fen for one in mine)


def voucher(village: str, terms: Terms, period: str, out: int, change: int) -> Voucher | None:
    """Return the voucher of a month's shop, or None if nothing moved.

    `out` is the cost of the goods that left (fen), `change` what the points owed have gained.
    """
    rows = ((terms.expense, out + change), (terms.goods, -out), (terms.owed, -change))
    legs = tuple(Leg(account, fen, "") for account, fen in rows if fen)
    if not legs:
        return None
    summary = f"{TITLE}（{period}）"
    return Voucher(village, "transfer", last_day(period), summary, PURPOSE, legs)


class BadShop(Refusal):
    """The shop cannot be kept this way; nothing was entered."""

    code = "D050"
    says = "积分超市没有登记：{why}。"
    rule = "圣灯镇：基础分+奖励分，凭积分兑换物资"
    status = 422


class OutOfStock(Refusal):
    """There are fewer pieces than were asked for."""

    code = "D051"
    says = "“{good}”只剩 {count} {unit}，不够 {asked} {unit}，没有兑换。请先进货或少换一些。"
    status = 422


class NoPoints(Refusal):
    """The subject has fewer points than the goods cost."""

    code = "D052"
    says = "{subject} 可用积分 {left} 分（只算已审定月份），这次要 {asked} 分，不够，没有兑换。"
    status = 422


class NotBack(Refusal):
    """The movement cannot be taken back."""

    code = "D053"
    says = "第 {no} 笔不能退回：没有这一笔、不是兑换、已经退回过，或没有写原因。"
    status = 422
