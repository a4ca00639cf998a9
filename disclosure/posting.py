"""How last month's sheet hung on the village's boards, as this month's sheet tells it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import Connection

from approvals import boards, register
from approvals.boards import Posting
from approvals.register import Register
from approvals.standing import chain_of
from disclosure.sheet import Hung, Urgent
from ledger import periods
from ledger.log import store as log
from ledger.log.act import Event
from ledger.posted import store as posted
from ledger.posted.store import Posted

PAID, SUBMITTED = "payment.made", "voucher.submitted"


def before(period: str) -> str:
    """Return the month before."""
    return f"{periods.first_day(period) - timedelta(days=1):%Y-%m}"


def hung(
    conn: Connection, village: str, period: str, leaf: int = register.NEVER
) -> tuple[Hung, ...]:
    """Return how the sheet of the month before hung on each board, as known before a leaf.

    Nothing for a village without boards, or before the second month of its books.
    """
    last = before(period)
    places = boards.boards(conn, village, leaf)
    if not places or last < min(posted.periods(conn, village), default=period):
        return ()
    promised = _promised(conn, village, last, leaf)
    found = [one for one in boards.postings(conn, village, leaf) if one.period == last]
    return tuple(_hung(last, board.name, promised, found, board.id) for board in places)


def _promised(
    conn: Connection, village: str, period: str, leaf: int
) -> tuple[date | None, date | None]:
    events = log.events(conn, village, kinds=(boards.PUBLISHED,), subject=period)
    bodies = [event.statement()["body"] for event in events if event.seq < leaf]
    if not bodies:
        return None, None
    return date.fromisoformat(bodies[-1]["posted"]), date.fromisoformat(bodies[-1]["until"])


def _hung(
    period: str,
    name: str,
    promised: tuple[date | None, date | None],
    found: Sequence[Posting],
    board: str,
) -> Hung:
    here = [one for one in found if one.board == board]
    if not here:
        return Hung(period, name, *promised, None, None)
    return Hung(period, name, *promised, here[0].up, here[-1].down)


def urgent(
    conn: Connection, village: str, vouchers: Sequence[Posted], people: Register
) -> tuple[Urgent, ...]:
    """Return the month's payments that an emergency chain let through before the notice was up."""
    graces = _graces(people)
    paid = [item for item in vouchers if graces and item.voucher.kind == "payment"]
    paid = [item for item in paid if not (item.voucher.reverses or item.voucher.corrects)]
    if not paid:
        return ()
    events = log.about(conn, village, [item.case for item in paid])
    return tuple(_urgent(conn, village, paid, events, people, graces))


def _graces(people: Register) -> dict[str, int]:
    """Return the day of the notice of each policy that has one."""
    found = {}
    for digest, policy in people.policies.items():
        days = [chain["notice"] for chain in policy["chains"] if "notice" in chain]
        if days:
            found[digest] = min(days)
    return found


def _urgent(
    conn: Connection,
    village: str,
    paid: Sequence[Posted],
    events: Sequence[Event],
    people: Register,
    graces: Mapping[str, int],
) -> Iterator[Urgent]:
    asked = {event.subject: event for event in events if event.kind == SUBMITTED}
    made = {event.subject: event for event in events if event.kind == PAID}
    for item in paid:
        body = asked[item.case].statement()["body"]
        chain = chain_of(people, body["policy"], body["chain"])
        event = made.get(item.case)
        if event is None or "notice" in chain or body["policy"] not in graces:
            continue
        day = date.fromisoformat(event.statement()["at"][:10])
        month = boards.unposted(conn, village, day, graces[body["policy"]], event.seq)
        if month:
            yield Urgent(str(item.number), month)
