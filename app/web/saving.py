"""Voucher drafts and templates: saved, thrown away. Nothing here is signed or submitted."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app import drafts
from app.web.room import Form, InRoom, Room, Someone, reading, text
from app.web.writing import show
from approvals import register
from ledger.refusal import Refusal

router = APIRouter()
JSON = "application/json"


@router.post("/desk/{village}/drafts")
def save(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Save the form as a draft; a later version of another stays, and the saver is told."""
    fields = drafts.fields_of(values)
    upon = drafts.Saved(text(values, "draft"), drafts.version_of(text(values, "version")))

    def work(conn: Connection) -> drafts.Saved:
        return drafts.save(conn, village, who.person, upon, fields, place.clock.now())

    if request.headers.get("accept") == JSON:
        with reading(place) as conn:
            people = register.of(conn, village)
        with place.engine.begin() as conn:
            saved = work(conn)
        other = saved.other
        told = {"by": people.name(other.person), "at": other.updated_at} if other else None
        answer = {"draft": saved.id, "version": saved.version, "other": told}
        return Response(json.dumps(answer, ensure_ascii=False), media_type=JSON)
    try:
        with place.engine.begin() as conn:
            saved = work(conn)
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal, values)
    beside = "&beside=1" if saved.other else "&saved=1"
    return RedirectResponse(f"/desk/{village}/voucher?draft={saved.id}{beside}", 303)


@router.post("/desk/{village}/drafts/keep")
def keep(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Keep the form as a template (常用凭证) under a name."""
    fields, name = drafts.fields_of(values), text(values, "template_name")

    def work(conn: Connection) -> None:
        drafts.keep(conn, village, who.person, name, fields, place.clock.now())

    return _done(request, place, village, who.person, values, work)


@router.post("/desk/{village}/drafts/discard")
def discard(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Throw away a draft or template of the visitor's own."""

    def work(conn: Connection) -> None:
        drafts.discard(conn, village, who.person, text(values, "discard"))

    return _done(request, place, village, who.person, values, work)


def _done(
    request: Request,
    place: Room,
    village: str,
    person: str,
    values: Mapping[str, Any],
    work: Callable[[Connection], None],
) -> Response:
    try:
        with place.engine.begin() as conn:
            work(conn)
    except Refusal as refusal:
        return show(request, place, village, person, refusal, values)
    return RedirectResponse(f"/desk/{village}/voucher#drafts", 303)
