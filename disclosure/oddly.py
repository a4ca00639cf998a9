"""Odd patterns of a month in sum, as its sheet tells them: counts by kind, no case and no person.

Only what the log says up to the posting of each voucher is looked at, so that whoever has the books
counts the same for ever. The mark of a device is in no log and therefore not here.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import Connection

from approvals import oddities, standing
from approvals.oddities import TITLES, Facts
from approvals.register import Register
from disclosure.sheet import Odd
from ledger.log.act import Event
from ledger.posted import store as posted
from ledger.posted.store import Posted

YEAR = timedelta(days=365)
KINDS = {kind: title for kind, title in TITLES.items() if kind != "device"}
KEPT = 4096
_kept: dict[tuple[str, str, bytes], tuple[Odd, ...]] = {}


def counted(
    conn: Connection,
    vouchers: Sequence[Posted],
    events: Iterable[Event],
    people: Register,
    seal: Event | None,
) -> tuple[Odd, ...]:
    """Return how many of a month's vouchers show each odd pattern; what none shows is left out.

    `events` are those of the vouchers' cases, in the order of the log.
    After the seal nothing of it changes any more, so it is counted once.
    """
    key = (seal.village, seal.subject, seal.leaf) if seal else None
    if key in _kept:
        return _kept[key]
    found = _counted(conn, vouchers, events, people)
    if key:
        if len(_kept) > KEPT:
            _kept.clear()
        _kept[key] = found
    return found


def _counted(
    conn: Connection, vouchers: Sequence[Posted], events: Iterable[Event], people: Register
) -> tuple[Odd, ...]:
    by_case: dict[str, list[Event]] = {item.case: [] for item in vouchers}
    for event in events:
        by_case[event.subject].append(event)
    counts: Counter[str] = Counter()
    paid = _paid(conn, vouchers)
    for item in vouchers:
        known = [event for event in by_case[item.case] if event.seq <= item.seq]
        facts = _facts(item, known, people, paid)
        counts.update({one.kind for one in oddities.of(facts)})
    return tuple(Odd(kind, counts[kind]) for kind in KINDS if counts[kind])


def _paid(conn: Connection, vouchers: Sequence[Posted]) -> dict[str, list[Posted]]:
    """Return by payee what was posted to the payees of a month, within the year before it."""
    payees = {item.voucher.payee.name for item in vouchers if item.voucher.payee}
    if not payees:
        return {}
    days = [item.voucher.day for item in vouchers]
    span = (min(days) - YEAR, max(days) + oddities.NEAR)
    found: dict[str, list[Posted]] = {}
    for one in posted.vouchers_to(conn, vouchers[0].village, payees, *span):
        if one.voucher.payee:
            found.setdefault(one.voucher.payee.name, []).append(one)
    return found


def _facts(
    item: Posted, events: Sequence[Event], people: Register, paid: Mapping[str, Sequence[Posted]]
) -> Facts:
    """Return what a voucher is looked at with: what was posted before it to the same payee."""
    stood, voucher = standing.fold(events, people), item.voucher
    if voucher.payee is None or voucher.reverses or voucher.corrects:
        return Facts(stood, {}, None, (), people.name)
    before = [
        one.voucher
        for one in paid.get(voucher.payee.name, ())
        if one.seq < item.seq
        and one.voucher.kind == voucher.kind
        and voucher.day - YEAR <= one.voucher.day <= voucher.day + oddities.NEAR
    ]
    return Facts(stood, {}, before, tuple(oddities.near(voucher, before)), people.name)
