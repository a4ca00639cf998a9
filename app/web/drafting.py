"""The maker's acts: submit a voucher for its chain, amend one that came back, withdraw it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from app import drafts, proposals
from app.web import bringing
from app.web.draft import BadForm, drafted, mirrored
from app.web.lookup import resolved
from app.web.room import Form, InRoom, Someone, text
from app.web.rooms import act
from app.web.writing import WRITING
from approvals import funds, keys, paying_out, register, submission
from approvals.acts import Desk
from approvals.cases import standing_of
from disclosure.answers import plain
from ledger.accounts import chart_of
from ledger.bank import store as bank_lines
from ledger.posted import store as posted
from ledger.registers.dimensions import store as dimensions
from ledger.voucher import Number, Paper, Voucher

router = APIRouter()


@router.post("/desk/{village}/submit")
async def submit(
    request: Request, village: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Submit the voucher of the form: a new case, or the next revision of the maker's own."""
    brought = await bringing.files(values)

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> list[str]:
        case = text(values, "case")
        before = standing_of(conn, village, case).voucher if case else None
        paying_out.refuse_at_bank(conn, village, case)
        known = resolved(values, chart_of(conn, village))
        voucher = _voucher(conn, {**known, "village": village}, before)
        taken = tuple(bringing.take(place, one) for one in brought)
        held = drafts.held(conn, village, text(values, "draft"))
        papers = (*_kept(values, (*before.papers, *held) if before else held), *taken)
        voucher = replace(voucher, papers=papers, sheets=max(voucher.sheets, len(papers)))
        line = text(values, "bank_line") or voucher.bank_line
        if line:
            bank_lines.get(conn, village, line)
        policy = register.of(conn, village).current()
        voucher = funds.named(policy, replace(voucher, bank_line=line))
        case = submission.submit(conn, hand, desk, voucher, case).case
        if line:
            bank_lines.mark(conn, village, line, case)
        version = drafts.version_of(text(values, "version"))
        drafts.done(conn, village, text(values, "draft"), version)
        proposals.entered(conn, village, text(values, "draft"), case)
        return []

    return await run_in_threadpool(act, request, place, village, who.person, values, work, WRITING)


def _voucher(conn: Connection, values: Mapping[str, Any], before: Voucher | None) -> Voucher:
    village = text(values, "village")
    reverses = text(values, "reverses") or (before.reverses if before else "")
    if not reverses:
        return drafted(values, before, dimensions.known(conn, village))
    wrong = posted.by_number(conn, village, Number.parse(reverses))
    voucher = drafted(values, before)
    return mirrored(voucher, wrong.voucher) if wrong else voucher


def _kept(values: Mapping[str, Any], known: tuple[Paper, ...]) -> tuple[Paper, ...]:
    # Papers of the revision before, or of the draft, stay unless their mark was taken away.
    chosen = set(values.getlist("keep"))  # type: ignore[attr-defined]
    return tuple(paper for paper in known if paper.digest in chosen)


@router.post("/desk/{village}/withdraw")
def withdraw(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Withdraw a case of the maker's own with a reason; its bank line is free again."""

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> list[str]:
        case, reason = text(values, "case"), text(values, "reason")
        if not reason:
            raise BadForm(field="撤回原因")
        paying_out.refuse_at_bank(conn, village, case)
        submission.withdraw(conn, hand, desk, case, plain(reason))
        bank_lines.release(conn, village, case)
        return []

    return act(request, place, village, who.person, values, work, WRITING)
