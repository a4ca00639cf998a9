"""Append to a village's log and read it. Nothing here ever changes or deletes an event."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    Select,
    bindparam,
    insert,
    select,
    update,
)

from ledger import canonical
from ledger.log.act import Act, Event, Signature, line
from ledger.log.tables import event, head
from ledger.refusal import Refusal
from ledger.tree import Frontier, leaf_hash

OPENING = "log.opened"
REGISTRY = frozenset(
    {
        "log.opened",
        "person.enrolled",
        "key.enrolled",
        "key.revoked",
        "seat.taken",
        "seat.left",
        "kin.declared",
        "delegation.given",
        "delegation.ended",
        "registrar.changed",
        "registrar.replaced",
        "server.keyed",
        "policy.adopted",
    }
)


# Statements are built once: these run at every act, and building one costs more than running it.
_IN: BindParameter[str] = bindparam("in_village")
_TOP = select(head).where(head.c.village == _IN).with_for_update()
_NONCE = select(event).where(event.c.village == _IN, event.c.nonce == bindparam("in_nonce"))
_ADD = insert(event)
_MOVE = (
    update(head)
    .where(head.c.village == _IN)
    .values({name: bindparam(name) for name in ("size", "frontier", "last_at", "registry")})
)
_SUBJECT = (
    select(event)
    .where(event.c.village == _IN, event.c.subject == bindparam("in_subject"))
    .order_by(event.c.seq)
)
_REGISTRY = select(head.c.registry).where(head.c.village == _IN)


def append(conn: Connection, act: Act, signatures: tuple[Signature, ...]) -> Event:
    """Append an act to its village's log and return the event.

    A second append of the very same act (same nonce, same statement) returns the event that is
    there: the nonce is the idempotency key.

    Raises:
        UnknownVillage: the log has not been opened.
        AlreadyOpen: a second `log.opened`.
        BackDated: the act is older than the last event of the log.
        NonceUsed: the nonce stands on another act.
    """
    return put(conn, act, signatures)[0]


def put(conn: Connection, act: Act, signatures: tuple[Signature, ...]) -> tuple[Event, bool]:
    """Append as `append` does; tell also whether the event is new."""
    top = _lock(conn, act)
    known = _by_nonce(conn, act)
    if known is not None:
        return known, False
    if act.kind == OPENING and top.size:
        raise AlreadyOpen(village=act.village)
    if top.last_at and act.at < datetime.fromisoformat(top.last_at):
        raise BackDated(at=act.at.isoformat(timespec="seconds"), last=top.last_at)
    if top.last_at and act.at.utcoffset() != datetime.fromisoformat(top.last_at).utcoffset():
        raise OtherOffset(at=act.at.isoformat(timespec="seconds"), last=top.last_at)
    body = line(top.size, act, signatures)
    new = Event(act.village, top.size, act.kind, act.subject, body, leaf_hash(body))
    conn.execute(_ADD, {**new._asdict(), "nonce": act.nonce})
    frontier = Frontier.load(top.frontier) if top.frontier else Frontier()
    frontier.append(new.leaf)
    moved = {
        "in_village": act.village,
        "size": new.seq + 1,
        "frontier": frontier.dump(),
        "last_at": act.at.isoformat(timespec="seconds"),
        "registry": new.leaf.hex() if act.kind in REGISTRY else top.registry,
    }
    conn.execute(_MOVE, moved)
    return new, True


def hold(conn: Connection, village: str) -> None:
    """Let one act at a time into a village's log, until the transaction ends.

    Whoever decides upon what the log says holds it first: on PostgreSQL two transactions would
    else read the same standing and both act on it. On SQLite every write transaction holds all.
    """
    conn.execute(_TOP, {"in_village": village})


def _lock(conn: Connection, act: Act) -> Row[tuple[str, int, str, str, str]]:
    # The head row is the village's lock: acts of one village queue up, villages do not meet.
    asked = {"in_village": act.village}
    row = conn.execute(_TOP, asked).first()
    if row is None:
        if act.kind != OPENING:
            raise UnknownVillage(village=act.village)
        empty = {"village": act.village, "size": 0, "frontier": "", "last_at": "", "registry": ""}
        conn.execute(insert(head).values(**empty))
        row = conn.execute(_TOP, asked).one()
    return row


def _by_nonce(conn: Connection, act: Act) -> Event | None:
    asked = {"in_village": act.village, "in_nonce": act.nonce}
    row = conn.execute(_NONCE, asked).first()
    if row is None:
        return None
    found = _event(row)
    if found.statement() != act.statement():
        raise NonceUsed(nonce=act.nonce)
    return found


def _event(row: Row[tuple[object, ...]]) -> Event:
    return Event(row.village, row.seq, row.kind, row.subject, bytes(row.body), bytes(row.leaf))


def has_nonce(conn: Connection, village: str, nonce: str) -> bool:
    """Tell whether an act with this idempotency key stands in the log."""
    query = select(event.c.seq).where(event.c.village == village, event.c.nonce == nonce)
    return conn.execute(query).first() is not None


def events(
    conn: Connection,
    village: str,
    after: int = -1,
    kinds: Sequence[str] = (),
    subject: str | None = None,
) -> list[Event]:
    """Return the events after a leaf, in order; of some kinds or about one subject if asked."""
    if subject is not None and after < 0 and not kinds:
        asked = {"in_village": village, "in_subject": subject}
        return [_event(row) for row in conn.execute(_SUBJECT, asked)]
    query = select(event).where(event.c.village == village)
    if after >= 0:
        query = query.where(event.c.seq > after)
    if kinds:
        query = query.where(event.c.kind.in_(kinds))
    if subject is not None:
        query = query.where(event.c.subject == subject)
    return _in_order(conn, query)


def _in_order(conn: Connection, query: Select[Any]) -> list[Event]:
    # Sorted here: asked for the order of leaves, SQLite walks the village's whole log along its key
    # to spare itself the sorting, instead of taking the index on kind or subject.
    return sorted((_event(row) for row in conn.execute(query)), key=attrgetter("seq"))


def about(conn: Connection, village: str, subjects: Sequence[str]) -> list[Event]:
    """Return the events about any of several subjects, in order, in one query."""
    query = select(event).where(event.c.village == village, event.c.subject.in_(subjects))
    return _in_order(conn, query)


def leaves_about(
    conn: Connection, village: str, subjects: Sequence[str]
) -> dict[str, tuple[bytes, ...]]:
    """Return the leaf hashes of the events about each of several subjects, without the events."""
    where = (event.c.village == village, event.c.subject.in_(subjects))
    query = select(event.c.seq, event.c.subject, event.c.leaf).where(*where)
    found: dict[str, list[bytes]] = {}
    for _, subject, leaf in sorted(map(tuple, conn.execute(query))):
        found.setdefault(subject, []).append(bytes(leaf))
    return {subject: tuple(leaves) for subject, leaves in found.items()}


def at(conn: Connection, village: str, seq: int) -> Event | None:
    """Return the event at a leaf, or None."""
    query = select(event).where(event.c.village == village, event.c.seq == seq)
    row = conn.execute(query).first()
    return None if row is None else _event(row)


def span(conn: Connection, village: str, start: int, stop: int) -> list[Event]:
    """Return the events from leaf `start` to the one before `stop`, in order."""
    here = (event.c.village == village, event.c.seq >= start, event.c.seq < stop)
    return _in_order(conn, select(event).where(*here))


def size(conn: Connection, village: str) -> int:
    """Return the number of leaves (0 for an unknown village)."""
    return conn.execute(select(head.c.size).where(head.c.village == village)).scalar() or 0


def root(conn: Connection, village: str) -> bytes:
    """Return the root of the log as it stands."""
    query = select(head.c.frontier).where(head.c.village == village)
    frontier = conn.execute(query).scalar()
    if frontier is None:
        raise UnknownVillage(village=village)
    return Frontier.load(frontier).root()


def last_at(conn: Connection, village: str) -> datetime | None:
    """Return the time of the last act, or None for an empty log."""
    text = conn.execute(select(head.c.last_at).where(head.c.village == village)).scalar()
    return datetime.fromisoformat(text) if text else None


def registry(conn: Connection, village: str) -> str:
    """Return the hex leaf of the last event that changed people, keys, seats or policies.

    Raises:
        UnknownVillage: the log has not been opened.
    """
    found = conn.execute(_REGISTRY, {"in_village": village}).scalar()
    if not found:
        raise UnknownVillage(village=village)
    return str(found)


def leaves(conn: Connection, village: str) -> list[bytes]:
    """Return every leaf hash of the log in order."""
    query = select(event.c.leaf).where(event.c.village == village).order_by(event.c.seq)
    return [bytes(leaf) for leaf in conn.execute(query).scalars()]


def villages(conn: Connection) -> list[str]:
    """Return the codes of all villages with a log, sorted."""
    return list(conn.execute(select(head.c.village).order_by(head.c.village)).scalars())


def load(conn: Connection, village: str, lines: Sequence[bytes]) -> None:
    """Fill an empty log from the lines of a books directory, exactly as they are.

    Raises:
        AlreadyOpen: the log is not empty.
    """
    if size(conn, village):
        raise AlreadyOpen(village=village)
    frontier, rows, stamp, registry_leaf = Frontier(), [], "", ""
    for body in lines:
        parsed = canonical.decode(body)
        statement, leaf = parsed["statement"], leaf_hash(body)
        frontier.append(leaf)
        stamp = statement["at"]
        if statement["kind"] in REGISTRY:
            registry_leaf = leaf.hex()
        entry = Event(village, parsed["seq"], statement["kind"], statement["subject"], body, leaf)
        rows.append({**entry._asdict(), "nonce": statement["nonce"]})
    conn.execute(insert(event), rows)
    top = {"size": len(rows), "frontier": frontier.dump(), "last_at": stamp}
    conn.execute(insert(head).values(village=village, registry=registry_leaf, **top))


class UnknownVillage(Refusal):
    """The village has no log here."""

    code = "L001"
    says = "没有找到村集体 {village}，请核对村代码。"
    status = 404


class AlreadyOpen(Refusal):
    """The village's log is open already."""

    code = "L002"
    says = "村集体 {village} 已经建账，不能重复建账。"


class BackDated(Refusal):
    """The act's time lies before the last event: time in a log never goes back."""

    code = "L003"
    says = "操作时间 {at} 早于账上最后一次操作 {last}，请核对本机时间后重试。"
    rule = "docs/FORMATS.md Event line"


class OtherOffset(Refusal):
    """The act's time has another offset than the log: no signer shifts a day that way."""

    code = "L005"
    says = "操作时间 {at} 的时区与账上（{last}）不同，请用同一时区重试。"
    rule = "docs/FORMATS.md Rules that close holes"


class NonceUsed(Refusal):
    """The idempotency key stands on another act already."""

    code = "L004"
    says = "同一操作编号 {nonce} 已用于另一项操作，请刷新页面后重试。"
