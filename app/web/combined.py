"""The room of a union: its branches as one, and which accounts stand against each other."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app.web.room import Form, InRoom, Room, Someone, reading, seats_of, text
from app.web.rooms import desk_page
from approvals import register
from ledger import periods
from ledger.consolidation import KINDS, Pair, Whole
from ledger.refusal import Refusal
from ledger.registers.union import store as unions

router = APIRouter()


@router.get("/desk/{village}/union")
def union_room(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show the union as one through a month."""
    return show(request, place, village, who.person)


def show(
    request: Request,
    place: Room,
    village: str,
    person: str,
    refusal: Refusal | None = None,
    values: Mapping[str, Any] | None = None,
) -> Response:
    """Return the room; a refusal keeps what was typed."""
    typed = {key: value for key, value in (values or {}).items() if isinstance(value, str)}
    today = place.clock.today()
    found: Whole | None = None
    with reading(place) as conn:
        people = register.of(conn, village)
        period = f"{today:%Y-%m}"
        try:
            period = periods.parse(request.query_params.get("period") or period)
            found = unions.whole(conn, village, period)
        except Refusal as fault:
            refusal = refusal or fault
        mine = seats_of(conn, person, today)
        names = {code: register.of(conn, code).facts["name"] for code in mine}
        pairs = unions.pairs(conn, village)
        among = sorted({one for pair in pairs for one in (pair.left, pair.right)})
        known = {one: _name(conn, one) for one in among}
        sealed = {one: periods.is_sealed(conn, one, period) for one in among}
    values_of = {
        "typed": typed,
        "period": period,
        "whole": found,
        "kinds": KINDS,
        "villages": names,
        "names": known,
        "unsealed": [known[one] for one, done in sealed.items() if not done],
    }
    unit = {"code": village, "name": people.facts["name"]}
    return desk_page(request, "union.html", unit, mine.get(village, []), values_of, refusal)


def _name(conn: Connection, village: str) -> str:
    name: str = register.of(conn, village).facts["name"]
    return name


@router.post("/desk/{village}/union")
def enter(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Keep or drop a pair; whoever does it sits in both villages."""
    one = Pair(
        text(values, "kind"),
        text(values, "left"),
        text(values, "above").partition(" ")[0],
        text(values, "right"),
        text(values, "below").partition(" ")[0],
    )
    try:
        with place.engine.begin() as conn:
            mine = seats_of(conn, who.person, place.clock.today())
            if not {one.left, one.right} <= mine.keys():
                raise NotBoth
            (unions.drop if text(values, "drop") else unions.keep)(conn, village, one)
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal, values)
    return RedirectResponse(f"/desk/{village}/union?done=1", 303)


class NotBoth(Refusal):
    """Whoever sets two villages' accounts against each other must sit in both."""

    code = "W702"
    says = "只能对两个您都有席位的单位登记往来，请由代管中心的会计办理。"
    status = 403
