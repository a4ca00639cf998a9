"""Meetings: call one over the cases that wait for it, the notice as PDF, the sitting's page."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app import meetings
from app.meetings import Call, Told
from app.web.ledgers import attached
from app.web.room import Form, InRoom, Room, Someone, reading, text
from app.web.rooms import desk_page
from app.web.signing import card
from approvals import register, seen
from ledger.money import yuan
from ledger.refusal import Refusal
from reports.call_pdf import Notice, call_pdf

router = APIRouter()


@router.get("/desk/{village}/meetings")
def meetings_room(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show the meetings of a village, and to who may call one, what waits for it."""
    return show(request, place, village, who.person)


def show(
    request: Request,
    place: Room,
    village: str,
    person: str,
    refusal: Refusal | None = None,
    values: Mapping[str, Any] | None = None,
) -> Response:
    """Return the page; a refusal keeps what was typed."""
    day = place.clock.today()
    with reading(place) as conn:
        people = register.of(conn, village)
        every = meetings.all_of(conn, village)
        found = meetings.kinds(conn, village, person, day)
    typed = values if refusal and values else {}
    told = {
        "ahead": sorted((one for one in every if one.day >= day), key=lambda one: one.day),
        "held": [one for one in every if one.day < day],
        "kinds": [
            {"kind": one, "cases": [card(standing) for standing in one.waiting]} for one in found
        ],
        "typed": typed,
        "chosen": _many(typed, "case") | _many(typed, "guest"),
    }
    unit = {"code": village, "name": people.facts["name"]}
    mine = people.seats_of(person, day)
    return desk_page(request, "meetings.html", unit, mine, told, refusal)


def _many(values: Mapping[str, Any], name: str) -> set[str]:
    return {str(one) for one in values.getlist(name)} if values else set()  # type: ignore[attr-defined]


@router.post("/desk/{village}/meetings")
def call(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Call a meeting."""
    given = values.getlist  # type: ignore[attr-defined]
    told = Told(
        text(values, "step"),
        text(values, "day"),
        text(values, "time"),
        text(values, "place"),
        [str(one) for one in given("case")],
        [str(one) for one in given("guest")],
        text(values, "others"),
    )
    try:
        with place.engine.begin() as conn:
            name = meetings.call(conn, village, who.person, place.clock.now(), told)
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal, values)
    return RedirectResponse(f"/desk/{village}/meetings/{name}", 303)


@router.get("/desk/{village}/meetings/{name}")
def meeting(request: Request, village: str, name: str, who: Someone, place: InRoom) -> Response:
    """Show a meeting: when, where, who is called, over what."""
    try:
        return show_one(request, place, village, name, who.person)
    except meetings.NoCall as refusal:
        return show(request, place, village, who.person, refusal)


def show_one(
    request: Request,
    place: Room,
    village: str,
    name: str,
    person: str,
    refusal: Refusal | None = None,
    outcomes: Sequence[Any] = (),
) -> Response:
    """Return the page of a meeting; `outcomes` is what became of its cases just now.

    Raises:
        NoCall: there is none of this id.
    """
    day = place.clock.today()
    with reading(place) as conn:
        people = register.of(conn, village)
        one = meetings.of(conn, village, name)
        step = next((step for _, step in meetings.steps(conn, village, one) if step), None)
        told = {
            "step": step,
            "quorum": meetings.quorum(step, len(one.roster)) if step else 0,
            "recorders": [
                (person_, people.name(person_))
                for seat in (step["recorders"] if step else ())
                for person_ in people.holders(seat, day)
            ],
            "typed": getattr(request.state, "form", {}),
            "outcomes": {one.case: one for one in outcomes},
            "call": one,
            "by": people.name(one.by),
            "agenda": _agenda(conn, village, one),
            "host": meetings.may_host(conn, village, one, person, day),
        }
    unit = {"code": village, "name": people.facts["name"]}
    mine = people.seats_of(person, day)
    return desk_page(request, "meeting.html", unit, mine, told, refusal)


def _agenda(conn: Connection, village: str, one: Call) -> list[dict[str, Any]]:
    """Return the cases of an agenda as a page shows them; `waits`: for this very meeting."""
    return [
        {**card(standing), "waits": step is not None, "seen": seen.mark(standing)}
        for standing, step in meetings.steps(conn, village, one)
    ]


@router.post("/desk/{village}/meetings/{name}/drop")
def drop(
    request: Request, village: str, name: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Call a meeting off."""
    del values  # the form's token was looked at
    try:
        with place.engine.begin() as conn:
            meetings.drop(conn, village, name, who.person, place.clock.today())
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal)
    return RedirectResponse(f"/desk/{village}/meetings", 303)


@router.get("/desk/{village}/meetings/{name}/notice.pdf")
def notice(village: str, name: str, who: Someone, place: InRoom) -> Response:
    """Give the notice of a meeting as a PDF."""
    del who  # the table of access has let the visitor in
    with reading(place) as conn:
        people = register.of(conn, village)
        one = meetings.of(conn, village, name)
        agenda = _agenda(conn, village, one)
    rows = tuple((case["summary"], case["payee"], yuan(case["fen"])) for case in agenda)
    roster = tuple(guest.name for guest in one.roster)
    when = (one.day, one.time, one.place)
    unit = str(people.facts["name"])
    made = call_pdf(Notice(unit, one.title, when, rows, roster, people.name(one.by), one.at.date()))
    headers = attached(f"{unit}会议通知{one.day}.pdf", "notice.pdf")
    return Response(made, media_type="application/pdf", headers=headers)
