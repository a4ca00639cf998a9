"""Drafts of policies: what the township writes before anybody signs it, never the log's.

A draft is saved upon the version it was read at; whoever saves upon an older one is told.
"""

import json
import secrets
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from app.tables import policy_draft as table
from approvals.policy import Policy
from ledger.refusal import Refusal

MOST = 20


class Draft(NamedTuple):
    """A draft as it was saved last: by whom, when (ISO 8601)."""

    id: str
    version: int
    policy: Policy
    person: str
    updated_at: str


def begin(conn: Connection, village: str, person: str, policy: Policy, now: datetime) -> str:
    """Keep a new draft; return its id.

    Raises:
        TooManyDrafts: the village has twenty.
    """
    if len(all_of(conn, village)) >= MOST:
        raise TooManyDrafts(most=MOST)
    name = secrets.token_hex(8)
    row = {"village": village, "id": name, "version": 1, **_row(person, policy, now)}
    conn.execute(insert(table).values(row))
    return name


def _row(person: str, policy: Policy, now: datetime) -> dict[str, Any]:
    content = json.dumps(policy, ensure_ascii=False)
    return {"content": content, "person": person, "updated_at": now.isoformat()}


def all_of(conn: Connection, village: str) -> list[Draft]:
    """Return the drafts of a village, the latest first."""
    query = select(table).where(table.c.village == village).order_by(table.c.updated_at.desc())
    return [_draft(row) for row in conn.execute(query)]


def get(conn: Connection, village: str, name: str) -> Draft:
    """Return a draft.

    Raises:
        NoDraft: it is not there.
    """
    mine = (table.c.village == village) & (table.c.id == name)
    row = conn.execute(select(table).where(mine)).first()
    if row is None:
        raise NoDraft
    return _draft(row)


def _draft(row: Any) -> Draft:  # noqa: ANN401 - a row of the table
    return Draft(row.id, row.version, json.loads(row.content), row.person, row.updated_at)


def save(
    conn: Connection, village: str, upon: Draft, policy: Policy, by: tuple[str, datetime]
) -> None:
    """Keep a policy in the place of the draft that was read; `by` is who and when.

    Raises:
        DraftMoved: somebody has saved meanwhile.
    """
    mine = (table.c.village == village) & (table.c.id == upon.id)
    at = mine & (table.c.version == upon.version)
    row = {"version": upon.version + 1, **_row(by[0], policy, by[1])}
    if not conn.execute(update(table).where(at).values(row)).rowcount:
        raise DraftMoved


def drop(conn: Connection, village: str, name: str) -> None:
    """Throw a draft away."""
    conn.execute(delete(table).where(table.c.village == village, table.c.id == name))


class NoDraft(Refusal):
    """There is no such draft of a policy."""

    code = "W102"
    says = "这份办法草稿不在了，可能已经签名提出或删去。请回到“审签办法”看看。"
    status = 409


class DraftMoved(Refusal):
    """Two people changed one draft; the second is told."""

    code = "W103"
    says = "您改的时候，别人先保存了这份草稿。下面是最新的内容，请在上面再改。"
    status = 409


class TooManyDrafts(Refusal):
    """The village has as many drafts as it may have."""

    code = "W104"
    says = "这个村的办法草稿已有 {most} 份，请先删去不用的。"
    status = 409
