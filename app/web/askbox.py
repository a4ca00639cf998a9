"""Ask by page: the villagers' form and receipt, and the desk where what they ask is entered."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from app import slipcodes
from app.web.public import facts
from app.web.room import Form, InRoom, Room, Someone, page, reading, text
from app.web.rooms import Back, act, desk_page
from approvals import keys, register
from approvals.acts import Desk
from disclosure import answers, notice
from disclosure.askbox import store as box
from ledger import periods
from ledger.refusal import Refusal

router = APIRouter()
FIELDS = ("line", "question", "name", "household")
ASIDE = 20  # set aside, as the desk lists them


@router.get("/v/{village}/{period}/ask")
def form(
    request: Request,
    village: str,
    period: str,
    place: InRoom,
    line: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Show the form for a question about a month, or one line of it."""
    return _form(request, place, village, period, {"line": line})


def _form(
    request: Request,
    place: Room,
    village: str,
    period: str,
    values: Mapping[str, Any],
    refusal: Refusal | None = None,
) -> Response:
    with reading(place) as conn:
        known = facts(conn, village)
        if periods.parse(period) not in notice.published(conn, village):
            raise box.NotPublished(period=period)
    typed = {name: text(values, name) for name in FIELDS}
    shown: dict[str, Any] = {"village": known, "period": period, "typed": typed, "refusal": refusal}
    shown |= {
        "longest": answers.LONGEST,
        "days": notice.profile_of(place.settings.profile).answer_days,
    }
    answer = page(request, "ask.html", shown, refusal.status if refusal else 200)
    if refusal:
        answer.headers["cache-control"] = "no-store"
    return answer


@router.post("/v/{village}/{period}/ask")
def ask(request: Request, village: str, period: str, values: Form, place: InRoom) -> Response:
    """Keep a question for the clerk and show its receipt; what was typed stays if refused."""
    letter = box.Letter(
        period, text(values, "line")[:40], text(values, "question"), text(values, "name")[:80]
    )
    with reading(place) as conn:
        facts(conn, village)
    try:
        sender = _sender(request, place, village, values)
        with place.engine.begin() as conn:
            receipt = box.put(conn, village, letter, sender, place.clock.now())
    except Refusal as refusal:
        return _form(request, place, village, period, values, refusal)
    return RedirectResponse(f"/v/{village}/asked/{receipt}", 303)


def _sender(
    request: Request, place: Room, village: str, values: Mapping[str, Any]
) -> tuple[str, str]:
    """Return how somebody asks: with a household's code, or from an address."""
    household, code = text(values, "household")[:40], text(values, "code")[:80]
    if not household and not code:
        return box.PAGE, request.client.host if request.client else ""
    slipcodes.check(place.engine, village, household, code, place.clock.now())
    return box.CODE, household


@router.get("/v/{village}/asked/{receipt}")
def receipt(request: Request, village: str, receipt: str, place: InRoom) -> Response:
    """Show what became of a question, to whoever has its receipt."""
    with reading(place) as conn:
        known = facts(conn, village)
        one = box.of_receipt(conn, village, receipt)
        if one is None:
            raise HTTPException(404)
        said = [it for it in answers.questions(conn, village) if it.number == one.question]
    days = notice.profile_of(place.settings.profile).answer_days
    shown = {"village": known, "one": one, "said": said[0] if said else None, "days": days}
    return page(request, "asked.html", shown)


@router.get("/desk/{village}/asked")
def room(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show what waits to be entered, and what was set aside."""
    return show(request, place, village, who.person)


def show(
    request: Request,
    place: Room,
    village: str,
    person: str,
    refusal: Refusal | None = None,
    values: Mapping[str, Any] | None = None,
) -> Response:
    """Return the room; the clerk sees the names that askers left, and the read is noted first."""
    with reading(place) as conn:
        people = register.of(conn, village)
        mine = people.seats_of(person, place.clock.today())
        found, aside = box.waiting(conn, village), box.aside(conn, village)[-ASIDE:]
    if "clerk" in mine and any(one.name for one in found):
        place.reveal(village, person, "asked", "names")
    shown = {
        "waiting": found,
        "aside": [(one, people.name(one.person)) for one in reversed(aside)],
        "typed": {name: text(values or {}, name) for name in ("no", "reason")},
    }
    unit = {"code": village, "name": people.facts["name"]}
    return desk_page(request, "askbox.html", unit, mine, shown, refusal)


@router.post("/desk/{village}/asked/enter")
def enter(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Enter what was asked by page as a question, signed by the clerk."""

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> list[str]:
        box.enter(conn, hand, desk, _no(values))
        return []

    return act(request, place, village, who.person, values, work, Back(show, "/asked"))


@router.post("/desk/{village}/asked/aside")
def set_aside(
    request: Request, village: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Set aside what is no question, in the name of a member of the supervision committee."""
    try:
        with place.engine.begin() as conn:
            box.set_aside(conn, village, _no(values), who.person, text(values, "reason"))
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal, values)
    return RedirectResponse(f"/desk/{village}/asked?done=1", 303)


def _no(values: Mapping[str, Any]) -> int:
    given = text(values, "no")
    # 0 is the number of nothing that was asked.
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 8 else 0  # noqa: PLR2004
