"""Log in, log out, and each visitor's own first page."""

import secrets

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app import logins
from app.web.room import (
    COOKIE,
    DEVICE,
    Form,
    InRoom,
    Someone,
    page,
    reading,
    seats_of,
    text,
    visitor,
)
from ledger.refusal import Refusal

router = APIRouter()
KEEPERS = frozenset({"bookkeeper", "reviewer", "cashier", "registrar"})


@router.get("/login")
def login_page(request: Request) -> Response:
    """Show the login form."""
    return page(request, "login.html", {"refusal": None, "name": ""})


@router.post("/login")
def log_in(request: Request, values: Form, place: InRoom) -> Response:
    """Check name and password and open a session."""
    name = text(values, "name")
    try:
        token = logins.enter(place.engine, name, text(values, "password"), place.clock.now())
    except Refusal as refusal:
        return page(request, "login.html", {"refusal": refusal, "name": name}, refusal.status)
    if visitor(request) is not None:  # the next one at this computer
        with place.engine.begin() as conn:
            logins.leave(conn, request.cookies.get(COOKIE, ""))
    answer = RedirectResponse("/home", 303)
    secure = place.settings.secure
    answer.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=secure, path="/")
    if not request.cookies.get(DEVICE):  # tells one phone from another, not who holds it
        device, years = secrets.token_hex(16), 5 * 31_536_000
        answer.set_cookie(
            DEVICE, device, max_age=years, httponly=True, samesite="lax", secure=secure, path="/"
        )
    return answer


@router.post("/logout")
def log_out(request: Request, values: Form, place: InRoom) -> Response:
    """End the session."""
    del values
    if visitor(request) is not None:
        with place.engine.begin() as conn:
            logins.leave(conn, request.cookies.get(COOKIE, ""))
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


@router.get("/home")
def home(who: Someone, place: InRoom) -> Response:
    """Send a visitor to the page of their seats: the desk, the audit desk, or the inbox."""
    with reading(place) as conn:
        mine = seats_of(conn, who.person, place.clock.today())
    seats = {seat for several in mine.values() for seat in several}
    if seats & KEEPERS:
        return RedirectResponse("/desk", 303)
    if "auditor" in seats:
        return RedirectResponse("/auditor", 303)
    return RedirectResponse("/inbox", 303)
