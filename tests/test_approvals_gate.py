"""Posting, sealing and cosigning on the server, to the last field; submitting; signing on paper."""

from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

import pytest
from sample import TERM, Village, hand, legs, opening, paper, payment, rent
from test_approvals_rules import at, signed
from verify_history import hand as key_of

from approvals import acts, adopting, funds, gate, policy, register, rules, signoff, submission
from approvals.acts import Desk
from approvals.cases import standing_of
from approvals.signoff import Form
from approvals.standing import Standing
from ledger import note, periods, posting
from ledger.closing import red
from ledger.legs import store as leg_store
from ledger.log import store as log
from ledger.posted import store as posted
from ledger.refusal import Refusal
from ledger.voucher import Voucher

DAY = date(2021, 1, 12)
NAMES = ("school", "county", "agency", "neighbour")
TIME = 1_622_512_800


def last(village: Village) -> dict[str, object]:
    with village.engine.begin() as conn:
        return log.events(conn, village.code)[-1].statement()


def test_what_a_case_lacks() -> None:
    names = ("council", "supervision", "agri-centre", "secretary", "village-cadre")
    assert gate.missing(at(2)) == "、".join(f"{name}审签" for name in names)
    done = [signed("x", one) for one in ("council", "supervision", "agri-centre", "secretary")]
    case = at(2, *done, signed("y", "supervision"), signed("z", "village-cadre"))
    assert gate.missing(case) == "出纳付款"
    assert gate.missing(at(2, state="returned")) == "已退回"
    assert gate.missing(at(2, state="withdrawn")) == "已撤回"


def test_a_posting_says_what_was_posted(village: Village) -> None:
    case = village.clear(village.submit(rent(DAY, 500)))
    with village.engine.begin() as conn:
        done = gate.post(conn, hand("book1"), village.desk(), case.case)
    said = last(village)
    body = {"revision": 1, "digest": case.digest, "head": case.head, "year": 2021}
    assert said["body"] == {**body, "class": "receipt", "no": 1, "period": "2021-01"}
    assert (said["seat"], said["subject"]) == ("bookkeeper", case.case)
    assert done.voucher == case.voucher
    with pytest.raises(posting.AlreadyPosted) as twice, village.engine.begin() as conn:
        gate.post(conn, hand("book1"), village.desk(), case.case)
    assert twice.value.facts == {"number": done.number}
    with pytest.raises(acts.NotEntitled), village.engine.begin() as conn:
        gate.post(conn, hand("clerk1"), village.desk(), case.case)


def test_an_act_is_about_its_own_case(village: Village) -> None:
    case = village.submit(payment(DAY, 500)).case
    other = village.submit(rent(DAY, 700))  # later, so that it would be taken for the last one

    def alone(after: Standing) -> Standing:
        with village.engine.begin() as conn:
            assert standing_of(conn, village.code, case) == after
            assert standing_of(conn, village.code, other.case) == other
        assert after.case == case
        return after

    now = alone(village.submit(payment(DAY, 501), case))
    assert now.revision == 2
    with village.engine.begin() as conn:
        papers = [paper("x", "1")]
        now = submission.add_papers(conn, hand("book1"), village.desk(), case, papers, "补充")
    alone(now)
    called = False
    while now.waiting():
        step = now.waiting()[0]
        if step["kind"] == "meeting" and not called:
            with village.engine.begin() as conn:
                where = (step["id"], DAY, "村委会")
                called = bool(
                    signoff.open_meeting(conn, hand("sec1"), village.desk(), case, *where)
                )
            assert last(village)["seat"] == "secretary"
        now = alone(village.step(now))
    with village.engine.begin() as conn:
        now = signoff.pay(conn, hand("cash1"), village.desk(), case)
    assert alone(now).payer == "cash1"
    with village.engine.begin() as conn:
        assert gate.post(conn, hand("book1"), village.desk(), case).case == case
        gone = submission.withdraw(conn, hand("book1"), village.desk(), other.case, "重复")
        assert standing_of(conn, village.code, other.case) == gone
    assert (gone.case, gone.state) == (other.case, "withdrawn")


def test_who_signs_for_another_speaks_for_both(village: Village) -> None:
    own = payment(DAY, 500)
    near = own.payee._replace(name="监家建材行") if own.payee else None
    with village.engine.begin() as conn:
        for giver in ("sup1", "sup2"):
            loan = acts.Loan("audit1", *(village.now.date(),) * 2)
            acts.lend_seat(conn, hand(giver), village.desk(), "supervision", loan)
    case = village.submit(replace(own, payee=near))
    while case.waiting()[0]["kind"] == "meeting":
        case = village.step(case)

    def sign(giver: str, nonce: str = "", person: str = "audit1") -> Standing:
        with village.engine.begin() as conn:
            where = (case.case, "supervision", "supervision")
            args = (conn, hand(person), village.desk(nonce), *where)
            return signoff.sign(*args, giver=giver)

    with pytest.raises(rules.MustRecuse):  # sup1 is near to the payee
        sign("sup1")
    with pytest.raises(Refusal):  # who is lent nothing
        sign("sup3")
    after = sign("sup2", "ab" * 16)
    village.submit(rent(DAY, 700))
    assert sign("sup2", "ab" * 16) == after  # once more under one nonce


def test_what_a_fund_no_longer_holds_is_neither_paid_nor_posted(village: Village) -> None:
    aid = funds.Fund("互助基金", "241.01", ("spending.relief",), "议事会1号", "2021-01-01")
    village.post(opening())
    with village.engine.begin() as conn:
        acts.open_account(conn, hand("book1"), village.desk(), aid.account, aid.name)
        text = {**policy.shipped("tiered"), "funds": [aid.body()]}
        adopting.adopt_policy(conn, hand("registrar"), village.desk(), text)

    def given(fen: int) -> posted.Posted:
        rows = legs(("102.01", fen), (aid.account, -fen))
        more = {"kind": "receipt", "purpose": "income.donation", "summary": f"捐{fen}"}
        return village.post(replace(payment(DAY, fen, **more), legs=rows, fund=aid.name))

    def relief(fen: int) -> Voucher:
        rows = legs((aid.account, fen), ("102.01", -fen))
        more = {"purpose": "spending.relief", "summary": f"救助{fen}"}
        return replace(payment(DAY, fen, **more), legs=rows, fund=aid.name)

    def cleared(fen: int) -> Standing:
        case = village.submit(relief(fen))
        while case.waiting():
            case = village.step(case)
        return case

    much, little = given(700_00), given(300_00)
    first, second = cleared(600_00), cleared(400_00)
    village.post(red(little.voucher, little.number, DAY))
    with village.engine.begin() as conn:
        signoff.pay(conn, hand("cash1"), village.desk(), first.case)
    with pytest.raises(funds.Overdrawn) as short, village.engine.begin() as conn:
        signoff.pay(conn, hand("cash1"), village.desk(), second.case)
    assert short.value.facts == {"fund": aid.name, "left": "100.00", "fen": "400.00"}
    with pytest.raises(funds.Overdrawn) as many:
        village.submit(relief(100_00))
    assert many.value.facts["left"] == "-300.00"
    village.submit(relief(100_00), second.case)  # what was its own is free again
    village.post(red(much.voucher, much.number, DAY))
    with pytest.raises(funds.Overdrawn) as gone, village.engine.begin() as conn:
        gate.post(conn, hand("book1"), village.desk(), first.case)
    assert gone.value.facts["left"] == "0.00"


def cosign(village: Village, name: str, key: str = "") -> None:
    with village.engine.begin() as conn:
        text = note.split_note(posted.seals(conn, village.code)[-1].note)[0]
        one = key_of(key or name)
        line = note.cosign(text, name, one.public, TIME, one.sign)
        gate.cosign(conn, hand("server"), village.desk(), name, line)


def test_a_seal_binds_the_whole_month(village: Village) -> None:
    village.post(opening())
    with village.engine.begin() as conn, pytest.raises(gate.NoSuchWitness) as early:
        gate.cosign(conn, hand("server"), village.desk(), "school", "")
    assert early.value.facts == {"name": "school"}
    village.on(date(2021, 2, 1))
    with village.engine.begin() as conn:
        size, root = log.size(conn, village.code), log.root(conn, village.code)
        balances = leg_store.balances(conn, village.code, "2021-01")
    village.seal("2021-01")
    said = last(village)
    with village.engine.begin() as conn:
        first = posted.seals(conn, village.code)[0]
    assert (said["kind"], said["subject"], said["seat"]) == ("month.sealed", "2021-01", "registrar")
    assert said["body"] == {
        "period": "2021-01", "size": size, "root": root.hex(), "previous": "",
        "balances": gate.canonical.digest(balances), "note": first.note.splitlines(),
    }  # fmt: skip
    origin = f"mingbai/{village.code}"
    text = note.checkpoint_text(note.Checkpoint(origin, size, root, ("period 2021-01",)))
    assert note.open_note(first.note, origin, hand("registrar").public) == text


def test_a_month_is_sealed_under_witnesses(village: Village) -> None:
    village.post(opening())
    with village.engine.begin() as conn:
        keys = {name: key_of(name).public for name in NAMES}
        acts.set_witnesses(conn, hand("registrar"), village.desk(), keys)
    village.on(date(2021, 2, 1))
    village.seal("2021-01")

    def state() -> gate.Witnessed:
        with village.engine.begin() as conn:
            return gate.witnessed_of(conn, village.code, "2021-01")

    public = {name: key_of(name).public.hex() for name in NAMES}
    assert state() == gate.Witnessed(public, (), 3)
    cosign(village, "school")
    said = last(village)
    assert (said["kind"], said["subject"], said["seat"]) == ("seal.cosigned", "2021-01", "server")
    with village.engine.begin() as conn:
        note_now = posted.seals(conn, village.code)[0].note
    line = note_now.splitlines()[-1]
    assert said["body"] == {"period": "2021-01", "witness": "school", "line": line}
    for name in ("school", "mallory"):
        with pytest.raises(gate.NoSuchWitness) as strange:
            cosign(village, name)
        assert strange.value.facts == {"name": name}
    with pytest.raises(note.BadCosignature):
        cosign(village, "county", "school")
    cosign(village, "county")
    assert state().signed == ("school", "county")
    village.on(date(2021, 3, 1))
    with pytest.raises(gate.Unwitnessed) as short:
        village.seal("2021-02")
    assert short.value.facts == {"period": "2021-01", "signed": 2, "quorum": 3}
    cosign(village, "agency")
    village.post(rent(date(2021, 2, 3), 700))
    village.seal("2021-02")
    with village.engine.begin() as conn:
        before, after = posted.seals(conn, village.code)
    body = last(village)["body"]
    assert body["previous"] == sha256(before.note.encode()).hexdigest()  # type: ignore[index]
    with village.engine.begin() as conn:
        assert gate.witnessed(conn, village.code, after).signed == ()
        with pytest.raises(gate.NoSuchWitness) as none:
            gate.witnessed_of(conn, village.code, "2021-03")
    assert none.value.facts == {"name": "2021-03"}


def test_a_seal_made_before_there_were_witnesses_owes_none(village: Village) -> None:
    village.post(opening())
    village.on(date(2021, 2, 1))
    village.seal("2021-01")
    with village.engine.begin() as conn:
        keys = {name: key_of(name).public for name in NAMES}
        acts.set_witnesses(conn, hand("registrar"), village.desk(), keys)
        first = posted.seals(conn, village.code)[0]
        assert gate.witnessed(conn, village.code, first) == gate.Witnessed({}, (), 0)
    with pytest.raises(gate.NoSuchWitness):
        cosign(village, "school")


def test_who_may_not_seal_and_when(village: Village) -> None:
    books = gate.Books(village.root)
    with pytest.raises(periods.NotItsTurn) as none, village.engine.begin() as conn:
        gate.seal(conn, hand("registrar"), village.desk(), "2021-01", books)
    assert none.value.facts == {"period": "2021-01", "turn": "（尚无凭证）"}
    village.post(opening())
    with pytest.raises(periods.NotItsTurn) as turn, village.engine.begin() as conn:
        gate.seal(conn, hand("registrar"), village.desk(), "2021-02", books)
    assert turn.value.facts == {"period": "2021-02", "turn": "2021-01"}
    with pytest.raises(acts.NotEntitled), village.engine.begin() as conn:
        gate.seal(conn, hand("book1"), village.desk(), "2021-01", books)
    for nth in range(4):
        village.submit(replace(rent(DAY, 5), summary=f"第{nth}笔"))
    village.submit(replace(rent(date(2021, 2, 1), 5), summary="二月"))
    with pytest.raises(periods.OpenCases) as still, village.engine.begin() as conn:
        gate.seal(conn, hand("registrar"), village.desk(), "2021-01", books)
    assert still.value.facts == {"period": "2021-01", "count": 4, "cases": "第0笔、第1笔、第2笔"}


def test_books_that_differ_from_the_legs_are_named(village: Village) -> None:
    village.post(opening())
    books = gate.Books(village.root)
    with village.engine.begin() as conn:
        sums = leg_store.balances(conn, village.code, "2021-01")
        gate._compare(conn, village.code, "2021-01", sums, books)
        for other, facts in (
            ({**sums, "151": 1}, {"account": "151", "legs": "0.01", "books": "800000.00"}),
            (
                {code: fen for code, fen in sums.items() if code != "301"},
                {"account": "301", "legs": "0.00", "books": "-900000.00"},
            ),
            ({**sums, "502": 250}, {"account": "502", "legs": "2.50", "books": "0.00"}),
        ):
            with pytest.raises(periods.Disagreement) as caught:
                gate._compare(conn, village.code, "2021-01", other, books)
            assert caught.value.facts == {"period": "2021-01", **facts}


# --- a signature on paper ---


@pytest.fixture
def wet(village: Village) -> tuple[Village, Standing]:
    """A receipt that waits for the reviewer, who may sign on paper once."""
    own = policy.shipped("lizhou")
    chains = []
    for one in own["chains"]:
        steps = [{**step, "method": "paper"} for step in one["steps"]]
        chains.append({**one, "steps": steps, "paper_most": 1})
    with village.engine.begin() as conn:
        text = {**own, "chains": chains}
        adopting.adopt_policy(conn, hand("registrar"), village.desk(), text)
    return village, village.submit(rent(DAY, 500))


SCAN = "ab" * 32
Wrong = tuple[type[Refusal], tuple[str, str], Form]
FORM = Form("rev1", "reviewer", date(2021, 1, 4), SCAN)


def on_paper(
    village: Village, case: str, hands: tuple[str, str] = ("clerk1", "agri1"), form: Form = FORM
) -> Standing:
    with village.engine.begin() as conn:
        two = (hand(hands[0]), hand(hands[1]))
        return signoff.sign_on_paper(conn, two, village.desk(), case, "reviewer", form)


def test_a_wet_signature_says_who_signed_entered_and_confirmed(
    wet: tuple[Village, Standing],
) -> None:
    village, case = wet
    village.submit(rent(DAY, 700))  # a later case, which this is not about
    after = on_paper(village, case.case)
    said = last(village)
    assert said["body"] == {
        "revision": 1, "digest": case.digest, "step": "reviewer", "head": case.head,
        "signer": "rev1", "signer_seat": "reviewer", "scan": SCAN, "day": "2021-01-04",
        "confirmer": "agri1", "confirmer_seat": "agri-centre",
    }  # fmt: skip
    assert (said["kind"], said["person"], said["seat"]) == ("paper.signed", "clerk1", "clerk")
    assert (after.state, signoff.paper_steps(after)) == ("cleared", 1)
    with village.engine.begin() as conn:
        assert standing_of(conn, village.code, case.case) == after


def test_who_may_not_enter_or_confirm_a_wet_signature(wet: tuple[Village, Standing]) -> None:
    village, case = wet
    ahead = FORM._replace(day=village.now.date() + timedelta(days=1))
    cases: list[Wrong] = [
        (signoff.PaperHands, ("rev1", "agri1"), FORM),
        (signoff.PaperHands, ("clerk1", "rev1"), FORM),
        (signoff.PaperHands, ("clerk1", "clerk1"), FORM),
        (signoff.PaperHands, ("sup1", "sup2"), FORM),  # of one seat
        (signoff.MakerEnters, ("book1", "agri1"), FORM),
        (signoff.MakerEnters, ("agri1", "book1"), FORM),
        (signoff.MeetingAhead, ("clerk1", "agri1"), ahead),
        (rules.NoSeat, ("clerk1", "agri1"), FORM._replace(seat="clerk")),
        (rules.NoSeat, ("clerk1", "agri1"), FORM._replace(signer="sec1")),
        (acts.StrangeKey, ("clerk1", "nobody"), FORM),
        (acts.StrangeKey, ("nobody", "agri1"), FORM),
    ]
    for kind, hands, form in cases:
        with pytest.raises(kind):
            on_paper(village, case.case, hands, form)
    with village.engine.begin() as conn:
        acts.take_seat(conn, hand("registrar"), village.desk(), "agri-centre", "clerk1", TERM)
    with pytest.raises(signoff.PaperHands):  # two seats are not two people
        on_paper(village, case.case, ("clerk1", "clerk1"))
    with village.engine.begin() as conn:
        people = register.of(conn, village.code)
        args = (people, case, "clerk1", village.now.date(), "reviewer")
        none = replace(case, chain={**case.chain, "paper_most": 0})
        with pytest.raises(signoff.PaperCap) as cap:
            signoff.on_paper(args[0], none, *args[2:], FORM)
        assert cap.value.facts == {"most": 0}
        with pytest.raises(signoff.MeetingAhead) as day:
            signoff.on_paper(*args, ahead)
        assert day.value.facts == {"day": ahead.day}
        with pytest.raises(rules.NoSeat) as seat:
            signoff.on_paper(*args, FORM._replace(seat="clerk"))
        title = case.steps()[0]["title"]
        assert seat.value.facts == {"step": title, "seats": register.title("clerk")}


def test_a_meeting_is_signed_by_nobody_on_paper(wet: tuple[Village, Standing]) -> None:
    village, _ = wet
    case = village.submit(payment(DAY, 500))
    with pytest.raises(signoff.BadDecision) as caught, village.engine.begin() as conn:
        two = (hand("clerk1"), hand("agri1"))
        form = Form("sec1", "secretary", DAY, SCAN)
        signoff.sign_on_paper(conn, two, village.desk(), case.case, "council", form)
    assert caught.value.facts == {"step": "村两委商议"}
    with pytest.raises(signoff.BadDecision) as called, village.engine.begin() as conn:
        args = (hand("rev1"), village.desk(), wet[1].case)
        signoff.open_meeting(conn, *args, "reviewer", DAY, "村委会")
    assert called.value.facts == {"step": wet[1].steps()[0]["title"]}


def test_the_sentence_that_a_signer_signs() -> None:
    voucher = payment(DAY, 123_45)
    assert signoff.shown(voucher) == "2021-01-12 修田间路，123.45 元，收付款方 样例修路队"
    assert signoff.shown(replace(voucher, payee=None)) == "2021-01-12 修田间路，123.45 元"


# --- submitting ---


def test_a_case_is_named_by_its_day_and_its_nonce(village: Village) -> None:
    desk = Desk(village.code, village.now, "ab" * 16)
    name = f"20210104-{sha256(('ab' * 16).encode()).hexdigest()[:8]}"
    assert submission.new_case(desk) == name
    other = submission.new_case(Desk(village.code, village.now, ""))
    assert other.startswith("20210104-")
    assert len(other) == len(name)
    assert other != submission.new_case(Desk(village.code, village.now, ""))


def test_what_has_ended_is_neither_amended_nor_withdrawn(village: Village) -> None:
    paid = village.clear(village.submit(payment(DAY, 500)))
    done = village.post(rent(DAY, 500)).case
    gone = village.submit(rent(DAY, 600)).case

    def withdraw(case: str) -> None:
        with village.engine.begin() as conn:
            submission.withdraw(conn, hand("book1"), village.desk(), case, "")

    withdraw(gone)
    for case, state in ((paid.case, "已付款"), (done, "已记账"), (gone, "已撤回")):
        with pytest.raises(rules.Finished) as amended:
            village.submit(rent(DAY, 700), case)
        with pytest.raises(rules.Finished) as withdrawn:
            withdraw(case)
        assert amended.value.facts == withdrawn.value.facts == {"state": state}


def test_why_a_red_letter_cannot_be(village: Village) -> None:
    wrong = village.post(rent(DAY, 500))
    number = str(wrong.number)
    mirrored = tuple(leg._replace(fen=-leg.fen) for leg in wrong.voucher.legs)
    red = replace(rent(DAY, 500), legs=mirrored, reverses=number, summary="注销")
    nowhere = "2021-收-0099"
    reasons = {
        nowhere: replace(red, reverses=nowhere),
        "corrects": replace(rent(DAY, 500), corrects=nowhere),
        number: replace(red, legs=legs(("102.01", -1), ("501", 1))),
    }
    whys = []
    for voucher in reasons.values():
        with pytest.raises(submission.BadReversal) as caught:
            village.submit(voucher)
        whys.append((caught.value.facts["number"], caught.value.facts["why"]))
    assert whys == [
        (nowhere, "账上没有这张凭证"),
        (nowhere, "账上没有这张凭证"),
        (number, "红字凭证的科目和金额须与原凭证逐行相反"),
    ]
    case = village.submit(red).case
    with pytest.raises(submission.BadReversal) as twice:
        village.submit(red)
    assert twice.value.facts == {"number": number, "why": f"已由事项 {case} 冲销"}
    village.submit(red, case)  # its own case may go on
