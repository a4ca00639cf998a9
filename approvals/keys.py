"""PIN-held Ed25519 keys: made with the signer present, sealed under the PIN, unlocked for one list.

The secret is encrypted under argon2id (3 passes, 64 MiB) of the PIN; five wrong PINs lock it in the
database, and the attempt is counted before it is tried, so that guesses in parallel count too.
"""

import itertools
import os
import secrets
from collections.abc import Callable
from threading import BoundedSemaphore
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlalchemy import Connection, Engine, Row, insert, select, update

from approvals.signing import key_id
from approvals.tables import pin_key
from ledger.log.act import Signature
from ledger.refusal import Refusal

ALG = "ed25519"
TRIES = 5
LEAST = 6
# 64 MiB for each at once, and no core more than there is: of many PINs some wait their turn.
TURNS = BoundedSemaphore(os.cpu_count() or 1)


class Hand(NamedTuple):
    """A person with an unlocked key. `raw` signs bytes as they are (Ed25519, 64 bytes).

    `spell` makes the whole value of a signature instead, where it is not the hex of `raw`.
    """

    person: str
    key: str
    public: bytes
    method: str
    raw: Callable[[bytes], bytes]
    alg: str = ALG
    spell: Callable[[bytes], str] | None = None

    def sign(self, data: bytes) -> Signature:
        """Return the signature over data in the form of the log."""
        value = self.spell(data) if self.spell else self.raw(data).hex()
        return Signature(self.key, self.alg, value)


def _stretch(pin: str, salt: bytes) -> bytes:
    kdf = Argon2id(salt=salt, length=32, iterations=3, lanes=1, memory_cost=65536)
    with TURNS:
        return kdf.derive(pin.encode())


class Secret(NamedTuple):
    """A new key before it is kept: the hand, and the secret sealed under the PIN."""

    hand: Hand
    salt: bytes
    sealed: bytes


def forge(person: str, pin: str) -> Secret:
    """Make a key under a PIN; slow on purpose, and needs no database.

    Raises:
        WeakPin: fewer than six digits, or one digit repeated, or a run such as 123456.
    """
    check_pin(pin)
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    name = key_id(ALG, public)
    box = ChaCha20Poly1305(_stretch(pin, salt))
    sealed = nonce + box.encrypt(nonce, private.private_bytes_raw(), name.encode())
    return Secret(Hand(person, name, public, "pin", private.sign), salt, sealed)


def keep(conn: Connection, secret: Secret) -> None:
    """Keep a forged key; it replaces any earlier one of the person."""
    hand = secret.hand
    conn.execute(update(pin_key).where(pin_key.c.person == hand.person).values(replaced=1))
    row = {"key": hand.key, "person": hand.person, "public": hand.public, "salt": secret.salt}
    conn.execute(insert(pin_key).values(sealed=secret.sealed, failures=0, replaced=0, **row))


def make(conn: Connection, person: str, pin: str) -> Hand:
    """Make and keep a person's key and return it unlocked.

    The public key still has to be enrolled in the logs by the registrar's act.

    Raises:
        WeakPin: see `forge`.
    """
    secret = forge(person, pin)
    keep(conn, secret)
    return secret.hand


def check_pin(pin: str) -> None:
    """Refuse a PIN that is guessed first."""
    digits = pin.isascii() and pin.isdecimal() and len(pin) >= LEAST
    steps = {ord(b) - ord(a) for a, b in itertools.pairwise(pin)}
    if not digits or steps in ({0}, {1}, {-1}):
        raise WeakPin


def unlock(engine: Engine, person: str, pin: str) -> Hand:
    """Unlock a person's key for one list of cases; the caller lets go of it within five minutes.

    Raises:
        NoKey: the person has no key here.
        LockedPin: five wrong PINs; the registrar sets a new one with the signer present.
        WrongPin: the PIN does not open the key; says how many tries are left.
    """
    with engine.begin() as conn:
        row = _reserve_try(conn, person)
    try:
        secret = ChaCha20Poly1305(_stretch(pin, bytes(row.salt))).decrypt(
            bytes(row.sealed[:12]), bytes(row.sealed[12:]), row.key.encode()
        )
    except InvalidTag:
        raise WrongPin(left=TRIES - row.failures - 1) from None
    with engine.begin() as conn:
        conn.execute(update(pin_key).where(pin_key.c.key == row.key).values(failures=0))
    private = Ed25519PrivateKey.from_private_bytes(secret)
    return Hand(person, row.key, bytes(row.public), "pin", private.sign)


def _reserve_try(conn: Connection, person: str) -> Row[tuple[object, ...]]:
    query = (
        select(pin_key).where(pin_key.c.person == person, pin_key.c.replaced == 0).with_for_update()
    )
    row = conn.execute(query).first()
    if row is None:
        raise NoKey
    if row.failures >= TRIES:
        raise LockedPin
    conn.execute(
        update(pin_key).where(pin_key.c.key == row.key).values(failures=pin_key.c.failures + 1)
    )
    return row


class WeakPin(Refusal):
    """The PIN is too short or too easy."""

    code = "H001"
    says = "签名密码至少六位数字，不能是同一个数字或连号（如 111111、123456），请另设一个。"
    status = 422


class NoKey(Refusal):
    """The person has no signing key."""

    code = "H002"
    says = "您还没有签名密码，请到镇登记员处当面设置。"


class WrongPin(Refusal):
    """The PIN is wrong."""

    code = "H003"
    says = "签名密码不对，还可以试 {left} 次。没有签名，事项原样保留。"
    status = 403


class LockedPin(Refusal):
    """Five wrong PINs."""

    code = "H004"
    says = "签名密码连续输错五次，已锁定。请本人到镇登记员处当面重设。"
    status = 403
