"""From which device a leaf was signed: a mark of the counter, in no log and in no books.

A device is known by a random cookie, kept here as a hash. It proves nothing; it makes one hand with
many seats visible (`approvals.oddities`).
"""

from collections.abc import Collection
from hashlib import sha256

from sqlalchemy import Connection, delete, insert, select

from approvals.tables import trace


def note(conn: Connection, village: str, seq: int, device: str) -> None:
    """Note the device (its cookie) of a leaf; a browser without the cookie leaves no mark."""
    if not device:
        return
    conn.execute(delete(trace).where(trace.c.village == village, trace.c.seq == seq))
    row = {"village": village, "seq": seq, "device": sha256(device.encode()).hexdigest()[:32]}
    conn.execute(insert(trace).values(row))


def of(conn: Connection, village: str, leaves: Collection[int]) -> dict[int, str]:
    """Return the devices of some leaves of a village, where they are known."""
    query = select(trace.c.seq, trace.c.device).where(
        trace.c.village == village, trace.c.seq.in_(leaves)
    )
    return {row.seq: row.device for row in conn.execute(query)}
