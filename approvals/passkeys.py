"""Passkeys at the counter: offered by their owner, confirmed by the registrar.

The log says whose key signs where; the table holds what a browser must be asked for, and the
counter by which a copied authenticator gives itself away. How they sign: `approvals.touch`.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from approvals import acts, passkey, register
from approvals.acts import Desk
from approvals.keys import Hand
from approvals.register import REGISTRAR, Register
from approvals.signing import key_id
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
    owned = get(conn, key)
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
    owned = get(conn, key)
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


def get(conn: Connection, key: str) -> Owned | None:
    """Return the passkey of an id and hold its row, or None where there is none in use."""
    query = select(table).where(table.c.key == key, table.c.replaced == 0).with_for_update()
    row = conn.execute(query).first()
    return Owned(*row) if row is not None else None


def count(conn: Connection, key: str, counter: int) -> None:
    """Note how many times a passkey says that it has signed."""
    conn.execute(update(table).where(table.c.key == key).values(counter=counter))


def _registers(conn: Connection) -> list[Register]:
    return [register.of(conn, village) for village in log.villages(conn)]


def _missing(registers: Iterable[Register], owned: Owned, day: date) -> list[Register]:
    """Return the villages where the owner sits, or signs for another, and the key is new."""
    return [
        people
        for people in registers
        if owned.key not in people.ever
        and (people.seats_of(owned.person, day) or people.borrowed(owned.person, day))
    ]


def _known(registers: Iterable[Register], owned: Owned) -> bool:
    """Tell whether the key was ever enrolled in a village."""
    return any(owned.key in people.ever for people in registers)


class NoPasskey(Refusal):
    """The person has no passkey in the village, or it is another one."""

    code = "H005"
    says = (
        "您在本村没有可用的通行密钥。请先在“我的通行密钥”页创建，再到镇登记员处当面确认；"
        "也可以用签名密码。"
    )


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
