"""Put a posted voucher right: drafts of the red-letter and the blue voucher, made once.

A sealed month opens for nobody, so both are dated in a month that is open. An error of an earlier
year, and one of the opening balances, goes through 322.02. Source: 98号 art. 51.
"""

from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection

from app import drafts
from app.drafts import Saved
from ledger import closing, periods
from ledger.log import store as log
from ledger.posted import store as posted
from ledger.posted.store import Posted
from ledger.refusal import Refusal
from ledger.voucher import Number

RED, BLUE, EARLIER = "red", "blue", "earlier"


class Wish(NamedTuple):
    """What is wanted: the day of the correction, why, whether a blue voucher follows the red."""

    day: date
    why: str
    blue: bool


def wrong(conn: Connection, village: str, number: str) -> Posted:
    """Return the posted voucher that is to be put right.

    Raises:
        UnknownNumber: the text is no number.
        NothingToCorrect: no such voucher is in the books, it is itself red, or written off already.
    """
    item = posted.by_number(conn, village, Number.parse(number))
    if item is None:
        raise NothingToCorrect(number=number, why="账上没有这张凭证")
    if item.voucher.reverses:
        raise NothingToCorrect(number=number, why="它本身是红字凭证，请另填一张正确的")
    case = posted.case_that_reverses(conn, village, number)
    if case is not None:
        raise NothingToCorrect(number=number, why=f"已由事项 {case} 冲销，不能冲销两次")
    return item


def day_for(conn: Connection, village: str, item: Posted, today: date) -> date:
    """Return the best day for a correction: in the entry's own year while that is open."""
    end = date(item.voucher.day.year, 12, 31)
    day = max(min(today, end), item.voucher.day)
    if not periods.is_sealed(conn, village, f"{day:%Y-%m}"):
        return day
    turn = periods.first_day(periods.next_to_seal(conn, village) or f"{today:%Y-%m}")
    return max(turn, min(today, end))


def through_kept(item: Posted, day: date) -> bool:
    """Tell whether a correction on a day goes through 322.02: another year, or opening balances."""
    return item.voucher.kind == "opening" or item.voucher.day.year != day.year


def make(
    conn: Connection, village: str, number: str, wish: Wish, person: str, now: datetime
) -> list[str]:
    """Make the drafts of a correction and return their ids, in the order to submit them.

    What was made before is found again, so that a second click makes nothing.

    Raises:
        UnknownNumber, NothingToCorrect: see `wrong`.
        Sealed: the day lies in a sealed month.
        RedTooEarly: the day lies before that of the voucher.
    """
    log.hold(conn, village)
    item = wrong(conn, village, number)
    if periods.is_sealed(conn, village, f"{wish.day:%Y-%m}"):
        raise periods.Sealed(period=f"{wish.day:%Y-%m}")
    made = []
    for what, fields in _fields(item, wish):
        name = sha256(f"{village} {number} {what}".encode()).hexdigest()[:32]
        if drafts.get(conn, village, name) is None:
            drafts.save(conn, village, person, Saved(name, 0), fields, now)
        made.append(name)
    return made


def _fields(item: Posted, wish: Wish) -> list[tuple[str, Mapping[str, str]]]:
    args = (item.voucher, item.number, wish.day, wish.why)
    number = str(item.number)
    if through_kept(item, wish.day):
        return [(EARLIER, {**drafts.typed(closing.earlier(*args)), "corrects": number})]
    found: list[tuple[str, Mapping[str, str]]] = [
        (RED, {**drafts.typed(closing.red(*args)), "reverses": number})
    ]
    if wish.blue:
        found.append((BLUE, {**drafts.typed(closing.blue(*args)), "corrects": number}))
    return found


class NothingToCorrect(Refusal):
    """The voucher cannot be put right in this way."""

    code = "W620"
    says = "{number} 不能冲销或订正：{why}。"
    rule = "会计基础工作规范 第五十一条"
    status = 422
