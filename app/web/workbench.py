"""The workbench: every village of the visitor in one list, what waits for them, and a search."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from app.web.room import InRoom, Room, Someone, page, reading, seats_of
from app.web.rooms import doors
from approvals import cases, register
from approvals.acts import SEATS
from approvals.policy import must_pay
from approvals.standing import Standing, ready
from disclosure import answers, notice
from disclosure.askbox import store as askbox
from ledger import periods
from ledger.bank import store as bank_lines
from ledger.posted.store import search

router = APIRouter()
FOUND = 60  # lines of a search; more words find fewer


class Duty(NamedTuple):
    """Something that waits for holders of some seats: its title as msgid, the room of its work."""

    key: str
    title: str
    seats: frozenset[str]
    path: str


def _may(kind: str) -> frozenset[str]:
    return frozenset(SEATS[kind])


# In the order in which a day's work is best done.
DUTIES = (
    Duty("sign", "待我审签", frozenset(), "/inbox"),
    Duty("returned", "退回要改", _may("voucher.submitted"), ""),
    Duty("to_pay", "待付款", _may("payment.made"), ""),
    Duty("to_post", "待记账", _may("voucher.posted"), ""),
    Duty("lines", "未处理流水", _may("voucher.submitted"), "/bank"),
    Duty("to_enter", "网上提问待登记", _may("question.asked"), "/asked"),
    Duty("to_answer", "村民提问", _may("question.answered"), ""),
    Duty("to_seal", "可以结账", _may("month.sealed"), "/close"),
    Duty("to_publish", "待公示", _may("sheet.published"), "/close#publish"),
)


@router.get("/desk")
def workbench(
    request: Request,
    who: Someone,
    place: InRoom,
    q: Annotated[str, Query(max_length=80)] = "",
    show: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show every village of the visitor: what waits where; or what a search finds in them."""
    day = place.clock.today()
    with reading(place) as conn:
        mine = seats_of(conn, who.person, day)
        rows = [_row(conn, place, village, seats, who.person) for village, seats in mine.items()]
        found = search(conn, list(mine), q, FOUND + 1) if q.strip() else []
    names = {row["code"]: row["name"] for row in rows}
    totals = {duty.key: sum(row["waits"].get(duty.key, 0) for row in rows) for duty in DUTIES}
    duties = [duty for duty in DUTIES if totals[duty.key]]
    wanted = [row for row in rows if not show or row["waits"].get(show)]
    wanted.sort(key=lambda row: (not row["late"], not any(row["waits"].values())))
    values = {
        "rows": wanted,
        "all": len(rows),
        "duties": duties,
        "totals": totals,
        "show": show,
        "asked": q,
        "found": [{**one._asdict(), "name": names[one.village]} for one in found[:FOUND]],
        "more": len(found) > FOUND,
    }
    return page(request, "desk.html", values)


def _row(
    conn: Connection, place: Room, village: str, seats: Iterable[str], person: str
) -> dict[str, Any]:
    day, mine = place.clock.today(), set(seats)
    under_way = cases.open_cases(conn, village)
    sealed = periods.sealed(conn, village)
    counts = {**_cases(under_way, person), **_month(conn, place, village, sealed)}
    counts["sign"] = len(cases.waiting_for(conn, village, person, day))
    counts["lines"] = sum(bank_lines.counts(conn, village).values())
    waits = {duty.key: counts[duty.key] for duty in DUTIES if not duty.seats or duty.seats & mine}
    return {
        "code": village,
        "name": register.of(conn, village).facts["name"],
        "waits": waits,
        "signing": sum(one.state == "signing" for one in under_way),
        "sealed": (sealed or [""])[-1],
        "behind": behind(conn, village, day),
        "late": notice.late(conn, village, day, place.settings.profile),
    }


def behind(conn: Connection, village: str, day: date) -> list[str]:
    """Return the months that are over and not sealed, oldest first: the first has its turn."""
    turn, this = periods.next_to_seal(conn, village), f"{day:%Y-%m}"
    return [] if turn is None else [one for one in periods.months(turn, this) if one < this]


def _cases(under_way: Iterable[Standing], person: str) -> dict[str, int]:
    known = list(under_way)
    return {
        "returned": sum(one.state == "returned" and person in one.makers for one in known),
        "to_pay": sum(payable(one) for one in known),
        "to_post": sum(ready(one) for one in known),
    }


def _month(conn: Connection, place: Room, village: str, sealed: list[str]) -> dict[str, int]:
    day, up = place.clock.today(), notice.published(conn, village)
    return {
        "to_enter": len(askbox.waiting(conn, village)),
        "to_answer": sum(one.answered is None for one in answers.questions(conn, village)),
        "to_seal": int(bool(behind(conn, village, day))),
        "to_publish": sum(period not in up for period in sealed),
    }


def payable(standing: Standing) -> bool:
    """Tell whether a case waits for the cashier."""
    return standing.state == "cleared" and must_pay(standing.chain, standing.voucher)


@router.get("/desk/go")
def go(
    who: Someone,
    place: InRoom,
    village: Annotated[str, Query(max_length=80)],
    room: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Go to the same room of another village, or to its first one where the room is closed."""
    with reading(place) as conn:
        mine = seats_of(conn, who.person, place.clock.today())
    if village not in mine:
        raise HTTPException(404)
    known = {door.path for door in doors(mine[village])}
    return RedirectResponse(f"/desk/{village}{room if room in known else ''}", 303)
