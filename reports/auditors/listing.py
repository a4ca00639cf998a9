"""The vouchers of a year with their signers, each leading to its trail."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ledger.refusal import Refusal
from ledger.voucher import Number, Voucher, from_body
from reports.auditors.books import AUDIT, YEAR, facts_of
from reports.auditors.events import Log, statement_of
from reports.auditors.events import people as people_of

KINDS = ("voucher.submitted", "voucher.posted", "meeting.closed")
# Canonical JSON has no white space, and a quotation mark inside a text is escaped.
MARKS = tuple(f'"kind":"{kind}"'.encode() for kind in KINDS)


class Item(NamedTuple):
    """One posted voucher: number, day, summary, amount in fen, case, and who acted on it."""

    number: str
    day: str
    summary: str
    fen: int
    case: str
    signers: tuple[str, ...]


class Listing(NamedTuple):
    """A year's posted vouchers in the order of posting."""

    village: str
    name: str
    year: str
    items: tuple[Item, ...]


def read(folder: Path, village: str, year: str) -> Listing | None:
    """Return the list of a year from a village's events files, or None if none is kept."""
    log = Log(folder)
    signers = _signers(log)
    items = tuple(_items(log, year, signers))
    name = str(facts_of(folder).get("name", village))
    kept = YEAR.fullmatch(year) and (folder / year / AUDIT).is_file()
    return Listing(village, name, year, items) if items or kept else None


def _signers(log: Log) -> dict[str, dict[str, None]]:
    """Return the names of those who acted on each case, in order, each once."""
    people = people_of(log)
    found: dict[str, dict[str, None]] = {}
    for deed in log.deeds():
        found.setdefault(deed.case, {})[people.name(deed.person)] = None
    for case, kind, body in _bodies(log):
        if kind == "meeting.closed":
            found.setdefault(case, {})[people.name(str(body.get("recorder", "")))] = None
    return found


def _items(log: Log, year: str, signers: dict[str, dict[str, None]]) -> Iterator[Item]:
    submitted: dict[str, dict[str, Any]] = {}
    for case, kind, body in _bodies(log):
        if kind == "voucher.submitted":
            submitted[case] = body
        elif kind == "voucher.posted" and str(body.get("year")) == year:
            yield _item(case, body, submitted.get(case, {}), tuple(signers.get(case, ())))


def _bodies(log: Log) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path in log.paths:
        for line in path.read_bytes().split(b"\n"):
            if any(mark in line for mark in MARKS):
                statement = statement_of(line)
                body = statement.get("body")
                if isinstance(body, dict):
                    yield str(statement.get("subject", "")), str(statement.get("kind", "")), body


def _item(
    case: str, posted: dict[str, Any], submitted: dict[str, Any], signers: tuple[str, ...]
) -> Item:
    voucher = _voucher(submitted)
    number = _number(posted)
    if voucher is None:
        return Item(number, "", "", 0, case, signers)
    return Item(number, voucher.day.isoformat(), voucher.summary, voucher.total, case, signers)


def _voucher(submitted: dict[str, Any]) -> Voucher | None:
    try:
        return from_body(submitted["voucher"])
    except (KeyError, TypeError, ValueError, Refusal):
        return None


def _number(posted: dict[str, Any]) -> str:
    try:
        return str(Number(int(posted["year"]), posted["class"], int(posted["no"])))
    except (KeyError, TypeError, ValueError):
        return ""
