"""The page of all acts by person, kind, time and content: for auditors and the township."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from app import deeds
from app.deeds import KINDS, Place, Wanted
from app.web.room import InRoom, Someone, page, reading, seats_of, text
from approvals import register
from approvals.register import Register
from ledger.log import store as log
from ledger.refusal import Refusal
from reports.words import METHODS

router = APIRouter()
A_PAGE = 100
# Who looks over others: auditors and the township. The registrar's acts are among those looked at.
OVERSEERS = frozenset(
    {"auditor", "agri-centre", "village-cadre", "village-leader", "township-head"}
)


def overseen(conn: Connection, person: str, day: date) -> list[str]:
    """Return the villages whose acts a person may look through."""
    if person == register.REGISTRAR:
        return log.villages(conn)
    return [code for code, mine in seats_of(conn, person, day).items() if OVERSEERS & set(mine)]


@router.get("/acts")
def acts_room(request: Request, who: Someone, place: InRoom) -> Response:
    """Show the acts of the visitor's villages, the latest first."""
    given, day = dict(request.query_params), place.clock.today()
    refusal: Refusal | None = None
    with reading(place) as conn:
        mine = overseen(conn, who.person, day)
        if not mine:
            raise HTTPException(404)
        people = {code: register.of(conn, code) for code in mine}
        try:
            want = _wanted(given, people)
        except Refusal as fault:
            refusal, want = fault, Wanted(tuple(mine))
        found = deeds.search(conn, want, _place(text(given, "after")), A_PAGE)
    query = {name: value for name, value in given.items() if value and name != "after"}
    after = "_".join(map(str, found.after)) if found.after else ""
    values = {
        "refusal": refusal,
        "given": given,
        "villages": [(code, one.facts["name"]) for code, one in people.items()],
        "kinds": KINDS,
        "methods": METHODS,
        "rows": [
            (
                one,
                people[one.place.village].facts["name"],
                people[one.place.village].name(one.person),
                register.title(one.seat),
            )
            for one in found.deeds
        ],
        "gave_up": found.gave_up,
        "following": urlencode({**query, "after": after}) if after else "",
    }
    return page(request, "acts.html", values, refusal.status if refusal else 200)


def _wanted(given: Mapping[str, Any], people: Mapping[str, Register]) -> Wanted:
    """Read what is asked for.

    Raises:
        NobodyOfThatName, BadDay.
    """
    village, kind, name = (text(given, key) for key in ("village", "kind", "person"))
    villages = (village,) if village in people else tuple(people)
    return Wanted(
        villages,
        _person(name, [people[code] for code in villages]) if name else "",
        kind if kind in KINDS else "",
        _day(given, "first"),
        _day(given, "last"),
        text(given, "words")[:80],
    )


def _person(name: str, several: list[Register]) -> str:
    for people in several:
        for person in people.people:
            if name in {person, people.name(person)}:
                return person
    raise NobodyOfThatName(name=name[:40])


def _day(given: Mapping[str, Any], name: str) -> date | None:
    typed = text(given, name)
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as fault:
        raise BadDay(day=typed[:20]) from fault


def _place(typed: str) -> Place | None:
    at, _, rest = typed.partition("_")
    village, _, seq = rest.rpartition("_")
    return Place(at, village, int(seq)) if seq.isascii() and seq.isdecimal() else None


class NobodyOfThatName(Refusal):
    """Nobody of this name is enrolled in the villages asked for."""

    code = "W664"
    says = "这些村没有登记过“{name}”，请写全名或登录名。"
    status = 404


class BadDay(Refusal):
    """What was typed is no day."""

    code = "W665"
    says = "“{day}”不是日期，请写成 2021-05-12。"
    status = 422
