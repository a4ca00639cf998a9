"""Where every case stands and why it waits, for everyone entitled: the latest first, no script."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from app.web.room import InRoom, Someone, page, reading, villages_of
from app.web.signing import card
from app.web.whys import clock_of, row
from approvals import cases, register, waits
from approvals.standing import Standing

router = APIRouter()
ROWS = 50


@router.get("/progress")
def progress(
    request: Request,
    who: Someone,
    place: InRoom,
    village: Annotated[str, Query(max_length=80)] = "",
    late: Annotated[str, Query(max_length=1)] = "",
    number: Annotated[int, Query(ge=1, le=9999, alias="page")] = 1,
) -> Response:
    """Show the cases under way in the visitor's villages, what is late before everything else."""
    day = place.clock.today()
    with reading(place) as conn:
        mine = villages_of(conn, who.person, day)
        if village and village not in mine:
            raise HTTPException(404)
        names = [(code, register.of(conn, code).facts["name"]) for code in mine]
        found = [
            (one, wait)
            for code in ([village] if village else mine)
            for one in _visible(conn, code, who.person, day)
            for wait in waits.of(one, register.of(conn, code), day)
        ]
        counts = {
            code: sum(wait.late(day) > 0 for one, wait in found if one.village == code)
            for code in mine
        }
        wanted = [both for both in found if both[1].late(day) or not late]
        wanted.sort(key=lambda both: (-both[1].late(day), both[1].due.since, both[0].submitted))
        pages = max(-(-len(wanted) // ROWS), 1)
        number = min(number, pages)
        shown = wanted[(number - 1) * ROWS : number * ROWS]
        clock = clock_of(conn, place.settings, day)
        rows = [
            {**card(one), "village_name": dict(names)[one.village], "wait": line}
            for one, wait in shown
            for line in [row(conn, one, wait, clock)]
        ]
    values = {
        "rows": rows,
        "count": len(wanted),
        "late": sum(counts.values()),
        "only_late": bool(late),
        "names": names,
        "counts": counts,
        "here": village,
        "number": number,
        "pages": pages,
    }
    return page(request, "progress.html", values)


def _visible(conn: Connection, village: str, person: str, day: date) -> list[Standing]:
    """Return the open cases that a person may see: all by a seat, else those of chains lent."""
    people, found = register.of(conn, village), cases.open_cases(conn, village)
    if people.seats_of(person, day):
        return found
    return [one for one in found if people.lent(person, day, one.chain["id"])]
