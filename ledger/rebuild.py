"""Derive every view from the log alone."""

from sqlalchemy import Connection

from ledger import views
from ledger.legs import store as legs
from ledger.log import store as log
from ledger.posted import store as posted


def rebuild(conn: Connection, village: str) -> int:
    """Drop the views of a village, follow its log anew, and return the number of events."""
    legs.clear(conn, village)
    posted.clear(conn, village)
    events = log.events(conn, village)
    for event in events:
        views.follow(conn, event)
    return len(events)


def restore(conn: Connection, village: str, lines: list[bytes]) -> int:
    """Fill an empty village from the event lines of a books directory and derive its views.

    The caller has verified the books (`approvals.verify`) before.

    Raises:
        AlreadyOpen: the village has a log here.
    """
    log.load(conn, village, lines)
    return rebuild(conn, village)
