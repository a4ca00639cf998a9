"""The villagers' pages: no login, no script, readable on a cheap phone."""

from datetime import UTC
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app.behind import behind
from app.desk import three_statements
from app.showing import SHAPES
from app.web.room import InRoom, Room, page, reading
from approvals import gate, register
from disclosure import calendar, comparing, editions, notice, oddly, render
from disclosure.compose import compose
from disclosure.redact import for_web
from disclosure.sheet import Sheet
from ledger import periods
from ledger.digits import digits
from ledger.log import store as log
from ledger.posted import store as posted
from reports.statement_pdf import statement_pdf
from reports.statement_xlsx import statement_xlsx

router = APIRouter()
FORMS = {"sheet": 0, "income": 1, "trial": 2}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def facts(conn: Connection, village: str) -> dict[str, str]:
    """Return what every public page of a village shows of it."""
    known = register.of(conn, village).facts
    return {
        "code": village,
        "name": known["name"],
        "township": known["township"],
        "registrar": known["registrar"]["key"],
    }


def public_sheet(place: Room, village: str, period: str) -> Sheet:
    """Return a month's sheet as the web shows it."""
    with reading(place) as conn:
        return for_web(compose(conn, village, periods.parse(period), place.settings.telephone))


@router.get("/")
def front(request: Request, place: InRoom) -> Response:
    """Show the township and its villages."""
    with reading(place) as conn:
        villages = []
        for code in log.villages(conn):
            up = notice.published(conn, code)
            latest = max(up, default="")
            villages.append({**facts(conn, code), "latest": latest})
    return page(request, "front.html", {"villages": villages})


@router.get("/v/{village}/")
def village_page(request: Request, village: str, place: InRoom) -> Response:
    """Show a village's months."""
    with reading(place) as conn:
        known = facts(conn, village)
        up = notice.published(conn, village)
        seals = {seal.period: seal for seal in posted.seals(conn, village)}
        today, profile = place.clock.today(), place.settings.profile
        found = calendar.duties(conn, village, today, profile)
        spans = [(one, editions.title(one)) for one in editions.whole(conn, village)]
    months = [
        {"period": period, "up": up[period], "sealed": period in seals}
        for period in sorted(up, reverse=True)
    ]
    values: dict[str, Any] = {"village": known, "months": months, "spans": spans}
    values["duties"] = [(one, one.state(today)) for one in found]
    return page(request, "village.html", values)


@router.get("/v/{village}/calendar.ics")
def calendar_feed(village: str, place: InRoom) -> Response:
    """Give what the village has to show and by when, for the calendar of a phone."""
    with reading(place) as conn:
        name = facts(conn, village)["name"]
        today, profile = place.clock.today(), place.settings.profile
        one = calendar.Village(village, name, calendar.duties(conn, village, today, profile))
    data = calendar.ics(name, [one], place.clock.now().astimezone(UTC))
    return Response(data, media_type="text/calendar; charset=utf-8")


@router.get("/v/{village}/{period}")
def sheet_page(request: Request, village: str, period: str, place: InRoom) -> Response:
    """Show a month's sheet, or one of its other shapes by the ending of the address."""
    stem, _, ending = period.partition(".")
    if ending:
        return _shaped(place, village, stem, ending, request.query_params.get("size", "A4"))
    sheet = public_sheet(place, village, stem)
    with reading(place) as conn:
        known = facts(conn, village)
        up = sorted(notice.published(conn, village))
        both = comparing.beside(conn, village, sheet.period, sheet.period)
    values = {"village": known, "sheet": sheet, "five": render.five(sheet), "up": up}
    values |= {"said": render.said, "odd": oddly.KINDS, "beside": both}
    return page(request, "sheet.html", values)


def _shaped(place: Room, village: str, period: str, ending: str, size: str) -> Response:
    sheet = public_sheet(place, village, period)
    if ending not in SHAPES:
        raise periods.BadPeriod(period=f"{period}.{ending}")
    shape, url = SHAPES[ending], f"{place.settings.base_url}/v/{village}/{period}"
    headers = {"content-disposition": f'inline; filename="{village}-{period}.{ending}"'}
    more: tuple[object, ...] = ()
    if ending == "pdf":
        with reading(place) as conn:
            more = (comparing.beside(conn, village, period, period),)
    return Response(shape.make(sheet, url, size, *more), media_type=shape.media, headers=headers)


@router.get("/v/{village}/{period}/line/{number}")
def line_page(request: Request, village: str, period: str, number: str, place: InRoom) -> Response:
    """Show what stands behind a line: who agreed, and its papers without personal data."""
    with reading(place) as conn:
        known = facts(conn, village)
        one = behind(conn, place.settings.papers, village, periods.parse(period), number)
    return page(request, "line.html", {"village": known, "period": period, "one": one})


@router.get("/v/{village}/{period}/statements")
def statements_page(request: Request, village: str, period: str, place: InRoom) -> Response:
    """Show the statements through a month."""
    with reading(place) as conn:
        known = facts(conn, village)
        _, made = three_statements(conn, village, periods.parse(period))
    return page(
        request, "statements.html", {"village": known, "period": period, "statements": made}
    )


@router.get("/v/{village}/{period}/statements/{name}.{ending}")
def statement_file(
    village: str,
    period: str,
    name: Literal["sheet", "income", "trial"],
    ending: Literal["pdf", "xlsx"],
    place: InRoom,
) -> Response:
    """Give a statement as PDF or spreadsheet."""
    with reading(place) as conn:
        unit, made = three_statements(conn, village, periods.parse(period))
    one = made[FORMS[name]]
    headers = {"content-disposition": f'inline; filename="{village}-{period}-{name}.{ending}"'}
    if ending == "pdf":
        data = statement_pdf(unit, period, one)
        return Response(data, media_type="application/pdf", headers=headers)
    return Response(statement_xlsx(unit, period, one), media_type=XLSX, headers=headers)


@router.get("/check")
def check_page(
    request: Request,
    place: InRoom,
    village: str = "",
    number: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    """Compare the digits on a wall with the seals in the books, in plain words."""
    given = "".join(c for c in number if c.isdecimal() and c.isascii())
    with reading(place) as conn:
        villages = [facts(conn, code) for code in log.villages(conn)]
        match = _match(conn, village, given) if given and village else ""
        state = gate.witnessed_of(conn, village, match) if match else None
    values = {
        "villages": villages,
        "chosen": village,
        "given": number.strip(),
        "enough": len(given) == 24,  # noqa: PLR2004 - six groups of four
        "match": match,
        "witnesses": state if state and state.witnesses else None,
    }
    return page(request, "check.html", values)


def _match(conn: Connection, village: str, given: str) -> str:
    facts(conn, village)
    for seal in reversed(posted.seals(conn, village)):
        ours = digits(bytes.fromhex(seal.root), village, seal.period)
        if "".join(ours.split()) == given:
            return seal.period
    return ""
