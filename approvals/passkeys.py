"""Passkeys at the counter: offered by their owner, confirmed by the registrar, used to sign.

The log says whose key signs where; the table holds what a browser must be asked for, and the
counter by which a copied authenticator gives itself away.
"""

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, delete, insert, select, update

from approvals import acts, passkey, register, rules, signoff
from approvals.acts import Desk
from approvals.keys import Hand
from approvals.passkey import Assertion, Reason
from approvals.register import REGISTRAR, Register
from approvals.signing import key_id
from approvals.standing import Standing
from approvals.tables import passkey as table
from ledger.log import store as log
from ledger.log.act import Event
from ledger.refusal import Refusal


class Credential(NamedTuple):
    """What an authenticator made: its id, its public key as the log spells it, its counter."""

    credential: bytes
    alg: str
    public: bytes
    rp: str
    counter: int


class Owned(NamedTuple):
    """A passkey of a person as the table holds it."""

    key: str
    person: str
    credential: bytes
    public: bytes
    alg: str
    rp: str
    counter: int
    offered: str
    replaced: int


class Offer(NamedTuple):
    """A passkey that waits for the registrar, and the villages (code, name) where it would sign.

    `new`: it is enrolled nowhere yet, so that it may be discarded.
    """

    owned: Owned
    name: str
    new: bool
    villages: tuple[tuple[str, str], ...]


class Decision(NamedTuple):
    """What somebody decides on a case."""

    case: str
    step: str
    seat: str
    decision: str = "approve"
    opinion: str = ""
    giver: str = ""


class Pending(NamedTuple):
    """An act that waits for its owner's passkey: what is decided, when, and over which bytes."""

    village: str
    at: str
    nonce: str
    key: str
    challenge: str
    decision: Decision

    def as_json(self) -> list[Any]:
        """Return a JSON value."""
        return [*self[:-1], list(self.decision)]

    @classmethod
    def of(cls, value: list[Any]) -> "Pending":
        """Return what `as_json` made a value of."""
        village, at, nonce, key, challenge, decision = value
        return cls(village, at, nonce, key, challenge, Decision(*decision))


# --- enrolment ---


def offer(conn: Connection, person: str, made: Credential, now: datetime) -> Owned:
    """Keep what a person's authenticator made until the registrar confirms it.

    It takes the place of an earlier one that nobody has confirmed.

    Raises:
        RegistrarHasPin, CredentialTaken; BadCredential: the public key is none.
    """
    if person == REGISTRAR:
        raise RegistrarHasPin
    try:
        passkey.public_key(made.alg, made.public)
    except ValueError as fault:
        raise BadCredential from fault
    key = key_id(made.alg, made.public)
    taken = select(table.c.key).where(
        (table.c.key == key) | (table.c.credential == made.credential)
    )
    if conn.execute(taken).first() is not None:
        raise CredentialTaken
    registers = _registers(conn)
    for old in _of(conn, person):
        if not _known(registers, old):
            conn.execute(delete(table).where(table.c.key == old.key))
    stamp = now.isoformat(timespec="seconds")
    owned = Owned(
        key, person, made.credential, made.public, made.alg, made.rp, made.counter, stamp, 0
    )
    conn.execute(insert(table).values(**owned._asdict()))
    return owned


def of(conn: Connection, person: str) -> tuple[Owned | None, Owned | None]:
    """Return a person's passkey that signs somewhere, and the one that waits to be confirmed."""
    mine, registers = _of(conn, person), _registers(conn)
    live = [one for one in mine if any(one.key in people.keys for people in registers)]
    waiting = [one for one in mine if not _known(registers, one)]
    return (live[-1] if live else None), (waiting[-1] if waiting else None)


def of_village(conn: Connection, person: str, village: str, rp: str) -> Owned | None:
    """Return the passkey by which a person may sign in a village now, or None."""
    keys = register.of(conn, village).keys
    found = (one for one in _of(conn, person) if one.rp == rp and keys.get(one.key) == person)
    return next(found, None)


def offers(conn: Connection, day: date) -> list[Offer]:
    """Return the passkeys that wait for the registrar, oldest first."""
    query = select(table).where(table.c.replaced == 0).order_by(table.c.offered, table.c.key)
    found = []
    registers = _registers(conn)
    for row in conn.execute(query):
        owned = Owned(*row)
        missing = _missing(registers, owned, day)
        if missing or not _known(registers, owned):
            names = (people.name(owned.person) for people in registers)
            name = next((one for one in names if one != owned.person), owned.person)
            places = tuple((people.village, str(people.facts["name"])) for people in missing)
            found.append(Offer(owned, name, not _known(registers, owned), places))
    return found


def confirm(conn: Connection, hand: Hand, at: datetime, key: str) -> list[Event]:
    """Enrol an offered passkey in every village where its owner sits, by the registrar's act.

    The owner's earlier passkey is revoked there.

    Raises:
        NoOffer: nothing of this id waits; NoSeats: its owner holds no seat that lacks it.
        Refusal: of `approvals.acts`.
    """
    owned = _row(conn, key)
    if owned is None:
        raise NoOffer
    villages = [people.village for people in _missing(_registers(conn), owned, at.date())]
    if not villages:
        raise NoSeats
    earlier = [one for one in _of(conn, owned.person) if one.key != key]
    done = []
    for village in villages:
        log.hold(conn, village)
        last = log.last_at(conn, village)
        desk = Desk(village, max(at, last) if last else at)
        done.append(_enrol(conn, hand, desk, owned))
    for old in earlier:
        done += _revoke(conn, hand, at, old)
    keys = [old.key for old in earlier]
    conn.execute(update(table).where(table.c.key.in_(keys)).values(replaced=1))
    return done


def discard(conn: Connection, key: str) -> None:
    """Drop an offered passkey that signs nowhere yet.

    Raises:
        NoOffer: nothing of this id waits.
    """
    owned = _row(conn, key)
    if owned is None or _known(_registers(conn), owned):
        raise NoOffer
    conn.execute(delete(table).where(table.c.key == key))


def _enrol(conn: Connection, hand: Hand, desk: Desk, owned: Owned) -> Event:
    # Whoever sits is enrolled; the row's lock lets one confirmation of a key in at a time.
    body = {
        "person": owned.person,
        "key": owned.key,
        "alg": owned.alg,
        "public": owned.public.hex(),
        "method": passkey.METHOD,
        "rp": owned.rp,
    }
    return acts.enact(conn, hand, desk, "key.enrolled", owned.person, body)


def _revoke(conn: Connection, hand: Hand, at: datetime, old: Owned) -> list[Event]:
    done = []
    for people in _registers(conn):
        if people.keys.get(old.key) == old.person:
            last = log.last_at(conn, people.village)
            desk = Desk(people.village, max(at, last) if last else at)
            done.append(acts.revoke_key(conn, hand, desk, old.person, old.key, REPLACED))
    return done


REPLACED = "本人换用新的通行密钥"


def _of(conn: Connection, person: str) -> list[Owned]:
    query = select(table).where(table.c.person == person, table.c.replaced == 0)
    return [Owned(*row) for row in conn.execute(query.order_by(table.c.offered, table.c.key))]


def _row(conn: Connection, key: str) -> Owned | None:
    query = select(table).where(table.c.key == key, table.c.replaced == 0).with_for_update()
    row = conn.execute(query).first()
    return Owned(*row) if row is not None else None


def _registers(conn: Connection) -> list[Register]:
    return [register.of(conn, village) for village in log.villages(conn)]


def _missing(registers: Iterable[Register], owned: Owned, day: date) -> list[Register]:
    """Return the villages where the owner sits and the key was never enrolled."""
    return [
        people
        for people in registers
        if owned.key not in people.ever and people.seats_of(owned.person, day)
    ]


def _known(registers: Iterable[Register], owned: Owned) -> bool:
    """Tell whether the key was ever enrolled in a village."""
    return any(owned.key in people.ever for people in registers)


# --- signing ---


class _CapturedError(Exception):
    """Carries the bytes that an act would sign out of its transaction."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        super().__init__()


def _capture(data: bytes) -> bytes:
    raise _CapturedError(data)


def begin(
    engine: Engine, person: str, village: str, at: datetime, rp: str, decision: Decision
) -> tuple[Pending, Owned]:
    """Build the act of a decision, write nothing, and return what the passkey has to sign.

    Raises:
        NoPasskey: the person has none in the village; Refusal: of `approvals.signoff.sign`.
    """
    desk = Desk(village, at, secrets.token_hex(16))
    with engine.begin() as conn:
        owned = of_village(conn, person, village, rp)
    if owned is None:
        raise NoPasskey
    try:
        with engine.begin() as conn:
            hand = Hand(person, owned.key, owned.public, passkey.METHOD, _capture, owned.alg)
            signoff.sign(conn, hand, desk, *decision)
    except _CapturedError as captured:
        # The transaction is rolled back: the exception left it.
        challenge = passkey.challenge(captured.data).hex()
        stamp = at.isoformat(timespec="seconds")
        return Pending(village, stamp, desk.nonce, owned.key, challenge, decision), owned
    raise NotPending  # pragma: no cover - a fresh nonce has no act yet


def finish(
    engine: Engine, person: str, pending: Pending, credential: bytes, given: Assertion
) -> Standing:
    """Sign a pending act by its owner's assertion, which is checked before anything is written.

    Raises:
        CaseChanged, Overtaken: the case, or the village's log, has moved since `begin`.
        NoPasskey, CounterBack, and a refusal for each reason of `approvals.passkey.check`.
        Refusal: of `approvals.signoff.sign`.
    """
    desk = Desk(pending.village, datetime.fromisoformat(pending.at), pending.nonce)
    with engine.begin() as conn:
        owned = _row(conn, pending.key)
        if owned is None or owned.person != person or owned.credential != credential:
            raise NoPasskey

        def spell(data: bytes) -> str:
            if passkey.challenge(data).hex() != pending.challenge:
                raise CaseChanged
            return checked(owned, data, given)

        hand = Hand(person, owned.key, owned.public, passkey.METHOD, _capture, owned.alg, spell)
        try:
            standing = signoff.sign(conn, hand, desk, *pending.decision)
        except log.BackDated as fault:
            raise Overtaken from fault
        except (rules.Finished, rules.OutOfTurn) as fault:
            raise CaseChanged from fault
        counted = update(table).where(table.c.key == owned.key)
        conn.execute(counted.values(counter=given.counter))
    return standing


def checked(owned: Owned, data: bytes, given: Assertion) -> str:
    """Return the value of the signature over an act's bytes, in its one spelling.

    Raises:
        Refusal: one for each reason, and CounterBack.
    """
    try:
        signature = passkey.spelt(owned.alg, given.signature)
    except ValueError as fault:
        raise BadSignature from fault
    value = given._replace(signature=signature).value()
    reason = passkey.check(owned.alg, owned.public, owned.rp, data, value)
    if reason is not None:
        raise REFUSED[reason]
    if given.counter <= owned.counter and (given.counter or owned.counter):
        raise CounterBack
    return value


class NoPasskey(Refusal):
    """The person has no passkey in the village, or it is another one."""

    code = "H005"
    says = (
        "您在本村没有可用的通行密钥。请先在“我的通行密钥”页创建，再到镇登记员处当面确认；"
        "也可以用签名密码。"
    )


class NotPending(Refusal):
    """Nothing waits for this passkey in this session: over, used already, or of somebody else."""

    code = "H006"
    says = "这次操作已经超过五分钟、已经用过或不是您本人开始的，没有办理。请刷新页面重新开始。"
    status = 409


class CaseChanged(Refusal):
    """The case moved on between the display and the passkey's touch."""

    code = "H007"
    says = "在您确认期间，这件事项有了变化，没有签名。请刷新页面，看过现在的内容再签。"


class Overtaken(Refusal):
    """Another act of the village was recorded between the display and the passkey's touch."""

    code = "H008"
    says = "在您确认期间，本村刚登记了另一项操作，没有签名。请再点一次签名。"


class WrongChallenge(Refusal):
    """The assertion was made for another act."""

    code = "H009"
    says = "通行密钥确认的不是这件事项，没有签名。请刷新页面重新签。"
    status = 403


class NotVerified(Refusal):
    """The authenticator did not verify its owner."""

    code = "H010"
    says = "通行密钥没有核对您本人（指纹、面容或设备密码），没有签名。请在设备上设好锁屏验证再签。"
    status = 403


class ForeignOrigin(Refusal):
    """The assertion was made on another site, or on a page embedded in one."""

    code = "H011"
    says = "通行密钥是在别的网址上使用的，没有签名。请从登记的网址打开本系统再签。"
    status = 403


class ForeignCredential(Refusal):
    """The assertion is of a credential made for another site."""

    code = "H012"
    says = "用的是为别的网站创建的通行密钥，没有签名。请选用本系统的通行密钥。"
    status = 403


class BadAssertion(Refusal):
    """The browser's answer cannot be read."""

    code = "H013"
    says = "浏览器送来的通行密钥内容读不懂，没有签名。请换一个新版浏览器，或用签名密码。"
    status = 422


class BadSignature(Refusal):
    """The signature is not by the enrolled key."""

    code = "H014"
    says = "通行密钥的签名验不过，不是登记的那一把，没有签名。"
    status = 403


class CounterBack(Refusal):
    """The authenticator's counter did not go up: it may have been copied."""

    code = "H015"
    says = "这把通行密钥的使用次数倒退了，可能被复制，没有签名。请到镇登记员处换一把。"
    status = 403


class BadCredential(Refusal):
    """The authenticator made nothing that can be enrolled."""

    code = "H016"
    says = "通行密钥没有创建成功，什么都没有登记。请重试；设备须设有指纹、面容或锁屏密码。"
    status = 422


class CredentialTaken(Refusal):
    """The credential or its key is known already."""

    code = "H017"
    says = "这把通行密钥已经创建过，不能重复登记。"


class NoOffer(Refusal):
    """No passkey of this id waits for the registrar."""

    code = "H018"
    says = "没有这把等待确认的通行密钥，可能已由本人重新创建。请刷新页面。"
    status = 404


class NoSeats(Refusal):
    """The owner of an offered passkey holds no seat, or it is enrolled wherever they sit."""

    code = "H019"
    says = "此人现在没有席位，或已在其任职的各村登记过这把通行密钥，不用再确认。"


class RegistrarHasPin(Refusal):
    """The registrar signs by PIN."""

    code = "H020"
    says = "镇登记员用签名密码办理，不设通行密钥。"


REFUSED: dict[Reason, type[Refusal]] = {
    "form": BadAssertion,
    "type": BadAssertion,
    "challenge": WrongChallenge,
    "origin": ForeignOrigin,
    "embedded": ForeignOrigin,
    "rp": ForeignCredential,
    "verified": NotVerified,
    "spelling": BadSignature,
    "signature": BadSignature,
}
