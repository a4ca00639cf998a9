"""Odd patterns: each is said where it is, and not where it is not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sample import Village, hand, paper, payment, rent

from approvals import adopting, oddities, policy, submission, traces
from approvals.oddities import Facts
from approvals.standing import Signoff, Standing
from ledger.voucher import Party, Voucher

DAY = date(2021, 1, 12)


@pytest.fixture
def signing(village: Village) -> Standing:
    """A payment that the committee has signed, a minute apart from each other."""
    standing = village.submit(payment(DAY, 123_45))
    for _ in range(5):
        standing = village.step(standing)
    return standing


def facts(standing: Standing, **more: Any) -> Facts:
    plain = {"devices": {}, "earlier": None, "near": (), "name": lambda person: f"<{person}>"}
    return Facts(standing, **{**plain, **more})


def kinds(given: Facts) -> list[str]:
    return [one.kind for one in oddities.of(given)]


def changed(standing: Standing, change: Callable[[Signoff], Signoff]) -> Standing:
    return replace(standing, signoffs=tuple(map(change, standing.signoffs)))


def test_an_ordinary_case_has_nothing_odd(signing: Standing) -> None:
    apart = {one.seq: str(one.person) for one in signing.signoffs}
    assert kinds(facts(signing, devices=apart)) == []


def test_one_device_for_several_signers(signing: Standing) -> None:
    members = [one.seq for one in signing.signoffs if one.step == "supervision"]
    assert len(members) == 3
    given = facts(signing, devices=dict.fromkeys(members[:2], "phone"))
    (odd,) = oddities.of(given)
    assert odd == oddities.Oddity("device", "<sup1>、<sup2>的签名来自同一台设备")
    assert kinds(facts(signing, devices={members[0]: "phone"})) == []
    assert kinds(facts(signing, devices=dict.fromkeys(members, ""))) == []
    one_person = changed(signing, lambda s: s._replace(person="sup1"))
    assert kinds(facts(one_person, devices=dict.fromkeys(members, "phone"))) == []


@pytest.mark.parametrize(("second", "odd"), [(29, True), (30, False)])
def test_seconds_between_signatures(signing: Standing, second: int, odd: bool) -> None:
    times = {"sup1": "10:00:00", "sup2": f"10:00:{second:02d}", "sup3": "11:00:00"}
    hasty = changed(
        signing, lambda s: s._replace(at=f"2021-01-12T{times.get(s.person, '09:00:00')}+08:00")
    )
    said = [one.says for one in oddities.of(facts(hasty))]
    assert said == (["<sup1>、<sup2>的签名只隔 29 秒"] if odd else [])
    wet = changed(hasty, lambda s: s._replace(method="paper"))
    assert "hurried" not in kinds(facts(wet))


@pytest.mark.parametrize(
    ("time", "odd"),
    [("21:59:59", False), ("22:00:00", True), ("05:59:00", True), ("06:00:00", False)],
)
def test_night(signing: Standing, time: str, odd: bool) -> None:
    late = changed(
        signing,
        lambda s: s._replace(at=f"2021-01-12T{time}+08:00") if s.person == "sup1" else s,
    )
    late = replace(late, signoffs=tuple(s for s in late.signoffs if s.person == "sup1"))
    assert kinds(facts(late)) == (["night"] if odd else [])


def test_paper_steps_are_counted(signing: Standing) -> None:
    assert kinds(facts(signing)) == []
    wet = changed(signing, lambda s: s._replace(method="paper") if s.person == "sup1" else s)
    assert [one.says for one in oddities.of(facts(wet))] == ["5 个签名里有 1 个是纸质签字"]


def test_papers_that_came_after_a_signature(village: Village) -> None:
    early = village.submit(payment(DAY, 123_45))
    with village.engine.begin() as conn:
        args = (conn, hand("book1"), village.desk(), early.case, [paper("early")], "先补")
        early = submission.add_papers(*args)
    assert kinds(facts(early)) == []
    later = village.step(early)
    with village.engine.begin() as conn:
        two = [paper("one"), paper("two")]
        later = submission.add_papers(conn, hand("book1"), village.desk(), early.case, two, "后补")
    assert [one.says for one in oddities.of(facts(later))] == ["有 2 份附件是有人签名以后才补的"]
    assert later.late == 2
    anew = village.submit(payment(DAY, 123_45), later.case)
    assert anew.late == 0  # who signs the new revision sees them all


def tiered(village: Village, fen: int) -> Standing:
    with village.engine.begin() as conn:
        adopting.adopt_policy(conn, hand("registrar"), village.desk(), policy.shipped("tiered"))
    return village.submit(payment(DAY, fen))


@pytest.mark.parametrize(
    ("others", "odd"),
    [
        ((), False),
        ((payment(DAY, 50_100),), False),  # 2,000 yuan in all are within the tier
        ((payment(DAY, 50_101),), True),
        ((payment(date(2021, 2, 11), 50_101),), True),
        ((payment(date(2021, 2, 12), 50_101),), False),
        ((payment(DAY, 50_101, purpose="spending.office"),), False),
        ((payment(DAY, 50_101, payee=Party("别人", "", "")),), False),
        ((payment(DAY, 50_101, corrects="2021-付-0001"),), False),
        ((rent(DAY, 50_101),), False),
        ((payment(DAY, 300_000),), False),  # went the longer way by itself
    ],
)
def test_splitting_under_a_tier(village: Village, others: tuple[Voucher, ...], odd: bool) -> None:
    standing = tiered(village, 149_900)
    near = list(oddities.near(standing.voucher, others))
    assert kinds(facts(standing, near=near)) == (["split"] if odd else [])


def test_without_tiers_nothing_is_split(village: Village) -> None:
    standing = village.submit(payment(DAY, 149_901))
    assert kinds(facts(standing, near=[payment(DAY, 9_900_001)])) == []


def test_a_new_payee_and_a_new_account(signing: Standing) -> None:
    assert kinds(facts(signing, earlier=[])) == ["payee"]
    same, payee = payment(DAY, 5), signing.voucher.payee
    assert payee is not None
    other = replace(same, payee=payee._replace(account="6228480000000009"))
    assert kinds(facts(signing, earlier=[other, same])) == []
    assert kinds(facts(signing, earlier=[same, other])) == ["account"]
    nameless = replace(same, payee=payee._replace(account=""))
    assert kinds(facts(signing, earlier=[same, nameless])) == []


@pytest.mark.parametrize(("fen", "odd"), [(100_000, True), (100_001, False), (90_000, False)])
def test_round_sums(village: Village, fen: int, odd: bool) -> None:
    assert kinds(facts(village.submit(payment(DAY, fen)))) == (["round"] if odd else [])
    assert kinds(facts(village.submit(rent(DAY, fen)))) == []


def test_a_device_is_kept_as_a_hash_and_the_last_mark_stands(village: Village) -> None:
    with village.engine.begin() as conn:
        for device in ("cookie", "cookie", "other"):
            traces.note(conn, village.code, 7, device)
        traces.note(conn, village.code, 8, "other")
        traces.note(conn, village.code, 9, "")
        found = traces.of(conn, village.code, [7, 8, 9])
        assert traces.of(conn, "elsewhere", [7]) == {}
    assert found.keys() == {7, 8}
    assert found[7] == found[8] != "other"
