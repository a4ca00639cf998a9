"""The close room: every month and where it stands, the checklist, the seal, the notice."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app import proposals, servant, yearend
from app.checklist import BLOCKS, blocking, checklist
from app.web.access import MAKERS
from app.web.draft import BadForm
from app.web.room import Form, InRoom, Room, Someone, reading, text
from app.web.rooms import Back, act, desk_page
from app.web.signing import allowed
from approvals import gate, keys, register
from approvals import reading as personal
from approvals.acts import Desk
from approvals.passkey import METHOD
from disclosure import fit, notice
from disclosure.compose import compose
from ledger import periods
from ledger.log import store as log
from ledger.posted import store as posted
from ledger.refusal import Refusal

router = APIRouter()


class Month(NamedTuple):
    """A month of the village: whether it is sealed (and when), on notice, late, or running."""

    period: str
    sealed: str
    up: bool
    late: bool
    runs: bool


@router.get("/desk/{village}/close")
def close_room(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show the months of a village and the checklist of one; at first of that to be sealed."""
    given = dict(request.query_params)
    try:
        if given.get("period"):
            given["period"] = periods.parse(given["period"])
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal, {})
    return show(request, place, village, who.person, None, given)


def show(
    request: Request,
    place: Room,
    village: str,
    person: str,
    refusal: Refusal | None = None,
    values: Mapping[str, Any] | None = None,
) -> Response:
    """Return the room; a refusal keeps the month that was asked for."""
    day = place.clock.today()
    with reading(place) as conn:
        allowed(conn, person, village, day)
        people = register.of(conn, village)
        months = months_of(conn, village, day, place.settings.profile)
        period = _asked(values or {}, conn, village)
        done = periods.sealed(conn, village)
        shut = bool(done) and period <= done[-1]
        points = (
            checklist(conn, village, period, day, place.settings) if period and not shut else []
        )
        asked = proposals.of_month(conn, village, period) if period and not shut else []
        steps = yearend.steps(conn, village, period) if period and not shut else []
        state = gate.witnessed_of(conn, village, period) if period in done else None
    values_of = {
        "months": months,
        "period": period,
        "shut": shut,
        "month_": next((one for one in months if one.period == period), None),
        "points": points,
        "steps": steps,
        "steppable": any(one.state == proposals.OPEN for one in steps),
        "asked": asked,
        "maker": not MAKERS.seats.isdisjoint(people.seats_of(person, day)),
        "askable": any(one.state == proposals.OPEN for one in asked),
        "held": len(blocking(points)),
        "BLOCKS": BLOCKS,
        "unpublished": [one.period for one in months if one.sealed and not one.up],
        "witnesses": state if state and state.witnesses else None,
    }
    unit = {"code": village, "name": people.facts["name"]}
    return desk_page(request, "close.html", unit, people.seats_of(person, day), values_of, refusal)


def _asked(values: Mapping[str, Any], conn: Connection, village: str) -> str:
    try:
        return periods.parse(text(values, "period"))
    except periods.BadPeriod:
        return periods.next_to_seal(conn, village) or ""


def months_of(conn: Connection, village: str, day: date, profile: str) -> list[Month]:
    """Return the months of a village from its first voucher to the present one, newest first."""
    known, today = posted.periods(conn, village), f"{day:%Y-%m}"
    if not known:
        return []
    up = notice.published(conn, village)
    sealed = {
        event.subject: str(event.statement()["at"])[:10]
        for event in log.events(conn, village, kinds=("month.sealed",))
    }
    late = notice.late(conn, village, day, profile)
    return [
        Month(period, sealed.get(period, ""), period in up, period in late, period >= today)
        for period in reversed(periods.months(known[0], max(known[-1], today)))
    ]


CLOSING = Back(show, "/close")


@router.post("/desk/{village}/seal")
def seal(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Close and seal the month whose turn it is."""
    period = text(values, "period")

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> list[str]:
        if periods.parse(period) >= f"{place.clock.today():%Y-%m}":
            raise MonthRuns(period=period)
        fit.check(compose(conn, village, period))
        _check_wishes(conn, place, village, period)
        books = gate.Books(place.settings.books)
        anew = desk._replace(nonce="")
        personal.digest(conn, servant.hand(place.settings), anew)
        gate.seal(conn, hand, anew, period, books)
        return [period]

    return act(request, place, village, who.person, values, work, CLOSING)


@router.post("/desk/{village}/propose")
def propose(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Make drafts of what the month asks for and was chosen."""
    chosen = values.getlist("item")  # type: ignore[attr-defined]
    period = text(values, "period")
    try:
        if not period:
            raise BadForm(field="月份")
        with place.engine.begin() as conn:
            allowed(conn, who.person, village, place.clock.today())
            proposals.make(conn, village, period, chosen, who.person, place.clock.now())
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal, values)
    return RedirectResponse(f"/desk/{village}/close?period={period}&done=1#proposals", 303)


@router.post("/desk/{village}/year")
def year(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Make drafts of the year-end vouchers that are left."""
    period = text(values, "period")
    try:
        if not period:
            raise BadForm(field="月份")
        with place.engine.begin() as conn:
            allowed(conn, who.person, village, place.clock.today())
            yearend.make(conn, village, period, who.person, place.clock.now())
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal, values)
    return RedirectResponse(f"/desk/{village}/close?period={period}&done=1#year", 303)


def _check_wishes(conn: Connection, place: Room, village: str, period: str) -> None:
    """Refuse a month that misses what the township asks beyond the rules; the gate has those."""
    if not place.settings.blocks:
        return
    points = checklist(conn, village, period, place.clock.today(), place.settings)
    held = [point.kind.open % point.facts for point in blocking(points) if not point.kind.rule]
    if held:
        raise StillOpen(period=period, points="；".join(one.rstrip("。") for one in held))


@router.post("/desk/{village}/publish")
def publish(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Publish the sheet of a sealed month."""

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> list[str]:
        profile = place.settings.profile
        first = place.clock.today()
        up = (first, first + timedelta(days=notice.profiles()[profile].days_up - 1))
        anew = desk if hand.method == METHOD else desk._replace(nonce="")
        notice.publish(conn, hand, anew, periods.parse(text(values, "period")), up, profile)
        return []

    return act(request, place, village, who.person, values, work, CLOSING)


class MonthRuns(Refusal):
    """The month is not over."""

    code = "W023"
    says = "{period} 还没有过完，月底之后才能结账封存。"


class StillOpen(Refusal):
    """The checklist of the month has points open that the township's setting makes binding."""

    code = "W600"
    says = "{period} 还不能封存：{points}。请先处理，再封存。"
    rule = "会计软件基本功能和服务规范（财会〔2024〕12号）第二十四条；镇里的设置 blocks"
