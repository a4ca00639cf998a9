"""The rooms of resources (land, forest, ponds) and of what outsiders owe and are owed."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app.web.access import MAKERS
from app.web.contracts import LONGEST, day_of
from app.web.draft import BadForm
from app.web.lookup import full
from app.web.room import Form, InRoom, Room, Someone, reading, text
from app.web.rooms import desk_page
from app.web.signing import allowed
from approvals import register
from ledger.accounts import chart_of
from ledger.chart import Chart
from ledger.coming.forms import LANDS
from ledger.legs import store as legs
from ledger.money import parse_yuan, plain
from ledger.refusal import Refusal
from ledger.registers import rents
from ledger.registers.holdings import Debt, Resource
from ledger.registers.holdings import store as holdings

router = APIRouter()
OWING = ("112", "211", "201", "221")
LATEST = "9999-12"
DEBTS = {"all": "全部", "late": "过期没有还清"}
FIELDS = {
    "number": "编号", "name": "名称", "place": "坐落", "borders": "四至", "unit": "单位",
    "use": "用途", "user": "使用人", "contract": "合同编号", "party": "对方", "about": "事由",
}  # fmt: skip


@router.get("/desk/{village}/resources")
def resources_room(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show the resources of a village (`kind`, `idle`), and one of them (`number`)."""
    return show(request, place, village, who.person, None, dict(request.query_params))


def show(
    request: Request,
    place: Room,
    village: str,
    person: str,
    refusal: Refusal | None = None,
    values: Mapping[str, Any] | None = None,
) -> Response:
    """Return the room; a refusal keeps what was typed."""
    given, day = values or {}, place.clock.today()
    place.reveal(village, person, "contracts", "resources")
    with reading(place) as conn:
        allowed(conn, person, village, day)
        people = register.of(conn, village)
        found = holdings.resources(conn, village)
        contracts = {one.number: one for one in holdings.contracts(conn, village)}
    chosen = next((one for one in found if one.number == text(given, "number")), None)
    typed = dict(given) if refusal or chosen is None else chosen._asdict()
    kind, only = text(given, "of"), bool(text(given, "idle"))
    mine = people.seats_of(person, day)
    rows = [(one, rents.idle(one, contracts, day)) for one in found]
    values_of = {
        "rows": [
            (one, idle) for one, idle in rows if kind in {"", one.kind} and (idle or not only)
        ],
        "areas": _areas(found),
        "idle": sum(idle for _, idle in rows),
        "only": only,
        "of": kind,
        "lands": LANDS,
        "contracts": [(one.number, one.subject) for one in contracts.values()],
        "chosen": chosen,
        "typed": typed,
        "maker": not MAKERS.seats.isdisjoint(mine),
    }
    unit = {"code": village, "name": people.facts["name"]}
    return desk_page(request, "resources.html", unit, mine, values_of, refusal)


def _areas(found: list[Resource]) -> list[tuple[str, str, str]]:
    """Return by kind and unit how much there is, exact as it was written."""
    sums: dict[tuple[str, str], Decimal] = {}
    for one in found:
        try:
            more = Decimal(one.quantity)
        except InvalidOperation:
            continue
        sums[one.kind, one.unit] = sums.get((one.kind, one.unit), Decimal()) + more
    return [(kind, f"{quantity:f}", unit) for (kind, unit), quantity in sums.items()]


@router.post("/desk/{village}/resources")
def keep(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Keep the resource of the form, in the place of one with its number that was opened."""
    try:
        one = Resource(*(text(values, name) for name in Resource._fields))
        _check(one)
        with place.engine.begin() as conn:
            allowed(conn, who.person, village, place.clock.today())
            known = {other.number for other in holdings.resources(conn, village)}
            if one.number in known and text(values, "known") != one.number:
                raise BadResource(number=one.number, why="这个编号已有一项，要改请先点它的名称")
            if one.contract and one.contract not in {
                other.number for other in holdings.contracts(conn, village)
            }:
                raise BadResource(number=one.number, why=f"没有合同 {one.contract}，请先登记合同")
            holdings.keep_resource(conn, village, one)
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal, values)
    return RedirectResponse(f"/desk/{village}/resources?done=1#resources", 303)


def _check(one: Resource) -> None:
    for name, label in FIELDS.items():
        if len(getattr(one, name, "")) > LONGEST:
            raise BadForm(field=label)
    whole, _, part = one.quantity.partition(".")
    digits = f"{whole}{part}"
    if not one.number or not one.name or not one.unit or one.kind not in LANDS:
        raise BadResource(number=one.number or "（没有编号）", why="编号、名称、类别、单位都要填")
    if not (digits.isascii() and digits.isdecimal() and whole and len(one.quantity) <= 20):  # noqa: PLR2004
        raise BadResource(number=one.number, why="面积或数量要是数字，例如 12.5")


@router.get("/desk/{village}/debts")
def debts_room(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show what outsiders owe a village and are owed (`show`), and one of them (`no`)."""
    return show_debts(request, place, village, who.person, None, dict(request.query_params))


def show_debts(
    request: Request,
    place: Room,
    village: str,
    person: str,
    refusal: Refusal | None = None,
    values: Mapping[str, Any] | None = None,
) -> Response:
    """Return the room; a refusal keeps what was typed."""
    given, day = values or {}, place.clock.today()
    place.reveal(village, person, "contracts", "debts")
    with reading(place) as conn:
        allowed(conn, person, village, day)
        people = register.of(conn, village)
        chart = chart_of(conn, village)
        found = holdings.numbered_debts(conn, village)
        balances = legs.balances(conn, village, LATEST)
    late = {no: _late(one, balances, day) for no, one in found.items()}
    asked = "late" if text(given, "show") == "late" else "all"
    no = text(given, "no")
    chosen = found.get(int(no)) if no.isascii() and no.isdecimal() else None
    typed = dict(given) if refusal or chosen is None else _typed(chosen)
    mine = people.seats_of(person, day)
    values_of = {
        "shown": DEBTS,
        "asked": asked,
        "rows": [
            (no, one, balances.get(one.account, 0), late[no])
            for no, one in found.items()
            if asked == "all" or late[no]
        ],
        "names": {one.account: _name(chart, one.account) for one in found.values()},
        "chosen": chosen,
        "no": no if chosen else "",
        "typed": typed,
        "accounts": [
            (code, full(chart, code))
            for code in chart.accounts
            if chart.is_leaf(code) and code.partition(".")[0] in OWING
        ],
        "maker": not MAKERS.seats.isdisjoint(mine),
    }
    unit = {"code": village, "name": people.facts["name"]}
    return desk_page(request, "debts.html", unit, mine, values_of, refusal)


def _name(chart: Chart, code: str) -> str:
    return full(chart, code) if chart.knows(code) else code


def _late(one: Debt, balances: Mapping[str, int], day: date) -> bool:
    """Tell whether a debt is past its day and its account still stands on its side."""
    return one.due is not None and one.due < day and balances.get(one.account, 0) * one.fen > 0


def _typed(one: Debt) -> dict[str, str]:
    side = "debit" if one.fen > 0 else "credit"
    days = {name: f"{getattr(one, name) or ''}" for name in ("since", "due")}
    return {**one._asdict(), **days, "amount": plain(abs(one.fen)), "side": side}


@router.post("/desk/{village}/debts")
def keep_debt(
    request: Request, village: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Keep a debt of the form, in the place of the one that was opened."""
    no = text(values, "no")
    try:
        with place.engine.begin() as conn:
            allowed(conn, who.person, village, place.clock.today())
            one = _debt(values, conn, village)
            holdings.keep_debt(conn, village, int(no) if no.isdecimal() else 0, one)
    except Refusal as refusal:
        return show_debts(request, place, village, who.person, refusal, values)
    return RedirectResponse(f"/desk/{village}/debts?done=1#debts", 303)


def _debt(values: Mapping[str, Any], conn: Connection, village: str) -> Debt:
    code, party = text(values, "account"), text(values, "party")
    chart = chart_of(conn, village)
    known = chart.knows(code) and chart.is_leaf(code) and code.partition(".")[0] in OWING
    for wrong, label in (
        (not known, "科目"),
        (not party or len(party) > LONGEST, "对方"),
        (len(text(values, "about")) > LONGEST, "事由"),
    ):
        if wrong:
            raise BadForm(field=label)
    fen = parse_yuan(text(values, "amount"))
    days = [
        day_of(values, name, label) if text(values, name) else None
        for name, label in (("since", "发生日期"), ("due", "到期日"))
    ]
    if days[0] and days[1] and days[1] < days[0]:
        raise BadForm(field="到期日（早于发生日期）")
    sign = -1 if text(values, "side") == "credit" else 1
    return Debt(code, party, sign * abs(fen), text(values, "about"), *days)


class BadResource(Refusal):
    """A resource cannot be kept as it was told."""

    code = "W663"
    says = "资源 {number} 没有存：{why}。"
    status = 422
