"""The chain of a case from submission to the books, and everybody who should not."""

from dataclasses import replace
from datetime import date

import pytest
from sample import COMMITTEE, STAFF, TERM, Village, hand, legs, opening, paper, payment, rent
from sqlalchemy import Connection

from approvals import acts, gate, rules, signoff, submission
from approvals.cases import open_cases, standing_of, trail, waiting_for
from approvals.signoff import Tally
from approvals.standing import Standing
from ledger import periods, posting
from ledger.legs import store as leg_store
from ledger.log import store as log
from ledger.refusal import Refusal
from ledger.voucher import Party

DAY = date(2021, 1, 12)
HELD = date(2021, 1, 4)


def refuse(village: Village, kind: type[Refusal], *decision: str, who: str) -> Refusal:
    """Expect a refusal of a sign-off, and that the log did not grow."""
    case, step, seat, *rest = decision
    with village.engine.begin() as conn:
        before = log.size(conn, village.code)
    with pytest.raises(kind) as caught, village.engine.begin() as conn:
        signoff.sign(conn, hand(who), village.desk(), case, step, seat, *rest)
    with village.engine.begin() as conn:
        assert log.size(conn, village.code) == before
    return caught.value


def test_a_payment_walks_two_resolutions_two_reviews_and_six_levels(village: Village) -> None:
    standing = village.submit(payment(DAY, 3_860_000))
    titles = []
    while standing.waiting():
        titles.append(standing.waiting()[0]["title"])
        standing = village.step(standing)
    assert titles == [
        "村两委商议",
        "村民代表审议",
        "村务监督委员会审核",
        "村务监督委员会审核",
        "村务监督委员会审核",
        "镇农业服务中心审核",
        "村文书审签",
        "村支书（村主任）审签",
        "第一书记审签",
        "包村镇干部审签",
        "包村镇领导审签",
        "镇主要领导审签",
    ]
    assert standing.state == "cleared"
    posted = village.post(payment(DAY, 100_00))
    assert str(posted.number) == "2021-付-0001"
    with village.engine.begin() as conn:
        marks = trail(conn, village.code, posted.case)
        balances = leg_store.balances(conn, village.code, "2021-01")
    assert marks[0].title == "制单"
    assert [mark.title for mark in marks][-2:] == ["出纳付款", "记账"]
    assert balances == {"102.01": -100_00, "514": 100_00}


def test_numbers_run_without_gaps_within_year_and_class(village: Village) -> None:
    numbers = [str(village.post(rent(DAY, 100 + n)).number) for n in range(3)]
    numbers.append(str(village.post(payment(DAY, 50)).number))
    numbers.append(str(village.post(rent(date(2022, 1, 5), 70)).number))
    assert numbers == [
        "2021-收-0001",
        "2021-收-0002",
        "2021-收-0003",
        "2021-付-0001",
        "2022-收-0001",
    ]


def test_nobody_signs_out_of_turn(village: Village) -> None:
    case = village.submit(payment(DAY, 500)).case
    said = refuse(village, rules.OutOfTurn, case, "township-head", "township-head", who="head1")
    assert "村两委商议" in str(said)


def test_nobody_signs_without_the_seat(village: Village) -> None:
    standing = village.step(village.step(village.submit(payment(DAY, 500))))
    refuse(village, rules.NoSeat, standing.case, "supervision", "supervision", who="clerk1")
    refuse(village, rules.NoSeat, standing.case, "supervision", "clerk", who="clerk1")


def test_nobody_signs_twice_or_with_two_hats(village: Village) -> None:
    standing = village.step(village.step(village.submit(payment(DAY, 500))))
    with village.engine.begin() as conn:
        signoff.sign(
            conn, hand("sup2"), village.desk(), standing.case, "supervision", "supervision"
        )
        acts.take_seat(conn, hand("registrar"), village.desk(), "agri-centre", "sup2", TERM)
    args = (standing.case, "supervision", "supervision")
    refuse(village, rules.AlreadySigned, *args, who="sup2")
    refuse(village, rules.TwoHats, standing.case, "agri-centre", "agri-centre", who="sup2")


def test_the_maker_signs_no_step(village: Village) -> None:
    with village.engine.begin() as conn:
        acts.take_seat(conn, hand("registrar"), village.desk(), "reviewer", "book1", TERM)
    case = village.submit(rent(DAY, 500)).case
    refuse(village, rules.MakerSigns, case, "reviewer", "reviewer", who="book1")


def test_a_seat_ends_on_its_day_without_a_button(village: Village) -> None:
    village.on(date(2026, 1, 5))
    with village.engine.begin() as conn:
        short = (date(2020, 1, 1), date(2030, 1, 1))
        acts.take_seat(conn, hand("registrar"), village.desk(), "bookkeeper", "book1", short)
    case = village.submit(rent(date(2026, 1, 5), 500)).case
    refuse(village, rules.NoSeat, case, "reviewer", "reviewer", who="rev1")


def test_a_seat_left_early_and_a_revoked_key_sign_nothing(village: Village) -> None:
    case = village.submit(rent(DAY, 500)).case
    with village.engine.begin() as conn:
        key = hand("rev1").key
        acts.revoke_key(conn, hand("registrar"), village.desk(), "rev1", key, "遗失")
    refuse(village, acts.StrangeKey, case, "reviewer", "reviewer", who="rev1")
    with village.engine.begin() as conn:
        acts.enrol_person(conn, hand("registrar"), village.desk(), "rev2", "复小审")
        acts.enrol_key(conn, hand("registrar"), village.desk(), "rev2", hand("rev2").public)
        acts.take_seat(conn, hand("registrar"), village.desk(), "reviewer", "rev2", TERM)
        acts.leave_seat(conn, hand("registrar"), village.desk(), "reviewer", "rev2", "调离")
    refuse(village, rules.NoSeat, case, "reviewer", "reviewer", who="rev2")


def test_a_relative_of_the_payee_may_only_recuse(village: Village) -> None:
    kin = replace(payment(DAY, 500), payee=replace_name("监家建材行"))
    standing = village.step(village.step(village.submit(kin)))
    args = (standing.case, "supervision", "supervision")
    refuse(village, rules.MustRecuse, *args, who="sup1")
    with village.engine.begin() as conn:
        signoff.sign(conn, hand("sup1"), village.desk(), *args, "recuse", "配偶经营")
    refuse(village, rules.Recused, *args, who="sup1")


def replace_name(name: str) -> Party:
    """Return the payee of the sample under another name."""
    payee = payment(DAY, 1).payee
    assert payee is not None
    return payee._replace(name=name)


def test_the_deputy_signs_where_the_holder_recused_and_only_then(village: Village) -> None:
    own = replace(payment(DAY, 500), payee=replace_name(STAFF["secretary"][1]))
    standing = village.submit(own)
    while standing.waiting()[0]["id"] != "secretary":
        standing = village.step(standing)
    case = standing.case
    refuse(village, rules.NoSeat, case, "secretary", "deputy-director", who="dep1")
    with village.engine.begin() as conn:
        desk = village.desk()
        signoff.sign(conn, hand("sec1"), desk, case, "secretary", "secretary", "recuse")
    with village.engine.begin() as conn:
        desk = village.desk()
        after = signoff.sign(conn, hand("dep1"), desk, case, "secretary", "deputy-director")
    assert [step["id"] for step in after.waiting()] == ["first-secretary"]


def test_a_vacant_first_secretary_is_skipped_by_a_recorded_rule(village: Village) -> None:
    with village.engine.begin() as conn:
        args = (village.desk(), "first-secretary", "first1", "期满")
        acts.leave_seat(conn, hand("registrar"), *args)
    standing = village.submit(payment(DAY, 500))
    assert standing.skips == ("first-secretary",)
    assert village.clear(standing).state == "paid"
    with village.engine.begin() as conn:
        submitted = log.events(conn, village.code, subject=standing.case)[0].statement()
    assert submitted["body"]["skips"] == [{"step": "first-secretary", "rule": "vacant"}]


def test_a_case_sent_back_starts_anew_and_keeps_its_history(village: Village) -> None:
    standing = village.step(village.step(village.submit(payment(DAY, 3860_00))))
    args = (standing.case, "agri-centre", "agri-centre")
    refuse(village, signoff.NoReason, *args, "return", " ", who="agri1")
    with village.engine.begin() as conn:
        after = signoff.sign(conn, hand("agri1"), village.desk(), *args, "return", "金额与发票不符")
    assert after.state == "returned"
    with pytest.raises(gate.ChainOpen, match="已退回"), village.engine.begin() as conn:
        gate.post(conn, hand("book1"), village.desk(), standing.case)
    again = village.submit(payment(DAY, 3680_00), standing.case)
    assert (again.revision, again.state, len(again.earlier)) == (2, "signing", 3)
    assert again.waiting()[0]["id"] == "council"
    assert village.clear(again).state == "paid"


def test_only_the_maker_amends_or_withdraws(village: Village) -> None:
    case = village.submit(payment(DAY, 500)).case
    with pytest.raises(submission.NotYours):
        village.submit(payment(DAY, 600), case, who="clerk1")
    with pytest.raises(submission.NotYours), village.engine.begin() as conn:
        submission.withdraw(conn, hand("clerk1"), village.desk(), case, "重复")
    with village.engine.begin() as conn:
        after = submission.withdraw(conn, hand("book1"), village.desk(), case, "重复")
    assert after.state == "withdrawn"
    with pytest.raises(rules.Finished):
        village.submit(payment(DAY, 600), case)
    with village.engine.begin() as conn:
        assert open_cases(conn, village.code) == []


def test_payment_needs_a_whole_chain_once_and_another_hand(village: Village) -> None:
    standing = village.submit(payment(DAY, 500))
    with pytest.raises(signoff.NotCleared), village.engine.begin() as conn:
        signoff.pay(conn, hand("cash1"), village.desk(), standing.case)
    with pytest.raises(acts.NotEntitled), village.engine.begin() as conn:
        signoff.pay(conn, hand("book1"), village.desk(), standing.case)
    village.clear(standing)
    with pytest.raises(signoff.NotCleared), village.engine.begin() as conn:
        signoff.pay(conn, hand("cash1"), village.desk(), standing.case)
    with village.engine.begin() as conn:
        acts.take_seat(conn, hand("registrar"), village.desk(), "bookkeeper", "cash1", TERM)
    with pytest.raises(gate.CashierPosts), village.engine.begin() as conn:
        gate.post(conn, hand("cash1"), village.desk(), standing.case)
    with pytest.raises(signoff.MakerPays), village.engine.begin() as conn:
        own = submission.submit(conn, hand("cash1"), village.desk(), payment(DAY, 700))
        while own.waiting():
            own = _step_inside(conn, village, own)
        signoff.pay(conn, hand("cash1"), village.desk(), own.case)


def _step_inside(conn: Connection, village: Village, standing: Standing) -> Standing:
    place = standing.waiting()[0]
    if place["kind"] == "meeting":
        args = (hand("sec1"), hand("clerk1"), village.desk(), standing.case, place["id"])
        return signoff.close_meeting(conn, *args, Tally(HELD, 25, 25, 25, 0))
    seat = place["seats"][0]
    who = STAFF[seat][0] if seat in STAFF else village._fresh(standing)
    return signoff.sign(conn, hand(who), village.desk(), standing.case, place["id"], seat)


def test_the_gate_posts_no_open_chain_and_nothing_twice(village: Village) -> None:
    standing = village.submit(payment(DAY, 500))
    with pytest.raises(gate.ChainOpen, match="镇主要领导审签"), village.engine.begin() as conn:
        gate.post(conn, hand("book1"), village.desk(), standing.case)
    village.clear(standing)
    with village.engine.begin() as conn:
        gate.post(conn, hand("book1"), village.desk(), standing.case)
    with pytest.raises(posting.AlreadyPosted), village.engine.begin() as conn:
        gate.post(conn, hand("book1"), village.desk(), standing.case)


@pytest.mark.parametrize(
    ("tally", "kind"),
    [
        (Tally(HELD, 25, 26, 20, 0), rules.BadTally),
        (Tally(HELD, 25, 20, 19, 2), rules.BadTally),
        (Tally(HELD, 25, 20, -1, 2), rules.BadTally),
        (Tally(HELD, 12, 12, 12, 0), rules.ShortRoster),
        (Tally(HELD, 25, 16, 16, 0), rules.NoQuorum),
        (Tally(HELD, 25, 20, 10, 10), rules.Rejected),
    ],
)
def test_a_meeting_without_quorum_or_majority_resolves_nothing(
    village: Village, tally: Tally, kind: type[Refusal]
) -> None:
    standing = village.step(village.submit(payment(DAY, 500)))
    with pytest.raises(kind), village.engine.begin() as conn:
        args = (hand("sec1"), hand("clerk1"), village.desk(), standing.case, "representatives")
        signoff.close_meeting(conn, *args, tally)


def test_a_meeting_is_closed_by_two_people_in_their_seats(village: Village) -> None:
    case = village.submit(payment(DAY, 500)).case
    tally = Tally(HELD, 5, 5, 5, 0)
    for chair, recorder, kind in (
        ("sec1", "sec1", signoff.SamePerson),
        ("clerk1", "sec1", rules.NoSeat),
        ("sec1", "agri1", rules.NoSeat),
    ):
        with pytest.raises(kind), village.engine.begin() as conn:
            args = (hand(chair), hand(recorder), village.desk(), case, "council", tally)
            signoff.close_meeting(conn, *args)
    refuse(village, signoff.BadDecision, case, "council", "secretary", who="sec1")
    later = village.step(village.step(standing_at(village, case)))
    with pytest.raises(signoff.BadDecision), village.engine.begin() as conn:
        args = (hand("sec1"), hand("clerk1"), village.desk(), later.case, "agri-centre", tally)
        signoff.close_meeting(conn, *args)


def standing_at(village: Village, case: str) -> Standing:
    """Return where a case stands now."""
    with village.engine.begin() as conn:
        return standing_of(conn, village.code, case)


def test_a_double_click_is_one_signature(village: Village) -> None:
    case = village.submit(rent(DAY, 500)).case
    nonce = "ab" * 16
    desk = village.desk(nonce)
    for _ in range(2):
        with village.engine.begin() as conn:
            args = (hand("rev1"), desk, case, "reviewer", "reviewer")
            assert signoff.sign(conn, *args).state == "cleared"
    with village.engine.begin() as conn:
        assert len(log.events(conn, village.code, subject=case)) == 2


def test_a_bank_line_and_a_paper_are_used_once(village: Village) -> None:
    first = replace(rent(DAY, 500), bank_line="k1", papers=(paper("a", "0001"),))
    case = village.submit(first).case
    with pytest.raises(submission.LineUsed):
        village.submit(replace(rent(DAY, 500), bank_line="k1"))
    for other in (paper("a"), paper("b", "0001")):
        with pytest.raises(submission.PaperUsed):
            village.submit(replace(rent(DAY, 500), papers=(other,)))
    village.submit(first, case)
    with village.engine.begin() as conn:
        submission.withdraw(conn, hand("book1"), village.desk(), case, "重复")
    village.submit(first)


def test_what_no_book_may_hold_is_refused_at_submission(village: Village) -> None:
    with pytest.raises(submission.UnknownItem):
        village.submit(replace(rent(DAY, 500), purpose="income.magic"))
    with pytest.raises(submission.NoPayee):
        village.submit(replace(payment(DAY, 500), payee=None))
    with pytest.raises(submission.WrongVillage):
        village.submit(rent(DAY, 500, "510802-sandui-xiaohe"))


def test_a_red_letter_mirrors_its_original_and_both_walk_the_chain(village: Village) -> None:
    wrong = village.post(payment(DAY, 3860_00))
    mirrored = tuple(leg._replace(fen=-leg.fen) for leg in wrong.voucher.legs)
    red = replace(payment(DAY, 1), legs=mirrored, reverses=str(wrong.number), summary="注销")
    for bad in (
        replace(red, reverses="2021-付-0099"),
        replace(red, legs=legs(("514", -1), ("102.01", 1))),
    ):
        with pytest.raises(submission.BadReversal):
            village.submit(bad)
    done = village.post(red)
    right = village.post(replace(payment(DAY, 3680_00), corrects=str(wrong.number)))
    assert [str(done.number), str(right.number)] == ["2021-付-0002", "2021-付-0003"]
    with village.engine.begin() as conn:
        assert leg_store.balances(conn, village.code, "2021-01")["514"] == 3680_00
        assert leg_store.turnovers(conn, village.code, "2021-01", "2021-01")["514"] == (3680_00, 0)
        titles = [mark.title for mark in trail(conn, village.code, done.case)]
    assert "出纳付款" not in titles


def test_a_sealed_month_opens_for_nobody(village: Village) -> None:
    village.post(opening())
    village.post(rent(DAY, 120_00))
    village.on(date(2021, 2, 2))
    late = village.submit(rent(date(2021, 1, 31), 10_00))
    with pytest.raises(periods.OpenCases):
        village.seal("2021-01")
    with pytest.raises(periods.NotItsTurn):
        village.seal("2021-02")
    with village.engine.begin() as conn:
        submission.withdraw(conn, hand("book1"), village.desk(), late.case, "改到二月")
    village.seal("2021-01")
    with pytest.raises(periods.Sealed):
        village.submit(rent(DAY, 10_00))
    with pytest.raises(periods.NotItsTurn):
        village.seal("2021-01")
    with village.engine.begin() as conn:
        assert periods.sealed(conn, village.code) == ["2021-01"]


def test_a_case_waits_for_those_it_asks(village: Village) -> None:
    standing = village.step(village.step(village.submit(payment(DAY, 500))))
    with village.engine.begin() as conn:
        for person, _ in COMMITTEE:
            asked = waiting_for(conn, village.code, person, DAY)
            assert [(item.standing.case, item.seat) for item in asked] == [
                (standing.case, "supervision")
            ]
        assert waiting_for(conn, village.code, "head1", DAY) == []
        assert waiting_for(conn, village.code, "nobody", DAY) == []


def test_a_meeting_is_called_and_then_closed(village: Village) -> None:
    standing = village.submit(payment(DAY, 3_860_000))
    step = standing.waiting()[0]
    day = village.now.date()
    with pytest.raises(rules.NoSeat), village.engine.begin() as conn:
        signoff.open_meeting(
            conn, hand("head1"), village.desk(), standing.case, step["id"], day, "村委会"
        )
    with village.engine.begin() as conn:
        called = signoff.open_meeting(
            conn, hand("sec1"), village.desk(), standing.case, step["id"], day, "村委会"
        )
    assert called.waiting()[0]["id"] == step["id"]
    assert village.step(called).waiting()[0]["id"] != step["id"]
