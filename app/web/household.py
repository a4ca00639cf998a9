"""My household: what belongs to one household, for whoever holds the code on its slip."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app import slipcodes
from app.web.public import facts
from app.web.room import Form, InRoom, Room, Someone, page, reading, text
from approvals import register
from ledger.refusal import Refusal
from ledger.registers import store as shares
from reports.codes_pdf import codes_pdf

router = APIRouter()


def _asked(
    request: Request, place: Room, village: str, number: str = "", refusal: Refusal | None = None
) -> Response:
    with reading(place) as conn:
        known = facts(conn, village)
    values = {"village": known, "number": number, "refusal": refusal, "own": None}
    answer = page(request, "household.html", values, refusal.status if refusal else 200)
    answer.headers["cache-control"] = "no-store"
    return answer


@router.get("/v/{village}/household")
def ask(request: Request, village: str, place: InRoom) -> Response:
    """Ask for the household's number and the code on its slip."""
    return _asked(request, place, village)


@router.post("/v/{village}/household")
def answer(request: Request, village: str, values: Form, place: InRoom) -> Response:
    """Show a household its own figures; the read is noted before."""
    number = text(values, "household")[:40]
    with reading(place) as conn:
        known = facts(conn, village)
    try:
        now = place.clock.now()
        slipcodes.check(place.engine, village, number, text(values, "code")[:80], now)
        slipcodes.note(place.engine, village, number, now)
        with reading(place) as conn:
            own = slipcodes.own(conn, village, number)
    except Refusal as refusal:
        return _asked(request, place, village, number, refusal)
    shown = {"village": known, "own": own, "refusal": None, "number": number}
    made = page(request, "household.html", shown)
    made.headers["cache-control"] = "no-store"
    return made


@router.post("/desk/{village}/codes.pdf")
def issue(village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Give every household a new code and print them all, once."""
    del values  # the form's token is all that is asked of it
    place.reveal(village, who.person, "roll", "codes.pdf")
    with reading(place) as conn:
        unit = register.of(conn, village).facts["name"]
        holdings = shares.holdings(conn, village)
    codes = slipcodes.issue(place.engine, village, [one.household for one in holdings])
    url = f"{place.settings.base_url}/v/{village}/household"
    data = codes_pdf(unit, holdings, codes, url)
    headers = {"cache-control": "no-store", "content-disposition": "attachment; filename=codes.pdf"}
    return Response(data, media_type="application/pdf", headers=headers)
