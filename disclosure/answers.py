"""Questions of villagers and their answers, folded from the log: a clock of ten days."""

import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from approvals import acts, register
from approvals.acts import Desk
from approvals.keys import Hand
from approvals.register import Register
from disclosure.sheet import Answer
from ledger import periods
from ledger.log import store as log
from ledger.log.act import Event
from ledger.posted import store as posted
from ledger.refusal import Refusal
from ledger.voucher import Number

ASKED, ANSWERED = KINDS = ("question.asked", "question.answered")
DAYS = 10
LONGEST = 500


class Thread(NamedTuple):
    """A question and what was answered to it so far, as they stand in the log."""

    asked: Event
    said: tuple[Event, ...]

    def until(self, leaf: int) -> "Thread":
        """Return the thread as it stood before a leaf."""
        return Thread(self.asked, tuple(event for event in self.said if event.seq < leaf))


def ask(
    conn: Connection,
    hand: Hand,
    desk: Desk,
    period: str,
    line: str,
    text: str,
    day: date | None = None,
) -> str:
    """Enter a villager's question about a month, or one voucher of it, and return its number.

    The ten days count from `day`, on which it was asked: today, where it is asked at the desk.
    Asking again with the same nonce returns the number of the question that is there.

    Raises:
        BadText: nothing asked, or more than 500 characters.
        BadPeriod: the text names no month.
        NoLine: no such voucher is posted.
        NotEntitled: the hand does not hold the clerk's seat.
    """
    number = _number(conn, desk)
    _check_line(conn, desk.village, line)
    body = {
        "question": number,
        "period": periods.parse(period),
        "line": line,
        "text": plain(text),
        "asked": (day or desk.at.date()).isoformat(),
    }
    acts.record(conn, hand, desk, ASKED, number, body)
    return number


def _number(conn: Connection, desk: Desk) -> str:
    asked = log.events(conn, desk.village, kinds=(ASKED,))
    for event in asked:
        if event.statement()["nonce"] == desk.nonce:
            return event.subject
    return f"问{len(asked) + 1:04d}"


def _check_line(conn: Connection, village: str, line: str) -> None:
    if line and posted.by_number(conn, village, Number.parse(line)) is None:
        raise NoLine(number=line)


def answer(
    conn: Connection, hand: Hand, desk: Desk, number: str, text: str, correction: str = ""
) -> Event:
    """Answer a question; `correction` is the voucher that puts an error right, if any.

    A later answer takes the place of an earlier one on the sheets to come.

    Raises:
        NoQuestion: there is no such question.
        BadText: no answer, or more than 500 characters.
        NoLine: no such voucher is posted.
        NotEntitled: the hand holds none of the seats that answer.
    """
    if not log.events(conn, desk.village, kinds=(ASKED,), subject=number):
        raise NoQuestion(number=number)
    _check_line(conn, desk.village, correction)
    body = {"question": number, "text": plain(text), "correction": correction}
    return acts.record(conn, hand, desk, ANSWERED, number, body)


def plain(text: str) -> str:
    """Return a text fit for the wall: one line, NFC, 1 to 500 characters.

    Line breaks and tabs become blanks; characters that print nothing are left out.

    Raises:
        BadText: it is empty or too long.
    """
    kept = "".join(" " if c in "\r\n\t" else c for c in unicodedata.normalize("NFC", text))
    clean = "".join(c for c in kept if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"})
    clean = unicodedata.normalize("NFC", " ".join(clean.split()))
    if not 0 < len(clean) <= LONGEST:
        raise BadText(longest=LONGEST)
    return clean


def threads(conn: Connection, village: str) -> list[Thread]:
    """Return every question with its answers, in the order they were asked."""
    found: dict[str, Thread] = {}
    for event in log.events(conn, village, kinds=KINDS):
        if event.kind == ASKED:
            found[event.subject] = Thread(event, ())
        else:
            thread = found[event.subject]
            found[event.subject] = thread._replace(said=(*thread.said, event))
    return list(found.values())


def questions(conn: Connection, village: str) -> list[Answer]:
    """Return every question with its last answer, in the order they were asked."""
    people = register.of(conn, village)
    return [_answer(thread, people) for thread in threads(conn, village)]


def open_questions(conn: Connection, village: str) -> list[Answer]:
    """Return the questions without an answer, the oldest first."""
    return [item for item in questions(conn, village) if item.answered is None]


def overdue(conn: Connection, village: str, day: date, days: int = DAYS) -> list[Answer]:
    """Return the questions that have waited longer than a province's days on a day.

    Source: data/profiles.toml (ten days where the province sets none)
    """
    limit = timedelta(days=days)
    return [item for item in open_questions(conn, village) if day - item.asked > limit]


def until(conn: Connection, village: str, period: str) -> tuple[Answer, ...]:
    """Return what a month's sheet shows: questions still open, and answers not shown before.

    What counts is the log: the sheet of a sealed month holds the questions asked before its seal,
    each with its last answer before the seal, unless that answer stood on an earlier sheet. So
    nothing falls between two sheets, and a sealed month's sheet never changes.
    """
    after, before = _between(conn, village, period)
    people = register.of(conn, village)
    return tuple(
        _answer(thread, people)
        for thread in _asked_before(threads(conn, village), before)
        if not thread.said or thread.said[-1].seq > after
    )


def _asked_before(items: Sequence[Thread], leaf: int) -> list[Thread]:
    return [item.until(leaf) for item in items if item.asked.seq < leaf]


def _between(conn: Connection, village: str, period: str) -> tuple[int, int]:
    """Return the leaves of the seal before a month and of its own, or of the ends of the log."""
    seals = {item.period: item.seq for item in posted.seals(conn, village)}
    earlier = [seq for month, seq in seals.items() if month < period]
    return max(earlier, default=-1), seals.get(period, register.NEVER)


def _answer(thread: Thread, people: Register) -> Answer:
    body = thread.asked.statement()["body"]
    asked = date.fromisoformat(body["asked"])
    item = Answer(body["question"], asked, body["text"], None, "", "", body["line"])
    if not thread.said:
        return item
    said = thread.said[-1].statement()
    return item._replace(
        answered=date.fromisoformat(said["at"][:10]),
        answer=said["body"]["text"],
        by=people.name(said["person"]),
        correction=said["body"]["correction"],
    )


class BadText(Refusal):
    """A question or an answer is empty or too long."""

    code = "N010"
    says = "问题和答复须写 1 至 {longest} 个字，请修改后再提交。"
    rule = "docs/FORMATS.md question.asked"
    status = 422


class NoQuestion(Refusal):
    """There is no such question."""

    code = "N011"
    says = "没有找到编号为 {number} 的问题。"
    status = 404


class NoLine(Refusal):
    """The voucher that a question or an answer names is not posted."""

    code = "N012"
    says = "账上没有 {number} 这张凭证，请核对凭证号，或留空。"
    status = 422
