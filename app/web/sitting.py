"""The sitting of a meeting: presence ticked once, a tally for each case, closed by two PINs.

Each case stays an act of its own, signed by chair and recorder; one PIN of each does for the list.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from app import meetings, reviewing
from app.meetings import Call
from app.web import halves
from app.web.meetings import show, show_one
from app.web.review import Item, own_nonce
from app.web.room import Form, InRoom, Room, Someone, reading, text
from approvals import cases, keys, register, rules, seen, signoff
from approvals.keys import Hand
from approvals.signoff import Tally
from ledger.refusal import Refusal

router = APIRouter()


class Vote(NamedTuple):
    """What a form says of a case: its tally and the mark of what was on the screen."""

    case: str
    seen: str
    tally: Tally


class Outcome(NamedTuple):
    """What became of a case: the leaf of the vote, or the refusal."""

    case: str
    seq: int
    refusal: Refusal | None


@router.post("/desk/{village}/meetings/{name}/present")
def present(
    request: Request, village: str, name: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Keep who is present."""
    ticked = [str(one) for one in values.getlist("present")]  # type: ignore[attr-defined]
    try:
        with place.engine.begin() as conn:
            meetings.attend(conn, village, name, who.person, place.clock.today(), ticked)
    except meetings.NoCall as refusal:
        return show(request, place, village, who.person, refusal)
    except Refusal as refusal:
        return show_one(request, place, village, name, who.person, refusal)
    return RedirectResponse(f"/desk/{village}/meetings/{name}#votes", 303)


@router.post("/desk/{village}/meetings/{name}/close")
async def close(
    request: Request, village: str, name: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Close the cases that have a tally: each by an act of its own, all by one PIN of each hand."""
    request.state.form = values
    file = values.get("minutes")
    data = b"" if file is None or isinstance(file, str) else await file.read()

    def work() -> Response:
        try:
            outcomes = _close(place, village, name, values, who.person, data)
        except meetings.NoCall as refusal:
            return show(request, place, village, who.person, refusal)
        except Refusal as refusal:
            return show_one(request, place, village, name, who.person, refusal)
        if any(one.seq for one in outcomes):
            place.project(village)
        return show_one(request, place, village, name, who.person, None, outcomes)

    return await run_in_threadpool(work)


def _close(
    place: Room, village: str, name: str, values: Mapping[str, Any], person: str, data: bytes
) -> list[Outcome]:
    """Ask the rules about every case before a PIN is tried, then sign case after case."""
    recorder = text(values, "recorder")
    with reading(place) as conn:
        one = meetings.of(conn, village, name)
    votes = _votes(one, values)
    _check(place, village, one, votes, (person, recorder))
    if data:
        minutes = halves.kept(place, data)
        votes = [vote._replace(tally=vote.tally._replace(minutes=minutes)) for vote in votes]
    until = place.clock.now() + reviewing.UNLOCKED
    hands = (
        keys.unlock(place.engine, person, text(values, "pin")),
        keys.unlock(place.engine, recorder, text(values, "recorder_pin")),
    )
    found = []
    for vote in votes:
        nonce = own_nonce(text(values, "nonce"), Item(village, vote.case, vote.seen))
        late = reviewing.TooLong() if place.clock.now() >= until else None
        made = late or _sign(place, village, one.step, hands, vote, nonce)
        seq, refusal = (0, made) if isinstance(made, Refusal) else (made, None)
        found.append(Outcome(vote.case, seq, refusal))
    return found


def _votes(one: Call, values: Mapping[str, Any]) -> list[Vote]:
    """Return the tallies that were typed; a case without any is not voted on.

    Raises:
        NotCount: a number of votes is none; NoVotes: no case has a tally.
    """
    found = []
    for case in one.agenda:
        if text(values, f"favour-{case}") or text(values, f"against-{case}"):
            favour, against = (halves.count(values, f"{what}-{case}") for what in SIDES)
            tally = Tally(one.day, len(one.roster), len(one.present), favour, against)
            found.append(Vote(case, text(values, f"seen-{case}"), tally))
    if not found:
        raise NoVotes
    return found


SIDES = ("favour", "against")


def _check(place: Room, village: str, one: Call, votes: list[Vote], who: tuple[str, str]) -> None:
    """Refuse what cannot be, before anything is signed; what was voted down is told by case."""
    person, recorder = who
    chair = Hand(person, "", b"", "pin", lambda data: data)
    day = place.clock.today()
    with reading(place) as conn:
        people = register.of(conn, village)
        for vote in votes:
            seen.check(conn, village, vote.case, vote.seen)
            before = cases.standing_of(conn, village, vote.case)
            try:
                signoff.meeting(people, before, chair, recorder, day, one.step, vote.tally)
            except rules.Rejected:
                continue


def _sign(
    place: Room, village: str, step: str, hands: tuple[Hand, Hand], vote: Vote, nonce: str
) -> int | Refusal:
    desk = place.desk(village, nonce)
    try:
        with place.engine.begin() as conn:
            seen.check(conn, village, vote.case, vote.seen)
            after = signoff.close_meeting(conn, *hands, desk, vote.case, step, vote.tally)
    except Refusal as refusal:
        return refusal
    return after.signoffs[-1].seq


class NoVotes(Refusal):
    """No case of the agenda has a tally."""

    code = "W356"
    says = "还没有填哪一件的票数。请先填赞成票和反对票，没有表决的事项留空。"
    status = 422
