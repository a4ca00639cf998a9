"""Find something in a village's published months, and follow the new ones by feed."""

from datetime import UTC, datetime, time
from typing import Annotated, NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app.web.public import facts
from app.web.room import InRoom, Room, page, reading
from disclosure import notice, wording
from disclosure.compose import compose
from disclosure.redact import for_web
from disclosure.sheet import Line, Sheet
from ledger.money import plain, yuan
from ledger.posted import store as posted

router = APIRouter()
MOST, MONTHS = 60, 12
ATOM = "http://www.w3.org/2005/Atom"


class Hit(NamedTuple):
    """A line of a published month: the month, what it stands under, the line as the web shows it.

    `side` is 收入, 支出 or 转账.
    """

    period: str
    side: str
    title: str
    line: Line


def hits(conn: Connection, place: Room, village: str, asked: str) -> tuple[list[Hit], bool]:
    """Return the newest lines of published months that hold every word asked for; whether all.

    What is compared is what the web shows, so nobody finds a masked name by guessing it.
    """
    words = asked.casefold().split()
    up = notice.published(conn, village)
    found: list[Hit] = []
    months = [one for one in posted.periods(conn, village) if one in up]
    for period in sorted(months, reverse=True)[:MONTHS] if words else []:
        sheet = for_web(compose(conn, village, period, place.settings.telephone))
        found += [hit for hit in _lines(sheet) if all(word in _text(hit) for word in words)]
        if len(found) > MOST:
            return found[:MOST], False
    return found, True


def _lines(sheet: Sheet) -> list[Hit]:
    sides = (("收入", sheet.income), ("支出", sheet.spending))
    found = [
        Hit(sheet.period, side, group.title, line)
        for side, groups in sides
        for group in groups
        for line in group.lines
    ]
    return found + [Hit(sheet.period, "转账", "", line) for line in sheet.transfers]


def _text(hit: Hit) -> str:
    line = hit.line
    amounts = (yuan(line.fen), plain(line.fen), line.day.isoformat())
    return "\n".join((hit.title, line.number, line.summary, line.party, *amounts)).casefold()


@router.get("/v/{village}/search")
def search(
    request: Request,
    village: str,
    place: InRoom,
    q: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    """Show the lines of the published months that hold some words."""
    with reading(place) as conn:
        known = facts(conn, village)
        found, whole = hits(conn, place, village, q)
    values = {"village": known, "asked": q, "hits": found, "whole": whole, "most": MOST}
    return page(request, "search.html", values)


@router.get("/v/{village}/feed.atom")
def feed(village: str, place: InRoom) -> Response:
    """Give the published months as an Atom feed (RFC 4287), the newest first."""
    with reading(place) as conn:
        known = facts(conn, village)
        up = notice.published(conn, village)
    base = f"{place.settings.base_url}/v/{village}/"
    root = Element("feed", {"xmlns": ATOM, "xml:lang": "zh-CN"})
    _say(root, "title", f"{known['name']}财务公开")
    _say(root, "id", base)
    SubElement(root, "link", {"rel": "self", "href": f"{base}feed.atom"})
    SubElement(root, "link", {"href": base})
    SubElement(SubElement(root, "author"), "name").text = known["name"]
    newest = sorted(up, reverse=True)[:MONTHS]
    days = [up[period][0] for period in newest]
    _say(root, "updated", _moment(max(days)) if days else "1970-01-01T00:00:00+00:00")
    for period in newest:
        entry = SubElement(root, "entry")
        _say(entry, "title", f"{wording.month(period)}财务公开表")
        _say(entry, "id", f"{base}{period}")
        SubElement(entry, "link", {"href": f"{base}{period}"})
        _say(entry, "updated", _moment(up[period][0]))
        first, last = up[period]
        _say(entry, "summary", f"公示 {first} 至 {last}")
    data = b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, "utf-8")
    return Response(data, media_type="application/atom+xml; charset=utf-8")


def _say(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _moment(day: object) -> str:
    return datetime.combine(day, time(), UTC).isoformat()  # type: ignore[arg-type]
