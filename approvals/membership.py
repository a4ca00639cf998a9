"""A change of the share register as a signed act: the log binds its lines and what they make."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from approvals import acts
from approvals.acts import Desk
from approvals.keys import Hand
from ledger.log import store as log
from ledger.log.act import Event
from ledger.refusal import Refusal
from ledger.registers.membership import store
from ledger.registers.membership.entry import Entry, root
from ledger.registers.membership.fold import State
from ledger.registers.shares import Register, register

KIND = "register.adopted"
FROZEN = "distribution.frozen"  # binds the lines of the shares that it hands out (派送股权)


class Bound(NamedTuple):
    """What an act bound of the register: its leaf, its day, the last line, the digest."""

    seq: int
    day: date
    last: int
    digest: str


def change(conn: Connection, hand: Hand, desk: Desk, entries: Sequence[Entry]) -> Event:
    """Add lines to the register's journal and adopt the register that they make.

    The day of the register is that of the act; lines may take effect earlier, none later.

    Raises:
        NothingToRegister: there are no lines; NotYet: one takes effect after today.
        BadEntry: the register cannot be with them. NotEntitled: the hand keeps no register.
    """
    log.hold(conn, desk.village)
    if desk.nonce and log.has_nonce(conn, desk.village, desk.nonce):
        return log.events(conn, desk.village, kinds=(KIND,))[-1]
    if not entries:
        raise NothingToRegister
    today = desk.at.date()
    for at, one in enumerate(entries, start=1):
        if one.day > today:
            raise NotYet(no=at, household=one.household, day=one.day)
    bound = add(conn, desk, entries)
    body = {**register_on(conn, desk.village, today).body(), "changes": bound}
    return acts.record(conn, hand, desk, KIND, today.isoformat(), body)


def add(conn: Connection, desk: Desk, entries: Sequence[Entry]) -> dict[str, int | str]:
    """Add lines to the journal and return what an act binds of them.

    Raises:
        BadEntry: the register cannot be with them.
    """
    before = store.last(conn, desk.village)
    lines = store.add(conn, desk.village, entries, desk.nonce)
    return {"first": before + 1, "last": lines[-1].no, "root": root(lines)}


def adopt(conn: Connection, hand: Hand, desk: Desk) -> Event:
    """Adopt the register as it stands today, without a change: what a distribution rests on.

    Raises:
        BadRegister: nobody holds a share. NotEntitled: the hand keeps no register.
    """
    today = desk.at.date()
    found = register_on(conn, desk.village, today)
    return acts.record(conn, hand, desk, KIND, today.isoformat(), found.body())


def register_on(conn: Connection, village: str, day: date, until: int = store.NEVER) -> Register:
    """Return a village's register as of a day; with `until`, as it was known by that line.

    Raises:
        BadRegister: nobody holds a share.
    """
    return register(village, day, store.as_of(conn, village, day, until).holdings())


def adopted(conn: Connection, village: str, before: int) -> Register | None:
    """Return the register that was in force at a leaf of the log, or None if none was adopted.

    Lines entered later do not count, even where they take effect earlier.
    """
    state = state_at(conn, village, before)
    return None if state is None else register(village, state[0], state[1].holdings())


def state_at(conn: Connection, village: str, before: int) -> tuple[date, State] | None:
    """Return the register in force at a leaf, its day first, or None if none was adopted."""
    known = [one for one in bound(conn, village) if one.seq < before]
    if not known:
        return None
    until = max(one.last for one in known)
    return known[-1].day, store.as_of(conn, village, known[-1].day, until)


def bound(conn: Connection, village: str) -> list[Bound]:
    """Return what the log has bound of a village's register, the first act first."""
    found = []
    for event in log.events(conn, village, kinds=(KIND, FROZEN)):
        said = event.statement()
        body = said["body"]
        if event.kind == KIND:
            last = body["changes"]["last"] if "changes" in body else 0
            found.append(Bound(event.seq, date.fromisoformat(body["as_of"]), last, body["digest"]))
        elif "granted" in body:
            day, made = date.fromisoformat(said["at"][:10]), body["granted"]
            found.append(Bound(event.seq, day, made["last"], made["digest"]))
    return found


class NothingToRegister(Refusal):
    """A change of the register without a line."""

    code = "D011"
    says = "没有要登记的变动，请至少填一行。"
    status = 422


class NotYet(Refusal):
    """A line that takes effect on a day to come."""

    code = "D012"
    says = "第 {no} 行（{household} 户）的日期 {day} 还没有到，到那天再登记。"
    status = 422
