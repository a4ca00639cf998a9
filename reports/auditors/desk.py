"""The audit desk as an ASGI application, to be mounted behind a login.

The login puts the villages that the visitor may see into the scope, under `mingbai.villages`: a set
of codes, or codes with the folders of their books. To everybody else nothing exists: what a visitor
may not see and what there is not are answered alike.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Any, NamedTuple

from a2wsgi import WSGIMiddleware

from ledger.refusal import Refusal
from reports.auditors import books, listing, pages, trail
from reports.auditors.application import build
from reports.auditors.books import Allowed
from reports.auditors.ledgers import SCOPE
from reports.auditors.trail import Trail

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Trails = Callable[[str, str], Trail | None]

READING = frozenset({"GET", "HEAD"})
WORKERS = 16
HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
}
RULES = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
OURS = (RULES + "style-src 'self'; img-src 'self'").encode()
# Fava's editor writes style elements and its highlighter is WebAssembly; scripts are files alone.
FAVA = (
    RULES + "script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'"
).encode()
HTML, CSS = "text/html; charset=utf-8", "text/css; charset=utf-8"


class Answer(NamedTuple):
    """An answer of the desk's own."""

    status: int
    body: bytes
    kind: str = HTML


def desk(books_root: Path, trail: Trails | None = None, language: str = "zh_CN") -> App:
    """Return the audit desk over the books under a directory.

    `trail` gives the trail of a case by village and case; without it the desk reads the events
    files beside the books. `language` is one of Fava's.
    """
    return Desk(books_root, trail, language)


class Desk:
    """Decides who may see what, shows the desk's own pages, and hands the rest to Fava."""

    def __init__(self, root: Path, trails: Trails | None, language: str) -> None:
        self._root = root
        self._trails = trails
        self.fava = build(root, language)
        fava: Any = self.fava
        self._wsgi: Any = WSGIMiddleware(fava, workers=WORKERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; anything but HTTP is not known here."""
        if scope["type"] != "http":
            await self._wsgi(scope, receive, send)
            return
        send = _reading(scope, send)
        answer = await self._own(scope)
        if answer is not None:
            await _send(answer, _with_headers(send, OURS))
            return
        await self._wsgi({**scope, "method": "GET"}, receive, _with_headers(send, FAVA))

    async def _own(self, scope: Scope) -> Answer | None:
        """Return the desk's own answer, or None where Fava answers."""
        allowed: Allowed | None = scope.get(SCOPE)
        home, path = _address(scope)
        if allowed is None:
            return _missing(home)
        if scope["method"] not in READING:
            return _page(405, pages.refusal(home, pages.SENTENCES[405]))
        try:
            return await asyncio.to_thread(self._found, home, path, allowed)
        except KeyError:
            return _missing(home)
        except Refusal as refusal:
            sentence = f"[{refusal.code}] {refusal.sentence()}"
            return _page(refusal.status, pages.refusal(home, sentence))

    def _found(self, home: str, path: str, allowed: Allowed) -> Answer | None:
        """Return the first page or an entry's; let a book through that the visitor may see."""
        head, _, rest = path.partition("/")
        if head == "static":
            return None
        if path == f"style/{pages.STYLE}":
            return Answer(200, pages.style(), CSS)
        if not path:
            return _page(200, pages.index(home, books.shelves(self._root, allowed)))
        if head == "entry":
            village, _, case = rest.partition("/")
            return self._entry(home, allowed, village, case)
        if head == "entries":
            village, _, year = rest.rstrip("/").partition("/")
            return self._entries(home, allowed, village, year)
        books.find(self._root, allowed, head)
        return None

    def _entries(self, home: str, allowed: Allowed, village: str, year: str) -> Answer:
        found = listing.read(books.folder_of(self._root, allowed, village), village, year)
        if found is None:
            raise KeyError(year)
        return _page(200, pages.entries(home, found))

    def _entry(self, home: str, allowed: Allowed, village: str, case: str) -> Answer:
        folder = books.folder_of(self._root, allowed, village)
        found = self._trails(village, case) if self._trails else trail.read(folder, village, case)
        if found is None:
            raise KeyError(case)
        return _page(200, pages.entry(home, found))


def _address(scope: Mapping[str, Any]) -> tuple[str, str]:
    """Return where the desk is mounted, and the path below that."""
    home, path = scope.get("root_path", ""), scope["path"]
    return home, path.removeprefix(home).removeprefix("/")


def _page(status: int, html: str) -> Answer:
    return Answer(status, html.encode())


def _missing(home: str) -> Answer:
    return _page(404, pages.refusal(home, pages.SENTENCES[404]))


async def _send(answer: Answer, send: Send) -> None:
    headers = [
        (b"content-type", answer.kind.encode()),
        (b"content-length", str(len(answer.body)).encode()),
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def _with_headers(send: Send, policy: bytes) -> Send:
    """Add what every answer carries; pages are kept by nobody, files that never change may be."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = dict(message["headers"])
            page = given.get(b"content-type", b"").split(b";")[0] in {
                b"text/html",
                b"application/json",
            }
            keep = b"no-store" if page else b"private, max-age=3600"
            ours = {**HEADERS, b"content-security-policy": policy, b"cache-control": keep}
            rest = [(name, value) for name, value in message["headers"] if name not in ours]
            message = {**message, "headers": [*rest, *ours.items()]}
        await send(message)

    return sending


def _reading(scope: Scope, send: Send) -> Send:
    """For HEAD, send everything but the body: Fava, read-only, would refuse it."""
    if scope["method"] != "HEAD":
        return send

    async def without_body(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return without_body
