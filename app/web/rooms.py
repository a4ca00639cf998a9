"""The rooms of a village's desk: their doors, and how an act in one of them ends."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from fastapi import Request
from fastapi.responses import Response

from app.web.access import RULES
from app.web.hands import offered, perform
from app.web.room import Room, page, reading, room, seats_of, someone
from approvals import register
from approvals.touch import Work
from ledger.refusal import Refusal


class Back(NamedTuple):
    """Where an act came from: how to show the room with a refusal, the end of its address."""

    show: Callable[[Request, Room, str, str, Refusal | None, Mapping[str, Any]], Response]
    path: str


class Door(NamedTuple):
    """A page of the desk: its end of the address, its title as msgid."""

    path: str
    title: str


# In the order of a month's work. A new room: one line here, its rule in `access`, its module.
DOORS = (
    Door("", "办理"),
    Door("/voucher", "填制凭证"),
    Door("/bank", "银行"),
    Door("/close", "结账"),
    Door("/wall", "公示"),
    Door("/asked", "村民提问"),
    Door("/assets", "资产"),
    Door("/contracts", "合同资源"),
    Door("/books", "账簿"),
    Door("/members", "成员与份额"),
    Door("/distribution", "收益分配"),
    Door("/points", "积分"),
    Door("/funds", "专项基金"),
    Door("/levies", "自筹收费"),
    Door("/meetings", "会议"),
    Door("/policies", "审签办法"),
    Door("/terms", "换届"),
    Door("/coming", "建账"),
)


def doors(seats: Iterable[str]) -> list[Door]:
    """Return the rooms that holders of seats may enter, in the order of the work."""
    mine = set(seats)
    return [door for door in DOORS if mine & RULES["GET", "/desk/{village}" + door.path].seats]


def desk_page(
    request: Request,
    template: str,
    village: Mapping[str, str],
    mine: Iterable[str],
    values: Mapping[str, Any],
    refusal: Refusal | None = None,
) -> Response:
    """Return a room's page: `village` has `code` and `name`, `mine` are the visitor's seats.

    The template extends `base.html` and opens with `desk_head(path)` and `refusal_box(refusal)`.
    """
    seats = list(mine)
    known: dict[str, Any] = {"village": village, "mine": seats, "doors": doors(seats)}
    known |= {"refusal": refusal, "others": _others(request)}
    place, who = room(request), someone(request)
    with reading(place) as conn:
        known["passkey"], known["address"] = offered(conn, place, who.person, village["code"])
    return page(request, template, {**known, **values}, refusal.status if refusal else 200)


def _others(request: Request) -> list[tuple[str, str]]:
    """Return (code, name) of the visitor's villages, for the way from one to another."""
    place, who = room(request), someone(request)
    with reading(place) as conn:
        mine = seats_of(conn, who.person, place.clock.today())
        return [(code, register.of(conn, code).facts["name"]) for code in mine]


def act(
    request: Request,
    place: Room,
    village: str,
    person: str,
    values: Mapping[str, Any],
    work: Work[list[str]],
    back: Back,
) -> Response:
    """Do the work by the visitor's hand in one transaction, project the books, go back.

    `work` has connection, hand and desk, and returns the periods whose books changed. A refusal
    shows the room again, with what was typed; done, the visitor is sent to it.
    """

    def done(touched: list[str]) -> str:
        place.project(village, *touched)
        return f"/desk/{village}{back.path}{'&' if '?' in back.path else '?'}done=1"

    def refused(refusal: Refusal) -> Response:
        return back.show(request, place, village, person, refusal, values)

    return perform(request, place, village, person, values, work, done=done, refused=refused)
