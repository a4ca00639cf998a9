"""The room where a village comes over: template, trial report, choices, commit."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from app import arrival, coming
from app.web.ledgers import attached
from app.web.public import XLSX
from app.web.room import Form, InRoom, Room, Someone, reading, text
from app.web.rooms import Back, act, desk_page
from approvals import keys, register
from approvals.acts import Desk
from approvals.cases import standing_of
from approvals.rules import STATES
from ledger.coming.forms import FORMS
from ledger.coming.old_chart import REGIMES
from ledger.coming.trial import Trial
from ledger.posted import store as posted
from ledger.refusal import Refusal
from reports.coming_xlsx import coming_xlsx

router = APIRouter()
MOST_SHOWN = 300
_QUESTION = re.compile(r"q([0-9]{1,5})")


@router.get("/desk/{village}/coming")
def coming_room(request: Request, village: str, who: Someone, place: InRoom) -> Response:
    """Show the room, with the trial of the workbook `file` if one is named."""
    return show(request, place, village, who.person, None, dict(request.query_params))


def show(
    request: Request,
    place: Room,
    village: str,
    person: str,
    refusal: Refusal | None = None,
    values: Mapping[str, Any] | None = None,
    tried: tuple[str, Trial] | None = None,
) -> Response:
    """Return the room; `tried` is the trial of a file that was not kept, with its name."""
    given, day = values or {}, place.clock.today()
    kept: coming.Kept | None = None
    with reading(place) as conn:
        people = register.of(conn, village)
        trial = tried[1] if tried else None
        if tried is None and text(given, "file"):
            try:
                kept = coming.get(conn, village, text(given, "file"))
                trial = coming.attempt(conn, village, kept.sheets, kept.day, kept.regime)
            except Refusal as fault:
                refusal = refusal or fault
        values_of = {
            "opened": people.facts["opened"],
            "begun": posted.periods(conn, village)[:1],
            "brought": _brought(conn, village),
            "kept": kept,
            "filename": tried[0] if tried else kept.filename if kept else "",
            "trial": trial,
            "regimes": REGIMES,
            "forms": FORMS,
            "given": given,
            "most": MOST_SHOWN,
            "moves": _moves(trial) if trial else [],
        }
    unit = {"code": village, "name": people.facts["name"]}
    return desk_page(request, "coming.html", unit, people.seats_of(person, day), values_of, refusal)


def _brought(conn: Connection, village: str) -> list[tuple[str, str]]:
    """Return the opening cases with their states."""
    cases = coming.cases_of(conn, village)
    return [(case, STATES.get(standing_of(conn, village, case).state, "")) for case in cases]


def _moves(trial: Trial) -> list[dict[str, Any]]:
    placed = {id(one.old): one for one in trial.placed}
    fresh = {code for code, _ in trial.details}
    found = []
    for move in trial.moves:
        one = placed.get(id(move.old))
        found.append(
            {
                "old": f"{move.old.top.code} {move.old.top.name}",
                "leaf": move.old.leaf,
                "fen": move.old.fen,
                "account": one.account if one else "",
                "name": one.name if one else "",
                "fresh": one is not None and one.account in fresh,
            }
        )
    return found


@router.get("/desk/{village}/coming/template.xlsx")
def template(village: str, who: Someone, place: InRoom) -> Response:
    """Give the template."""
    del who  # the table of access has let the visitor in
    with reading(place) as conn:
        name = register.of(conn, village).facts["name"]
    headers = attached(f"{name}建账表.xlsx", "opening.xlsx")
    return Response(coming_xlsx(name), media_type=XLSX, headers=headers)


@router.post("/desk/{village}/coming")
async def try_out(
    request: Request, village: str, values: Form, who: Someone, place: InRoom
) -> Response:
    """Try a workbook out; one with faults is reported and not kept."""
    file = values.get("file")
    data = b"" if file is None or isinstance(file, str) else await file.read()
    name = getattr(file, "filename", "") or "（没有选文件）"

    def work() -> Response:
        try:
            with reading(place) as conn:
                coming.check_not_begun(conn, village)
            sheets = arrival.sheets(data, name)
            day, regime = _day(text(values, "day")), text(values, "regime")
            regime = regime if regime in REGIMES else ""
            with reading(place) as conn:
                trial = coming.attempt(conn, village, sheets, day, regime)
            if trial.faults:
                return show(request, place, village, who.person, None, values, (name, trial))
            kept = coming.named(sheets, name, day, regime, who.person)
            with place.engine.begin() as conn:
                coming.keep(conn, village, who.person, place.clock.now(), kept)
        except Refusal as refusal:
            return show(request, place, village, who.person, refusal, _without_file(values))
        return RedirectResponse(f"/desk/{village}/coming?file={kept.digest}#report", 303)

    return await run_in_threadpool(work)


def _without_file(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != "file"}


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError as fault:
        raise NoDay from fault


@router.post("/desk/{village}/coming/choose")
def choose(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Remember what accounts become and show the trial again."""
    chosen = {
        text(values, name): text(values, f"a{found[1]}")
        for name in values
        if (found := _QUESTION.fullmatch(name)) and text(values, name)
    }
    try:
        with place.engine.begin() as conn:
            kept = coming.get(conn, village, text(values, "file"))
            coming.choose(conn, village, chosen)
    except Refusal as refusal:
        return show(request, place, village, who.person, refusal)
    return RedirectResponse(f"/desk/{village}/coming?file={kept.digest}#report", 303)


BACK = Back(show, "/coming")


@router.post("/desk/{village}/coming/commit")
def commit(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Bring the workbook in: all of it, or nothing."""

    def work(conn: Connection, hand: keys.Hand, desk: Desk) -> list[str]:
        # Several acts: each gets a nonce of its own; what makes it one is the workbook's digest.
        coming.commit(conn, hand, desk._replace(nonce=""), text(values, "file"))
        return []

    return act(request, place, village, who.person, values, work, BACK)


class NoDay(Refusal):
    """The day of the opening balances is missing or no day."""

    code = "J005"
    says = "请填建账日，例如 2024-01-01。"
    status = 422
