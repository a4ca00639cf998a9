"""The room of the distribution: try a plan, open it, answer, freeze, follow."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app.desk import roll_of
from app.web.room import Form, InRoom, Room, Someone, reading, text
from app.web.rooms import Back, act, desk_page
from approvals import distribution, keys, membership, register, submission
from approvals.acts import Desk
from ledger import distribution as allotting
from ledger.log import store as log
from ledger.refusal import Refusal
from ledger.registers.plans import PAYOUTS, unsettled
from ledger.registers.plans import store as plans
from ledger.waterfall import TITLES, Outcome, plan_text

router = APIRouter()
SHOWN = 10
FIELDS = ("reserve", "floor", "rate", "sum", "bonus", "pool", "voted")


@router.get("/desk/{village}/distribution")
def stages(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show where the distribution of a year stands."""
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
    typed = {key: value for key, value in (values or {}).items() if isinstance(value, str)}
    today = place.clock.today()
    year = _year(typed.get("year") or request.query_params.get("year", ""), today)
    place.reveal(village, person, "roll", f"{year}/distribution")
    found: Outcome | None = None
    with reading(place) as conn:
        people = register.of(conn, village)
        kept = plans.latest(conn, village, year)
        frozen = log.events(conn, village, kinds=(distribution.FROZEN,), subject=str(year))
        there = None
        try:
            there = distribution.means(conn, village, year)
            if kept and not frozen:
                found = distribution.preview(conn, village, year, kept.text, today)
            roll = roll_of(conn, village, year) if frozen else (found.roll() if found else None)
        except Refusal as fault:
            refusal, roll = refusal or fault, None
        objections = plans.objections(conn, village, year)
        open_ = unsettled(plans.payouts(conn, village, year))
        adopted = log.events(conn, village, kinds=(membership.KIND,))
    owed = {row.household: row.fen for row in roll.rows} if roll else {}
    values_of = {
        "typed": typed,
        "year": year,
        "there": there,
        "kept": kept,
        "found": found,
        "titles": TITLES,
        "bonus": sum(map(sum, found.bonuses.values())) if found else 0,
        "body": frozen[-1].statement()["body"] if frozen else None,
        "roll": roll,
        "rows": roll.rows[:SHOWN] if roll else [],
        "objections": objections,
        "waiting": sum(1 for one in objections if not one.answer),
        "adopted": adopted[-1].subject if adopted else "",
        "open": [(number, owed.get(number, 0), lines) for number, lines in open_.items()],
        "payouts": PAYOUTS,
        "meeting": date.fromordinal(today.toordinal() + distribution.OPEN_DAYS),
    }
    unit = {"code": village, "name": people.facts["name"]}
    mine = people.seats_of(person, today)
    return desk_page(request, "distribution.html", unit, mine, values_of, refusal)


def _year(asked: str, today: date) -> int:
    known = asked.isascii() and asked.isdecimal() and len(asked) == len("2021")
    return int(asked) if known else today.year - 1


ROOM = Back(show, "/distribution")


def _back(village: str, year: int) -> Response:
    return RedirectResponse(f"/desk/{village}/distribution?year={year}&done=1", 303)


def _keep(
    request: Request,
    village: str,
    values: Mapping[str, Any],
    who: str,
    place: Room,
    work: Callable[[Connection, int], object],
) -> Response:
    """Do what is a working paper and no act: nothing is signed."""
    year = _year(text(values, "year"), place.clock.today())
    try:
        with place.engine.begin() as conn:
            work(conn, year)
    except Refusal as refusal:
        return show(request, place, village, who, refusal, values)
    return _back(village, year)


@router.post("/desk/{village}/distribution/plan")
def plan(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Try a plan out and keep it."""

    def work(conn: Connection, year: int) -> None:
        given = text(values, "text") or plan_text({one: text(values, one) for one in FIELDS})
        distribution.redraw(conn, village, year, given, place.clock.today())

    return _keep(request, village, values, who.person, place, work)


@router.post("/desk/{village}/distribution/open")
def open_(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Open the plan to everybody until the meeting."""

    def work(conn: Connection, year: int) -> None:
        meeting = _day(text(values, "meeting"))
        distribution.open_plan(conn, village, year, place.clock.today(), meeting)

    return _keep(request, village, values, who.person, place, work)


def _day(asked: str) -> date:
    try:
        return date.fromisoformat(asked)
    except ValueError as fault:
        raise NoMeeting(text=asked[:20]) from fault


@router.post("/desk/{village}/distribution/object")
def object_(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Enter an objection, or the answer to one."""

    def work(conn: Connection, year: int) -> None:
        number = text(values, "no")
        if number.isascii() and number.isdecimal():
            plans.answer(conn, village, year, int(number), text(values, "words"))
        else:
            args = (place.clock.today(), text(values, "household"), text(values, "words"))
            plans.object_to(conn, village, year, *args)

    return _keep(request, village, values, who.person, place, work)


@router.post("/desk/{village}/distribution/follow")
def follow(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Enter what became of a household's payment."""

    def work(conn: Connection, year: int) -> None:
        number, today = text(values, "household"), place.clock.today()
        owed = {row.household for row in roll_of(conn, village, year).rows if row.fen}
        if number not in owed:
            raise NoSuchRow(household=number[:40], year=year)
        args = (today, number, text(values, "kind"), text(values, "words"))
        plans.follow(conn, village, year, *args)

    return _keep(request, village, values, who.person, place, work)


@router.post("/desk/{village}/distribution/adopt")
def adopt(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Adopt the register as it stands, by the visitor's hand."""

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> list[str]:
        membership.adopt(conn, hand, desk)
        return []

    return act(request, place, village, who.person, values, work, ROOM)


@router.post("/desk/{village}/distribution/freeze")
def freeze(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Freeze the roll as resolved, by the visitor's hand."""
    year = _year(text(values, "year"), place.clock.today())

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> list[str]:
        distribution.freeze(conn, hand, desk, year, text(values, "resolution"))
        return []

    return act(request, place, village, who.person, values, work, ROOM)


@router.post("/desk/{village}/distribution/submit")
def submit(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Submit the voucher of the frozen distribution to its chain."""
    year = _year(text(values, "year"), place.clock.today())

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> list[str]:
        decided, resolution = distribution.frozen_plan(conn, village, year)
        voucher = allotting.voucher(village, decided, _day(text(values, "day")), resolution)
        submission.submit(conn, hand, desk, voucher)
        return []

    return act(request, place, village, who.person, values, work, ROOM)


class NoMeeting(Refusal):
    """The field for a day holds none."""

    code = "W114"
    says = "日期“{text}”没有填或不是日期，请写成 2022-01-20。"
    status = 422


class NoSuchRow(Refusal):
    """The frozen roll owes this household nothing."""

    code = "W115"
    says = "{year} 年的花名册上没有应付 {household} 户的分红，请核对户编号。"
    status = 422
