"""The page of auxiliary dimensions: a village defines its own, without code, and lists values."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app.web.access import MAKERS
from app.web.draft import BadForm
from app.web.room import Form, InRoom, Room, Someone, reading, seats_of, text
from app.web.rooms import desk_page
from app.web.signing import allowed
from approvals import register
from ledger.initials import letters
from ledger.refusal import Refusal
from ledger.registers.dimensions import SOURCES, BadDimension, Dimension, Value, active
from ledger.registers.dimensions import store as dimensions

router = APIRouter()
MOST_LINES = 2000


@router.get("/desk/{village}/dimensions")
def dimensions_room(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show the dimensions of a village and the values of one (`code`)."""
    return show(request, place, village, who.person, None, dict(request.query_params))


def show(
    request: Request,
    place: Room,
    village: str,
    person: str,
    refusal: Refusal | None = None,
    values: Mapping[str, Any] | None = None,
) -> Response:
    """Return the page; a refusal keeps what was typed."""
    given, day = values or {}, place.clock.today()
    with reading(place) as conn:
        allowed(conn, person, village, day)
        people = register.of(conn, village)
        known = dimensions.known(conn, village)
    chosen = next((one for one in known if one.code == text(given, "code")), None)
    typed = dict(given) if refusal or chosen is None else _typed(chosen)
    mine = people.seats_of(person, day)
    values_of = {
        "known": [(one, len(listed), active(one, day)) for one, listed in known.items()],
        "chosen": chosen,
        "listed": [(one, active(one, day)) for one in known[chosen]] if chosen else [],
        "sources": SOURCES,
        "typed": typed,
        "maker": not MAKERS.seats.isdisjoint(mine),
    }
    unit = {"code": village, "name": people.facts["name"]}
    return desk_page(request, "dimensions.html", unit, mine, values_of, refusal)


def _typed(one: Dimension) -> dict[str, str]:
    days = {name: f"{getattr(one, name) or ''}" for name in ("first", "last")}
    return {**one._asdict(), "accounts": " ".join(one.accounts), **days}


@router.post("/desk/{village}/dimensions")
def keep(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Keep a dimension; where it is ticked, in every village that the visitor writes for."""
    try:
        one = Dimension(
            code=text(values, "code"),
            zh=text(values, "zh"),
            en=text(values, "en"),
            source=text(values, "source"),
            accounts=tuple(text(values, "accounts").replace("，", " ").replace(",", " ").split()),
            first=_day(values, "first", "启用日期"),
            last=_day(values, "last", "停用日期"),
        )
        with place.engine.begin() as conn:
            for code in _villages(conn, who.person, place.clock.today(), village, values):
                dimensions.keep(conn, code, one)
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal, values)
    return RedirectResponse(f"/desk/{village}/dimensions?code={one.code}&done=1#values", 303)


def _villages(
    conn: Connection, person: str, day: date, village: str, values: Mapping[str, Any]
) -> list[str]:
    allowed(conn, person, village, day)
    if not text(values, "everywhere"):
        return [village]
    seats = seats_of(conn, person, day)
    return [code for code, mine in seats.items() if not MAKERS.seats.isdisjoint(mine)]


@router.post("/desk/{village}/dimensions/values")
def keep_values(
    request: Request, village: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Keep the values of the form's lines, `code name` each; all or none."""
    code = text(values, "code")
    try:
        days = (_day(values, "from", "启用日期"), _day(values, "until", "停用日期"))
        lines = [line.split(None, 1) for line in text(values, "lines").splitlines() if line.strip()]
        if not 0 < len(lines) <= MOST_LINES:
            raise BadDimension(why=f"请每行写一个档案，最多 {MOST_LINES} 行")
        found = [Value(line[0], "".join(line[1:]).strip(), *days) for line in lines]
        with place.engine.begin() as conn:
            allowed(conn, who.person, village, place.clock.today())
            dimensions.keep_values(conn, village, code, found)
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal, values)
    return RedirectResponse(f"/desk/{village}/dimensions?code={code}&done=1#values", 303)


def _day(values: Mapping[str, Any], name: str, field: str) -> date | None:
    given = text(values, name)
    try:
        return date.fromisoformat(given) if given else None
    except ValueError as fault:
        raise BadForm(field=field) from fault


@router.get("/desk/{village}/dimensions.json")
def index(village: str, who: Someone, place: InRoom) -> Response:
    """Give the dimensions and values that may be written today, to look them up in the browser."""
    day = place.clock.today()
    with reading(place) as conn:
        allowed(conn, who.person, village, day)
        known = dimensions.known(conn, village)
    found = [
        {
            "code": one.code,
            "values": [
                {"code": value.code, "name": value.name, "letters": letters(value.name)}
                for value in values
            ],
        }
        for one, values in known.items()
    ]
    headers = {"cache-control": "private, no-cache"}
    return Response(json.dumps(found, ensure_ascii=False), 200, headers, "application/json")
