"""Calls to a meeting (会议通知): when, where, over which cases, whom. Nothing is decided by one.

An ordinary table: what is decided stays the vote that chair and recorder sign on each case.
"""

import json
import secrets
import tomllib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from app.tables import meeting as table
from approvals import cases, register, rules
from approvals.policy import Step
from approvals.register import Register
from approvals.standing import Standing
from ledger.refusal import Refusal

MOST_GUESTS = 200
MOST_CASES = 100
NAME = 40
OTHER = "other"


class Guest(NamedTuple):
    """Somebody who is called: a holder of a seat by person id, or a name alone."""

    person: str
    name: str


class Kind(NamedTuple):
    """A meeting that somebody may call now: its step, what waits for it, days, whom it calls."""

    step: Step
    waiting: tuple[Standing, ...]
    days: int
    guests: tuple[Guest, ...]


class Call(NamedTuple):
    """A meeting that was called; `step` is the id of its step, `by` who called it.

    `present` are the places on the roster, from 0, of those who came.
    """

    id: str
    step: str
    title: str
    day: date
    time: str
    place: str
    agenda: tuple[str, ...]
    roster: tuple[Guest, ...]
    present: frozenset[int]
    by: str
    at: datetime


class Told(NamedTuple):
    """What a form says of a meeting: guests by person id, `others` one name a line."""

    step: str
    day: str
    time: str
    place: str
    agenda: Sequence[str]
    guests: Sequence[str]
    others: str


@cache
def _known() -> dict[str, dict[str, Any]]:
    path = resources.files("approvals") / "data/meetings.toml"
    return tomllib.loads(path.read_text("utf-8"))


def days_of(step: str) -> int:
    """Return how many days before its day the meeting of a step is called at the least."""
    return int(_known().get(step, _known()[OTHER])["days"])


def kinds(conn: Connection, village: str, person: str, day: date) -> list[Kind]:
    """Return the meetings that cases wait for and that a person may call."""
    people = register.of(conn, village)
    found: dict[str, tuple[Step, list[Standing]]] = {}
    for one in cases.open_cases(conn, village):
        for step in one.waiting() if one.state == "signing" else ():
            if step["kind"] == "meeting" and hosts(people, step, person, day):
                found.setdefault(step["id"], (step, []))[1].append(one)
    return [
        Kind(step, tuple(waiting), days_of(name), _guests(people, name, day))
        for name, (step, waiting) in found.items()
    ]


def hosts(people: Register, step: Step, person: str, day: date) -> bool:
    """Tell whether a person may chair or record the meeting of a step."""
    return any(people.holds(person, seat, day) for seat in (*step["seats"], *step["recorders"]))


def _guests(people: Register, step: str, day: date) -> tuple[Guest, ...]:
    seats = _known().get(step, _known()[OTHER])["seats"]
    held = dict.fromkeys(person for seat in seats for person in people.holders(seat, day))
    return tuple(Guest(person, people.name(person)) for person in held)


def call(conn: Connection, village: str, person: str, now: datetime, told: Told) -> str:
    """Call a meeting; return its id.

    Raises:
        BadCall, MeetingPast, ShortNotice.
        NotWaiting: a case of the agenda does not wait for this meeting of the person's.
    """
    kind = next(
        (one for one in kinds(conn, village, person, now.date()) if one.step["id"] == told.step),
        None,
    )
    if kind is None:
        raise NotWaiting(cases=told.step)
    day, at = _when(told, now, kind)
    agenda = _agenda(kind, told.agenda)
    roster = _roster(kind, told)
    if not told.place.strip():
        raise BadCall(why="请填地点")
    row = {
        "village": village,
        "id": secrets.token_hex(8),
        "step": told.step,
        "title": kind.step["title"],
        "day": day,
        "time": at.strftime("%H:%M"),
        "place": told.place.strip()[:80],
        "agenda": json.dumps(agenda),
        "roster": json.dumps(roster, ensure_ascii=False),
        "present": "[]",
        "person": person,
        "at": now.isoformat(),
    }
    conn.execute(insert(table).values(**row))
    return str(row["id"])


def _when(told: Told, now: datetime, kind: Kind) -> tuple[date, time]:
    try:
        day, at = date.fromisoformat(told.day), time.fromisoformat(told.time)
    except ValueError as fault:
        raise BadCall(why="请填开会的日期和时间") from fault
    if datetime.combine(day, at.replace(tzinfo=now.tzinfo)) <= now:
        raise MeetingPast(day=day, time=at.strftime("%H:%M"))
    first = now.date() + timedelta(days=kind.days)
    if day < first:
        raise ShortNotice(title=kind.step["title"], days=kind.days, first=first)
    return day, at


def _agenda(kind: Kind, chosen: Sequence[str]) -> list[str]:
    agenda = list(dict.fromkeys(chosen))
    if not 0 < len(agenda) <= MOST_CASES:
        raise BadCall(why=f"请在议程里选 1 到 {MOST_CASES} 件事项")
    there = {one.case for one in kind.waiting}
    gone = [case for case in agenda if case not in there]
    if gone:
        raise NotWaiting(cases="、".join(gone))
    return agenda


def _roster(kind: Kind, told: Told) -> list[Guest]:
    offered = {one.person: one for one in kind.guests}
    others = [Guest("", name) for line in told.others.splitlines() if (name := line.strip()[:NAME])]
    roster = [offered[one] for one in told.guests if one in offered] + others
    roster = list(dict.fromkeys(roster))
    if not 0 < len(roster) <= MOST_GUESTS:
        raise BadCall(why=f"应到人员须有 1 到 {MOST_GUESTS} 人")
    return roster


# --- reading ---


def all_of(conn: Connection, village: str) -> list[Call]:
    """Return every call of a village, the latest meeting first."""
    query = select(table).where(table.c.village == village)
    rows = conn.execute(query.order_by(table.c.day.desc(), table.c.time.desc(), table.c.id))
    return [_read(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's public name


def of(conn: Connection, village: str, name: str) -> Call:
    """Return a call.

    Raises:
        NoCall: there is none of this id.
    """
    query = select(table).where(table.c.village == village, table.c.id == name)
    row = conn.execute(query).first()
    if row is None:
        raise NoCall
    return _read(row._mapping)  # noqa: SLF001


def _read(row: RowMapping) -> Call:
    return Call(
        row["id"],
        row["step"],
        row["title"],
        row["day"],
        row["time"],
        row["place"],
        tuple(json.loads(row["agenda"])),
        tuple(Guest(*one) for one in json.loads(row["roster"])),
        frozenset(json.loads(row["present"])),
        row["person"],
        datetime.fromisoformat(row["at"]),
    )


def ahead(conn: Connection, village: str, day: date) -> list[Call]:
    """Return the meetings of a day and after it, the next one first."""
    query = select(table).where(table.c.village == village, table.c.day >= day)
    rows = conn.execute(query.order_by(table.c.day, table.c.time, table.c.id))
    return [_read(row._mapping) for row in rows]  # noqa: SLF001


def called(conn: Connection, village: str, person: str, day: date) -> list[Call]:
    """Return the meetings ahead to which a person is called."""
    every = ahead(conn, village, day)
    return [one for one in every if person in {guest.person for guest in one.roster}]


def steps(conn: Connection, village: str, one: Call) -> list[tuple[Standing, Step | None]]:
    """Return the cases of an agenda, each with the step that still waits for this meeting."""
    return [
        (standing, _waiting(standing, one.step))
        for standing in cases.standings(conn, village, one.agenda)
    ]


def _waiting(standing: Standing, step: str) -> Step | None:
    try:
        return rules.step_of(standing, step)
    except Refusal:
        return None


def drop(conn: Connection, village: str, name: str, person: str, day: date) -> None:
    """Call a meeting off.

    Raises:
        NoCall; NotHost: only chair and recorder may.
    """
    check_host(conn, village, of(conn, village, name), person, day)
    conn.execute(delete(table).where(table.c.village == village, table.c.id == name))


def attend(
    conn: Connection, village: str, name: str, person: str, day: date, ticked: Sequence[str]
) -> None:
    """Keep who is present, by their places on the roster.

    Raises:
        NoCall; NotHost: only chair and recorder may.
    """
    one = of(conn, village, name)
    check_host(conn, village, one, person, day)
    there = [at for at in range(len(one.roster)) if str(at) in ticked]
    mine = (table.c.village == village) & (table.c.id == name)
    conn.execute(update(table).where(mine).values(present=json.dumps(there)))


def quorum(step: Step, roster: int) -> int:
    """Return how many of a roster must be present at the least."""
    share, of_all = step["present"]
    return int(-(-share * roster // of_all))


def check_host(conn: Connection, village: str, one: Call, person: str, day: date) -> None:
    """Refuse who may neither chair nor record a meeting.

    Raises:
        NotHost.
    """
    if not may_host(conn, village, one, person, day):
        raise NotHost


def may_host(conn: Connection, village: str, one: Call, person: str, day: date) -> bool:
    """Tell whether a person may chair or record a meeting, by the chains of its cases."""
    people = register.of(conn, village)
    every = [
        step
        for standing in cases.standings(conn, village, one.agenda)
        for step in standing.chain["steps"]
        if step["id"] == one.step
    ]
    return any(hosts(people, step, person, day) for step in every)


class NoCall(Refusal):
    """There is no such call to a meeting."""

    code = "W350"
    says = "这次会议的通知不在了，可能已经取消。请回到会议页看看。"
    status = 409


class MeetingPast(Refusal):
    """A meeting is called for a time that is over."""

    code = "W351"
    says = "开会时间 {day} {time} 已经过去，请填今后的时间。"
    status = 422


class ShortNotice(Refusal):
    """A meeting is called fewer days ahead than its notice period."""

    code = "W352"
    says = "“{title}”要提前 {days} 天通知，最早可以定在 {first}。"
    rule = "approvals/data/meetings.toml；农村集体经济组织法 第二十七条（成员大会提前十日）"
    status = 422


class NotWaiting(Refusal):
    """A case of the agenda waits for no such meeting, or for one that others call."""

    code = "W353"
    says = "{cases} 现在不等这个会，或不由您召集，会议没有通知。请刷新页面，看看议程。"
    status = 409


class BadCall(Refusal):
    """A call lacks something."""

    code = "W354"
    says = "会议没有通知：{why}。"
    status = 422


class NotHost(Refusal):
    """Only who chairs or records a meeting may change its call."""

    code = "W355"
    says = "这次会议由主持人或记录人办理，您现在没有这个席位。"
    status = 403
