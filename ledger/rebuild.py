"""Derive every view from the log alone."""

from sqlalchemy import Connection, select

from ledger import views
from ledger.legs import store as legs
from ledger.log import store as log
from ledger.posted import store as posted
from ledger.schema import metadata

VIEWS = ("leg", "leg_dim", "turnover", "posted", "case_index", "paper_use", "account", "seal")
Rows = dict[str, list[tuple[object, ...]]]


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


def rows(conn: Connection, village: str) -> Rows:
    """Return every row of a village in the tables that are views of its log, by table, sorted."""
    found: Rows = {}
    for name in VIEWS:
        table = metadata.tables[name]
        chosen = conn.execute(select(table).where(table.c.village == village))
        found[name] = sorted((tuple(row) for row in chosen), key=repr)
    return found


def differences(ours: Rows, theirs: Rows) -> list[str]:
    """Return the names of the tables in which two derivations differ."""
    return [name for name in VIEWS if ours[name] != theirs[name]]
