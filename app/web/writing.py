"""The room where a voucher is written: the form, what it may begin from, the account index."""

import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app import budgets, drafts
from app.web import draft, lines
from app.web.lookup import full, index
from app.web.room import InRoom, Room, Someone, reading, text
from app.web.rooms import Back, desk_page
from app.web.signing import allowed, card
from approvals import cases, register
from approvals.register import Register
from approvals.standing import Standing
from ledger.accounts import chart_of
from ledger.bank import store as bank_lines
from ledger.budget import Use
from ledger.chart import Chart
from ledger.items import items
from ledger.legs import store as legs
from ledger.posted import store as posted
from ledger.refusal import Refusal
from ledger.registers.dimensions import store as dimensions
from ledger.voucher import PAPERS, Number, Voucher

router = APIRouter()
LATEST, SHOWN = "9999-12", 5
SOURCES = ("case", "line", "draft", "copy", "template", "beside", "saved")


@router.get("/desk/{village}/voucher")
def voucher_room(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show the form: empty, or from `case`, `line`, `draft`, `copy` (a number) or `template`."""
    asked = {name: request.query_params.get(name, "") for name in SOURCES}
    return show(request, place, village, who.person, None, {k: v for k, v in asked.items() if v})


def show(
    request: Request,
    place: Room,
    village: str,
    person: str,
    refusal: Refusal | None = None,
    values: Mapping[str, Any] | None = None,
) -> Response:
    """Return the room; a refusal keeps what was typed."""
    given, day = values or {}, place.clock.today()
    with reading(place) as conn:
        allowed(conn, person, village, day)
        people = register.of(conn, village)
        chart = chart_of(conn, village)
        source = {} if refusal else begun(conn, village, given, day)
        case = text(given, "case") or source.get("case", "")
        amended = draft.amended(conn, village, case, person)
        start = source or (drafts.typed(amended.voucher) if amended else {})
        typed = {**start, **given}
        kept = drafts.all_of(conn, village)
        mine = [one for one in cases.open_cases(conn, village) if person in one.makers]
        last = posted.periods(conn, village)[-1:]
        values_of = {
            "amended": amended,
            "typed": typed,
            "rows": range(draft.rows(typed)),
            "use": _use(conn, village, typed),
            "red": red(typed, amended, chart),
            "leaves": [(c, full(chart, c)) for c in chart.accounts if chart.is_leaf(c)],
            "dims": dimensions.known(conn, village),
            "held": drafts.held(conn, village, text(typed, "draft")),
            "kinds": PAPERS,
            "items": items().values(),
            "drafts": [_kept(one, people) for one in kept if not one.name],
            "templates": [_kept(one, people) for one in kept if one.name],
            "latest": [card(one) for one in mine[-SHOWN:]],
            "past": [one for month in last for one in posted.vouchers(conn, village, month, month)],
            "person": person,
            "opened": text(given, "draft"),
        }
    unit = {"code": village, "name": people.facts["name"]}
    mine_seats = people.seats_of(person, day)
    return desk_page(request, "voucher_room.html", unit, mine_seats, values_of, refusal)


def _use(conn: Connection, village: str, typed: Mapping[str, Any]) -> Use | None:
    """Return how the budget of the item stands before what is typed; None where there is none."""
    year, found = text(typed, "day")[:4], None
    if year.isascii() and year.isdecimal():
        found = budgets.uses(conn, village, int(year)).get(text(typed, "purpose"))
    return Use(*found, drafts.total(typed)) if found else None


def red(typed: Mapping[str, Any], amended: Standing | None, chart: Chart) -> list[dict[str, Any]]:
    """Return the rows of a red-letter voucher as it is written: on the original's side, below zero.

    None for any other voucher: only a red one shows its rows so, and nobody changes them.
    """
    if not (typed.get("reverses") or (amended and amended.voucher.reverses)):
        return []
    found = []
    for row in range(drafts.MOST_ROWS):
        code = text(typed, f"account{row}").partition(" ")[0]
        if not chart.knows(code):
            continue
        # The form's sides are those of the sign: a red debit lies in its credit field.
        debit, credit = text(typed, f"credit{row}"), text(typed, f"debit{row}")
        sides = {"debit": f"-{debit}" if debit else "", "credit": f"-{credit}" if credit else ""}
        found.append({"name": full(chart, code), "code": code, **sides})
    return found


def _kept(one: drafts.Draft, people: Register) -> dict[str, Any]:
    about = one.fields.get("summary") or one.fields.get("words0", "")
    return {**one._asdict(), "about": about, "who": people.name(one.person)}


def begun(
    conn: Connection,
    village: str,
    given: Mapping[str, Any],
    day: date,
) -> dict[str, str]:
    """Return the fields of the draft, template or posted voucher that the form begins with.

    Raises:
        UnknownNumber, NoSource: the number, draft or template to begin from is not there.
    """
    if text(given, "copy"):
        return copied(_posted(conn, village, text(given, "copy")), day)
    if text(given, "line"):
        return of_line(conn, village, text(given, "line"))
    name = text(given, "draft") or text(given, "template")
    if not name:
        return {}
    one = drafts.get(conn, village, name)
    if one is None:
        raise NoSource
    if one.name:
        return {**one.fields, "draft": ""}
    return {**one.fields, "draft": one.id, "version": str(one.version)}


def copied(voucher: Voucher, day: date) -> dict[str, str]:
    """Return the fields of a new voucher like another: of the day, without papers or bank line."""
    fields = drafts.typed(voucher)
    return {**fields, "day": day.isoformat(), "sheets": "0"}


def of_line(conn: Connection, village: str, key: str) -> dict[str, str]:
    """Return the fields of the voucher that is proposed for a bank line.

    Raises:
        UnknownLine: the village has no such line.
    """
    line, account = bank_lines.get(conn, village, key), bank_lines.account_of(conn, village, key)
    known = lines.known(conn, village, account, [line])
    voucher = lines.proposed(known, village, account, line).voucher
    return {**drafts.typed(voucher), "bank_line": key}


def _posted(conn: Connection, village: str, number: str) -> Voucher:
    item = posted.by_number(conn, village, Number.parse(number))
    if item is None or item.voucher.kind not in draft.KINDS or item.voucher.reverses:
        raise NoSource
    return item.voucher


WRITING = Back(show, "/voucher")


@router.get("/desk/{village}/accounts.json")
def accounts(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Give the accounts that entries may be on, to search in the browser, with their balances."""
    with reading(place) as conn:
        allowed(conn, who.person, village, place.clock.today())
        found = index(chart_of(conn, village), legs.balances(conn, village, LATEST))
    data = json.dumps([one._asdict() for one in found], ensure_ascii=False).encode()
    tag = f'"{sha256(data).hexdigest()[:16]}"'
    headers = {"etag": tag, "cache-control": "private, no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(data, media_type="application/json", headers=headers)


class NoSource(Refusal):
    """What the form was to begin from is not there."""

    code = "W026"
    says = "要打开的草稿、常用凭证或凭证不在了，或不能复制。请从“填制凭证”重新选。"
    status = 404
