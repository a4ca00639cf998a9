"""The server binds the reads of personal data in the village's log, so that none can be dropped."""

from typing import NamedTuple

from sqlalchemy import Connection

from approvals import register
from approvals.acts import Desk, enact
from approvals.keys import Hand
from ledger.log import store as log
from ledger.log.act import Event
from ledger.reads import store as reads

KIND = "reads.digested"


class Bound(NamedTuple):
    """A digest in the log (`at` ISO 8601) over the reads from `first` to `last`.

    `good` tells whether the reads are still what it says.
    """

    first: int
    last: int
    at: str
    good: bool


def digest(conn: Connection, hand: Hand, desk: Desk) -> Event | None:
    """Bind the reads since the last digest; None where there are none, or no server's key.

    Raises:
        StrangeKey: the hand is not the server that the village knows.
    """
    log.hold(conn, desk.village)
    if not register.of(conn, desk.village).server:
        return None
    first, until = _bound(conn, desk.village) + 1, reads.last(conn, desk.village)
    if until < first:
        return None
    found = reads.reads(conn, desk.village, first, until)
    body = {"first": first, "last": until, "root": reads.root(found)}
    return enact(conn, hand, desk, KIND, "reads", body)


def _bound(conn: Connection, village: str) -> int:
    events = log.events(conn, village, kinds=(KIND,))
    return int(events[-1].statement()["body"]["last"]) if events else 0


def check(conn: Connection, village: str) -> list[Bound]:
    """Hold the noted reads against the digests in the log, oldest first."""
    found = []
    for event in log.events(conn, village, kinds=(KIND,)):
        statement = event.statement()
        body = statement["body"]
        rows = reads.reads(conn, village, body["first"], body["last"])
        good = reads.root(rows) == body["root"]
        found.append(Bound(body["first"], body["last"], statement["at"], good))
    return found
