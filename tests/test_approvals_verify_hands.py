"""Seats lent, registrars who hand over, wet signatures: what is allowed, and what insiders try."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from said import as_kept
from test_approvals_verify_attacks import DAY, LARGE, begun
from verify_history import (
    PEOPLE,
    Hand,
    Track,
    Writer,
    chain,
    hand,
    opening,
    payment,
    policy,
    rent,
    root_of,
    sha,
    small,
)

from approvals.verify import Verdict, verify
from approvals.verify.policies import choose
from ledger.digits import digits

Attack = Callable[[Writer], None]
ATTACKS: list[tuple[str, Attack]] = []


def attack(code: str) -> Callable[[Attack], Attack]:
    """Note an attack with the code of the fault that must stop it."""

    def note(act: Attack) -> Attack:
        ATTACKS.append((code, act))
        return act

    return note


def lend(book: Writer, giver: str, to: str, /, **body: object) -> None:
    """Let a holder lend their seat."""
    seat = PEOPLE[giver][0]
    facts = {"seat": seat, "to": to, "from": "2021-05-01", "until": "2021-05-31"}
    facts |= {"chains": [], "reason": "外出"}
    facts |= body  # type: ignore[arg-type]
    book.act("delegation.given", giver, seat, str(facts["seat"]), facts)


def take_back(book: Writer, who: str, giver: str, to: str) -> None:
    seat = PEOPLE[giver][0]
    body = {"seat": seat, "giver": giver, "to": to, "reason": "回来了"}
    acting = "registrar" if who == "registrar" else PEOPLE[who][0]
    book.act("delegation.ended", who, acting, seat, body)


def at_cadre(book: Writer, payee: str = "样例修路队") -> Track:
    """Return a small case that waits for the cadre."""
    return book.walk(book.submit(payment(DAY, 80_000, payee)), until="village-cadre")


def finish(book: Writer, track: Track) -> None:
    track.advance()
    book.walk(track)
    book.pay(track)
    book.post(track)


def hand_over(book: Writer, new: Hand, /, hands: tuple[Hand, ...] = (), **body: object) -> None:
    """Change the registrar's key."""
    facts = {"key": new.key, "alg": "ed25519", "public": new.public.hex(), "reason": "换届"}
    facts |= {"previous": book.registrar.key, "root": root_of(book.leaves).hex()}
    facts |= body  # type: ignore[arg-type]
    book.act(
        "registrar.changed", "registrar", "registrar", new.key, facts,
        hands or (book.registrar, new),
    )  # fmt: skip
    book.registrar = new


def on_paper(
    book: Writer, track: Track, /, by: tuple[str, str] = ("clerk1", "agri1"), **body: object
) -> None:
    """Enter the cadre's wet signature."""
    facts = {**track.bound(), "step": "village-cadre", "signer": "cadre1"}
    facts |= {"signer_seat": "village-cadre", "scan": sha(b"scan"), "day": DAY}
    facts |= {"confirmer": by[1], "confirmer_seat": PEOPLE[by[1]][0]}
    facts |= body  # type: ignore[arg-type]
    hands = (hand(by[0]), hand(str(facts["confirmer"])))
    leaf = book.act("paper.signed", by[0], PEOPLE[by[0]][0], track.case, facts, hands)
    track.leaves.append(leaf)


def papers(most: int = 1) -> Writer:
    """Return a village whose small payments may have so many wet signatures."""
    text = policy()
    for one in text["chains"]:
        one["paper_most"] = most
        for step in one["steps"]:
            if step["id"] in {"village-cadre", "secretary"}:
                step["method"] = "paper"
    book = begun()
    book.adopt(text)
    return book


# --- seats lent ---


@attack("Y039")
def signed_for_another_without_a_loan(book: Writer) -> None:
    book.sign(at_cadre(book), "village-cadre", "agri1", "village-cadre", **{"for": "cadre1"})


@attack("Y039")
def signed_before_the_loan_begins(book: Writer) -> None:
    lend(book, "cadre1", "agri1", **{"from": "2021-05-20"})
    book.sign(at_cadre(book), "village-cadre", "agri1", "village-cadre", **{"for": "cadre1"})


@attack("Y039")
def signed_after_the_loan_ended_by_date(book: Writer) -> None:
    lend(book, "cadre1", "agri1", until="2021-05-11")
    book.sign(at_cadre(book), "village-cadre", "agri1", "village-cadre", **{"for": "cadre1"})


@attack("Y039")
def signed_after_the_loan_was_taken_back(book: Writer) -> None:
    lend(book, "cadre1", "agri1")
    take_back(book, "cadre1", "cadre1", "agri1")
    book.sign(at_cadre(book), "village-cadre", "agri1", "village-cadre", **{"for": "cadre1"})


@attack("Y039")
def signed_in_a_chain_that_was_not_lent(book: Writer) -> None:
    lend(book, "cadre1", "agri1", chains=["large"])
    book.sign(at_cadre(book), "village-cadre", "agri1", "village-cadre", **{"for": "cadre1"})


@attack("Y039")
def loan_outlives_the_givers_term(book: Writer) -> None:
    lend(book, "cadre1", "agri1")
    book.leave("village-cadre", "cadre1")
    book.sign(at_cadre(book), "village-cadre", "agri1", "village-cadre", **{"for": "cadre1"})


@attack("Y039")
def borrower_becomes_cashier_afterwards(book: Writer) -> None:
    lend(book, "cadre1", "agri1")
    book.seat("cashier", "agri1")
    book.sign(at_cadre(book), "village-cadre", "agri1", "village-cadre", **{"for": "cadre1"})


@attack("Y047")
def loan_passed_on(book: Writer) -> None:
    lend(book, "cadre1", "agri1")
    facts = {"seat": "village-cadre", "to": "head1", "from": DAY, "until": DAY}
    facts |= {"chains": [], "reason": "转托"}  # type: ignore[dict-item]
    book.act("delegation.given", "agri1", "village-cadre", "village-cadre", facts)


@attack("Y046")
def seat_of_another_lent(book: Writer) -> None:
    facts = {"seat": "village-cadre", "to": "head1", "from": DAY, "until": DAY}
    facts |= {"chains": [], "reason": ""}  # type: ignore[dict-item]
    book.act("delegation.given", "agri1", "agri-centre", "village-cadre", facts)


@attack("Y037")
def seat_lent_to_the_cashier(book: Writer) -> None:
    lend(book, "cadre1", "cash1")


@attack("Y037")
def seat_lent_to_the_maker(book: Writer) -> None:
    lend(book, "cadre1", "book1")


@attack("Y036")
def cashiers_seat_lent(book: Writer) -> None:
    lend(book, "cash1", "agri1")


@attack("Y036")
def seat_lent_to_oneself(book: Writer) -> None:
    lend(book, "cadre1", "cadre1")


@attack("Y034")
def seat_lent_to_a_stranger(book: Writer) -> None:
    lend(book, "cadre1", "ghost")


@attack("Y038")
def loan_ended_by_a_third(book: Writer) -> None:
    lend(book, "cadre1", "agri1")
    take_back(book, "head1", "cadre1", "agri1")


@attack("Y079")
def recusal_dodged_by_a_loan(book: Writer) -> None:
    lend(book, "cadre1", "agri1")
    track = at_cadre(book, payee="包小干建材行")
    book.sign(track, "village-cadre", "agri1", "village-cadre", **{"for": "cadre1"})


@attack("Y078")
def two_steps_by_one_voice_through_a_loan(book: Writer) -> None:
    book.seat("village-cadre", "sec1")
    lend(book, "sec1", "agri1", seat="secretary")
    facts = {"seat": "village-cadre", "to": "agri1", "from": DAY, "until": DAY}
    facts |= {"chains": [], "reason": ""}  # type: ignore[dict-item]
    book.act("delegation.given", "sec1", "village-cadre", "village-cadre", facts)
    track = book.walk(book.submit(payment(DAY, 80_000)), until="village-cadre")
    book.sign(track, "village-cadre", "agri1", "village-cadre", **{"for": "sec1"})


@attack("Y078")
def committee_member_counted_twice_through_a_loan(book: Writer) -> None:
    lend(book, "sup1", "agri1")
    track = book.submit(payment(DAY, 80_000))
    book.sign(track, "supervision", "agri1", "supervision", **{"for": "sup1"})
    book.sign(track, "supervision", "sup1")


# --- the registrar's key ---


@attack("Y045")
def registrar_changed_without_the_new_keys_signature(book: Writer) -> None:
    new = hand("registrar2")
    forged = Hand(hand("mallory").private, new.public, new.key)
    hand_over(book, new, (book.registrar, forged))


@attack("Y041")
def registrar_changed_with_a_third_keys_signature(book: Writer) -> None:
    hand_over(book, hand("registrar2"), (book.registrar, hand("mallory")))


@attack("Y041")
def registrar_changed_by_the_new_key_alone(book: Writer) -> None:
    hand_over(book, hand("registrar2"), (hand("registrar2"), hand("registrar2")))


@attack("Y042")
def registrar_changed_by_the_bookkeeper(book: Writer) -> None:
    hand_over(book, hand("registrar2"), (hand("book1"), hand("registrar2")))


@attack("Y040")
def registrar_changed_with_one_signature(book: Writer) -> None:
    hand_over(book, hand("registrar2"), (book.registrar,))


@attack("Y04P")
def registrar_changed_as_if_by_a_passkey(book: Writer) -> None:
    old, new = book.registrar, hand("registrar2")
    hand_over(book, new)
    line = json.loads(book.lines.pop())
    book.leaves.pop()
    spelt = ".".join(["00" * 37, "00" * 2, "00" * 8])
    line["signatures"][1] |= {"alg": "webauthn-eddsa", "value": spelt}
    book.append(line["statement"], line["signatures"])
    book.founder = old


@attack("Y035")
def hand_over_carried_to_another_log(book: Writer) -> None:
    hand_over(book, hand("registrar2"), root=sha(b"another log"))


@attack("Y035")
def hand_over_from_another_key(book: Writer) -> None:
    hand_over(book, hand("registrar2"), previous="0" * 16)


@attack("Y032")
def signers_key_made_registrars(book: Writer) -> None:
    hand_over(book, hand("head1"))


@attack("Y043")
def old_registrar_goes_on(book: Writer) -> None:
    old = book.registrar
    hand_over(book, hand("registrar2"))
    book.registrar = old
    book.seat("secretary", "agri1")


@attack("Y124")
def month_sealed_with_the_old_registrars_note(book: Writer) -> None:
    old = book.registrar
    hand_over(book, hand("registrar2"))
    book.seal("2021-05", key=old)


# --- wet signatures ---


@attack("Y071")
def paper_where_the_policy_asks_for_a_pin(book: Writer) -> None:
    on_paper(book, at_cadre(book))


def paper_attack(code: str, *, most: int = 1) -> Callable[[Attack], Attack]:
    """Note an attack in a village that allows wet signatures."""

    def note(act: Attack) -> Attack:
        PAPERS.append((code, most, act))
        return act

    return note


PAPERS: list[tuple[str, int, Attack]] = []


@paper_attack("Y07C")
def paper_entered_by_its_signer(book: Writer) -> None:
    on_paper(book, at_cadre(book), ("cadre1", "agri1"))


@paper_attack("Y07C")
def paper_confirmed_from_the_same_seat(book: Writer) -> None:
    on_paper(book, at_cadre(book), ("sup3", "sup1"))


@paper_attack("Y07C")
def paper_entered_and_confirmed_by_one(book: Writer) -> None:
    on_paper(book, at_cadre(book), ("agri1", "agri1"))


@paper_attack("Y07D")
def paper_entered_by_the_maker(book: Writer) -> None:
    on_paper(book, at_cadre(book), ("book1", "agri1"))


@paper_attack("Y07D")
def paper_confirmed_by_the_maker(book: Writer) -> None:
    on_paper(book, at_cadre(book), ("agri1", "book1"))


@paper_attack("Y047")
def paper_of_one_who_holds_no_seat(book: Writer) -> None:
    on_paper(book, at_cadre(book), signer="head1")


@paper_attack("Y07B")
def paper_in_a_seat_of_another_step(book: Writer) -> None:
    on_paper(book, at_cadre(book), signer="head1", signer_seat="township-head")


@paper_attack("Y079")
def paper_of_the_payees_kin(book: Writer) -> None:
    on_paper(book, at_cadre(book, payee="包小干建材行"))


@paper_attack("Y087")
def paper_signed_tomorrow(book: Writer) -> None:
    on_paper(book, at_cadre(book), day="2021-05-13")


@paper_attack("Y07E", most=0)
def paper_above_the_cap(book: Writer) -> None:
    on_paper(book, at_cadre(book))


@paper_attack("Y07E")
def second_paper_above_the_cap(book: Writer) -> None:
    track = book.walk(book.submit(payment(DAY, 80_000)), until="secretary")
    on_paper(book, track, step="secretary", signer="sec1", signer_seat="secretary")
    track.advance()
    on_paper(book, track)


@paper_attack("Y077")
def paper_of_the_maker(book: Writer) -> None:
    book.seat("village-cadre", "book1")
    on_paper(book, at_cadre(book), signer="book1")


@paper_attack("Y078")
def paper_of_one_who_signed_another_step(book: Writer) -> None:
    book.seat("village-cadre", "sec1")
    on_paper(book, at_cadre(book), signer="sec1")


@paper_attack("Y078")
def signer_of_a_paper_signs_another_step(book: Writer) -> None:
    book.seat("village-cadre", "sec1")
    track = book.walk(book.submit(payment(DAY, 80_000)), until="secretary")
    on_paper(book, track, step="secretary", signer="sec1", signer_seat="secretary")
    track.advance()
    book.sign(track, "village-cadre", "sec1", "village-cadre")


@paper_attack("Y076")
def paper_instead_of_a_meeting(book: Writer) -> None:
    text = policy()
    for step in text["chains"][2]["steps"]:
        step["method"] = "paper"
    text["chains"][2]["paper_most"] = 1
    book.adopt(text)
    track = book.submit(LARGE)
    on_paper(book, track, step="council", signer="sec1", signer_seat="secretary")


@paper_attack("Y075")
def paper_on_an_older_head(book: Writer) -> None:
    on_paper(book, at_cadre(book), head=sha(b"older"))


def judged(book: Writer, folder: Path) -> Verdict:
    return verify(book.write(folder))


@pytest.mark.parametrize(("code", "act"), ATTACKS, ids=[act.__name__ for _, act in ATTACKS])
def test_an_attack_is_stopped_with_its_own_reason(code: str, act: Attack, tmp_path: Path) -> None:
    book = begun()
    act(book)
    verdict = judged(book, tmp_path)
    assert verdict.fault is not None
    assert (verdict.fault.code, verdict.fault.line) == (code, len(book.lines))
    assert as_kept(act, verdict.fault.sentence)


@pytest.mark.parametrize(
    ("code", "most", "act"), PAPERS, ids=[act.__name__ for _, _, act in PAPERS]
)
def test_a_false_paper_is_stopped_with_its_own_reason(
    code: str, most: int, act: Attack, tmp_path: Path
) -> None:
    book = papers(most)
    act(book)
    verdict = judged(book, tmp_path)
    assert verdict.fault is not None
    assert (verdict.fault.code, verdict.fault.line) == (code, len(book.lines))
    assert as_kept(act, verdict.fault.sentence)


def test_a_seat_lent_is_signed_in_and_comes_back(tmp_path: Path) -> None:
    book = begun()
    lend(book, "cadre1", "agri1", chains=["small"])
    track = at_cadre(book)
    book.sign(track, "village-cadre", "agri1", "village-cadre", **{"for": "cadre1"})
    finish(book, track)
    take_back(book, "registrar", "cadre1", "agri1")
    finish_own = at_cadre(book)
    book.sign(finish_own, "village-cadre", "cadre1")
    assert judged(book, tmp_path).fault is None


def test_a_borrower_recuses_for_themselves_only(tmp_path: Path) -> None:
    book = begun()
    lend(book, "cadre1", "agri1")
    track = at_cadre(book)
    book.sign(
        track, "village-cadre", "agri1", "village-cadre", **{"for": "cadre1", "decision": "recuse"}
    )
    book.sign(track, "village-cadre", "cadre1")
    finish(book, track)
    assert judged(book, tmp_path).fault is None


def test_a_wet_signature_counts_for_its_signer(tmp_path: Path) -> None:
    book = papers()
    track = at_cadre(book)
    on_paper(book, track)
    finish(book, track)
    assert judged(book, tmp_path).fault is None


def test_as_many_wet_signatures_as_the_chain_allows(tmp_path: Path) -> None:
    book = papers(2)
    track = book.walk(book.submit(payment(DAY, 80_000)), until="secretary")
    on_paper(book, track, step="secretary", signer="sec1", signer_seat="secretary")
    track.advance()
    on_paper(book, track)
    finish(book, track)
    assert judged(book, tmp_path).fault is None


def test_the_first_and_the_last_day_of_a_term_count(tmp_path: Path) -> None:
    book = papers(1)
    for person, (seat, _) in PEOPLE.items():
        book.leave(seat, person)
        book.seat(seat, person, (DAY, DAY))
    lend(book, "agri1", "head1", **{"from": DAY, "until": DAY})
    large = book.walk(book.submit(LARGE), until="supervision")
    book.sign(large, "agri-centre", "head1", "agri-centre", **{"for": "agri1"})
    book.take(large, {"id": "supervision", "kind": "some"})
    large.advance()
    book.walk(large, until="secretary")
    book.sign(large, "secretary", "sec1", decision="recuse")
    book.sign(large, "secretary", "rev1")
    small_one = at_cadre(book)
    on_paper(book, small_one)
    finish(book, small_one)
    assert judged(book, tmp_path).fault is None


def test_a_colleague_in_the_makers_seat_goes_on(tmp_path: Path) -> None:
    book = begun()
    book.enrol("book2", "账小新")
    book.seat("bookkeeper", "book2")
    track = book.walk(book.submit(LARGE), until="secretary")
    book.sign(track, "secretary", "sec1", decision="return")
    by = ("book2", "bookkeeper")
    again = book.submit(payment(DAY, 3_100_000), case=track.case, revision=2, by=by)
    book.pay(book.walk(again))
    book.post(again)
    assert judged(book, tmp_path).fault is None


def test_two_acts_may_be_of_one_second(tmp_path: Path) -> None:
    book = begun()
    track = book.walk(book.submit(payment(DAY, 80_000)), until="village-cadre")
    book.now -= timedelta(minutes=1)  # the writer's clock goes on by a minute at each act
    book.sign(track, "village-cadre", "cadre1")
    assert judged(book, tmp_path).fault is None


def test_opening_balances_come_before_everything_else(tmp_path: Path) -> None:
    book = Writer()
    book.found()
    book.enter(rent("2021-05-03", 100_000))
    book.enter(opening())
    fault = judged(book, tmp_path).fault
    assert fault is not None
    assert fault.code == "Y103"


@pytest.mark.parametrize(("fen", "name"), [(99, None), (100, "mid"), (199, "mid"), (200, None)])
def test_a_chain_covers_from_its_first_fen_and_not_its_last(fen: int, name: str | None) -> None:
    mid = chain("mid", ["payment"], [], from_fen=100, below_fen=200)
    found = choose({"chains": [mid]}, payment(DAY, fen))
    assert (found and found["id"]) == name


def test_a_new_registrar_goes_on_where_the_old_one_stopped(tmp_path: Path) -> None:
    book = small()
    old, new = book.registrar, hand("registrar2")
    book.on("2021-07-01")
    hand_over(book, new)
    book.on("2021-07-31")
    book.seal("2021-07")
    books = book.write(tmp_path)
    for known in (old.key, new.key):
        verdict = verify(books, registrar=known)
        assert verdict.fault is None
        assert verdict.registrar == new.key
    for period in ("2021-06", "2021-07"):
        assert verify(books, anchor=book.notes[period]).good
    root = bytes.fromhex(verdict.seals[-1].root)
    assert verify(books, anchor=digits(root, book.village, "2021-07")).good
    strange = verify(books, registrar="0" * 16).fault
    assert strange is not None
    assert strange.code == "Y048"
    assert old.key in strange.sentence
    assert new.key in strange.sentence


def call(book: Writer, track: Track, who: str = "sec1", step: str = "council") -> None:
    """Call a meeting on a case."""
    body = {**track.bound(), "step": step, "day": "2021-05-20", "place": "村委会"}
    book.act("meeting.opened", who, PEOPLE[who][0], track.case, body)


@pytest.mark.parametrize(
    ("code", "who", "step"),
    [("Y07B", "head1", "council"), ("Y072", "sec1", "clerk"), ("", "sec1", "council")],
)
def test_a_meeting_is_called_by_who_chairs_it(
    code: str, who: str, step: str, tmp_path: Path
) -> None:
    book = begun()
    call(book, book.submit(LARGE), who, step)
    fault = judged(book, tmp_path).fault
    assert (fault.code if fault else "") == code


def test_no_meeting_is_called_on_a_step_of_one_person(tmp_path: Path) -> None:
    book = begun()
    call(book, book.walk(book.submit(LARGE), until="secretary"), step="secretary")
    fault = judged(book, tmp_path).fault
    assert fault is not None
    assert fault.code == "Y084"
