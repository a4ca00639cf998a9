"""A voucher drafted from an electronic invoice: what it states, and what was done before."""

from hashlib import sha256

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from app import drafts, invoices
from app.drafts import Saved
from app.invoices import Invoice
from app.web import bringing
from app.web.bringing import Brought
from app.web.room import Form, InRoom, Room, Someone
from app.web.signing import allowed
from app.web.writing import show
from ledger.accounts import chart_of
from ledger.money import plain
from ledger.posted import store as posted
from ledger.refusal import Refusal
from ledger.voucher import BANK, Party, Voucher

router = APIRouter()
LONGEST = 60


@router.post("/desk/{village}/voucher/invoice")
async def from_invoice(
    request: Request, village: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Make a draft of the invoice's file and open it; the same file opens the same draft."""
    brought = await bringing.files(values)

    def work() -> Response:
        try:
            name = _draft(place, village, who.person, brought)
        except Refusal as refusal:
            return show(request, place, village, who.person, refusal, {})
        return RedirectResponse(f"/desk/{village}/voucher?draft={name}", 303)

    return await run_in_threadpool(work)


def _draft(place: Room, village: str, person: str, brought: list[Brought]) -> str:
    """Return the id of the draft for the first file.

    Raises:
        NotInvoice: there is none, or it states no invoice.
        Refusal: of `app.uploads`, or the village has too many drafts.
    """
    if not brought:
        raise NotInvoice
    paper = bringing.take(place, brought[0])
    invoice = invoices.kept(place.settings.papers, paper.digest)
    if invoice is None:
        raise NotInvoice
    name = sha256(f"{village} invoice {paper.digest}".encode()).hexdigest()[:32]
    with place.engine.begin() as conn:
        allowed(conn, person, village, place.clock.today())
        if drafts.get(conn, village, name) is None:
            fields = _fields(conn, village, invoice)
            fields["day"] = place.clock.today().isoformat()
            drafts.save(conn, village, person, Saved(name, 0), fields, place.clock.now())
            drafts.hold(conn, village, name, paper)
    return name


def _fields(conn: Connection, village: str, invoice: Invoice) -> dict[str, str]:
    """Return the fields of the payment of an invoice, as the seller was last paid."""
    last = _last(conn, village, invoice.seller)
    payee = last.payee if last and last.payee else Party(invoice.seller, "", "")
    spent = [leg.account for leg in last.legs if leg.fen > 0] if last else []
    money = [leg.account for leg in last.legs if leg.fen < 0] if last else []
    what = invoice.what.rpartition("*")[2] or invoice.what
    amount = plain(invoice.fen) if invoice.fen else ""
    return {
        "kind": "payment",
        "sheets": "1",
        "purpose": last.purpose if last else "",
        "summary": f"{what[:LONGEST]}（发票 {invoice.number}）",
        "payee": payee.name,
        "payee_account": payee.account,
        "payee_bank": payee.bank,
        "account0": spent[0] if len(spent) == 1 else "",
        "debit0": amount,
        "account1": money[0] if len(money) == 1 else _bank(conn, village),
        "credit1": amount,
    }


def _last(conn: Connection, village: str, seller: str) -> Voucher | None:
    """Return the last payment to a seller within the last twelve months that have vouchers."""
    known = posted.periods(conn, village)[-12:]
    if not known or not seller:
        return None
    found = posted.vouchers(conn, village, known[0], known[-1])
    paid = [
        one.voucher
        for one in found
        if one.voucher.kind == "payment"
        and not one.voucher.reverses
        and one.voucher.payee is not None
        and one.voucher.payee.name == seller
    ]
    return paid[-1] if paid else None


def _bank(conn: Connection, village: str) -> str:
    """Return the village's bank account where there is only one."""
    chart = chart_of(conn, village)
    leaves = [
        code for code in chart.accounts if code.partition(".")[0] == BANK and chart.is_leaf(code)
    ]
    return leaves[0] if len(leaves) == 1 else ""


class NotInvoice(Refusal):
    """The file states no electronic invoice."""

    code = "W668"
    says = "这个文件里没有读到电子发票，请用 OFD、XML 或税务平台的 PDF 原件，或直接填凭证。"
    status = 422
