"""Terms of office (换届) as one guided flow: what is open, seats left and taken, keys, papers.

Each act is a leaf of its own, signed by the registrar. The flow keeps a plan and asks the log what
of it is done, so that it may stop anywhere and go on another day.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app import drafts, elections, handing, inquiries, logins, policy_drafts
from app.elections import LoginTaken, NotComing, StillSeated, TooEarly, Unlike
from app.web.chain_words import Words
from app.web.ledgers import attached
from app.web.room import Form, InRoom, Room, Someone, language, reading, text
from app.web.rooms import desk_page
from approvals import acts, keys, leaving, register
from approvals.acts import Desk
from approvals.keys import Hand
from approvals.leaving import Plan
from approvals.policy import seats
from disclosure import answers
from ledger.log import store as log
from ledger.refusal import Refusal
from reports.handover_pdf import handover_pdf

router = APIRouter()
HERE = "/terms"
Work = Callable[[Connection, Hand, Desk], object]


@router.get("/desk/{village}/terms")
def terms_room(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show how far the change of terms has come, and what is next."""
    return show(request, place, village, who.person)


def show(
    request: Request, place: Room, village: str, person: str, refusal: Refusal | None = None
) -> Response:
    """Return the page; a refusal keeps what was typed."""
    day, words = place.clock.today(), Words(language(request))
    with reading(place) as conn:
        people = register.of(conn, village)
        plan = elections.latest(conn, village)
        values = _progress(conn, village, plan, day, words) if plan else {}
    terms = leaving.seated(people, plan.day if plan else day)
    typed = getattr(request.state, "form", None) if refusal else None
    values |= {
        "plan": plan,
        "terms": [
            {
                "value": f"{one.seat}|{one.person}",
                "seat": words.seat(one.seat),
                "name": people.name(one.person),
                "last": one.last if one.last < date.max else None,
                "village": seats()[one.seat]["side"] == "village",
                "chosen": bool(plan) and (one.seat, one.person) in (plan.leaving if plan else ()),
            }
            for one in sorted(terms, key=lambda one: VILLAGE_FIRST.index(one.seat))
        ],
        "seats": [(one, words.seat(one)) for one in VILLAGE_FIRST],
        "people": sorted((one, name) for one, name in people.people.items() if one not in UNCHOSEN),
        "registrar": people.holds(person, register.REGISTRAR, day),
        "typed": typed or {},
    }
    unit = {"code": village, "name": people.facts["name"]}
    return desk_page(request, "terms.html", unit, people.seats_of(person, day), values, refusal)


VILLAGE_FIRST = sorted(
    (one for one in seats() if one != register.REGISTRAR),
    key=lambda one: seats()[one]["side"] != "village",
)
UNCHOSEN = {register.REGISTRAR, register.SERVER}


def _progress(
    conn: Connection, village: str, plan: Plan, day: date, words: Words
) -> dict[str, Any]:
    """Return each step of the flow as the log has it."""
    people = register.of(conn, village)
    to_end, to_seat = leaving.to_end(people, plan), leaving.to_seat(people, plan)
    without_key = leaving.without_key(people, plan)
    return {
        "open": _open(conn, village, plan, day),
        "ends": [
            {
                "seat": words.seat(seat),
                "name": people.name(who),
                "done": (seat, who) not in to_end,
            }
            for seat, who in plan.leaving
        ],
        "loans": [
            f"{people.name(one.giver)} → {people.name(one.to)}（{words.seat(one.seat)}）"
            for one in leaving.loans_to_end(people, plan)
        ],
        "keys": [people.name(who) for who, _ in leaving.keys_to_end(people, plan)],
        "ended": not (
            to_end or leaving.loans_to_end(people, plan) or leaving.keys_to_end(people, plan)
        ),
        "comes": [
            {
                **one._asdict(),
                "title": words.seat(one.seat),
                "seated": one not in to_seat,
                "keyed": one.person not in without_key,
                "login": logins.of_person(conn, one.person),
            }
            for one in plan.coming
        ],
        "seated": bool(plan.coming) and not to_seat,
        "keyed": bool(plan.coming) and not to_seat and not without_key,
        "early": day < plan.day,
    }


def _open(conn: Connection, village: str, plan: Plan, day: date) -> list[dict[str, str]]:
    people = register.of(conn, village)
    mine = set(plan.people())
    found = [
        {
            "kind": leaving.KINDS[one.kind],
            "who": people.name(one.person),
            "says": one.says,
            "way": f"/case/{village}/{one.case}" if one.case else "",
        }
        for one in leaving.open_for(conn, village, plan, day)
    ]
    found += [
        {
            "kind": "还没有提交的草稿",
            "who": people.name(one.person),
            "says": one.fields.get("summary", "") or one.name,
            "way": "",
        }
        for one in drafts.all_of(conn, village)
        if one.person in mine and not one.name
    ]
    found += [
        {"kind": "办法草稿", "who": people.name(one.person), "says": one.policy["title"], "way": ""}
        for one in policy_drafts.all_of(conn, village)
        if one.person in mine
    ]
    for asked in inquiries.open_ones(conn, [village]):
        way = f"/case/{village}/{asked.case}"
        who = people.name(asked.person)
        found.append({"kind": "没有答复的提问", "who": who, "says": asked.question, "way": way})
    for one in answers.open_questions(conn, village):
        says = f"{one.number} {one.question}"
        found.append({"kind": "村民提问", "who": "", "says": says, "way": f"/desk/{village}"})
    return found


# --- the plan ---


@router.post("/desk/{village}/terms")
def begin(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Keep the day of the election and who leaves which seat."""

    def change(conn: Connection, before: Plan | None) -> Plan:
        try:
            day = date.fromisoformat(text(values, "day"))
        except ValueError as fault:
            raise elections.NotDay from fault
        live = leaving.seated(register.of(conn, village), day)
        known = {f"{one.seat}|{one.person}": (one.seat, one.person) for one in live}
        chosen = [known[one] for one in values.getlist("leaving") if one in known]  # type: ignore[attr-defined]
        people = register.of(conn, village)
        if before is not None and before.day != day and leaving.unfinished(people, before):
            elections.drop(conn, village, before.day)  # the day is put right, the work goes on
            before = before._replace(day=day)
        if before is None or before.day != day:
            return Plan(day, tuple(chosen))
        gone = [one for one in before.leaving if one not in known.values()]  # left already
        return before._replace(leaving=(*gone, *chosen))

    return _plan(request, place, village, who.person, values, change)


@router.post("/desk/{village}/terms/coming")
def coming(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Put somebody down who takes a seat."""

    def change(conn: Connection, before: Plan | None) -> Plan:
        del before
        names = ("seat", "person", "name", "first", "last")
        told = {name: text(values, name) for name in names}
        plan = elections.of(conn, village)
        return elections.with_coming(plan, register.of(conn, village), told)

    return _plan(request, place, village, who.person, values, change)


@router.post("/desk/{village}/terms/coming/drop")
def not_coming(
    request: Request, village: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Strike somebody off who was to take a seat and has not."""

    def change(conn: Connection, before: Plan | None) -> Plan:
        del before
        plan = elections.of(conn, village)
        return elections.without_coming(plan, text(values, "seat"), text(values, "person"))

    return _plan(request, place, village, who.person, values, change)


def _plan(
    request: Request,
    place: Room,
    village: str,
    person: str,
    values: Form,
    change: Callable[[Connection, Plan | None], Plan],
) -> Response:
    request.state.form = values
    try:
        with place.engine.begin() as conn:
            plan = change(conn, elections.latest(conn, village))
            elections.keep(conn, village, plan, person, place.clock.now())
    except Refusal as refusal:
        return show(request, place, village, person, refusal)
    return RedirectResponse(f"/desk/{village}{HERE}?done=1", 303)


# --- the acts, each a leaf of its own ---


@router.post("/desk/{village}/terms/end")
def end(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """End the seats of those who leave, what they lent and borrowed, and the keys of the seatless.

    What is done already is not done again, so the same form may be sent twice.
    """
    try:
        with reading(place) as conn:
            people, plan = register.of(conn, village), elections.of(conn, village)
            if place.clock.today() < plan.day:
                raise TooEarly(day=plan.day)
            works = list(_ending(conn, village, people, plan, place.clock.today()))
        _each(place, village, who.person, text(values, "pin"), works)
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal)
    return RedirectResponse(f"/desk/{village}{HERE}?done=1#end", 303)


def _ending(
    conn: Connection, village: str, people: register.Register, plan: Plan, day: date
) -> Iterable[Work]:
    digest = handing.handover(conn, village, plan, day).digest
    why = f"换届离任（{plan.day} 选举），交接清单 {digest[:16]}"
    for loan in leaving.loans_to_end(people, plan):
        back = (loan.seat, loan.to, "换届收回", loan.giver)
        yield lambda c, h, d, back=back: acts.take_back_seat(c, h, d, *back)  # type: ignore[misc]
    for seat, person in leaving.to_end(people, plan):
        yield lambda c, h, d, one=(seat, person, why): acts.leave_seat(c, h, d, *one)  # type: ignore[misc]
    for person, key in leaving.keys_to_end(people, plan):
        yield lambda c, h, d, one=(person, key, "换届离任"): acts.revoke_key(c, h, d, *one)  # type: ignore[misc]


@router.post("/desk/{village}/terms/seat")
def seat(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Enter and seat those who come and are not seated yet."""
    try:
        with reading(place) as conn:
            people, plan = register.of(conn, village), elections.of(conn, village)
        left = len(leaving.to_end(people, plan))
        if left:
            raise StillSeated(left=left)
        works: list[Work] = []
        for one in leaving.to_seat(people, plan):
            if one.person not in people.people:
                enrol = (one.person, one.name)
                works.append(lambda c, h, d, enrol=enrol: acts.enrol_person(c, h, d, *enrol))  # type: ignore[misc]
            take = (one.seat, one.person, (one.first, one.last))
            works.append(lambda c, h, d, take=take: acts.take_seat(c, h, d, *take))  # type: ignore[misc]
        _each(place, village, who.person, text(values, "pin"), works)
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal)
    return RedirectResponse(f"/desk/{village}{HERE}?done=1#seat", 303)


@router.post("/desk/{village}/terms/key")
def key(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Set a PIN, and a login, with the person present; enrol the key wherever they sit."""
    request.state.form = values
    person, pin = text(values, "person"), text(values, "new_pin")
    try:
        if pin != text(values, "again"):
            raise Unlike
        with reading(place) as conn:
            plan, people = elections.of(conn, village), register.of(conn, village)
            had = logins.of_person(conn, person)
            taken = logins.owner(conn, text(values, "login"))
        names = [one.person for one in plan.coming if one not in leaving.to_seat(people, plan)]
        if person not in names:
            raise NotComing
        if not had and taken not in {None, person}:
            raise LoginTaken(name=text(values, "login"))
        hashed = "" if had else logins.hashed(text(values, "password"))
        hand = keys.unlock(place.engine, who.person, text(values, "pin"))
        _enrol(place, hand, person, keys.forge(person, pin), (text(values, "login"), hashed))
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal)
    return RedirectResponse(f"/desk/{village}{HERE}?done=1#keys", 303)


def _enrol(
    place: Room, hand: Hand, person: str, secret: keys.Secret, login: tuple[str, str]
) -> None:
    # One transaction: a key that is kept here and enrolled nowhere would lock its owner out.
    day, done = place.clock.today(), []
    with place.engine.begin() as conn:
        keys.keep(conn, secret)
        if login[1]:
            logins.keep(conn, login[0], person, login[1])
        for code, people in register.everywhere(conn):
            if people.seats_of(person, day) or _will_sit(people, person, day):
                last = log.last_at(conn, code)
                now = place.clock.now()
                desk = Desk(code, max(now, last) if last else now)
                acts.enrol_key(conn, hand, desk, person, secret.hand.public)
                done.append(code)
    for code in done:
        place.project(code)


def _will_sit(people: register.Register, person: str, day: date) -> bool:
    terms = (one for one in people.terms if one.person == person)
    return any(one.left == register.NEVER and one.last >= day for one in terms)


def _each(place: Room, village: str, person: str, pin: str, works: Iterable[Work]) -> None:
    """Do acts one after the other, each its own leaf: what is done stays if a later one fails."""
    hand = keys.unlock(place.engine, person, pin)
    try:
        for work in works:
            desk = place.desk(village)
            with place.engine.begin() as conn:
                work(conn, hand, desk)
    finally:
        place.project(village)


# --- what is handed over ---


@router.get("/desk/{village}/handover")
def handover(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show the list of what is handed over."""
    day = place.clock.today()
    with reading(place) as conn:
        people = register.of(conn, village)
        plan = elections.latest(conn, village) or Plan(day)
        found = handing.handover(conn, village, plan, day)
    unit = {"code": village, "name": people.facts["name"]}
    mine = people.seats_of(who.person, day)
    return desk_page(request, "handover.html", unit, mine, {"one": found})


@router.get("/desk/{village}/handover.pdf")
def handover_paper(village: str, who: Someone, place: InRoom) -> Response:
    """Give the list as a PDF with places to sign."""
    del who
    day = place.clock.today()
    with reading(place) as conn:
        plan = elections.latest(conn, village) or Plan(day)
        found = handing.handover(conn, village, plan, day)
    headers = attached(f"{found.unit}换届交接清单{day}.pdf", "handover.pdf")
    return Response(handover_pdf(found), media_type="application/pdf", headers=headers)
