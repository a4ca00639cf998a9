"""Papers that come with a form: taken, told what they are, and added to a case later."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from app import invoices, uploads
from app.web.hands import perform
from app.web.room import Form, InRoom, Room, Someone, text
from app.web.signing import show_case
from approvals import keys, submission
from approvals.acts import Desk
from disclosure.answers import plain
from ledger.refusal import Refusal
from ledger.voucher import PAPERS, Paper

router = APIRouter()
FIELD = "papers"  # of any kind; `papers-contract` and so on say which


class Brought(NamedTuple):
    """A file of a form: its name, the kind that was said of it or empty, its bytes."""

    name: str
    kind: str
    data: bytes


async def files(values: Mapping[str, Any]) -> list[Brought]:
    """Return the papers of a form, those without a kind first."""
    fields = {FIELD: "", **{f"{FIELD}-{kind}": kind for kind in PAPERS}}
    chosen = [
        (kind, file)
        for field, kind in fields.items()
        for file in values.getlist(field)  # type: ignore[attr-defined]
        if not isinstance(file, str) and file.filename
    ]
    return [Brought(str(file.filename), kind, await file.read()) for kind, file in chosen]


def take(place: Room, brought: Brought) -> Paper:
    """Keep a paper and return what the voucher says of it.

    An invoice is known by its number, so that it is used once in the whole township under whatever
    name.

    Raises:
        Refusal: of `app.uploads`.
    """
    digest = uploads.take(place.settings.papers, brought.data)
    invoice = invoices.kept(place.settings.papers, digest)
    kind = brought.kind or ("invoice" if invoice else "")
    return Paper(digest, brought.name, invoice.number if invoice else "", kind)


@router.post("/case/{village}/{case}/papers")
async def add(
    request: Request, village: str, case: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Add papers to a case, with the reason, by the visitor's hand."""
    brought = await files(values)
    reason = text(values, "reason")

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> None:
        papers = [take(place, one) for one in brought]
        submission.add_papers(conn, hand, desk, case, papers, plain(reason) if reason else "")

    def done(_: None) -> str:
        place.project(village)
        return f"/case/{village}/{case}"

    def refused(refusal: Refusal) -> Response:
        return show_case(request, place, village, case, who.person, refusal)

    return await run_in_threadpool(
        perform, request, place, village, who.person, values, work, done=done, refused=refused
    )
