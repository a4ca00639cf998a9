"""Proof of posting: which boards a village has, and what hung on them from when to when."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from approvals import acts, register
from approvals.acts import Desk
from approvals.keys import Hand
from approvals.policy import Chain
from ledger.log import store as log
from ledger.log.act import Event
from ledger.posted import store as posted
from ledger.refusal import Refusal
from ledger.voucher import Voucher

SET, UP, DOWN, PUBLISHED = "boards.set", "sheet.posted", "sheet.taken_down", "sheet.published"


class Board(NamedTuple):
    """A place where the village's sheets hang: a short id and what people call it."""

    id: str
    name: str


class Posting(NamedTuple):
    """One sheet on one board: since when, until when (None: still up), the photo, who posted it.

    `seq` is the leaf of the act that put it up, `photo` the digest of a paper.
    """

    period: str
    board: str
    up: date
    down: date | None
    photo: str
    person: str
    seq: int


def set_boards(conn: Connection, hand: Hand, desk: Desk, boards: Sequence[Board]) -> Event:
    """Say where the village's sheets hang from now on.

    Raises:
        BadBoards: none, or two of one id or name.
        NotEntitled: the hand is neither the registrar's nor the clerk's.
    """
    distinct = len({one.id for one in boards}) == len({one.name for one in boards}) == len(boards)
    if not boards or not distinct:
        raise BadBoards
    body = {"boards": [one._asdict() for one in boards]}
    return acts.enact(conn, hand, desk, SET, "boards", body)


def boards(conn: Connection, village: str, before: int = register.NEVER) -> tuple[Board, ...]:
    """Return the boards that a village has, as they stood before a leaf."""
    events = [event for event in log.events(conn, village, kinds=(SET,)) if event.seq < before]
    rows = events[-1].statement()["body"]["boards"] if events else ()
    return tuple(Board(**row) for row in rows)


def since(conn: Connection, village: str) -> date:
    """Return the day from which the village has boards; `date.max` where it has none."""
    events = log.events(conn, village, kinds=(SET,))
    return date.fromisoformat(events[0].statement()["at"][:10]) if events else date.max


def post_sheet(
    conn: Connection, hand: Hand, desk: Desk, period: str, board: str, up: tuple[date, str]
) -> Event:
    """Enter that a month's published sheet hangs on a board: since which day, and its photo.

    Raises:
        NoBoard: the village has no such board.
        NotPublished: there is no published sheet of the month.
        BoardTaken: the month hangs there already; LaterDay: the day has not come.
        PhotoUsed: the very photo proves another posting.
        NotEntitled: the hand holds neither the clerk's nor a supervision seat.
    """
    log.hold(conn, desk.village)
    day, photo = up
    sheet = _sheet(conn, desk.village, period)
    body = {"period": period, "sheet": sheet, "board": board, "day": str(day), "photo": photo}
    if not _repeated(conn, desk):
        if board not in {one.id for one in boards(conn, desk.village)}:
            raise NoBoard(board=board)
        if not sheet:
            raise NotPublished(period=period)
        if hanging(postings(conn, desk.village), period, board):
            raise BoardTaken(period=period)
        _check_day(day, desk)
        if photo in {one.photo for one in postings(conn, desk.village)}:
            raise PhotoUsed
    return acts.enact(conn, hand, desk, UP, period, body)


def take_down(
    conn: Connection, hand: Hand, desk: Desk, period: str, board: str, day: date
) -> Event:
    """Enter that a month's sheet has come off a board, too early or not.

    Raises:
        NotHanging: it does not hang there, or did not on that day; LaterDay.
        NotEntitled: the hand holds neither the clerk's nor a supervision seat.
    """
    log.hold(conn, desk.village)
    if not _repeated(conn, desk):
        found = hanging(postings(conn, desk.village), period, board)
        if found is None or day < found.up:
            raise NotHanging(period=period)
        _check_day(day, desk)
    body = {"period": period, "board": board, "day": str(day)}
    return acts.enact(conn, hand, desk, DOWN, period, body)


def _repeated(conn: Connection, desk: Desk) -> bool:
    return bool(desk.nonce) and log.has_nonce(conn, desk.village, desk.nonce)


def _check_day(day: date, desk: Desk) -> None:
    if day > desk.at.date():
        raise LaterDay(day=day)


def _sheet(conn: Connection, village: str, period: str) -> str:
    events = log.events(conn, village, kinds=(PUBLISHED,), subject=period)
    return str(events[-1].statement()["body"]["sheet"]) if events else ""


def postings(conn: Connection, village: str, before: int = register.NEVER) -> tuple[Posting, ...]:
    """Return what hung where, in the order of going up, as it stood before a leaf."""
    found: list[Posting] = []
    for event in log.events(conn, village, kinds=(UP, DOWN)):
        said = event.statement()
        body, day = said["body"], date.fromisoformat(said["body"]["day"])
        if event.seq >= before:
            break
        if event.kind == UP:
            place = (body["period"], body["board"])
            found.append(Posting(*place, day, None, body["photo"], said["person"], event.seq))
        else:
            at = max(n for n, one in enumerate(found) if (one.period, one.board) == _place(body))
            found[at] = found[at]._replace(down=day)
    return tuple(found)


def _place(body: Mapping[str, str]) -> tuple[str, str]:
    return body["period"], body["board"]


def hanging(found: Sequence[Posting], period: str, board: str) -> Posting | None:
    """Return the posting of a month that still hangs on a board, or None."""
    up = [one for one in found if (one.period, one.board) == (period, board) and not one.down]
    return up[-1] if up else None


def month_due(day: date, grace: int) -> str:
    """Return the month that has to be posted on a day: the last one, once `grace` days are over."""
    last = day.replace(day=1) - timedelta(days=1)
    if day.day <= grace:
        last = last.replace(day=1) - timedelta(days=1)
    return f"{last:%Y-%m}"


def unposted(
    conn: Connection, village: str, day: date, grace: int, before: int = register.NEVER
) -> str:
    """Return the month that should hang on the wall on a day and does not, or nothing.

    A village with boards must have proof from one of them; without boards its publication counts.
    A month before the first entry of the books owes nothing.
    """
    month = month_due(day, grace)
    first = min(posted.periods(conn, village), default="")
    if not first or month < first:
        return ""
    if boards(conn, village, before):
        done = {one.period for one in postings(conn, village, before)}
    else:
        events = log.events(conn, village, kinds=(PUBLISHED,), subject=month)
        done = {event.subject for event in events if event.seq < before}
    return "" if month in done else month


def check_notice(conn: Connection, village: str, chain: Chain, voucher: Voucher, day: date) -> None:
    """Refuse new spending while the month that is due hangs on no wall, if the policy says so.

    `notice` of a chain is the day of the month by which the month before must hang. A chain without
    it (of an emergency, say) and a correction are free.

    Raises:
        Unnoticed: names the month.
    """
    if "notice" not in chain or voucher.reverses or voucher.corrects:
        return
    month = unposted(conn, village, day, chain["notice"])
    if month:
        raise Unnoticed(period=month, day=chain["notice"])


class Unnoticed(Refusal):
    """New spending while last month's sheet hangs on no wall."""

    code = "A090"
    says = "{period} 的公开表还没有张贴（应在次月 {day} 日前），先张贴、登记，再办新的支出。"
    rule = "村里采用的审签办法：上月未公示，不办新支出"


class BadBoards(Refusal):
    """The list of boards is empty or names one twice."""

    code = "A091"
    says = "公示栏至少要有一处，名称不能重复。"
    status = 422


class NoBoard(Refusal):
    """The village has no such board."""

    code = "A092"
    says = "没有公示栏“{board}”，请先登记公示栏，再登记张贴。"
    status = 422


class NotPublished(Refusal):
    """A sheet that was not published cannot be posted."""

    code = "A093"
    says = "{period} 的公开表还没有公示，请代理会计先公示，再打印张贴。"
    rule = "docs/FORMATS.md sheet.posted"


class BoardTaken(Refusal):
    """The month hangs on this board already."""

    code = "A094"
    says = "{period} 的公开表已经登记张贴在这处公示栏，不用再登记。"


class NotHanging(Refusal):
    """The month does not hang on this board, or did not on that day."""

    code = "A095"
    says = "{period} 的公开表那一天没有登记张贴在这处公示栏，不能登记撤下。请核对日期。"
    status = 422


class PhotoUsed(Refusal):
    """One photo proves one posting."""

    code = "A097"
    says = "这张照片已经用来登记过张贴，请在公示栏前重新拍一张。"
    rule = "一张照片只证明一次张贴"


class LaterDay(Refusal):
    """The day has not come."""

    code = "A096"
    says = "{day} 还没有到，请填实际张贴或撤下的日期。"
    status = 422
