"""Ask and answer on a case, and look at its papers page by page. No script."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from app import inquiries
from app.inquiries import Inquiry, NoQuestion
from app.web.room import Form, InRoom, Someone, page, reading, text
from app.web.signing import allowed, paper_of, show_case, within
from approvals import cases, register
from disclosure.answers import plain
from ledger.refusal import Refusal

router = APIRouter()
LARGEST = 3  # times the width of the screen


def said(value: str) -> str:
    """Return a question or an answer as it is kept: one line, no characters that print nothing.

    Raises:
        NoQuestion: nothing is left of it, or too much.
    """
    if not value or len(value) > inquiries.LONGEST:
        raise NoQuestion(most=inquiries.LONGEST)
    return plain(value)


@router.post("/case/{village}/{case}/ask")
def ask(
    request: Request, village: str, case: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Ask the other people of a case something; whoever holds a seat in the village sees it."""
    request.state.form = values
    try:
        question = said(text(values, "question"))
        with place.engine.begin() as conn:
            within(conn, who.person, cases.standing_of(conn, village, case), place.clock.today())
            inquiries.ask(conn, village, case, who.person, question, place.clock.now())
    except Refusal as refusal:
        return show_case(request, place, village, case, who.person, refusal)
    return RedirectResponse(f"/case/{village}/{case}#inquiries", 303)


@router.post("/case/{village}/{case}/answer")
def answer(
    request: Request, village: str, case: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Answer a question on a case."""
    request.state.form = values
    try:
        given = said(text(values, "answer"))
        no, now = _number(text(values, "no")), place.clock.now().isoformat()
        mine = Inquiry(village, case, no, "", "", "", given, who.person, now)
        with place.engine.begin() as conn:
            inquiries.answer(conn, mine)
    except Refusal as refusal:
        return show_case(request, place, village, case, who.person, refusal)
    return RedirectResponse(f"/case/{village}/{case}#inquiries", 303)


def _number(given: str) -> int:
    # 0 is no question's number.
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 6 else 0  # noqa: PLR2004


@router.get("/case/{village}/{case}/paper/{digest}")
def look(  # noqa: PLR0913, PLR0917 - each is a part of the address
    request: Request,
    village: str,
    case: str,
    digest: str,
    who: Someone,
    place: InRoom,
    number: Annotated[int, Query(ge=1, le=999, alias="page")] = 1,
    zoom: Annotated[int, Query(ge=1, le=LARGEST)] = 1,
) -> Response:
    """Show one page of a paper, as large as is wanted, with the ways to the next and back."""
    with reading(place) as conn:
        allowed(conn, who.person, village, place.clock.today())
        name = register.of(conn, village).facts["name"]
        standing = cases.standing_of(conn, village, case)
        within(conn, who.person, standing, place.clock.today())
    one = paper_of(place, standing, digest)
    if not one["pages"] or one["bare"] or number > one["pages"]:
        raise HTTPException(404)
    values = {
        "village": {"code": village, "name": name},
        "case": case,
        "summary": standing.voucher.summary,
        "one": one,
        "number": number,
        "zoom": zoom,
        "largest": LARGEST,
    }
    return page(request, "paper.html", values)
