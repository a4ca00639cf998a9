"""The trail of a case: who signed what, when, by which method, and where it stands in the log."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from approvals import cases, passkey, register
from approvals.cases import Mark
from approvals.register import Register
from approvals.signing import first_half
from ledger import canonical, chart
from ledger.chart import Chart
from ledger.items import items
from ledger.log.act import DOMAIN, Act, Event
from ledger.refusal import Refusal
from ledger.tree import verify_inclusion
from ledger.voucher import Number, Voucher, from_body
from reports.auditors.books import facts_of
from reports.auditors.events import SEALED, Found, Log, levels, path_of, statement_of
from reports.auditors.events import people as people_of

GOOD, BAD, UNKNOWN = "有效", "无效", "无法核验"


class Proof(NamedTuple):
    """The place of a leaf under a seal: period, size and root (hex), audit path, and the check."""

    period: str
    size: int
    root: str
    path: tuple[str, ...]
    good: bool


class Line(NamedTuple):
    """One event of the case: the raw line, its leaf hash (hex), its signatures' check, its proof.

    `proof` is None until the month is sealed.
    """

    seq: int
    file: str
    number: int
    text: str
    leaf: str
    kind: str
    verdict: str
    proof: Proof | None


class Key(NamedTuple):
    """An enrolled key: whose, public (hex), algorithm, and of a passkey its relying party."""

    person: str
    public: str
    alg: str = "ed25519"
    rp: str = ""


class Entry(NamedTuple):
    """One leg as the page shows it; fen, debit positive."""

    account: str
    summary: str
    fen: int
    dims: str = ""


class Trail(NamedTuple):
    """All that the page of a case shows. `voucher` is None where no revision can be read."""

    village: str
    name: str
    case: str
    number: str
    voucher: Voucher | None
    purpose: str
    legs: tuple[Entry, ...]
    digest: str
    digest_good: bool
    marks: tuple[Mark, ...]
    lines: tuple[Line, ...]
    recorders: tuple[tuple[int, str], ...]  # the second signer of a meeting, by seq


def read(folder: Path, village: str, case: str) -> Trail | None:
    """Return the trail of a case from a village's events files, or None if there is no such case.

    Damaged lines are shown as they are; what cannot be read from them stays empty.
    """
    log = Log(folder)
    found = log.about(case) if case else []
    events = [one.event for one in found]
    if not any(event.kind == "voucher.submitted" for event in events):
        return None
    people = people_of(log)
    voucher, digest = _voucher(events)
    return Trail(
        village=village,
        name=str(facts_of(folder).get("name", village)),
        case=case,
        number=_number(events),
        voucher=voucher,
        purpose=_purpose(voucher),
        legs=_legs(voucher, _chart(log)),
        digest=digest,
        digest_good=voucher is not None and voucher.digest() == digest,
        marks=_marks(events, people),
        lines=_lines(log, found),
        recorders=_recorders(events, people),
    )


def _recorders(events: Sequence[Event], people: Register) -> tuple[tuple[int, str], ...]:
    """Return seat and name of everyone who recorded a meeting; the chair is in its mark."""
    found = []
    for event in events:
        body = statement_of(event.body).get("body", {})
        if event.kind == "meeting.closed" and isinstance(body, dict):
            seat = register.title(str(body.get("recorder_seat", "")))
            found.append((event.seq, f"{seat} {people.name(str(body.get('recorder', '')))}"))
    return tuple(found)


def _voucher(events: Sequence[Event]) -> tuple[Voucher | None, str]:
    """Return the voucher of the last revision and the digest that its signers saw."""
    body = statement_of(
        [event for event in events if event.kind == "voucher.submitted"][-1].body
    ).get("body", {})
    digest = str(body.get("digest", ""))
    try:
        return from_body(body["voucher"]), digest
    except (KeyError, TypeError, ValueError, Refusal):
        return None, digest


def _number(events: Sequence[Event]) -> str:
    for event in events:
        if event.kind == "voucher.posted":
            body = statement_of(event.body).get("body", {})
            with suppress(KeyError, TypeError, ValueError):
                return str(Number(int(body["year"]), body["class"], int(body["no"])))
    return ""


def _purpose(voucher: Voucher | None) -> str:
    known = items().get(voucher.purpose) if voucher else None
    return known.zh if known else voucher.purpose if voucher else ""


def _chart(log: Log) -> Chart:
    bodies = [statement_of(event.body)["body"] for event in log.wanted("account.opened")]
    try:
        return chart.standard().with_details([(body["code"], body["name"]) for body in bodies])
    except (KeyError, TypeError, Refusal):
        return chart.standard()


def _legs(voucher: Voucher | None, known: Chart) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            _account(leg.account, known),
            leg.summary or voucher.summary,
            leg.fen,
            "　".join(f"{dim.title}：{dim}" for dim in leg.dims),
        )
        for leg in (voucher.legs if voucher else ())
        if voucher
    )


def _account(code: str, known: Chart) -> str:
    return f"{code} {known.get(code).name}" if known.knows(code) else code


def _marks(events: Sequence[Event], people: Register) -> tuple[Mark, ...]:
    try:
        return cases.marks(events, people)
    except (KeyError, TypeError, ValueError, StopIteration):
        return tuple(_plain(event, people) for event in events)


def _plain(event: Event, people: Register) -> Mark:
    """Return a mark from the envelope alone, where the case's own content cannot be followed."""
    said = {name: str(value) for name, value in statement_of(event.body).items()}
    person = said.get("person", "")
    return Mark(
        revision=0,
        title=cases.PLAIN.get(event.kind, event.kind),
        person=person,
        name=people.name(person),
        seat=register.title(said.get("seat", "")),
        at=said.get("at", ""),
        method=said.get("method", ""),
        decision="",
        opinion="",
        seq=event.seq,
    )


def _lines(log: Log, found: Sequence[Found]) -> tuple[Line, ...]:
    leaves, keys = log.leaves(), _keys(log)
    seals = [_seal(event) for event in log.wanted(SEALED)]
    trees: dict[int, list[list[bytes]]] = {}
    lines = []
    for file, number, event in found:
        seal = next((seal for seal in seals if event.seq < seal[1]), None)
        if seal and seal[1] not in trees:
            trees[seal[1]] = levels(leaves[: seal[1]])
        proof = _proof(event, seal, trees[seal[1]]) if seal else None
        text = event.body.decode(errors="replace")
        verdict = check(event.body, keys)
        lines.append(
            Line(event.seq, file, number, text, event.leaf.hex(), event.kind, verdict, proof)
        )
    return tuple(lines)


def _seal(event: Event) -> tuple[str, int, str]:
    body = statement_of(event.body).get("body", {})
    size = body.get("size", 0)
    return str(body.get("period", "")), size if isinstance(size, int) else 0, str(body.get("root"))


def _proof(event: Event, seal: tuple[str, int, str], tree: list[list[bytes]]) -> Proof:
    period, size, root = seal
    path = path_of(tree, event.seq)
    good = len(tree[0]) == size and _under(event, size, path, root)
    return Proof(period, size, root, tuple(node.hex() for node in path), good)


def _under(event: Event, size: int, path: list[bytes], root: str) -> bool:
    try:
        return verify_inclusion(event.leaf, event.seq, size, path, bytes.fromhex(root))
    except ValueError:
        return False


def _keys(log: Log) -> dict[str, Key]:
    """Return every key that was ever enrolled, by its id."""
    found: dict[str, Key] = {}
    for event in log.wanted("log.opened", "key.enrolled"):
        body = statement_of(event.body).get("body", {})
        with suppress(KeyError, TypeError):
            if event.kind == "log.opened":
                found[body["registrar"]["key"]] = Key("registrar", body["registrar"]["public"])
            else:
                facts = (body["person"], body["public"], body["alg"], body.get("rp", ""))
                found[body["key"]] = Key(*facts)
    return found


def check(line: bytes, keys: Mapping[str, Key]) -> str:
    """Return whether the signatures of a line are good: by enrolled keys, over its statement.

    This is the arithmetic alone; whether the signer might sign is for `verify` to say.
    """
    try:
        value = canonical.decode(line)
        statement, signatures = value["statement"], value["signatures"]
        signed = DOMAIN + canonical.encode(statement)
        person = statement["person"]
        if not signatures or keys[signatures[0]["key"]].person != person:
            return BAD
        for nth, signature in enumerate(signatures):
            later = not nth and "second" in statement["body"]
            data = _first(statement) if later else signed
            _verify(keys[signature["key"]], signature["value"], data)
    except InvalidSignature:
        return BAD
    except (Refusal, KeyError, TypeError, ValueError, IndexError):
        return UNKNOWN
    return GOOD


def _first(statement: Mapping[str, Any]) -> bytes:
    """Return what the first hand has signed: of an act of two hands, the act as it stood then."""
    said = {name: statement[name] for name in Act._fields}
    return first_half(Act(**{**said, "at": datetime.fromisoformat(said["at"])}))


def _verify(key: Key, value: Any, signed: bytes) -> None:  # noqa: ANN401 - what a line holds
    public = bytes.fromhex(key.public)
    if key.alg not in passkey.ALGS:
        Ed25519PublicKey.from_public_bytes(public).verify(bytes.fromhex(value), signed)
    elif passkey.check(key.alg, public, key.rp, signed, value) is not None:
        raise InvalidSignature
