"""Depreciation and amortisation, proposed from asset cards, by the method of the card.

By the straight line (年限平均法) the month's part is the same to the fen; the last month takes the
rest. By work done (工作量法) a month is charged for its units. By the declining balance
(双倍余额递减法) a year is charged twice its straight share of what it begins with, and the
last two years equal parts of what is left. By the sum of digits (年数总和法) the weight of a year
is the years to come. Whatever the method, exactly the value less the residual is charged; a changed
method is a new plan over what is left, from a month on.
Source: domain/statements.md booking rules 7 and 8.
"""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date

from ledger.registers.assets import DECLINING, DIGITS, UNITS, WEARS, Asset, BadCard, check_card
from ledger.schedule import index
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
    """Return what the first month of the card's plan is charged, in fen; by work done nothing."""
    return 0 if card.method == UNITS or not card.months else _until(card, 1)


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
    if _gone(card, period):
        return 0
    if card.method == UNITS:
        return _worked(card, period) - _worked(card, month_before(period))
    if not card.months:
        return 0
    at = index(period) - _span(card)[0] + 1
    return _until(card, at) - _until(card, at - 1)


def charged(card: Asset, period: str) -> int:
    """Return what has worn off by the end of a month as the card plans it, in fen."""
    until = index(period)
    if card.left is not None:
        out = index(f"{card.left:%Y-%m}")
        until = min(until, out - 1 if WEARS[card.root].at_once else out)
    if card.method == UNITS:
        return card.before + _worked(card, f"{until // 12:04d}-{until % 12 + 1:02d}")
    if not card.months:
        return card.before
    return card.before + _until(card, until - _span(card)[0] + 1)


def month_before(period: str) -> str:
    """Return the month before one."""
    at = index(period) - 1
    return f"{at // 12:04d}-{at % 12 + 1:02d}"


def _until(card: Asset, months: int) -> int:
    """Return what the first so many months of the plan are charged, in fen."""
    count, whole = _span(card)[1], _whole(card)
    done = min(max(months, 0), count)
    if done == count:
        return whole
    if card.method == DIGITS:
        return whole * _weight(done, count) // _weight(count, count)
    if card.method == DECLINING:
        return _declined(whole, card.residual, done, count)
    return done * (whole // count)


def _weight(months: int, count: int) -> int:
    """Return the sum of the months' weights: the years to come, this one included."""
    years = -(-count // 12)
    return sum(years - month // 12 for month in range(months))


def _declined(whole: int, residual: int, months: int, count: int) -> int:
    """Return what the declining balance charges in the first so many of `count` months."""
    gone, left, rest = 0, count, months
    while left >= 3 * 12 and rest:  # the last two years, and what is no whole year, are equal parts
        year = min((whole + residual - gone) * 24 // count, whole - gone)
        at = min(rest, 12)
        gone += year if at == 12 else at * (year // 12)  # noqa: PLR2004 - months of a year
        left, rest = left - at, rest - at
    return gone + rest * ((whole - gone) // left) if rest else gone


def _worked(card: Asset, period: str) -> int:
    """Return what the work through a month is charged, in fen; never more than the whole."""
    first = f"{card.carried:%Y-%m}" if card.carried else ""
    units = sum(done for month, done in card.uses if first <= month <= period)
    return _whole(card) * min(units, card.capacity) // card.capacity


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
