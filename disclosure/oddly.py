"""Odd patterns of a month in sum, as its sheet tells them: counts by kind, no case and no person.

Only what the log says up to the posting of each voucher is looked at, so that whoever has the books
counts the same for ever. The mark of a device is in no log and therefore not here.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection

from approvals import oddities, standing
from approvals.oddities import TITLES, Facts
from approvals.register import Register
from disclosure.sheet import Odd
from ledger.log import store as log
from ledger.log.act import Event
from ledger.posted import store as posted
from ledger.posted.store import Posted

YEAR = timedelta(days=365)
KINDS = {kind: title for kind, title in TITLES.items() if kind != "device"}
KEPT = 4096
_kept: dict[tuple[str, str, bytes], tuple[Odd, ...]] = {}


def counted(
    conn: Connection, village: str, vouchers: Sequence[Posted], people: Register, seal: Event | None
) -> tuple[Odd, ...]:
    """Return how many of a month's vouchers show each odd pattern; what none shows is left out.

    After the seal nothing of it changes any more, so it is counted once.
    """
    key = (village, seal.subject, seal.leaf) if seal else None
    if key in _kept:
        return _kept[key]
    found = _counted(conn, village, vouchers, people)
    if key:
        if len(_kept) > KEPT:
            _kept.clear()
        _kept[key] = found
    return found


def _counted(
    conn: Connection, village: str, vouchers: Sequence[Posted], people: Register
) -> tuple[Odd, ...]:
    if not vouchers:
        return ()
    events: dict[str, list[Event]] = {item.case: [] for item in vouchers}
    for event in log.about(conn, village, list(events)):
        events[event.subject].append(event)
    counts: Counter[str] = Counter()
    for item in vouchers:
        known = [event for event in events[item.case] if event.seq <= item.seq]
        facts = _facts(conn, item, known, people)
        counts.update({one.kind for one in oddities.of(facts)})
    return tuple(Odd(kind, counts[kind]) for kind in KINDS if counts[kind])


def _facts(conn: Connection, item: Posted, events: Sequence[Event], people: Register) -> Facts:
    """Return what a voucher is looked at with: what was posted before it to the same payee."""
    stood, voucher = standing.fold(events, people), item.voucher
    if voucher.payee is None or voucher.reverses or voucher.corrects:
        return Facts(stood, {}, None, (), people.name)
    last = voucher.day + oddities.NEAR
    paid = posted.vouchers_to(conn, item.village, voucher.payee.name, voucher.day - YEAR, last)
    before = [
        one.voucher for one in paid if one.seq < item.seq and one.voucher.kind == voucher.kind
    ]
    return Facts(stood, {}, before, tuple(oddities.near(voucher, before)), people.name)
