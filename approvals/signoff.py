"""Decide on a step, close a meeting, pay."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection

from approvals import register, rules, standing
from approvals.acts import Desk, check_key, make_act, seat_for, write
from approvals.cases import standing_of
from approvals.keys import Hand
from approvals.policy import must_pay
from approvals.register import Register
from approvals.standing import Standing
from approvals.submission import LineUsed
from ledger import views
from ledger.log import store as log
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
) -> Standing:
    """Decide on a step: `approve`, `return` (to the maker, with a reason) or `recuse`.

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
    rules.may_decide(before, people, place, hand.person, seat, desk.at.date())
    if decision == "approve":
        rules.may_approve(before, people, hand.person)
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
    place = rules.step_of(before, step)
    if place["kind"] != "meeting":
        raise BadDecision(step=place["title"])
    if chair.person == recorder.person:
        raise SamePerson
    day = desk.at.date()
    seat = _meeting_seat(people, chair, place, "seats", day)
    recorder_seat = _meeting_seat(people, recorder, place, "recorders", day)
    rules.check_method(place, chair.method)
    rules.check_method(place, recorder.method)
    if tally.day > day:
        raise MeetingAhead(day=tally.day)
    rules.check_tally(place, tally.roster, tally.present, tally.favour, tally.against)
    body = {
        "revision": before.revision,
        "digest": before.digest,
        "step": step,
        "head": before.head,
        **tally._asdict(),
        "day": tally.day.isoformat(),
        "recorder": recorder.person,
        "recorder_seat": recorder_seat,
    }
    act = make_act(desk, "meeting.closed", chair, seat, case, body)
    data = act.to_sign()
    event = views.record(conn, act, (chair.sign(data), recorder.sign(data)))
    return standing.follow(before, event, people)


def _meeting_seat(
    people: Register, hand: Hand, place: Mapping[str, Any], role: str, day: date
) -> str:
    for seat in place[role]:
        if people.holds(hand.person, seat, day):
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


class MeetingAhead(Refusal):
    """The meeting's day has not come."""

    code = "A053"
    says = "会议日期 {day} 还没有到，请核对会议记录。"
    status = 422
