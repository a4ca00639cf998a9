"""An act by the visitor's hand: by PIN in one form, by passkey in two times the same form.

A page's script sends the form with `by=passkey`; the answer says what the passkey has to sign.
Sent again with the passkey's `answer`, the act is done. What was begun lies in the session, never
in the browser, and is good once, for five minutes, at the same address.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from fastapi import Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy import Connection

from app import pending as waiting
from app import registration
from app.registration import NoAddress
from app.web.api import problem
from app.web.room import COOKIE, Room, text
from approvals import keys, passkey, passkeys, touch
from approvals.passkeys import Owned
from approvals.touch import NotPending, Pending, Work
from ledger.refusal import Refusal

T = TypeVar("T")
SIGN = "passkey.sign"


def perform(  # noqa: PLR0913 - an act names who, where, what, and both ends of the way
    request: Request,
    place: Room,
    village: str,
    person: str,
    values: Mapping[str, Any],
    work: Work[T],
    *,
    done: Callable[[T], str],
    refused: Callable[[Refusal], Response],
) -> Response:
    """Let the visitor's hand do the work in one transaction, and send them on.

    `done` projects the books and returns where to go; `refused` shows the page with what was typed.
    """
    touched = text(values, "by") == passkey.METHOD
    try:
        if touched and not text(values, "answer"):
            return JSONResponse({"get": _begin(request, place, village, person, work)})
        if touched:
            result = _finish(request, place, village, person, text(values, "answer"), work)
        else:
            hand = keys.unlock(place.engine, person, text(values, "pin"))
            desk = place.desk(village, text(values, "nonce"))
            with place.engine.begin() as conn:
                result = work(conn, hand, desk)
    except Refusal as refusal:
        return refuse(refusal) if touched else refused(refusal)
    way = done(result)
    return JSONResponse({"go": way}) if touched else RedirectResponse(way, 303)


def _begin(request: Request, place: Room, village: str, person: str, work: Work[T]) -> Any:  # noqa: ANN401 - JSON
    rp, _ = party(place)
    at = place.desk(village).at
    asked, owned = touch.begin(place.engine, person, village, at, rp, work)
    begun(request, place, SIGN, [request.url.path, *asked])
    return registration.request(owned, asked)


def _finish(
    request: Request, place: Room, village: str, person: str, answer: str, work: Work[T]
) -> T:
    path, *asked = resumed(request, place, SIGN)
    pending = Pending(*asked)
    if (path, pending.village) != (request.url.path, village):
        raise NotPending
    return touch.finish(place.engine, person, pending, registration.asserted(answer), work)


def offered(conn: Connection, place: Room, person: str, village: str) -> tuple[Owned | None, str]:
    """Return the visitor's passkey in a village, or None, and the address where it works."""
    rp, address = registration.relying_party(place.settings.base_url)
    return passkeys.of_village(conn, person, village, rp), address


def party(place: Room) -> tuple[str, str]:
    """Return the relying party and the registered address.

    Raises:
        NoAddress: the installation's address can have no passkeys.
    """
    rp, address = registration.relying_party(place.settings.base_url)
    if not rp:
        raise NoAddress
    return rp, address


def begun(request: Request, place: Room, what: str, content: Any) -> None:  # noqa: ANN401 - JSON
    """Keep what the session has begun."""
    with place.engine.begin() as conn:
        waiting.keep(conn, request.cookies[COOKIE], what, content, place.clock.now())


def resumed(request: Request, place: Room, what: str) -> Any:  # noqa: ANN401 - JSON
    """Return what the session has begun; it is gone afterwards, whatever comes of it.

    Raises:
        NotPending: nothing, or too long ago.
    """
    with place.engine.begin() as conn:
        found = waiting.take(conn, request.cookies[COOKIE], what, place.clock.now())
    if found is None:
        raise NotPending
    return found


def refuse(refusal: Refusal) -> Response:
    """Answer a script with a refusal."""
    return problem(refusal.status, refusal.code, refusal.sentence())
