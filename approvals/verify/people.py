"""Keys, names, seats and kin as they stand at a leaf: by the order of leaves, never by a clock."""
# ruff: noqa: EM101 - the literal is a code; its sentence stands in sentences.py

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from approvals import passkey
from approvals.verify import halves
from approvals.verify.reading import Entry
from approvals.verify.verdict import Stop

REGISTRAR = "registrar"
SERVER = "server"
DOMAIN = b"mingbai/key/v1\n"
METHODS = ("paper", "pin", "passkey")
# Acts of two hands: the second is named in the body, or is the key that takes over.
SECOND = {"meeting.closed": "recorder", "paper.signed": "confirmer"}
CHANGED = "registrar.changed"
REPLACED = "registrar.replaced"
BARRED = ("bookkeeper", "cashier", REGISTRAR, SERVER)
PASSKEY: dict[passkey.Reason, str] = {
    "form": "Y04Q",
    "type": "Y04R",
    "challenge": "Y04S",
    "origin": "Y04T",
    "embedded": "Y04U",
    "rp": "Y04V",
    "verified": "Y04W",
    "spelling": "Y04X",
    "signature": "Y04Y",
}


@dataclass(slots=True)
class Key:
    """An enrolled key; the registrar's has no fixed method."""

    person: str
    public: passkey.Public
    raw: bytes
    method: str
    alg: str = "ed25519"
    rp: str = ""
    revoked: bool = False


@dataclass(slots=True)
class Term:
    """A seat held from the first to the last day (ISO dates), until it is left."""

    person: str
    first: str
    last: str


@dataclass(slots=True)
class Delegation:
    """A seat lent for some days (ISO dates), for some chains or, if none is named, for all."""

    giver: str
    to: str
    seat: str
    first: str
    last: str
    chains: list[str]


@dataclass(slots=True)
class People:
    """The people of one village at a point of its log."""

    keys: dict[str, Key] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=dict)
    near: dict[str, set[str]] = field(default_factory=dict)
    terms: dict[str, list[Term]] = field(default_factory=dict)
    registrar: str = ""
    registrars: list[str] = field(default_factory=list)
    delegations: list[Delegation] = field(default_factory=list)

    def holds(self, person: str, seat: str, day: str) -> bool:
        """Tell whether a person holds a seat on a day (ISO date)."""
        return any(
            term.person == person and term.first <= day <= term.last
            for term in self.terms.get(seat, ())
        )

    def holders(self, seats: list[str], day: str) -> set[str]:
        """Return who holds any of some seats on a day."""
        return {
            term.person
            for seat in seats
            for term in self.terms.get(seat, ())
            if term.first <= day <= term.last
        }

    def speaks_for(self, person: str, giver: str, seat: str, day: str, chain: str) -> bool:
        """Tell whether a person may act on a day in the seat that a giver holds and has lent."""
        if not self.holds(giver, seat, day) or self.holders(list(BARRED), day) & {person}:
            return False
        return any(
            (one.giver, one.to, one.seat) == (giver, person, seat)
            and one.first <= day <= one.last
            and (not one.chains or chain in one.chains)
            for one in self.delegations
        )

    def related(self, person: str, payee: str) -> bool:
        """Tell whether a payee bears a name of the person, or of somebody declared near to them."""
        name = plain(payee)
        return name in self.names.get(person, ()) or name in self.near.get(person, ())


def plain(name: str) -> str:
    """Return a name without white space, as names are compared."""
    return "".join(name.split())


def key_id(alg: str, public: bytes) -> str:
    """Return the id of a public key."""
    return sha256(DOMAIN + alg.encode() + b"\n" + public).hexdigest()[:16]


def _key(person: str, body: dict[str, Any], method: str) -> Key:
    raw = bytes.fromhex(body["public"])
    if key_id(body["alg"], raw) != body["key"]:
        raise Stop("Y030", key=body["key"])
    if body["alg"] in passkey.ALGS:
        return _passkey(person, body, raw)
    return Key(person, Ed25519PublicKey.from_public_bytes(raw), raw, method)


def _passkey(person: str, body: dict[str, Any], raw: bytes) -> Key:
    try:
        public = passkey.public_key(body["alg"], raw)
    except ValueError as fault:
        raise Stop("Y03P", key=body["key"]) from fault
    return Key(person, public, raw, passkey.METHOD, body["alg"], body["rp"])


def open_log(people: People, entry: Entry) -> None:
    """Take the registrar and their key from `log.opened`."""
    body = entry.body["registrar"]
    people.keys[body["key"]] = _key(REGISTRAR, body, "")
    people.terms[REGISTRAR] = [Term(REGISTRAR, "0000-00-00", "9999-99-99")]
    people.registrar = body["key"]
    people.registrars.append(body["key"])


def change_registrar(people: People, entry: Entry, root: str) -> None:
    """Hand the registrar's seat from one key to another; both have signed, over the log so far.

    `root` is that of the leaves before: the new key's signature cannot be carried to another log.
    """
    body = entry.body
    if body["previous"] != people.registrar or body["root"] != root:
        raise Stop("Y035")
    if body["key"] in people.keys:
        raise Stop("Y032", key=body["key"])
    people.keys[people.registrar].revoked = True
    people.keys[body["key"]] = _key(REGISTRAR, body, "")
    people.registrar = body["key"]
    people.registrars.append(body["key"])


def key_server(people: People, entry: Entry) -> None:
    """Take the key with which the server gives receipts and hands in cosignatures; one at a time.

    It decides nothing: no step of a chain can be in the seat `server`.
    """
    body = entry.body
    if body["key"] in people.keys:
        raise Stop("Y032", key=body["key"])
    for key in people.keys.values():
        key.revoked = key.revoked or key.person == SERVER
    people.keys[body["key"]] = _key(SERVER, body, SERVER)
    people.terms[SERVER] = [Term(SERVER, "0000-00-00", "9999-99-99")]


def give_seat(people: People, entry: Entry) -> None:
    """Lend a seat that the giver holds themselves: never to maker or cashier, never lent on."""
    body, giver, day = entry.body, entry.person, entry.at[:10]
    _known(people, body["to"])
    if body["seat"] in BARRED or body["to"] == giver or body["until"] < body["from"]:
        raise Stop("Y036", seat=body["seat"])
    if people.holders(list(BARRED), day) & {body["to"]}:
        raise Stop("Y037", person=body["to"])
    if entry.seat != body["seat"]:
        raise Stop("Y046", kind=entry.kind, seat=entry.seat)
    lent = Delegation(giver, body["to"], body["seat"], body["from"], body["until"], body["chains"])
    people.delegations.append(lent)


def take_back(people: People, entry: Entry) -> None:
    """End a delegation from this leaf on; the giver does, or the registrar."""
    body = entry.body
    if entry.person not in {body["giver"], REGISTRAR}:
        raise Stop("Y038", person=entry.person)
    ended = (body["giver"], body["to"], body["seat"])
    people.delegations = [d for d in people.delegations if (d.giver, d.to, d.seat) != ended]


def enrol_person(people: People, entry: Entry) -> None:
    """Enter a person, or a new name of theirs; for kin every name counts."""
    person = entry.body["person"]
    if person in {REGISTRAR, SERVER}:
        raise Stop("Y031")
    people.names.setdefault(person, set()).add(plain(entry.body["name"]))


def enrol_key(people: People, entry: Entry) -> None:
    """Enter a key: for an enrolled person, never for two, never again once revoked."""
    body = entry.body
    _known(people, body["person"])
    new, old = _key(body["person"], body, body["method"]), people.keys.get(body["key"])
    if old is not None and (old.person != new.person or old.revoked or old.method != new.method):
        raise Stop("Y032", key=body["key"])
    people.keys[body["key"]] = new


def revoke_key(people: People, entry: Entry) -> None:
    """End a key from this leaf on."""
    key = people.keys.get(entry.body["key"])
    if key is not None and key.person == entry.body["person"]:
        key.revoked = True


def take_seat(people: People, entry: Entry) -> None:
    """Seat a person from this leaf on, for a term of days."""
    body = entry.body
    _known(people, body["person"])
    if body["seat"] in {REGISTRAR, SERVER}:
        raise Stop("Y033")
    term = Term(body["person"], body["from"], body["until"])
    people.terms.setdefault(body["seat"], []).append(term)


def leave_seat(people: People, entry: Entry) -> None:
    """End a person's terms in a seat from this leaf on."""
    seat, person = entry.body["seat"], entry.body["person"]
    if seat in {REGISTRAR, SERVER}:
        raise Stop("Y033")
    terms = people.terms.get(seat, [])
    people.terms[seat] = [term for term in terms if term.person != person]


def declare_kin(people: People, entry: Entry) -> None:
    """Note a name near to a person."""
    near = people.near.setdefault(entry.body["person"], set())
    near.add(plain(entry.body["name"]))


def _known(people: People, person: str) -> None:
    if person not in people.names:
        raise Stop("Y034", person=person)


def check_signatures(people: People, entry: Entry) -> int:
    """Check every signature of an event and return how many there are.

    Raises:
        Stop: Y016, Y023, Y040 to Y045, Y04P to Y04Z.
    """
    signers = [entry.person]
    if entry.kind in SECOND:
        signers.append(entry.body[SECOND[entry.kind]])
    expected = len(signers) + (entry.kind == CHANGED)
    if len(entry.signatures) != expected:
        raise Stop("Y040", found=len(entry.signatures), expected=expected)
    if entry.kind == REPLACED:  # the old key is lost: the new one signs alone
        _check_successor(entry, entry.signatures[0])
        return expected
    said = [(halves.signed(entry), entry.method), (entry.signed, halves.method(entry))]
    for person, signature, (data, method) in zip(signers, entry.signatures, said, strict=False):
        _check_signature(people, data, method, person, signature)
    if entry.kind == CHANGED:
        _check_successor(entry, entry.signatures[1])
    return expected


def _check_successor(entry: Entry, signature: dict[str, str]) -> None:
    """Refuse a change of registrar that the new key has not signed itself."""
    new = _key(REGISTRAR, entry.body, "")
    if signature["key"] != entry.body["key"]:
        raise Stop("Y041", key=signature["key"])
    if signature["alg"] != new.alg or not isinstance(new.public, Ed25519PublicKey):
        raise Stop("Y04P", alg=signature["alg"])
    _check_ed25519(REGISTRAR, new.raw, entry.signed, signature)


def _check_signature(
    people: People, data: bytes, method: str, person: str, signature: dict[str, str]
) -> None:
    key = people.keys.get(signature["key"])
    if key is None:
        raise Stop("Y041", key=signature["key"])
    if key.person != person:
        raise Stop("Y042", person=person)
    if key.revoked:
        raise Stop("Y043", person=person)
    known = (SERVER,) if key.person == SERVER else METHODS
    if method not in known or key.method not in {"", method}:
        raise Stop("Y044", method=method)
    if signature["alg"] != key.alg:
        raise Stop("Y04P", alg=signature["alg"])
    if key.alg in passkey.ALGS or not isinstance(key.public, Ed25519PublicKey):
        reason = passkey.check(key.alg, key.raw, key.rp, data, signature["value"])
        if reason is not None:
            raise Stop(PASSKEY[reason], person=person)
        return
    _check_ed25519(person, key.raw, data, signature)


def _check_ed25519(person: str, public: bytes, data: bytes, signature: dict[str, str]) -> None:
    # Not by the library that signs: half the time, and a second opinion (it refuses weak keys too).
    try:
        crypto_sign_open(bytes.fromhex(signature["value"]) + data, public)
    except BadSignatureError as fault:
        raise Stop("Y045", person=person) from fault
