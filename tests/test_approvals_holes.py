"""What verify refuses, the server refuses first: a log cannot be mended afterwards."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, timedelta
from typing import Any

import pytest
from sample import STAFF, TERM, Village, hand, legs, opening, paper, payment, rent

from approvals import acts, adopting, gate, policy, rules, signoff, submission
from approvals.acts import Desk
from approvals.signoff import Tally
from approvals.standing import Standing
from approvals.verify import verify
from ledger import posting
from ledger.book import files
from ledger.log import store as log
from ledger.refusal import Refusal
from ledger.voucher import Voucher

DAY = date(2021, 1, 12)
REGISTRAR = "registrar"


def registrar(village: Village, act: Callable[..., Any], *rest: object) -> None:
    with village.engine.begin() as conn:
        act(conn, hand(REGISTRAR), village.desk(), *rest)


def red(number: object, wrong: Voucher) -> Voucher:
    mirrored = tuple(leg._replace(fen=-leg.fen) for leg in wrong.legs)
    return replace(wrong, summary="红字", reverses=str(number), legs=mirrored)


def reversed_twice(village: Village) -> None:
    wrong = rent(DAY, 100)
    number = village.post(wrong).number
    village.post(red(number, wrong))
    village.submit(red(number, wrong))


def red_of_red(village: Village) -> None:
    rows = legs(("513", 100), ("211", -100))
    wrong = replace(rent(DAY, 100), kind="transfer", purpose="transfer.accrual", legs=rows)
    first = red(village.post(wrong).number, wrong)
    village.submit(red(village.post(first).number, first))


def correction_of_nothing(village: Village) -> None:
    village.submit(replace(rent(DAY, 100), corrects="2021-付-0099"))


def opening_after_others(village: Village) -> None:
    village.post(rent(DAY, 100))
    village.submit(replace(opening(), legs=legs(("102.01", 5), ("301", -5))))


def opening_posted_after_others(village: Village) -> None:
    later = village.clear(village.submit(replace(opening(), legs=legs(("151", 5), ("301", -5)))))
    village.post(rent(DAY, 100))
    with village.engine.begin() as conn:
        gate.post(conn, hand("book1"), village.desk(), later.case)


def key_of_another(village: Village) -> None:
    registrar(village, acts.enrol_key, "sec1", hand("clerk1").public)


def revoked_key_again(village: Village) -> None:
    registrar(village, acts.revoke_key, "sec1", hand("sec1").key, "遗失")
    registrar(village, acts.enrol_key, "sec1", hand("sec1").public)


def key_of_nobody(village: Village) -> None:
    registrar(village, acts.enrol_key, "ghost", hand("ghost").public)


def seat_of_nobody(village: Village) -> None:
    registrar(village, acts.take_seat, "clerk", "ghost", TERM)


def seat_of_registrar(village: Village) -> None:
    registrar(village, acts.take_seat, REGISTRAR, "book1", TERM)


def person_registrar(village: Village) -> None:
    registrar(village, acts.enrol_person, REGISTRAR, "某人")


def seat_that_does_not_exist(village: Village) -> None:
    registrar(village, acts.take_seat, "mayor", "book1", TERM)


def term_backwards(village: Village) -> None:
    registrar(village, acts.take_seat, "clerk", "book1", (TERM[1], TERM[0]))


def empty_name(village: Village) -> None:
    registrar(village, acts.enrol_person, "p1", "")


def other_offset(village: Village) -> None:
    at = (village.now + timedelta(minutes=1)).astimezone(UTC)
    with village.engine.begin() as conn:
        acts.enrol_person(conn, hand(REGISTRAR), Desk(village.code, at), "p1", "某人")


def strange_nonce(village: Village) -> None:
    with village.engine.begin() as conn:
        acts.enrol_person(conn, hand(REGISTRAR), village.desk("abc"), "p1", "某人")


def to_supervision(village: Village, payee: str) -> Standing:
    voucher = payment(DAY, 3_860_000)
    assert voucher.payee is not None
    named = replace(voucher, payee=voucher.payee._replace(name=payee))
    return village.step(village.step(village.submit(named)))


def kin_with_white_space(village: Village) -> None:
    standing = to_supervision(village, "监家 建材 行")
    with village.engine.begin() as conn:
        args = (standing.case, "supervision", "supervision")
        signoff.sign(conn, hand("sup1"), village.desk(), *args)


def renamed_payee(village: Village) -> None:
    registrar(village, acts.enrol_person, "agri1", "新名字")
    standing = to_supervision(village, STAFF["agri-centre"][1])
    with village.engine.begin() as conn:
        args = (standing.case, "agri-centre", "agri-centre")
        signoff.sign(conn, hand("agri1"), village.desk(), *args)


def bank_line_paid_twice(village: Village) -> None:
    for fen in (3_860_000, 3_860_001):
        standing = village.submit(payment(DAY, fen))
        while standing.waiting():
            standing = village.step(standing)
        with village.engine.begin() as conn:
            signoff.pay(conn, hand("cash1"), village.desk(), standing.case, "L1")


def strange_body(village: Village) -> None:
    with village.engine.begin() as conn:
        acts.record(conn, hand("clerk1"), village.desk(), "question.asked", "q", {"x": 1})


def answer_to_nothing(village: Village) -> None:
    body = {"question": "q", "text": "答", "correction": ""}
    with village.engine.begin() as conn:
        acts.record(conn, hand("clerk1"), village.desk(), "question.answered", "q", body)


def question_twice(village: Village) -> None:
    body = {"question": "q", "period": "2021-01", "line": "", "text": "问", "asked": "2021-01-12"}
    for _ in range(2):
        with village.engine.begin() as conn:
            acts.record(conn, hand("clerk1"), village.desk(), "question.asked", "q", body)


def notice_backwards(village: Village) -> None:
    body = {"period": "2021-01", "sheet": "0" * 64, "posted": "2021-02-02", "until": "2021-02-01"}
    with village.engine.begin() as conn:
        acts.record(conn, hand("book1"), village.desk(), "sheet.published", "2021-01", body)


def meeting_ahead(village: Village) -> None:
    case = village.submit(payment(DAY, 500)).case
    with village.engine.begin() as conn:
        tally = Tally(date(2021, 3, 1), 25, 21, 19, 1)
        args = (hand("sec1"), hand("clerk1"), village.desk(), case, "council", tally)
        signoff.close_meeting(conn, *args)


def two_chains_of_one_id(village: Village) -> None:
    own = policy.shipped("lizhou")
    registrar(village, adopting.adopt_policy, {**own, "chains": [*own["chains"], own["chains"][0]]})


def weak_method(village: Village) -> None:
    own = deepcopy(policy.shipped("lizhou"))
    for chain in own["chains"]:
        for step in chain["steps"]:
            step["method"] = "passkey"
    registrar(village, adopting.adopt_policy, own)
    village.clear(village.submit(rent(DAY, 100)))


def chain_without_steps(village: Village) -> None:
    own = deepcopy(policy.shipped("lizhou"))
    for chain in own["chains"]:
        for step in chain["steps"]:
            step["skip_if_vacant"] = True
    registrar(village, adopting.adopt_policy, own)
    registrar(village, acts.leave_seat, "reviewer", "rev1", "调离")
    village.submit(rent(DAY, 100))


def paper_in_two_cases(village: Village) -> None:
    for fen in (100, 101):
        village.submit(payment(DAY, fen, papers=(paper("a", "1"),)))


HOLES: dict[Callable[[Village], None], type[Refusal]] = {
    reversed_twice: submission.BadReversal,
    red_of_red: submission.BadReversal,
    correction_of_nothing: submission.BadReversal,
    opening_after_others: submission.LateStart,
    opening_posted_after_others: posting.LateOpening,
    key_of_another: acts.KeyTaken,
    revoked_key_again: acts.KeyTaken,
    key_of_nobody: acts.NotEnrolled,
    seat_of_nobody: acts.NotEnrolled,
    seat_of_registrar: acts.Reserved,
    person_registrar: acts.Reserved,
    seat_that_does_not_exist: acts.BadTerm,
    term_backwards: acts.BadTerm,
    empty_name: acts.BadBody,
    other_offset: log.OtherOffset,
    strange_nonce: acts.BadNonce,
    kin_with_white_space: rules.MustRecuse,
    renamed_payee: rules.MustRecuse,
    bank_line_paid_twice: submission.LineUsed,
    strange_body: acts.BadBody,
    answer_to_nothing: acts.BadBody,
    question_twice: acts.BadBody,
    notice_backwards: acts.BadBody,
    meeting_ahead: signoff.MeetingAhead,
    two_chains_of_one_id: policy.BadPolicy,
    weak_method: rules.LowMethod,
    chain_without_steps: submission.NothingToSign,
    paper_in_two_cases: submission.PaperUsed,
}


@pytest.mark.parametrize("hole", HOLES, ids=lambda hole: hole.__name__)
def test_the_server_lets_in_nothing_that_verify_refuses(
    village: Village, hole: Callable[[Village], None]
) -> None:
    with pytest.raises(HOLES[hole]):
        hole(village)
    with village.engine.begin() as conn:
        files.project(conn, village.code, village.root)
    assert verify(village.root / village.code).fault is None
