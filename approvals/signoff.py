"""Decide on a step, close a meeting, pay."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection

from approvals import boards, earmarks, register, rules, signing, standing
from approvals.acts import Desk, check_key, make_act, seat_for, write
from approvals.cases import open_cases, standing_of
from approvals.keys import Hand
from approvals.policy import must_pay
from approvals.register import Register
from approvals.standing import Standing
from approvals.submission import LineUsed
from ledger import views
from ledger.log import store as log
from ledger.log.act import Event
from ledger.money import yuan
from ledger.posted import store as posted
from ledger.refusal import Refusal
from ledger.voucher import Voucher


class Tally(NamedTuple):
    """A meeting's vote: people on the roster, present, in favour, against; the day it was held."""

    day: date
    roster: int
    present: int
    favour: int
    against: int
    minutes: str = ""


def sign(  # noqa: PLR0913, PLR0917 - a decision names the case, the step, the seat and itself
    conn: Connection,
    hand: Hand,
    desk: Desk,
    case: str,
    step: str,
    seat: str,
    decision: str = "approve",
    opinion: str = "",
    giver: str = "",
) -> Standing:
    """Decide on a step: `approve`, `return` (to the maker, with a reason) or `recuse`.

    `giver` is whose seat it is when they have lent it to this hand by `acts.lend_seat`.

    Raises:
        Refusal: of `approvals.rules`; NoReason for a return without an opinion; StrangeKey.
    """
    log.hold(conn, desk.village)
    people = register.of(conn, desk.village)
    check_key(people, hand)
    if _repeated(conn, desk):
        return standing_of(conn, desk.village, case)
    before = standing_of(conn, desk.village, case)
    place = rules.step_of(before, step)
    if decision not in {"approve", "return", "recuse"} or place["kind"] == "meeting":
        raise BadDecision(step=place["title"])
    rules.check_method(place, hand.method)
    rules.may_decide(before, people, place, hand.person, seat, desk.at.date(), giver)
    if decision == "approve":
        for voice in (hand.person, giver) if giver else (hand.person,):
            rules.may_approve(before, people, voice)
    if decision == "return" and not opinion.strip():
        raise NoReason
    body = {
        "revision": before.revision,
        "digest": before.digest,
        "step": step,
        "head": before.head,
        "decision": decision,
        "opinion": opinion,
        "shown": shown(before.voucher),
        "for": giver,
    }
    event = write(conn, hand, desk, "case.signed", seat, case, body)
    return standing.follow(before, event, people)


def shown(voucher: Voucher) -> str:
    """Return the one sentence that a signer has on the screen and signs."""
    payee = f"，收付款方 {voucher.payee.name}" if voucher.payee else ""
    return f"{voucher.day.isoformat()} {voucher.summary}，{yuan(voucher.total)} 元{payee}"


def _repeated(conn: Connection, desk: Desk) -> bool:
    return bool(desk.nonce) and log.has_nonce(conn, desk.village, desk.nonce)


def close_meeting(
    conn: Connection, chair: Hand, recorder: Hand, desk: Desk, case: str, step: str, tally: Tally
) -> Standing:
    """Close a meeting on a case: chair and recorder sign the roster and the vote.

    Raises:
        Refusal: of `approvals.rules`; SamePerson when chair and recorder are one.
    """
    log.hold(conn, desk.village)
    people = register.of(conn, desk.village)
    for hand in (chair, recorder):
        check_key(people, hand)
    before = standing_of(conn, desk.village, case)
    seat, body = meeting(people, before, chair, recorder.person, desk.at.date(), step, tally)
    rules.check_method(rules.step_of(before, step), recorder.method)
    event = both(conn, desk, ("meeting.closed", seat, case), body, (chair, recorder))
    return standing.follow(before, event, people)


def meeting(
    people: Register,
    before: Standing,
    chair: Hand,
    recorder: str,
    day: date,
    step: str,
    tally: Tally,
) -> tuple[str, dict[str, Any]]:
    """Return the chair's seat and the content of a meeting's close, once the rules allow it."""
    place = rules.step_of(before, step)
    if place["kind"] != "meeting":
        raise BadDecision(step=place["title"])
    if chair.person == recorder:
        raise SamePerson
    seat = _meeting_seat(people, chair.person, place, "seats", day)
    recorder_seat = _meeting_seat(people, recorder, place, "recorders", day)
    rules.check_method(place, chair.method)
    if tally.day > day:
        raise MeetingAhead(day=tally.day)
    rules.check_tally(place, tally.roster, tally.present, tally.favour, tally.against)
    body = {
        **_bound(before, step),
        **tally._asdict(),
        "day": tally.day.isoformat(),
        "recorder": recorder,
        "recorder_seat": recorder_seat,
    }
    return seat, body


def both(
    conn: Connection,
    desk: Desk,
    what: tuple[str, str, str],
    body: Mapping[str, Any],
    hands: tuple[Hand, Hand],
) -> Event:
    """Record an act (kind, seat, subject) that two hands sign at one desk."""
    kind, seat, subject = what
    first, second = hands
    if first.method != second.method:
        began = desk.at.isoformat(timespec="seconds")
        body = {**body, "second": {"began": began, "method": second.method}}
    act = make_act(desk, kind, first, seat, subject, body)
    signatures = (first.sign(signing.first_half(act)), second.sign(act.to_sign()))
    return views.record(conn, act, signatures)


class Form(NamedTuple):
    """A wet-signed form: who signed it in which seat, on which day, the digest of its scan."""

    signer: str
    seat: str
    day: date
    scan: str


def sign_on_paper(
    conn: Connection, hands: tuple[Hand, Hand], desk: Desk, case: str, step: str, form: Form
) -> Standing:
    """Enter an approval signed on paper: one hand enters, another confirms.

    Raises:
        Refusal: of `approvals.rules`; PaperHands, MakerEnters, PaperCap, MeetingAhead.
    """
    log.hold(conn, desk.village)
    people, day = register.of(conn, desk.village), desk.at.date()
    for hand in hands:
        check_key(people, hand)
    before = standing_of(conn, desk.village, case)
    entering, confirming = hands
    body = on_paper(people, before, entering.person, day, step, form)
    seats = [people.seats_of(hand.person, day) for hand in hands]
    pairs = [(one, other) for one in seats[0] for other in seats[1] if one != other]
    may_confirm(before, form, entering.person, confirming.person)
    if not pairs:
        raise PaperHands
    seat, confirmer_seat = pairs[0]
    body |= {"confirmer": confirming.person, "confirmer_seat": confirmer_seat}
    event = both(conn, desk, ("paper.signed", seat, case), body, hands)
    return standing.follow(before, event, people)


def on_paper(
    people: Register, before: Standing, entering: str, day: date, step: str, form: Form
) -> dict[str, Any]:
    """Return the content of a wet signature but for who confirms it, once the rules allow it."""
    place = rules.step_of(before, step)
    if place["kind"] == "meeting":
        raise BadDecision(step=place["title"])
    rules.check_method(place, "paper")
    if form.signer == entering:
        raise PaperHands
    if entering in before.makers:
        raise MakerEnters
    if form.day > day:
        raise MeetingAhead(day=form.day)
    if form.seat not in place["seats"]:
        raise rules.NoSeat(step=place["title"], seats=register.title(form.seat))
    rules.may_decide(before, people, place, form.signer, form.seat, day)
    rules.may_approve(before, people, form.signer)
    most = before.chain["paper_most"]
    if paper_steps(before) >= most:
        raise PaperCap(most=most)
    return {
        **_bound(before, step),
        "signer": form.signer,
        "signer_seat": form.seat,
        "scan": form.scan,
        "day": form.day.isoformat(),
    }


def paper_steps(before: Standing) -> int:
    """Return how many wet signatures a revision has."""
    return sum(s.method == "paper" for s in before.signoffs)


def may_confirm(before: Standing, form: Form, entering: str, confirming: str) -> None:
    """Refuse who may not confirm a wet signature that somebody entered.

    Raises:
        PaperHands: fewer than three people; MakerEnters.
    """
    if len({form.signer, entering, confirming}) < 3:  # noqa: PLR2004
        raise PaperHands
    if confirming in before.makers:
        raise MakerEnters


def _bound(before: Standing, step: str) -> dict[str, Any]:
    return {
        "revision": before.revision,
        "digest": before.digest,
        "step": step,
        "head": before.head,
    }


def open_meeting(
    conn: Connection, chair: Hand, desk: Desk, case: str, step: str, day: date, place: str
) -> Standing:
    """Call the meeting of a waiting step for a day and a place; its close is an act of its own."""
    log.hold(conn, desk.village)
    people = register.of(conn, desk.village)
    check_key(people, chair)
    before = standing_of(conn, desk.village, case)
    waiting = rules.step_of(before, step)
    if waiting["kind"] != "meeting":
        raise BadDecision(step=waiting["title"])
    seat = _meeting_seat(people, chair.person, waiting, "seats", desk.at.date())
    body = {**_bound(before, step), "day": day.isoformat(), "place": place}
    event = write(conn, chair, desk, "meeting.opened", seat, case, body)
    return standing.follow(before, event, people)


def _meeting_seat(
    people: Register, person: str, place: Mapping[str, Any], role: str, day: date
) -> str:
    for seat in place[role]:
        if people.holds(person, seat, day):
            return str(seat)
    titles = "、".join(register.title(seat) for seat in place[role])
    raise rules.NoSeat(step=place["title"], seats=titles)


def pay(conn: Connection, hand: Hand, desk: Desk, case: str, bank_line: str = "") -> Standing:
    """Record the cashier's bank payment of a cleared case.

    Raises:
        NotCleared: steps are still open, or the chain asks for no payment, or it was paid.
        MakerPays: the cashier made the voucher.
    """
    log.hold(conn, desk.village)
    people = register.of(conn, desk.village)
    seat = seat_for(people, hand, "payment.made", desk.at.date())
    before = standing_of(conn, desk.village, case)
    if before.state != "cleared" or not must_pay(before.chain, before.voucher):
        raise NotCleared(state=rules.STATES[before.state])
    if hand.person in before.makers:
        raise MakerPays
    boards.check_notice(conn, desk.village, before.chain, before.voucher, desk.at.date())
    policy = people.policies[before.policy]
    earmarks.check_left(conn, policy, before.voucher, lambda: _paid(conn, desk.village))
    if bank_line:
        other = posted.case_of_bank_line(conn, desk.village, bank_line)
        if other not in {None, case}:
            raise LineUsed(case=other)
    body = {
        "revision": before.revision,
        "digest": before.digest,
        "head": before.head,
        "bank_line": bank_line,
    }
    event = write(conn, hand, desk, "payment.made", seat, case, body)
    return standing.follow(before, event, people)


def _paid(conn: Connection, village: str) -> list[Voucher]:
    return [one.voucher for one in open_cases(conn, village) if one.state == "paid"]


class NoReason(Refusal):
    """A case sent back without a reason."""

    code = "A039"
    says = "退回时请写明原因，让制单人知道怎么改。"
    status = 422


class BadDecision(Refusal):
    """The decision does not fit the step."""

    code = "A040"
    says = (
        "“{step}”不能这样办理：会议须由主持人和记录人一起登记表决结果，审签只能同意、退回或回避。"
    )
    status = 422


class SamePerson(Refusal):
    """Chair and recorder are the same person."""

    code = "A041"
    says = "会议主持人和记录人不能是同一个人。"
    status = 422


class NotCleared(Refusal):
    """The case may not be paid now."""

    code = "A042"
    says = "该事项{state}，现在不能付款。全部审签完毕后才能付款，且只付一次。"
    rule = "利州区 八审会签"


class MakerPays(Refusal):
    """Maker and cashier are one person."""

    code = "A043"
    says = "制单人不能兼任付款的出纳，请由另一位出纳付款。"
    rule = "会计法 第三十七条（出纳不得兼管账目登记）"
    status = 403


class PaperHands(Refusal):
    """Too few people stand behind a wet signature."""

    code = "A054"
    says = "纸质签字须由签字人以外的两个人办理：一人录入，另一席位的人确认。"
    rule = "TRUST paper"
    status = 422


class MakerEnters(Refusal):
    """The maker may not enter or confirm a wet signature on their own voucher."""

    code = "A055"
    says = "制单人不能录入或确认自己凭证的纸质签字，请由别人办理。"
    rule = "会计法 第二十五条：不相容岗位分离"
    status = 403


class PaperCap(Refusal):
    """The chain allows no more wet signatures."""

    code = "A056"
    says = "审签办法规定每件事项最多 {most} 步用纸质签字，已经用完，请用签名密码或通行密钥签。"
    rule = "TRUST paper: capped per chain"


class MeetingAhead(Refusal):
    """The meeting's day has not come."""

    code = "A053"
    says = "会议日期 {day} 还没有到，请核对会议记录。"
    status = 422
