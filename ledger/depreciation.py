"""Depreciation and amortisation by the straight line (年限平均法), proposed from asset cards.

The month's part is the same to the fen; the last month takes the rest, so that exactly the value
less the residual is charged. Source: domain/statements.md booking rules 7 and 8.
"""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date

from ledger.registers.assets import WEARS, Asset, BadCard, check_card
from ledger.schedule import index, part
from ledger.voucher import Leg, Voucher

__all__ = ["BadCard", "charge", "charged", "monthly", "propose"]


def _span(card: Asset) -> tuple[int, int]:
    """Return the first month that our books charge and for how many; months as numbers."""
    late = 0 if WEARS[card.root].at_once else 1
    first = index(f"{card.since:%Y-%m}") + late
    end = first + card.months
    begin = max(first, index(f"{card.carried:%Y-%m}")) if card.carried else first
    # Taken over when its time was up, with something left to charge: the first month is the last.
    return begin, max(end - begin, 1)


def monthly(card: Asset) -> int:
    """Return what an ordinary month is charged, in fen."""
    return _whole(card) // _span(card)[1] if card.months else 0


def _whole(card: Asset) -> int:
    return card.cost - card.residual - card.before


def _gone(card: Asset, period: str) -> bool:
    if card.left is None:
        return False
    out = f"{card.left:%Y-%m}"
    return period >= out if WEARS[card.root].at_once else period > out


def charge(card: Asset, period: str) -> int:
    """Return a month's depreciation of an asset in fen.

    Raises:
        BadCard: the card's figures cannot be depreciated.
    """
    check_card(card)
    if not card.months or _gone(card, period):
        return 0
    begin, count = _span(card)
    return part(_whole(card), count, index(period) - begin + 1)


def charged(card: Asset, period: str) -> int:
    """Return what has worn off by the end of a month as the card plans it, in fen."""
    if not card.months:
        return card.before
    begin, count = _span(card)
    until = index(period)
    if card.left is not None:
        out = index(f"{card.left:%Y-%m}")
        until = min(until, out - 1 if WEARS[card.root].at_once else out)
    done = min(max(until - begin + 1, 0), count)
    return card.before + (_whole(card) if done == count else done * monthly(card))


def propose(village: str, period: str, cards: Iterable[Asset]) -> dict[str, Voucher]:
    """Return the month's vouchers by class of asset (151, 132, 161, 171); none without a charge.

    Raises:
        BadCard: a card cannot be depreciated.
    """
    sums: dict[str, dict[str, int]] = {}
    for card in cards:
        fen = charge(card, period)
        if fen:
            legs = sums.setdefault(card.root, {})
            legs[card.expense] = legs.get(card.expense, 0) + fen
            legs[card.accumulated] = legs.get(card.accumulated, 0) - fen
    return {root: _voucher(village, period, root, legs) for root, legs in sorted(sums.items())}


def last_day(period: str) -> date:
    """Return the last day of a month."""
    year, month = int(period[:4]), int(period[5:])
    return date(year, month, monthrange(year, month)[1])


def _voucher(village: str, period: str, root: str, sums: dict[str, int]) -> Voucher:
    day = last_day(period)
    summary = f"计提{day.year}年{day.month}月{WEARS[root].title}"
    debits = [Leg(code, fen, "") for code, fen in sorted(sums.items()) if fen > 0]
    credits_ = [Leg(code, fen, "") for code, fen in sorted(sums.items()) if fen < 0]
    legs = (*debits, *credits_)
    return Voucher(village, "transfer", day, summary, "transfer.depreciation", legs)
