"""Keys, names, seats and kin as they stand at a leaf: by the order of leaves, never by a clock."""
# ruff: noqa: EM101 - the literal is a code; its sentence stands in sentences.py

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from approvals import passkey
from approvals.verify.reading import Entry
from approvals.verify.verdict import Stop

REGISTRAR = "registrar"
DOMAIN = b"mingbai/key/v1\n"
METHODS = ("paper", "pin", "passkey")
SIGNERS = {"meeting.closed": 2}
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
class People:
    """The people of one village at a point of its log."""

    keys: dict[str, Key] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=dict)
    near: dict[str, set[str]] = field(default_factory=dict)
    terms: dict[str, list[Term]] = field(default_factory=dict)
    registrar: str = ""

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


def enrol_person(people: People, entry: Entry) -> None:
    """Enter a person, or a new name of theirs; for kin every name counts."""
    person = entry.body["person"]
    if person == REGISTRAR:
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
    if body["seat"] == REGISTRAR:
        raise Stop("Y033")
    term = Term(body["person"], body["from"], body["until"])
    people.terms.setdefault(body["seat"], []).append(term)


def leave_seat(people: People, entry: Entry) -> None:
    """End a person's terms in a seat from this leaf on."""
    seat, person = entry.body["seat"], entry.body["person"]
    if seat == REGISTRAR:
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
        Stop: Y040 to Y045, Y04P to Y04Y.
    """
    expected = SIGNERS.get(entry.kind, 1)
    if len(entry.signatures) != expected:
        raise Stop("Y040", found=len(entry.signatures), expected=expected)
    signers = [entry.person]
    if expected > 1:
        signers.append(entry.body["recorder"])
    for person, signature in zip(signers, entry.signatures, strict=True):
        _check_signature(people, entry, person, signature)
    return expected


def _check_signature(people: People, entry: Entry, person: str, signature: dict[str, str]) -> None:
    key = people.keys.get(signature["key"])
    if key is None:
        raise Stop("Y041", key=signature["key"])
    if key.person != person:
        raise Stop("Y042", person=person)
    if key.revoked:
        raise Stop("Y043", person=person)
    if entry.method not in METHODS or key.method not in {"", entry.method}:
        raise Stop("Y044", method=entry.method)
    if signature["alg"] != key.alg:
        raise Stop("Y04P", alg=signature["alg"])
    if key.alg in passkey.ALGS or not isinstance(key.public, Ed25519PublicKey):
        reason = passkey.check(key.alg, key.raw, key.rp, entry.signed, signature["value"])
        if reason is not None:
            raise Stop(PASSKEY[reason], person=person)
        return
    try:
        key.public.verify(bytes.fromhex(signature["value"]), entry.signed)
    except InvalidSignature as fault:
        raise Stop("Y045", person=person) from fault
