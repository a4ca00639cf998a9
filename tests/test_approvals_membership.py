"""A change of the register is one signed act, and its insider's forgery is refused by verify."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sample import Village, hand, opening

from approvals import acts, membership
from approvals.acts import NotEntitled
from approvals.membership import NothingToRegister, NotYet
from approvals.verify import verify
from ledger import canonical
from ledger.book import files
from ledger.distribution import Holding
from ledger.log import store as log
from ledger.registers import store as households
from ledger.registers.membership import store
from ledger.registers.membership.entry import Entry, root
from ledger.registers.membership.fold import BadEntry

BASE = [Holding("01-001", "1组", "田开犁", 3, 3, "1234")]
DAY = date(2021, 1, 3)
OPEN = Entry("opened", DAY, "01-002", facts={"head": "文小书"})
GIVE = Entry("given", DAY, "01-002", share="member", count=2)


def begin(village: Village) -> None:
    with village.engine.begin() as conn:
        households.write(conn, village.code, BASE)


def change(village: Village, *entries: Entry, who: str = "book1") -> dict[str, Any]:
    with village.engine.begin() as conn:
        event = membership.change(conn, hand(who), village.desk(), entries)
    body: dict[str, Any] = event.statement()["body"]
    return body


def test_a_change_is_bound_without_a_name(village: Village) -> None:
    begin(village)
    body = change(village, OPEN, GIVE)
    assert (body["households"], body["shares"]) == (2, 5)
    with village.engine.begin() as conn:
        kept = store.journal(conn, village.code)
        line = log.events(conn, village.code, kinds=(membership.KIND,))[-1].body
    assert body["changes"] == {"first": 1, "last": 2, "root": root(kept)}
    assert "文小书".encode() not in line
    # The one who is given their line with its salt checks it; a changed one is another.
    assert root([kept[0], replace(kept[1], count=9)]) != body["changes"]["root"]
    again = change(
        village, Entry("transferred", DAY, "01-002", other="01-001", share="member", count=1)
    )
    assert (again["changes"]["first"], again["shares"]) == (3, 5)


def test_a_refused_change_leaves_nothing(village: Village) -> None:
    begin(village)
    before = village.now
    for refusal, entries in (
        (NothingToRegister, []),
        (NotYet, [replace(OPEN, day=date(2031, 1, 1))]),
        (BadEntry, [GIVE]),
    ):
        with pytest.raises(refusal):
            change(village, *entries)
    with pytest.raises(NotEntitled):
        change(village, OPEN, who="sup1")
    with village.engine.begin() as conn:
        assert store.last(conn, village.code) == 0
        assert log.events(conn, village.code, kinds=(membership.KIND,)) == []
    assert village.now > before


def test_the_same_change_sent_twice_is_one(village: Village) -> None:
    begin(village)
    desk = village.desk("ab" * 16)
    for _ in range(2):
        with village.engine.begin() as conn:
            event = membership.change(conn, hand("book1"), desk, [OPEN, GIVE])
    with village.engine.begin() as conn:
        assert store.last(conn, village.code) == 2
        assert log.events(conn, village.code, kinds=(membership.KIND,)) == [event]


def test_what_is_frozen_rests_on_the_register_of_then(village: Village) -> None:
    begin(village)
    change(village, OPEN, GIVE)
    with village.engine.begin() as conn:
        then = log.size(conn, village.code)
        found = membership.adopted(conn, village.code, then)
        assert membership.adopted(conn, village.code, 0) is None
    change(village, Entry("given", DAY, "01-002", share="fund", count=50))
    with village.engine.begin() as conn:
        assert membership.adopted(conn, village.code, then) == found
        later = membership.adopted(conn, village.code, log.size(conn, village.code))
    assert found
    assert later
    assert (found.shares, later.shares) == (5, 55)


def verdict(village: Village) -> str:
    with village.engine.begin() as conn:
        files.project(conn, village.code, village.root)
    found = verify(village.root / village.code)
    return "" if found.good else found.fault.code  # type: ignore[union-attr]


def forge(village: Village, kind: str, subject: str, body: Mapping[str, Any]) -> None:
    """Write an event past the rules of the server, well signed, as its administrator could."""
    with village.engine.begin() as conn:
        acts.enact(conn, hand("book1"), village.desk(), kind, subject, body)


HASH = canonical.digest({})
WALK = {
    "plan": HASH,
    "opened": "2021-01-02",
    "meeting": "2021-01-12",
    "resolution": "1号",
    "losses": 4,
}
FROZEN = {"year": 2020, "surplus": 100, "reserve": 30, "members": 60, "other": 5, "allotment": HASH}


@pytest.mark.parametrize(
    "changes", [{"first": 2, "last": 3}, {"first": 4, "last": 4}, {"first": 3, "last": 2}]
)
def test_verify_refuses_lines_left_out_or_bound_twice(
    village: Village, changes: dict[str, int]
) -> None:
    village.post(opening())
    begin(village)
    body = change(village, OPEN, GIVE)
    assert verdict(village) == ""
    forged = {**body, "changes": {**changes, "root": HASH}}
    forge(village, "register.adopted", body["as_of"], forged)
    assert verdict(village) == "Y114"


@pytest.mark.parametrize(
    ("code", "walk", "frozen"),
    [
        ("", {}, {}),
        ("Y115", {"meeting": "2021-01-11"}, {}),
        ("Y115", {"meeting": "2021-02-01"}, {}),
        ("Y116", {"register": HASH}, {}),
        ("Y117", {}, {"members": 62}),
        ("Y117", {"losses": 6}, {}),
        ("Y117", {}, {"other": -1}),
        ("", {}, {"granted": {"first": 3, "last": 9, "root": HASH, "digest": HASH}}),
        ("Y114", {}, {"granted": {"first": 2, "last": 9, "root": HASH, "digest": HASH}}),
        ("Y114", {}, {"granted": {"first": 3, "last": 2, "root": HASH, "digest": HASH}}),
    ],
)
def test_verify_refuses_a_distribution_out_of_order(
    village: Village, code: str, walk: dict[str, Any], frozen: dict[str, Any]
) -> None:
    village.post(opening())
    begin(village)
    register = change(village, OPEN, GIVE)["digest"]
    village.on(date(2021, 1, 20))
    body = {**FROZEN, **frozen, "walk": {**WALK, "register": register, **walk}}
    forge(village, "distribution.frozen", "2020", body)
    assert verdict(village) == code
