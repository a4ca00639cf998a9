"""Public pages kept in memory until anything is written: villagers open the same few in minutes.

Only what a visitor without a session is given is kept, and only while the database stands as it
stood when the page was made. Each page carries the digest of its bytes (ETag), so that a phone
that has it is told so in a few bytes.
"""

import asyncio
from collections import OrderedDict
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.database import Version
from app.web.room import COOKIE, LANGUAGE

PREFIXES = ("/v/", "/api/v1/villages")
PRIVATE = "/household"
MOST = 64 * 2**20  # bytes of all pages together
LONGEST = 4 * 2**20
OK = 200
Key = tuple[str, bytes, str, str]


class Kept(NamedTuple):
    """A page as it was sent, its tag, and the version of the database that it was made of."""

    headers: list[tuple[bytes, bytes]]
    body: bytes
    tag: str
    version: str


class Cache:
    """Middleware: answer a public page from memory, or keep it as it goes by."""

    def __init__(self, app: ASGIApp, version: Version) -> None:
        self.app = app
        self.version = version
        self.kept: OrderedDict[Key, Kept] = OrderedDict()
        self.size = 0
        self.turns: dict[Key, asyncio.Lock] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request from memory where that may be."""
        key = _key(scope)
        if key is None:
            await self.app(scope, receive, send)
            return
        version = await self._now()
        found = self._fresh(key, version)
        if found is None:
            # The first of many asks for the page; the others wait for it instead of asking too.
            async with self.turns.setdefault(key, asyncio.Lock()):
                version = await self._now()
                found = self._fresh(key, version)
                if found is None:
                    found = await self._made(key, version, (scope, receive, send))
            self.turns.pop(key, None)
        if found is not None:
            await _answer(found, scope)(scope, receive, send)

    async def _now(self) -> str:
        if self.version.quick:
            return self.version.now()
        return await run_in_threadpool(self.version.now)

    def _fresh(self, key: Key, version: str) -> Kept | None:
        found = self.kept.get(key)
        if found is None or found.version != version:
            return None
        self.kept.move_to_end(key)
        return found

    async def _made(
        self, key: Key, version: str, asked: tuple[Scope, Receive, Send]
    ) -> Kept | None:
        """Let the page be made; keep it, or hand on what is none as it comes."""
        scope, receive, send = asked
        start: Message = {}
        parts: list[bytes] = []

        async def caught(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                if not _keepable(message):
                    await send(message)
            elif _keepable(start):
                parts.append(message.get("body", b""))
            else:
                await send(message)

        await self.app(scope, receive, caught)
        if not _keepable(start):
            return None
        body = b"".join(parts)
        made = Kept(list(start["headers"]), body, f'"{sha256(body).hexdigest()[:32]}"', version)
        self._keep(key, made)
        return made

    def _keep(self, key: Key, made: Kept) -> None:
        before = self.kept.pop(key, None)
        self.size -= len(before.body) if before else 0
        if len(made.body) > LONGEST:
            return
        self.kept[key] = made
        self.size += len(made.body)
        while self.size > MOST:
            _, dropped = self.kept.popitem(last=False)
            self.size -= len(dropped.body)


def _key(scope: Scope) -> Key | None:
    """Return what a page depends on besides the database, or None where it is not kept."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    path = scope["path"]
    if not (path == "/" or path.startswith(PREFIXES)) or path.endswith(PRIVATE):
        return None
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(Headers(scope=scope).get("cookie", ""))
    except CookieError:
        return None
    if COOKIE in jar:
        return None
    day = scope["app"].state.room.clock.today().isoformat()
    tongue = jar[LANGUAGE].value if LANGUAGE in jar else ""
    return path, scope["query_string"], tongue, day


def _keepable(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    private = "set-cookie" in headers or "no-store" in headers.get("cache-control", "")
    return start["status"] == OK and not private


def _answer(found: Kept, scope: Scope) -> Response:
    given = Headers(scope=scope).get("if-none-match", "")
    if found.tag in (one.strip().removeprefix("W/") for one in given.split(",")):
        answer = Response(status_code=304)
    else:
        answer = Response(found.body)
        answer.raw_headers = list(found.headers)
    headers = MutableHeaders(raw=answer.raw_headers)
    headers["etag"] = found.tag
    headers["cache-control"] = "no-cache"  # ask each time whether it is still the same
    headers["vary"] = "Cookie"
    answer.raw_headers = headers.raw
    return answer
