"""A bank's file in an unknown layout: somebody points at the columns, looks, and keeps it.

All in plain forms. What was told is remembered by the head row, so the bank's next file reads by
itself; nothing is kept before the running balance holds.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app.web.bank import Place, imported
from app.web.room import Form, InRoom, Room, Someone, reading, text
from app.web.rooms import desk_page
from app.web.signing import allowed
from approvals import register
from ledger.accounts import chart_of
from ledger.bank import cells, importing
from ledger.bank import reading as files
from ledger.bank import store as bank_lines
from ledger.bank.cells import Rows
from ledger.bank.fields import amount, moment
from ledger.bank.layout import FIELDS, HEADERS_WITHIN, Profile, fingerprint, guess, letter
from ledger.bank.line import Statement
from ledger.bank.store import File
from ledger.refusal import Refusal

router = APIRouter()
ROWS, LINES, WIDE = 12, 8, 30
NEEDED = ("day", "balance")


@router.get("/desk/{village}/bank/file/{name}")
def columns(request: Request, village: str, name: str, who: Someone, place: InRoom) -> Response:
    """Show the first rows of a file in hand and what its columns seem to be."""
    return show(request, place, village, who.person, name)


def show(  # noqa: PLR0913, PLR0917 - the page, who looks, and what was typed or refused
    request: Request,
    place: Room,
    village: str,
    person: str,
    name: str,
    refusal: Refusal | None = None,
    values: Mapping[str, Any] | None = None,
    statement: Statement | None = None,
) -> Response:
    """Return the page of a file in hand: its rows, the columns told, the preview."""
    day = place.clock.today()
    with reading(place) as conn:
        allowed(conn, person, village, day)
        people = register.of(conn, village)
        file = bank_lines.held(conn, village, name)
        rows = cells.rows(file.data, file.name)
        told = values or _guessed(conn, village, file, rows)
        if values is None:
            try:
                statement = _read(conn, village, file, rows, told)
            except Refusal:
                statement = None
        account = bank_lines.account(conn, village, file.account_code)
        title = chart_of(conn, village).get(file.account_code).name
    top = _number(text(told, "top"))
    first, wide = max(top - ROWS // 2, 0), max(map(len, rows))
    values_of = {
        "file": file,
        "title": title,
        "account": account,
        "told": told,
        "top": top,
        "fields": FIELDS,
        "needed": NEEDED,
        "letters": [letter(at) for at in range(min(wide, WIDE))],
        "rows": list(enumerate(rows))[first : first + ROWS],
        "heads": _heads(rows, top, min(wide, WIDE)),
        "statement": statement,
        "ends": _ends(statement) if statement else [],
        "holder": people.facts["name"],
    }
    unit = {"code": village, "name": people.facts["name"]}
    mine = people.seats_of(person, day)
    return desk_page(request, "bank_columns.html", unit, mine, values_of, refusal)


def _heads(rows: Rows, top: int, wide: int) -> list[str]:
    """Return what each column is called, and what stands in it first."""
    head = rows[top] if top < len(rows) else []
    found = []
    for at in range(wide):
        below = (row[at] for row in rows[top + 1 :] if at < len(row) and row[at])
        title, example = head[at] if at < len(head) else "", next(below, "")
        found.append(" ".join(filter(None, (title, f"（{example[:16]}）" if example else ""))))
    return found


def _ends(statement: Statement) -> list[Any]:
    lines = statement.lines
    return list(lines) if len(lines) <= 2 * LINES else [*lines[:LINES], None, *lines[-LINES:]]


def _guessed(conn: Connection, village: str, file: File, rows: Rows) -> dict[str, str]:
    """Return the form as what is known or recognised of the file would fill it."""
    profile = importing.profile_of(conn, village, file.account_code, rows)
    layout = guess(rows)
    at, top = profile.at or layout.columns, profile.top if profile.at else layout.top
    if not at:
        top = _likely(rows)
    fields = {f"at-{field}": str(index) for field, index in at.items()}
    marks = {"out_mark": profile.out_mark, "own_view": "yes" if profile.own_view else ""}
    return {**fields, **marks, "top": str(top), "number": profile.account}


def _likely(rows: Rows) -> int:
    """Return the row above the first that has a day and an amount: the head of the table."""
    for at, row in enumerate(rows[1:HEADERS_WITHIN]):
        if any(map(moment, row)) and sum(bool(amount(cell)) for cell in row) > 1:
            return at
    return 0


def _number(given: str) -> int:
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 4 else 0  # noqa: PLR2004


def _told(values: Mapping[str, Any]) -> Profile:
    """Return what the form tells of the file."""
    pointed = {field: text(values, f"at-{field}") for field in FIELDS}
    at = {field: _number(index) for field, index in pointed.items() if index}
    number = "".join(text(values, "number").split())
    own, mark = bool(text(values, "own_view")), text(values, "out_mark")
    top = min(_number(text(values, "top")), HEADERS_WITHIN - 1)
    return Profile("", account=number, own_view=own, at=at or {"day": 0}, top=top, out_mark=mark)


def _read(
    conn: Connection, village: str, file: File, rows: Rows, values: Mapping[str, Any]
) -> Statement:
    statement = files.parse(rows, file.name, _told(values))
    importing.check(conn, village, file.account_code, statement, file.month)
    return statement


@router.post("/desk/{village}/bank/file/{name}")
def tell(
    request: Request, village: str, name: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Look at what the told columns give, keep it and remember the columns, or give the file up."""
    what, person = text(values, "do"), who.person
    try:
        with place.engine.begin() as conn:
            file = bank_lines.held(conn, village, name)
            here = Place(file.account_code, file.month)
            if what == "drop":
                bank_lines.drop(conn, village, name)
                return RedirectResponse(f"/desk/{village}/bank?{here.query}", 303)
            rows = cells.rows(file.data, file.name)
            statement = _read(conn, village, file, rows, values)
            if what != "keep":
                return show(request, place, village, person, name, None, values, statement)
            taken = importing.take(conn, village, file.account_code, statement, file.month)
            _remember(conn, rows, _told(values), place, person)
            bank_lines.drop(conn, village, name)
    except bank_lines.NoFile:
        raise
    except Refusal as refusal:
        return show(request, place, village, person, name, refusal, values)
    return RedirectResponse(f"/desk/{village}{imported(taken, here)}", 303)


def _remember(conn: Connection, rows: Rows, told: Profile, place: Room, person: str) -> None:
    print_ = fingerprint(rows[told.top]) if told.top < len(rows) else ""
    if print_:
        word = {"at": dict(told.at), "own_view": told.own_view, "out_mark": told.out_mark}
        bank_lines.remember(conn, print_, word, person, place.clock.now())
