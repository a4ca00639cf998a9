"""The room of assets: the cards, what has worn off, and whether they tie to the books."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app.web.access import MAKERS
from app.web.draft import BadForm, month_of
from app.web.lookup import full
from app.web.room import Form, InRoom, Room, Someone, reading, text
from app.web.rooms import desk_page
from app.web.signing import allowed
from approvals import register
from ledger import depreciation, periods
from ledger.accounts import chart_of
from ledger.chart import Chart
from ledger.legs import store as legs
from ledger.money import parse_yuan, plain
from ledger.posted import store as posted
from ledger.refusal import Refusal
from ledger.registers import store
from ledger.registers.assets import EXPENSES, LINE, METHODS, WEARS, Asset, BadCard

router = APIRouter()
LONGEST_COUNT = 12  # digits
SHORT = {"number": 40, "name": 120, "place": 120, "user": 80}


class Shown(NamedTuple):
    """A card as the room lists it: an ordinary month, what has worn off, what is left, in fen."""

    card: Asset
    monthly: int
    charged: int

    @property
    def net(self) -> int:
        """Return what the asset still stands at."""
        return self.card.cost - self.charged


class Tie(NamedTuple):
    """An account beside the sum of the cards, in fen."""

    account: str
    name: str
    cards: int
    books: int


@router.get("/desk/{village}/assets")
def assets_room(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show the cards of a village; with `number`, one of them in the form."""
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
    with reading(place) as conn:
        allowed(conn, person, village, day)
        people = register.of(conn, village)
        chart = chart_of(conn, village)
        until = _until(conn, village)
        cards = store.assets(conn, village)
        changes = store.changes(conn, village)
        ties = list(_ties(conn, village, cards, until, chart)) if until else []
    chosen = next((one for one in cards if one.number == text(given, "number")), None)
    typed = dict(given) if refusal or chosen is None else _typed(chosen)
    shown = [
        Shown(one, depreciation.monthly(one), depreciation.charged(one, until) if until else 0)
        for one in cards
    ]
    mine = people.seats_of(person, day)
    values_of = {
        "cards": shown,
        "until": until,
        "ties": ties,
        "typed": typed,
        "chosen": chosen,
        "methods": METHODS,
        "changes": [(one, people.name(one.person)) for one in changes],
        "values": _leaves(chart, tuple(WEARS)),
        "collecting": _leaves(chart, tuple(wear.collects for wear in WEARS.values())),
        "expenses": _leaves(chart, EXPENSES),
        "maker": not MAKERS.seats.isdisjoint(mine),
    }
    unit = {"code": village, "name": people.facts["name"]}
    return desk_page(request, "assets.html", unit, mine, values_of, refusal)


def _leaves(chart: Chart, roots: tuple[str, ...]) -> list[tuple[str, str]]:
    return [
        (code, full(chart, code))
        for code in chart.accounts
        if chart.is_leaf(code) and code.partition(".")[0] in roots
    ]


def _until(conn: Connection, village: str) -> str:
    """Return the month to whose end the cards are shown: the last sealed, or the last at all."""
    done = periods.sealed(conn, village) or posted.periods(conn, village)
    return done[-1] if done else ""


def _ties(conn: Connection, village: str, cards: list[Asset], until: str, chart: Chart) -> Any:  # noqa: ANN401 - an iterator of ties
    balances = legs.balances(conn, village, until)
    here = [one for one in cards if f"{one.since:%Y-%m}" <= until and not _left(one, until)]
    sums: dict[str, int] = {}
    for one in here:
        sums[one.root] = sums.get(one.root, 0) + one.cost
        worn = WEARS[one.root].collects
        sums[worn] = sums.get(worn, 0) - depreciation.charged(one, until)
    for root in sorted({*sums, *(code for wear in WEARS for code in (wear, WEARS[wear].collects))}):
        books = sum(fen for code, fen in balances.items() if code.partition(".")[0] == root)
        if books or sums.get(root):
            yield Tie(root, chart.get(root).name, sums.get(root, 0), books)


def _left(card: Asset, until: str) -> bool:
    return card.left is not None and f"{card.left:%Y-%m}" <= until


def _typed(card: Asset) -> dict[str, str]:
    return {
        **{name: getattr(card, name) for name in SHORT},
        **{name: getattr(card, name) for name in ("account", "accumulated", "expense")},
        "cost": plain(card.cost),
        "residual": plain(card.residual_rate),
        "months": str(card.months),
        "since": card.since.isoformat(),
        "before": plain(card.before) if card.before else "",
        "carried": f"{card.carried:%Y-%m}" if card.carried else "",
        "left": card.left.isoformat() if card.left else "",
        "method": card.method,
        "capacity": str(card.capacity or ""),
    }


@router.post("/desk/{village}/assets")
def keep(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Keep the card of the form, in the place of one with its number."""
    try:
        card = _card(values)
        with place.engine.begin() as conn:
            allowed(conn, who.person, village, place.clock.today())
            cards = store.assets(conn, village)
            known = {one.number for one in cards}
            if card.number in known and text(values, "known") != card.number:
                raise NumberTaken(number=card.number)
            before = next((one for one in cards if one.number == card.number), None)
            if before is not None:
                card = card._replace(uses=before.uses)
                if before.method != card.method:
                    card = _changed(conn, village, (before, card), values, place, who.person)
            store.keep_asset(conn, village, card)
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal, values)
    return RedirectResponse(f"/desk/{village}/assets?done=1#cards", 303)


def _changed(
    conn: Connection,
    village: str,
    cards: tuple[Asset, Asset],
    values: Mapping[str, Any],
    place: Room,
    person: str,
) -> Asset:
    """Return a card whose method changes: a new plan over what is left, noted with its reason.

    Raises:
        NoReason: no month or reason is told, or the month is sealed.
        BadForm: the month is none.
    """
    before, card = cards
    since, why = text(values, "changed"), text(values, "why")
    if not since or not why or len(why) > SHORT["name"]:
        raise NoReason(why="请写明从哪个月起改、为什么改")
    since = month_of(values, "changed")
    if periods.is_sealed(conn, village, since):
        raise NoReason(why=f"{since} 已封账，请从没有封的月份改起")
    gone = depreciation.charged(before, depreciation.month_before(since))
    at = place.clock.now().isoformat(timespec="seconds")
    told = store.Changed(card.number, at, person, before.method, card.method, since, gone, why)
    store.note_change(conn, village, told)
    return card._replace(before=gone, carried=periods.first_day(since))


@router.post("/desk/{village}/assets/use")
def keep_use(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Keep how much work an asset did in a month that is not sealed."""
    try:
        with place.engine.begin() as conn:
            allowed(conn, who.person, village, place.clock.today())
            period, number = month_of(values, "period"), text(values, "number")
            if periods.is_sealed(conn, village, period):
                raise periods.Sealed(period=period)
            if number not in {one.number for one in store.assets(conn, village)}:
                raise BadForm(field="编号")
            store.keep_use(conn, village, number, period, _whole(values, "units", "工作量"))
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal, values)
    return RedirectResponse(f"/desk/{village}/assets?number={quote(number)}&done=1#card", 303)


def _card(values: Mapping[str, Any]) -> Asset:
    """Return the card that the form describes.

    Raises:
        BadForm: a field cannot be read; names it.
        BadCard, NotAmount, SubFen, TooMuch.
    """
    for name, most in SHORT.items():
        if len(text(values, name)) > most:
            raise BadForm(
                field={"number": "编号", "name": "名称", "place": "坐落", "user": "使用人"}[name]
            )
    months = text(values, "months")
    if not (months.isascii() and months.isdecimal() and len(months) <= 4):  # noqa: PLR2004
        raise BadForm(field="使用月数")
    carried = text(values, "carried")
    code = {
        name: text(values, name).partition(" ")[0] for name in ("account", "accumulated", "expense")
    }
    card = Asset(
        number=text(values, "number"),
        name=text(values, "name"),
        cost=parse_yuan(text(values, "cost")),
        residual_rate=parse_yuan(text(values, "residual").rstrip("%％") or "0"),
        months=int(months),
        since=_day(values, "since", "启用日期"),
        place=text(values, "place"),
        user=text(values, "user"),
        before=parse_yuan(text(values, "before") or "0"),
        carried=periods.first_day(month_of(values, "carried")) if carried else None,
        left=_day(values, "left", "退出日期") if text(values, "left") else None,
        method=text(values, "method") or LINE,
        capacity=_whole(values, "capacity", "总工作量"),
        account=code["account"],
        accumulated=code["accumulated"],
        expense=code["expense"],
    )
    if not card.account:
        raise BadCard(asset=card.number, name=card.name, why="没有选原值科目")
    return card


def _whole(values: Mapping[str, Any], name: str, field: str) -> int:
    given = text(values, name) or "0"
    if not (given.isascii() and given.isdecimal() and len(given) <= LONGEST_COUNT):
        raise BadForm(field=field)
    return int(given)


def _day(values: Mapping[str, Any], name: str, field: str) -> date:
    try:
        return date.fromisoformat(text(values, name))
    except ValueError as fault:
        raise BadForm(field=field) from fault


class NumberTaken(Refusal):
    """Another card has this number."""

    code = "W612"
    says = "编号 {number} 已有一张卡片，没有存。要改那张请先点它的编号；这张请换一个编号。"


class NoReason(Refusal):
    """A method of depreciation is changed without a month that is open, or without a reason."""

    code = "W667"
    says = "折旧方法没有改：{why}。"
    rule = "财会〔2024〕12号 第二十条（一）"
    status = 422
