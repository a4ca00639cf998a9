"""What must hold after any fault: asked of the log, its views, the books and `verify`."""

from collections.abc import Sequence

from sample import Village
from sqlalchemy import Connection, Engine, func, select

from approvals.verify import verify
from ledger import rebuild
from ledger.book import files
from ledger.log import store as log
from ledger.posted import store as posted
from ledger.schema import metadata
from ledger.tree import Frontier, leaf_hash

TABLES = ("leg", "turnover", "posted", "case_index", "paper_use", "account", "seal")


def rows(conn: Connection) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of every view."""
    return {
        name: sorted(tuple(row) for row in conn.execute(select(metadata.tables[name])))
        for name in TABLES
    }


def view_faults(conn: Connection, code: str) -> list[str]:
    """Return the views that differ from a rebuild; they are rebuilt afterwards."""
    before = rows(conn)
    rebuild.rebuild(conn, code)
    after = rows(conn)
    return [f"view {name}" for name in TABLES if before[name] != after[name]]


def log_faults(conn: Connection, code: str, before: Sequence[bytes] = ()) -> list[str]:
    """Return what is wrong with the log: leaves lost, gaps, a head that is not its own."""
    events, found = log.events(conn, code), []
    leaves = [leaf_hash(event.body) for event in events]
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    found += ["lost"] if leaves[: len(before)] != list(before) else []
    found += ["order"] if [event.seq for event in events] != list(range(len(events))) else []
    found += ["leaf"] if leaves != [event.leaf for event in events] else []
    found += ["size"] if log.size(conn, code) != len(events) else []
    found += ["root"] if events and log.root(conn, code) != frontier.root() else []
    items = posted.vouchers(conn, code, "2021-01", "2021-12")
    for kind in ("receipt", "payment", "transfer"):
        numbers = sorted(item.number.no for item in items if item.number.kind == kind)
        found += ["gap"] if numbers != list(range(1, len(numbers) + 1)) else []
    found += ["doubled"] if len({item.case for item in items}) != len(items) else []
    return found


def times(conn: Connection, nonce: str) -> int:
    """Return how often the log holds an act, by its nonce."""
    event = metadata.tables["event"]
    query = select(func.count()).select_from(event).where(event.c.nonce == nonce)
    return conn.execute(query).scalar_one()


def book_faults(engine: Engine, village: Village) -> list[str]:
    """Return the files that differ from the log."""
    with engine.begin() as conn:
        return [f"book {path}" for path in files.compare(conn, village.code, village.root)]


def verify_faults(village: Village) -> list[str]:
    """Return what `verify` finds in the books directory."""
    fault = verify(village.root / village.code).fault
    return [f"verify {fault}"] if fault else []


def faults(village: Village) -> list[str]:
    """Return what is not as the log says after a kill and a start."""
    with village.engine.begin() as conn:
        found = view_faults(conn, village.code) + log_faults(conn, village.code)
    with village.engine.begin() as conn:
        files.project(conn, village.code, village.root)
    return found + book_faults(village.engine, village) + verify_faults(village)
