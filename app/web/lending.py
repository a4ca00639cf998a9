"""Seats lent: who holds what, lend a seat for some days, take it back. Works without script."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app import contacts
from app.web.hands import offered, perform
from app.web.room import Form, InRoom, Room, Someone, page, reading, text, villages_of
from approvals import acts, keys, register
from approvals.acts import Desk, Loan
from approvals.pursuit import Absence
from approvals.register import UNLENT, Delegation, Register
from approvals.touch import Work
from disclosure.answers import plain
from ledger.log.act import Event
from ledger.refusal import Refusal

router = APIRouter()


@router.get("/seats")
def own(request: Request, who: Someone, place: InRoom) -> Response:
    """Show the visitor's seats, what they lent and what was lent to them."""
    return show(request, place, who.person, None)


def show(
    request: Request, place: Room, person: str, refusal: Refusal | None, village: str = ""
) -> Response:
    """Return the page, with the refusal of an act in a village."""
    day = place.clock.today()
    with reading(place) as conn:
        rows = [_row(conn, place, code, person, day) for code in _places(conn, person, day)]
        gone = contacts.absences(conn, day, person)
    values = {
        "rows": rows,
        # A loan is asked for the days of the absence.
        "absences": gone,
        "begins": gone[0].first if gone else day,
        "ends": gone[0].last if gone else "",
        "refusal": refusal,
        "at": village,
        "typed": getattr(request.state, "form", {}),
        "address": rows[0]["address"] if rows else "",
    }
    return page(request, "seats.html", values, refusal.status if refusal else 200)


def _places(conn: Connection, person: str, day: date) -> list[str]:
    # A loan that begins tomorrow is to be seen today.
    coming = [
        code
        for code, people in register.everywhere(conn)
        if any(one.to == person and day <= one.last for one in people.delegations)
    ]
    return list(dict.fromkeys([*villages_of(conn, person, day), *coming]))


def _row(conn: Connection, place: Room, village: str, person: str, day: date) -> dict[str, Any]:
    people = register.of(conn, village)
    passkey, address = offered(conn, place, person, village)
    terms = people.terms_of(person, day)
    chains = (
        {one["id"]: one["title"] for one in people.current()["chains"]} if people.policy else {}
    )
    loans = people.delegations
    return {
        "code": village,
        "name": people.facts["name"],
        "terms": [
            (register.title(one.seat), one.last if one.last < date.max else None) for one in terms
        ],
        "lendable": [
            (s, register.title(s)) for s in dict.fromkeys(t.seat for t in terms) if s not in UNLENT
        ],
        "given": [_loan(people, one, chains, day) for one in loans if one.giver == person],
        "taken": [
            _loan(people, one, chains, day) for one in loans if one.to == person and one.last >= day
        ],
        "people": _borrowers(people, person, day),
        "chains": chains,
        "passkey": passkey,
        "address": address,
    }


def _loan(people: Register, one: Delegation, chains: dict[str, str], day: date) -> dict[str, Any]:
    """Return a loan as the page shows it; `state` is `before`, `now`, `over` or `void`."""
    good = people.holds(one.giver, one.seat, day) and not people.keeps_money(one.to, day)
    state = "before" if day < one.first else "over" if day > one.last else "now" if good else "void"
    return {
        **one._asdict(),
        "title": register.title(one.seat),
        "giver_name": people.name(one.giver),
        "to_name": people.name(one.to),
        "scope": "、".join(chains.get(name, name) for name in one.chains),
        "state": state,
    }


def _borrowers(people: Register, person: str, day: date) -> list[tuple[str, str, str]]:
    """Return (id, name, seats in words) of whom a seat may be lent to, those with seats first."""
    found = [
        (one, name, "、".join(register.title(seat) for seat in people.seats_of(one, day)))
        for one, name in people.people.items()
        if one != person and not people.keeps_money(one, day)
    ]
    return sorted(found, key=lambda one: (not one[2], one[1]))


@router.post("/seats/away")
def away(request: Request, values: Form, who: Someone, place: InRoom) -> Response:
    """Note that the visitor is away; reminders leave them alone on these days."""
    try:
        absence = Absence(who.person, _day(values, "from"), _day(values, "until"))
        with place.engine.begin() as conn:
            contacts.go(conn, absence, place.clock.now())
    except Refusal as refusal:
        return show(request, place, who.person, refusal)
    return RedirectResponse("/seats?done=1", 303)


@router.post("/seats/here")
def here(request: Request, values: Form, who: Someone, place: InRoom) -> Response:
    """Let go of the note that the visitor is away."""
    try:
        with place.engine.begin() as conn:
            contacts.come(conn, who.person, _day(values, "from"))
    except Refusal as refusal:
        return show(request, place, who.person, refusal)
    return RedirectResponse("/seats?done=1", 303)


@router.post("/seats/{village}/lend")
def lend(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Lend a seat of the visitor's own."""
    chains = tuple(str(one) for one in values.getlist("chains"))  # type: ignore[attr-defined]

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> Event:
        first, last = _day(values, "from"), _day(values, "until")
        if last < desk.at.date():
            raise LoanOver(last=last)
        reason = text(values, "reason")
        loan = Loan(text(values, "to"), first, last, chains, plain(reason) if reason else "")
        return acts.lend_seat(conn, hand, desk, text(values, "seat"), loan)

    return _perform(request, place, village, values, who.person, work)


@router.post("/seats/{village}/back")
def back(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Take a seat back that the visitor has lent."""

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> Event:
        seat, to = text(values, "seat"), text(values, "to")
        people = register.of(conn, village)
        if not any(one[:3] == (hand.person, to, seat) for one in people.delegations):
            raise NoLoan
        return acts.take_back_seat(conn, hand, desk, seat, to, "本人收回")

    return _perform(request, place, village, values, who.person, work)


def _perform(
    request: Request, place: Room, village: str, values: Form, person: str, work: Work[Event]
) -> Response:
    request.state.form = values

    def done(_: Event) -> str:
        place.project(village)
        return "/seats?done=1"

    def refused(refusal: Refusal) -> Response:
        return show(request, place, person, refusal, village)

    return perform(request, place, village, person, values, work, done=done, refused=refused)


def _day(values: Form, name: str) -> date:
    try:
        return date.fromisoformat(text(values, name))
    except ValueError as fault:
        raise NotDay from fault


class NotDay(Refusal):
    """The first or last day of a loan or an absence is no day."""

    code = "W060"
    says = "请填起止日期，例如 2022-02-08。"
    status = 422


class LoanOver(Refusal):
    """The loan would be over before it begins to count."""

    code = "W061"
    says = "委托的截止日 {last} 已经过去，请填今天或以后的日期。"
    status = 422


class NoLoan(Refusal):
    """There is no such loan of one's own."""

    code = "W062"
    says = "没有这项由您给出的委托，可能已经收回。请刷新页面看看。"
    status = 404
