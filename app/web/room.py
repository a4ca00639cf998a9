"""What every page has at hand: settings, database, clock, visitor, words, templates."""

import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from hmac import compare_digest
from importlib import resources
from typing import Annotated, Any, NamedTuple

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy import Connection, Engine
from starlette.exceptions import HTTPException

from app import database, logins
from app.clock import Clock
from app.logins import Visitor
from app.settings import Settings
from app.words import LANGUAGES, SOURCE, TAGS, translations
from approvals import register
from approvals.acts import Desk
from ledger.book import files
from ledger.initials import letters
from ledger.log import store as log
from ledger.money import capital, yuan
from ledger.reads import store as reads
from ledger.refusal import Refusal

COOKIE = "mingbai"
DEVICE = "device"
LANGUAGE = "lang"


class Room(NamedTuple):
    """An installation as the pages see it."""

    settings: Settings
    engine: Engine
    clock: Clock

    def desk(self, village: str, nonce: str = "") -> Desk:
        """Return a desk of a village at the present time, never before the log's last act."""
        with database.read(self.engine) as conn:
            last = log.last_at(conn, village)
        now = self.clock.now()
        return Desk(village, max(now, last) if last else now, nonce)

    def reveal(self, village: str, person: str, what: str, subject: str) -> None:
        """Note that a person reads personal data, before it is shown (`ledger.reads`)."""
        with self.engine.begin() as conn:
            reads.note(conn, village, self.clock.now(), person, what, subject)

    def project(self, village: str, *periods: str) -> None:
        """Write what changed of a village's books."""
        with database.read(self.engine) as conn:
            files.project(conn, village, self.settings.books, periods)


def room(request: Request) -> Room:
    """Return the room of a request."""
    found: Room = request.app.state.room
    return found


InRoom = Annotated[Room, Depends(room)]


@contextmanager
def reading(place: Room) -> Iterator[Connection]:
    """Give a connection for reading."""
    with database.read(place.engine) as conn:
        yield conn


def visitor(request: Request) -> Visitor | None:
    """Return who is logged in, or None; looked up once a request."""
    if not hasattr(request.state, "visitor"):
        token = request.cookies.get(COOKIE, "")
        place = room(request)
        found = None
        if token:
            with database.read(place.engine) as conn:
                found = logins.visitor(conn, token, place.clock.now())
        request.state.visitor = found
    known: Visitor | None = request.state.visitor
    return known


def someone(request: Request) -> Visitor:
    """Return who is logged in; anybody else is asked to log in."""
    found = visitor(request)
    if found is None:
        raise HTTPException(401)
    return found


Someone = Annotated[Visitor, Depends(someone)]


def seats_of(conn: Connection, person: str, day: date) -> dict[str, list[str]]:
    """Return the seats that a person holds, by village."""
    found = {}
    for village in log.villages(conn):
        seats = register.of(conn, village).seats_of(person, day)
        if seats:
            found[village] = seats
    return found


def villages_of(conn: Connection, person: str, day: date) -> list[str]:
    """Return the villages in which a person may sign: by a seat of their own, or by one lent."""
    return [
        code
        for code, people in register.everywhere(conn)
        if people.seats_of(person, day) or people.borrowed(person, day)
    ]


async def form(request: Request) -> AsyncIterator[Mapping[str, Any]]:
    """Give the form of a request whose session token is right; its files end with the request.

    Raises:
        StaleForm: the page is older than the session, or the form is not ours.
    """
    async with request.form() as values:
        found = visitor(request)
        if found is not None:
            given = str(values.get("csrf", ""))
            if not compare_digest(given.encode(), found.csrf.encode()):
                raise StaleForm
        yield values


Form = Annotated[Mapping[str, Any], Depends(form)]


def text(values: Mapping[str, Any], name: str) -> str:
    """Return a text field, stripped; empty when it is missing."""
    value = values.get(name, "")
    return value.strip() if isinstance(value, str) else ""


@cache
def environment(language: str) -> Environment:
    """Return the templates in a language."""
    made = Environment(
        loader=PackageLoader("app.web"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    made.filters.update(yuan=yuan, capital=capital, at=at, month=month)
    made.filters["letters"] = lambda name: " ".join(letters(name))
    made.globals["asset"] = _asset()
    return made


@cache
def _asset() -> str:
    # The files' own digest in their address: browsers may keep them for ever.
    from hashlib import sha256  # noqa: PLC0415

    files_ = sorted((resources.files("app.web") / "static").iterdir(), key=lambda one: one.name)
    data = b"".join(one.read_bytes() for one in files_)
    return sha256(data).hexdigest()[:8]


def at(value: str | datetime) -> str:
    """Return a time as people write it, `2021-05-12 09:30`."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) and value else value
    return moment.strftime("%Y-%m-%d %H:%M") if isinstance(moment, datetime) else ""


def month(period: str) -> str:
    """Return a period as a title, `2021年5月`."""
    return f"{period[:4]}年{int(period[5:])}月"


def language(request: Request) -> str:
    """Return the language asked for by address or by cookie; Chinese otherwise."""
    asked = request.query_params.get(LANGUAGE) or request.cookies.get(LANGUAGE, "")
    return asked if asked in LANGUAGES else SOURCE


def page(request: Request, template: str, values: Mapping[str, Any], status: int = 200) -> Response:
    """Return a page in the visitor's language."""
    place, tongue = room(request), language(request)
    try:
        known = visitor(request)
    except Exception:  # noqa: BLE001 - the page that reports a broken database must not need it
        known = None
    common = {
        "lang": tongue,
        "languages": LANGUAGES,
        "tag": TAGS.get(tongue, tongue),
        "visitor": known,
        "settings": place.settings,
        "today": place.clock.today(),
        "path": request.url.path,
        "nonce": secrets.token_hex(16),
    }
    html = environment(tongue).get_template(template).render({**common, **values})
    answer = HTMLResponse(html, status)
    if request.query_params.get(LANGUAGE) in LANGUAGES:
        answer.set_cookie(LANGUAGE, tongue, max_age=31_536_000, samesite="lax", httponly=True)
    return answer


class StaleForm(Refusal):
    """The form's token is not the session's."""

    code = "W012"
    says = "页面已经过期，没有提交。请返回刷新后重试。"
    status = 403
