"""How people are to be reached, and when they are away: what they say themselves, in no log."""

import re
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from app.tables import absence, contact
from approvals.pursuit import Absence
from ledger.refusal import Refusal

MAIL = "mail"
LONGEST = 200
ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")
LANGUAGES = ("zh", "en")


class Contact(NamedTuple):
    """Where a person is reached by a channel, and in which language."""

    person: str
    channel: str
    address: str
    language: str


def keep(conn: Connection, one: Contact) -> None:
    """Keep where a person is reached by a channel; an empty address ends it.

    Raises:
        BadContact: it is no address of this channel.
    """
    address = one.address.strip()
    good = address.isprintable() and len(address) <= LONGEST and one.language in LANGUAGES
    if one.channel == MAIL and address:
        good = good and bool(ADDRESS.fullmatch(address)) and address.isascii()
    if not good:
        raise BadContact(address=address[:LONGEST])
    mine = (contact.c.person == one.person) & (contact.c.channel == one.channel)
    conn.execute(delete(contact).where(mine))
    if address:
        conn.execute(insert(contact).values(**{**one._asdict(), "address": address}))


def of(conn: Connection, person: str) -> dict[str, Contact]:
    """Return where a person is reached, by channel."""
    rows = conn.execute(select(contact).where(contact.c.person == person))
    return {row.channel: Contact(*row) for row in rows}


def everybody(conn: Connection) -> dict[str, list[Contact]]:
    """Return where people are reached, by person."""
    found: dict[str, list[Contact]] = {}
    for row in conn.execute(select(contact).order_by(contact.c.person, contact.c.channel)):
        found.setdefault(row.person, []).append(Contact(*row))
    return found


def go(conn: Connection, one: Absence, at: datetime) -> None:
    """Note that a person is away; told again from the same day, the earlier note is let go.

    Raises:
        BadAbsence: it ends before it begins, or is over.
    """
    if not max(one.first, at.date()) <= one.last:
        raise BadAbsence
    come(conn, one.person, one.first)
    conn.execute(insert(absence).values(**one._asdict(), at=at.isoformat()))


def come(conn: Connection, person: str, first: date) -> None:
    """Let go of the note that a person is away from a day on."""
    mine = (absence.c.person == person) & (absence.c.first == first)
    conn.execute(delete(absence).where(mine))


def absences(conn: Connection, day: date, person: str = "") -> list[Absence]:
    """Return who is away on a day or later, or what one person has noted, the earliest first."""
    query = select(absence.c.person, absence.c.first, absence.c.last).where(absence.c.last >= day)
    if person:
        query = query.where(absence.c.person == person)
    return [Absence(*row) for row in conn.execute(query.order_by(absence.c.first))]


class BadContact(Refusal):
    """What was given is no address that a reminder can go to."""

    code = "W340"
    says = "“{address}”不能用来接收提醒，请核对；邮箱写成 name@example.com 的样子。"
    status = 422


class BadAbsence(Refusal):
    """An absence ends before it begins, or is over already."""

    code = "W341"
    says = "外出的截止日须在开始日和今天以后，请核对日期。"
    status = 422
