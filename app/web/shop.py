"""The room of the points shop: goods, exchange at the counter, what the books have of it."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app.web.lookup import full
from app.web.room import Form, InRoom, Room, Someone, reading, text
from app.web.rooms import desk_page
from approvals import register
from ledger.accounts import chart_of
from ledger.legs import store as legs
from ledger.money import parse_yuan
from ledger.refusal import Refusal
from ledger.registers import shop
from ledger.registers.points import shown
from ledger.registers.points import store as points
from ledger.registers.shop import KINDS, NOTHING, BadShop, Good, Terms
from ledger.registers.shop import store as kept
from ledger.registers.shop.store import At

router = APIRouter()
LAST = 20


@router.get("/desk/{village}/shop")
def shop_room(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show the shop of a village: stock, points that are left, what the books say."""
    return show(request, place, village, who.person)


class Books(NamedTuple):
    """What the registers say against what the books say, in fen."""

    stock: int
    goods: int
    owed: int
    booked: int


def show(
    request: Request,
    place: Room,
    village: str,
    person: str,
    refusal: Refusal | None = None,
    values: Mapping[str, Any] | None = None,
) -> Response:
    """Return the room; it names who has points, so the read is noted first."""
    typed = {key: value for key, value in (values or {}).items() if isinstance(value, str)}
    today = place.clock.today()
    place.reveal(village, person, "points", "shop")
    with reading(place) as conn:
        people = register.of(conn, village)
        chart = chart_of(conn, village)
        terms, every = kept.terms_of(conn, village), kept.lines(conn, village)
        left = kept.left(conn, village, today)
        held = legs.balances(conn, village, f"{today:%Y-%m}")
        values_of: dict[str, Any] = {
            "goods": kept.goods(conn, village),
            "who": points.subjects(conn, village),
        }
    stocks = shop.stocks(every)
    values_of |= {
        "typed": typed,
        "terms": terms,
        "stocks": stocks,
        "nothing": NOTHING,
        "left": left,
        "books": _books(terms, stocks, left, held),
        "last": list(reversed(every[-LAST:])),
        "kinds": KINDS,
        "shown": shown,
        "leaves": [(code, full(chart, code)) for code in chart.accounts if chart.is_leaf(code)],
    }
    values_of["names"] = {one.id: one.name for one in values_of["who"]}
    values_of["titles"] = {one.id: one.name for one in values_of["goods"]}
    unit = {"code": village, "name": people.facts["name"]}
    mine = people.seats_of(person, today)
    return desk_page(request, "shop.html", unit, mine, values_of, refusal)


def _books(
    terms: Terms | None, stocks: Mapping[str, shop.Stock], left: Mapping[str, int],
    held: Mapping[str, int],
) -> Books | None:  # fmt: skip
    if terms is None:
        return None
    stock = sum(one.fen for one in stocks.values())
    owed = shop.worth(terms, left)
    return Books(stock, held.get(terms.goods, 0), owed, -held.get(terms.owed, 0))


@router.post("/desk/{village}/shop")
def enter(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Do what a form of the room asks; one click of a page is one movement."""
    at = At(place.clock.today(), who.person, text(values, "nonce"))
    try:
        if not at.nonce:
            raise BadShop(why="页面过期了，请刷新页面再登记")
        with place.engine.begin() as conn:
            DOES.get(text(values, "do"), _nothing)(conn, village, values, at)
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal, values)
    return RedirectResponse(f"/desk/{village}/shop?done=1", 303)


Does = Callable[[Connection, str, Mapping[str, Any], At], object]


def _nothing(conn: Connection, village: str, values: Mapping[str, Any], at: At) -> None:
    del conn, village, values, at
    raise BadShop(why="没有这一项操作")


def _number(values: Mapping[str, Any], name: str) -> int:
    typed = text(values, name)
    return (
        int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < len("1000000") else 0
    )


def _code(values: Mapping[str, Any], name: str) -> str:
    return text(values, name).partition(" ")[0]


def _terms(conn: Connection, village: str, values: Mapping[str, Any], at: At) -> None:
    del at
    fen = parse_yuan(text(values, "fen") or "0")
    goods, owed, expense = (_code(values, name) for name in ("goods", "owed", "expense"))
    kept.set_terms(conn, village, Terms(fen, goods, owed, expense, text(values, "resolution")))


def _good(conn: Connection, village: str, values: Mapping[str, Any], at: At) -> None:
    del at
    # A price in points has one decimal at most: as yuan it is ten fen a tenth.
    price = parse_yuan(text(values, "price") or "0")
    if price % 10:
        raise BadShop(why="兑换分值写到一位小数，例如 2.5")
    one = Good(_code(values, "good"), text(values, "name"), text(values, "unit"), price // 10)
    kept.keep_good(conn, village, one)


def _in(conn: Connection, village: str, values: Mapping[str, Any], at: At) -> None:
    fen = parse_yuan(text(values, "cost") or "0")
    kept.take_in(conn, village, at, _code(values, "good"), _number(values, "count"), fen)


def _out(conn: Connection, village: str, values: Mapping[str, Any], at: At) -> None:
    who, what = _code(values, "subject"), _code(values, "good")
    kept.exchange(conn, village, at, who, what, _number(values, "count"))


def _lost(conn: Connection, village: str, values: Mapping[str, Any], at: At) -> None:
    what, words = _code(values, "good"), text(values, "words")
    kept.write_off(conn, village, at, what, _number(values, "count"), words)


def _back(conn: Connection, village: str, values: Mapping[str, Any], at: At) -> None:
    kept.take_back(conn, village, at, _number(values, "no"), text(values, "words"))


DOES: dict[str, Does] = {
    "terms": _terms,
    "good": _good,
    "in": _in,
    "out": _out,
    "lost": _lost,
    "back": _back,
}
