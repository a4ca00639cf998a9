"""Questions of signers on a case that is under way, and the answers: working notes, no acts.

Nothing is decided by them, so they are in no log; whoever holds a seat in the village sees them on
the page of the case. What a decision rests on belongs into its opinion, which is signed.
"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from app.tables import inquiry
from ledger.refusal import Refusal

LONGEST, MOST = 300, 50


class Inquiry(NamedTuple):
    """A question on a case: who asked what and when, and the answer, empty while there is none."""

    village: str
    case: str
    no: int
    person: str
    at: str
    question: str
    answer: str
    by: str
    answered_at: str


def ask(
    conn: Connection, village: str, case: str, person: str, question: str, now: datetime
) -> int:
    """Keep a question on a case and return its number; the same one again changes nothing.

    Raises:
        NoQuestion: nothing is asked, too much, or the case has fifty questions.
    """
    _check(question)
    known = of_case(conn, village, case)
    for one in known:
        if (one.person, one.question, one.answer) == (person, question, ""):  # a double tap
            return one.no
    if len(known) >= MOST:
        raise NoQuestion(most=LONGEST)
    row = Inquiry(village, case, len(known) + 1, person, now.isoformat(), question, "", "", "")
    conn.execute(insert(inquiry).values(row._asdict()))
    return row.no


def answer(conn: Connection, mine: Inquiry) -> None:
    """Keep the answer to a question; the first answer stands, a later one is refused.

    Raises:
        NoQuestion: nothing is said, or too much.
        Answered: somebody has answered, or nobody asked.
    """
    _check(mine.answer)
    where = (
        inquiry.c.village == mine.village,
        inquiry.c.case == mine.case,
        inquiry.c.no == mine.no,
        inquiry.c.answer == "",
    )
    said = {"answer": mine.answer, "by": mine.by, "answered_at": mine.answered_at}
    if conn.execute(update(inquiry).where(*where).values(said)).rowcount != 1:
        raise Answered


def of_case(conn: Connection, village: str, case: str) -> list[Inquiry]:
    """Return the questions on a case, in the order they were asked."""
    query = (
        select(inquiry)
        .where(inquiry.c.village == village, inquiry.c.case == case)
        .order_by(inquiry.c.no)
    )
    return [Inquiry(*row) for row in conn.execute(query)]


def open_ones(conn: Connection, villages: Collection[str]) -> list[Inquiry]:
    """Return the questions of some villages that nobody has answered, the oldest first."""
    query = (
        select(inquiry)
        .where(inquiry.c.village.in_(villages), inquiry.c.answer == "")
        .order_by(inquiry.c.at)
    )
    return [Inquiry(*row) for row in conn.execute(query)]


def _check(text: str) -> None:
    if not text.strip() or len(text) > LONGEST:
        raise NoQuestion(most=LONGEST)


class NoQuestion(Refusal):
    """A question or an answer is empty or too long, or the case has fifty questions already."""

    code = "W320"
    says = "请写明要问或要答的话，不超过 {most} 字；一件事项最多问五十次，其余请写在意见里。"
    status = 422


class Answered(Refusal):
    """The question has its answer, or there is no such question."""

    code = "W321"
    says = "这个问题已经有人答复，请看上面的答复；还不清楚可以再问一次。"
    status = 409
