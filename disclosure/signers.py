"""Whose names stand under a sheet and beside its lines."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from approvals.register import Register, title
from disclosure.sheet import Mark
from ledger.log import store as log
from ledger.log.act import Event

KINDS = {
    "month.sealed": "结账封存",
    "audit.marked": "季度审计",
    "sheet.published": "公示",
}


def quarter(period: str) -> str:
    """Return the quarter of a month: `2021-05` is in `2021-Q2`."""
    return f"{period[:4]}-Q{(int(period[5:]) + 2) // 3}"


def acts_of(conn: Connection, village: str, period: str) -> dict[str, Event]:
    """Return the last seal, audit mark and publication of a month, by kind, with one query."""
    events = log.about(conn, village, (period, quarter(period)))
    return {event.kind: event for event in events if event.kind in KINDS}


def marks(acts: Mapping[str, Event], people: Register) -> tuple[Mark, ...]:
    """Return the marks of a month: seal, audit, publication; the open ones stay empty."""
    return tuple(
        _mark(words, acts[kind], people) if kind in acts else Mark(words, "", "", "")
        for kind, words in KINDS.items()
    )


def _mark(words: str, event: Event, people: Register) -> Mark:
    said = event.statement()
    name = people.name(said["person"])
    return Mark(f"{words}（{title(said['seat'])}）", name, said["at"], said["method"])


def approvers(events: Sequence[Event], people: Register) -> dict[str, str]:
    """Return by case the name of who approved last: the last level of the chain.

    Only the last sign-off of a case is parsed: a sheet of a hundred vouchers has more than a
    thousand events behind it.
    """
    found: dict[str, str] = {}
    for event in reversed(events):
        if event.kind in {"case.signed", "meeting.closed"} and event.subject not in found:
            said = event.statement()
            if said["body"].get("decision", "approve") == "approve":
                found[event.subject] = people.name(said["person"])
    return found
