"""The room of members and shares: look up, register a change, bring and take a sheet."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app.web.ledgers import attached
from app.web.public import XLSX
from app.web.room import Form, InRoom, Room, Someone, reading, text
from app.web.rooms import Back, act, desk_page
from approvals import keys, membership, register
from approvals.acts import Desk
from ledger.bank import cells
from ledger.initials import spells
from ledger.refusal import Refusal
from ledger.registers.membership import sheet, store
from ledger.registers.membership.entry import (
    HOUSES,
    JOINS,
    KINDS,
    LEAVES,
    MOVES,
    SHARES,
    Entry,
)
from ledger.registers.membership.fold import House, State
from ledger.registers.shares import digest
from reports.certificate_pdf import Certificate, certificate_pdf
from reports.members_xlsx import members_xlsx

router = APIRouter()
A_PAGE = 100
FACTS = (
    "name", "born", "identity", "relation", "head", "group", "account", "resolution", "deceased",
    "reason",
)  # fmt: skip


@router.get("/desk/{village}/members")
def members(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show the register as of a day, or the households that a search finds."""
    return show(request, place, village, who.person)


def show(
    request: Request,
    place: Room,
    village: str,
    person: str,
    refusal: Refusal | None = None,
    values: Mapping[str, Any] | None = None,
) -> Response:
    """Return the room; the read is noted before anything is shown."""
    given = dict(request.query_params)
    typed = {key: value for key, value in (values or {}).items() if isinstance(value, str)}
    number = given.get("household") or typed.get("household", "")
    place.reveal(village, person, "register", number or "members")
    today = place.clock.today()
    with reading(place) as conn:
        people = register.of(conn, village)
        try:
            day = _day(given.get("day", ""), today)
        except Refusal as fault:
            refusal, day = refusal or fault, today
        state = store.as_of(conn, village, day)
        lines = store.journal(conn, village)
    found = [one for one in state.houses.values() if _matches(one, given.get("q", "").strip())]
    found.sort(key=lambda one: one.number)
    house = state.houses.get(number)
    values_of = {
        "given": given,
        "typed": typed,
        "day": day,
        "found": found[:A_PAGE],
        "more": max(len(found) - A_PAGE, 0),
        "state": state,
        "totals": [(SHARES[kind], count) for kind, count in state.shares().items()],
        "people": sum(one.count for one in state.houses.values()),
        "house": house,
        "lines": [one for one in lines if house and house.number in {one.household, one.other}],
        "words": {"joins": JOINS, "leaves": LEAVES, "moves": MOVES, "houses": HOUSES},
        "kinds": KINDS,
        "shares": SHARES,
    }
    unit = {"code": village, "name": people.facts["name"]}
    mine = people.seats_of(person, today)
    return desk_page(request, "members.html", unit, mine, values_of, refusal)


def _day(text_: str, today: date) -> date:
    try:
        return date.fromisoformat(text_) if text_ else today
    except ValueError as fault:
        raise NoDay(text=text_[:20]) from fault


def _matches(house: House, asked: str) -> bool:
    names = [house.head, *(one.name for one in house.people.values())]
    return (
        not asked
        or house.number.startswith(asked.lower())
        or any(asked in name for name in names)
        or (asked.isascii() and asked.isalpha() and any(spells(asked, name) for name in names))
    )


ROOM = Back(show, "/members")


def entry_of(values: Mapping[str, Any], state: State) -> Entry:
    """Return the line that a form asks for; a new member gets the household's next number.

    Raises:
        NoDay, NoCount.
    """
    kind, number = text(values, "kind"), text(values, "household")
    day = text(values, "day")
    person = text(values, "person")
    house = state.houses.get(number)
    if kind in JOINS and house:
        person = f"{number}-{house.unnamed + len(house.people) + 1}"
    facts = {name: text(values, name) for name in FACTS if text(values, name)}
    if facts.get("identity") and not sheet.is_identity(facts["identity"].upper()):
        raise BadIdentity
    if not day:
        raise NoDay(text="")
    return Entry(
        kind, _day(day, date.min), number, person, text(values, "other"), text(values, "share"),
        _number(values, "count"), text(values, "into"), _number(values, "gets"), facts,
    )  # fmt: skip


def _number(values: Mapping[str, Any], name: str) -> int:
    asked = text(values, name) or "0"
    if not (asked.isascii() and asked.isdecimal()):
        raise NoCount(text=asked[:20])
    return int(asked)


@router.post("/desk/{village}/members/change")
def change(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Register one change by the visitor's hand."""

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> list[str]:
        state = store.as_of(conn, village, date.max)
        membership.change(conn, hand, desk, [entry_of(values, state)])
        return []

    return act(request, place, village, who.person, values, work, ROOM)


@router.post("/desk/{village}/members/bring")
async def bring(
    request: Request, village: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Register everything that a sheet holds, or nothing."""
    file = values.get("file")
    data = b"" if file is None or isinstance(file, str) else await file.read()
    name = getattr(file, "filename", "") or "?"
    try:
        entries = sheet.read(cells.rows(data, name))
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal, values)

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> list[str]:
        membership.change(conn, hand, desk, [replace(one) for one in entries])
        return []

    return act(request, place, village, who.person, values, work, ROOM)


@router.get("/desk/{village}/members.xlsx")
def taken(village: str, who: Someone, place: InRoom, *, empty: bool = False) -> Response:
    """Give the register as a spreadsheet, or the empty template."""
    today = place.clock.today()
    if not empty:
        place.reveal(village, who.person, "register", "members.xlsx")
    with reading(place) as conn:
        name = register.of(conn, village).facts["name"]
        state = State() if empty else store.as_of(conn, village, today)
    title = f"{name}份额登记簿{'模板' if empty else today}.xlsx"
    headers = attached(title, f"{village}.xlsx")
    return Response(members_xlsx(name, state), media_type=XLSX, headers=headers)


@router.get("/desk/{village}/members/{household}/certificate.pdf")
def certificate(village: str, household: str, who: Someone, place: InRoom) -> Response:
    """Give a household's certificate of shares."""
    today = place.clock.today()
    place.reveal(village, who.person, "register", household)
    with reading(place) as conn:
        name = register.of(conn, village).facts["name"]
        state = store.as_of(conn, village, today)
        house = state.houses.get(household)
        if house is None:
            raise NoHousehold(household=household[:40])
        lines = [
            one
            for one in store.journal(conn, village)
            if household in {one.household, one.other} and one.day <= today
        ]
    one = Certificate(name, today, house, lines, digest(state.holdings()))
    return Response(certificate_pdf(one), media_type="application/pdf")


class NoDay(Refusal):
    """A field for a day holds none."""

    code = "W110"
    says = "日期“{text}”没有填或不是日期，请写成 2021-05-03。"
    status = 422


class NoCount(Refusal):
    """A field for a number of shares holds none."""

    code = "W111"
    says = "股数“{text}”不是整数，请只填数字。"
    status = 422


class BadIdentity(Refusal):
    """The number of an identity card cannot be."""

    code = "W112"
    says = "身份证号不对（位数或校验码不符），请核对；没有证件号可以不填。"
    status = 422


class NoHousehold(Refusal):
    """The register has no such household."""

    code = "W113"
    says = "登记簿上没有 {household} 户，请核对户编号。"
    status = 422
