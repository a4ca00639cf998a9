"""Why a case waits, as pages show it: for whom, since when, by when, what then."""

from datetime import date
from typing import Any

from sqlalchemy import Connection

from approvals import boards, halves, register, rules, waits
from approvals.register import Register
from approvals.standing import Standing
from approvals.waits import Wait
from ledger.refusal import Refusal


def of_case(conn: Connection, standing: Standing, day: date) -> list[dict[str, Any]]:
    """Return what one case waits for, as its page shows it."""
    people = register.of(conn, standing.village)
    return [row(conn, standing, wait, day) for wait in waits.of(standing, people, day)]


def row(conn: Connection, standing: Standing, wait: Wait, day: date) -> dict[str, Any]:
    """Return what is shown of a wait: in words for whom, since when, by when and what then."""
    people = register.of(conn, standing.village)
    second = _second(conn, standing, wait)
    return {
        "kind": waits.KINDS[wait.kind],
        "title": wait.title,
        "seats": [register.title(seat) for seat in wait.seats],
        "people": second or [people.name(one) for one in wait.people],
        "second": bool(second),
        "need": wait.need,
        "since": wait.due.since,
        "waited": (day - wait.due.since).days,
        "last": wait.due.last,
        "left": wait.due.left(day),
        "then": [waits.KINDS.get(one, one) for one in wait.then],
        "held": _held(conn, standing, people, wait, day),
    }


def _second(conn: Connection, standing: Standing, wait: Wait) -> list[str]:
    """Return who is to confirm what the first of two hands has signed of this step."""
    people = register.of(conn, standing.village)
    halved = halves.of_village(conn, standing.village, standing.case)
    return [
        people.name(half.act.body["recorder"])
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
