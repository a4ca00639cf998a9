"""The room of the notice: what a month becomes for the wall, the chat group, the loudspeaker."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date
from hashlib import sha256
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from app import additions, scripts, uploads
from app.web.draft import BadForm
from app.web.room import Form, InRoom, Room, Someone, page, reading, seats_of, text
from app.web.rooms import Back, act, desk_page
from approvals import boards, keys, register
from approvals.acts import SEATS, Desk
from approvals.boards import Board
from disclosure import broadcast, calendar, notice
from disclosure.answers import plain
from disclosure.compose import compose
from disclosure.sheet import Sheet
from ledger import papers, periods
from ledger.refusal import Refusal
from reports import voice

router = APIRouter()
WAV = "audio/wav"
SANDBOX = {"content-security-policy": "sandbox; default-src 'none'"}


def sheet_of(conn: Connection, place: Room, village: str, period: str) -> Sheet:
    """Return a month's sheet as the wall has it."""
    return compose(conn, village, periods.parse(period), place.settings.telephone)


def show(
    request: Request,
    place: Room,
    village: str,
    person: str,
    refusal: Refusal | None,
    values: Mapping[str, Any],
) -> Response:
    """Return the room at a month: that of the form, or the newest that is sealed."""
    with reading(place) as conn:
        people = register.of(conn, village)
        sealed = periods.sealed(conn, village)
        given = text(values, "period")
        period = periods.parse(given) if given else sealed[-1] if sealed else ""
        sheet = sheet_of(conn, place, village, period) if period else None
        wording = scripts.of(conn, sheet) if sheet else scripts.Wording("")
        up = notice.published(conn, village)
        places = boards.boards(conn, village)
        hangs = [one for one in boards.postings(conn, village) if one.period == period]
        today, profile = place.clock.today(), place.settings.profile
        own = additions.of(conn, village)
        open_ = calendar.duties(conn, village, today, profile)
    typed = str(values.get("script", "")) or wording.text
    values_of = {
        "period": period,
        "months": sorted(sealed, reverse=True),
        "up": up.get(period),
        "wording": wording,
        "by": people.name(wording.person) if wording.person else "",
        "typed": typed,
        "takes": broadcast.seconds(typed),
        "speaks": voice.installed(),
        "boards": [(one, boards.hanging(hangs, period, one.id)) for one in places],
        "hung": [(one, _named(places, one.board), people.name(one.person)) for one in hangs],
        "days_up": notice.profile_of(profile).days_up,
        "duties": [(one, one.state(today)) for one in open_],
        "own": own,
        "asked": {name: text(values, name) for name in ("title", "plain", "accounts")},
        "may_post": not set(SEATS[boards.UP]).isdisjoint(_mine(place, people, person)),
        "may_set": not set(SEATS[boards.SET]).isdisjoint(_mine(place, people, person)),
        "clerk": not {"clerk", "bookkeeper"}.isdisjoint(mine := _mine(place, people, person)),
    }
    unit = {"code": village, "name": people.facts["name"]}
    return desk_page(request, "wall.html", unit, mine, values_of, refusal)


def _named(places: Sequence[Board], board: str) -> str:
    return next((one.name for one in places if one.id == board), board)


def _mine(place: Room, people: register.Register, person: str) -> list[str]:
    return people.seats_of(person, place.clock.today())


@router.get("/desk/{village}/wall")
def wall(request: Request, village: str, who: Someone, place: InRoom, period: str = "") -> Response:
    """Show the room."""
    return show(request, place, village, who.person, None, {"period": period})


@router.post("/desk/{village}/wall/script")
def adjust(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Keep the clerk's wording of a month's script, or go back to the original."""
    period = text(values, "period")
    try:
        if not period:
            raise BadForm(field="月份")
        with place.engine.begin() as conn:
            sheet = sheet_of(conn, place, village, period)
            if text(values, "restore"):
                scripts.restore(conn, sheet)
            else:
                typed, upon = str(values.get("script", "")), text(values, "upon")
                scripts.save(conn, sheet, who.person, typed, upon, place.clock.now())
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal, values)
    return RedirectResponse(f"/desk/{village}/wall?period={period}&done=1#script", 303)


@router.post("/desk/{village}/wall/boards")
def name_boards(
    request: Request, village: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Say which boards the village has: one name a line, in the order of the wall."""
    names = [plain(row) for row in str(values.get("boards", "")).splitlines() if row.strip()]

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> list[str]:
        known = {one.name: one.id for one in boards.boards(conn, village)}
        named = [Board(known.get(name) or _id(name), name) for name in names]
        boards.set_boards(conn, hand, desk, named)
        return []

    return act(request, place, village, who.person, values, work, _back(values))


def _id(name: str) -> str:
    # A board that comes back under its old name is the same board.
    return sha256(name.encode()).hexdigest()[:8]


def _back(values: Mapping[str, Any]) -> Back:
    return Back(show, f"/wall?period={text(values, 'period')}")


def _day(values: Mapping[str, Any]) -> date:
    try:
        return date.fromisoformat(text(values, "day"))
    except ValueError as fault:
        raise BadForm(field="日期") from fault


@router.post("/desk/{village}/wall/post")
async def hang(
    request: Request, village: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Enter that a month's sheet hangs on a board, with the photo that shows it."""
    file = values.get("photo")
    data = b"" if file is None or isinstance(file, str) else await file.read()

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> list[str]:
        if papers.sniff(data) not in {"jpeg", "png"}:
            raise NoPhoto
        photo = uploads.take(place.settings.papers, data)
        period, board = periods.parse(text(values, "period")), text(values, "board")
        boards.post_sheet(conn, hand, desk, period, board, (_day(values), photo))
        return []

    back = _back(values)
    return await run_in_threadpool(act, request, place, village, who.person, values, work, back)


@router.post("/desk/{village}/wall/down")
def take_down(
    request: Request, village: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Enter that a month's sheet has come off a board."""

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> list[str]:
        period, board = periods.parse(text(values, "period")), text(values, "board")
        boards.take_down(conn, hand, desk, period, board, _day(values))
        return []

    return act(request, place, village, who.person, values, work, _back(values))


@router.get("/desk/{village}/wall/photo/{digest}")
def photo(village: str, digest: str, place: InRoom) -> Response:
    """Give the photo of a board; names on the wall are readable on it, so it stays at the desk."""
    with reading(place) as conn:
        known = {one.photo for one in boards.postings(conn, village)}
    if digest not in known:
        raise HTTPException(404)
    data = papers.load(place.settings.papers, digest)
    return Response(data, media_type=f"image/{papers.sniff(data)}", headers=SANDBOX)


@router.get("/calendar")
def township(request: Request, who: Someone, place: InRoom) -> Response:
    """Show over all the visitor's villages what is due and what is late, the latest first."""
    today, rows = place.clock.today(), []
    for code, name, found in _villages(place, who.person):
        shown = [(one, one.state(today)) for one in found if one.state(today) != calendar.AHEAD]
        rows.append((code, name, calendar.counted(found, today), shown))
    rows.sort(key=lambda row: (-row[2][calendar.LATE], -row[2][calendar.DUE], row[1]))
    return page(request, "calendar.html", {"rows": rows, "states": calendar.STATES})


def _villages(place: Room, person: str) -> list[calendar.Village]:
    """Return the villages in which a person holds a seat, with what they have to show."""
    today, profile = place.clock.today(), place.settings.profile
    with reading(place) as conn:
        return [
            calendar.Village(
                code,
                register.of(conn, code).facts["name"],
                calendar.duties(conn, code, today, profile),
            )
            for code in seats_of(conn, person, today)
        ]


@router.get("/calendar.ics")
def township_feed(who: Someone, place: InRoom) -> Response:
    """Give what all the visitor's villages have to show, for a calendar."""
    title = place.settings.township or "各村"
    found = _villages(place, who.person)
    data = calendar.ics(title, found, place.clock.now().astimezone(UTC))
    return _file(data, "text/calendar; charset=utf-8", "calendar.ics")


@router.get("/desk/{village}/wall/{period}.wav")
def spoken(village: str, period: str, place: InRoom) -> Response:
    """Give a month's script as sound, in the wording that stands."""
    with reading(place) as conn:
        wording = scripts.of(conn, sheet_of(conn, place, village, period))
    return _file(voice.sound(wording.text).wav, WAV, f"{village}-{period}.wav")


@router.get("/desk/{village}/wall/{period}.txt")
def written(village: str, period: str, place: InRoom) -> Response:
    """Give a month's script as a text to read out."""
    with reading(place) as conn:
        wording = scripts.of(conn, sheet_of(conn, place, village, period))
    return _file(wording.text.encode(), "text/plain; charset=utf-8", f"{village}-{period}.txt")


def _file(data: bytes, media: str, name: str) -> Response:
    return Response(
        data, media_type=media, headers={"content-disposition": f'attachment; filename="{name}"'}
    )


class NoPhoto(Refusal):
    """Proof of posting is a photo."""

    code = "W081"
    says = "请附上公示栏的照片（JPEG 或 PNG），不收 PDF 等别的文件。"
    status = 422
