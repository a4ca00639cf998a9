"""Witnesses and hand-overs: ask for cosignatures, hand them in, change the registrar."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, Engine

from app import database, servant
from app.clock import Clock
from app.settings import Settings
from app.witnessing import NoAnswer, ask
from approvals import acts, gate, keys, lost, receipts, register
from approvals.acts import Desk
from approvals.register import REGISTRAR
from ledger import tree, witnesses
from ledger.book import files
from ledger.log import store as log
from ledger.note import COSIGNATURE, ED25519, Verifier, parse_verifier_key, verifier_key
from ledger.posted import store as posted
from ledger.refusal import Refusal

PATIENCE = 10.0  # seconds for one witness
ROUNDS = 3  # a witness that is elsewhere says where; more than twice is no answer


class Asked(NamedTuple):
    """What came of asking a witness: cosigned, or why not."""

    name: str
    good: bool
    why: str = ""


def desk(conn: Connection, settings: Settings, village: str) -> Desk:
    """Return a desk of a village at the present time, never before the log's last act."""
    now, last = Clock(settings.today).now(), log.last_at(conn, village)
    return Desk(village, max(now, last) if last else now)


def name_witnesses(
    settings: Settings,
    engine: Engine,
    village: str,
    pin: str,
    named: list[str],
    plan: tuple[int, int],
) -> None:
    """Name the witnesses of a village by the words that they hand on; `plan` is quorum and faulty.

    Raises:
        BadVerifierKey, WeakQuorum, BadWitness, and what the registrar's PIN may meet.
    """
    keyed = [parse_verifier_key(word, COSIGNATURE) for word in named]
    if len({one.name for one in keyed}) < len(keyed):
        raise acts.BadWitness
    hand = keys.unlock(engine, REGISTRAR, pin)
    with engine.begin() as conn:
        acts.set_witnesses(
            conn, hand, desk(conn, settings, village), {k.name: k.public for k in keyed}, *plan
        )
    _project(settings, engine, village)


def describe(conn: Connection, village: str) -> list[str]:
    """Return what a witness must know of a village's log, and how its last seal stands."""
    people = register.of(conn, village)
    public = _registrar_public(conn, village, people.registrar)
    key = verifier_key(Verifier(receipts.origin(village), public), ED25519)
    said = [f"账本公钥（交给见证方登记）：{key}"]
    sealed = posted.seals(conn, village)
    state = gate.witnessed(conn, village, sealed[-1]) if sealed else None
    if state is None or not state.witnesses:
        return [*said, "最近一次封账没有见证方。"]
    who = [f"{'✓' if name in state.signed else '—'} {name}" for name in state.witnesses]
    head = f"{sealed[-1].period} 封账：{len(state.signed)} 方已见证，至少 {state.quorum} 方。"
    return [*said, head, *who]


def _registrar_public(conn: Connection, village: str, key: str) -> bytes:
    opening = register.of(conn, village).facts["registrar"]
    bodies = [opening] + [
        event.statement()["body"]
        for event in log.events(conn, village, kinds=("registrar.changed", "registrar.replaced"))
    ]
    return bytes.fromhex(next(body["public"] for body in bodies if body["key"] == key))


def request(conn: Connection, village: str, old: int) -> bytes:
    """Return the request for a cosignature of the last seal, from `old` leaves on.

    Raises:
        NothingSealed: no month is sealed yet.
    """
    sealed = posted.seals(conn, village)
    if not sealed:
        raise NothingSealed
    leaves = log.leaves(conn, village)[: sealed[-1].seq]
    proof = tree.consistency_proof(leaves, old) if old <= len(leaves) else []
    note = sealed[-1].note
    head, _, signatures = note.partition("\n\n")
    own = f"{head}\n\n{signatures.split(chr(10))[0]}\n"  # the registrar's line alone
    return witnesses.build_request(old, proof, own)


def ask_all(
    settings: Settings, engine: Engine, village: str, addresses: Mapping[str, str]
) -> list[Asked]:
    """Ask witnesses (addresses by name) for the last seal and hand in what they give."""
    return [_ask_one(settings, engine, village, *pair) for pair in addresses.items()]


def _ask_one(settings: Settings, engine: Engine, village: str, name: str, url: str) -> Asked:
    with database.read(engine) as conn:
        sealed = posted.seals(conn, village)
        size = sealed[-2].seq if len(sealed) > 1 else 0
    try:
        for _ in range(ROUNDS):
            with database.read(engine) as conn:
                body = request(conn, village, size)
            answer = ask(url, body, PATIENCE)
            if isinstance(answer, str):
                hand_in(settings, engine, village, name, answer)
                return Asked(name, good=True)
            size = answer
        raise NoAnswer(url=url, why="回答前后不一")
    except Refusal as refusal:
        return Asked(name, good=False, why=str(refusal))


def hand_in(settings: Settings, engine: Engine, village: str, name: str, line: str) -> None:
    """Write a witness's cosignature into the log; a witness may answer with several lines."""
    ours = [one for one in line.strip().split("\n") if one.startswith(f"\u2014 {name} ")]
    if not ours:
        raise gate.NoSuchWitness(name=name)
    with engine.begin() as conn:
        gate.cosign(conn, servant.hand(settings), desk(conn, settings, village), name, ours[0])
    _project(settings, engine, village)


def change_registrar(
    settings: Settings, engine: Engine, pins: tuple[str, str], reason: str
) -> tuple[str, list[str]]:
    """Hand the registrar's seat in every village to a new key under a new PIN.

    Returns the new key's id and the villages. All villages change, or none.

    Raises:
        WrongPin, LockedPin, WeakPin.
    """
    old = keys.unlock(engine, REGISTRAR, pins[0])
    secret = keys.forge(REGISTRAR, pins[1])
    with engine.begin() as conn:
        changed = log.villages(conn)
        for village in changed:
            acts.change_registrar(conn, old, secret.hand, desk(conn, settings, village), reason)
        keys.keep(conn, secret)
    for village in changed:
        _project(settings, engine, village)
    return secret.hand.key, changed


def ask_for_new_registrar(
    settings: Settings, engine: Engine, pin: str, reason: str
) -> tuple[str, bytes]:
    """Make a new registrar's key under a PIN; return its id and the request to the witnesses.

    Nothing is written into any log: the new key is nobody's until the witnesses have agreed.

    Raises:
        WeakPin; NoneToAsk: a village has no witnesses to ask.
    """
    del settings
    secret = keys.forge(REGISTRAR, pin)
    with engine.begin() as conn:
        asked = [lost.request(conn, one, secret.hand, reason) for one in log.villages(conn)]
        keys.keep(conn, secret)
    return secret.hand.key, witnesses.build_lost(asked)


def replace_registrar(
    settings: Settings, engine: Engine, pin: str, reason: str, answers: list[str]
) -> tuple[str, list[str]]:
    """Set the new registrar's key in every village by the witnesses' answers, or in none.

    Returns the key's id and the villages.

    Raises:
        BadLost: an answer cannot be read; NotEndorsed, TooFew; WrongPin, LockedPin.
    """
    found: dict[str, dict[str, bytes]] = {}
    for answer in answers:
        for village, signed in witnesses.parse_endorsed(answer).items():
            found.setdefault(village, {}).update(signed)
    new = keys.unlock(engine, REGISTRAR, pin)
    with engine.begin() as conn:
        changed = log.villages(conn)
        for village in changed:
            at = desk(conn, settings, village)
            lost.replace(conn, new, at, reason, found.get(village, {}))
    for village in changed:
        _project(settings, engine, village)
    return new.key, changed


def _project(settings: Settings, engine: Engine, village: str) -> None:
    with database.read(engine) as conn:
        files.project(conn, village, settings.books, ())


class NothingSealed(Refusal):
    """There is nothing to cosign."""

    code = "F104"
    says = "本村还没有封过账，没有可以见证的月份。"
