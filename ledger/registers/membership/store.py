"""The register of members and shares of a village, kept as a journal and read as of any day."""

import json
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, insert, select

from ledger.personal import secret
from ledger.registers import store as households
from ledger.registers.holdings import store as holdings
from ledger.registers.membership.entry import Entry
from ledger.registers.membership.fold import State, fold
from ledger.registers.membership.tables import membership

NEVER = 2**31 - 1


def add(conn: Connection, village: str, entries: Iterable[Entry], nonce: str = "") -> list[Entry]:
    """Add lines to a village's journal, all or none, and return them numbered and salted.

    Under one nonce the salts are the same, as an act by passkey is done twice.

    Raises:
        BadEntry: with these lines the register cannot be, on whatever day.
    """
    before = journal(conn, village)
    numbered = [
        replace(one, no=no, salt=_salt(conn, village, no, nonce))
        for no, one in enumerate(entries, start=len(before) + 1)
    ]
    _fold(conn, village, [*before, *numbered])
    if numbered:
        conn.execute(insert(membership), [_row(village, one) for one in numbered])
    return numbered


def _salt(conn: Connection, village: str, no: int, nonce: str) -> str:
    return secret(conn, "membership", village, no, nonce) if nonce else secrets.token_hex(32)


def _row(village: str, one: Entry) -> dict[str, object]:
    facts = json.dumps(dict(one.facts), ensure_ascii=False, sort_keys=True)
    plain = {name: getattr(one, name) for name in Entry.__slots__ if name != "facts"}
    return {"village": village, "facts": facts, **plain}


def last(conn: Connection, village: str) -> int:
    """Return the number of the last line, or 0."""
    query = select(func.max(membership.c.no)).where(membership.c.village == village)
    return conn.execute(query).scalar() or 0


def journal(conn: Connection, village: str, until: int = NEVER) -> list[Entry]:
    """Return the lines of a village's journal in order, up to a number."""
    mine = (membership.c.village == village) & (membership.c.no <= until)
    query = select(membership).where(mine).order_by(membership.c.no)
    return [_entry(dict(row)) for row in conn.execute(query).mappings()]


def _entry(row: dict[str, Any]) -> Entry:
    del row["village"]
    return Entry(**{**row, "facts": json.loads(row["facts"])})


def as_of(conn: Connection, village: str, day: date, until: int = NEVER) -> State:
    """Return the register as of a day; with `until`, as it was known by that line."""
    return _fold(conn, village, journal(conn, village, until), day)


def _fold(conn: Connection, village: str, lines: list[Entry], day: date = date.max) -> State:
    named = holdings.members(conn, village)
    return fold(households.holdings(conn, village), lines, day, named)
