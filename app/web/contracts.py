"""The room of contracts: what they brought, what is late, what ends; a new one, an early end."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app import rents
from app.web.access import MAKERS
from app.web.draft import BadForm, month_of
from app.web.lookup import full
from app.web.room import Form, InRoom, Room, Someone, reading, text
from app.web.rooms import desk_page
from app.web.signing import allowed
from approvals import register
from ledger.accounts import chart_of
from ledger.chart import Chart
from ledger.money import parse_yuan, plain
from ledger.refusal import Refusal
from ledger.registers import rents as contracts
from ledger.registers.holdings import Contract
from ledger.registers.holdings import store as holdings
from ledger.registers.rents import BIDS, INCOME, MODELS, OWED, Rent
from ledger.schedule import EVERY

router = APIRouter()
SHOWN = {
    "all": "全部",
    "running": "在履行",
    "soon": "三个月内到期",
    "late": "欠租",
    "over": "已到期或终止",
}
STATES = ("已终止", "已到期", "未开始", "快到期", "在履行")
LONGEST = 200
FIELDS = {
    "number": "编号",
    "party": "对方",
    "subject": "标的",
    "quantity": "数量",
    "unit": "单位",
    "due": "交租约定",
    "resolution": "决议",
}


@router.get("/desk/{village}/contracts")
def contracts_room(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show the contracts of a village (`show` which), and one of them (`number`)."""
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
    place.reveal(village, person, "contracts", text(given, "number")[:80] or "contracts")
    with reading(place) as conn:
        allowed(conn, person, village, day)
        people = register.of(conn, village)
        chart = chart_of(conn, village)
        standing = rents.standing(conn, village, day)
    asked = text(given, "show") if text(given, "show") in SHOWN else "all"
    chosen = next((one for one in standing if one.contract.number == text(given, "number")), None)
    typed = dict(given) if refusal or chosen is None else _typed(chosen.contract)
    mine = people.seats_of(person, day)
    values_of = {
        "shown": SHOWN,
        "asked": asked,
        "rents": [(one, state(one, day)) for one in standing if _fits(one, asked, day)],
        "late": sum(one.late for one in standing),
        "chosen": chosen,
        "dues": contracts.dues(chosen.contract) if chosen else [],
        "typed": typed,
        "models": MODELS,
        "bids": BIDS,
        "every": EVERY,
        "incomes": _leaves(chart, INCOME),
        "owing": _leaves(chart, OWED),
        "bidding": place.settings.bidding,
        "maker": not MAKERS.seats.isdisjoint(mine),
    }
    unit = {"code": village, "name": people.facts["name"]}
    return desk_page(request, "contracts.html", unit, mine, values_of, refusal)


def state(rent: Rent, day: date) -> str:
    """Return in a word how a contract stands: one of `STATES`."""
    one = rent.contract
    found = (
        bool(one.ended) and contracts.over(one, day),
        contracts.over(one, day),
        not contracts.runs(one, day),
        contracts.soon(one, day),
        True,
    )
    return next(word for word, is_so in zip(STATES, found, strict=True) if is_so)


def _fits(rent: Rent, asked: str, day: date) -> bool:
    one = rent.contract
    return {
        "running": contracts.runs(one, day),
        "soon": contracts.soon(one, day),
        "late": rent.late > 0,
        "over": contracts.over(one, day),
    }.get(asked, True)


def _leaves(chart: Chart, roots: tuple[str, ...]) -> list[tuple[str, str]]:
    return [
        (code, full(chart, code))
        for code in chart.accounts
        if chart.is_leaf(code) and code.partition(".")[0] in roots
    ]


def _typed(one: Contract) -> dict[str, str]:
    days = {name: f"{getattr(one, name) or ''}" for name in ("first", "last", "ended")}
    money = {name: plain(getattr(one, name)) for name in ("rent", "deposit")}
    return {**one._asdict(), **days, **money, "every": str(one.every)}


@router.post("/desk/{village}/contracts")
def keep(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Keep the contract of the form, in the place of one with its number that was opened."""
    try:
        with place.engine.begin() as conn:
            allowed(conn, who.person, village, place.clock.today())
            known = _known(conn, village)
            one = _contract(values, known.get(text(values, "known")))
            if one.number in known and text(values, "known") != one.number:
                raise ContractTaken(number=one.number)
            contracts.check(one, chart_of(conn, village), place.settings.bidding * 100)
            holdings.keep_contract(conn, village, one)
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal, values)
    return RedirectResponse(f"/desk/{village}/contracts?done=1#contracts", 303)


def _known(conn: Connection, village: str) -> dict[str, Contract]:
    return {one.number: one for one in holdings.contracts(conn, village)}


def _contract(values: Mapping[str, Any], before: Contract | None) -> Contract:
    """Return the contract of the form; an early end is kept, it has a form of its own.

    Raises:
        BadForm: a field cannot be read; names it.
        NotAmount, SubFen, TooMuch.
    """
    for name, label in FIELDS.items():
        if len(text(values, name)) > LONGEST:
            raise BadForm(field=label)
    every = text(values, "every")
    return Contract(
        number=text(values, "number"),
        party=text(values, "party"),
        subject=text(values, "subject"),
        quantity=text(values, "quantity")[:20],
        unit=text(values, "unit"),
        first=day_of(values, "first", "起始日"),
        last=day_of(values, "last", "终止日"),
        rent=parse_yuan(text(values, "rent") or "0"),
        due=text(values, "due"),
        deposit=parse_yuan(text(values, "deposit") or "0"),
        resolution=text(values, "resolution"),
        model=text(values, "model"),
        every=int(every) if every in {str(one) for one in EVERY} else 0,
        falls=month_of(values, "falls") if text(values, "falls") else "",
        income=text(values, "income"),
        owed=text(values, "owed"),
        bid=text(values, "bid"),
        ended=before.ended if before else None,
        ending=before.ending if before else "",
    )


def day_of(values: Mapping[str, Any], name: str, field: str) -> date:
    """Return a day of a form.

    Raises:
        BadForm: it is none; names the field.
    """
    try:
        return date.fromisoformat(text(values, name))
    except ValueError as fault:
        raise BadForm(field=field) from fault


@router.post("/desk/{village}/contracts/end")
def end(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """End a contract early: no rent falls due in the months after."""
    try:
        with place.engine.begin() as conn:
            allowed(conn, who.person, village, place.clock.today())
            one = _known(conn, village).get(text(values, "number"))
            why = text(values, "ending")
            if one is None or not why or len(why) > LONGEST:
                raise BadForm(field="终止原因")
            ended = one._replace(ended=day_of(values, "ended", "终止日期"), ending=why)
            contracts.check(ended, chart_of(conn, village), place.settings.bidding * 100)
            holdings.keep_contract(conn, village, ended)
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal, values)
    return RedirectResponse(f"/desk/{village}/contracts?done=1#contracts", 303)


class ContractTaken(Refusal):
    """Another contract has this number."""

    code = "W662"
    says = "编号 {number} 已有一份合同，没有存。要改那份请先点它的编号；这份请换一个编号。"
