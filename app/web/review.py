"""Many at once: look at one case after the other, and sign what was looked at with one PIN.

Each case gets its own statement, nonce and signature. Without script.
"""

from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app import reviewing
from app.reviewing import Opened, Place
from app.web.inbox import waiting
from app.web.room import COOKIE, DEVICE, Form, InRoom, Room, Someone, page, reading, text
from app.web.signing import card, show_case
from approvals import cases, keys, register, rules, seen, signoff, traces
from approvals.keys import Hand
from approvals.signoff import shown
from ledger.refusal import Refusal

router = APIRouter()


class Item(NamedTuple):
    """A line of a list that comes back: the village, the case, what was on the screen."""

    village: str
    case: str
    seen: str


class Session(NamedTuple):
    """Where a list is signed: the session's token, the device's cookie or an empty text."""

    token: str
    device: str


class Outcome(NamedTuple):
    """What became of a line: the leaf of the signature, or the refusal."""

    line: dict[str, Any]
    seq: int
    refusal: Refusal | None


@router.get("/review/next")
def following(request: Request, who: Someone, place: InRoom) -> Response:
    """Go to the next case that this session has not looked at; at the end, to the list."""
    with reading(place) as conn:
        looked = {
            (one.village, one.case, one.seen)
            for one in reviewing.found(conn, request.cookies[COOKIE])
        }
        for one in waiting(conn, who.person, place.clock.today()):
            standing = one.asked.standing
            if (standing.village, standing.case, seen.mark(standing)) not in looked:
                return RedirectResponse(f"/case/{standing.village}/{standing.case}", 303)
    return RedirectResponse("/review", 303)


@router.post("/review/{village}/{case}")
def keep(
    request: Request, village: str, case: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Put the case on the screen into the list, or take it out, and go on."""
    token = request.cookies[COOKIE]
    try:
        with place.engine.begin() as conn:
            if text(values, "out"):
                reviewing.drop(conn, token, village, case)
                return RedirectResponse("/review", 303)
            seen.check(conn, village, case, text(values, "seen"))
            at = Place(text(values, "step"), text(values, "seat"), text(values, "giver"))
            _may(conn, village, case, who.person, at, place.clock.now())
            reviewing.keep(conn, token, village, case, text(values, "seen"), at)
    except Refusal as refusal:
        read = seen.revision(text(values, "seen"))
        return show_case(request, place, village, case, who.person, refusal, read)
    return RedirectResponse("/review/next", 303)


def _may(conn: Connection, village: str, case: str, person: str, at: Place, now: datetime) -> None:
    """Refuse early what could not be signed in the end."""
    standing, people = cases.standing_of(conn, village, case), register.of(conn, village)
    step = rules.step_of(standing, at.step)
    if step["kind"] == "meeting":
        raise signoff.BadDecision(step=step["title"])
    rules.check_method(step, "pin")
    rules.may_decide(standing, people, step, person, at.seat, now.date(), at.giver)
    rules.may_approve(standing, people, person)


@router.get("/review")
def review(request: Request, who: Someone, place: InRoom) -> Response:
    """Show the list of what was looked at and kept, to be signed by one PIN."""
    return show(request, place, who.person, None)


def show(request: Request, place: Room, person: str, refusal: Refusal | None) -> Response:
    """Return the list; a case that was amended meanwhile has dropped out with its sentence."""
    with reading(place) as conn:
        kept = [one for one in reviewing.found(conn, request.cookies[COOKIE]) if one.kept == 1]
        lines = [(one, line(conn, one), _wrong(conn, one, person, place)) for one in kept]
        left = len(waiting(conn, person, place.clock.today()))
    good = [(one, found) for one, found, wrong in lines if wrong is None]
    values = {
        "lines": good,
        "fen": sum(found["fen"] for _, found in good),
        "dropped": [(found, wrong) for _, found, wrong in lines if wrong is not None],
        "left": max(left - len(good), 0),
        "refusal": refusal,
    }
    return page(request, "review.html", values, refusal.status if refusal else 200)


def line(conn: Connection, one: Item | Opened) -> dict[str, Any]:
    """Return what the list shows of a case, as it stands now."""
    standing = cases.standing_of(conn, one.village, one.case)
    name = register.of(conn, one.village).facts["name"]
    return {**card(standing), "sentence": shown(standing.voucher), "village_name": name}


def _wrong(conn: Connection, one: Opened, person: str, place: Room) -> Refusal | None:
    """Return why a case of the list cannot be signed any more, or None."""
    try:
        if seen.mark(cases.standing_of(conn, one.village, one.case)) != one.seen:
            raise seen.Amended
        at = Place(one.step, one.seat, one.giver)
        _may(conn, one.village, one.case, person, at, place.clock.now())
    except Refusal as refusal:
        return refusal
    return None


@router.post("/review/sign")
def sign(request: Request, values: Form, who: Someone, place: InRoom) -> Response:
    """Sign the cases of the list by one PIN; what changed meanwhile is left out and said."""
    items = [_item(given) for given in values.getlist("item")]  # type: ignore[attr-defined]
    try:
        if not items:
            raise Empty
        hand = keys.unlock(place.engine, who.person, text(values, "pin"))
    except Refusal as refusal:
        return show(request, place, who.person, refusal)
    session = Session(request.cookies[COOKIE], request.cookies.get(DEVICE, ""))
    outcomes = sign_all(place, session, hand, items, text(values, "nonce"))
    for village in sorted({one.line["village"] for one in outcomes if one.seq}):
        place.project(village)
    signed = [one for one in outcomes if one.refusal is None]
    left = [one for one in outcomes if one.refusal is not None]
    return page(request, "reviewed.html", {"signed": signed, "left": left})


def sign_all(
    place: Room, session: Session, hand: Hand, items: list[Item], nonce: str
) -> list[Outcome]:
    """Sign each case of a list in a transaction of its own, within the minutes of one PIN."""
    until = place.clock.now() + reviewing.UNLOCKED
    return [_sign_one(place, session, hand, item, nonce, until) for item in items]


def _sign_one(
    place: Room, session: Session, hand: Hand, item: Item, nonce: str, until: datetime
) -> Outcome:
    what: dict[str, Any] = {"village": item.village, "case": item.case, "summary": item.case}
    try:
        if place.clock.now() >= until:
            raise reviewing.TooLong
        with place.engine.begin() as conn:
            one = reviewing.of(conn, session.token, item.village, item.case, item.seen)
            what = line(conn, item)
        desk = place.desk(item.village, own_nonce(nonce, item))
        with place.engine.begin() as conn:
            seen.check(conn, item.village, item.case, item.seen)
            after = signoff.sign(conn, hand, desk, one.case, one.step, one.seat, giver=one.giver)
            reviewing.done(conn, session.token, item.village, item.case)
            mine = [s.seq for s in after.signoffs if s.person == hand.person]
            traces.note(conn, item.village, mine[-1], session.device)
    except Refusal as refusal:
        return Outcome(what, 0, refusal)
    return Outcome(what, mine[-1], None)


def own_nonce(nonce: str, item: Item) -> str:
    """Return the nonce of one case of a list: the same again when the form is sent again."""
    if not nonce:
        return ""
    return sha256(f"{nonce}/{item.village}/{item.case}".encode()).hexdigest()[:32]


def _item(given: Any) -> Item:  # noqa: ANN401 - a field of a form
    village, _, rest = str(given).partition("|")
    case, _, mark = rest.partition("|")
    return Item(village[:80], case[:80], mark[:80])


class Empty(Refusal):
    """Nothing of the list is chosen."""

    code = "W332"
    says = "清单里一件也没有选。请先打开事项，看过以后放进清单。"
    status = 422
