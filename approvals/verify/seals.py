"""Seals: the month's turn, the root over the leaves before, the balances, the signed note."""
# ruff: noqa: EM101 - the literal is a code; its sentence stands in sentences.py

from typing import Any

from approvals.verify.reading import Entry
from approvals.verify.verdict import Stop
from ledger import canonical
from ledger.digits import digits
from ledger.note import Checkpoint, checkpoint_text, open_note
from ledger.refusal import Refusal
from ledger.tree import Frontier

DECEMBER = 12


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


def printed(root: str, village: str, period: str) -> str:
    """Return the twenty-four digits of a sealed month (root in hex)."""
    return digits(bytes.fromhex(root), village, period)
