"""Acts of two hands: a meeting closed by chair and recorder, at one desk or each on their own."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from app import uploads
from app.logins import Visitor
from app.web.hands import perform
from app.web.room import Form, InRoom, Room, Someone, reading, text
from app.web.signing import TYPES, show_case, signed
from approvals import cases, halves, keys, register, rules, seen, signoff
from approvals.acts import Desk
from approvals.halves import Half
from approvals.signoff import Tally
from approvals.standing import Standing
from ledger import papers
from ledger.refusal import Refusal

router = APIRouter()


@router.post("/case/{village}/{case}/meeting")
async def meeting(
    request: Request, village: str, case: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Sign a meeting's vote as its chair; with the recorder's PIN at the same desk it is closed.

    A photo of the minutes may come with it: its digest is in what both sign.
    """
    request.state.form = values
    file = values.get("minutes")
    data = b"" if file is None or isinstance(file, str) else await file.read()
    return await run_in_threadpool(_meeting, request, place, (village, case), values, who, data)


def _meeting(
    request: Request,
    place: Room,
    about: tuple[str, str],
    values: Form,
    who: Visitor,
    minutes: bytes,
) -> Response:
    village, case = about
    step, recorder = text(values, "step"), text(values, "recorder")

    def refused(refusal: Refusal) -> Response:
        read = seen.revision(text(values, "seen"))
        return show_case(request, place, village, case, who.person, refusal, read)

    if text(values, "recorder_pin") and not text(values, "by"):
        try:
            after = _both(place, about, values, who.person, minutes)
        except Refusal as refusal:
            return refused(refusal)
        place.project(village)
        return RedirectResponse(signed(village, after.signoffs[-1].seq), 303)

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> Half:
        seen.check(conn, village, case, text(values, "seen"))
        vote = (_tally(place, values, minutes), recorder)
        return halves.report_meeting(conn, hand, desk, case, step, vote)

    def done(_: Half) -> str:
        return f"/case/{village}/{case}#second"

    return perform(request, place, village, who.person, values, work, done=done, refused=refused)


def _both(
    place: Room, about: tuple[str, str], values: Form, person: str, minutes: bytes
) -> Standing:
    village, case = about
    chair = keys.unlock(place.engine, person, text(values, "pin"))
    recorder_id, step = text(values, "recorder"), text(values, "step")
    with reading(place) as conn:  # before a PIN is tried: nobody locks a stranger's
        if recorder_id == person:
            raise signoff.SamePerson
        _check_recorder(conn, place, village, case, (step, recorder_id))
    recorder = keys.unlock(place.engine, recorder_id, text(values, "recorder_pin"))
    tally = _tally(place, values, minutes)
    desk = place.desk(village, text(values, "nonce"))
    with place.engine.begin() as conn:
        seen.check(conn, village, case, text(values, "seen"))
        return signoff.close_meeting(conn, chair, recorder, desk, case, step, tally)


def _check_recorder(
    conn: Connection, place: Room, village: str, case: str, asked: tuple[str, str]
) -> None:
    people, day = register.of(conn, village), place.clock.today()
    step, recorder = asked
    waiting = rules.step_of(cases.standing_of(conn, village, case), step)
    if not any(people.holds(recorder, seat, day) for seat in waiting["recorders"]):
        titles = "、".join(register.title(seat) for seat in waiting["recorders"])
        raise rules.NoSeat(step=waiting["title"], seats=titles)


def _tally(place: Room, values: Form, minutes: bytes) -> Tally:
    roster, present = count(values, "roster"), count(values, "present")
    favour, against = count(values, "favour"), count(values, "against")
    digest = kept(place, minutes) if minutes else ""
    return Tally(place.clock.today(), roster, present, favour, against, digest)


def kept(place: Room, minutes: bytes) -> str:
    """Keep the photo of the minutes; return its digest.

    Raises:
        NoPaper: it is neither picture nor PDF.
    """
    if papers.sniff(minutes) not in TYPES:
        raise uploads.NoPaper
    return uploads.take(place.settings.papers, minutes)


def count(values: Mapping[str, Any], name: str) -> int:
    """Return a number of people or votes that was typed.

    Raises:
        NotCount: it is none.
    """
    given = text(values, name)
    if not (given.isascii() and given.isdecimal() and len(given) <= 6):  # noqa: PLR2004
        raise NotCount
    return int(given)


@router.post("/case/{village}/{case}/second")
def second(
    request: Request, village: str, case: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Confirm as the second hand what the first has signed; only now it stands in the log."""

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> Standing:
        return halves.confirm(conn, hand, desk, text(values, "half"))

    def done(after: Standing) -> str:
        place.project(village)
        return signed(village, after.signoffs[-1].seq)

    def refused(refusal: Refusal) -> Response:
        return show_case(request, place, village, case, who.person, refusal)

    return perform(request, place, village, who.person, values, work, done=done, refused=refused)


@router.post("/case/{village}/{case}/cancel")
def cancel(
    request: Request, village: str, case: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Let go of what the visitor has signed as the first hand; nothing was in the log."""
    try:
        with place.engine.begin() as conn:
            halves.cancel(conn, who.person, village, text(values, "half"))
    except Refusal as refusal:
        return show_case(request, place, village, case, who.person, refusal)
    return RedirectResponse(f"/case/{village}/{case}", 303)


class NotCount(Refusal):
    """A number of people is no number."""

    code = "W020"
    says = "人数和票数请填整数。"
    status = 422
