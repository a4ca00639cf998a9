"""Acts of two hands where the second signs later: what the first has signed, and how long it holds.

The first hand signs the act as it stood: at its own time, without what the second adds.
"""
# ruff: noqa: EM101 - the literal is a code; its sentence stands in sentences.py

from datetime import datetime, timedelta

from approvals.verify.reading import Entry
from approvals.verify.shapes import check_at
from approvals.verify.verdict import Stop
from ledger import canonical
from ledger.log.act import DOMAIN

STAY = timedelta(days=7)
ADDED = {
    "meeting.closed": {"second"},
    "paper.signed": {"second", "confirmer", "confirmer_seat"},
}


def signed(entry: Entry) -> bytes:
    """Return the bytes that the first hand of an event has signed.

    Raises:
        Stop: Y016, Y023, Y04Z.
    """
    second = entry.body.get("second") if entry.kind in ADDED else None
    if second is None:
        return entry.signed
    began = second["began"]
    check_at(began)
    if began[19:] != entry.at[19:]:
        raise Stop("Y023", at=began)
    waited = datetime.fromisoformat(entry.at) - datetime.fromisoformat(began)
    if not timedelta(0) <= waited <= STAY:
        raise Stop("Y04Z", began=began, at=entry.at)
    statement = {
        "format": 1,
        "village": entry.village,
        "kind": entry.kind,
        "at": began,
        "person": entry.person,
        "seat": entry.seat,
        "method": entry.method,
        "nonce": entry.nonce,
        "subject": entry.subject,
        "body": {
            name: value for name, value in entry.body.items() if name not in ADDED[entry.kind]
        },
    }
    return DOMAIN + canonical.encode(statement)


def method(entry: Entry) -> str:
    """Return by which method the second hand has signed."""
    second = entry.body.get("second") if entry.kind in ADDED else None
    return str(second["method"]) if second is not None else entry.method
