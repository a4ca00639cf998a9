"""The sums of the proof at their edges: chains, shares, votes, quorums, and what a case lacks."""

from dataclasses import replace
from typing import Any

import pytest
from verify_history import chain, payment, policy, red, rent, sha, step

from approvals.verify import policies
from approvals.verify.cases import Case
from approvals.verify.people import Delegation, People, Term, plain
from approvals.verify.reading import Entry
from approvals.verify.seals import Watch, check_quorum, check_turn
from approvals.verify.verdict import Stop
from ledger import canonical
from ledger.voucher import Leg, Number

DAY = "2021-05-12"


@pytest.mark.parametrize(
    ("more", "purpose", "fen", "fits"),
    [
        ({}, "spending.upkeep", 1, True),
        ({"purposes": ["spending.relief"]}, "spending.upkeep", 1, False),
        ({"purposes": ["spending.relief"]}, "spending.relief", 1, True),
        ({"kinds": ["receipt"]}, "spending.upkeep", 1, False),
        ({"from_fen": 1}, "spending.upkeep", 1, True),
        ({"from_fen": 2}, "spending.upkeep", 1, False),
        ({"below_fen": 1}, "spending.upkeep", 1, False),
        ({"below_fen": 2}, "spending.upkeep", 1, True),
    ],
)
def test_a_chain_fits_by_kind_purpose_and_amount(
    more: dict[str, Any], purpose: str, fen: int, fits: bool
) -> None:
    one = {**chain("one", ["payment"], []), **more}
    voucher = replace(payment(DAY, fen), purpose=purpose)
    assert policies.choose({"chains": [one]}, voucher) == (one if fits else None)


def test_the_first_chain_that_fits_by_the_debits_alone() -> None:
    two = [chain("a", ["payment"], [], below_fen=30), chain("b", ["payment"], [])]
    legs = (Leg("514", 10, ""), Leg("515", 20, ""), Leg("102.01", -30, ""))
    assert policies.choose({"chains": two}, payment(DAY, 1, legs=legs))["id"] == "b"  # type: ignore[index]
    legs = (Leg("514", 29, ""), Leg("102.01", -29, ""))
    assert policies.choose({"chains": two}, payment(DAY, 1, legs=legs))["id"] == "a"  # type: ignore[index]


def test_a_policy_is_its_digest_and_names_nothing_twice() -> None:
    good = policy()
    assert policies.check_policy({"policy": good, "digest": canonical.digest(good)}) == good
    twice = policy()
    twice["chains"][1]["steps"].append(twice["chains"][1]["steps"][0])
    for text, digest, code in (
        (good, sha(b""), "Y050"),
        (twice, canonical.digest(twice), "Y051"),
    ):
        with pytest.raises(Stop) as caught:
            policies.check_policy({"policy": text, "digest": digest})
        assert (caught.value.code, caught.value.facts) == (code, {})


@pytest.mark.parametrize(
    ("figures", "more", "wrong"),
    [
        ((9, 6, 4, 2), {"present": [2, 3]}, ""),
        ((9, 5, 5, 0), {"present": [2, 3]}, "Y082"),
        ((3, 3, 2, 1), {}, ""),
        ((2, 2, 2, 0), {}, "Y081"),
        ((9, 6, 5, 2), {}, "Y080"),
        ((9, 10, 6, 2), {}, "Y080"),
        ((9, 9, 5, 0), {}, ""),
        ((9, 8, 4, 4), {}, "Y083"),
        ((9, 8, 4, 4), {"strict": False}, ""),
        ((9, 8, 3, 4), {"strict": False}, "Y083"),
        ((9, 8, 5, 3), {"base": "all"}, ""),
        ((10, 8, 5, 3), {"base": "all"}, "Y083"),
        ((10, 8, 5, 3), {"base": "all", "strict": False}, ""),
        ((9, 9, 6, 0), {"favour": [2, 3]}, "Y083"),
        ((9, 9, 7, 0), {"favour": [2, 3]}, ""),
    ],
)
def test_a_meeting_at_the_edge_of_its_quorum_and_its_majority(
    figures: tuple[int, int, int, int], more: dict[str, Any], wrong: str
) -> None:
    body = dict(zip(("roster", "present", "favour", "against"), figures, strict=True))
    meeting = step("m", "meeting", ["secretary"], 1, **more)
    assert policies.carried(meeting, body) == wrong


def test_more_than_the_share_of_the_holders_must_agree() -> None:
    some = step("s", "some", ["supervision"], 1)
    cases = {(0, 0): 0, (1, 0): 1, (1, 2): 0, (2, 2): 1, (2, 4): 0, (3, 4): 1, (1, 3): 0, (2, 3): 1}
    for (approvals, holders), good in cases.items():
        assert policies.enough(some, approvals, holders) is bool(good)
    for kind in ("seat", "meeting"):
        one = step("s", kind, ["clerk"], 1)
        assert not policies.enough(one, 0, 0)
        assert policies.enough(one, 1, 9)


def held(*terms: tuple[str, str, str, str]) -> People:
    people = People()
    for seat, person, first, last in terms:
        people.terms.setdefault(seat, []).append(Term(person, first, last))
    return people


def test_who_holds_a_seat_on_a_day() -> None:
    some = held(
        ("clerk", "a", "2021-05-02", "2021-05-03"),
        ("clerk", "b", "2021-05-03", "2021-05-04"),
        ("auditor", "c", "2021-05-01", "2021-05-09"),
    )
    for day, names in (("01", ""), ("02", "a"), ("03", "ab"), ("04", "b"), ("05", "")):
        when = f"2021-05-{day}"
        assert some.holders(["clerk"], when) == set(names)
        assert some.holders(["clerk", "auditor"], when) == {*names, "c"}
        assert {p for p in "abc" if some.holds(p, "clerk", when)} == set(names)
    assert not some.holds("a", "moon", "2021-05-03")
    assert some.holders(["moon"], "2021-05-03") == set()
    skips = [step("x", "seat", ["clerk"], 1, skip_if_vacant=True), step("y", "seat", ["moon"], 1)]
    assert policies.vacant(chain("c", [], skips), some, "2021-05-03") == []
    skip = [{"step": "x", "rule": "vacant"}]
    assert policies.vacant(chain("c", [], skips), some, "2021-05-05") == skip


def test_who_speaks_for_another() -> None:
    some = held(
        ("clerk", "a", "2021-05-01", "2021-05-31"), ("cashier", "z", "2021-05-10", "2021-05-10")
    )
    some.delegations = [
        Delegation("a", "b", "clerk", "2021-05-02", "2021-05-03", ["x", "y"]),
        Delegation("a", "z", "clerk", "2021-05-01", "2021-05-31", []),
    ]
    for day, chain_, good in (
        ("01", "x", False), ("02", "x", True), ("03", "y", True), ("04", "x", False),
        ("02", "w", False),
    ):  # fmt: skip
        assert some.speaks_for("b", "a", "clerk", f"2021-05-{day}", chain_) is good
    assert not some.speaks_for("c", "a", "clerk", "2021-05-02", "x")
    assert not some.speaks_for("b", "c", "clerk", "2021-05-02", "x")
    assert not some.speaks_for("b", "a", "auditor", "2021-05-02", "x")
    for day, good in (("09", True), ("10", False), ("11", True)):
        assert some.speaks_for("z", "a", "clerk", f"2021-05-{day}", "any") is good
    for seat in ("bookkeeper", "registrar", "server"):
        some.terms[seat] = [Term("z", "2021-05-09", "2021-05-09")]
        assert not some.speaks_for("z", "a", "clerk", "2021-05-09", "any")
        del some.terms[seat]


def test_a_payee_is_known_by_every_name_of_a_person_and_of_who_is_near() -> None:
    some = People(names={"a": {"甲", "乙"}}, near={"a": {"丙行"}})
    for name in ("甲", " 乙\u3000", "丙 行"):
        assert some.related("a", name)
        assert not some.related("b", name)
    assert not some.related("a", "丁")
    assert plain(" 一 二\n三\u3000") == "一二三"


def waiting(state: str, **more: Any) -> Case:
    steps = [
        step("a", "seat", ["clerk"], 1),
        step("b", "seat", ["clerk"], 2),
        step("c", "seat", ["clerk"], 2),
        step("d", "seat", ["clerk"], 3),
    ]
    facts: dict[str, Any] = {
        "chain": chain("k", ["payment"], steps, pay=True), "turns": [steps[1:3], steps[3:]],
        "approvals": {one["id"]: {} for one in steps}, "holders": dict.fromkeys("abcd", 1),
    }  # fmt: skip
    return Case("c", payment(DAY, 1), state=state, **{**facts, **more})


def test_a_case_says_the_first_thing_that_it_lacks() -> None:
    assert waiting("returned").lacking() == "该事项已退回"
    assert waiting("withdrawn").lacking() == "该事项已撤回"
    assert waiting("posted").lacking() == "该事项已记账"
    assert waiting("signing").lacking() == "缺第 2 步“b审签”"
    done = waiting("signing")
    done.approvals["b"] = {"x": "leaf"}
    assert done.lacking() == "缺第 3 步“c审签”"
    assert waiting("cleared", turns=[]).lacking() == "缺出纳付款"
    assert waiting("paid", turns=[]).lacking() == ""
    for mended in (
        red(Number(2021, "payment", 1), payment(DAY, 1), DAY),
        payment(DAY, 1, corrects="2021-付-0001"),
    ):
        free = waiting("cleared", turns=[])
        free.voucher = mended
        assert free.lacking() == ""
        assert free.must_pay() is False
    unpaid = chain("k", ["receipt"], [])
    assert Case("c", rent(DAY, 1), state="cleared", chain=unpaid).must_pay() is False
    assert Case("c", rent(DAY, 1), state="cleared", chain=unpaid).lacking() == ""


@pytest.mark.parametrize(
    ("period", "sealed", "first", "expected"),
    [
        ("2021-05", "", "2021-05", ""),
        ("2021-04", "", "2021-05", ""),
        ("2021-06", "", "2021-05", "2021-05"),
        ("2021-06", "2021-05", "2021-01", ""),
        ("2021-07", "2021-05", "2021-01", "2021-06"),
        ("2021-05", "2021-05", "2021-01", "2021-06"),
        ("2022-01", "2021-12", "2021-01", ""),
    ],
)
def test_months_are_sealed_in_turn(period: str, sealed: str, first: str, expected: str) -> None:
    if not expected:
        check_turn(period, sealed, first)
        return
    with pytest.raises(Stop) as caught:
        check_turn(period, sealed, first)
    assert (caught.value.code, caught.value.facts) == (
        "Y120",
        {"period": period, "expected": expected},
    )


def test_a_quorum_is_enough_and_one_less_is_not() -> None:
    check_quorum(Watch(), "2021-05")
    check_quorum(Watch(owed=2, signed=["a", "b"]), "2021-05")
    with pytest.raises(Stop) as caught:
        check_quorum(Watch(owed=3, signed=["a", "b"]), "2021-05")
    facts = {"period": "2021-05", "signed": 2, "owed": 3}
    assert (caught.value.code, caught.value.facts) == ("Y128", facts)


def test_more_than_half_of_each_seat_adopts_a_policy() -> None:
    year = ("2021-01-01", "2021-12-31")
    seats = {"registrar": "r", "clerk": "abcd", "auditor": "x"}
    some = held(*((seat, who, *year) for seat, people in seats.items() for who in people))
    some.terms["auditor"].append(Term("a", *year))  # a sits in both, and signs for one

    def signed(*who: tuple[str, str]) -> bool:
        hands: dict[str, str] = {}
        for person, seat in who:
            act = entry(person, seat)
            done = policies.agree(some, hands, {"adopt": ["clerk", "auditor"]}, act)
        return done

    begun = (("r", "registrar"), ("x", "auditor"), ("a", "auditor"))
    assert not signed(*begun, ("b", "clerk"), ("c", "clerk"))
    assert signed(*begun, ("b", "clerk"), ("c", "clerk"), ("d", "clerk"))
    first = entry("r", "registrar")
    assert policies.agree(some, {}, None, first)


def entry(person: str, seat: str) -> Entry:
    at = f"{DAY}T10:00:00+08:00"
    return Entry("f", 1, 0, b"", "k", at, person, seat, "pin", "n", "s", {}, "v", [], b"")
