"""The room of ledgers: look at them, follow a figure to its voucher, take them away."""

from typing import Any, Literal
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app import ledgers
from app.ledgers import KINDS, Asked
from app.web.public import XLSX
from app.web.room import InRoom, Someone, reading
from app.web.rooms import desk_page
from approvals import cases, register
from ledger import periods
from ledger.accounts import chart_of
from ledger.chart import Chart
from ledger.ledgers import Ledger, Line
from ledger.posted import store as posted
from ledger.refusal import Refusal
from reports.ledger_paper import ledger_pdf, ledger_xlsx
from reports.voucher_month import Bound, month_pdf

router = APIRouter()
A_PAGE = 100
ON_PAPER = 3000
EMPTY = Ledger("", "", (), ())


@router.get("/desk/{village}/books")
def books(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show a ledger of a village, long ones a page at a time."""
    given = dict(request.query_params)
    refusal: Refusal | None = None
    with reading(place) as conn:
        people = register.of(conn, village)
        try:
            want = ledgers.asked(conn, village, given)
            key = ledgers.key_of(given.get("after", ""))
            part = ledgers.ledger(conn, village, want, key, A_PAGE)
            lines = list(part.ledger.lines)
        except Refusal as fault:
            refusal, want, lines = fault, ledgers.asked(conn, village, {}), []
            part = ledgers.Part(EMPTY)
        chart = chart_of(conn, village)
        months = posted.periods(conn, village)
        own = ledgers.dimensions(conn, village)
    values = {
        "kinds": KINDS,
        "dimensions": own,
        "want": want,
        "given": given,
        "ledger": part.ledger,
        "rows": [(line, _links(village, want, line, chart)) for line in lines],
        "accounts": [(code, item.name) for code, item in chart.accounts.items()],
        "here": _query(want),
        "following": _query(want, after=ledgers.address_of(part.after)) if part.after else "",
        "tabs": [(kind, title, _query(want, kind=kind, value="")) for kind, title in KINDS.items()],
        "newest": months[-1] if months else "",
    }
    unit = {"code": village, "name": people.facts["name"]}
    mine = people.seats_of(who.person, place.clock.today())
    return desk_page(request, "ledgers.html", unit, mine, values, refusal)


def _query(want: Asked, **other: Any) -> str:  # noqa: ANN401 - an address takes any value
    known = {name: value for name, value in want._asdict().items() if value not in {"", None}}
    for name in ("least", "most"):
        if name in known:
            known[name] = f"{known[name] / 100:.2f}"
    return urlencode({**known, **other})


def _links(village: str, want: Asked, line: Line, chart: Chart) -> str:
    """Return where a line leads: down the accounts, to a month's legs, to the case of a voucher."""
    if line.case:
        return f"/case/{village}/{line.case}"
    books_ = f"/desk/{village}/books"
    if line.value:
        return f"{books_}?{_query(want, account=line.account, value=line.value)}"
    if line.period:
        months = {"first": line.period, "last": line.period}
        return f"{books_}?{_query(want, kind='detail', account=line.account, **months)}"
    if line.account and chart.knows(line.account):
        kind = "detail" if want.kind == "trial" else "general"
        return f"{books_}?{_query(want, kind=kind, account=line.account)}"
    return ""


@router.get("/desk/{village}/books.{ending}")
def taken(
    request: Request,
    village: str,
    ending: Literal["xlsx", "pdf"],
    who: Someone,
    place: InRoom,
) -> Response:
    """Give a ledger as a spreadsheet, or on paper when it is not too long for that."""
    del who  # the table of access has let the visitor in
    with reading(place) as conn:
        name = register.of(conn, village).facts["name"]
        want = ledgers.asked(conn, village, dict(request.query_params))
        ledger = ledgers.ledger(conn, village, want).ledger
        if ending == "xlsx":
            data, media = ledger_xlsx(name, ledger), XLSX
        else:
            lines = ledgers.first_lines(iter(ledger.lines), ON_PAPER)
            data, media = ledger_pdf(name, ledger._replace(lines=lines)), "application/pdf"
    title = f"{name}{want.account}{KINDS[want.kind]}{want.first}至{want.last}.{ending}"
    return Response(data, media_type=media, headers=attached(title, f"{village}.{ending}"))


@router.get("/desk/{village}/vouchers.pdf")
def month_of_vouchers(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Give the vouchers of a month on paper, two to a page behind a cover, to cut and bind.

    Raises:
        BadPeriod, NothingToPrint.
    """
    del who  # the table of access has let the visitor in
    with reading(place) as conn:
        known = posted.periods(conn, village)
        given = request.query_params.get("period", "")
        period = periods.parse(given) if given else known[-1] if known else ""
        items = posted.vouchers(conn, village, period, period)
        if not items:
            raise NothingToPrint(month=period)
        name = register.of(conn, village).facts["name"]
        trails = cases.trails(conn, village, [one.case for one in items])
        chart = chart_of(conn, village)
    bound = [Bound(one.number, one.voucher, trails[one.case]) for one in items]
    headers = attached(f"{name}{period}凭证.pdf", f"{village}-{period}.pdf")
    data = month_pdf(name, period, chart, bound)
    return Response(data, media_type="application/pdf", headers=headers)


class NothingToPrint(Refusal):
    """The month has no posted voucher."""

    code = "W314"
    says = "{month} 没有已记账的凭证，没有可以打印的。请改选月份。"
    status = 404


def attached(name: str, plain: str) -> dict[str, str]:
    """Return the header that names a file to keep: RFC 5987 with a plain name beside it."""
    value = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return {"content-disposition": value}
