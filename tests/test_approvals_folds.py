"""The server's folds over a log that another hand has written: people at a leaf, and a case."""

import json
from datetime import date
from typing import Any

import pytest
from test_approvals_verify_hands import hand_over, lend, on_paper, papers, take_back
from verify_history import (
    CODE,
    FACTS,
    PEOPLE,
    Track,
    Writer,
    hand,
    jcs,
    opening,
    payment,
    policy,
    rent,
    sha,
    step,
)

from approvals import register, standing
from approvals.register import NEVER, Delegation, Register, Term
from approvals.standing import Signoff, Standing
from ledger.log.act import Event
from ledger.voucher import Number, Paper

DAY = date(2021, 5, 12)
FIRST, LAST = date(2021, 1, 1), date(2023, 12, 31)


def events(book: Writer, case: str = "") -> list[Event]:
    """Return the events of a log, or those of one case."""
    found = []
    for seq, (line, leaf) in enumerate(zip(book.lines, book.leaves, strict=True)):
        said = json.loads(line)["statement"]
        found.append(Event(book.village, seq, said["kind"], said["subject"], line, leaf))
    return [one for one in found if case in {"", one.subject}]


def people(book: Writer) -> Register:
    return register.fold(events(book))


def stands(book: Writer, track: Track) -> Standing:
    return standing.fold(events(book, track.case), people(book))


def begun() -> Writer:
    book = Writer()
    book.found()
    book.on(str(DAY))
    return book


# --- people ---


def test_a_register_is_what_its_leaves_say() -> None:
    book = begun()
    some = people(book)
    assert some.village == CODE
    assert {name: some.facts[name] for name in FACTS} == FACTS
    assert some.people == {"registrar": "镇登记员", **{p: name for p, (_, name) in PEOPLE.items()}}
    assert some.names == {p: {name} for p, (_, name) in PEOPLE.items()}
    assert some.households == dict.fromkeys(PEOPLE, "")
    own = {hand(p).key: p for p in PEOPLE}
    assert some.keys == some.ever == {book.registrar.key: "registrar", **own}
    assert some.registrar == book.registrar.key
    assert some.kin == {"cadre1": {"包小干建材行"}}
    assert some.policy == sha(jcs(book.policy))
    assert some.current() == some.policies[some.policy] == book.policy
    taken = [one for one in events(book) if one.kind == "seat.taken"]
    assert some.terms == [
        Term("registrar", "registrar", date.min, date.max, 0, NEVER),
        *(
            Term(one.subject, one.statement()["body"]["person"], FIRST, LAST, one.seq, NEVER)
            for one in taken
        ),
    ]
    assert some.name("sec1") == "书小记"
    assert some.name("nobody") == "nobody"
    with pytest.raises(register.NoPolicy):
        register.fold([]).current()


def test_a_seat_is_held_between_its_days_and_its_leaves() -> None:
    book = begun()
    before = len(book.lines)
    book.enrol("sec2", "书小新")
    book.seat("secretary", "sec2", ("2021-05-12", "2021-05-13"))
    taken = len(book.lines) - 1
    book.leave("secretary", "sec1")
    left = len(book.lines) - 1
    some = people(book)
    assert some.holders("secretary", DAY) == ["sec2"]
    assert some.holders("secretary", DAY, before) == ["sec1"]
    assert some.holders("secretary", DAY, taken) == ["sec1"]
    assert some.holders("secretary", DAY, taken + 1) == ["sec1", "sec2"]
    assert some.holders("secretary", DAY, left) == ["sec1", "sec2"]
    assert some.holders("secretary", DAY, left + 1) == ["sec2"]
    assert some.holders("secretary", DAY, NEVER + 1) == ["sec2"]
    for day, good in ((11, False), (12, True), (13, True), (14, False)):
        assert some.holds("sec2", "secretary", date(2021, 5, day)) is good
    assert not some.holds("sec1", "secretary", DAY)
    assert some.seats_of("sec1", DAY) == []
    book.seat("clerk", "sec2")
    some = people(book)
    assert some.seats_of("sec2", DAY) == ["clerk", "secretary"]
    assert some.seats_of("sec2", FIRST) == ["clerk"]
    assert [(t.seat, t.last) for t in some.terms_of("sec2", DAY)] == [
        ("clerk", LAST),
        ("secretary", date(2021, 5, 13)),
    ]
    assert [t.seat for t in some.terms_of("sec2", FIRST)] == ["clerk"]
    assert some.terms_of("sec1", DAY) == []
    for day in (FIRST, LAST):
        assert [t.seat for t in some.terms_of("book1", day)] == ["bookkeeper"]
    # A term left is left; a later one of the same seat is not touched by the first leave.
    book.seat("secretary", "sec1")
    book.leave("secretary", "sec1")
    mine = [t.left for t in people(book).terms if (t.seat, t.person) == ("secretary", "sec1")]
    assert mine == [left, len(book.lines) - 1]


def test_loans_are_for_a_person_a_day_and_a_chain() -> None:
    book = begun()
    lend(book, "cadre1", "agri1", chains=["small", "large"], until="2021-05-12")
    lend(book, "head1", "agri1")
    lend(book, "head1", "sec1")
    some = people(book)
    first = Delegation(
        "cadre1", "agri1", "village-cadre", date(2021, 5, 1), DAY, ("small", "large"), "外出"
    )
    assert some.delegations[0] == first
    assert some.borrowed("agri1", DAY) == some.delegations[:2]
    assert some.borrowed("agri1", date(2021, 5, 1)) == some.delegations[:2]
    assert some.borrowed("agri1", date(2021, 5, 13)) == [some.delegations[1]]
    assert some.borrowed("agri1", date(2021, 4, 30)) == []
    pair = [("cadre1", "village-cadre"), ("head1", "township-head")]
    assert some.lent("agri1", DAY, "small") == some.lent("agri1", DAY, "large") == pair
    assert some.lent("agri1", DAY, "receipt") == pair[1:]
    assert some.lent("cadre1", DAY, "small") == []
    take_back(book, "head1", "head1", "agri1")
    assert people(book).lent("agri1", DAY, "small") == pair[:1]
    assert people(book).lent("sec1", DAY, "small") == pair[1:]
    book.leave("village-cadre", "cadre1")
    assert people(book).lent("agri1", DAY, "small") == []


@pytest.mark.parametrize("seat", ["bookkeeper", "cashier"])
def test_nobody_lends_to_who_keeps_the_money(seat: str) -> None:
    book = begun()
    lend(book, "cadre1", "agri1")
    book.seat(seat, "agri1", ("2021-05-12", "2021-05-12"))
    some = people(book)
    for day, kept in ((11, False), (12, True), (13, False)):
        when = date(2021, 5, day)
        assert some.keeps_money("agri1", when) is kept
        assert (some.borrowed("agri1", when) == []) is kept


def test_a_name_is_near_however_it_is_spaced_and_whenever_it_was_borne() -> None:
    book = begun()
    book.enrol("cadre1", "包 新名")
    some = people(book)
    assert some.people["cadre1"] == "包 新名"
    for name in ("包小干", "包新名", " 包小\u3000干建材行"):
        assert some.related("cadre1", name)
        assert not some.related("sec1", name)
    assert not some.related("cadre1", "书小记")
    assert not some.related("nobody", "XXXX")
    assert not some.related("nobody", "")


def test_keys_come_and_go_and_are_remembered() -> None:
    book = begun()
    old = hand("sec1").key
    book.office("key.revoked", "sec1", {"person": "sec1", "key": old, "reason": ""})
    book.office("key.revoked", "sec1", {"person": "sec1", "key": "0" * 16, "reason": ""})
    first, second = hand("server one"), hand("server two")
    seqs = []
    for key in (first, second):
        seqs.append(len(book.lines))
        facts = {"key": key.key, "alg": "ed25519", "public": key.public.hex()}
        book.office("server.keyed", key.key, facts)
    before = book.registrar
    hand_over(book, hand("registrar2"))
    some = people(book)
    assert old not in some.keys
    assert some.ever[old] == "sec1"
    assert some.server == second.key
    assert first.key not in some.keys
    assert (some.ever[first.key], some.keys[second.key]) == ("server", "server")
    assert some.ever[second.key] == "server"
    assert some.people["server"] == register.title("server") == "本系统"
    mine = [term for term in some.terms if term.seat == "server"]
    assert mine == [Term("server", "server", date.min, date.max, seqs[0], NEVER)]
    assert some.registrar == hand("registrar2").key
    assert before.key not in some.keys
    assert some.keys[some.registrar] == some.ever[some.registrar] == some.ever[before.key]
    assert some.ever[before.key] == "registrar"


def test_a_registrars_key_that_was_revoked_is_followed_by_another() -> None:
    book = begun()
    body = {"person": "registrar", "key": book.registrar.key, "reason": ""}
    book.office("key.revoked", "registrar", body)
    hand_over(book, hand("registrar2"))
    assert people(book).registrar == hand("registrar2").key


def test_an_earlier_policy_is_kept_and_the_last_one_holds() -> None:
    book = begun()
    first = people(book).policy
    book.adopt({**policy(), "id": "newer"})
    some = people(book)
    assert some.current()["id"] == "newer"
    assert some.policies[first]["id"] == "eight"
    assert standing.chain_of(some, first, "small")["id"] == "small"


def test_titles_of_seats() -> None:
    assert register.title("registrar") == "镇登记员"
    assert register.title("moon") == "moon"


# --- a case ---


def test_a_submission_begins_a_case() -> None:
    book = begun()
    book.vacant = {"first-secretary"}
    book.leave("first-secretary", "first1")
    seq = len(book.lines)
    track = book.submit(payment(str(DAY), 3_000_000))
    case = stands(book, track)
    at = json.loads(book.lines[-1])["statement"]["at"]
    large = next(one for one in book.policy["chains"] if one["id"] == "large")
    needs = {one["id"]: 1 for one in large["steps"]} | {"supervision": 2}
    assert case == Standing(
        village=CODE, case=track.case, revision=1, voucher=track.voucher, digest=track.digest,
        policy=sha(jcs(book.policy)), chain=large, skips=("first-secretary",), maker="book1",
        makers=frozenset({"book1"}), submitted=seq, head=track.head, turn=1, signoffs=(),
        earlier=(), needs=needs, state="signing", payer="", number=None, added=(), since=at, late=0,
    )  # fmt: skip
    assert [one["id"] for one in case.steps()] == [
        one["id"] for one in large["steps"] if one["id"] != "first-secretary"
    ]
    assert [one["id"] for one in case.waiting()] == ["council"]
    assert not standing.ready(case)


def test_a_chain_is_walked_turn_by_turn() -> None:
    book = begun()
    track = book.submit(payment(str(DAY), 3_000_000))
    book.meet(track)
    met = json.loads(book.lines[-1])["statement"]["at"]
    seq, leaf = len(book.lines) - 1, book.leaves[-1].hex()
    track.advance()
    case = stands(book, track)
    assert (case.turn, case.head, case.since, case.state) == (2, track.head, met, "signing")
    assert case.signoffs == (
        Signoff(
            1, "council", "sec1", "secretary", met, "pin", "approve", "", seq, leaf, giver=""
        ),
    )  # fmt: skip
    book.sign(track, "supervision", "sup1", opinion="同意")
    half = stands(book, track)
    assert (half.turn, half.head, half.since) == (2, case.head, met)
    assert half.signoffs[-1].opinion == "同意"
    assert [one["id"] for one in half.waiting()] == ["supervision", "agri-centre"]
    lend(book, "sup2", "head1")
    book.sign(track, "supervision", "head1", "supervision", **{"for": "sup2"})
    more = stands(book, track)
    last = more.signoffs[-1]
    assert (last.person, last.giver, last.seat) == ("head1", "sup2", "supervision")
    assert [one["id"] for one in more.waiting()] == ["agri-centre"]
    assert not more.cleared()
    book.sign(track, "agri-centre", "agri1")
    track.advance()
    assert (stands(book, track).turn, stands(book, track).head) == (3, track.head)
    book.walk(track)
    done = stands(book, track)
    assert (done.state, done.head, done.waiting()) == ("cleared", track.head, [])
    assert done.since == json.loads(book.lines[-1])["statement"]["at"]
    assert done.cleared()
    assert not standing.ready(done)
    book.pay(track)
    paid = stands(book, track)
    assert (paid.state, paid.payer, standing.ready(paid)) == ("paid", "cash1", True)
    book.post(track)
    posted = stands(book, track)
    assert (posted.state, posted.number) == ("posted", Number(2021, "payment", 1))
    assert not standing.ready(posted)
    receipt = book.walk(book.submit(rent(str(DAY), 100)))
    assert standing.ready(stands(book, receipt))


def test_a_case_sent_back_begins_anew_with_its_past() -> None:
    book = begun()
    track = book.walk(book.submit(payment(str(DAY), 80_000)), until="secretary")
    book.sign(track, "secretary", "sec1", decision="recuse", opinion="亲属")
    case = stands(book, track)
    assert case.recused() == {"sec1"}
    assert (case.state, case.turn, case.head) == ("signing", 2, track.head)
    assert not case.satisfied(track.steps[0])
    book.sign(track, "secretary", "rev1", decision="return", opinion="改")
    back = stands(book, track)
    assert (back.state, back.waiting()) == ("returned", [])
    by = ("clerk1", "clerk")
    again = book.submit(payment(str(DAY), 70_000), case=track.case, revision=2, by=by)
    anew = stands(book, again)
    assert (anew.revision, anew.maker, anew.makers) == (2, "clerk1", {"book1", "clerk1"})
    assert standing.follow(back, events(book, track.case)[-1], people(book)) == anew
    assert anew.signoffs == ()
    assert anew.earlier == back.signoffs
    assert [one.decision for one in anew.earlier] == ["approve", "approve", "recuse", "return"]
    assert anew.recused() == set()
    book.act("case.withdrawn", "book1", "bookkeeper", track.case, {"revision": 2, "reason": ""})
    gone = stands(book, again)
    assert (gone.state, gone.waiting(), standing.ready(gone)) == ("withdrawn", [], False)


def test_a_wet_signature_is_its_signers() -> None:
    book = papers()
    track = book.walk(book.submit(payment(str(DAY), 80_000)), until="village-cadre")
    on_paper(book, track)
    case = stands(book, track)
    last = case.signoffs[-1]
    assert (last.person, last.seat, last.method) == ("cadre1", "village-cadre", "paper")
    assert (last.decision, case.state) == ("approve", "cleared")


def add(book: Writer, track: Track, *titles: str) -> None:
    rows = [{"digest": sha(one.encode()), "title": one, "number": ""} for one in titles]
    body = {"digest": track.digest, "papers": rows, "reason": "补"}
    book.act("papers.added", "book1", "bookkeeper", track.case, body)


def test_papers_that_come_after_a_signature_are_late() -> None:
    book = begun()
    track = book.submit(payment(str(DAY), 80_000))
    add(book, track, "一")
    early = stands(book, track)
    assert early.added == (Paper(sha("一".encode()), "一", ""),)
    assert early.late == 0
    book.sign(track, "supervision", "sup1")
    add(book, track, "二", "三")
    add(book, track, "四")
    late = stands(book, track)
    assert [one.title for one in late.added] == ["一", "二", "三", "四"]
    assert late.late == 3
    again = book.submit(payment(str(DAY), 70_000), case=track.case, revision=2)
    assert [one.title for one in stands(book, again).added] == ["一", "二", "三", "四"]


def test_a_meeting_called_changes_nothing_and_other_acts_are_passed_over() -> None:
    book = begun()
    track = book.submit(payment(str(DAY), 3_000_000))
    before = stands(book, track)
    body = {**track.bound(), "step": "council", "day": str(DAY), "place": ""}
    book.act("meeting.opened", "sec1", "secretary", track.case, body)
    assert stands(book, track) == before
    (called,) = [one for one in events(book, track.case) if one.kind == "meeting.opened"]
    assert standing.follow(before, called, people(book)) == before
    asked = called._replace(kind="question.asked")
    assert standing.fold([*events(book, track.case), asked], people(book)) == before


def test_a_case_without_a_submission_is_none() -> None:
    book = begun()
    track = book.walk(book.submit(payment(str(DAY), 80_000)))
    add(book, track, "一")
    book.pay(track)
    book.post(track)
    some = people(book)
    with pytest.raises(standing.UnknownCase):
        standing.fold([], some)
    for event in events(book, track.case)[1:]:
        with pytest.raises(standing.UnknownCase):
            standing.follow(None, event, some)


def test_an_opening_voucher_is_ready_without_a_payment() -> None:
    book = begun()
    track = book.walk(book.submit(opening()))
    assert standing.ready(stands(book, track))


@pytest.mark.parametrize(
    ("more", "holders", "need"),
    [
        ({}, 0, 1), ({}, 1, 1), ({}, 2, 2), ({}, 3, 2), ({}, 4, 3), ({}, 5, 3),
        ({"need": [2, 3]}, 3, 3), ({"need": [2, 3]}, 5, 4), ({"need": [1, 3]}, 5, 2),
    ],
)  # fmt: skip
def test_more_than_the_share_of_the_holders_must_agree(
    more: dict[str, Any], holders: int, need: int
) -> None:
    assert standing.need(step("s", "some", ["supervision"], 1, **more), holders) == need
    assert standing.need(step("s", "seat", ["supervision"], 1, **more), holders) == 1
