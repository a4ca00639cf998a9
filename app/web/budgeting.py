"""The page of the year's budget: entered or read from its spreadsheet, adopted by a resolution."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from app import budgets
from app.budgets import BadBudget
from app.web.access import MAKERS
from app.web.ledgers import attached
from app.web.public import XLSX
from app.web.room import Form, InRoom, Room, Someone, reading, text
from app.web.rooms import desk_page
from app.web.signing import allowed
from approvals import register
from disclosure.answers import plain as clean
from ledger.budget import SIDES, budgeted
from ledger.money import plain
from ledger.refusal import Refusal
from ledger.registers import store
from ledger.registers.store import Resolved

router = APIRouter()
Year = Annotated[int, Query(ge=2000, le=2100)]


def _year(given: Mapping[str, Any], day: date) -> int:
    asked = text(given, "year")
    known = asked.isascii() and asked.isdecimal() and len(asked) == 4  # noqa: PLR2004
    return int(asked) if known and 2000 <= int(asked) <= 2100 else day.year  # noqa: PLR2004


@router.get("/desk/{village}/budget")
def budget_room(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show the budget of a year (`year`; at first the present one)."""
    return show(request, place, village, who.person, None, dict(request.query_params))


def show(
    request: Request,
    place: Room,
    village: str,
    person: str,
    refusal: Refusal | None = None,
    values: Mapping[str, Any] | None = None,
    brought: Mapping[str, int] | None = None,
) -> Response:
    """Return the page; `brought` are figures of a spreadsheet, shown and not kept yet."""
    given, day = values or {}, place.clock.today()
    year = _year(given, day)
    with reading(place) as conn:
        allowed(conn, person, village, day)
        people = register.of(conn, village)
        adopted = store.budget_of(conn, village, year)
        note = store.budget_resolution(conn, village, year)
    figures = adopted if brought is None else brought
    typed = given if refusal and brought is None else {}
    rows = [
        (one, text(typed, one.id) or (plain(figures[one.id]) if one.id in figures else ""))
        for one in budgeted()
    ]
    mine = people.seats_of(person, day)
    known = {
        "year": year,
        "rows": rows,
        "sides": SIDES,
        "resolved": note,
        "who": people.name(note.person) if note else "",
        "typed": given,
        "brought": brought is not None,
        "maker": not MAKERS.seats.isdisjoint(mine),
    }
    unit = {"code": village, "name": people.facts["name"]}
    return desk_page(request, "budget.html", unit, mine, known, refusal)


@router.get("/desk/{village}/budget.xlsx")
def budget_file(village: str, who: Someone, place: InRoom, year: Year) -> Response:
    """Give the budget of a year as a spreadsheet to fill in and bring back."""
    with reading(place) as conn:
        allowed(conn, who.person, village, place.clock.today())
        name = register.of(conn, village).facts["name"]
        data = budgets.workbook(name, year, store.budget_of(conn, village, year))
    headers = attached(f"{name}{year}年收支预算.xlsx", f"{village}-{year}-budget.xlsx")
    return Response(data, media_type=XLSX, headers=headers)


@router.get("/desk/{village}/budget.json")
def budget_figures(village: str, who: Someone, place: InRoom, year: Year) -> Response:
    """Give what the voucher form says of a budget: by item, budget, posted and under way in fen."""
    with reading(place) as conn:
        allowed(conn, who.person, village, place.clock.today())
        found = budgets.uses(conn, village, year)
    headers = {"cache-control": "private, no-cache"}
    return Response(json.dumps(found), media_type="application/json", headers=headers)


@router.post("/desk/{village}/budget")
def adopt(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Keep the budget of the form, with the resolution that adopted it."""
    year = _year(values, place.clock.today())
    try:
        figures = _figures(values)
        by = _resolved(values, who.person)
        with place.engine.begin() as conn:
            allowed(conn, who.person, village, place.clock.today())
            store.adopt_budget(conn, village, year, figures, by)
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal, values)
    return RedirectResponse(f"/desk/{village}/budget?year={year}&done=1", 303)


def _figures(values: Mapping[str, Any]) -> dict[str, int]:
    found, wrong = {}, []
    for item in budgeted():
        given = text(values, item.id)
        try:
            if given:
                found[item.id] = budgets.figure(given)
        except Refusal:
            wrong.append(f"“{item.zh}”的金额“{given}”不对")
    if wrong or not found:
        raise BadBudget(why="；".join(wrong[:5]) or "没有填一项预算")
    return found


def _resolved(values: Mapping[str, Any], person: str) -> Resolved:
    note = text(values, "note")
    if not note or len(note) > 200:  # noqa: PLR2004 - a line
        raise BadBudget(why="请写明通过预算的决议（会议、日期或文号），不超过 200 字")
    try:
        return Resolved(clean(note), date.fromisoformat(text(values, "day")), person)
    except ValueError as fault:
        raise BadBudget(why="请填通过预算的日期") from fault


@router.post("/desk/{village}/budget/file")
async def bring(
    request: Request, village: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Read a filled-in spreadsheet into the form; nothing is kept until it is adopted there."""
    file = values.get("file")
    data = b"" if file is None or isinstance(file, str) else await file.read()
    name = getattr(file, "filename", "") or ""

    def work() -> Response:
        try:
            found = budgets.read(data, name)
        except Refusal as refusal:
            return show(request, place, village, who.person, refusal, values)
        return show(request, place, village, who.person, None, values, found)

    return await run_in_threadpool(work)
