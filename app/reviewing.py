"""The cases that a session has opened, and those that it has put into the list to be signed.

Marks of the counter, no acts: what was not opened in a session cannot be in its list, and what was
opened and then amended falls out of it.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from app.logins import STAY, digest
from app.tables import opened
from approvals import seen
from approvals.standing import Standing
from ledger.refusal import Refusal

UNLOCKED = timedelta(minutes=5)  # how long one PIN signs a list, at most


class Opened(NamedTuple):
    """A case opened in a session, the how manieth, which revision, when.

    `kept`: 1 in the list, at that step and seat; 2 signed from it; 0 neither.
    """

    token: str
    village: str
    case: str
    no: int
    seen: str
    at: str
    kept: int
    step: str
    seat: str
    giver: str


class Place(NamedTuple):
    """Where somebody is asked to sign: the step, the seat, and who lent it."""

    step: str
    seat: str
    giver: str = ""


def look(conn: Connection, token: str, standing: Standing, now: datetime) -> None:
    """Note that a session has a case before its eyes; another revision is not yet in the list."""
    gone = (now - STAY).isoformat()
    mine = (opened.c.token == digest(token)) & (opened.c.case == standing.case)
    mine &= opened.c.village == standing.village
    row = conn.execute(select(opened.c.seen).where(mine)).first()
    if row is not None and row.seen == seen.mark(standing):
        return
    conn.execute(delete(opened).where(mine | (opened.c.at < gone)))
    most = select(func.max(opened.c.no)).where(opened.c.token == digest(token))
    no = (conn.execute(most).scalar() or 0) + 1
    what = (standing.village, standing.case, no, seen.mark(standing), now.isoformat())
    new = Opened(digest(token), *what, 0, "", "", "")
    conn.execute(insert(opened).values(new._asdict()))


def keep(conn: Connection, token: str, village: str, case: str, mark: str, place: Place) -> None:
    """Put a case into the session's list, as the revision that was opened.

    Raises:
        NotOpened: this session has not opened this revision.
    """
    where = _where(token, village, case) & (opened.c.seen == mark)
    if conn.execute(update(opened).where(where).values(kept=1, **place._asdict())).rowcount != 1:
        raise NotOpened


def drop(conn: Connection, token: str, village: str, case: str) -> None:
    """Take a case out of the session's list; it stays opened."""
    conn.execute(update(opened).where(_where(token, village, case)).values(kept=0))


def done(conn: Connection, token: str, village: str, case: str) -> None:
    """Note that a case of the list is signed; asked again by a double tap, it is there still."""
    conn.execute(update(opened).where(_where(token, village, case)).values(kept=2))


def found(conn: Connection, token: str) -> list[Opened]:
    """Return what a session has opened, in the order it was opened."""
    query = select(opened).where(opened.c.token == digest(token)).order_by(opened.c.no)
    return [Opened(*row) for row in conn.execute(query)]


def of(conn: Connection, token: str, village: str, case: str, mark: str) -> Opened:
    """Return a case of the session's list, signed or not.

    Raises:
        NotOpened: this session has not opened this revision and put it into its list.
    """
    row = conn.execute(select(opened).where(_where(token, village, case))).first()
    if row is None or row.seen != mark or not row.kept:
        raise NotOpened
    return Opened(*row)


def _where(token: str, village: str, case: str) -> ColumnElement[bool]:
    return (
        (opened.c.token == digest(token)) & (opened.c.village == village) & (opened.c.case == case)
    )


class NotOpened(Refusal):
    """The case was not opened in this session, or was amended since, or is not in the list."""

    code = "W330"
    says = (
        "这件事项您这次登录后没有打开看过，或者看过以后又改了，不能放在清单里一起签。请先打开看。"
    )
    rule = "docs/TRUST.md: a case not opened cannot be in the list"
    status = 409


class TooLong(Refusal):
    """The five minutes of one PIN are over before the list was at its end."""

    code = "W331"
    says = "一次输入的签名密码最多管五分钟，时间到了，这一件没有签，请再输一次密码。"
    status = 409
