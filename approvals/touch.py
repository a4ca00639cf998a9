"""An act by a touch of a passkey: begun (nothing is written), then finished by its assertion.

Whatever the act is, it is the same work done twice with the same time and nonce: the first time its
bytes are caught before they are signed, the second time the assertion must be over those bytes.
"""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection, Engine

from approvals import passkey, passkeys, rules
from approvals.acts import Desk
from approvals.keys import Hand
from approvals.passkey import Assertion, Reason
from approvals.passkeys import NoPasskey, Owned
from ledger.log import store as log
from ledger.refusal import Refusal

T = TypeVar("T")
Work = Callable[[Connection, Hand, Desk], T]


class Pending(NamedTuple):
    """An act that waits for its owner's touch: where, when, and over which bytes (hex)."""

    village: str
    at: str
    nonce: str
    key: str
    challenge: str


class _CaughtError(Exception):
    """Carries the bytes that an act would sign out of its transaction."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        super().__init__()


def _catch(data: bytes) -> bytes:
    raise _CaughtError(data)


def begin(
    engine: Engine, person: str, village: str, at: datetime, rp: str, work: Work[T]
) -> tuple[Pending, Owned]:
    """Do an act up to its signature, write nothing, and return what the passkey has to sign.

    Raises:
        NoPasskey: the person has none in the village; Refusal: of the act.
    """
    desk = Desk(village, at, secrets.token_hex(16))
    with engine.begin() as conn:
        owned = passkeys.of_village(conn, person, village, rp)
    if owned is None:
        raise NoPasskey
    try:
        with engine.begin() as conn:
            hand = Hand(person, owned.key, owned.public, passkey.METHOD, _catch, owned.alg)
            work(conn, hand, desk)
            raise NothingSigned
    except _CaughtError as caught:
        # The transaction is rolled back: the exception left it.
        challenge = passkey.challenge(caught.data).hex()
        stamp = at.isoformat(timespec="seconds")
        return Pending(village, stamp, desk.nonce, owned.key, challenge), owned


def finish(
    engine: Engine,
    person: str,
    pending: Pending,
    answer: tuple[bytes, Assertion],
    work: Work[T],
) -> T:
    """Do a pending act by its owner's assertion, which is checked before anything is written.

    `answer` is the credential's id and what it said.

    Raises:
        CaseChanged, Overtaken: what is signed, or the village's log, has moved since `begin`.
        NoPasskey, CounterBack, and a refusal for each reason of `approvals.passkey.check`.
        NothingSigned: the work has signed nothing. Refusal: of the act.
    """
    desk = Desk(pending.village, datetime.fromisoformat(pending.at), pending.nonce)
    credential, given = answer
    signed = []
    with engine.begin() as conn:
        owned = passkeys.get(conn, pending.key)
        if owned is None or owned.person != person or owned.credential != credential:
            raise NoPasskey

        def spell(data: bytes) -> str:
            if passkey.challenge(data).hex() != pending.challenge:
                raise CaseChanged
            signed.append(checked(owned, data, given))
            return signed[-1]

        hand = Hand(person, owned.key, owned.public, passkey.METHOD, _catch, owned.alg, spell)
        try:
            done = work(conn, hand, desk)
        except log.BackDated as fault:
            raise Overtaken from fault
        except (rules.Finished, rules.OutOfTurn) as fault:
            raise CaseChanged from fault
        if not signed:
            raise NothingSigned
        passkeys.count(conn, owned.key, given.counter)
    return done


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


class NothingSigned(Refusal):
    """The form asks for nothing that a passkey could sign."""

    code = "H022"
    says = "现在没有要签的内容，可能已经办过。请刷新页面看看。"


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
