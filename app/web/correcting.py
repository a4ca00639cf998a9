"""The page where a posted voucher is put right: by red letter and blue, or through 322.02."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app import corrections
from app.corrections import Wish
from app.web.draft import BadForm
from app.web.lookup import full
from app.web.room import Form, InRoom, Room, Someone, reading, text
from app.web.rooms import desk_page
from app.web.signing import allowed
from approvals import register
from disclosure.answers import plain
from ledger import periods
from ledger.accounts import chart_of
from ledger.posted import store as posted
from ledger.refusal import Refusal

router = APIRouter()


@router.get("/desk/{village}/correct")
def correct_page(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show the voucher named by `number` and how it is put right."""
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
    number = text(given, "number")
    known: dict[str, Any] = {"item": None, "legs": [], "day": day, "kept": False, "sealed": False}
    with reading(place) as conn:
        allowed(conn, person, village, day)
        people = register.of(conn, village)
        chart = chart_of(conn, village)
        last = posted.periods(conn, village)[-1:]
        known["past"] = [one for m in last for one in posted.vouchers(conn, village, m, m)]
        try:
            if number:
                item = corrections.wrong(conn, village, number)
                best = corrections.day_for(conn, village, item, day)
                known |= {
                    "item": item,
                    "day": best,
                    "kept": corrections.through_kept(item, best),
                    "sealed": periods.is_sealed(conn, village, item.period),
                    "legs": [(full(chart, g.account), g) for g in item.voucher.legs],
                }
        except Refusal as fault:
            refusal = refusal or fault
    known |= {"typed": given, "number": number}
    unit = {"code": village, "name": people.facts["name"]}
    mine = people.seats_of(person, day)
    return desk_page(request, "correct.html", unit, mine, known, refusal)


@router.post("/desk/{village}/correct")
def correct(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Make the drafts of a correction and open the first of them."""
    try:
        wish = _wish(values)
        with place.engine.begin() as conn:
            allowed(conn, who.person, village, place.clock.today())
            now = place.clock.now()
            number = text(values, "number")
            made = corrections.make(conn, village, number, wish, who.person, now)
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal, values)
    return RedirectResponse(f"/desk/{village}/voucher?draft={made[0]}", 303)


def _wish(values: Mapping[str, Any]) -> Wish:
    why = text(values, "why")
    if not text(values, "number"):
        raise BadForm(field="凭证号")
    if not why or len(why) > 60:  # noqa: PLR2004 - a summary has room for so much
        raise BadForm(field="原因")
    try:
        day = date.fromisoformat(text(values, "day"))
    except ValueError as fault:
        raise BadForm(field="日期") from fault
    return Wish(day, plain(why), bool(text(values, "blue")))
