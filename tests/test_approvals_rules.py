"""Who may sign what: each rule at its edge, on a case made by hand, without a database."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sample import payment, rent
from verify_history import chain, step

from approvals import rules
from approvals.policy import Step
from approvals.register import NEVER, Delegation, Register, Term
from approvals.standing import Signoff, Standing
from ledger.refusal import Refusal

DAY = date(2021, 5, 12)
SEATS = {
    "sec1": "secretary",
    "dep1": "deputy-director",
    "sup1": "supervision",
    "sup2": "supervision",
    "sup3": "supervision",
    "agri1": "agri-centre",
    "cadre1": "village-cadre",
    "book1": "bookkeeper",
}
NAMES = {
    "sec1": "书小记", "dep1": "副小主", "sup1": "监小甲", "sup2": "监小乙", "sup3": "监小丙",
    "agri1": "农小服", "cadre1": "包小干", "book1": "账小田",
}  # fmt: skip
STEPS = [
    step("council", "meeting", ["secretary"], 1, recorders=["clerk"]),
    step("supervision", "some", ["supervision"], 2),
    step("agri-centre", "seat", ["agri-centre"], 2),
    step("secretary", "seat", ["secretary"], 3, deputies=["deputy-director"]),
    step("village-cadre", "seat", ["village-cadre"], 4),
]


def people(**more: Any) -> Register:
    """Return a register whose people hold their seats for one month."""
    terms = [
        Term(seat, person, date(2021, 5, 1), date(2021, 5, 31), 1, NEVER)
        for person, seat in SEATS.items()
    ]
    names = {person: {name} for person, name in NAMES.items()}
    facts = {"people": dict(NAMES), "names": names, "terms": terms, **more}
    return Register(**facts)


def lent(giver: str, to: str, *chains: str) -> Delegation:
    return Delegation(giver, to, SEATS[giver], DAY, DAY, chains)


def at(turn: int, *signoffs: Signoff, **more: Any) -> Standing:
    """Return a case by book1 that waits at a turn."""
    text = chain("large", ["payment"], STEPS, pay=True)
    facts: dict[str, Any] = {
        "village": "v", "case": "c", "revision": 1, "voucher": payment(DAY, 500), "digest": "d",
        "policy": "p", "chain": text, "skips": (), "maker": "book1",
        "makers": frozenset({"book1"}), "submitted": 5, "head": "h", "turn": turn,
        "signoffs": signoffs, "earlier": (), "needs": {"supervision": 2}, "state": "signing",
        "payer": "", "number": None,
    }  # fmt: skip
    return Standing(**{**facts, **more})


def signed(person: str, name: str, decision: str = "approve", giver: str = "") -> Signoff:
    return Signoff(1, name, person, "", "", "pin", decision, "", 9, "", giver)


def place(name: str) -> Step:
    return next(one for one in STEPS if one["id"] == name)


def refused(kind: type[Refusal], facts: dict[str, object], *args: Any, giver: str = "") -> None:
    with pytest.raises(kind) as caught:
        rules.may_decide(*args, giver)
    assert caught.value.facts == facts


def test_a_step_is_found_while_it_waits() -> None:
    case = at(2)
    assert [one["id"] for one in case.waiting()] == ["supervision", "agri-centre"]
    assert [one["id"] for one in at(2, signed("agri1", "agri-centre")).waiting()] == ["supervision"]
    assert rules.step_of(case, "agri-centre") == place("agri-centre")
    with pytest.raises(rules.OutOfTurn) as caught:
        rules.step_of(case, "secretary")
    waiting = "supervision审签、agri-centre审签"
    assert caught.value.facts == {"step": "secretary审签", "turn": waiting}
    with pytest.raises(rules.OutOfTurn) as caught:
        rules.step_of(case, "nowhere")
    assert caught.value.facts == {"step": "nowhere", "turn": waiting}
    with pytest.raises(rules.Finished) as gone:
        rules.step_of(at(2, state="withdrawn"), "supervision")
    assert gone.value.facts == {"state": "已撤回"}


def test_who_holds_the_seat_signs_from_the_first_to_the_last_day() -> None:
    case, some = at(2), people()
    for day in (DAY.replace(day=1), DAY, DAY.replace(day=31)):
        rules.may_decide(case, some, place("agri-centre"), "agri1", "agri-centre", day)
    facts: dict[str, object] = {"step": "agri-centre审签", "seats": "镇农业服务中心"}
    for day in (date(2021, 4, 30), date(2021, 6, 1)):
        args = (case, some, place("agri-centre"), "agri1", "agri-centre", day)
        refused(rules.NoSeat, facts, *args)
    refused(rules.NoSeat, facts, case, some, place("agri-centre"), "sup1", "supervision", DAY)
    refused(rules.NoSeat, facts, case, some, place("agri-centre"), "sup1", "agri-centre", DAY)
    both = {**place("agri-centre"), "seats": ["agri-centre", "supervision"]}
    facts = {"step": "agri-centre审签", "seats": "镇农业服务中心、村务监督委员会"}
    refused(rules.NoSeat, facts, case, some, both, "sec1", "secretary", DAY)
    rules.may_decide(case, some, both, "sup1", "supervision", DAY)


def test_a_deputy_signs_when_all_holders_have_recused_and_there_are_any() -> None:
    deputy = ("dep1", "deputy-director", DAY)
    facts: dict[str, object] = {"step": "secretary审签", "seats": rules.title("secretary")}
    refused(rules.NoSeat, facts, at(3), people(), place("secretary"), *deputy)
    gone = at(3, signed("sec1", "secretary", "recuse"))
    rules.may_decide(gone, people(), place("secretary"), *deputy)
    terms = people().terms
    second = Term("secretary", "sec2", DAY, DAY, 1, NEVER)
    two = people(terms=[*terms, second])
    refused(rules.NoSeat, facts, gone, two, place("secretary"), *deputy)
    none = people(terms=[term for term in terms if term.seat != "secretary"])
    refused(rules.NoSeat, facts, at(3), none, place("secretary"), *deputy)


def test_what_a_voice_may_not() -> None:
    case = at(
        3,
        signed("sec1", "council"),
        signed("sup1", "supervision"),
        signed("agri1", "agri-centre", "recuse"),
        signed("cadre1", "secretary", "approve", "dep1"),
    )
    some = people()
    held = [*some.terms, *(Term("secretary", p, DAY, DAY, 1, NEVER) for p in (*SEATS, "x"))]
    some = people(terms=held)
    seat = ("secretary", DAY)
    # Who chaired the meeting has reported its vote and not spoken.
    rules.may_decide(case, some, place("secretary"), "sec1", *seat)
    rules.may_decide(case, some, place("secretary"), "x", *seat)
    refused(rules.MakerSigns, {}, case, some, place("secretary"), "book1", *seat)
    refused(rules.Recused, {}, case, some, place("secretary"), "agri1", *seat)
    hats: dict[str, object] = {"other": "supervision审签"}
    refused(rules.TwoHats, hats, case, some, place("secretary"), "sup1", *seat)
    again: dict[str, object] = {"step": "secretary审签"}
    for person in ("cadre1", "dep1"):  # the delegate and who lent the seat are one voice
        refused(rules.AlreadySigned, again, case, some, place("secretary"), person, *seat)


def test_a_delegates_recusal_is_their_own() -> None:
    case = at(3, signed("agri1", "secretary", "recuse", "sec1"))
    rules.may_decide(case, people(), place("secretary"), "sec1", "secretary", DAY)


def test_a_seat_is_lent_for_its_days_and_chains_by_who_holds_it() -> None:
    own = (place("secretary"), "agri1", "secretary")
    facts: dict[str, object] = {"seat": rules.title("secretary"), "giver": "书小记"}
    for loans in ([], [lent("sec1", "agri1", "small")], [lent("sec1", "cadre1")]):
        some = people(delegations=loans)
        refused(rules.NotLent, facts, at(3), some, *own, DAY, giver="sec1")
    for loan in (lent("sec1", "agri1"), lent("sec1", "agri1", "small", "large")):
        some = people(delegations=[loan])
        rules.may_decide(at(3), some, *own, DAY, "sec1")
        for day in (DAY.replace(day=11), DAY.replace(day=13)):
            refused(rules.NotLent, facts, at(3), some, *own, day, giver="sec1")
        spoken = at(3, signed("sec1", "village-cadre"))
        hats: dict[str, object] = {"other": "village-cadre审签"}
        refused(rules.TwoHats, hats, spoken, some, *own, DAY, giver="sec1")
    away = [term for term in people().terms if term.person != "sec1"]
    gone = people(delegations=[lent("sec1", "agri1")], terms=away)
    refused(rules.NotLent, facts, at(3), gone, *own, DAY, giver="sec1")
    for seat in ("bookkeeper", "cashier", "registrar", "server"):
        money = [*people().terms, Term(seat, "agri1", DAY, DAY, 1, NEVER)]
        barred = people(delegations=[lent("sec1", "agri1")], terms=money)
        refused(rules.NotLent, facts, at(3), barred, *own, DAY, giver="sec1")


def test_a_weaker_method_is_refused_and_an_equal_or_stronger_one_is_not() -> None:
    for least, given, good in (
        ("paper", "paper", True), ("pin", "paper", False), ("pin", "pin", True),
        ("pin", "passkey", True), ("passkey", "pin", False), ("passkey", "passkey", True),
    ):  # fmt: skip
        place_ = step("a", "seat", ["clerk"], 1, method=least)
        if good:
            rules.check_method(place_, given)
            continue
        with pytest.raises(rules.LowMethod) as caught:
            rules.check_method(place_, given)
        assert caught.value.facts == {"step": "a审签", "method": rules.WORDS[least]}


def test_the_payee_and_who_is_near_do_not_approve() -> None:
    own = replace(rent(DAY, 5), payee=rent(DAY, 5).payee._replace(name="监 小甲"))  # type: ignore[union-attr]
    case = at(2, voucher=own)
    with pytest.raises(rules.MustRecuse) as caught:
        rules.may_approve(case, people(), "sup1")
    assert caught.value.facts == {"payee": "监 小甲"}
    rules.may_approve(case, people(), "sup2")
    near = people(kin={"sup2": {"监小 甲"}})
    with pytest.raises(rules.MustRecuse):
        rules.may_approve(case, near, "sup2")
    rules.may_approve(case, near, "sup3")
    rules.may_approve(at(2, voucher=replace(own, payee=None)), people(), "sup1")


def test_what_a_person_is_asked_for() -> None:
    some = people(delegations=[lent("sup1", "agri1"), lent("sec1", "agri1")])

    def asked(case: Standing, person: str) -> list[tuple[str, str, str]]:
        found = rules.asked_of(case, some, person, DAY)
        return [(one["id"], seat, giver) for one, seat, giver in found]

    assert asked(at(2), "sup1") == [("supervision", "supervision", "")]
    assert asked(at(2), "sec1") == []
    assert asked(at(2), "agri1") == [
        ("supervision", "supervision", "sup1"),
        ("agri-centre", "agri-centre", ""),
    ]
    # A meeting asks its chair, and nobody to whom the seat is lent.
    assert asked(at(1), "sec1") == [("council", "secretary", "")]
    assert asked(at(1), "agri1") == []
    assert asked(at(3), "agri1") == [("secretary", "secretary", "sec1")]
    assert asked(at(3), "dep1") == []
    gone = at(3, signed("sec1", "secretary", "recuse"))
    assert asked(gone, "dep1") == [("secretary", "deputy-director", "")]
    assert asked(at(2, state="cleared"), "sup1") == []
    some = people(delegations=[lent("sec1", "agri1", "small")])
    assert asked(at(3), "agri1") == []


def test_a_step_that_nobody_may_decide_says_why_and_to_whom_it_goes() -> None:
    some = people()
    registrar = rules.title("registrar")
    assert rules.stuck(at(2), some, DAY) == []
    assert rules.stuck(at(3), some, DAY) == []
    # One holder is related, one has recused, one is the maker: nobody is left of the committee.
    near = people(kin={"sup2": {payment(DAY, 500).payee.name}})  # type: ignore[union-attr]
    case = at(2, signed("sup1", "supervision", "recuse"), makers=frozenset({"sup3"}))
    (only,) = rules.stuck(case, near, DAY)
    why = "监小甲已回避；监小乙是收款方或其亲属，应当回避；监小丙是制单人"
    assert (only.step["id"], only.why, only.turn_to) == ("supervision", why, registrar)
    # A holder who has signed another step; their deputy must wait.
    (only,) = rules.stuck(at(3, signed("sec1", "village-cadre")), some, DAY)
    wait = "已签别的步骤，或须待在任者全部回避后方能代签"
    assert only.why == f"书小记{wait}；副小主{wait}"
    # Nobody holds the seat.
    empty = people(terms=[term for term in some.terms if term.seat != "agri-centre"])
    (only,) = rules.stuck(at(2), empty, DAY)
    assert (only.step["id"], only.why) == ("agri-centre", f"{rules.title('agri-centre')}空缺")
    none = people(terms=[term for term in some.terms if term.person == "book1"])
    both = chain("two", ["payment"], [step("a", "seat", ["clerk", "auditor"], 2)])
    (only,) = rules.stuck(at(2, chain=both), none, DAY)
    assert only.why == f"{rules.title('clerk')}、{rules.title('auditor')}空缺"
    case = at(3, signed("sec1", "secretary", "recuse", ""))
    off = people(terms=[term for term in some.terms if term.seat != "deputy-director"])
    (only,) = rules.stuck(case, off, DAY)
    assert only.why == "书小记已回避"
    case = at(2, makers=frozenset({"sup1", "sup2", "sup3"}))
    assert [one.step["id"] for one in rules.stuck(case, some, DAY)] == ["supervision"]
    # A meeting is chaired by who is related all the same: its vote is not theirs.
    kin = people(kin={"sec1": {payment(DAY, 500).payee.name}})  # type: ignore[union-attr]
    assert rules.stuck(at(1), kin, DAY) == []
    nameless = at(3, voucher=replace(payment(DAY, 500), payee=None))
    assert rules.stuck(nameless, people(kin={"sec1": {"XXXX"}}), DAY) == []


def test_a_borrower_keeps_a_step_from_being_stuck() -> None:
    one = Term("secretary", "sec2", DAY, DAY, 1, NEVER)
    loan = Delegation("sec2", "agri1", "secretary", DAY, DAY, ())
    held = [*people().terms, one]
    case = at(3, signed("sec1", "secretary", "recuse"), makers=frozenset({"book1"}))
    assert rules.stuck(case, people(terms=held, delegations=[loan]), DAY) == []


LOST = {"title": "m审签", "favour": 4, "base": 8}


@pytest.mark.parametrize(
    ("figures", "more", "kind", "facts"),
    [
        ((9, 6, 4, 2), {"present": [2, 3]}, None, {}),
        ((3, 3, 2, 1), {}, None, {}),
        ((9, 9, 5, 0), {}, None, {}),
        ((9, 9, 0, 0), {"favour": [0, 1], "strict": False}, None, {}),
        ((9, 6, 5, 2), {}, rules.BadTally, {"roster": 9, "present": 6, "votes": 7}),
        ((9, 10, 6, 2), {}, rules.BadTally, {"roster": 9, "present": 10, "votes": 8}),
        ((9, 6, -1, 2), {}, rules.BadTally, {"roster": 9, "present": 6, "votes": 1}),
        ((9, 6, 5, -1), {}, rules.BadTally, {"roster": 9, "present": 6, "votes": 4}),
        ((2, 2, 2, 0), {}, rules.ShortRoster, {"least": 3, "roster": 2}),
        (
            (9, 5, 5, 0),
            {"present": [2, 3]},
            rules.NoQuorum,
            {"title": "m审签", "roster": 9, "present": 5, "share": "2/3"},
        ),
        ((9, 8, 4, 4), {}, rules.Rejected, LOST),
        ((9, 8, 4, 4), {"strict": False}, None, {}),
        ((9, 8, 3, 4), {"strict": False}, rules.Rejected, {**LOST, "favour": 3}),
        ((9, 8, 5, 3), {"base": "all"}, None, {}),
        ((10, 8, 5, 3), {"base": "all"}, rules.Rejected, {**LOST, "favour": 5, "base": 10}),
    ],
)  # fmt: skip
def test_a_meeting_at_the_edge_of_its_quorum_and_its_majority(
    figures: tuple[int, int, int, int],
    more: dict[str, Any],
    kind: type[Refusal] | None,
    facts: dict[str, object],
) -> None:
    meeting = step("m", "meeting", ["secretary"], 1, **more)
    if kind is None:
        rules.check_tally(meeting, *figures)
        return
    with pytest.raises(kind) as caught:
        rules.check_tally(meeting, *figures)
    assert caught.value.facts == facts
