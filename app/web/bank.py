"""The bank room: an account's month, its lines with what is proposed for them, files brought in."""

import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from app.web import draft, lines
from app.web.lookup import full
from app.web.room import Form, InRoom, Room, Someone, reading, text
from app.web.rooms import Back, desk_page
from app.web.signing import allowed, card
from approvals import cases, register
from approvals.standing import Standing
from ledger import periods
from ledger.accounts import chart_of
from ledger.bank import cells, importing
from ledger.bank import store as bank_lines
from ledger.bank.layout import UnknownLayout
from ledger.bank.paying import Pair
from ledger.bank.reading import NoAccount
from ledger.bank.reconciled import leaves
from ledger.bank.store import Answered, File
from ledger.items import items
from ledger.refusal import Refusal

router = APIRouter()
SHOWN = 200


class Place(NamedTuple):
    """Where in the room somebody stands: the account by its code, the month `2021-05`."""

    account: str
    month: str

    @property
    def query(self) -> str:
        """Return the place as the end of an address."""
        return urlencode({"bank": self.account, "month": self.month})


@router.get("/desk/{village}/bank")
def bank_room(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show an account's month: what to confirm, what to pay, what is done."""
    return show(request, place, village, who.person, None, request.query_params)


def where(conn: Connection, village: str, given: Mapping[str, Any], today: date) -> Place:
    """Return the account and month asked for, or those where work waits.

    Raises:
        BadPeriod: the month is none.
    """
    known = leaves(chart_of(conn, village))
    open_ = bank_lines.counts(conn, village)
    account = text(given, "bank")
    if account not in known:
        account = next((code for code in known if open_.get(code)), known[0] if known else "")
    month = text(given, "month")
    if month:
        return Place(account, periods.parse(month))
    waiting = bank_lines.unmatched(conn, village, account) if open_.get(account) else []
    span = bank_lines.months(conn, village, account)
    if waiting:
        return Place(account, f"{waiting[0].day:%Y-%m}")
    return Place(account, span[1] if span else f"{today:%Y-%m}")


def show(
    request: Request,
    place: Room,
    village: str,
    person: str,
    refusal: Refusal | None = None,
    values: Mapping[str, Any] | None = None,
) -> Response:
    """Return the room, with the refusal of an act in it and what was chosen."""
    given, day = values or {}, place.clock.today()
    with reading(place) as conn:
        allowed(conn, person, village, day)
        people = register.of(conn, village)
        try:
            here = where(conn, village, given, day)
        except Refusal as fault:
            refusal, here = refusal or fault, where(conn, village, {}, day)
        known = view(conn, village, here, person, given)
    unit = {"code": village, "name": people.facts["name"]}
    mine = people.seats_of(person, day)
    values_of = {**known, "given": given, "picked": picked(given), "imported": text(given, "new")}
    return desk_page(request, "bank.html", unit, mine, values_of, refusal)


def picked(given: Mapping[str, Any]) -> set[str]:
    """Return the keys of the lines that a form has ticked."""
    get = getattr(given, "getlist", None)
    return {one for one in get("pick") if isinstance(one, str)} if get else set()


def view(
    conn: Connection, village: str, here: Place, person: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what the room shows of an account's month."""
    chart, (account, month) = chart_of(conn, village), here
    under_way = cases.open_cases(conn, village)
    until = periods.first_day(periods.next_period(month)) - timedelta(days=1)
    every = bank_lines.lines(conn, village, account, until)
    open_ = [one.line for one in every if one.case is None]
    every_pair = lines.payments(conn, village, under_way)
    pairs = [p for p in every_pair if p.due.account == account and p.line.day <= until]
    paired = {pair.line.key for pair in pairs}
    rest = [line for line in open_ if line.key not in paired]
    known = lines.known(conn, village, account, rest[:SHOWN], under_way)
    same = lines.twins(known, account, rest[:SHOWN])
    counts = bank_lines.counts(conn, village)
    return {
        "here": here,
        "banks": [(code, full(chart, code), counts.get(code, 0)) for code in leaves(chart)],
        "number": bank_lines.account(conn, village, account),
        "last": every[-1].line if every else None,
        "pairs": [{**lines.plain(one.line), **_due(one)} for one in pairs],
        "lines": [
            _chosen(
                lines.card(
                    line, lines.proposed(known, village, account, line), same[line.key], account
                ),
                given,
            )
            for line in rest[:SHOWN]
        ],
        "more": max(len(rest) - SHOWN, 0),
        "done": [_done(one, under_way, person) for one in every if _of(one, month) and one.case],
        "chart": chart,
        "full": full,
        "leaves": [(c, full(chart, c)) for c in chart.accounts if chart.is_leaf(c)],
        "items": items().values(),
        "waiting": [card(one) for one in _unpaid(under_way, account, {p.due.case for p in pairs})],
    }


def _of(one: Answered, month: str) -> bool:
    return f"{one.line.day:%Y-%m}" == month


def _due(pair: Pair) -> dict[str, Any]:
    early = pair.line.day < pair.due.cleared
    return {"case": pair.due.case, "payee": pair.due.payee, "fit": pair.fit, "early": early}


def _chosen(found: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a line's card with the item and account that a refused form had chosen."""
    key = found["key"]
    chosen = {name: text(given, f"{name}-{key}") or found[name] for name in ("item", "account")}
    return {**found, **chosen}


def _done(one: Answered, under_way: list[Standing], person: str) -> dict[str, Any]:
    case = next((case for case in under_way if case.case == one.case), None)
    mine = case is not None and draft.may_amend(case, person)
    return {**lines.plain(one.line), "case": one.case, "note": one.note, "mine": mine}


def _unpaid(under_way: list[Standing], account: str, paired: set[str]) -> list[Standing]:
    wanted = {due.case for due in lines.dues(under_way) if due.account == account} - paired
    return [one for one in under_way if one.case in wanted]


def back(here: Place) -> Back:
    """Return the way back to a place in the room."""
    return Back(show, f"/bank?{here.query}")


@router.post("/desk/{village}/bank")
async def take_statement(
    request: Request, village: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Import a bank's file; one whose columns or account are not known is shown first."""
    file = values.get("file")
    data = b"" if file is None or isinstance(file, str) else await file.read()
    name = getattr(file, "filename", "") or ""
    return await run_in_threadpool(
        brought, request, place, village, who.person, values, (name, data)
    )


def brought(
    request: Request,
    place: Room,
    village: str,
    person: str,
    values: Mapping[str, Any],
    file: tuple[str, bytes],
) -> Response:
    """Take a file, hold it until its columns are told, or refuse it; then nothing is kept."""
    name, data = file
    try:
        with place.engine.begin() as conn:
            allowed(conn, person, village, place.clock.today())
            here = where(conn, village, values, place.clock.today())
            month = here.month if text(values, "month") else ""
            rows = cells.rows(data, name)
            asked = bool(text(values, "ask"))
            way = "" if asked else _taken(conn, village, here._replace(month=month), rows, name)
        if not way:
            held = File(secrets.token_hex(16), here.account, month, name, data, person)
            with place.engine.begin() as conn:
                bank_lines.hold(conn, village, held, place.clock.now())
            way = f"/bank/file/{held.id}"
    except Refusal as refusal:
        return show(request, place, village, person, refusal, values)
    return RedirectResponse(f"/desk/{village}{way}", 303)


def _taken(conn: Connection, village: str, here: Place, rows: cells.Rows, name: str) -> str:
    """Import what is understood and return the way on; nothing when somebody must be asked."""
    try:
        statement = importing.understood(conn, village, here.account, rows, name)
    except (UnknownLayout, NoAccount):
        return ""
    importing.check(conn, village, here.account, statement, here.month)
    if bank_lines.account(conn, village, here.account) is None:
        return ""
    return imported(importing.take(conn, village, here.account, statement, here.month), here)


def imported(taken: importing.Taken, here: Place) -> str:
    """Return the way to what was imported."""
    month = here.month or f"{taken.statement.lines[-1].day:%Y-%m}"
    return f"/bank?{here._replace(month=month).query}&new={taken.new}"
