"""The acts: each checks its rule, is signed by a hand, and becomes one leaf of the log."""

import re
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from approvals import register, signing
from approvals.keys import ALG, Hand
from approvals.policy import seats
from approvals.register import REGISTRAR, SERVER, Register
from approvals.verify.shapes import check_body
from approvals.verify.verdict import Stop
from ledger import views
from ledger.accounts import chart_of
from ledger.log import store as log
from ledger.log.act import Act, Event
from ledger.note import usable_name
from ledger.refusal import Refusal
from ledger.witnesses import FAULTY, QUORUM, check_quorum

# Which seats may do the acts that walk no chain (docs/FORMATS.md, table of kinds).
SEATS: dict[str, tuple[str, ...]] = {
    "person.enrolled": (REGISTRAR,),
    "key.enrolled": (REGISTRAR,),
    "key.revoked": (REGISTRAR,),
    "seat.taken": (REGISTRAR,),
    "seat.left": (REGISTRAR,),
    "kin.declared": (REGISTRAR,),
    "registrar.changed": (REGISTRAR,),
    "registrar.replaced": (REGISTRAR,),
    "server.keyed": (REGISTRAR,),
    "witnesses.set": (REGISTRAR,),
    "seal.cosigned": (SERVER,),
    "reads.digested": (SERVER,),
    "account.opened": ("bookkeeper",),
    "voucher.submitted": ("bookkeeper", "clerk"),
    "case.withdrawn": ("bookkeeper", "clerk"),
    "papers.added": ("bookkeeper", "clerk"),
    "payment.made": ("cashier",),
    "voucher.posted": ("bookkeeper",),
    "month.sealed": (REGISTRAR,),
    "sheet.published": ("bookkeeper",),
    "boards.set": (REGISTRAR, "clerk"),
    "sheet.posted": ("clerk", "supervision"),
    "sheet.taken_down": ("clerk", "supervision"),
    "question.asked": ("clerk",),
    "question.answered": ("clerk", "secretary", "bookkeeper"),
    "audit.marked": ("auditor",),
    "register.adopted": ("bookkeeper",),
    "distribution.frozen": ("bookkeeper",),
}
NONCE = re.compile(r"[0-9a-f]{32}")
FREE = frozenset(
    {
        "sheet.published",
        "question.asked",
        "question.answered",
        "audit.marked",
        "register.adopted",
        "distribution.frozen",
    }
)


class Desk(NamedTuple):
    """Where and when somebody acts: the village, the time, and the nonce that makes it one act."""

    village: str
    at: datetime
    nonce: str = ""


def make_act(
    desk: Desk, kind: str, hand: Hand, seat: str, subject: str, body: Mapping[str, Any]
) -> Act:
    """Return the unsigned act of a hand at a desk.

    A log cannot be mended, so nothing goes into it that `verify` would refuse for its form.

    Raises:
        BadNonce: the idempotency key is not 32 hex digits.
        BadBody: the content is not that of its kind (docs/FORMATS.md).
    """
    nonce = desk.nonce or secrets.token_hex(16)
    if not NONCE.fullmatch(nonce):
        raise BadNonce(nonce=nonce[:40])
    try:
        check_body(kind, subject, dict(body))
    except Stop as stop:
        raise BadBody(why=stop.sentence().rstrip("。")) from stop
    return Act(desk.village, kind, desk.at, hand.person, seat, hand.method, nonce, subject, body)


def write(
    conn: Connection,
    hand: Hand,
    desk: Desk,
    kind: str,
    seat: str,
    subject: str,
    body: Mapping[str, Any],
) -> Event:
    """Sign an act with one hand and record it."""
    act = make_act(desk, kind, hand, seat, subject, body)
    return views.record(conn, act, (hand.sign(act.to_sign()),))


def check_key(people: Register, hand: Hand) -> None:
    """Refuse a key that the village's log does not hold for this person.

    Raises:
        StrangeKey: not enrolled, or revoked.
    """
    if people.keys.get(hand.key) != hand.person:
        raise StrangeKey


def seat_for(people: Register, hand: Hand, kind: str, day: date) -> str:
    """Return the seat by which a hand may do an act of a kind.

    Raises:
        NotEntitled: it holds none of the seats that may.
        StrangeKey: the key is not enrolled for the person, or was revoked.
    """
    check_key(people, hand)
    for seat in SEATS[kind]:
        if people.holds(hand.person, seat, day):
            return seat
    raise NotEntitled(seats="、".join(register.title(seat) for seat in SEATS[kind]))


def enact(
    conn: Connection, hand: Hand, desk: Desk, kind: str, subject: str, body: Mapping[str, Any]
) -> Event:
    """Do an act by whichever seat of the hand allows it (`SEATS`)."""
    log.hold(conn, desk.village)
    people = register.of(conn, desk.village)
    seat = seat_for(people, hand, kind, desk.at.date())
    return write(conn, hand, desk, kind, seat, subject, body)


def open_log(conn: Connection, hand: Hand, desk: Desk, facts: Mapping[str, str]) -> Event:
    """Open a village's log with the registrar's key; facts: name, township, opened (ISO day)."""
    key = {"key": hand.key, "alg": ALG, "public": hand.public.hex()}
    body = {**facts, "chart": "2023", "registrar": key}
    return write(conn, hand, desk, "log.opened", REGISTRAR, "", body)


def enrol_person(
    conn: Connection, hand: Hand, desk: Desk, person: str, name: str, household: str = ""
) -> Event:
    """Enter a person into the village's log; entering one again renames them.

    Raises:
        Reserved: `registrar` is nobody's name but the registrar's.
    """
    if person in {REGISTRAR, SERVER}:
        raise Reserved
    body = {"person": person, "name": name, "household": household}
    return enact(conn, hand, desk, "person.enrolled", person, body)


def enrol_key(conn: Connection, hand: Hand, desk: Desk, person: str, public: bytes) -> Event:
    """Enrol the public key of a person, set with the person present.

    Raises:
        NotEnrolled: nobody of that id is in the log.
        KeyTaken: the key is another person's, or was revoked once.
    """
    key = signing.key_id(ALG, public)
    log.hold(conn, desk.village)
    people = register.of(conn, desk.village)
    _check_enrolled(people, person)
    if people.ever.get(key, person) != person or (key in people.ever and key not in people.keys):
        raise KeyTaken
    body = {"person": person, "key": key, "alg": ALG, "public": public.hex(), "method": "pin"}
    return enact(conn, hand, desk, "key.enrolled", person, body)


def revoke_key(
    conn: Connection, hand: Hand, desk: Desk, person: str, key: str, reason: str
) -> Event:
    """Revoke a key from this leaf on."""
    body = {"person": person, "key": key, "reason": reason}
    return enact(conn, hand, desk, "key.revoked", person, body)


def take_seat(
    conn: Connection, hand: Hand, desk: Desk, seat: str, person: str, term: tuple[date, date]
) -> Event:
    """Seat a person for a term (first and last day).

    Raises:
        NotEnrolled, Reserved; BadTerm: the term ends before it begins, or no such seat exists.
    """
    first, last = term
    if {REGISTRAR, SERVER} & {seat, person}:
        raise Reserved
    log.hold(conn, desk.village)
    _check_enrolled(register.of(conn, desk.village), person)
    if seat not in seats() or last < first:
        raise BadTerm(seat=seat)
    body = {
        "seat": seat,
        "person": person,
        "from": first.isoformat(),
        "until": last.isoformat(),
    }
    return enact(conn, hand, desk, "seat.taken", seat, body)


def leave_seat(
    conn: Connection, hand: Hand, desk: Desk, seat: str, person: str, reason: str
) -> Event:
    """End a person's seat from this leaf on."""
    body = {"seat": seat, "person": person, "reason": reason}
    return enact(conn, hand, desk, "seat.left", seat, body)


def declare_kin(
    conn: Connection, hand: Hand, desk: Desk, person: str, name: str, relation: str
) -> Event:
    """Declare a relative or firm near to a person, by name."""
    body = {"person": person, "name": name, "relation": relation}
    return enact(conn, hand, desk, "kin.declared", person, body)


class Loan(NamedTuple):
    """A seat lent: to whom, its first and last day, for which chains (none named: all), why."""

    to: str
    first: date
    last: date
    chains: tuple[str, ...] = ()
    reason: str = ""


def lend_seat(conn: Connection, hand: Hand, desk: Desk, seat: str, loan: Loan) -> Event:
    """Let another sign in one's seat for some days; signed by the holder, never passed on.

    Raises:
        NotLendable: bookkeeper, cashier and registrar lend no seat and are lent none; the term ends
            before it begins; the hand does not hold the seat itself.
        NotEnrolled: nobody of that id is in the log.
    """
    log.hold(conn, desk.village)
    people, day = register.of(conn, desk.village), desk.at.date()
    check_key(people, hand)
    _check_enrolled(people, loan.to)
    own = people.holds(hand.person, seat, day) and loan.to != hand.person
    if not own or seat in register.UNLENT or loan.last < loan.first:
        raise NotLendable(seat=register.title(seat), to=people.name(loan.to))
    if people.keeps_money(loan.to, day):
        raise NotLendable(seat=register.title(seat), to=people.name(loan.to))
    body = {
        "seat": seat,
        "to": loan.to,
        "from": loan.first.isoformat(),
        "until": loan.last.isoformat(),
        "chains": list(loan.chains),
        "reason": loan.reason,
    }
    return write(conn, hand, desk, "delegation.given", seat, seat, body)


def take_back_seat(
    conn: Connection, hand: Hand, desk: Desk, seat: str, to: str, reason: str, giver: str = ""
) -> Event:
    """End a delegation from this leaf on: the giver does, or the registrar for them."""
    log.hold(conn, desk.village)
    people, day = register.of(conn, desk.village), desk.at.date()
    check_key(people, hand)
    giver = giver or hand.person
    acting = seat if people.holds(hand.person, seat, day) else REGISTRAR
    if hand.person not in {giver, REGISTRAR} or not people.holds(hand.person, acting, day):
        raise NotEntitled(seats=register.title(seat))
    body = {"seat": seat, "giver": giver, "to": to, "reason": reason}
    return write(conn, hand, desk, "delegation.ended", acting, seat, body)


def change_registrar(conn: Connection, old: Hand, new: Hand, desk: Desk, reason: str) -> Event:
    """Hand the registrar's seat to a new key: both sign, over the root of the log so far.

    Raises:
        StrangeKey: the old key is not the registrar's; KeyTaken: the new one was used before.
    """
    log.hold(conn, desk.village)
    people = register.of(conn, desk.village)
    if old.key != people.registrar:
        raise StrangeKey
    if new.key in people.ever:
        raise KeyTaken
    body = {
        "key": new.key,
        "alg": ALG,
        "public": new.public.hex(),
        "previous": old.key,
        "root": log.root(conn, desk.village).hex(),
        "reason": reason,
    }
    act = make_act(desk, "registrar.changed", old, REGISTRAR, new.key, body)
    data = act.to_sign()
    return views.record(conn, act, (old.sign(data), new.sign(data)))


def key_server(conn: Connection, hand: Hand, desk: Desk, public: bytes) -> Event:
    """Enrol the key with which the server signs receipts; it decides nothing.

    Raises:
        KeyTaken: the key stands in the log already.
    """
    log.hold(conn, desk.village)
    key = signing.key_id(ALG, public)
    if key in register.of(conn, desk.village).ever:
        raise KeyTaken
    body = {"key": key, "alg": ALG, "public": public.hex()}
    return enact(conn, hand, desk, "server.keyed", key, body)


def set_witnesses(
    conn: Connection,
    hand: Hand,
    desk: Desk,
    witnesses: Mapping[str, bytes],
    quorum: int = QUORUM,
    faulty: int = FAULTY,
) -> Event:
    """Name the witnesses of the seals from now on: raw public keys by name.

    Raises:
        WeakQuorum: so few of them could be found for two histories.
        BadWitness: a name with blanks or plus signs, or one key under two names.
    """
    check_quorum(len(witnesses), quorum, faulty)
    distinct = len(set(witnesses.values())) == len(witnesses)
    if not distinct or not all(map(usable_name, witnesses)):
        raise BadWitness
    named = [{"name": name, "public": public.hex()} for name, public in witnesses.items()]
    body = {"witnesses": named, "quorum": quorum, "faulty": faulty}
    return enact(conn, hand, desk, "witnesses.set", "witnesses", body)


def open_account(conn: Connection, hand: Hand, desk: Desk, code: str, name: str) -> Event:
    """Open a detail account.

    Raises:
        Refusal: the chart refuses the code or the name.
    """
    log.hold(conn, desk.village)
    chart_of(conn, desk.village).with_details([(code, name)])
    return enact(conn, hand, desk, "account.opened", code, {"code": code, "name": name})


def record(
    conn: Connection, hand: Hand, desk: Desk, kind: str, subject: str, body: Mapping[str, Any]
) -> Event:
    """Record an act that walks no chain and changes no books: a sheet, a question, an audit mark.

    Raises:
        NotEntitled: the hand's seats do not allow it.
    """
    if kind not in FREE:
        raise NotEntitled(seats="审签流程")
    log.hold(conn, desk.village)
    if not (desk.nonce and log.has_nonce(conn, desk.village, desk.nonce)):
        _check_free(conn, desk, kind, subject, body)
    return enact(conn, hand, desk, kind, subject, body)


def _check_enrolled(people: Register, person: str) -> None:
    if person not in people.people or person in {REGISTRAR, SERVER}:
        raise NotEnrolled(person=person)


def _check_free(
    conn: Connection, desk: Desk, kind: str, subject: str, body: Mapping[str, Any]
) -> None:
    asked = log.events(conn, desk.village, kinds=("question.asked",), subject=subject)
    if kind == "question.asked" and asked:
        raise BadBody(why=f"问题 {subject} 已经登记过")
    if kind == "question.answered" and not asked:
        raise BadBody(why=f"没有问题 {subject}")
    if kind == "sheet.published" and str(body.get("until")) < str(body.get("posted")):
        raise BadBody(why="公示截止日早于公示日")


class NotEntitled(Refusal):
    """The act belongs to other seats."""

    code = "A030"
    says = "这项操作须由{seats}办理，您现在没有这个席位。"
    status = 403


class StrangeKey(Refusal):
    """The key is not enrolled for this person in this village, or was revoked."""

    code = "A031"
    says = "您的签名密钥没有在本村登记或已被撤销，请到镇登记员处办理。"
    status = 403


class BadNonce(Refusal):
    """The idempotency key has the wrong form."""

    code = "A044"
    says = "操作编号 {nonce} 不对，请刷新页面后重试。"
    rule = "docs/FORMATS.md Event line"
    status = 422


class BadBody(Refusal):
    """The act's content is not that of its kind; the log takes nothing that cannot be verified."""

    code = "A045"
    says = "这项操作的内容不合格式：{why}。没有写入，请改正后再试。"
    rule = "docs/FORMATS.md"
    status = 422


class Reserved(Refusal):
    """`registrar` is reserved: its key and seat come with the log's first event."""

    code = "A046"
    says = "“registrar”是镇登记员的专用编号，不能登记给别人。"
    status = 422


class NotEnrolled(Refusal):
    """Keys and seats go to enrolled persons only."""

    code = "A047"
    says = "{person} 还没有在本村登记，请先登记人员，再登记密钥或席位。"
    status = 422


class KeyTaken(Refusal):
    """A key belongs to one person and never comes back once revoked."""

    code = "A048"
    says = "这把密钥属于别人或已经撤销过，不能再登记，请本人另设签名密码。"
    rule = "docs/FORMATS.md Rules that close holes"


class BadWitness(Refusal):
    """Two witnesses share a key, or a name cannot stand in a note."""

    code = "A058"
    says = "见证方的名称不能有空格和加号，公钥不能相同，请核对。"
    rule = "C2SP signed-note"
    status = 422


class NotLendable(Refusal):
    """The seat cannot be lent like this."""

    code = "A057"
    says = (
        "“{seat}”不能这样委托给{to}：须由在任者本人委托、写明起止日，"
        "会计、出纳和登记员不能委托也不能受托。"
    )
    rule = "TRUST 委托：不给制单人和出纳"
    status = 422


class BadTerm(Refusal):
    """No such seat, or a term that ends before it begins."""

    code = "A049"
    says = "席位 {seat} 不存在，或任期的结束日早于开始日，请核对。"
    status = 422
