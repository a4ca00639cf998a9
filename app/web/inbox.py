"""What waits for the visitor, oldest first: one card a case, twenty cards a page, no script."""

from datetime import date
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app import meetings
from app.web import waiting as seconds
from app.web.room import InRoom, Someone, page, reading, seats_of, villages_of
from app.web.signing import card
from approvals import cases, due, register
from approvals.cases import Asked
from approvals.due import Due

router = APIRouter()
CARDS = 20


class Waiting(NamedTuple):
    """A case that waits for somebody in a village, and by when it is due."""

    village: str
    asked: Asked
    due: Due


def waiting(conn: Connection, person: str, day: date) -> list[Waiting]:
    """Return what waits for a person in all villages, what has waited longest first."""
    names = {code: register.of(conn, code).facts["name"] for code in villages_of(conn, person, day)}
    found = [
        Waiting(name, asked, due.of(asked.standing, asked.step))
        for code, name in names.items()
        for asked in cases.waiting_for(conn, code, person, day)
    ]
    return sorted(found, key=lambda one: one.asked.standing.since)


@router.get("/inbox")
def inbox(
    request: Request,
    who: Someone,
    place: InRoom,
    village: Annotated[str, Query(max_length=80)] = "",
    done: Annotated[int, Query(ge=0)] = 0,
    number: Annotated[int, Query(ge=1, le=9999, alias="page")] = 1,
) -> Response:
    """Show what waits for the visitor, and the receipt of what they have just signed."""
    day = place.clock.today()
    with reading(place) as conn:
        found = waiting(conn, who.person, day)
        now = place.clock.now()
        second = [
            one
            for code in villages_of(conn, who.person, day)
            for one in seconds.for_person(conn, code, who.person, now)
        ]
        called = [
            (code, register.of(conn, code).facts["name"], one)
            for code in seats_of(conn, who.person, day)
            for one in meetings.called(conn, code, who.person, day)
        ]
    pages = max(-(-len(found) // CARDS), 1)
    number = min(number, pages)
    shown = found[(number - 1) * CARDS : number * CARDS]
    values = {
        "waiting": [entry(one, day) for one in shown],
        "count": len(found),
        "late": sum(one.due.late(day) > 0 for one in found),
        "second": second,
        "called": called,
        "number": number,
        "pages": pages,
        "signed": {"village": village, "seq": done} if village and done else None,
    }
    return page(request, "inbox.html", values)


def entry(one: Waiting, day: date) -> dict[str, Any]:
    """Return what a card of the inbox shows."""
    step, giver = one.asked.step, one.asked.giver
    return {
        **card(one.asked.standing),
        "village_name": one.village,
        "step": step["title"],
        "meeting": step["kind"] == "meeting",
        "seat": register.title(one.asked.seat),
        "lent": bool(giver),
        "since": one.due.since,
        "last": one.due.last,
        "left": one.due.left(day),
        "waited": (day - one.due.since).days,
    }
