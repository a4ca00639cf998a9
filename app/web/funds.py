"""The room of restricted funds: their rules, what is left, who gave, what was paid for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app.web.lookup import full
from app.web.room import Form, InRoom, Room, Someone, reading, text
from app.web.rooms import Back, act, desk_page
from approvals import acts, adopting, earmarks, funds, keys, register
from approvals.acts import Desk
from approvals.earmarks import Move
from approvals.funds import Fund
from approvals.register import REGISTRAR
from ledger.accounts import chart_of
from ledger.items import items
from ledger.money import parse_yuan
from ledger.refusal import Refusal

router = APIRouter()
LATEST = 8
MAY = frozenset({"spending", "transfer.asset"})  # finished works go to the reserve


@dataclass(frozen=True, slots=True)
class Kept:
    """A fund as the room shows it; amounts in fen."""

    fund: Fund
    moves: list[Move]

    @property
    def left(self) -> int:
        """Return what it holds."""
        return sum(one.fen for one in self.moves)

    @property
    def paid(self) -> list[Move]:
        """Return the latest payments, the newest first."""
        return [one for one in reversed(self.moves) if one.kind != "receipt"][:LATEST]

    @property
    def givers(self) -> list[tuple[str, int]]:
        """Return who gave how much in all."""
        return earmarks.givers(self.moves)


@router.get("/desk/{village}/funds")
def funds_room(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show the funds of a village."""
    return show(request, place, village, who.person)


def show(
    request: Request,
    place: Room,
    village: str,
    person: str,
    refusal: Refusal | None = None,
    values: Mapping[str, Any] | None = None,
) -> Response:
    """Return the room; a refusal keeps what was typed."""
    day = place.clock.today()
    with reading(place) as conn:
        people = register.of(conn, village)
        known = funds.of(people.current()) if people.policy else []
        chart = chart_of(conn, village)
        kept = [Kept(one, earmarks.moves(conn, village, one)) for one in known]
    used = {one.account for one in known}
    mine = people.seats_of(person, day)
    values_of = {
        "kept": kept,
        "waiting": [
            one.name
            for proposal in people.proposed.values()
            for one in funds.of(proposal.policy)
            if one not in known
        ],
        "accounts": {one.account: full(chart, one.account) for one in known},
        "free": [
            (code, full(chart, code))
            for code in chart.accounts
            if chart.is_leaf(code) and code.partition(".")[0] in funds.ROOTS and "." in code
            and code not in used
        ],
        "items": {name: one.zh for name, one in items().items()},
        "choices": [one.id for one in items().values() if MAY & {one.side, one.id}],
        "typed": values if refusal and values else {},
        "chosen": chosen(values) if refusal and values else [],
        "registrar": REGISTRAR in mine,
        "roots": [(code, full(chart, code)) for code in funds.ROOTS],
    }  # fmt: skip
    unit = {"code": village, "name": people.facts["name"]}
    return desk_page(request, "funds.html", unit, mine, values_of, refusal)


def chosen(values: Mapping[str, Any]) -> list[str]:
    """Return the purposes that were ticked."""
    return [str(one) for one in values.getlist("purposes")]  # type: ignore[attr-defined]


@router.post("/desk/{village}/funds")
def set_up(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Set a fund up by adopting the policy anew with it; one of its name is put in its place."""

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> list[str]:
        one, now = _read(values, str(desk.at.date())), register.of(conn, village).current()
        others = [other for other in funds.of(now) if other.name != one.name]
        changed = {**now, "funds": [other.body() for other in (*others, one)]}
        adopting.adopt_policy(conn, hand, desk, changed)
        return []

    return act(request, place, village, who.person, values, work, Back(show, "/funds"))


@router.post("/desk/{village}/funds/account")
def open_account(
    request: Request, village: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Open the account that a fund will have, by the bookkeeper's hand; its number is the next."""

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> list[str]:
        root, chart = text(values, "root"), chart_of(conn, village)
        if root not in funds.ROOTS:
            raise funds.BadFund(why="请选上级科目")
        taken = {code.split(".")[1] for code in chart.accounts if code.startswith(f"{root}.")}
        free = next(f"{no:02d}" for no in range(1, 100) if f"{no:02d}" not in taken)
        acts.open_account(conn, hand, desk, f"{root}.{free}", text(values, "title"))
        return []

    return act(request, place, village, who.person, values, work, Back(show, "/funds"))


def _read(values: Mapping[str, Any], since: str) -> Fund:
    return Fund(
        name=text(values, "name"),
        account=text(values, "account"),
        purposes=tuple(chosen(values)),
        rule=text(values, "rule"),
        since=since,
        each_fen=parse_yuan(text(values, "each") or "0"),
        unit=text(values, "unit"),
    )
