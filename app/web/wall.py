"""The room of the notice: what a month becomes for the wall, the chat group, the loudspeaker."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app import scripts
from app.web.draft import BadForm
from app.web.room import Form, InRoom, Room, Someone, reading, text
from app.web.rooms import desk_page
from approvals import register
from disclosure import broadcast, notice
from disclosure.compose import compose
from disclosure.sheet import Sheet
from ledger import periods
from ledger.refusal import Refusal
from reports import voice

router = APIRouter()
WAV = "audio/wav"


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
        "clerk": not {"clerk", "bookkeeper"}.isdisjoint(mine := _mine(place, people, person)),
    }
    unit = {"code": village, "name": people.facts["name"]}
    return desk_page(request, "wall.html", unit, mine, values_of, refusal)


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
