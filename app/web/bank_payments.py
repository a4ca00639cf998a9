"""Payment files in the bank room: made, taken away, sent, answered by the bank."""

import secrets
from hashlib import sha256
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app.web import lines
from app.web.bank import picked
from app.web.bank_acts import NothingTicked
from app.web.ledgers import attached
from app.web.lookup import full
from app.web.public import XLSX
from app.web.room import Form, InRoom, Room, Someone, reading, text
from app.web.rooms import desk_page
from app.web.signing import allowed
from approvals import cases, paying_out, register
from ledger.accounts import chart_of
from ledger.bank.paying import tail
from ledger.log import store as log
from ledger.payments import store
from ledger.payments.store import File
from ledger.refusal import Refusal
from reports.payment_file import payment_csv, payment_xlsx

router = APIRouter()


@router.get("/desk/{village}/bank/payments")
def payments(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show the signed payments that may go to the bank, and the files of those that went."""
    return show(request, place, village, who.person)


def show(
    request: Request,
    place: Room,
    village: str,
    person: str,
    refusal: Refusal | None = None,
) -> Response:
    """Return the page of payment files, with the refusal of an act on it."""
    day = place.clock.today()
    with reading(place) as conn:
        allowed(conn, person, village, day)
        people, chart = register.of(conn, village), chart_of(conn, village)
        on_the_way = store.on_the_way(conn, village)
        under_way = cases.open_cases(conn, village)
        summaries = {one.case: one.voucher.summary for one in under_way}
        dues = [due for due in lines.dues(under_way) if due.case not in on_the_way]
        files = [_file(conn, village, one, chart) for one in store.files(conn, village)]
    values = {
        "dues": [
            {**due._asdict(), "summary": summaries[due.case], "tail": tail(due.payee.account)}
            | {"reachable": paying_out.reachable(due)}
            for due in dues
        ],
        "files": files,
        "people": people,
        "tail": tail,
    }
    unit = {"code": village, "name": people.facts["name"]}
    mine = people.seats_of(person, day)
    return desk_page(request, "bank_payments.html", unit, mine, values, refusal)


def _file(conn: Connection, village: str, file: File, chart: Any) -> dict[str, Any]:  # noqa: ANN401 - a chart
    unit = register.of(conn, village).facts["name"]
    name = f"{file.account_code} {full(chart, file.account_code)}"
    try:
        paying_out.check(conn, village, file)
        wrong = ""
    except Refusal as refusal:
        wrong = refusal.sentence()
    digests = [sha256(data).hexdigest() for data in _bytes(unit, name, file)]
    return {"file": file, "account": name, "wrong": wrong, "digests": digests}


def _bytes(unit: str, account: str, file: File) -> tuple[bytes, bytes]:
    return payment_csv(file), payment_xlsx(unit, account, file)


@router.post("/desk/{village}/bank/payments")
def make(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Make a file of the ticked cases: for each account that they come out of, one."""

    def work(conn: Connection) -> None:
        chosen = sorted(picked(values))
        if not chosen:
            raise NothingTicked
        found = cases.standings(conn, village, chosen)
        for account in sorted(paying_out.account_of(found)):
            mine = [one for one in found if paying_out.account_of([one]) == {account}]
            items = [paying_out.item_of(one) for one in mine]
            name, at = secrets.token_hex(6), place.clock.now()
            store.make(conn, village, name, account, who.person, at, items)

    return _done(request, place, village, who.person, work)


@router.post("/desk/{village}/bank/payments/{name}")
def change(
    request: Request, village: str, name: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Take a payment out, note that the file went to the bank, or that the bank did not pay."""

    def work(conn: Connection) -> None:
        what, _, case = text(values, "do").partition(" ")
        if what == "out":
            store.take_out(conn, village, name, case)
        elif what == "failed":
            store.fail(conn, village, name, case, text(values, f"why-{case}")[:200])
        else:
            file = store.get(conn, village, name)
            paying_out.check(conn, village, file)
            digest = sha256(payment_csv(file)).hexdigest()
            store.send(conn, village, name, who.person, place.clock.now(), digest)

    return _done(request, place, village, who.person, work)


def _done(
    request: Request,
    place: Room,
    village: str,
    person: str,
    work: Any,  # noqa: ANN401 - a function
) -> Response:
    try:
        with place.engine.begin() as conn:
            allowed(conn, person, village, place.clock.today())
            log.hold(conn, village)
            work(conn)
    except Refusal as refusal:
        return show(request, place, village, person, refusal)
    return RedirectResponse(f"/desk/{village}/bank/payments?done=1", 303)


@router.get("/desk/{village}/bank/payments/{name}.{ending}")
def taken(
    village: str, name: str, ending: Literal["csv", "xlsx"], who: Someone, place: InRoom
) -> Response:
    """Give a payment file to the cashier, if every payment in it is still what was signed."""
    with reading(place) as conn:
        file = store.get(conn, village, name)
        paying_out.check(conn, village, file)
        unit, chart = register.of(conn, village).facts["name"], chart_of(conn, village)
    place.reveal(village, who.person, "payments", name)
    account = f"{file.account_code} {full(chart, file.account_code)}"
    data = _bytes(unit, account, file)[ending == "xlsx"]
    media = XLSX if ending == "xlsx" else "text/csv; charset=gb18030"
    headers = attached(f"{unit}付款文件{name}.{ending}", f"{name}.{ending}")
    return Response(data, media_type=media, headers=headers)
