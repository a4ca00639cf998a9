"""Take what villagers ask by page; enter it as a question, or set it aside with a reason.

A stranger writes no leaf: what is asked waits here for the clerk, whose signature makes it a
question that counts from the day it was asked. The clerk cannot refuse it; only the supervision
committee sets something aside, in its own name and with a reason that the asker reads.
"""

import secrets
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from approvals.acts import Desk
from approvals.keys import Hand
from disclosure import answers, notice
from disclosure.askbox.tables import asked
from disclosure.redact import hide
from ledger import personal
from ledger.log import store as log
from ledger.posted import store as posted
from ledger.refusal import Refusal
from ledger.voucher import Number

PAGE, CODE = WAYS = ("page", "code")
A_DAY = 5  # from one address, or with one household's code
MOST = 30  # that wait in a village without a code; with a code there is always room
ENTER = 3  # days in which the clerk enters
LONGEST_NAME = 20


class Letter(NamedTuple):
    """What somebody asks: about which month, or one line of it; a name only if they want."""

    period: str
    line: str
    text: str
    name: str


class Asked(NamedTuple):
    """Something asked by page; `question` its number in the log, or `reason` why it has none."""

    village: str
    no: int
    receipt: str
    at: str
    period: str
    line: str
    text: str
    name: str
    way: str
    question: str
    reason: str
    person: str

    @property
    def day(self) -> date:
        """The day it was asked, from which its ten days count."""
        return datetime.fromisoformat(self.at).date()

    @property
    def due(self) -> date:
        """The last day for the clerk to enter it."""
        return self.day + timedelta(days=ENTER)


def put(
    conn: Connection, village: str, letter: Letter, sender: tuple[str, str], now: datetime
) -> str:
    """Keep what somebody asks and return its receipt; the same once more has the same receipt.

    `sender` is the way, one of `WAYS`, and the address or the household. It is kept only as a
    value that nobody can read, another one each day, so that the day's questions can be counted.

    Raises:
        BadText: nothing asked, or too much.
        NotPublished: the month has no published sheet.
        NoLine: the month has no such voucher.
        EnoughToday: five a day.
        FullBox: thirty wait that came without a code.
    """
    kept = letter._replace(text=hide(answers.plain(letter.text)), name=_name(letter.name))
    _check_place(conn, village, kept)
    log.hold(conn, village)  # counts and numbers, whoever asks at once
    known = select(asked.c.receipt).where(
        asked.c.village == village,
        asked.c.period == kept.period,
        asked.c.line == kept.line,
        asked.c.text == kept.text,
        asked.c.at >= (now - timedelta(days=answers.DAYS)).isoformat(),
    )
    if (receipt := conn.execute(known).scalar()) is not None:
        return str(receipt)
    way, source = sender[0], personal.secret(conn, "asked", village, now.date(), *sender)
    _check_room(conn, village, way, source)
    receipt = secrets.token_hex(12)
    state = {"question": "", "reason": "", "person": ""}
    row = {"village": village, "no": _last(conn, village) + 1, "receipt": receipt, **state}
    row |= {"at": now.isoformat(), "way": way, "source": source, **kept._asdict()}
    conn.execute(insert(asked).values(**row))
    return receipt


def _name(given: str) -> str:
    return answers.plain(given)[:LONGEST_NAME] if given.strip() else ""


def _check_place(conn: Connection, village: str, letter: Letter) -> None:
    if letter.period not in notice.published(conn, village):
        raise NotPublished(period=letter.period)
    if letter.line:
        item = posted.by_number(conn, village, Number.parse(letter.line))
        if item is None or item.period != letter.period:
            raise answers.NoLine(number=letter.line)


def _check_room(conn: Connection, village: str, way: str, source: str) -> None:
    count = select(func.count()).where(asked.c.village == village)
    if conn.execute(count.where(asked.c.source == source)).scalar_one() >= A_DAY:
        raise EnoughToday(most=A_DAY)
    waits = (asked.c.way == PAGE) & (asked.c.question == "") & (asked.c.reason == "")
    if way == PAGE and conn.execute(count.where(waits)).scalar_one() >= MOST:
        raise FullBox


def _last(conn: Connection, village: str) -> int:
    query = select(func.max(asked.c.no)).where(asked.c.village == village)
    return conn.execute(query).scalar() or 0


def enter(conn: Connection, hand: Hand, desk: Desk, no: int) -> str:
    """Enter what was asked as a question, in the asker's words, and return its number.

    Raises:
        NotWaiting: it is entered or set aside, or there is no such number.
        NotEntitled: the hand does not hold the clerk's seat.
    """
    log.hold(conn, desk.village)
    one = of_no(conn, desk.village, no)
    if one is None or one.reason:
        raise NotWaiting
    number = answers.ask(conn, hand, desk, one.period, one.line, one.text, one.day)
    if one.question not in {"", number}:
        raise NotWaiting
    _settle(conn, desk.village, no, question=number, person=hand.person)
    return number


def set_aside(conn: Connection, village: str, no: int, person: str, reason: str) -> None:
    """Set aside what is no question (abuse, a person's data); it stays, with reason and name.

    Raises:
        BadText: no reason, or too long a one.
        NotWaiting: it is entered or set aside, or there is no such number.
    """
    said = answers.plain(reason)
    log.hold(conn, village)
    one = of_no(conn, village, no)
    if one is None or one.question or one.reason:
        raise NotWaiting
    _settle(conn, village, no, reason=said, person=person)


def _settle(conn: Connection, village: str, no: int, **values: str) -> None:
    mine = (asked.c.village == village) & (asked.c.no == no)
    conn.execute(update(asked).where(mine).values(**values))


def of_no(conn: Connection, village: str, no: int) -> Asked | None:
    """Return what was asked under a number, or None."""
    return next(iter(_found(conn, asked.c.village == village, asked.c.no == no)), None)


def of_receipt(conn: Connection, village: str, receipt: str) -> Asked | None:
    """Return what a receipt was given for, or None."""
    return next(iter(_found(conn, asked.c.village == village, asked.c.receipt == receipt)), None)


def waiting(conn: Connection, village: str) -> list[Asked]:
    """Return what nobody has entered or set aside, the oldest first."""
    return _found(conn, asked.c.village == village, asked.c.question == "", asked.c.reason == "")


def aside(conn: Connection, village: str) -> list[Asked]:
    """Return what was set aside, the oldest first."""
    return _found(conn, asked.c.village == village, asked.c.reason != "")


COLUMNS = [asked.c[name] for name in Asked._fields]


def _found(conn: Connection, *where: ColumnElement[bool]) -> list[Asked]:
    query = select(*COLUMNS).where(*where).order_by(asked.c.no)
    return [Asked(*row) for row in conn.execute(query)]


class NotPublished(Refusal):
    """Questions are asked about months whose sheet is up."""

    code = "N090"
    says = "{period} 还没有公示，公示以后再在那一期公开表上提问；急事请找村文书。"
    status = 404


class EnoughToday(Refusal):
    """Somebody asks more than five times a day by page."""

    code = "N091"
    says = (
        "一天最多在网上问 {most} 次，今天已经够了。请明天再问，或填户号和查询码，或当面告诉村文书。"
    )
    status = 429


class FullBox(Refusal):
    """Thirty questions without a code wait in the village."""

    code = "N092"
    says = "网上等着登记的提问已满。请填户号和查询码再交一次，或当面告诉村文书。"
    status = 429


class NotWaiting(Refusal):
    """What was asked by page is entered or set aside already."""

    code = "N093"
    says = "这条网上提问已经登记或已经另行处理，请刷新页面看最新的。"
    status = 409
