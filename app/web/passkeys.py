"""Passkeys at the counter: create one, let the registrar confirm it. Signing: `app.web.hands`.

The pages that a browser's script asks answer in JSON: options for the authenticator, where to go
on, or a refusal. Making one is begun and finished; what was begun lies in the session.
"""

import secrets

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy import Connection

from app import registration
from app.web.hands import begun, party, refuse, resumed
from app.web.room import Form, InRoom, Room, Someone, page, reading, text
from approvals import keys, passkeys, register
from approvals.register import REGISTRAR
from ledger.log import store as log
from ledger.refusal import Refusal

router = APIRouter()
CREATE = "passkey.create"


@router.get("/passkey")
def own(request: Request, who: Someone, place: InRoom) -> Response:
    """Show the visitor's passkey, and let them create one."""
    rp, address = registration.relying_party(place.settings.base_url)
    with reading(place) as conn:
        enrolled, offered = passkeys.of(conn, who.person)
    values = {
        "enrolled": enrolled if enrolled and enrolled.rp == rp else None,
        "offered": offered,
        "rp": rp if who.person != REGISTRAR else "",
        "address": address,
    }
    return page(request, "passkey.html", values)


@router.post("/passkey/begin")
def create(request: Request, values: Form, who: Someone, place: InRoom) -> Response:
    """Give the options by which the browser makes a passkey."""
    del values
    try:
        if who.person == REGISTRAR:
            raise passkeys.RegistrarHasPin
        rp, _ = party(place)
        challenge = secrets.token_bytes(32)
        with reading(place) as conn:
            enrolled, _ = passkeys.of(conn, who.person)
            title = _name(conn, who.person)
        begun(request, place, CREATE, challenge.hex())
    except Refusal as refusal:
        return refuse(refusal)
    options = registration.creation(rp, who.name, title, challenge, enrolled)
    return JSONResponse({"create": options})


def _name(conn: Connection, person: str) -> str:
    names = (register.of(conn, village).name(person) for village in log.villages(conn))
    return next((name for name in names if name != person), person)


@router.post("/passkey/finish")
def offer(request: Request, values: Form, who: Someone, place: InRoom) -> Response:
    """Take the passkey that the browser made; it waits for the registrar."""
    try:
        rp, _ = party(place)
        challenge = bytes.fromhex(resumed(request, place, CREATE))
        made = registration.created(text(values, "answer"), rp, challenge)
        with place.engine.begin() as conn:
            passkeys.offer(conn, who.person, made, place.clock.now())
    except Refusal as refusal:
        return refuse(refusal)
    return JSONResponse({"go": "/passkey"})


@router.get("/passkeys")
def office(request: Request, who: Someone, place: InRoom) -> Response:
    """Show the registrar the passkeys that wait."""
    del who
    return show_office(request, place, None)


def show_office(request: Request, place: Room, refusal: Refusal | None) -> Response:
    """Return the registrar's page."""
    with reading(place) as conn:
        found = passkeys.offers(conn, place.clock.today())
    values = {"offers": found, "refusal": refusal}
    return page(request, "passkeys.html", values, refusal.status if refusal else 200)


@router.post("/passkeys")
def confirm(request: Request, values: Form, who: Someone, place: InRoom) -> Response:
    """Enrol an offered passkey wherever its owner sits, by the registrar's PIN."""
    try:
        hand = keys.unlock(place.engine, who.person, text(values, "pin"))
        with place.engine.begin() as conn:
            done = passkeys.confirm(conn, hand, place.clock.now(), text(values, "key"))
    except Refusal as refusal:
        return show_office(request, place, refusal)
    for village in sorted({event.village for event in done}):
        place.project(village)
    return RedirectResponse("/passkeys", 303)


@router.post("/passkeys/discard")
def discard(request: Request, values: Form, who: Someone, place: InRoom) -> Response:
    """Drop an offered passkey that is not its owner's."""
    del who
    try:
        with place.engine.begin() as conn:
            passkeys.discard(conn, text(values, "key"))
    except Refusal as refusal:
        return show_office(request, place, refusal)
    return RedirectResponse("/passkeys", 303)
