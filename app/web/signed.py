"""What one has signed oneself: to be read by whoever signed it, also without a seat any more."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from app import servant
from app.web.room import InRoom, Someone, page, reading
from approvals import receipts, register
from ledger import canonical
from ledger.log import store as log
from ledger.log.act import Event

router = APIRouter()
KINDS = {
    "case.signed": "审签",
    "paper.signed": "纸质签字",
    "meeting.closed": "会议表决",
    "voucher.submitted": "制单",
    "payment.made": "付款",
    "policy.adopted": "通过审签办法",
    "delegation.given": "委托",
}
MOST = 200
SECONDS = ("recorder", "confirmer", "signer")


@router.get("/signed")
def mine(request: Request, who: Someone, place: InRoom) -> Response:
    """Show what the visitor has signed, the latest first, in every village where they ever sat."""
    with reading(place) as conn:
        rows = [
            _row(people, event)
            for code, people in register.everywhere(conn)
            if who.person in people.people
            for event in _of(conn, code, who.person)
        ]
    rows.sort(key=lambda one: one["at"], reverse=True)
    return page(request, "signed.html", {"rows": rows[:MOST], "more": len(rows) > MOST})


def _of(conn: Connection, village: str, person: str) -> list[Event]:
    # Looked for in the bytes first: a village has thousands of events, and few are one person's.
    wanted = b":" + canonical.encode(person)
    found = log.events(conn, village, kinds=tuple(KINDS))
    return [one for one in found if wanted in one.body and _by(one, person)]


def _by(event: Event, person: str) -> bool:
    statement = event.statement()
    body = statement["body"]
    return person in {statement["person"], *(body.get(name) for name in SECONDS)}


def _row(people: register.Register, event: Event) -> dict[str, Any]:
    statement = event.statement()
    body = statement["body"]
    voucher = body.get("voucher", {})
    says = body.get("shown") or voucher.get("summary") or body.get("policy", {})
    return {
        "village": event.village,
        "name": people.facts["name"],
        "seq": event.seq,
        "at": statement["at"],
        "kind": KINDS[event.kind],
        "seat": register.title(statement["seat"]),
        "says": says["title"] if isinstance(says, dict) and says else says or event.subject,
        "decision": body.get("decision", ""),
        "opinion": body.get("opinion", ""),
    }


@router.get("/signed/{village}/{seq}")
def receipt(village: str, seq: int, who: Someone, place: InRoom) -> Response:
    """Give the receipt of an act of the visitor's own; of another's there is none here."""
    with reading(place) as conn:
        event = log.at(conn, village, seq)
        if event is None or not _by(event, who.person):
            raise HTTPException(404)
        given = receipts.give(conn, servant.hand(place.settings), village, seq)
    headers = {"content-disposition": f'attachment; filename="{village}-{seq}.receipt.txt"'}
    return Response(given, media_type="text/plain; charset=utf-8", headers=headers)
