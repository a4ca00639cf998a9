"""Depreciation by the straight line (年限平均法), proposed from asset cards.

An asset is charged from the month after it came into use to the month in which it left, and never
below its residual value. Source: domain/statements.md booking rule 8.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from ledger.refusal import Refusal
from ledger.voucher import Leg, Voucher

ACCUMULATED = "152"
EXPENSES = {"operation": "511", "management": "513", "welfare": "514"}


class Card(NamedTuple):
    """A fixed asset: amounts in fen, life in months; `left` is the day it left, if it has.

    `use` is operation (经营用), management (管理用) or welfare (公益用).
    """

    asset: str
    name: str
    cost: int
    residual: int
    months: int
    since: date
    use: str
    left: date | None = None


def charge(card: Card, period: str) -> int:
    """Return a month's depreciation of an asset in fen.

    The months differ by at most one fen and sum to cost less residual value exactly.

    Raises:
        BadCard: the card's figures cannot be depreciated.
    """
    _check(card)
    if card.left and period > f"{card.left:%Y-%m}":
        return 0
    at = (int(period[:4]) - card.since.year) * 12 + int(period[5:]) - card.since.month
    if not 1 <= at <= card.months:
        return 0
    whole = card.cost - card.residual
    return whole * at // card.months - whole * (at - 1) // card.months


def propose(
    village: str,
    period: str,
    cards: Iterable[Card],
    expenses: Mapping[str, str] = EXPENSES,
    accumulated: str = ACCUMULATED,
) -> list[Voucher]:
    """Return the month's voucher, or none if nothing is charged; `expenses` names leaves by use."""
    sums: dict[str, int] = {}
    for card in cards:
        account = expenses[card.use] if card.use in expenses else _unknown(card)
        sums[account] = sums.get(account, 0) + charge(card, period)
    legs = [Leg(code, fen, "") for code, fen in sorted(sums.items()) if fen]
    if not legs:
        return []
    legs.append(Leg(accumulated, -sum(leg.fen for leg in legs), ""))
    year, month = int(period[:4]), int(period[5:])
    day = date(year, month, monthrange(year, month)[1])
    summary = f"计提{year}年{month}月固定资产折旧"
    return [Voucher(village, "transfer", day, summary, "transfer.depreciation", tuple(legs))]


def _unknown(card: Card) -> str:
    raise BadCard(asset=card.asset, name=card.name, why=f"用途 {card.use} 没有对应的支出科目")


def _check(card: Card) -> None:
    if card.months < 1:
        raise BadCard(asset=card.asset, name=card.name, why="使用年限不足一个月")
    if not 0 <= card.residual <= card.cost:
        raise BadCard(asset=card.asset, name=card.name, why="残值为负或大于原值")


class BadCard(Refusal):
    """An asset's card cannot be depreciated."""

    code = "K020"
    says = "资产 {asset}（{name}）{why}，请更正资产卡片后再计提折旧。"
    rule = "农村集体经济组织会计制度（财会〔2023〕14号）固定资产"
    status = 422
