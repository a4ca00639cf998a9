"""The page of what comes round: vouchers from templates, interest, sums shared over months."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app import drafts, regular
from app.regular import BASES, Regular
from app.web.access import MAKERS
from app.web.lookup import full
from app.web.room import Form, InRoom, Room, Someone, reading, text
from app.web.rooms import desk_page
from app.web.signing import allowed
from approvals import register
from ledger.accounts import chart_of
from ledger.money import parse_yuan
from ledger.refusal import Refusal
from ledger.schedule import EVERY

router = APIRouter()


@router.get("/desk/{village}/regular")
def regular_room(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show what comes round in a village, and the form for more."""
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
        allowed(conn, person, village, day)
        people = register.of(conn, village)
        chart = chart_of(conn, village)
        templates = {one.id: one.name for one in drafts.all_of(conn, village) if one.name}
        values_of: dict[str, Any] = {
            "rows": regular.all_of(conn, village),
            "templates": templates,
            "leaves": [(code, full(chart, code)) for code in chart.accounts if chart.is_leaf(code)],
        }
    mine = people.seats_of(person, day)
    values_of |= {
        "typed": values if refusal and values else {},
        "bases": BASES,
        "every": EVERY,
        "maker": not MAKERS.seats.isdisjoint(mine),
    }
    with reading(place) as conn:
        values_of["held"] = [
            (one, regular.scores(conn, village, one)) for one in values_of["rows"] if one.months
        ]
    unit = {"code": village, "name": people.facts["name"]}
    return desk_page(request, "regular.html", unit, mine, values_of, refusal)


@router.post("/desk/{village}/regular")
def keep(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Keep what comes round, in the place of one of the same name."""
    try:
        one = _read(values)
        with place.engine.begin() as conn:
            allowed(conn, who.person, village, place.clock.today())
            regular.keep(conn, village, one)
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal, values)
    return RedirectResponse(f"/desk/{village}/regular?done=1", 303)


def _read(values: Mapping[str, Any]) -> Regular:
    basis, every = text(values, "basis"), text(values, "every")
    told = basis != "template"
    rate = text(values, "rate").rstrip("%％")
    return Regular(
        id="",
        name=text(values, "name"),
        basis=basis,
        every=int(every) if every in {str(one) for one in EVERY} else 0,
        first=text(values, "first"),
        last=text(values, "last"),
        template="" if told else text(values, "template"),
        fen=parse_yuan(text(values, "amount") or "0") if told else 0,
        rate=parse_yuan(rate or "0") if basis in {"interest", "held"} else 0,
        debit=text(values, "debit").partition(" ")[0] if told else "",
        credit=text(values, "credit").partition(" ")[0] if told else "",
    )


@router.post("/desk/{village}/regular/score")
def score(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Enter the points of a contract in a month."""
    points = text(values, "points")
    known = int(points) if points.isascii() and points.isdecimal() and len(points) <= 3 else -1  # noqa: PLR2004
    try:
        with place.engine.begin() as conn:
            allowed(conn, who.person, village, place.clock.today())
            regular.score(conn, village, text(values, "of"), text(values, "month"), known)
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal, values)
    return RedirectResponse(f"/desk/{village}/regular?done=1", 303)


@router.post("/desk/{village}/regular/drop")
def drop(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Let something come round no more."""
    with place.engine.begin() as conn:
        allowed(conn, who.person, village, place.clock.today())
        regular.drop(conn, village, text(values, "drop"))
    del request
    return RedirectResponse(f"/desk/{village}/regular?done=1", 303)
