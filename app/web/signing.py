"""The signer's pages: the case, sign or send back. Work without script."""

import io
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import pikepdf
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from app import bounded, budgets, facsimile, invoices, reviewing, servant
from app.web import waiting
from app.web.beside import account_name, beside
from app.web.hands import offered, perform
from app.web.room import (
    COOKIE,
    DEVICE,
    Form,
    InRoom,
    Room,
    Someone,
    page,
    reading,
    text,
    villages_of,
)
from app.web.whys import of_case
from approvals import cases, halves, keys, receipts, register, rules, seen, signoff, traces, wet
from approvals.acts import SEATS, Desk
from approvals.policy import Step
from approvals.register import Register
from approvals.signoff import shown
from approvals.standing import Standing
from disclosure.answers import plain
from ledger import papers
from ledger.accounts import chart_of
from ledger.items import items
from ledger.refusal import Refusal
from ledger.voucher import PAPERS, Paper

router = APIRouter()
PAGES = 8  # of a PDF that the case shows; the whole is one touch away
TYPES = {"pdf": "application/pdf", "png": "image/png", "jpeg": "image/jpeg"}
BARE = frozenset({"xml", "ofd"})  # no browser shows them: their fields are shown, the file is saved


def card(standing: Standing) -> dict[str, Any]:
    """Return what a list shows of a case."""
    voucher = standing.voucher
    return {
        "village": standing.village,
        "case": standing.case,
        "summary": voucher.summary,
        "fen": voucher.total,
        "payee": voucher.payee.name if voucher.payee else "",
        "day": voucher.day,
        "item": items()[voucher.purpose].zh,
        "state": rules.STATES[standing.state],
        "where": "、".join(step["title"] for step in standing.waiting()),
        "revision": standing.revision,
        "kind": voucher.kind,
        "number": str(standing.number) if standing.number else "",
    }


def allowed(conn: Connection, person: str, village: str, day: date) -> None:
    """Refuse a visitor who may sign nothing in the village; to them the page does not exist."""
    if village not in villages_of(conn, person, day):
        raise HTTPException(404)


def within(conn: Connection, person: str, standing: Standing, day: date) -> None:
    """Refuse who signs for a holder in other chains alone: this case is none of theirs."""
    people = register.of(conn, standing.village)
    if not people.seats_of(person, day) and not people.lent(person, day, standing.chain["id"]):
        raise HTTPException(404)


@router.get("/case/{village}/{case}")
def case_page(
    request: Request,
    village: str,
    case: str,
    who: Someone,
    place: InRoom,
    since: Annotated[int, Query(ge=0, le=99999)] = 0,
) -> Response:
    """Show a case: what is asked, the papers, who signed, and what the visitor may do."""
    return show_case(request, place, village, case, who.person, None, since)


def show_case(
    request: Request,
    place: Room,
    village: str,
    case: str,
    person: str,
    refusal: Refusal | None,
    since: int = 0,
) -> Response:
    """Return the page of a case; `since` is the revision to tell the changes from."""
    day = place.clock.today()
    with reading(place) as conn:
        allowed(conn, person, village, day)
        people = register.of(conn, village)
        standing = cases.standing_of(conn, village, case)
        within(conn, person, standing, day)
        trail = cases.trail(conn, village, case)
        chart = chart_of(conn, village)
        passkey, address = offered(conn, place, person, village)
        use = budgets.use_of(conn, village, standing.voucher, case)
        whys = of_case(conn, place.settings, standing, day)
        aside = beside(conn, standing, people, chart, day, since)
        waits = waiting.of_case(conn, village, case, person, place.clock.now())
        for one in waits:
            one["scan"] = _scan(place, one["body"]) if one["paper"] else None
        on_paper = waiting.on_paper(conn, standing, day)
        own = bool(people.seats_of(person, day)) and person not in standing.makers
    asked = rules.asked_of(standing, people, person, day)
    if asked:
        with place.engine.begin() as conn:
            reviewing.look(conn, request.cookies[COOKIE], standing, place.clock.now())
    shown_papers = [_shown(place, one) for one in _papers(standing)]
    stated = [one["invoice"] for one in shown_papers if one["invoice"]]
    payee = standing.voucher.payee
    legs = [
        {"name": account_name(chart, leg.account), "fen": leg.fen, "dims": leg.dims}
        for leg in standing.voucher.legs
    ]
    values = {
        "use": use,
        **aside,
        "whys": whys,
        "village": {"code": village, "name": people.facts["name"]},
        "card": card(standing),
        "voucher": standing.voucher,
        "sentence": shown(standing.voucher),
        "legs": legs,
        "papers": shown_papers,
        "added": len(standing.added),
        "may_add": standing.state != "withdrawn"
        and not set(SEATS["papers.added"]).isdisjoint(people.seats_of(person, day)),
        "kinds": PAPERS,
        "doubts": invoices.doubts(standing.voucher, people.facts["name"], stated),
        "pages": PAGES,
        "trail": trail,
        "steps": [(step, standing.satisfied(step)) for step in standing.steps()],
        "asked": [
            (step, seat, giver, _why(people, standing, step, day)) for step, seat, giver in asked
        ],
        "givers": {giver: people.name(giver) for _, _, giver in asked},
        "stuck": rules.stuck(standing, people, day),
        "kin": payee is not None and people.related(person, payee.name),
        "passkey": passkey,
        "address": address,
        "second": waits,
        "on_paper": on_paper if own else {},
        "form": request.query_params.get("form", ""),
        "reported": {one["id"] for one in waits if one["mine"] and one["good"]},
        "refusal": refusal,
        "typed": getattr(request.state, "form", {}),
        "titles": {seat: register.title(seat) for _, seat, _ in asked},
    }
    return page(request, "case.html", values, refusal.status if refusal else 200)


def _why(people: Register, standing: Standing, step: Step, day: date) -> dict[str, Any]:
    """Return by which rule a step asks for its seats, and who may record its meeting."""
    least, above = standing.chain["from_fen"], standing.chain["below_fen"]
    recorders = (one for seat in step["recorders"] for one in people.holders(seat, day))
    return {
        "policy": people.policies[standing.policy]["title"],
        "chain": standing.chain["title"],
        "seats": "、".join(register.title(seat) for seat in step["seats"]),
        "need": standing.needs.get(step["id"], 1),
        "done": len(standing.approvals(step)),
        "least": least,
        "most": above - 1 if above else 0,
        "recorders": [(one, people.name(one)) for one in recorders],
    }


def _scan(place: Room, body: Mapping[str, Any]) -> dict[str, Any]:
    return _shown(place, Paper(str(body["scan"]), "", ""))


def _papers(standing: Standing) -> tuple[Paper, ...]:
    return (*standing.voucher.papers, *standing.added)


def paper_of(place: Room, standing: Standing, digest: str) -> dict[str, Any]:
    """Return how a paper of a case can be shown; to a case without it the page does not exist."""
    for one in _papers(standing):
        if one.digest == digest:
            return _shown(place, one)
    raise HTTPException(404)


def _shown(place: Room, one: Paper) -> dict[str, Any]:
    """Return how a paper can be shown: a picture, a PDF of so many pages, or not at all.

    `invoice` is what it states as an electronic invoice, or None; `bare` tells that it has no face
    of its own.
    """
    try:
        data = papers.load(place.settings.papers, one.digest)
        kind = papers.sniff(data) or ""
        pages = _pages(data) if kind == "pdf" else 1
        invoice = invoices.kept(place.settings.papers, one.digest)
    except (Refusal, pikepdf.PdfError):
        kind, pages, invoice = "", 0, None
    found = {"kind": kind, "pages": pages, "invoice": invoice, "bare": kind in BARE}
    return {**one._asdict(), **found, "what": PAPERS.get(one.kind, "")}


def _pages(data: bytes) -> int:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return len(pdf.pages)


@router.post("/case/{village}/{case}/sign")
def sign(
    request: Request, village: str, case: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Sign, send back or recuse, by the visitor's hand."""
    request.state.form = values

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> Standing:
        seen.check(conn, village, case, text(values, "seen"))
        return signoff.sign(
            conn,
            hand,
            desk,
            case,
            text(values, "step"),
            text(values, "seat"),
            text(values, "decision") or "approve",
            opinion_of(conn, village, case, values),
            text(values, "giver"),
        )

    def done(after: Standing) -> str:
        with place.engine.begin() as conn:
            # Of a form that is sent again the leaf is the one it made, whoever signed since then.
            leaf = next(one.seq for one in reversed(after.signoffs) if one.person == who.person)
            traces.note(conn, village, leaf, request.cookies.get(DEVICE, ""))
        place.project(village)
        return signed(village, leaf)

    def refused(refusal: Refusal) -> Response:
        read = seen.revision(text(values, "seen"))
        return show_case(request, place, village, case, who.person, refusal, read)

    return perform(request, place, village, who.person, values, work, done=done, refused=refused)


def opinion_of(conn: Connection, village: str, case: str, values: Any) -> str:  # noqa: ANN401 - a form
    """Return the opinion of a form; sent back to a step, it begins with whom it asks to look."""
    opinion, back = text(values, "opinion"), text(values, "back")
    if not opinion:
        return ""
    titles = {
        one["id"]: one["title"] for one in cases.standing_of(conn, village, case).chain["steps"]
    }
    if text(values, "decision") == "return" and back in titles:
        opinion = f"【请“{titles[back]}”重看】{opinion}"
    return plain(opinion)


def signed(village: str, leaf: int) -> str:
    """Return the way back to the list, where the receipt of what was just signed is offered."""
    return f"/inbox?village={village}&done={leaf}"


@router.get("/receipt/{village}/{seq}")
def receipt(village: str, seq: int, who: Someone, place: InRoom) -> Response:
    """Give the receipt of an act to whoever holds a seat in the village."""
    with reading(place) as conn:
        allowed(conn, who.person, village, place.clock.today())
        given = receipts.give(conn, servant.hand(place.settings), village, seq)
    headers = {"content-disposition": f'attachment; filename="{village}-{seq}.receipt.txt"'}
    return Response(given, media_type="text/plain; charset=utf-8", headers=headers)


@router.get("/paper/{village}/{case}/{digest}")
def paper(
    village: str,
    case: str,
    digest: str,
    who: Someone,
    place: InRoom,
    page: Annotated[int, Query(ge=0, le=999)] = 0,
) -> Response:
    """Give a paper of a case to whoever holds a seat in the village; a page of a PDF as PNG."""
    with reading(place) as conn:
        allowed(conn, who.person, village, place.clock.today())
        standing = cases.standing_of(conn, village, case)
        within(conn, who.person, standing, place.clock.today())
        bodies = [half.act.body for half in halves.of_village(conn, village, case)]
        waits = (body.get(name) for body in bodies for name in ("scan", "minutes"))
        scans = {*wet.scans(conn, village, case), *cases.minutes(conn, village, case), *waits}
    if digest not in {one.digest for one in _papers(standing)} | scans:
        raise HTTPException(404)
    place.reveal(village, who.person, "paper", f"{case}/{digest}")
    data = papers.load(place.settings.papers, digest)
    if page and papers.sniff(data) == "pdf":
        drawn = bounded.run(facsimile.__file__, data, str(page))
        if drawn is None:
            raise HTTPException(404)
        data = drawn
    known = papers.sniff(data) or ""
    kind, bare = TYPES.get(known, "application/octet-stream"), known in BARE
    name = f"{digest[:12]}.{known}" if bare else digest[:12]
    headers = {
        "content-disposition": f'{"attachment" if bare else "inline"}; filename="{name}"',
        "content-security-policy": "sandbox; default-src 'none'; img-src 'self'",
    }
    return Response(data, media_type=kind, headers=headers)
