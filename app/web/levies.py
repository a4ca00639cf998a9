"""The room of self-raised fees: raise one with its list, enter what was paid, see who has not."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app.web.access import MAKERS
from app.web.draft import month_of
from app.web.ledgers import attached
from app.web.public import XLSX
from app.web.room import Form, InRoom, Room, Someone, reading, seats_of, text
from app.web.rooms import desk_page
from approvals import register
from ledger.bank import cells
from ledger.bank import store as bank
from ledger.money import parse_yuan
from ledger.refusal import Refusal
from ledger.registers.levies import (
    BASES,
    KINDS,
    BadReceipt,
    Levy,
    Receipt,
    Total,
    groups,
    read,
    total,
)
from ledger.registers.levies import store as levies
from reports.levy_xlsx import levy_xlsx

router = APIRouter()
SHOWN = 40


@router.get("/desk/{village}/levies")
def levies_room(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show the fees of a village and how they come in."""
    return show(request, place, village, who.person)


def show(
    request: Request,
    place: Room,
    village: str,
    person: str,
    refusal: Refusal | None = None,
    values: Mapping[str, Any] | None = None,
) -> Response:
    """Return the room; it names households, so the read is noted first."""
    day = place.clock.today()
    period = f"{day:%Y-%m}"
    place.reveal(village, person, "roll", f"{period}/levies")
    with reading(place) as conn:
        people = register.of(conn, village)
        kept = [_kept(conn, village, one, period) for one in levies.all_of(conn, village)]
        others = seats_of(conn, person, day)
        rates = [row for code in others for row in _rates(conn, code, period)]
        accounts = [one.code for one in bank.accounts(conn) if one.village == village]
    mine = people.seats_of(person, day)
    values_of = {
        "kept": kept,
        "rates": rates if len(others) > 1 else [],
        "kinds": KINDS,
        "bases": BASES,
        "accounts": accounts,
        "typed": values if refusal and values else {},
        "maker": not MAKERS.seats.isdisjoint(mine),
        "day": day,
        "most": SHOWN,
    }
    unit = {"code": village, "name": people.facts["name"]}
    return desk_page(request, "levies.html", unit, mine, values_of, refusal)


def _kept(conn: Connection, village: str, one: Levy, period: str) -> dict[str, Any]:
    found = levies.standing(conn, village, one, period)
    late = [row for row in found if row.left > 0]
    whole = total("", found)
    return {"levy": one, "groups": groups(found), "whole": whole, "late": late}


def _rates(conn: Connection, village: str, period: str) -> list[tuple[str, str, Total]]:
    """Return how each fee of a village comes in; nobody is named."""
    name = register.of(conn, village).facts["name"]
    return [
        (name, one.title, total("", levies.standing(conn, village, one, period, named=False)))
        for one in levies.all_of(conn, village)
        if one.first <= period
    ]


@router.get("/desk/{village}/levies.xlsx")
def template(village: str, who: Someone, place: InRoom) -> Response:
    """Give the households of the register as the list to be filled in."""
    today = place.clock.today()
    place.reveal(village, who.person, "register", "levies.xlsx")
    with reading(place) as conn:
        name = register.of(conn, village).facts["name"]
        data = levy_xlsx(name, levies.known(conn, village, today))
    headers = attached(f"{name}应收花名册.xlsx", f"{village}.xlsx")
    return Response(data, media_type=XLSX, headers=headers)


@router.post("/desk/{village}/levies")
async def raise_(
    request: Request, village: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Raise a fee with its assessed list, both or neither."""
    file = values.get("file")
    data = b"" if file is None or isinstance(file, str) else await file.read()
    try:
        one = _read(values)
        table = cells.rows(data, getattr(file, "filename", "") or "?")
        with place.engine.begin() as conn:
            first = date.fromisoformat(f"{one.first}-01")
            listed = read(table, levies.known(conn, village, first))
            levies.add(conn, village, one, listed, place.settings.levy_cap * 100)
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal, values)
    return _back(village)


def _read(values: Mapping[str, Any]) -> Levy:
    first = month_of(values, "first")
    last = month_of(values, "last") if text(values, "last") else first
    return Levy(
        "",
        text(values, "title"),
        text(values, "kind"),
        text(values, "basis"),
        parse_yuan(text(values, "amount") or "0"),
        first,
        last,
        text(values, "resolution"),
    )


@router.post("/desk/{village}/levies/paid")
def paid(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Enter what a household paid."""
    try:
        with place.engine.begin() as conn:
            one = _levy(conn, village, values)
            try:
                day = date.fromisoformat(text(values, "day"))
            except ValueError as fault:
                raise BadReceipt(why="请填日期") from fault
            fen = parse_yuan(text(values, "fen") or "0")
            made = Receipt(0, day, text(values, "household"), fen, "")
            levies.receive(conn, village, one, [made])
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal, values)
    return _back(village)


@router.post("/desk/{village}/levies/bank")
def from_bank(
    request: Request, village: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Enter what the lines of a bank account say beyond doubt."""
    try:
        with place.engine.begin() as conn:
            one = _levy(conn, village, values)
            today = place.clock.today()
            levies.take_from_bank(conn, village, one, text(values, "account"), today)
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal, values)
    return _back(village)


def _levy(conn: Connection, village: str, values: Mapping[str, Any]) -> Levy:
    wanted = text(values, "levy")
    found = [one for one in levies.all_of(conn, village) if one.id == wanted]
    if not found:
        raise BadReceipt(why="请先选哪项收费")
    return found[0]


def _back(village: str) -> Response:
    return RedirectResponse(f"/desk/{village}/levies?done=1", 303)
