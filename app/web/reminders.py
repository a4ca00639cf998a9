"""How the visitor is reminded: where to reach them, what was sent; for the office what was not."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app import contacts, outbox
from app.contacts import MAIL, Contact
from app.web.room import Form, InRoom, Room, Someone, page, reading, text
from approvals.register import REGISTRAR
from ledger.refusal import Refusal

router = APIRouter()
SHOWN = 20
# What channels are called; another adapter's is its own name.
CHANNELS = {MAIL: "电子邮箱", "sms": "手机号（短信）", "wecom": "企业微信账号"}


@router.get("/reminders")
def own(request: Request, who: Someone, place: InRoom) -> Response:
    """Show where the visitor is reached and what was sent to them."""
    return show(request, place, who.person, None)


def show(request: Request, place: Room, person: str, refusal: Refusal | None) -> Response:
    """Return the page, with the refusal of what was typed."""
    with reading(place) as conn:
        known = contacts.of(conn, person)
        letters = outbox.to(conn, person, SHOWN)
        stuck = outbox.not_gone(conn) if person == REGISTRAR else []
    ways = [MAIL, *(name for name in place.settings.channels if name != MAIL)]
    values = {
        "ways": [(name, CHANNELS.get(name, name), known.get(name)) for name in ways],
        "mail": bool(place.settings.smtp_host),
        "language": next((one.language for one in known.values()), "zh"),
        "letters": [_shown(one) for one in letters],
        "stuck": [_shown(one) for one in stuck],
        "office": person == REGISTRAR,
        "refusal": refusal,
        "typed": getattr(request.state, "form", {}),
        "kept": bool(request.query_params.get("done")),
    }
    return page(request, "reminders.html", values, refusal.status if refusal else 200)


def _shown(one: outbox.Kept) -> dict[str, Any]:
    items = one.content["items"]
    return {
        "id": one.id,
        "at": one.at,
        "channel": CHANNELS.get(one.channel, one.channel),
        "state": outbox.STATES[one.state],
        "said": one.said,
        "count": len(items),
        "late": sum(item["late_days"] > 0 for item in items),
    }


@router.post("/reminders")
def keep(request: Request, values: Form, who: Someone, place: InRoom) -> Response:
    """Keep where the visitor is reached; an empty field ends it."""
    request.state.form = values
    try:
        with place.engine.begin() as conn:
            for name in (MAIL, *place.settings.channels):
                address = text(values, f"address-{name}")
                contacts.keep(conn, Contact(who.person, name, address, text(values, "language")))
    except Refusal as refusal:
        return show(request, place, who.person, refusal)
    return RedirectResponse("/reminders?done=1", 303)


@router.post("/reminders/again")
def again(request: Request, values: Form, who: Someone, place: InRoom) -> Response:
    """Let the next run send once more what did not go."""
    try:
        with place.engine.begin() as conn:
            outbox.again(conn, text(values, "letter"), place.clock.now())
    except Refusal as refusal:
        return show(request, place, who.person, refusal)
    return RedirectResponse("/reminders?done=1", 303)
