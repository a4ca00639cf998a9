"""The room of points: rules as voted, subjects, what was noted, reviews in their order, places."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app.web.room import Form, InRoom, Room, Someone, StaleForm, reading, text
from app.web.rooms import desk_page
from approvals import register
from ledger.refusal import Refusal
from ledger.registers import points
from ledger.registers.points import KINDS, SAMPLES, STAGES, BadRules, Subject
from ledger.registers.points import store as kept

router = APIRouter()
A_PAGE = 60
LAST = 15
CELLS = 4


@router.get("/desk/{village}/points")
def points_room(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show the points of a village this year."""
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
    place.reveal(village, person, "points", str(today.year))
    asked = request.query_params.get("q", "").strip()
    with reading(place) as conn:
        people = register.of(conn, village)
        rules, who = kept.rules_of(conn, village), kept.subjects(conn, village)
        made = kept.records(conn, village, date(today.year, 1, 1), today)
        reviews = kept.reviews(conn, village)
    ranked = points.ranking(rules, who, made) if rules else {}
    names = {one.id: one.name for one in who}
    found = [
        place_
        for rows in ranked.values()
        for place_ in rows
        if not asked or asked in place_.subject.name or place_.subject.id.startswith(asked)
    ]
    values_of = {
        "typed": typed,
        "rules": rules,
        "samples": SAMPLES,
        "kinds": KINDS,
        "stages": STAGES,
        "subjects": who,
        "names": names,
        "q": asked,
        "found": found[:A_PAGE],
        "more": max(len(found) - A_PAGE, 0),
        "awards": points.awards(rules, ranked) if rules else [],
        "last": list(reversed(made[-LAST:])),
        "reviews": list(reversed(reviews[-LAST:])),
        "shown": points.shown,
        "today": today,
    }
    unit = {"code": village, "name": people.facts["name"]}
    mine = people.seats_of(person, today)
    return desk_page(request, "points.html", unit, mine, values_of, refusal)


@router.post("/desk/{village}/points")
def enter(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Do what a form of the room asks, once a click; nothing is signed, changed or deleted."""
    today = place.clock.today()
    try:
        if not text(values, "nonce"):
            raise StaleForm
        with place.engine.begin() as conn:
            DOES.get(text(values, "do"), _nothing)(conn, village, values, today)
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal, values)
    return RedirectResponse(f"/desk/{village}/points?done=1", 303)


Does = Callable[[Connection, str, Mapping[str, Any], date], object]


def _nothing(conn: Connection, village: str, values: Mapping[str, Any], today: date) -> None:
    del conn, village, today
    raise NoSuchForm(text=text(values, "do")[:20])


def _rules(conn: Connection, village: str, values: Mapping[str, Any], today: date) -> None:
    given = text(values, "text") or points.sample(text(values, "sample"))
    kept.adopt(conn, village, given, today, text(values, "resolution"))


def _subjects(conn: Connection, village: str, values: Mapping[str, Any], today: date) -> None:
    del today
    rows = [line for line in text(values, "rows").splitlines() if line.strip()]
    kept.enrol(conn, village, [_subject(at, row) for at, row in enumerate(rows, start=1)])


def _subject(at: int, row: str) -> Subject:
    """Return the subject of a row `number, kind, grid, name`."""
    cells = [cell.strip() for cell in row.replace("，", ",").replace("\t", ",").split(",")]
    kinds = {title: kind for kind, title in KINDS.items()}
    if len(cells) != CELLS or not all(cells) or cells[1] not in kinds:
        raise BadRow(row=at, kinds="、".join(kinds))
    return Subject(cells[0], kinds[cells[1]], cells[2], cells[3])


def _note(conn: Connection, village: str, values: Mapping[str, Any], today: date) -> None:
    rules = _known(conn, village)
    one = kept.Note(
        _day(text(values, "day")), text(values, "subject").partition(" ")[0],
        text(values, "item").partition(" ")[0], text(values, "words"),
    )  # fmt: skip
    kept.note(conn, village, rules, [one], today, text(values, "nonce"))


def _known(conn: Connection, village: str) -> points.Rules:
    rules = kept.rules_of(conn, village)
    if rules is None:
        raise BadRules(why="本村还没有表决过积分细则")
    return rules


def _day(asked: str) -> date:
    try:
        return date.fromisoformat(asked)
    except ValueError as fault:
        raise NoSuchForm(text=asked[:20]) from fault


def _back(conn: Connection, village: str, values: Mapping[str, Any], today: date) -> None:
    del today
    number = text(values, "no")
    no = int(number) if number.isascii() and number.isdecimal() else 0
    kept.reverse(conn, village, no, text(values, "words"), text(values, "nonce"))


def _review(conn: Connection, village: str, values: Mapping[str, Any], today: date) -> None:
    stage, period = text(values, "stage"), text(values, "period")
    grid = text(values, "grid") if stage == "grid" else ""
    kept.pass_review(conn, village, _known(conn, village), stage, period[:20], today, grid)


DOES: dict[str, Does] = {
    "rules": _rules,
    "subjects": _subjects,
    "note": _note,
    "back": _back,
    "review": _review,
}


class NoSuchForm(Refusal):
    """The room has no such form, or a field holds no day."""

    code = "W700"
    says = "“{text}”看不懂：日期写成 2022-01-20。没有登记。"
    status = 422


class BadRow(Refusal):
    """A row of the list of subjects cannot be read; none was taken."""

    code = "W701"
    says = "名单第 {row} 行看不懂：每行写“编号，类别，网格，名称”，类别是{kinds}。名单没有换。"
    status = 422
