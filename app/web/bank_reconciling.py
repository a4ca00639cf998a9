"""The reconciliation statement of an account's month: on screen, as .xlsx and PDF."""

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app.web import bank
from app.web.bank import Place
from app.web.ledgers import attached
from app.web.lookup import full
from app.web.public import XLSX
from app.web.room import InRoom, Someone, month, reading
from app.web.rooms import desk_page
from approvals import register
from ledger.accounts import chart_of
from ledger.bank import store as bank_lines
from ledger.bank.reconciled import leaves, reconciliation
from ledger.bank.reconciling import Reconciliation
from ledger.refusal import Refusal
from reports.reconciliation import TITLE, Form, lines, reconciliation_pdf, reconciliation_xlsx

router = APIRouter()


def found(conn: Connection, village: str, here: Place) -> tuple[Form, Reconciliation | None]:
    """Return the head of the statement and the statement, None without a bank line."""
    chart, known = chart_of(conn, village), bank_lines.account(conn, village, here.account)
    name = f"{here.account} {full(chart, here.account)}" if here.account else ""
    at_bank = f"{known.bank} 尾号 {known.number[-4:]}" if known else ""
    unit = register.of(conn, village).facts["name"]
    form = Form(unit, name, at_bank, month(here.month))
    return form, reconciliation(conn, village, here.account, here.month)


@router.get("/desk/{village}/bank/reconciliation")
def statement(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show the reconciliation of an account's month."""
    refusal, today = None, place.clock.today()
    with reading(place) as conn:
        people = register.of(conn, village)
        try:
            here = bank.where(conn, village, request.query_params, today)
        except Refusal as fault:
            refusal, here = fault, bank.where(conn, village, {}, today)
        form, made = found(conn, village, here)
        chart = chart_of(conn, village)
        banks = [(code, full(chart, code)) for code in leaves(chart)]
    values = {
        "here": here,
        "form": form,
        "made": made,
        "lines": list(lines(made)) if made else [],
        "banks": banks,
        "title": TITLE,
    }
    unit = {"code": village, "name": people.facts["name"]}
    mine = people.seats_of(who.person, today)
    return desk_page(request, "bank_reconciliation.html", unit, mine, values, refusal)


@router.get("/desk/{village}/bank/reconciliation.{ending}")
def taken(
    request: Request, village: str, ending: Literal["xlsx", "pdf"], who: Someone, place: InRoom
) -> Response:
    """Give the reconciliation statement as a spreadsheet or on paper."""
    del who  # the table of access has let the visitor in
    with reading(place) as conn:
        here = bank.where(conn, village, request.query_params, place.clock.today())
        form, made = found(conn, village, here)
    if made is None:
        raise NoStatement
    if ending == "xlsx":
        data, media = reconciliation_xlsx(form, made), XLSX
    else:
        data, media = reconciliation_pdf(form, made), "application/pdf"
    name = f"{form.unit}{here.account}{TITLE}{here.month}.{ending}"
    headers = attached(name, f"{village}-{here.month}.{ending}")
    return Response(data, media_type=media, headers=headers)


class NoStatement(Refusal):
    """No bank line of the account is there to reconcile with."""

    code = "B030"
    says = "这个账户到这个月还没有银行流水，不能编制调节表。请先导入流水。"
    status = 409
