"""The chart of one village: the standard accounts and the details it has opened."""

from functools import lru_cache

from sqlalchemy import Connection

from ledger.chart import Chart, standard
from ledger.posted import store


def chart_of(conn: Connection, village: str) -> Chart:
    """Return the village's chart as its log has it now."""
    return _chart(store.details(conn, village))


@lru_cache(maxsize=256)
def _chart(details: tuple[tuple[str, str], ...]) -> Chart:
    return standard().with_details(details)
