"""Evaluations kept in this process, so that opening the books again stays fast."""

from hashlib import sha256
from pathlib import Path

from approvals.verify.outcome import Outcome, evaluate

KEPT = 64
_kept: dict[Path, tuple[str, Outcome]] = {}


def stamp(books: Path) -> str:
    """Return a digest over names, sizes, times and contents of what an evaluation reads."""
    found = sha256()
    for path in [*sorted(books.glob("*/*.events.jsonl")), books / "village.json"]:
        facts = path.stat()
        data = sha256(path.read_bytes()).hexdigest()
        found.update(f"{path.name} {facts.st_size} {facts.st_mtime_ns} {data}\n".encode())
    return found.hexdigest()


def keep(books: Path, outcome: Outcome) -> None:
    """Keep an evaluation that was just made; the oldest gives way."""
    place = books.resolve()
    _kept.pop(place, None)
    if len(_kept) >= KEPT:
        del _kept[next(iter(_kept))]
    _kept[place] = (stamp(place), outcome)


def evaluated(books: Path) -> Outcome:
    """Return the evaluation of a books directory, from memory if its files are as they were.

    Raises:
        OSError: village.json or an events file cannot be read.
    """
    place = books.resolve()
    known = _kept.get(place)
    if known is not None and known[0] == stamp(place):
        return known[1]
    outcome = evaluate(place)
    keep(place, outcome)
    return outcome
