"""The 公开清单 as a page: what has to be shown, how often, who looks before, where it stands."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app import additions
from app.web import wall
from app.web.public import facts
from app.web.room import Form, InRoom, Someone, page, reading, text
from approvals import register
from disclosure import catalogue, notice
from disclosure.catalogue import Item
from disclosure.holdings import before, funds
from disclosure.redact import hide, mask
from disclosure.sheet import Fund
from ledger.accounts import chart_of
from ledger.legs import store as legs
from ledger.refusal import Refusal

router = APIRouter()
PERIODS = {"month": "每月", "quarter": "每季", "year": "每年", "once": "发生时"}
PAPERS = {"statement": "会计报表", "paper": "另纸张贴"}


@router.get("/v/{village}/list")
def list_page(request: Request, village: str, place: InRoom) -> Response:
    """Show the catalogue and what the village adds to it, with the figures of the newest month."""
    with reading(place) as conn:
        known, mine = facts(conn, village), additions.of(conn, village)
        latest = max(notice.published(conn, village), default="")
        own = [(one, figures(conn, village, latest, one)) for one in mine]
    values = {
        "village": known,
        "kinds": catalogue.catalogue(),
        "own": own,
        "latest": latest,
        "PERIODS": PERIODS,
        "PAPERS": PAPERS,
        "rule": notice.profile_of(place.settings.profile),
        "seat": register.title,
    }
    return page(request, "list.html", values)


def figures(conn: Connection, village: str, period: str, item: Item) -> Sequence[Fund]:
    """Return what a month did to the accounts of an item, persons masked."""
    if not period or not item.accounts:
        return ()
    moved = legs.turnovers(conn, village, period, period)
    opening = before(legs.balances(conn, village, period), moved)
    chart, found = chart_of(conn, village), []
    for code in item.accounts:
        side = -1 if chart.get(code).side == "credit" else 1
        rows = funds(chart, opening, moved, (code,), side)
        found += [row._replace(name=mask(hide(row.name))) for row in rows]
    return found


@router.post("/desk/{village}/wall/list")
def change(request: Request, village: str, values: Form, who: Someone, place: InRoom) -> Response:
    """Add an item of the village's own, or take one back."""
    try:
        with place.engine.begin() as conn:
            _change(conn, village, values)
    except Refusal as refusal:
        return wall.show(request, place, village, who.person, refusal, values)
    return RedirectResponse(f"/desk/{village}/wall?done=1#list", 303)


def _change(conn: Connection, village: str, values: Mapping[str, Any]) -> None:
    if text(values, "drop"):
        additions.drop(conn, village, text(values, "drop"))
        return
    words = (text(values, "title"), text(values, "plain"))
    codes = text(values, "accounts").replace("，", " ").replace("、", " ").split()
    additions.add(conn, village, words, text(values, "every"), codes)
