"""What is done in the bank room: vouchers for many lines, payments told by the bank, links."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app.web import bank, lines
from app.web.bank import Place, back, picked
from app.web.lookup import full
from app.web.room import Form, InRoom, Room, Someone, reading, text
from app.web.rooms import act, desk_page
from app.web.signing import allowed
from approvals import cases, funds, keys, register, signoff, submission
from approvals.acts import Desk
from approvals.passkey import METHOD
from ledger.accounts import chart_of
from ledger.bank import Line, paying
from ledger.bank import store as bank_lines
from ledger.items import items
from ledger.money import yuan
from ledger.payments import store as payments
from ledger.posted import store as posted
from ledger.refusal import Refusal
from ledger.voucher import Voucher

router = APIRouter()


def nonced(desk: Desk, what: str) -> Desk:
    """Return a desk for one act of several that one form asks for."""
    nonce = sha256(f"{desk.nonce} {what}".encode()).hexdigest()[:32] if desk.nonce else ""
    return desk._replace(nonce=nonce)


def first(hand: keys.Hand, desk: Desk, found: Sequence[str]) -> list[tuple[str, Desk]]:
    """Return what to do with its desk: everything by PIN, by passkey one thing for a touch."""
    if hand.method == METHOD:
        return [(one, desk) for one in found[:1]]
    return [(one, nonced(desk, one)) for one in found]


def chosen(conn: Connection, village: str, here: Place, values: Mapping[str, Any]) -> list[Voucher]:
    """Return the vouchers for the ticked lines, with the items and accounts that were chosen.

    Lines that are answered by now are passed over, so a form sent twice does nothing twice.
    """
    ticked = picked(values)
    open_ = bank_lines.unmatched(conn, village, here.account)
    wanted = [line for line in open_ if line.key in ticked]
    known = lines.known(conn, village, here.account, wanted)
    return [_voucher(known, village, here.account, line, values) for line in wanted]


def _voucher(
    known: lines.Known, village: str, account: str, line: Line, values: Mapping[str, Any]
) -> Voucher:
    voucher = lines.proposed(known, village, account, line).voucher
    other = text(values, f"account-{line.key}").partition(" ")[0]
    legs = tuple(
        leg if leg.account == account else leg._replace(account=other or leg.account)
        for leg in voucher.legs
    )
    purpose = text(values, f"item-{line.key}") or voucher.purpose
    return replace(voucher, legs=legs, purpose=purpose, handler=text(values, "handler"))


@router.post("/desk/{village}/bank/look")
def look(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Show the vouchers of the ticked lines before they are submitted."""
    return preview(request, place, village, who.person, None, values)


def preview(
    request: Request,
    place: Room,
    village: str,
    person: str,
    refusal: Refusal | None = None,
    values: Mapping[str, Any] | None = None,
) -> Response:
    """Return the list of vouchers to submit, with the refusal of one."""
    given, day = values or {}, place.clock.today()
    with reading(place) as conn:
        allowed(conn, person, village, day)
        here = bank.where(conn, village, given, day)
        people, chart = register.of(conn, village), chart_of(conn, village)
        found = chosen(conn, village, here, given)
    if not found:
        return bank.show(request, place, village, person, refusal or NothingTicked(), given)
    values_of = {
        "here": here,
        "vouchers": found,
        "given": given,
        "items": items(),
        "names": {
            leg.account: full(chart, leg.account) if chart.knows(leg.account) else leg.account
            for voucher in found
            for leg in voucher.legs
        },
        "sums": {
            kind: sum(one.total for one in found if one.kind == kind)
            for kind in ("receipt", "payment")
        },
    }
    unit = {"code": village, "name": people.facts["name"]}
    mine = people.seats_of(person, day)
    return desk_page(request, "bank_look.html", unit, mine, values_of, refusal)


@router.post("/desk/{village}/bank/confirm")
def confirm(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Submit the vouchers of the ticked lines: all or none by one PIN, by passkey the first."""
    with reading(place) as conn:
        here = bank.where(conn, village, values, place.clock.today())

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> list[str]:
        if not picked(values):
            raise NothingTicked
        by_line = {one.bank_line: one for one in chosen(conn, village, here, values)}
        for key, anew in first(hand, desk, list(by_line)):
            voucher = funds.named(register.of(conn, village).current(), by_line[key])
            try:
                case = submission.submit(conn, hand, anew, voucher).case
            except Refusal as refusal:
                what = f"{voucher.day} {voucher.summary} {yuan(voucher.total)} 元"
                raise OneOfMany(what=what, why=refusal.sentence(), of=refusal.code) from refusal
            bank_lines.mark(conn, village, key, case)
        return []

    way = back(here)._replace(show=preview)
    return act(request, place, village, who.person, values, work, way)


@router.post("/desk/{village}/bank/pay")
def pay(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Record the payments that bank lines tell: all ticked by one PIN, by passkey the first."""
    with reading(place) as conn:
        here = bank.where(conn, village, values, place.clock.today())

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> list[str]:
        pairs = sorted(picked(values))
        if not pairs:
            raise NothingTicked
        for pair, anew in first(hand, desk, pairs):
            key, _, case = pair.partition(" ")
            settle(conn, hand, anew, case, key)
        return []

    return act(request, place, village, who.person, values, work, back(here))


def settle(conn: Connection, hand: keys.Hand, desk: Desk, case: str, key: str) -> None:
    """Record a payment on the bank line that shows it, once the line is what was signed.

    Raises:
        OtherLine, OtherPayee: of `ledger.bank.paying`; Refusal: of `approvals.signoff.pay`.
    """
    standing = cases.standing_of(conn, desk.village, case)
    if key:
        due = paying.due_of(case, standing.voucher, desk.at.date())
        line = bank_lines.get(conn, desk.village, key)
        account = bank_lines.account_of(conn, desk.village, key)
        if due is None or bank_lines.case_of(conn, desk.village, key) not in {None, case}:
            raise paying.OtherLine
        paying.check(due, account, line)
    signoff.pay(conn, hand, desk, case, key)
    payments.close(conn, desk.village, case)
    if key:
        bank_lines.mark(conn, desk.village, key, case)


@router.post("/desk/{village}/bank/answer")
def answer(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Say that a line is the movement of a case that is there already."""
    key, _, case = text(values, "same").partition(" ")
    why = text(values, f"why-{key}")[:200]
    try:
        with place.engine.begin() as conn:
            allowed(conn, who.person, village, place.clock.today())
            here = bank.where(conn, village, values, place.clock.today())
            link(conn, village, key, case, why)
    except Refusal as refusal:
        return bank.show(request, place, village, who.person, refusal, values)
    return RedirectResponse(f"/desk/{village}/bank?{here.query}&done=1", 303)


def link(conn: Connection, village: str, key: str, case: str, why: str) -> None:
    """Let a case answer a line of its account and amount; another payee asks for a reason.

    Raises:
        NotSame: the case does not move the account by that amount, or a line answers it already.
        NoWhy: the bank shows another payee than the voucher, and nobody says why.
    """
    if not bank_lines.has(conn, village, key):
        raise NotSame
    line, account = (
        bank_lines.get(conn, village, key),
        bank_lines.account_of(conn, village, key),
    )
    voucher = cases.standing_of(conn, village, case).voucher
    moved = {leg.fen for leg in voucher.legs if leg.account == account}
    used = posted.case_of_bank_line(conn, village, key)
    taken = bank_lines.cases(conn, village, account)
    if line.in_fen - line.out_fen not in moved or case in taken or used not in {None, case}:
        raise NotSame
    odd = voucher.payee is not None and paying.fit(voucher.payee, line).how == "odd"
    if odd and not why:
        assert voucher.payee is not None  # noqa: S101 - it is odd
        raise NoWhy(why=paying.fit(voucher.payee, line).why)
    bank_lines.mark(conn, village, key, case)
    bank_lines.note(conn, village, key, why or "人工对上")


@router.post("/desk/{village}/bank/free")
def free(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Undo a link that was made by hand; what is in the log stays."""
    key = text(values, "key")
    try:
        with place.engine.begin() as conn:
            allowed(conn, who.person, village, place.clock.today())
            here = bank.where(conn, village, values, place.clock.today())
            bound = posted.case_of_bank_line(conn, village, key) is not None
            if bound or not bank_lines.has(conn, village, key):
                raise Bound
            bank_lines.free(conn, village, key)
    except Refusal as refusal:
        return bank.show(request, place, village, who.person, refusal, values)
    return RedirectResponse(f"/desk/{village}/bank?{here.query}&done=1", 303)


class NothingTicked(Refusal):
    """No line was ticked."""

    code = "B025"
    says = "还没有勾选流水。请先勾选要办的几笔（键盘按空格）。"
    status = 422


class OneOfMany(Refusal):
    """One of several vouchers cannot be submitted, so none was."""

    code = "B026"
    says = "“{what}”不能提交（{of}）：{why}其余的也没有提交。"
    status = 422


class NotSame(Refusal):
    """The case is not the movement of the bank line."""

    code = "B027"
    says = "这件事项与这笔流水的账户或金额不同，或已经对上别的流水。请刷新页面后重选。"
    rule = "财会〔2024〕12号 第二十一条（二）防止重复入账"


class NoWhy(Refusal):
    """A line of another payee is linked without a reason."""

    code = "B028"
    says = "{why}。确是同一笔的，请在“说明”里写明原因后再对。"
    status = 422


class Bound(Refusal):
    """The link between line and case is in the log."""

    code = "B029"
    says = "这笔流水已写进凭证或付款记录，不能在这里取消。请由制单人撤回事项，已记账的用红字冲销。"
    rule = "会计基础工作规范 第五十一条"
