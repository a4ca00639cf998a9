"""What only just may be: the proof says good up to the edge of a rule, and a fault beyond it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from test_approvals_boards import DAY as NOTICE
from test_approvals_boards import SHEET
from test_approvals_halves import at_council, later
from test_approvals_verify_attacks import DAY, LARGE, begun
from test_approvals_verify_hands import finish, hand_over, judged, on_paper, papers
from test_approvals_verify_witnesses import appoint, key_server
from verify_history import Writer, hand, opening, payment, policy, rent, small

from approvals.verify import verify
from approvals.verify.run import proceed


def good(book: Writer, folder: Path) -> None:
    verdict = judged(book, folder)
    assert verdict.fault is None, verdict.fault


def test_the_registrars_acts_that_change_nothing(tmp_path: Path) -> None:
    book = begun()
    book.key("sec1", hand("sec1"))  # the same key, in the same way
    for person, key in (("clerk1", hand("sec1").key), ("clerk1", "0" * 16)):
        body = {"person": person, "key": key, "reason": "不是他的"}
        book.office("key.revoked", person, body)
    book.leave("representative", "sec1")  # a seat that nobody ever had
    book.leave("clerk", "sec1")  # nor this person
    book.enter(LARGE)
    good(book, tmp_path)


def test_several_opening_vouchers_and_a_notice_of_one_day(tmp_path: Path) -> None:
    book = begun()
    book.enter(
        replace(opening(), legs=tuple(one._replace(fen=one.fen // 2) for one in opening().legs))
    )
    body = {"period": "2021-04", "sheet": SHEET, "posted": DAY, "until": DAY}
    book.act("sheet.published", "book1", "bookkeeper", "2021-04", body)
    good(book, tmp_path)


def test_a_month_without_a_voucher_is_sealed(tmp_path: Path) -> None:
    book = Writer()
    book.found()
    book.seal("2021-05")
    book.seal("2021-06")
    good(book, tmp_path)


def test_the_first_voucher_waits_for_no_notice(tmp_path: Path) -> None:
    book = Writer()
    text = policy()
    for one in text["chains"]:
        one["notice"] = 15
    book.policy = text
    book.found()
    book.on(NOTICE)
    book.submit(payment(NOTICE, 80_000))
    good(book, tmp_path)


def test_a_correction_rests_on_the_papers_of_the_entry(tmp_path: Path) -> None:
    book = begun()
    wrong = payment(DAY, 80_000)
    number = book.enter(wrong)
    book.enter(payment(DAY, 90_000, corrects=str(number), papers=wrong.papers))
    good(book, tmp_path)


def test_a_case_withdrawn_sets_its_papers_free(tmp_path: Path) -> None:
    book = begun()
    track = book.submit(LARGE)
    facts = {"digest": "ab" * 32, "title": "合同", "number": ""}
    body = {"digest": track.digest, "papers": [facts], "reason": "补"}
    book.act("papers.added", "book1", "bookkeeper", track.case, body)
    gone = {"revision": 1, "reason": ""}
    book.act("case.withdrawn", "book1", "bookkeeper", track.case, gone)
    other = book.submit(LARGE)
    body["digest"] = other.digest
    book.act("papers.added", "book1", "bookkeeper", other.case, body)
    good(book, tmp_path)


def test_wet_signatures_of_a_committee_count_one_by_one(tmp_path: Path) -> None:
    book = papers(2)
    for one in book.policy["chains"][1]["steps"]:
        one["method"] = "paper"
    book.adopt({**book.policy, "id": "papers"})
    track = book.submit(payment(DAY, 80_000))
    for signer in ("sup1", "sup2"):  # both entered by one hand
        on_paper(book, track, step="supervision", signer=signer, signer_seat="supervision")
    finish(book, track)
    good(book, tmp_path)


@pytest.mark.parametrize("waited", [timedelta(0), timedelta(days=7)])
def test_a_second_hand_signs_at_once_or_after_seven_days(waited: timedelta, tmp_path: Path) -> None:
    book = begun()
    later(book, at_council(book), waited=waited)
    good(book, tmp_path)


@pytest.mark.parametrize(
    ("names", "quorum", "faulty"), [("abc", 3, 2), ("abcd", 3, 1), ("a", 1, 0), ("abcde", 4, 2)]
)
def test_a_quorum_that_is_just_enough(names: str, quorum: int, faulty: int, tmp_path: Path) -> None:
    book = begun()
    key_server(book)
    appoint(book, tuple(names), quorum, faulty)
    good(book, tmp_path)


def test_papers_come_to_a_case_that_a_state_has_put_away(tmp_path: Path) -> None:
    book = small()
    books = book.write(tmp_path)
    state = proceed(books, keep=True).state
    paid = next(item for item in book.posted if item.voucher.kind == "payment")
    book.on("2021-07-01")
    facts = {"digest": "ab" * 32, "title": "合同", "number": ""}
    body = {"digest": paid.voucher.digest(), "papers": [facts], "reason": "补"}
    book.act("papers.added", "book1", "bookkeeper", paid.case, body)
    book.write(tmp_path)
    done = proceed(books, past=state)
    assert (done.verdict.fault, done.since) == (None, "2021-06")
    assert done.verdict == verify(books)


def test_a_new_registrar_after_the_old_key_was_revoked_is_refused(tmp_path: Path) -> None:
    book = begun()
    body = {"person": "registrar", "key": book.registrar.key, "reason": ""}
    book.office("key.revoked", "registrar", body)
    hand_over(book, hand("registrar2"))
    fault = judged(book, tmp_path).fault
    assert fault is not None
    assert (fault.code, fault.line) == ("Y043", len(book.lines))


def test_nothing_is_cosigned_before_the_first_seal(tmp_path: Path) -> None:
    book = begun()
    key_server(book)
    appoint(book)
    body = {"period": "2021-05", "witness": "school", "line": "— school AAAA"}
    book.act("seal.cosigned", "server", "server", "2021-05", body, method="server")
    fault = judged(book, tmp_path).fault
    assert fault is not None
    assert fault.code == "Y127"


def test_nothing_is_submitted_before_a_policy_is_adopted(tmp_path: Path) -> None:
    book = Writer()
    book.open()
    book.enrol("book1", "账小田")
    book.seat("bookkeeper", "book1")
    book.account("102.01", "基本户")
    book.submit(rent(DAY, 5))
    fault = judged(book, tmp_path).fault
    assert fault is not None
    assert (fault.code, fault.line) == ("Y066", len(book.lines))


def test_a_payment_waits_for_the_notice_too(tmp_path: Path) -> None:
    book = Writer()
    text = policy()
    for one in text["chains"]:
        one["notice"] = 15
    book.policy = text
    book.found()
    book.on("2021-05-20")
    book.enter(rent("2021-05-20", 5))
    book.on("2021-06-14")
    track = book.walk(book.submit(payment("2021-06-14", 80_000)))
    good(book, tmp_path)
    book.on("2021-06-16")
    book.pay(track)
    fault = judged(book, tmp_path).fault
    assert fault is not None
    assert fault.code == "Y09A"


def test_the_cap_of_wet_signatures_is_reached_one_by_one(tmp_path: Path) -> None:
    book = papers(2)
    for one in book.policy["chains"][1]["steps"]:
        one["method"] = "paper"
    book.adopt({**book.policy, "id": "papers"})
    track = book.submit(payment(DAY, 80_000))
    for signer in ("sup1", "sup2"):
        on_paper(book, track, step="supervision", signer=signer, signer_seat="supervision")
    track.advance()
    on_paper(book, track, step="secretary", signer="sec1", signer_seat="secretary")
    fault = judged(book, tmp_path).fault
    assert fault is not None
    assert fault.code == "Y07E"
