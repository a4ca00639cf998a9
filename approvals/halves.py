"""Acts of two hands, signed by the first and waiting for the second; in no log yet.

What waits lies in an ordinary table and decides nothing. The first hand has signed the act as it
stood; it is good once, for seven days, and only while the case stands as it did.
"""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, delete, insert, select

from approvals import passkey, passkeys, register, rules, signing, signoff, standing, wet
from approvals.acts import Desk, check_key, make_act
from approvals.cases import standing_of
from approvals.keys import ALG, Hand
from approvals.register import Register
from approvals.signoff import Form, Tally
from approvals.standing import Standing
from approvals.tables import half as table
from ledger import views
from ledger.log import store as log
from ledger.log.act import Act, Signature
from ledger.refusal import Refusal

STAY = timedelta(days=7)
MEETING, PAPER = "meeting.closed", "paper.signed"


class Half(NamedTuple):
    """An act as its first hand has signed it, with that signature and its raw public key."""

    act: Act
    signature: Signature
    public: bytes

    @property
    def title(self) -> str:
        """Return the id of the step that it is about."""
        return str(self.act.body["step"])


# --- the first hand ---


def report_meeting(
    conn: Connection, chair: Hand, desk: Desk, case: str, step: str, vote: tuple[Tally, str]
) -> Half:
    """Sign a meeting's vote as its chair; `vote` names the recorder, who confirms it later.

    Raises:
        Refusal: of `approvals.signoff.close_meeting`.
    """
    log.hold(conn, desk.village)
    people = register.of(conn, desk.village)
    check_key(people, chair)
    before, (tally, recorder) = standing_of(conn, desk.village, case), vote
    seat, body = signoff.meeting(people, before, chair, recorder, desk.at.date(), step, tally)
    return _keep(conn, chair, make_act(desk, MEETING, chair, seat, case, body))


def enter_paper(conn: Connection, hand: Hand, desk: Desk, case: str, step: str, form: Form) -> Half:
    """Enter a wet signature; somebody in another seat confirms it later.

    Raises:
        ScanUsed: the scan stands for another signature.
        Refusal: of `approvals.signoff.sign_on_paper`.
    """
    log.hold(conn, desk.village)
    people, day = register.of(conn, desk.village), desk.at.date()
    check_key(people, hand)
    seats = people.seats_of(hand.person, day)
    if not seats:
        raise signoff.PaperHands
    wet.check_scan(conn, desk.village, form.scan)
    body = signoff.on_paper(
        people, standing_of(conn, desk.village, case), hand.person, day, step, form
    )
    # The form of the whole is checked with a confirmer in the place of whoever it will be.
    whole = {**body, "confirmer": "—", "confirmer_seat": "—"}
    act = make_act(desk, PAPER, hand, seats[0], case, whole)
    return _keep(conn, hand, act._replace(body=body))


def _keep(conn: Connection, hand: Hand, act: Act) -> Half:
    conn.execute(delete(table).where(table.c.village == act.village, table.c.nonce == act.nonce))
    half = Half(act, hand.sign(act.to_sign()), hand.public)
    for old in of_village(conn, act.village):
        if act.at - old.act.at > STAY or _same(old.act, act):
            _drop(conn, old)
    content = {
        "statement": act.statement(),
        "signature": half.signature._asdict(),
        "public": half.public.hex(),
    }
    row = {"village": act.village, "nonce": act.nonce, "subject": act.subject}
    conn.execute(insert(table).values(content=json.dumps(content, ensure_ascii=False), **row))
    return half


def _same(old: Act, new: Act) -> bool:
    # Entered again by the same hand for the same step: the earlier one is let go.
    names = ("kind", "person", "subject")
    same = all(getattr(old, name) == getattr(new, name) for name in names)
    return same and all(old.body.get(name) == new.body.get(name) for name in ("step", "signer"))


# --- what waits ---


def of_village(conn: Connection, village: str, case: str = "") -> list[Half]:
    """Return what waits for a second hand in a village, or in one case of it, oldest first."""
    query = select(table.c.content).where(table.c.village == village)
    if case:
        query = query.where(table.c.subject == case)
    found = [_read(content) for (content,) in conn.execute(query)]
    return sorted(found, key=lambda one: (one.act.at, one.act.nonce))


def _read(content: str) -> Half:
    value = json.loads(content)
    said = {name: value["statement"][name] for name in Act._fields}
    act = Act(**{**said, "at": datetime.fromisoformat(said["at"])})
    return Half(act, Signature(**value["signature"]), bytes.fromhex(value["public"]))


def _get(conn: Connection, village: str, nonce: str) -> Half:
    mine = (table.c.village == village) & (table.c.nonce == nonce)
    row = conn.execute(select(table.c.content).where(mine).with_for_update()).first()
    if row is None:
        raise NoHalf
    return _read(row.content)


def _drop(conn: Connection, half: Half) -> None:
    act = half.act
    conn.execute(delete(table).where(table.c.village == act.village, table.c.nonce == act.nonce))


def waiting_for(
    conn: Connection, village: str, person: str, at: datetime, case: str = ""
) -> list[Half]:
    """Return what a person may confirm in a village, or in one case of it, oldest first."""
    found = []
    people = register.of(conn, village)
    for half in of_village(conn, village, case):
        try:
            before = standing_of(conn, village, half.act.subject)
            _again(people, before, half, person, at)
        except Refusal:
            continue
        found.append(half)
    return found


def cancel(conn: Connection, person: str, village: str, nonce: str) -> None:
    """Let go of what one has signed as the first hand; nothing was written.

    Raises:
        NoHalf: there is none of one's own.
    """
    half = _get(conn, village, nonce)
    if half.act.person != person:
        raise NoHalf
    _drop(conn, half)


# --- the second hand ---


def confirm(conn: Connection, hand: Hand, desk: Desk, nonce: str) -> Standing:
    """Sign a waiting act as its second hand: only now it is an event, and decides.

    Raises:
        NoHalf: it does not wait any more; HalfOld, HalfMoved: it is not good any more.
        NotSecond: somebody else is to confirm it.
        Refusal: of the act, by the rules as they are now.
    """
    log.hold(conn, desk.village)
    people = register.of(conn, desk.village)
    half = _get(conn, desk.village, nonce)
    kept = _kept(conn, half)
    check_key(people, kept)
    check_key(people, hand)
    before = standing_of(conn, desk.village, half.act.subject)
    more = _again(people, before, half, hand.person, desk.at)
    if half.act.kind == MEETING:
        rules.check_method(rules.step_of(before, half.title), hand.method)
    began = half.act.at.isoformat(timespec="seconds")
    body = {**half.act.body, **more, "second": {"began": began, "method": hand.method}}
    then = desk._replace(nonce=half.act.nonce)
    act = make_act(then, half.act.kind, kept, half.act.seat, half.act.subject, body)
    signatures = (kept.sign(signing.first_half(act)), hand.sign(act.to_sign()))
    event = views.record(conn, act, signatures)
    _drop(conn, half)
    return standing.follow(before, event, people)


def _kept(conn: Connection, half: Half) -> Hand:
    """Return the first hand: it gives the signature that it has made, if that is good."""
    given = half.signature

    def spell(data: bytes) -> str:
        if not _good(conn, half, data):
            raise HalfMoved
        return given.value

    def never(_data: bytes) -> bytes:
        raise HalfMoved

    return Hand(half.act.person, given.key, half.public, half.act.method, never, given.alg, spell)


def _good(conn: Connection, half: Half, data: bytes) -> bool:
    given = half.signature
    if signing.key_id(given.alg, half.public) != given.key:
        return False
    if given.alg != ALG:
        owned = passkeys.get(conn, given.key)
        value = given.value
        return owned is not None and not passkey.check(
            given.alg, half.public, owned.rp, data, value
        )
    try:
        Ed25519PublicKey.from_public_bytes(half.public).verify(bytes.fromhex(given.value), data)
    except InvalidSignature:
        return False
    return True


def _again(
    people: Register, before: Standing, half: Half, person: str, at: datetime
) -> dict[str, Any]:
    """Ask the rules again; return what the second hand adds to the act."""
    if not timedelta(0) <= at - half.act.at <= STAY:
        raise HalfOld
    seat, body, more = AGAIN[half.act.kind](people, before, half, person, at.date())
    if (seat, body) != (half.act.seat, dict(half.act.body)):
        raise HalfMoved
    return more


Said = tuple[str, dict[str, Any], dict[str, Any]]


def _meeting_again(people: Register, before: Standing, half: Half, person: str, day: date) -> Said:
    body = half.act.body
    if body["recorder"] != person:
        raise NotSecond
    numbers = (body[name] for name in ("roster", "present", "favour", "against", "minutes"))
    tally = Tally(date.fromisoformat(body["day"]), *numbers)
    chair = Hand(half.act.person, "", b"", half.act.method, lambda data: data)
    return *signoff.meeting(people, before, chair, person, day, half.title, tally), {}


def _paper_again(people: Register, before: Standing, half: Half, person: str, day: date) -> Said:
    form, entering = form_of(half), half.act.person
    body = signoff.on_paper(people, before, entering, day, half.title, form)
    signoff.may_confirm(before, form, entering, person)
    if not people.holds(entering, half.act.seat, day):
        raise HalfMoved
    seats = [seat for seat in people.seats_of(person, day) if seat != half.act.seat]
    if not seats:
        raise NotSecond
    return half.act.seat, body, {"confirmer": person, "confirmer_seat": seats[0]}


def form_of(half: Half) -> Form:
    """Return the wet-signed form of a waiting act."""
    body = half.act.body
    day = date.fromisoformat(body["day"])
    return Form(body["signer"], body["signer_seat"], day, body["scan"])


AGAIN: dict[str, Callable[[Register, Standing, Half, str, date], Said]] = {
    MEETING: _meeting_again,
    PAPER: _paper_again,
}


class NoHalf(Refusal):
    """Nothing of this number waits for a second hand."""

    code = "A100"
    says = "这项待确认的登记已经确认过、已经撤销或不在了。请刷新页面。"


class HalfOld(Refusal):
    """The first hand signed too long ago."""

    code = "A101"
    says = "第一人签名已超过七天，不能再确认。请第一人重新登记一次。"
    rule = "docs/FORMATS.md Acts of two hands"


class HalfMoved(Refusal):
    """The case or the seats are not as they were when the first hand signed."""

    code = "A102"
    says = "第一人签名以后，事项或席位有了变化，不能再确认。请第一人看过现在的内容，重新登记。"
    rule = "docs/FORMATS.md Acts of two hands"


class NotSecond(Refusal):
    """Somebody else is to confirm it."""

    code = "A103"
    says = "这项登记不由您确认：会议由记录人确认，纸质签字由另一个席位的人确认。"
    status = 403
