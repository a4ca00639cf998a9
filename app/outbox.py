"""Letters on their way and what was reminded of: written before anything is sent.

A letter is `waiting`, then `sending` before it leaves, then `sent`. What a kill left `sending` is
`unsure`: nobody knows whether it went, and the same reminder must not come twice; what a receiver
knows by its id is tried again instead. `dead` is what will not go, for somebody to look at.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from app.tables import letter as table
from app.tables import reminder
from ledger.refusal import Refusal

STATES = {
    "waiting": "等待发送",
    "sending": "正在发送",
    "sent": "已发送",
    "unsure": "不知送到没有",
    "dead": "没有送到",
}
MOST = 8  # tries, over about four days
KEPT = timedelta(days=90)
CHUNK = 400


class Kept(NamedTuple):
    """A letter as it is kept; `content` is what it reminds of, `said` why it did not go."""

    id: str
    channel: str
    person: str
    address: str
    language: str
    content: Mapping[str, Any]
    state: str
    tries: int
    next_at: str
    said: str
    at: str


def unsaid(conn: Connection, channel: str, keys: Collection[str]) -> set[str]:
    """Return which of the reminders were not written for a channel before."""
    names = {_name(channel, key): key for key in keys}
    known: set[str] = set()
    every = list(names)
    for first in range(0, len(every), CHUNK):
        some = every[first : first + CHUNK]
        query = select(reminder.c.key).where(reminder.c.key.in_(some))
        known |= set(conn.execute(query).scalars())
    return {key for name, key in names.items() if name not in known}


def _name(channel: str, key: str) -> str:
    return sha256(f"{channel}|{key}".encode()).hexdigest()


def write(conn: Connection, one: Kept, keys: Iterable[str]) -> None:
    """Write a letter and what it reminds of, in one transaction."""
    row = {**one._asdict(), "content": json.dumps(one.content, ensure_ascii=False)}
    conn.execute(insert(table).values(row))
    said = [{"key": _name(one.channel, key), "at": one.at} for key in keys]
    conn.execute(insert(reminder), said)


def name_of(channel: str, person: str, keys: Iterable[str]) -> str:
    """Return the id of a letter: the same for the same reminders."""
    return sha256("\n".join((channel, person, *sorted(keys))).encode()).hexdigest()[:32]


def recover(conn: Connection, repeated: Collection[str], now: datetime) -> None:
    """Judge what a kill left under way; `repeated` are the channels that may send again."""
    under_way = table.c.state == "sending"
    again = table.c.channel.in_(list(repeated))
    at_once = {"state": "waiting", "next_at": now.isoformat()}
    conn.execute(update(table).where(under_way, again).values(at_once))
    conn.execute(update(table).where(under_way).values(state="unsure", said="发送中途断开"))
    old = (now - KEPT).isoformat()
    conn.execute(delete(table).where(table.c.state != "waiting", table.c.at < old))


def due(conn: Connection, now: datetime) -> list[str]:
    """Return the letters whose time has come, in the order they were written."""
    query = select(table.c.id).where(table.c.state == "waiting", table.c.next_at <= now.isoformat())
    return list(conn.execute(query.order_by(table.c.at, table.c.id)).scalars())


def begin(conn: Connection, name: str) -> Kept:
    """Take a letter into the hand: from here on it may have been sent."""
    conn.execute(
        update(table).where(table.c.id == name).values(state="sending", tries=table.c.tries + 1)
    )
    return _one(conn, name)


def _one(conn: Connection, name: str) -> Kept:
    row = conn.execute(select(table).where(table.c.id == name)).first()
    if row is None:
        raise NoLetter
    return _read(row)


def _read(row: Any) -> Kept:  # noqa: ANN401 - a row
    kept = Kept(*row)
    return kept._replace(content=json.loads(str(kept.content)))


def end(conn: Connection, name: str, state: str, said: str = "") -> None:
    """Note how a try ended: `sent`, `unsure` or `dead`."""
    conn.execute(update(table).where(table.c.id == name).values(state=state, said=said[:200]))


def later(conn: Connection, one: Kept, said: str, now: datetime) -> None:
    """Note that a letter did not go: it is tried again, later each time, and at last no more."""
    if one.tries >= MOST:
        end(conn, one.id, "dead", said)
        return
    at = now + timedelta(minutes=5 * 3 ** (one.tries - 1))
    values = {"state": "waiting", "said": said[:200], "next_at": at.isoformat()}
    conn.execute(update(table).where(table.c.id == one.id).values(values))


def again(conn: Connection, name: str, now: datetime) -> None:
    """Send what did not go once more, because somebody has mended what was wrong.

    Raises:
        NoLetter: there is no such letter that did not go.
    """
    stuck = table.c.state.in_(["dead", "unsure"])
    values = {"state": "waiting", "tries": 0, "next_at": now.isoformat()}
    done = conn.execute(update(table).where(table.c.id == name, stuck).values(values))
    if done.rowcount != 1:
        raise NoLetter


def not_gone(conn: Connection) -> list[Kept]:
    """Return what did not go or may not have gone, the latest first."""
    query = select(table).where(table.c.state.in_(["dead", "unsure"]))
    return [_read(row) for row in conn.execute(query.order_by(table.c.at.desc()))]


def to(conn: Connection, person: str, most: int) -> list[Kept]:
    """Return the latest letters to a person."""
    query = select(table).where(table.c.person == person).order_by(table.c.at.desc())
    return [_read(row) for row in conn.execute(query.limit(most))]


class NoLetter(Refusal):
    """There is no letter of this id that did not go."""

    code = "W342"
    says = "没有这封没有送到的提醒，可能已经重发。请刷新页面看看。"
    status = 404
