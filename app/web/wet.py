"""Wet signatures: print the form, bring back the scan; somebody in another seat confirms it."""

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from app import uploads
from app.web.hands import perform
from app.web.room import Form, InRoom, Room, Someone, reading, text
from app.web.signing import TYPES, show_case
from approvals import cases, halves, keys, register, rules, signoff, wet
from approvals.acts import Desk
from approvals.halves import Half
from approvals.wet import Signer
from ledger import papers
from ledger.refusal import Refusal
from reports.wet_form import Asked, wet_form_pdf

router = APIRouter()


@router.get("/case/{village}/{case}/form/{step}.pdf")
def form(village: str, case: str, step: str, who: Someone, place: InRoom) -> Response:
    """Give the form to be signed by hand for a waiting step."""
    with reading(place) as conn:
        standing, people = cases.standing_of(conn, village, case), register.of(conn, village)
    waiting = rules.step_of(standing, step)
    rules.check_method(waiting, "paper")
    if waiting not in wet.steps(standing):
        raise HTTPException(404)
    place.reveal(village, who.person, "voucher", case)
    signers = wet.signers(standing, people, waiting, place.clock.today())
    code = wet.code(standing, step)
    asked = Asked(
        waiting["title"],
        int(code.rpartition("-")[2]),
        "、".join(register.title(seat) for seat in waiting["seats"]),
        tuple(people.name(one.person) for one in signers),
        standing.revision,
        code,
    )
    url = f"{place.settings.base_url}/case/{village}/{case}?form={code}#paper"
    name = str(people.facts["name"])
    data = wet_form_pdf(name, case, standing.voucher, asked, url)
    return Response(data, media_type="application/pdf")


@router.post("/case/{village}/{case}/paper")
async def enter(
    request: Request, village: str, case: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Enter a wet signature: whose, which form, which day, the scan; by the visitor's hand."""
    request.state.form = values
    file = values.get("scan")
    data = b"" if file is None or isinstance(file, str) else await file.read()

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> Half:
        standing = cases.standing_of(conn, village, case)
        step = wet.step_of(conn, standing, text(values, "form"))
        signer, _, seat = text(values, "signer").partition("|")
        day, people = place.clock.today(), register.of(conn, village)
        wet.check_signer(standing, people, step, Signer(signer, seat), day)
        given = signoff.Form(signer, seat, _day(values), _kept(place, data))
        return halves.enter_paper(conn, hand, desk, case, step, given)

    def done(_: Half) -> str:
        return f"/case/{village}/{case}#second"

    def refused(refusal: Refusal) -> Response:
        return show_case(request, place, village, case, who.person, refusal)

    return await run_in_threadpool(
        perform, request, place, village, who.person, values, work, done=done, refused=refused
    )


def _day(values: Form) -> date:
    try:
        return date.fromisoformat(text(values, "day"))
    except ValueError as fault:
        raise NoDay from fault


def _kept(place: Room, data: bytes) -> str:
    if not data:
        raise NoScan
    if papers.sniff(data) not in TYPES:
        raise uploads.NoPaper
    return uploads.take(place.settings.papers, data)


class NoScan(Refusal):
    """No scan came with the form."""

    code = "W063"
    says = "请选好签了字的那张纸的扫描件或照片（JPEG、PNG、PDF）。"
    status = 422


class NoDay(Refusal):
    """The day of a wet signature is no day."""

    code = "W064"
    says = "请填纸上写的签字日期，例如 2022-02-08。"
    status = 422
