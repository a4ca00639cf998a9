"""What a session has begun and must finish within minutes: kept here, never in the browser."""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from app.logins import digest
from app.tables import pending

STAY = timedelta(minutes=5)


def keep(conn: Connection, token: str, what: str, content: Any, now: datetime) -> None:  # noqa: ANN401 - any JSON value
    """Keep what a session begins; it takes the place of what it began before."""
    mine = (pending.c.token == digest(token)) & (pending.c.what == what)
    conn.execute(delete(pending).where(mine | (pending.c.until <= now.isoformat())))
    row = {"token": digest(token), "what": what, "content": json.dumps(content)}
    conn.execute(insert(pending).values(until=(now + STAY).isoformat(), **row))


def take(conn: Connection, token: str, what: str, now: datetime) -> Any | None:  # noqa: ANN401 - any JSON value
    """Return what a session has begun, once, within five minutes; otherwise None."""
    mine = (pending.c.token == digest(token)) & (pending.c.what == what)
    row = conn.execute(select(pending).where(mine).with_for_update()).first()
    conn.execute(delete(pending).where(mine))
    if row is None or datetime.fromisoformat(row.until) <= now:
        return None
    return json.loads(row.content)
