"""What stands behind a line of a published sheet: who agreed, and its papers without people."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from app import bounded, invoices, transcript
from app.invoices import Invoice
from approvals import cases
from approvals.cases import Mark
from disclosure import notice
from disclosure.compose import compose
from disclosure.paper_text import public_lines, title
from disclosure.redact import for_web, hide, mask, persons
from disclosure.sheet import Line, Sheet
from ledger import papers
from ledger.refusal import Refusal
from ledger.registers import store as registers
from ledger.registers.holdings import store as holdings
from ledger.voucher import PAPERS


class Shown(NamedTuple):
    """A paper as strangers see it.

    `stated` is what it says as an electronic invoice; `lines` the text of a PDF. Where both are
    empty the paper is not shown, only named: no rule can take the people out of a photo.
    """

    what: str
    title: str
    stated: tuple[tuple[str, str], ...] = ()
    fen: int | None = None
    lines: tuple[str, ...] = ()


class Behind(NamedTuple):
    """A line of a sheet as the web has it, who agreed to it, how many sheets, its papers."""

    line: Line
    side: str
    sheets: int
    marks: tuple[Mark, ...]
    papers: tuple[Shown, ...]


def behind(conn: Connection, root: Path, village: str, period: str, number: str) -> Behind:
    """Return what stands behind a line of a published month.

    Raises:
        NoLine: the month is not published, or has no such line.
    """
    if period not in notice.published(conn, village):
        raise NoLine(period=period, number=hide(number)[:20])
    sheet = compose(conn, village, period)
    found = dict(_lines(for_web(sheet))).get(number)
    if found is None:
        raise NoLine(period=period, number=hide(number)[:20])
    side, line = found
    standing = cases.standing_of(conn, village, line.case)
    kept = (*standing.voucher.papers, *standing.added)
    names = _names(conn, village, sheet) if kept else set()
    shown = tuple(_shown(root, one.digest, (one.kind, one.title), names) for one in kept)
    agreed = tuple(mark._replace(opinion="") for mark in cases.trail(conn, village, line.case))
    return Behind(line, side, standing.voucher.sheets, agreed, shown)


def _lines(sheet: Sheet) -> list[tuple[str, tuple[str, Line]]]:
    sides = (("收入", sheet.income), ("支出", sheet.spending))
    found = [
        (line.number, (side, line))
        for side, groups in sides
        for group in groups
        for line in group.lines
    ]
    return [*found, *((line.number, ("转账", line)) for line in sheet.transfers)]


def _names(conn: Connection, village: str, sheet: Sheet) -> set[str]:
    """Return the persons whom the village knows: parties of the month, members, households."""
    known = {one.name for one in holdings.members(conn, village)}
    known |= {one.head for one in registers.holdings(conn, village)}
    return known | persons(sheet)


def _shown(root: Path, digest: str, told: tuple[str, str], names: set[str]) -> Shown:
    what, name = PAPERS.get(told[0], "单据"), title(told[1], names)
    try:
        stated = invoices.kept(root, digest)
        text = "" if stated else _text(root, digest)
    except Refusal:
        stated, text = None, ""
    if stated:
        return Shown(what, name, _facts(stated), stated.fen)
    return Shown(what, name, lines=tuple(public_lines(text, names)))


def _facts(one: Invoice) -> tuple[tuple[str, str], ...]:
    """Return what an invoice states: its names masked where they are persons', no number."""
    day = one.day.isoformat() if one.day else ""
    names = {"销售方": mask(hide(one.seller)), "购买方": mask(hide(one.buyer))}
    what = " ".join(public_lines(one.what, ()))
    rows = {"开票日期": day, **names, "内容": what}
    return tuple((word, text) for word, text in rows.items() if text)


@lru_cache(maxsize=512)
def _text(root: Path, digest: str) -> str:
    """Return the text of a PDF; nothing of any other paper."""
    data = papers.load(root, digest)
    if papers.sniff(data) != "pdf":
        return ""
    return (bounded.run(transcript.__file__, data) or b"").decode("utf-8", "replace")


class NoLine(Refusal):
    """The published sheet of a month has no such line."""

    code = "W093"
    says = "{period} 已公示的公开表里没有 {number} 这一笔，请从公开表点进来。"
    status = 404
