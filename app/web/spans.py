"""The quarter, the year and the seven ledgers on the web: of sealed months, villagers masked."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from app.web.public import facts
from app.web.room import InRoom, Room, page, reading
from disclosure import editions
from disclosure.editions import Edition
from reports.edition_pdf import edition_pdf

router = APIRouter()
PDF = "application/pdf"


def shown(place: Room, village: str, span: str) -> Edition:
    """Return a quarter or a year as the web shows it."""
    with reading(place) as conn:
        return editions.edition(conn, village, span, place.settings.telephone, "web")


@router.get("/v/{village}/span/{span}")
def span_page(request: Request, village: str, span: str, place: InRoom) -> Response:
    """Show a quarter or a year, or give it as a PDF by the ending of the address."""
    stem, _, ending = span.partition(".")
    if ending not in {"", "pdf"}:
        raise editions.BadSpan(span=span)
    with reading(place) as conn:
        known, others = facts(conn, village), editions.whole(conn, village)
    one = shown(place, village, stem)
    if ending:
        url = f"{place.settings.base_url}/v/{village}/span/{stem}"
        headers = {"content-disposition": f'inline; filename="{village}-{span}"'}
        return Response(edition_pdf(one, url), media_type=PDF, headers=headers)
    values = {"village": known, "edition": one, "others": others, "title": editions.title}
    return page(request, "edition.html", values)


@router.get("/v/{village}/span/{span}/{book}")
def book_page(request: Request, village: str, span: str, book: str, place: InRoom) -> Response:
    """Show one of the seven ledgers over a quarter or a year."""
    with reading(place) as conn:
        known = facts(conn, village)
    one = shown(place, village, span)
    found = next((each for each in one.books if each.id == book), None)
    if found is None:
        raise HTTPException(404)
    values = {"village": known, "edition": one, "book": found}
    return page(request, "seven.html", values)
