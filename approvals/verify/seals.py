"""Seals: the month's turn, the root over the leaves before, the balances, the signed note."""
# ruff: noqa: EM101 - the literal is a code; its sentence stands in sentences.py

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from approvals.verify.reading import Entry
from approvals.verify.verdict import Sealed, Stop
from ledger import canonical
from ledger.digits import digits
from ledger.note import Checkpoint, check_cosignature, checkpoint_text, open_note, usable_name
from ledger.refusal import Refusal
from ledger.tree import Frontier

DECEMBER = 12
ENDORSED = b"mingbai/registrar-lost/v1\n"


@dataclass(slots=True)
class Watch:
    """Who witnesses a village's seals: public keys (hex) by name; `need` of them must agree.

    `asked` and `owed` are those of the last seal, `signed` who has cosigned it. A village that has
    named no witnesses owes none.
    """

    names: dict[str, str] = field(default_factory=dict)
    need: int = 0
    asked: dict[str, str] = field(default_factory=dict)
    owed: int = 0
    signed: list[str] = field(default_factory=list)

    def seal(self) -> None:
        """Begin anew: a month has been sealed under the witnesses of now."""
        self.asked, self.owed, self.signed = dict(self.names), self.need, []


def set_witnesses(watch: Watch, entry: Entry) -> None:
    """Take the witnesses from this leaf on; they watch the seals after it.

    Rule: q of n, f of them corrupt, 2q − n > f (docs/FORMATS.md, "Witnesses").

    Raises:
        Stop: Y126.
    """
    body = entry.body
    names = {one["name"]: one["public"] for one in body["witnesses"]}
    n, q, f = len(body["witnesses"]), body["quorum"], body["faulty"]
    distinct = len(names) == len(set(names.values())) == n
    if not distinct or not all(map(usable_name, names)) or q > n or f >= n or 2 * q - n <= f:
        raise Stop("Y126", n=n, q=q, f=f)
    watch.names, watch.need = names, q


def cosign(watch: Watch, entry: Entry, last: Sealed | None) -> Sealed:
    """Return the last seal with one more cosignature on it, by a witness that it was under.

    Raises:
        Stop: Y127.
    """
    body = entry.body
    name, public = body["witness"], watch.asked.get(body["witness"])
    if last is None or last.period != body["period"] or public is None or name in watch.signed:
        raise Stop("Y127", witness=name, period=body["period"])
    text = last.note.partition("\n\n")[0] + "\n"
    try:
        check_cosignature(body["line"], text, name, bytes.fromhex(public))
    except Refusal as fault:
        raise Stop("Y127", witness=name, period=body["period"]) from fault
    watch.signed.append(name)
    return last._replace(note=f"{last.note}{body['line']}\n")


def check_endorsed(watch: Watch, entry: Entry, sealed: Sequence[Sealed], previous: str) -> None:
    """Refuse a new registrar that the witnesses of the last seal have not asked for.

    Those count who were named before the last seal: whoever holds a stolen registrar's key cannot
    first name witnesses of their own.

    Raises:
        Stop: Y12A to Y12F.
    """
    body = entry.body
    if not sealed or not watch.owed:
        raise Stop("Y12A")
    last = sealed[-1]
    if body["period"] != last.period:
        raise Stop("Y12B", period=body["period"], expected=last.period)
    said = {
        "village": entry.village,
        "period": last.period,
        "size": last.size,
        "root": last.root,
        "previous": previous,
        "key": body["key"],
        "public": body["public"],
        "reason": body["reason"],
    }
    data = ENDORSED + canonical.encode(said)
    names = [one["witness"] for one in body["endorsed"]]
    if len(set(names)) < len(names):
        raise Stop("Y12C")
    for one in body["endorsed"]:
        public = watch.asked.get(one["witness"])
        if public is None:
            raise Stop("Y12D", witness=one["witness"], period=last.period)
        try:
            crypto_sign_open(bytes.fromhex(one["value"]) + data, bytes.fromhex(public))
        except BadSignatureError as fault:
            raise Stop("Y12E", witness=one["witness"]) from fault
    if len(names) < watch.owed:
        raise Stop("Y12F", found=len(names), owed=watch.owed)


def check_quorum(watch: Watch, sealed: str) -> None:
    """Refuse to seal a month while the one before lacks witnesses.

    Raises:
        Stop: Y128.
    """
    if len(watch.signed) < watch.owed:
        raise Stop("Y128", period=sealed, signed=len(watch.signed), owed=watch.owed)


def check_previous(entry: Entry, before: Sequence[Sealed]) -> None:
    """Refuse a seal that does not bind the bytes of the seal before, cosignatures and all.

    Raises:
        Stop: Y129.
    """
    expected = sha256(before[-1].note.encode()).hexdigest() if before else ""
    if entry.body["previous"] != expected:
        raise Stop("Y129", period=entry.subject)


def following(period: str) -> str:
    """Return the month after."""
    year, month = int(period[:4]), int(period[5:])
    return f"{year + month // DECEMBER:04d}-{month % DECEMBER + 1:02d}"


def check_turn(period: str, sealed: str, first: str) -> None:
    """Refuse a month out of order; the first seal may not pass over a month that has entries.

    Raises:
        Stop: Y120.
    """
    if sealed and period != following(sealed):
        raise Stop("Y120", period=period, expected=following(sealed))
    if not sealed and period > first:
        raise Stop("Y120", period=period, expected=first)


def check_root(entry: Entry, tree: Frontier) -> None:
    """Refuse a seal over another tree than the leaves before it make.

    Raises:
        Stop: Y121, Y122.
    """
    if entry.body["size"] != entry.seq:
        raise Stop("Y121", size=entry.body["size"], expected=entry.seq)
    if entry.body["root"] != tree.root().hex():
        raise Stop("Y122", period=entry.subject)


def check_balances(entry: Entry, sums: dict[str, dict[str, int]]) -> None:
    """Refuse a seal whose balances are not the sums of the legs through the month.

    Raises:
        Stop: Y123.
    """
    if canonical.digest(balances(sums, entry.subject)) != entry.body["balances"]:
        raise Stop("Y123", period=entry.subject)


def balances(sums: dict[str, dict[str, int]], until: str) -> dict[str, int]:
    """Return the balance (fen) of each account through a month, zero balances left out."""
    found: dict[str, int] = {}
    for period, amounts in sums.items():
        if period <= until:
            for code, fen in amounts.items():
                found[code] = found.get(code, 0) + fen
    return {code: fen for code, fen in found.items() if fen}


def check_note(entry: Entry, registrar: bytes) -> None:
    """Refuse a note that is not the registrar's over this very checkpoint.

    Raises:
        Stop: Y124, Y125.
    """
    body, name = entry.body, f"mingbai/{entry.village}"
    root = bytes.fromhex(body["root"])
    expected = Checkpoint(name, body["size"], root, (f"period {body['period']}",))
    try:
        text = open_note(note_text(body), name, registrar)
    except Refusal as fault:
        raise Stop("Y124", why=fault.sentence()) from fault
    if text != checkpoint_text(expected):
        raise Stop("Y125", period=entry.subject)


def note_text(body: dict[str, Any]) -> str:
    """Return the note of a seal's body as it stands in the `.seal` file."""
    return "".join(f"{line}\n" for line in body["note"])


class Printed(Mapping[str, str]):
    """The twenty-four digits of the sealed months, each worked out when it is asked for.

    They are dear on purpose, and most who ask for a verdict compare one month or none.
    """

    def __init__(self, village: str, roots: Mapping[str, str], known: Mapping[str, str]) -> None:
        self._village = village
        self._roots = dict(roots)
        self._known = {period: text for period, text in known.items() if period in roots}

    def __getitem__(self, period: str) -> str:
        if period not in self._known:
            self._known[period] = printed(self._roots[period], self._village, period)
        return self._known[period]

    def __iter__(self) -> Iterator[str]:
        return iter(self._roots)

    def __len__(self) -> int:
        return len(self._roots)


def printed(root: str, village: str, period: str) -> str:
    """Return the twenty-four digits of a sealed month (root in hex)."""
    return digits(bytes.fromhex(root), village, period)
