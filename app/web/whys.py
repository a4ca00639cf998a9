"""Why a case waits, as pages show it: for whom, since when, by when, what then."""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection

from app import contacts
from app.reminding import ladder_of
from app.settings import Settings
from approvals import boards, halves, pursuit, register, rules, waits
from approvals.pursuit import Ladder
from approvals.register import Register
from approvals.standing import Standing
from approvals.waits import Wait
from ledger.refusal import Refusal


class Clock(NamedTuple):
    """The day, who is away on it, and who is told of what is late."""

    day: date
    absent: frozenset[str]
    ladder: Ladder


def clock_of(conn: Connection, settings: Settings, day: date) -> Clock:
    """Return a day as waits are looked at on it."""
    absent = pursuit.away(contacts.absences(conn, day), day)
    return Clock(day, absent, ladder_of(settings))


def of_case(
    conn: Connection, settings: Settings, standing: Standing, day: date
) -> list[dict[str, Any]]:
    """Return what one case waits for, as its page shows it."""
    people, clock = register.of(conn, standing.village), clock_of(conn, settings, day)
    return [row(conn, standing, wait, clock) for wait in waits.of(standing, people, day)]


def row(conn: Connection, standing: Standing, wait: Wait, clock: Clock) -> dict[str, Any]:
    """Return what is shown of a wait: in words for whom, since when, by when and what then."""
    people, day = register.of(conn, standing.village), clock.day
    second = _second(conn, standing, wait)
    told = pursuit.next_told(wait, people, day, clock.ladder)
    return {
        "kind": waits.KINDS[wait.kind],
        "title": wait.title,
        "seats": [register.title(seat) for seat in wait.seats],
        "people": second or [(people.name(one), one in clock.absent) for one in wait.people],
        "told": (register.title(told[0]), told[1]) if told else None,
        "second": bool(second),
        "need": wait.need,
        "since": wait.due.since,
        "waited": (day - wait.due.since).days,
        "last": wait.due.last,
        "left": wait.due.left(day),
        "then": [waits.KINDS.get(one, one) for one in wait.then],
        "held": _held(conn, standing, people, wait, day),
    }


def _second(conn: Connection, standing: Standing, wait: Wait) -> list[tuple[str, bool]]:
    """Return who is to confirm what the first of two hands has signed of this step."""
    people = register.of(conn, standing.village)
    halved = halves.of_village(conn, standing.village, standing.case)
    return [
        (people.name(half.act.body["recorder"]), False)
        for half in halved
        if half.act.kind == halves.MEETING
        and half.title == wait.step
        and half.act.body["head"] == standing.head
    ]


def _held(conn: Connection, standing: Standing, people: Register, wait: Wait, day: date) -> str:
    """Return why nobody may act although it is their turn, in a sentence; empty otherwise."""
    if wait.kind == "stuck":
        return next(
            (one.why for one in rules.stuck(standing, people, day) if one.step["id"] == wait.step),
            "",
        )
    if wait.kind != "pay":
        return ""
    try:
        boards.check_notice(conn, standing.village, standing.chain, standing.voucher, day)
    except Refusal as refusal:
        return refusal.sentence()
    return ""
