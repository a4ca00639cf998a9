"""What insiders try. Each attack is signed as well as its author could, and has its own answer."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from said import as_kept
from verify_history import (
    CODE,
    Hand,
    Writer,
    chain,
    hand,
    jcs,
    opening,
    payment,
    policy,
    red,
    rent,
    sha,
    small,
    step,
)

from approvals.verify import verify
from ledger.voucher import Dim, Leg, Voucher

Attack = Callable[[Writer], None]
ATTACKS: list[tuple[str, Attack]] = []
LARGE = payment("2021-05-12", 3_000_000)
DAY = "2021-05-12"
PROJECT = Dim("project", "项目", "P1", "一组道路")


def attack(code: str) -> Callable[[Attack], Attack]:
    """Note an attack with the code of the fault that must stop it."""

    def note(act: Attack) -> Attack:
        ATTACKS.append((code, act))
        return act

    return note


def begun() -> Writer:
    """Return a village with its opening balances posted."""
    book = Writer()
    book.found()
    book.enter(opening())
    book.on(DAY)
    return book


# --- what the voucher says ---


@attack("Y065")
def amount_edited_after_approval(book: Writer) -> None:
    dearer = payment(DAY, 9_000_000)
    track = book.walk(book.submit(LARGE, voucher=dearer.body()))
    book.pay(track)
    book.post(track)


@attack("Y074")
def another_voucher_shown_to_one_signer(book: Writer) -> None:
    track = book.walk(book.submit(LARGE), until="secretary")
    book.sign(track, "secretary", "sec1", digest=payment(DAY, 1).digest())


@attack("Y062")
def revision_left_out(book: Writer) -> None:
    book.submit(LARGE, case="c", revision=2)


@attack("Y073")
def approvals_of_an_earlier_revision_kept(book: Writer) -> None:
    old = book.walk(book.submit(LARGE, case="c"), until="secretary")
    book.submit(payment(DAY, 5_000_000), case="c", revision=2)
    book.sign(old, "secretary", "sec1")


@attack("Y063")
def revision_by_another_seat(book: Writer) -> None:
    track = book.submit(LARGE, case="c")
    book.sign(book.walk(track, until="secretary"), "secretary", "sec1", decision="return")
    book.submit(payment(DAY, 5_000_000), case="c", revision=2, by=("clerk1", "clerk"))


@attack("Y064")
def voucher_of_another_village(book: Writer) -> None:
    book.submit(replace(LARGE, village="510802-other"))


@attack("Y101")
def debits_and_credits_differ(book: Writer) -> None:
    legs = (Leg("514", 3_000_000, ""), Leg("102.01", -2_000_000, ""))
    book.submit(replace(LARGE, legs=legs))


@attack("Y101")
def entry_on_an_account_that_was_never_opened(book: Writer) -> None:
    legs = (Leg("514", 3_000_000, ""), Leg("102.77", -3_000_000, ""))
    book.submit(replace(LARGE, legs=legs))


@attack("Y101")
def account_gets_details_between_submission_and_posting(book: Writer) -> None:
    track = book.walk(book.submit(LARGE))
    book.pay(track)
    book.account("514.01", "道路")
    book.post(track)


@attack("Y101")
def cash_paid_out_of_the_till(book: Writer) -> None:
    legs = (Leg("514", 3_000_000, ""), Leg("101", -3_000_000, ""))
    book.submit(replace(LARGE, legs=legs))


@attack("Y102")
def one_bank_line_for_two_vouchers(book: Writer) -> None:
    book.enter(rent(DAY, 100_000, bank_line="line-1"))
    book.submit(rent(DAY, 100_000, bank_line="line-1"))


@attack("Y102")
def one_bank_line_pays_two_cases(book: Writer) -> None:
    for fen in (3_000_000, 3_000_001):
        book.pay(book.walk(book.submit(payment(DAY, fen))), bank_line="line-2")


@attack("Y107")
def one_invoice_paid_twice(book: Writer) -> None:
    book.enter(LARGE)
    book.enter(payment(DAY, 4_000_000, papers=LARGE.papers))


@attack("Y103")
def payment_dressed_as_opening_balance(book: Writer) -> None:
    book.enter(rent(DAY, 100_000))
    book.enter(replace(LARGE, kind="opening", purpose="transfer.opening"))


@attack("Y104")
def correction_of_a_voucher_that_is_not_there(book: Writer) -> None:
    book.enter(payment(DAY, 50_000, corrects="2021-付-0099"))


@attack("Y105")
def red_letter_for_another_amount(book: Writer) -> None:
    wrong = payment(DAY, 50_000)
    text = red(book.enter(wrong), wrong, DAY)
    book.enter(replace(text, legs=(Leg("514", -60_000, ""), Leg("102.01", 60_000, ""))))


@attack("Y105")
def red_letter_without_the_project_of_its_original(book: Writer) -> None:
    legs = (Leg("514", 50_000, "", (PROJECT,)), Leg("102.01", -50_000, ""))
    wrong = payment(DAY, 50_000, legs=legs)
    text = red(book.enter(wrong), wrong, DAY)
    book.enter(replace(text, legs=(Leg("514", -50_000, ""), Leg("102.01", 50_000, ""))))


@attack("Y101")
def a_leg_twice_in_a_dimension(book: Writer) -> None:
    legs = (Leg("514", 50_000, "", (PROJECT, PROJECT)), Leg("102.01", -50_000, ""))
    book.submit(payment(DAY, 50_000, legs=legs))


@attack("Y019")
def a_dimension_without_a_name(book: Writer) -> None:
    legs = (Leg("514", 50_000, "", (PROJECT._replace(title=""),)), Leg("102.01", -50_000, ""))
    book.submit(payment(DAY, 50_000, legs=legs))


@attack("Y105")
def red_letter_of_a_red_letter(book: Writer) -> None:
    legs = (Leg("512", 50_000, ""), Leg("214", -50_000, ""))
    wrong = Voucher(CODE, "transfer", date.fromisoformat(DAY), "计提", "transfer.accrual", legs)
    first = red(book.enter(wrong), wrong, DAY)
    book.enter(red(book.enter(first), first, DAY))


@attack("Y106")
def written_off_twice(book: Writer) -> None:
    wrong = payment(DAY, 50_000)
    number = book.enter(wrong)
    book.enter(red(number, wrong, DAY))
    book.enter(red(number, wrong, DAY))


# --- restricted funds ---

FUND = {
    "name": "互助基金", "account": "241.01", "purposes": ["spending.relief"], "rule": "议事会1号",
    "since": DAY, "each_fen": 0, "unit": "",
}  # fmt: skip


def endowed(book: Writer, fen: int = 100_000) -> None:
    """Set a fund up and give it something."""
    book.account("241.01", "互助基金")
    book.adopt({**policy(), "funds": [FUND]})
    given = rent(DAY, fen, fund="互助基金")
    book.enter(replace(given, legs=(Leg("102.01", fen, ""), Leg("241.01", -fen, ""))))


def relief(fen: int, purpose: str = "spending.relief", name: str = "互助基金") -> Voucher:
    legs = (Leg("241.01", fen, ""), Leg("102.01", -fen, ""))
    return replace(payment(DAY, fen, fund=name), legs=legs, purpose=purpose)


@attack("Y10C")
def fund_spent_on_another_purpose(book: Writer) -> None:
    endowed(book)
    book.submit(relief(5_000, "spending.office"))


@attack("Y10B")
def fund_drawn_without_its_name(book: Writer) -> None:
    endowed(book)
    book.submit(relief(5_000, "spending.office", ""))


@attack("Y10B")
def fund_named_and_not_drawn(book: Writer) -> None:
    endowed(book)
    book.submit(payment(DAY, 5_000, fund="互助基金"))


@attack("Y10D")
def fund_overdrawn(book: Writer) -> None:
    endowed(book)
    book.enter(relief(60_000))
    book.enter(relief(40_001))


@attack("Y055")
def fund_with_money_dropped_from_the_policy(book: Writer) -> None:
    endowed(book)
    book.adopt(policy())


@attack("Y054")
def two_funds_of_one_account(book: Writer) -> None:
    book.account("241.01", "互助基金")
    book.adopt({**policy(), "funds": [FUND, {**FUND, "name": "另一个基金"}]})


def test_a_fund_that_is_used_for_its_purpose_is_good(tmp_path: Path) -> None:
    book = begun()
    endowed(book)
    book.enter(relief(60_000))
    number = book.enter(relief(40_000))
    book.enter(red(number, relief(40_000), DAY))
    book.enter(replace(relief(40_000), papers=()))
    book.adopt({**policy(), "id": "later"})  # it is empty: it may go
    verdict = verify(book.write(tmp_path))
    assert verdict.good, verdict.fault


# --- the chain ---


@attack("Y067")
def chain_of_a_cheaper_tier(book: Writer) -> None:
    book.submit(LARGE, walk="small")


@attack("Y066")
def weaker_policy_named(book: Writer) -> None:
    strict = book.policy
    weak = {
        **policy(),
        "id": "weak",
        "chains": [chain("large", ["payment"], [step("a", "seat", ["clerk"], 1)])],
    }
    book.policy = weak
    book.submit(LARGE)
    book.policy = strict


@attack("Y066")
def earlier_policy_used_after_a_new_one(book: Writer) -> None:
    old = book.policy
    book.adopt({**policy(), "id": "newer"})
    book.policy = old
    book.submit(LARGE)


@attack("Y050")
def policy_that_is_not_its_digest(book: Writer) -> None:
    book.adopt(digest=sha(b"another"))


@attack("Y051")
def policy_with_two_chains_of_one_name(book: Writer) -> None:
    text = policy()
    book.adopt({**text, "chains": [*text["chains"], text["chains"][0]]})


def guarded(book: Writer) -> dict[str, str | dict[str, object]]:
    """Adopt a policy whose successor the secretary and the committee must sign; return one."""
    book.adopt({**policy(), "id": "guarded", "adopt": ["secretary", "supervision"]})
    text = {**book.policy, "id": "successor"}
    return {"policy": text, "digest": sha(jcs(text))}


def agree(book: Writer, body: dict[str, str | dict[str, object]], *hands: tuple[str, str]) -> None:
    """Let hands sign a successor, and submit as if it were in force."""
    for person, seat in hands:
        book.act("policy.adopted", person, seat, "successor", body)
    book.submit(LARGE, policy=str(body["digest"]))


OFFICE, SECRETARY = ("registrar", "registrar"), ("sec1", "secretary")
COMMITTEE = (("sup1", "supervision"), ("sup2", "supervision"))


@attack("Y066")
def policy_changed_by_the_registrar_alone(book: Writer) -> None:
    agree(book, guarded(book), OFFICE)


@attack("Y066")
def policy_changed_without_the_secretary(book: Writer) -> None:
    agree(book, guarded(book), OFFICE, *COMMITTEE)


@attack("Y066")
def policy_changed_by_too_few_of_the_committee(book: Writer) -> None:
    agree(book, guarded(book), OFFICE, SECRETARY, COMMITTEE[0])


@attack("Y066")
def policy_changed_with_the_hand_of_one_who_has_left(book: Writer) -> None:
    body = guarded(book)
    for person, seat in (OFFICE, COMMITTEE[0]):
        book.act("policy.adopted", person, seat, "successor", body)
    book.leave("supervision", "sup1")
    agree(book, body, SECRETARY)


@attack("Y046")
def policy_adopted_by_a_seat_that_has_no_say(book: Writer) -> None:
    agree(book, guarded(book), OFFICE, ("clerk1", "clerk"))


@attack("Y052")
def policy_signed_twice_by_one(book: Writer) -> None:
    agree(book, guarded(book), OFFICE, COMMITTEE[0], COMMITTEE[0])


@attack("Y053")
def policy_begun_by_the_village(book: Writer) -> None:
    agree(book, guarded(book), SECRETARY)


@attack("Y067")
def voucher_that_no_chain_covers(book: Writer) -> None:
    narrow = policy()
    narrow["chains"] = narrow["chains"][:2]
    book.adopt({**narrow, "id": "narrow"})
    whole = policy()["chains"][2]
    book.policy = {**narrow, "id": "narrow", "chains": [*narrow["chains"], whole]}
    digest = sha(jcs({**narrow, "id": "narrow"}))
    book.submit(LARGE, policy=digest)


@attack("Y10A")
def papers_that_the_chain_asks_for_are_not_there(book: Writer) -> None:
    text = policy()
    text["chains"][2]["papers"] = [["contract", "minutes"], ["invoice"], ["photo"]]
    book.adopt(text)
    paper = LARGE.papers[0]._replace(kind="invoice")
    book.submit(replace(LARGE, papers=(paper,)))


@attack("Y068")
def held_seat_skipped_as_vacant(book: Writer) -> None:
    book.submit(LARGE, skips=[{"step": "first-secretary", "rule": "vacant"}])


@attack("Y068")
def step_skipped_that_never_may_be(book: Writer) -> None:
    book.submit(LARGE, skips=[{"step": "township-head", "rule": "vacant"}])


@attack("Y069")
def head_of_another_submission(book: Writer) -> None:
    book.submit(LARGE, head=sha(b"head"))


@attack("Y069")
def every_step_skipped(book: Writer) -> None:
    lone = step("lone", "seat", ["representative"], 1, skip_if_vacant=True)
    book.adopt({**policy(), "id": "lone", "chains": [chain("large", ["payment"], [lone])]})
    book.vacant = {"representative"}
    book.submit(LARGE)


@attack("Y095")
def one_sign_off_dropped(book: Writer) -> None:
    track = book.walk(book.submit(LARGE), until="township-head")
    track.advance()
    book.post(track)


@attack("Y075")
def sign_off_dropped_from_the_middle(book: Writer) -> None:
    track = book.walk(book.submit(LARGE), until="village-cadre")
    honest = track.head
    book.sign(track, "village-cadre", "cadre1")
    track.head = honest
    track.steps = track.steps[1:]
    book.sign(track, "village-leader", "leader1")


@attack("Y072")
def turns_reordered(book: Writer) -> None:
    track = book.walk(book.submit(LARGE), until="secretary")
    book.sign(track, "village-cadre", "cadre1")


@attack("Y072")
def step_signed_that_is_full(book: Writer) -> None:
    track = book.walk(book.submit(LARGE), until="supervision")
    book.sign(track, "supervision", "sup1")
    book.sign(track, "supervision", "sup2")
    book.sign(track, "supervision", "sup3")


@attack("Y070")
def signed_after_the_end(book: Writer) -> None:
    track = book.walk(book.submit(LARGE))
    book.sign(track, "township-head", "head1")


@attack("Y060")
def case_that_was_never_submitted(book: Writer) -> None:
    track = book.submit(LARGE)
    book.sign(replace(track, case="ghost"), "supervision", "sup1")


@attack("Y076")
def meeting_replaced_by_a_signature(book: Writer) -> None:
    book.sign(book.submit(LARGE), "council", "sec1")


@attack("Y071")
def signed_on_paper_where_a_passkey_is_due(book: Writer) -> None:
    strict = step("reviewer", "seat", ["reviewer"], 1, method="passkey")
    book.adopt({**policy(), "chains": [chain("receipt", ["receipt"], [strict])]})
    book.sign(book.submit(rent(DAY, 1)), "reviewer", "rev1")


# --- the people ---


@attack("Y045")
def sign_off_forged(book: Writer) -> None:
    track = book.walk(book.submit(LARGE), until="secretary")
    forged = hand("sec1")._replace(private=hand("book1").private)
    book.sign(track, "secretary", "sec1", hands=(forged,))


class Anybody:
    """A signer without a secret: under the neutral point, this value fits every text."""

    value = bytes([1, *[0] * 63])

    def sign(self, data: bytes) -> bytes:
        del data
        return self.value


def weak() -> Hand:
    public = bytes([1, *[0] * 31])
    key = sha(b"mingbai/key/v1\ned25519\n" + public)[:16]
    return Hand(Anybody(), public, key)  # type: ignore[arg-type]


@attack("Y045")
def signed_with_a_key_that_everybody_holds(book: Writer) -> None:
    book.key("sec1", weak())
    track = book.walk(book.submit(LARGE), until="secretary")
    book.sign(track, "secretary", "sec1", hands=(weak(),))


def test_such_a_key_is_accepted_elsewhere() -> None:
    loose = Ed25519PublicKey.from_public_bytes(weak().public)
    loose.verify(Anybody.value, b"whatever")  # does not raise: hence the attack


@attack("Y042")
def signed_with_the_key_of_another(book: Writer) -> None:
    track = book.walk(book.submit(LARGE), until="secretary")
    book.sign(track, "secretary", "sec1", hands=(hand("book1"),))


@attack("Y041")
def signed_with_a_key_nobody_enrolled(book: Writer) -> None:
    track = book.walk(book.submit(LARGE), until="secretary")
    book.sign(track, "secretary", "sec1", hands=(hand("stranger"),))


@attack("Y040")
def two_signatures_where_one_belongs(book: Writer) -> None:
    track = book.walk(book.submit(LARGE), until="secretary")
    book.sign(track, "secretary", "sec1", hands=(hand("sec1"), hand("sec1")))


@attack("Y040")
def event_without_a_signature(book: Writer) -> None:
    book.submit(LARGE)
    line = book.lines.pop()
    book.leaves.pop()
    statement = json.loads(line)["statement"]
    book.append(statement, [])


@attack("Y043")
def revoked_key_used(book: Writer) -> None:
    key = {"person": "sec1", "key": hand("sec1").key, "reason": "离任"}
    track = book.walk(book.submit(LARGE), until="secretary")
    book.office("key.revoked", "sec1", key)
    book.sign(track, "secretary", "sec1")


@attack("Y043")
def revoked_key_comes_back_with_the_servers(book: Writer) -> None:
    track = book.walk(book.submit(LARGE), until="secretary")
    key = {"person": "sec1", "key": hand("sec1").key, "reason": "离任"}
    book.office("key.revoked", "sec1", key)
    server = hand("server")
    facts = {"key": server.key, "alg": "ed25519", "public": server.public.hex()}
    book.office("server.keyed", server.key, facts)
    book.sign(track, "secretary", "sec1")


@attack("Y024")
def back_dated_before_the_key_was_revoked(book: Writer) -> None:
    track = book.walk(book.submit(LARGE), until="secretary")
    early = book.now.isoformat(timespec="seconds")
    book.now += timedelta(hours=1)
    book.office(
        "key.revoked", "sec1", {"person": "sec1", "key": hand("sec1").key, "reason": "离任"}
    )
    book.sign(track, "secretary", "sec1", over={"at": early})


@attack("Y043")
def revoked_key_with_an_honest_looking_time(book: Writer) -> None:
    track = book.walk(book.submit(LARGE), until="secretary")
    key = {"person": "sec1", "key": hand("sec1").key, "reason": "离任"}
    book.office("key.revoked", "sec1", key)
    book.sign(track, "secretary", "sec1", over={"at": book.now.isoformat(timespec="seconds")})


@attack("Y032")
def revoked_key_enrolled_again(book: Writer) -> None:
    book.office("key.revoked", "sec1", {"person": "sec1", "key": hand("sec1").key, "reason": ""})
    book.key("sec1", hand("sec1"))


@attack("Y032")
def key_of_a_pin_made_one_for_paper(book: Writer) -> None:
    book.key("sec1", hand("sec1"), method="paper")


@attack("Y032")
def one_key_for_two_people(book: Writer) -> None:
    book.key("clerk1", hand("sec1"))


@attack("Y030")
def key_under_the_id_of_another(book: Writer) -> None:
    book.key("clerk1", hand("stranger"), key=hand("clerk2").key)


@attack("Y034")
def key_for_somebody_never_enrolled(book: Writer) -> None:
    book.key("ghost", hand("ghost"))


@attack("Y034")
def seat_for_somebody_never_enrolled(book: Writer) -> None:
    book.seat("supervision", "ghost")


@attack("Y031")
def second_registrar_enrolled(book: Writer) -> None:
    book.enrol("registrar", "另一个")


@attack("Y033")
def seat_of_the_registrar_given_away(book: Writer) -> None:
    book.seat("registrar", "book1")


@attack("Y033")
def seat_of_the_registrar_emptied(book: Writer) -> None:
    book.leave("registrar", "registrar")


@attack("Y047")
def seat_whose_term_is_over(book: Writer) -> None:
    track = book.walk(book.submit(LARGE), until="secretary")
    book.on("2024-01-02")
    book.sign(track, "secretary", "sec1")


@attack("Y047")
def seat_that_was_left(book: Writer) -> None:
    track = book.walk(book.submit(LARGE), until="secretary")
    book.leave("secretary", "sec1")
    book.sign(track, "secretary", "sec1")


@attack("Y023")
def day_shifted_by_a_time_zone(book: Writer) -> None:
    track = book.walk(book.submit(LARGE), until="secretary")
    west = timezone(timedelta(hours=-12))
    at = datetime(2023, 12, 31, 23, 0, tzinfo=west).isoformat(timespec="seconds")
    book.sign(track, "secretary", "sec1", over={"at": at})


@attack("Y07B")
def wrong_seat_signs(book: Writer) -> None:
    track = book.walk(book.submit(LARGE), until="secretary")
    book.sign(track, "secretary", "cadre1")


@attack("Y07B")
def deputy_signs_though_nobody_recused(book: Writer) -> None:
    track = book.walk(book.submit(LARGE), until="secretary")
    book.sign(track, "secretary", "rev1")


@attack("Y07B")
def third_seat_steps_in_after_a_recusal(book: Writer) -> None:
    track = book.walk(book.submit(LARGE), until="secretary")
    book.sign(track, "secretary", "sec1", decision="recuse")
    book.sign(track, "secretary", "agri1")


@attack("Y077")
def maker_signs(book: Writer) -> None:
    track = book.walk(book.submit(LARGE, by=("clerk1", "clerk")), until="clerk")
    book.sign(track, "clerk", "clerk1")


@attack("Y077")
def earlier_maker_signs(book: Writer) -> None:
    book.enrol("clerk2", "文小另")
    book.seat("clerk", "clerk2")
    track = book.walk(book.submit(LARGE, case="c", by=("clerk1", "clerk")), until="clerk")
    book.sign(track, "clerk", "clerk2", "clerk", decision="return")
    again = book.submit(payment(DAY, 3_100_000), case="c", revision=2, by=("clerk2", "clerk"))
    book.sign(book.walk(again, until="clerk"), "clerk", "clerk1")


@attack("Y078")
def one_person_signs_two_steps(book: Writer) -> None:
    book.seat("village-leader", "cadre1")
    track = book.walk(book.submit(LARGE), until="village-leader")
    book.sign(track, "village-leader", "cadre1", "village-leader")


@attack("Y078")
def one_supervisor_counted_twice(book: Writer) -> None:
    track = book.walk(book.submit(LARGE), until="supervision")
    book.sign(track, "supervision", "sup1")
    book.sign(track, "supervision", "sup1")


@attack("Y079")
def kin_of_the_payee_signs(book: Writer) -> None:
    track = book.submit(payment(DAY, 3_000_000, "包小干建材行"))
    book.sign(book.walk(track, until="village-cadre"), "village-cadre", "cadre1")


@attack("Y079")
def payee_signs_under_a_name_with_blanks(book: Writer) -> None:
    track = book.submit(payment(DAY, 3_000_000, "包 小干"))
    book.sign(book.walk(track, until="village-cadre"), "village-cadre", "cadre1")


@attack("Y079")
def payee_renamed_before_signing(book: Writer) -> None:
    book.enrol("cadre1", "包新名")
    track = book.submit(payment(DAY, 3_000_000, "包小干"))
    book.sign(book.walk(track, until="village-cadre"), "village-cadre", "cadre1")


@attack("Y07A")
def recused_and_signs_after_all(book: Writer) -> None:
    track = book.walk(book.submit(LARGE), until="secretary")
    book.sign(track, "secretary", "sec1", decision="recuse")
    book.sign(track, "secretary", "sec1")


@attack("Y095")
def recusal_taken_for_an_approval(book: Writer) -> None:
    track = book.walk(book.submit(payment(DAY, 50_000)), until="village-cadre")
    track.leaves.append(book.sign(track, "village-cadre", "cadre1", decision="recuse"))
    track.advance()
    book.post(track)


@attack("Y044")
def method_that_the_key_does_not_have(book: Writer) -> None:
    track = book.walk(book.submit(LARGE), until="secretary")
    book.sign(track, "secretary", "sec1", over={"method": "passkey"})


# --- meetings ---


@attack("Y080")
def more_votes_than_people(book: Writer) -> None:
    book.meet(book.submit(LARGE), favour=9)


@attack("Y080")
def more_present_than_on_the_roster(book: Writer) -> None:
    book.meet(book.submit(LARGE), present=12, favour=9)


@attack("Y081")
def roster_too_short(book: Writer) -> None:
    book.meet(book.submit(LARGE), roster=2, present=2, favour=2, against=0)


@attack("Y082")
def quorum_missing(book: Writer) -> None:
    book.meet(book.submit(LARGE), present=5, favour=5, against=0)


@attack("Y083")
def majority_missing(book: Writer) -> None:
    book.meet(book.submit(LARGE), present=8, favour=4, against=4)


@attack("Y084")
def step_of_one_person_closed_as_a_meeting(book: Writer) -> None:
    track = book.walk(book.submit(LARGE), until="secretary")
    book.meet(track, "secretary")


@attack("Y07B")
def meeting_chaired_from_another_seat(book: Writer) -> None:
    book.seat("representative", "sec1")
    track = book.submit(LARGE)
    facts = {**track.bound(), "step": "council", "day": DAY, "roster": 9, "present": 7}
    facts |= {"favour": 6, "against": 1, "recorder": "clerk1", "recorder_seat": "clerk"}
    hands = (hand("sec1"), hand("clerk1"))
    body = {**facts, "minutes": ""}
    book.act("meeting.closed", "sec1", "representative", track.case, body, hands)


@attack("Y040")
def meeting_not_closed_by_its_recorder(book: Writer) -> None:
    book.meet(book.submit(LARGE), hands=(hand("sec1"),))


@attack("Y045")
def recorder_signature_forged(book: Writer) -> None:
    forged = hand("clerk1")._replace(private=hand("sec1").private)
    book.meet(book.submit(LARGE), hands=(hand("sec1"), forged))


@attack("Y085")
def chair_records_too(book: Writer) -> None:
    book.seat("clerk", "sec1")
    book.meet(book.submit(LARGE), people=("sec1", "sec1"))


@attack("Y086")
def recorder_without_the_seat(book: Writer) -> None:
    book.meet(book.submit(LARGE), people=("sec1", "agri1"))


@attack("Y087")
def meeting_of_tomorrow(book: Writer) -> None:
    book.meet(book.submit(LARGE), day="2021-06-30")


# --- payment and posting ---


@attack("Y095")
def payment_skipped(book: Writer) -> None:
    book.post(book.walk(book.submit(LARGE)))


@attack("Y091")
def paid_before_the_last_signature(book: Writer) -> None:
    book.pay(book.walk(book.submit(LARGE), until="township-head"))


@attack("Y091")
def paid_twice(book: Writer) -> None:
    track = book.walk(book.submit(LARGE))
    book.pay(track)
    book.pay(track)


@attack("Y092")
def payment_of_a_receipt(book: Writer) -> None:
    book.pay(book.walk(book.submit(rent(DAY, 100_000))))


@attack("Y093")
def maker_pays(book: Writer) -> None:
    book.seat("cashier", "book1")
    book.pay(book.walk(book.submit(LARGE)), by=("book1", "cashier"))


@attack("Y096")
def cashier_posts(book: Writer) -> None:
    book.seat("bookkeeper", "cash1")
    track = book.walk(book.submit(LARGE))
    book.pay(track)
    book.post(track, by=("cash1", "bookkeeper"))


@attack("Y046")
def clerk_posts(book: Writer) -> None:
    book.post(book.walk(book.submit(rent(DAY, 1))), by=("clerk1", "clerk"))


@attack("Y075")
def payment_on_another_head(book: Writer) -> None:
    book.pay(book.walk(book.submit(LARGE)), head=sha(b"head"))


@attack("Y094")
def posted_twice(book: Writer) -> None:
    track = book.walk(book.submit(rent(DAY, 100_000)))
    book.post(track)
    book.post(track)


@attack("Y095")
def posted_after_it_was_sent_back(book: Writer) -> None:
    track = book.walk(book.submit(LARGE), until="secretary")
    book.sign(track, "secretary", "sec1", decision="return")
    book.post(track)


@attack("Y061")
def new_revision_after_the_money_left(book: Writer) -> None:
    track = book.walk(book.submit(LARGE, case="c"))
    book.pay(track)
    book.submit(payment(DAY, 5_000_000), case="c", revision=2)


@attack("Y061")
def new_revision_after_posting(book: Writer) -> None:
    track = book.walk(book.submit(rent(DAY, 100_000), case="c"))
    book.post(track)
    book.submit(rent(DAY, 200_000), case="c", revision=2)


@attack("Y061")
def new_revision_after_withdrawal(book: Writer) -> None:
    book.submit(LARGE, case="c")
    book.act("case.withdrawn", "book1", "bookkeeper", "c", {"revision": 1, "reason": ""})
    book.submit(LARGE, case="c", revision=2)


@attack("Y061")
def withdrawn_after_posting(book: Writer) -> None:
    book.post(book.walk(book.submit(rent(DAY, 100_000), case="c")))
    book.act("case.withdrawn", "book1", "bookkeeper", "c", {"revision": 1, "reason": ""})


@attack("Y061")
def withdrawn_twice(book: Writer) -> None:
    book.submit(LARGE, case="c")
    for _ in range(2):
        book.act("case.withdrawn", "book1", "bookkeeper", "c", {"revision": 1, "reason": ""})


@attack("Y061")
def withdrawn_after_the_money_left(book: Writer) -> None:
    track = book.walk(book.submit(LARGE, case="c"))
    book.pay(track)
    book.act("case.withdrawn", "book1", "bookkeeper", "c", {"revision": 1, "reason": ""})


@attack("Y090")
def withdrawn_by_another(book: Writer) -> None:
    book.submit(LARGE, case="c")
    book.act("case.withdrawn", "clerk1", "clerk", "c", {"revision": 1, "reason": ""})


@attack("Y073")
def withdrawal_of_another_revision(book: Writer) -> None:
    book.submit(LARGE, case="c")
    book.act("case.withdrawn", "book1", "bookkeeper", "c", {"revision": 2, "reason": ""})


@attack("Y097")
def posted_into_another_month(book: Writer) -> None:
    book.post(book.walk(book.submit(rent(DAY, 100_000))), period="2021-06")


@attack("Y097")
def posted_under_another_class(book: Writer) -> None:
    book.post(book.walk(book.submit(rent(DAY, 100_000))), **{"class": "transfer"})


@attack("Y098")
def number_left_out(book: Writer) -> None:
    book.post(book.walk(book.submit(rent(DAY, 100_000))), no=2)


@attack("Y098")
def number_used_twice(book: Writer) -> None:
    book.enter(rent(DAY, 100_000))
    book.post(book.walk(book.submit(rent(DAY, 200_000))), no=1)


@attack("Y099")
def posted_into_a_sealed_month(book: Writer) -> None:
    book.seal("2021-05")
    book.enter(rent(DAY, 100_000))


@attack("Y100")
def detail_account_opened_twice(book: Writer) -> None:
    book.account("102.01", "另一个户")
    book.details.pop()


# --- the log ---


@attack("Y021")
def event_of_another_village_replayed(book: Writer) -> None:
    book.submit(LARGE)
    track = book.submit(rent(DAY, 1))
    facts = {
        **track.bound(),
        "step": "reviewer",
        "decision": "approve",
        "opinion": "",
        "shown": "x",
        "for": "",
    }
    book.act("case.signed", "rev1", "reviewer", track.case, facts, village="510802-other")


@attack("Y025")
def nonce_replayed(book: Writer) -> None:
    track = book.submit(rent(DAY, 1), case="c")
    nonce = json.loads(book.lines[-1])["statement"]["nonce"]
    book.sign(track, "reviewer", "rev1", over={"nonce": nonce})


@attack("Y022")
def log_opened_again_with_another_registrar(book: Writer) -> None:
    honest, book.registrar = book.registrar, hand("usurper")
    book.open()
    book.registrar = honest


@attack("Y018")
def act_that_no_format_knows(book: Writer) -> None:
    book.office("seat.bought", "secretary", {})


@attack("Y019")
def body_with_a_field_more(book: Writer) -> None:
    book.office("key.revoked", "sec1", {"person": "sec1", "key": "0" * 16, "reason": "", "x": 1})


@attack("Y020")
def subject_that_is_not_the_body(book: Writer) -> None:
    body = {"seat": "clerk", "person": "sec1", "from": "2021-01-01", "until": "2023-12-31"}
    book.office("seat.taken", "secretary", body)


@attack("Y019")
def term_until_a_day_that_is_none(book: Writer) -> None:
    book.seat("clerk", "sec1", ("2021-01-01", "2023-02-30"))


@attack("Y019")
def term_until_a_word(book: Writer) -> None:
    book.seat("clerk", "sec1", ("2021-01-01", "永久"))


@attack("Y016")
def time_without_seconds(book: Writer) -> None:
    body = {"person": "x", "name": "无秒", "household": ""}
    book.office("person.enrolled", "x", body, at="2021-05-30T10:00+08:00")


@attack("Y016")
def thirty_first_of_june(book: Writer) -> None:
    body = {"person": "x", "name": "无日", "household": ""}
    book.office("person.enrolled", "x", body, at="2021-06-31T10:00:00+08:00")


@attack("Y017")
def nonce_that_is_none(book: Writer) -> None:
    body = {"person": "x", "name": "无号", "household": ""}
    book.office("person.enrolled", "x", body, nonce="1")


@attack("Y046")
def bookkeeper_enrols_a_key(book: Writer) -> None:
    key = hand("stranger")
    body = {"person": "sec1", "key": key.key, "alg": "ed25519", "public": key.public.hex()}
    book.act("key.enrolled", "book1", "bookkeeper", "sec1", {**body, "method": "pin"})


@attack("Y042")
def bookkeeper_acts_as_the_registrar(book: Writer) -> None:
    body = {"person": "x", "name": "冒名", "household": ""}
    book.act("person.enrolled", "registrar", "registrar", "x", body, (hand("book1"),))


@attack("Y111")
def question_asked_twice(book: Writer) -> None:
    body = {"question": "q", "period": "2021-05", "line": "", "text": "？", "asked": DAY}
    book.act("question.asked", "clerk1", "clerk", "q", body)
    book.act("question.asked", "clerk1", "clerk", "q", body)


@attack("Y112")
def answer_to_a_question_that_was_dropped(book: Writer) -> None:
    body = {"question": "q", "text": "。", "correction": ""}
    book.act("question.answered", "clerk1", "clerk", "q", body)


@attack("Y110")
def sheet_taken_down_before_it_was_posted(book: Writer) -> None:
    body = {"period": "2021-05", "sheet": sha(b""), "posted": "2021-06-02", "until": "2021-06-01"}
    book.act("sheet.published", "book1", "bookkeeper", "2021-05", body)


# --- seals ---


@attack("Y120")
def month_passed_over(book: Writer) -> None:
    book.seal("2021-05")
    book.seal("2021-07")
    book.ends["2021-06"] = book.ends.pop("2021-07")


@attack("Y120")
def first_seal_after_the_first_entries(book: Writer) -> None:
    book.seal("2021-06")


@attack("Y121")
def seal_over_fewer_events(book: Writer) -> None:
    book.seal("2021-05", size=3)


@attack("Y122")
def seal_over_another_root(book: Writer) -> None:
    book.seal("2021-05", root=sha(b"root"))


@attack("Y123")
def seal_over_other_balances(book: Writer) -> None:
    book.seal("2021-05", balances=sha(b"balances"))


@attack("Y124")
def seal_note_by_another_key(book: Writer) -> None:
    book.seal("2021-05", key=hand("usurper"))


@attack("Y124")
def seal_note_that_is_no_note(book: Writer) -> None:
    book.seal("2021-05", note="已封账\n")


@attack("Y125")
def seal_note_of_another_log(book: Writer) -> None:
    book.seal("2021-05", note=book.note("2021-05", 3, bytes(32), book.registrar))


@attack("Y125")
def seal_note_of_another_month(book: Writer) -> None:
    other = book.note("2021-04", len(book.lines), bytes(32), book.registrar)
    book.seal("2021-05", note=other)


@pytest.mark.parametrize(("code", "act"), ATTACKS, ids=[act.__name__ for _, act in ATTACKS])
def test_an_attack_is_stopped_with_its_own_reason(code: str, act: Attack, tmp_path: Path) -> None:
    book = begun()
    honest = set(book.lines)
    act(book)
    verdict = verify(book.write(tmp_path))
    assert verdict.fault is not None
    assert (verdict.fault.code, verdict.good) == (code, False)
    assert as_kept(act, verdict.fault.sentence)
    # The report points at what the insider wrote, not at what came before.
    name = verdict.fault.file
    assert name.endswith(".events.jsonl")
    lines = (tmp_path / CODE / name).read_bytes().splitlines()
    assert lines[verdict.fault.line - 1] not in honest


def test_what_honest_people_do_is_not_stopped(tmp_path: Path) -> None:
    """Every step that an attack bends stands here once as it should be."""
    book = begun()
    deputy = book.walk(book.submit(LARGE, by=("clerk1", "clerk")), until="clerk")
    book.enrol("clerk2", "文小另")
    book.seat("clerk", "clerk2")
    book.sign(deputy, "clerk", "clerk2", "clerk")
    deputy.advance()
    book.sign(deputy, "secretary", "sec1", decision="recuse")
    book.sign(deputy, "secretary", "rev1")
    deputy.advance()
    book.walk(deputy)
    book.pay(deputy, bank_line="line-1")
    book.post(deputy)
    first = book.walk(book.submit(payment(DAY, 50_000, bank_line="l")), until="secretary")
    book.sign(first, "secretary", "sec1", decision="return")
    again = book.submit(payment(DAY, 60_000, bank_line="l"), case=first.case, revision=2)
    book.walk(again)
    book.pay(again, bank_line="l")
    book.post(again)
    gone = book.submit(payment(DAY, 70_000, bank_line="m"))
    body = {"revision": 1, "reason": "填错"}
    book.act("case.withdrawn", "book1", "bookkeeper", gone.case, body)
    book.enter(payment(DAY, 70_000, bank_line="m"))
    book.leave("first-secretary", "first1")
    book.vacant = {"first-secretary"}
    book.enter(payment(DAY, 4_000_000))
    book.key("sec1", hand("a second key"))
    old = {"person": "sec1", "key": hand("sec1").key, "reason": "遗失"}
    book.office("key.revoked", "sec1", old)
    book.office("key.revoked", "clerk1", {**old, "person": "clerk1"})
    small_one = book.walk(book.submit(payment(DAY, 80_000)), until="secretary")
    book.sign(small_one, "secretary", "sec1", hands=(hand("a second key"),))
    verdict = verify(book.write(tmp_path))
    assert verdict.fault is None
    assert verdict.checked.vouchers == 5


# --- the texts ---

Tamper = Callable[[Path], None]
TEXTS: list[tuple[str, str, Tamper]] = []
MAIN, AUDIT, MONTH = "2021/main.beancount", "2021/audit.beancount", "2021/2021-05.beancount"


def tamper(code: str, file: str) -> Callable[[Tamper], Tamper]:
    """Note what somebody does to the files, with the code and the file of the fault."""

    def note(act: Tamper) -> Tamper:
        TEXTS.append((code, file, act))
        return act

    return note


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@tamper("Y130", MONTH)
def amount_edited_in_the_text(books: Path) -> None:
    text = (books / MONTH).read_text("utf-8")
    (books / MONTH).write_text(text.replace("30000.00", "90000.00"), "utf-8")


@tamper("Y130", MONTH)
def entry_added_to_the_text(books: Path) -> None:
    with (books / MONTH).open("a", encoding="utf-8") as file:
        file.write('\n2021-05-30 * "无签"\n  Expenses:514公益支出  1.00 CNY\n')
        file.write("  Assets:102银行存款:01基本户  -1.00 CNY\n")


@tamper("Y130", MAIN)
def include_added(books: Path) -> None:
    edit(books / MAIN, 'include "2021-05.beancount"', 'include "/etc/passwd"')


@tamper("Y130", AUDIT)
def guard_taken_out(books: Path) -> None:
    edit(books / AUDIT, 'plugin "approvals.guard"\n', "")


@tamper("Y130", MAIN)
def plugin_added(books: Path) -> None:
    edit(books / MAIN, 'option "operating_currency"', 'plugin "os"\noption "operating_currency"')


@tamper("Y130", "2021/accounts.beancount")
def account_renamed(books: Path) -> None:
    edit(books / "2021/accounts.beancount", "基本户", "另一户")


@tamper("Y130", "2021/2021-05.seal")
def seal_file_changed(books: Path) -> None:
    edit(books / "2021/2021-05.seal", "mingbai", "mingbaj")


@tamper("Y004", "2021/2021-06.seal")
def seal_file_removed(books: Path) -> None:
    (books / "2021/2021-06.seal").unlink()


@tamper("Y00A", "2021/.main.beancount.picklecache")
def pickle_planted(books: Path) -> None:
    (books / "2021/.main.beancount.picklecache").write_bytes(b"cos\nsystem\n(S'true'\ntR.")


@tamper("Y009", "2022/2022-01.beancount")
def year_added(books: Path) -> None:
    (books / "2022").mkdir()
    (books / "2022/2022-01.beancount").write_text("")


@tamper("Y003", "2022")
def empty_folder_added(books: Path) -> None:
    (books / "2022").mkdir()


@tamper("Y002", "2021/link.beancount")
def link_planted(books: Path) -> None:
    (books / "2021/link.beancount").symlink_to("/etc/hostname")


@tamper("Y002", "2021")
def year_replaced_by_a_link(books: Path) -> None:
    (books / "2021").rename(books.parent / "elsewhere")
    (books / "2021").symlink_to(books.parent / "elsewhere")


@tamper("Y006", "2020/2021-05.events.jsonl")
def events_in_the_folder_of_another_year(books: Path) -> None:
    (books / "2020").mkdir()
    (books / "2021/2021-05.events.jsonl").rename(books / "2020/2021-05.events.jsonl")


@tamper("Y004", "2021/2021-06.events.jsonl")
def events_renamed(books: Path) -> None:
    (books / "2021/2021-06.events.jsonl").rename(books / "2021/2021-07.events.jsonl")


@tamper("Y027", "2021/2021-04.events.jsonl")
def first_events_renamed(books: Path) -> None:
    (books / "2021/2021-05.events.jsonl").rename(books / "2021/2021-04.events.jsonl")


@tamper("Y026", "2021/2021-05.events.jsonl")
def two_months_in_one_file(books: Path) -> None:
    later = (books / "2021/2021-06.events.jsonl").read_bytes()
    (books / "2021/2021-06.events.jsonl").unlink()
    with (books / "2021/2021-05.events.jsonl").open("ab") as file:
        file.write(later)


@tamper("Y028", "2021/2021-05.events.jsonl")
def seal_event_moved_to_the_next_file(books: Path) -> None:
    first, second = books / "2021/2021-05.events.jsonl", books / "2021/2021-06.events.jsonl"
    *lines, seal = first.read_bytes().splitlines(keepends=True)
    first.write_bytes(b"".join(lines))
    second.write_bytes(seal + second.read_bytes())


@tamper("Y007", "2021/2021-06.events.jsonl")
def events_emptied(books: Path) -> None:
    (books / "2021/2021-06.events.jsonl").write_bytes(b"")


@tamper("Y012", "2021/2021-06.events.jsonl")
def last_line_feed_missing(books: Path) -> None:
    path = books / "2021/2021-06.events.jsonl"
    path.write_bytes(path.read_bytes()[:-1])


@tamper("Y014", "2021/2021-05.events.jsonl")
def event_line_deleted(books: Path) -> None:
    path = books / "2021/2021-05.events.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:40] + lines[41:]))


@tamper("Y008", "village.json")
def all_events_removed(books: Path) -> None:
    for path in books.glob("*/*.events.jsonl"):
        path.unlink()


@tamper("Y004", "village.json")
def village_removed(books: Path) -> None:
    (books / "village.json").unlink()


@tamper("Y02A", "village.json")
def village_renamed(books: Path) -> None:
    edit(books / "village.json", "样例村", "另一村")


@tamper("Y021", "2021/2021-05.events.jsonl")
def village_of_another_code(books: Path) -> None:
    edit(books / "village.json", CODE, "510802-other")


@tamper("Y010", "village.json")
def village_not_canonical(books: Path) -> None:
    edit(books / "village.json", ",", ", ")


@tamper("Y011", "village.json")
def village_with_a_field_less(books: Path) -> None:
    edit(books / "village.json", '"chart":"2023",', "")


@tamper("Y013", "2021/2021-05.events.jsonl")
def line_spelled_otherwise(books: Path) -> None:
    edit(books / "2021/2021-05.events.jsonl", '"seq":3', '"seq": 3')


@tamper("Y015", "2021/2021-05.events.jsonl")
def line_with_a_field_more(books: Path) -> None:
    edit(books / "2021/2021-05.events.jsonl", '"seq":3', '"aaa":3,"seq":3'.replace("aaa", "sep"))


@pytest.mark.parametrize(("code", "file", "act"), TEXTS, ids=[act.__name__ for _, _, act in TEXTS])
def test_a_changed_directory_is_refused_at_the_file(
    code: str, file: str, act: Tamper, tmp_path: Path
) -> None:
    books = small().write(tmp_path)
    act(books)
    verdict = verify(books)
    assert verdict.fault is not None
    assert (verdict.fault.code, verdict.fault.file) == (code, file)
    assert as_kept(act, str(verdict.fault))


def test_opening_balances_of_the_next_year_are_held(tmp_path: Path) -> None:
    book = small()
    for month in range(7, 13):
        book.seal(f"2021-{month:02d}")
    book.on("2022-01-05")
    book.enter(rent("2022-01-05", 100_000))
    books = book.write(tmp_path)
    assert verify(books).fault is None
    edit(books / "2022/main.beancount", "年初余额", "年初调整")
    fault = verify(books).fault
    assert fault is not None
    assert (fault.code, fault.file) == ("Y130", "2022/main.beancount")
