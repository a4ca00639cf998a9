"""The auditor's pages: the villages, the mark of a quarter, the books as a file, Fava."""

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app import database, logins, registration
from app.desk import bundle
from app.web.hands import offered, perform
from app.web.room import COOKIE, Form, InRoom, Room, Someone, page, reading, seats_of, text
from approvals import keys, register
from approvals import reading as personal
from approvals.acts import Desk
from approvals.verify import verify
from disclosure import audits
from disclosure.signers import quarter
from ledger import periods
from ledger.posted import store as posted
from ledger.reads import store as reads
from ledger.refusal import Refusal
from reports.auditors import desk

router = APIRouter()
SHOWN = 300  # reads on the page; the command shows all


def audited(place: Room, person: str) -> list[str]:
    """Return the villages in which a person holds the auditor's seat today."""
    with reading(place) as conn:
        mine = seats_of(conn, person, place.clock.today())
    return [village for village, seats in mine.items() if "auditor" in seats]


@router.get("/auditor")
def auditor(request: Request, who: Someone, place: InRoom) -> Response:
    """Show the villages an auditor may see, with their seals and quarters."""
    return show(request, place, who.person, None)


def show(request: Request, place: Room, person: str, refusal: Refusal | None) -> Response:
    """Return the auditor's first page."""
    villages = audited(place, person)
    if not villages:
        raise HTTPException(404)
    rows = []
    with reading(place) as conn:
        for village in villages:
            seals = posted.seals(conn, village)
            done = audits.marks(conn, village)
            quarters = sorted({quarter(seal.period) for seal in seals if _ends(seal.period)})
            rows.append(
                {
                    "code": village,
                    "name": register.of(conn, village).facts["name"],
                    "sealed": seals[-1].period if seals else "",
                    "root": seals[-1].root if seals else "",
                    "years": sorted({seal.period[:4] for seal in seals}),
                    "open": [one for one in quarters if one not in done],
                    "done": done,
                    "passkey": offered(conn, place, person, village)[0],
                }
            )
    address = registration.relying_party(place.settings.base_url)[1]
    values = {"rows": rows, "refusal": refusal, "address": address}
    return page(request, "auditor.html", values, refusal.status if refusal else 200)


def _ends(period: str) -> bool:
    return int(periods.parse(period)[5:]) % 3 == 0


@router.post("/auditor/{village}/mark")
def mark(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Enter the opinion on a quarter."""
    if village not in audited(place, who.person):
        raise HTTPException(404)
    chosen, opinion = text(values, "quarter"), text(values, "opinion")

    def work(conn: Connection, hand: keys.Hand, desk_: Desk) -> None:
        audits.mark(conn, hand, desk_, chosen, opinion, text(values, "findings"))

    def done(_: None) -> str:
        place.project(village)
        return "/auditor?done=1"

    def refused(refusal: Refusal) -> Response:
        return show(request, place, who.person, refusal)

    return perform(request, place, village, who.person, values, work, done=done, refused=refused)


@router.get("/auditor/{village}/books.zip")
def books(village: str, who: Someone, place: InRoom) -> Response:
    """Give a village's books directory as one file."""
    if village not in audited(place, who.person):
        raise HTTPException(404)
    place.reveal(village, who.person, "books", "all")
    headers = {"content-disposition": f'attachment; filename="{village}.zip"'}
    data = bundle(place.settings.books / village)
    return Response(data, media_type="application/zip", headers=headers)


@router.get("/auditor/{village}/verify")
def verified(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Verify a village's books by the separate evaluation and show the verdict."""
    if village not in audited(place, who.person):
        raise HTTPException(404)
    verdict = verify(place.settings.books / village)
    return page(request, "verdict.html", {"verdict": verdict})


@router.get("/auditor/{village}/reads")
def personal_reads(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show who read personal data in a village, and whether the log still vouches for it."""
    if village not in audited(place, who.person):
        raise HTTPException(404)
    with reading(place) as conn:
        people, until = register.of(conn, village), reads.last(conn, village)
        rows = reads.reads(conn, village, max(1, until - SHOWN + 1), until)
        bound = personal.check(conn, village)
    values = {
        "village": {"code": village, "name": people.facts["name"]},
        "rows": [(one, people.name(one.person), reads.KINDS[one.what]) for one in reversed(rows)],
        "count": until,
        "bound": bound[-1].last if bound else 0,
        "bad": [one for one in bound if not one.good],
    }
    return page(request, "reads.html", values)


def mount(web: FastAPI) -> None:
    """Mount the audit desk behind the login: it learns which villages the visitor may see."""
    place: Room = web.state.room
    web.mount("/audit", _Door(desk(place.settings.books), place))


class _Door:
    """Puts the villages of the visitor into the scope; nobody else's books exist behind it."""

    def __init__(self, inner: ASGIApp, place: Room) -> None:
        self.inner = inner
        self.place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            token = HTTPConnection(scope).cookies.get(COOKIE, "")
            person, mine = await run_in_threadpool(self._who, token)
            scope["mingbai.villages"] = frozenset(mine)
            if not mine:
                answer = PlainTextResponse("没有这一页。", 404)
                await answer(scope, receive, send)
                return
            asked = scope["path"].removeprefix(scope.get("root_path", "")).removeprefix("/audit")
            for village in mine:
                if asked.startswith(f"/{village}-"):
                    await run_in_threadpool(self.place.reveal, village, person, "audit", "")
        await self.inner(scope, receive, send)

    def _who(self, token: str) -> tuple[str, list[str]]:
        """Return who has this token and the villages that they audit."""
        if not token:
            return "", []
        with database.read(self.place.engine) as conn:
            who = logins.visitor(conn, token, self.place.clock.now())
        return (who.person, audited(self.place, who.person)) if who else ("", [])
