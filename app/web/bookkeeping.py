"""The agency's pages: cases under way, bank lines, payment, posting, questions, rolls."""

from collections.abc import Mapping
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app.desk import roll_of
from app.web import draft, lines
from app.web.access import ROLL
from app.web.bank_acts import settle
from app.web.public import XLSX
from app.web.room import Form, InRoom, Room, Someone, reading, text
from app.web.rooms import Back, act, desk_page
from app.web.signing import allowed, card, within
from app.web.workbench import payable
from approvals import cases, gate, keys, register
from approvals.acts import Desk
from approvals.passkey import METHOD
from approvals.standing import ready
from disclosure import answers
from ledger import periods
from ledger.accounts import chart_of
from ledger.bank import store as bank_lines
from ledger.log import store as log
from ledger.posted import store as posted
from ledger.refusal import Refusal
from reports.roll_pdf import roll_pdf
from reports.roll_xlsx import roll_xlsx
from reports.slips_pdf import slips_pdf
from reports.voucher_pdf import approval_pdf, voucher_pdf

router = APIRouter()
FROZEN = ("distribution.frozen",)


@router.get("/desk/{village}")
def village_desk(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show a village's cases and bank lines."""
    return show(request, place, village, who.person)


def show(
    request: Request,
    place: Room,
    village: str,
    person: str,
    refusal: Refusal | None = None,
    values: Mapping[str, Any] | None = None,
) -> Response:
    """Return a village's desk, with the refusal of an act on it."""
    day = place.clock.today()
    with reading(place) as conn:
        allowed(conn, person, village, day)
        people = register.of(conn, village)
        mine = people.seats_of(person, day)
        months = posted.periods(conn, village)
        under_way = cases.open_cases(conn, village)
        values_of = {
            "typed": _typed(values or {}),
            "under_way": [
                {
                    **card(one),
                    "payable": payable(one),
                    "ready": ready(one),
                    "mine": draft.may_amend(one, person),
                    "lines": lines.fitting(conn, one) if payable(one) else [],
                }
                for one in under_way
            ],
            "months": months,
            "lines": sum(bank_lines.counts(conn, village).values()),
            "questions": [q for q in answers.questions(conn, village) if q.answered is None],
            "frozen": [e.subject for e in log.events(conn, village, kinds=FROZEN)],
            "roll": not ROLL.seats.isdisjoint(mine),
        }
    unit = {"code": village, "name": people.facts["name"]}
    return desk_page(request, "village_desk.html", unit, mine, values_of, refusal)


DESK = Back(show, "")


@router.post("/desk/{village}/pay")
def pay(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Record the bank's payment of a cleared case."""

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> list[str]:
        settle(conn, hand, desk, text(values, "case"), text(values, "bank_line"))
        return []

    return act(request, place, village, who.person, values, work, DESK)


@router.post("/desk/{village}/post")
def post(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Post every case whose chain is whole; by passkey the next one, a touch for each."""

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> list[str]:
        whole = [one for one in cases.open_cases(conn, village) if ready(one)]
        whole.sort(key=lambda one: (one.voucher.day, one.submitted))
        if hand.method == METHOD:
            return [gate.post(conn, hand, desk, one.case).period for one in whole[:1]]
        anew = desk._replace(nonce="")
        return [gate.post(conn, hand, anew, one.case).period for one in whole]

    return act(request, place, village, who.person, values, work, DESK)


@router.get("/desk/{village}/{case}/voucher.pdf")
def voucher_paper(village: str, case: str, who: Someone, place: InRoom) -> Response:
    """Give the printed voucher of a posted case, or the request form of one under way."""
    with reading(place) as conn:
        allowed(conn, who.person, village, place.clock.today())
        standing = cases.standing_of(conn, village, case)
        within(conn, who.person, standing, place.clock.today())
    place.reveal(village, who.person, "voucher", case)
    with reading(place) as conn:
        name = register.of(conn, village).facts["name"]
        trail = cases.trail(conn, village, case)
        item = posted.by_case(conn, village, case)
        if item is not None:
            chart = chart_of(conn, village)
            data = voucher_pdf(name, item.number, item.voucher, chart, trail)
        else:
            voucher = cases.standing_of(conn, village, case).voucher
            url = f"{place.settings.base_url}/case/{village}/{case}"
            data = approval_pdf(name, case, voucher, trail, url)
    return Response(data, media_type="application/pdf")


@router.get("/desk/{village}/dividend/{year}/{name}")
def dividend_paper(
    village: str,
    year: int,
    name: Literal["roll.pdf", "roll.xlsx", "slips.pdf"],
    who: Someone,
    place: InRoom,
) -> Response:
    """Give the roll or the households' slips of a frozen distribution."""
    with reading(place) as conn:
        allowed(conn, who.person, village, place.clock.today())
    place.reveal(village, who.person, "roll", f"{year}/{name}")
    with reading(place) as conn:
        unit = register.of(conn, village).facts["name"]
        roll = roll_of(conn, village, year)
    if name == "slips.pdf":
        data = slips_pdf(unit, roll, telephone=place.settings.telephone)
    elif name == "roll.pdf":
        data = roll_pdf(unit, roll, staff=True)
    else:
        return Response(roll_xlsx(unit, roll, staff=True), media_type=XLSX)
    return Response(data, media_type="application/pdf")


def _typed(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what was typed of a question or an answer, so that a refusal loses nothing of it."""
    found = {name: text(values, name) for name in ("question", "answer", "period", "line")}
    return {**found, "asked": "" if found["answer"] else found["question"]}


@router.post("/desk/{village}/ask")
def ask(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Enter a villager's question."""

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> list[str]:
        period, line = periods.parse(text(values, "period")), text(values, "line")
        answers.ask(conn, hand, desk, period, line, text(values, "question"))
        return []

    return act(request, place, village, who.person, values, work, DESK)


@router.post("/desk/{village}/answer")
def answer(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Answer a villager's question."""

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> list[str]:
        answers.answer(conn, hand, desk, text(values, "question"), text(values, "answer"))
        return []

    return act(request, place, village, who.person, values, work, DESK)
