"""People, keys, seats, kin and policies of a village, by the order of leaves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection

from approvals.policy import Policy, adopters, seats
from ledger.log import store as log
from ledger.log.act import Event
from ledger.refusal import Refusal

REGISTRAR = "registrar"
SERVER = "server"
NEVER = 2**31
UNLENT = ("bookkeeper", "cashier", REGISTRAR, SERVER)


class Term(NamedTuple):
    """A seat held: in the log from after `taken` until `left`, and by date inclusive."""

    seat: str
    person: str
    first: date
    last: date
    taken: int
    left: int


class Delegation(NamedTuple):
    """A seat lent by its holder for some days, for some chains or, if none is named, for all."""

    giver: str
    to: str
    seat: str
    first: date
    last: date
    chains: tuple[str, ...]
    reason: str = ""


class Proposal(NamedTuple):
    """A policy signed by some and not in force yet; hands: (seat, person)."""

    policy: Policy
    hands: tuple[tuple[str, str], ...]
    at: str


class Consent(NamedTuple):
    """What one seat still owes a proposal: who has signed and still sits, how many must."""

    seat: str
    signed: tuple[str, ...]
    need: int


@dataclass(slots=True)
class Register:
    """The fold of a village's registry events. Read it; never change it."""

    village: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    households: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    ever: dict[str, str] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=dict)
    terms: list[Term] = field(default_factory=list)
    kin: dict[str, set[str]] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    policy: str = ""
    proposed: dict[str, Proposal] = field(default_factory=dict)
    registrar: str = ""
    server: str = ""
    delegations: list[Delegation] = field(default_factory=list)

    def name(self, person: str) -> str:
        """Return a person's name (the id where nobody of that id is enrolled)."""
        return self.people.get(person, person)

    def holders(self, seat: str, day: date, leaf: int = NEVER) -> list[str]:
        """Return who holds a seat on a day, as the log stood before `leaf`, by person id."""
        leaf = min(leaf, NEVER)
        return sorted(
            {
                term.person
                for term in self.terms
                if term.seat == seat
                and term.first <= day <= term.last
                and term.taken < leaf <= term.left
            }
        )

    def seats_of(self, person: str, day: date) -> list[str]:
        """Return the seats a person holds on a day, sorted."""
        return sorted({t.seat for t in self.terms if person in self.holders(t.seat, day)})

    def terms_of(self, person: str, day: date) -> list[Term]:
        """Return the terms by which a person holds seats on a day, by seat."""
        mine = (
            term
            for term in self.terms
            if term.person == person and term.first <= day <= term.last and term.left == NEVER
        )
        return sorted(mine, key=lambda term: (term.seat, term.first))

    def holds(self, person: str, seat: str, day: date) -> bool:
        """Tell whether a person holds a seat on a day."""
        return person in self.holders(seat, day)

    def keeps_money(self, person: str, day: date) -> bool:
        """Tell whether a person is maker, cashier or registrar: no seat may be lent to them."""
        return any(self.holds(person, seat, day) for seat in UNLENT)

    def borrowed(self, person: str, day: date) -> list[Delegation]:
        """Return the loans by which a person may sign on a day, whatever the chain."""
        if self.keeps_money(person, day):
            return []
        return [
            one
            for one in self.delegations
            if one.to == person
            and one.first <= day <= one.last
            and self.holds(one.giver, one.seat, day)
        ]

    def lent(self, person: str, day: date, chain: str) -> list[tuple[str, str]]:
        """Return the (giver, seat) pairs for which a person may sign in a chain on a day."""
        return [
            (one.giver, one.seat)
            for one in self.borrowed(person, day)
            if not one.chains or chain in one.chains
        ]

    def related(self, person: str, payee: str) -> bool:
        """Tell whether a payee is the person or somebody declared as near to them, by name.

        White space counts for nothing, and names that the person had before still count.
        """
        near = self.names.get(person, set()) | self.kin.get(person, set())
        return bare(payee) in {bare(name) for name in near}

    def consents(
        self, hands: Iterable[tuple[str, str]], day: date, leaf: int = NEVER
    ) -> list[Consent]:
        """Return for each seat that must adopt a policy who has: more than half of its holders.

        The policy in force names the seats; where none is in force the registrar begins alone.
        """
        named = adopters(self.policies[self.policy]) if self.policy else []
        found = []
        for seat in (REGISTRAR, *named):
            holders = self.holders(seat, day, leaf)
            signed = tuple(dict.fromkeys(who for at, who in hands if at == seat and who in holders))
            found.append(Consent(seat, signed, len(holders) // 2 + 1))
        return found

    def current(self) -> Policy:
        """Return the policy in force.

        Raises:
            NoPolicy: none has been adopted.
        """
        if not self.policy:
            raise NoPolicy
        return self.policies[self.policy]


def bare(name: str) -> str:
    """Return a name without white space."""
    return "".join(name.split())


def title(seat: str) -> str:
    """Return the Chinese title of a seat."""
    if seat == SERVER:  # no seat that a policy may name
        return "本系统"
    found: str = seats()[seat]["zh"] if seat in seats() else seat
    return found


def fold(events: Iterable[Event]) -> Register:
    """Return the register that the registry events of one log make."""
    register = Register()
    for event in events:
        register.village = event.village
        statement = event.statement()
        if event.kind == "delegation.given":
            _given(register, statement["body"], event.seq, statement["person"])
        elif event.kind == "policy.adopted":
            _agreed(register, statement, event.seq)
        elif event.kind in STEPS:
            STEPS[event.kind](register, statement["body"], event.seq)
    return register


Body = Mapping[str, Any]


def _opened(register: Register, body: Body, seq: int) -> None:
    register.facts = body
    register.people[REGISTRAR] = title(REGISTRAR)
    key = body["registrar"]["key"]
    register.keys[key] = register.ever[key] = REGISTRAR
    register.registrar = key
    register.terms.append(Term(REGISTRAR, REGISTRAR, date.min, date.max, seq, NEVER))


def _person(register: Register, body: Body, _seq: int) -> None:
    register.people[body["person"]] = body["name"]
    register.names.setdefault(body["person"], set()).add(body["name"])
    register.households[body["person"]] = body["household"]


def _key(register: Register, body: Body, _seq: int) -> None:
    register.keys[body["key"]] = register.ever[body["key"]] = body["person"]


def _key_gone(register: Register, body: Body, _seq: int) -> None:
    register.keys.pop(body["key"], None)


def _taken(register: Register, body: Body, seq: int) -> None:
    first, last = date.fromisoformat(body["from"]), date.fromisoformat(body["until"])
    register.terms.append(Term(body["seat"], body["person"], first, last, seq, NEVER))


def _left(register: Register, body: Body, seq: int) -> None:
    register.terms = [
        term._replace(left=seq)
        if (term.seat, term.person, term.left) == (body["seat"], body["person"], NEVER)
        else term
        for term in register.terms
    ]


def _kin(register: Register, body: Body, _seq: int) -> None:
    register.kin.setdefault(body["person"], set()).add(body["name"])


def _given(register: Register, body: Body, _seq: int, giver: str) -> None:
    first, last = date.fromisoformat(body["from"]), date.fromisoformat(body["until"])
    chains = tuple(body["chains"])
    lent = Delegation(giver, body["to"], body["seat"], first, last, chains, body["reason"])
    register.delegations.append(lent)


def _ended(register: Register, body: Body, _seq: int) -> None:
    ended = (body["giver"], body["to"], body["seat"])
    register.delegations = [one for one in register.delegations if one[:3] != ended]


def _registrar(register: Register, body: Body, _seq: int) -> None:
    register.keys.pop(register.registrar, None)
    register.registrar = body["key"]
    register.keys[body["key"]] = register.ever[body["key"]] = REGISTRAR


def _server(register: Register, body: Body, seq: int) -> None:
    register.keys.pop(register.server, None)
    if not register.server:
        register.terms.append(Term(SERVER, SERVER, date.min, date.max, seq, NEVER))
        register.people[SERVER] = title(SERVER)
    register.server = body["key"]
    register.keys[body["key"]] = register.ever[body["key"]] = SERVER


def _agreed(register: Register, statement: Body, seq: int) -> None:
    body, at = statement["body"], statement["at"]
    name, text = body["digest"], body["policy"]
    before = register.proposed.get(name, Proposal(text, (), at))
    hands = (*before.hands, (statement["seat"], statement["person"]))
    consents = register.consents(hands, date.fromisoformat(at[:10]), seq)
    if all(len(one.signed) >= one.need for one in consents):
        register.policies[name], register.policy = text, name
        register.proposed = {}
    else:
        register.proposed[name] = before._replace(hands=hands)


STEPS = {
    "log.opened": _opened,
    "person.enrolled": _person,
    "key.enrolled": _key,
    "key.revoked": _key_gone,
    "seat.taken": _taken,
    "seat.left": _left,
    "kin.declared": _kin,
    "delegation.ended": _ended,
    "registrar.changed": _registrar,
    "registrar.replaced": _registrar,
    "server.keyed": _server,
}


class _Source:
    """A connection to fold from, equal to any other: the leaf alone is the key of the cache."""

    __slots__ = ("conn",)

    def __init__(self, conn: Connection) -> None:
        self.conn = conn

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Source)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=1024)
def _folded(source: _Source, village: str, leaf: str) -> Register:
    del leaf  # part of the key: a register changes exactly when a registry leaf is added
    kinds = tuple(sorted(log.REGISTRY))
    register = fold(log.events(source.conn, village, kinds=kinds))
    del source.conn
    return register


def of(conn: Connection, village: str) -> Register:
    """Return the register of a village as its log stands now.

    Raises:
        UnknownVillage: the village has no log.
    """
    return _folded(_Source(conn), village, log.registry(conn, village))


def everywhere(conn: Connection) -> list[tuple[str, Register]]:
    """Return (code, register) of every village."""
    return [(village, of(conn, village)) for village in log.villages(conn)]


class NoPolicy(Refusal):
    """The village has adopted no policy."""

    code = "A004"
    says = "本村还没有公布审签办法，请镇登记员先登记。"
