"""Voucher drafts and templates of a village: what is typed and not yet submitted, never the log's.

A draft is saved upon the version it was read at. Whoever saves upon an older one keeps what was
typed as a draft of its own and is told, so that of two people on one draft neither loses a word.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from app.tables import draft, draft_paper
from ledger.money import parse_yuan, plain
from ledger.refusal import Refusal
from ledger.voucher import Paper, Party, Voucher

ONCE = frozenset({"case", "bank_line", "day", "reverses", "corrects"})  # never of a template
ID = re.compile(r"[0-9a-f]{16,40}")
LONGEST, LONGEST_NAME, MOST, MOST_ROWS = 500, 40, 200, 60
_FIELDS = re.compile(
    r"kind|day|purpose|sheets|summary|payee|payee_account|payee_bank|handler|case|bank_line|reverses|corrects"
    r"|(?:words|account|debit|credit|dim_[a-z][a-z0-9]{0,15}_)[0-9]{1,2}"
)


class Draft(NamedTuple):
    """A draft as it was saved; `name` is that of a template, empty for an ordinary draft."""

    id: str
    person: str
    name: str
    fields: dict[str, str]
    updated_at: str
    version: int


class Saved(NamedTuple):
    """Where the fields are kept now, and whose later version they stand beside, if so."""

    id: str
    version: int
    other: Draft | None = None


def version_of(given: str) -> int:
    """Return the version that a form was read at; what is no number was read at none."""
    return int(given) if re.fullmatch(r"[0-9]{1,9}", given) else 0


def fields_of(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields of a voucher form that a draft keeps: no PIN, no token, no file."""
    return {
        name: value.strip()[:LONGEST]
        for name, value in values.items()
        if isinstance(value, str) and value.strip() and _FIELDS.fullmatch(name)
    }


def typed(voucher: Voucher) -> dict[str, str]:
    """Return the fields of a voucher form that describe a voucher."""
    payee = voucher.payee or Party("", "", "")
    fields = {
        "kind": voucher.kind,
        "day": voucher.day.isoformat(),
        "purpose": voucher.purpose,
        "sheets": str(voucher.sheets),
        "summary": voucher.summary,
        "payee": payee.name,
        "payee_account": payee.account,
        "payee_bank": payee.bank,
        "handler": voucher.handler,
    }
    for row, leg in enumerate(voucher.legs):
        side = "debit" if leg.fen > 0 else "credit"
        fields[f"account{row}"], fields[f"{side}{row}"] = leg.account, plain(abs(leg.fen))
        fields[f"words{row}"] = leg.summary
        fields |= {dim_field(dim.code, row): str(dim) for dim in leg.dims}
    return fields


def dim_field(code: str, row: int) -> str:
    """Return the field of a form for an auxiliary dimension of a row from 0."""
    return f"dim_{code}_{row}"


def total(fields: Mapping[str, Any]) -> int:
    """Return the sum of the debits of a form in fen; what is no amount counts nothing."""
    found = 0
    for row in range(MOST_ROWS):
        given = fields.get(f"debit{row}", "")
        try:
            found += parse_yuan(given) if isinstance(given, str) and given.strip() else 0
        except Refusal:
            continue
    return found


def get(conn: Connection, village: str, name: str) -> Draft | None:
    """Return a draft or template of the village, or None."""
    mine = (draft.c.village == village) & (draft.c.id == name)
    row = conn.execute(select(draft).where(mine)).first()
    return _draft(row) if row else None


def all_of(conn: Connection, village: str) -> list[Draft]:
    """Return the drafts and templates of a village, the latest first."""
    query = select(draft).where(draft.c.village == village)
    return [_draft(row) for row in conn.execute(query.order_by(draft.c.updated_at.desc()))]


def _draft(row: Any) -> Draft:  # noqa: ANN401 - a row of the table
    return Draft(row.id, row.person, row.name, json.loads(row.fields), row.updated_at, row.version)


def save(
    conn: Connection,
    village: str,
    person: str,
    upon: Saved,
    fields: Mapping[str, str],
    now: datetime,
) -> Saved:
    """Keep the fields in the draft `upon` (version 0: a new one), or beside it if it went on.

    Saving the same fields again, as after a lost answer, changes nothing.

    Raises:
        BadDraft: the draft's id is none.
        TooMany: the village has 200 drafts.
    """
    if not ID.fullmatch(upon.id):
        raise BadDraft
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True)
    row = {"person": person, "fields": text, "updated_at": now.isoformat()}
    same = (draft.c.village == village) & (draft.c.id == upon.id) & (draft.c.name == "")
    at = same & (draft.c.version == upon.version)
    if conn.execute(update(draft).where(at).values(version=upon.version + 1, **row)).rowcount:
        return Saved(upon.id, upon.version + 1)
    there = get(conn, village, upon.id)
    if there is not None and there.fields == fields:
        return Saved(there.id, there.version)
    if there is not None:
        # Named by what it says, so that a repeated request finds it again.
        beside = Saved(sha256(f"{upon.id} {text}".encode()).hexdigest()[:32], 0)
        return save(conn, village, person, beside, fields, now)._replace(other=there)
    return _add(conn, village, upon.id, "", row)


def keep(
    conn: Connection, village: str, person: str, name: str, fields: Mapping[str, str], now: datetime
) -> None:
    """Keep the fields as a template (常用凭证) of this name, in the place of one so named.

    Raises:
        NoName: the template has no name, or a long one.
        TooMany: see `save`.
    """
    if not name or len(name) > LONGEST_NAME:
        raise NoName(longest=LONGEST_NAME)
    told = {key: value for key, value in fields.items() if key not in ONCE}
    same = (draft.c.village == village) & (draft.c.name == name)
    conn.execute(delete(draft).where(same))
    text = json.dumps(told, ensure_ascii=False, sort_keys=True)
    row = {"person": person, "fields": text, "updated_at": now.isoformat()}
    _add(conn, village, sha256(f"{village} {name}".encode()).hexdigest()[:32], name, row)


def discard(conn: Connection, village: str, person: str, name: str) -> None:
    """Throw away a draft or template of one's own; another's stays.

    Raises:
        OthersDraft: it is not there, or another person's.
    """
    mine = (draft.c.village == village) & (draft.c.id == name) & (draft.c.person == person)
    if not conn.execute(delete(draft).where(mine)).rowcount:
        raise OthersDraft
    conn.execute(delete(draft_paper).where(_papers_of(village, name)))


def done(conn: Connection, village: str, name: str, version: int) -> None:
    """Drop the draft that was submitted; one that somebody saved anew meanwhile stays."""
    mine = (draft.c.village == village) & (draft.c.id == name) & (draft.c.name == "")
    if conn.execute(delete(draft).where(mine & (draft.c.version == version))).rowcount:
        conn.execute(delete(draft_paper).where(_papers_of(village, name)))


def hold(conn: Connection, village: str, name: str, paper: Paper) -> None:
    """Keep a paper with a draft that was begun from it; only the counter itself does so."""
    conn.execute(
        delete(draft_paper).where(_papers_of(village, name), draft_paper.c.digest == paper.digest)
    )
    conn.execute(insert(draft_paper).values(village=village, draft=name, **paper._asdict()))


def held(conn: Connection, village: str, name: str) -> tuple[Paper, ...]:
    """Return the papers that a draft was begun from."""
    query = select(draft_paper).where(_papers_of(village, name)).order_by(draft_paper.c.digest)
    return tuple(Paper(row.digest, row.title, row.number, row.kind) for row in conn.execute(query))


def _papers_of(village: str, name: str) -> Any:  # noqa: ANN401 - a condition
    return (draft_paper.c.village == village) & (draft_paper.c.draft == name)


def _add(conn: Connection, village: str, one: str, name: str, row: Mapping[str, str]) -> Saved:
    if len(all_of(conn, village)) >= MOST:
        raise TooMany(most=MOST)
    conn.execute(insert(draft).values(village=village, id=one, name=name, version=1, **row))
    return Saved(one, 1)


class BadDraft(Refusal):
    """The id is that of no draft."""

    code = "W050"
    says = "草稿的编号不对，没有保存。请打开“填制凭证”重新填写。"
    status = 422


class TooMany(Refusal):
    """The village has as many drafts as it may have."""

    code = "W051"
    says = "这个村的草稿已有 {most} 份，请先删去不用的。"
    status = 409


class NoName(Refusal):
    """A template needs a short name."""

    code = "W052"
    says = "请给常用凭证起个名字，不超过 {longest} 个字。"
    status = 422


class OthersDraft(Refusal):
    """The draft is another person's, or gone."""

    code = "W053"
    says = "这份草稿是别人存的，或已不在，没有删除。请刷新页面后再看。"
    status = 409
