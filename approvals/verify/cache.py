"""Evaluations kept in this process: opening the books again is fast, and so is going on from there.

What was kept holds only while every byte that it was made of is the same. Any number of threads may
ask; a village is evaluated by one of them at a time.
"""

from pathlib import Path
from threading import Lock
from typing import NamedTuple

from approvals.verify import reading
from approvals.verify.outcome import Outcome, evaluate
from approvals.verify.state import State
from approvals.verify.verdict import StopAt

KEPT = 64
SHARDS = 16


class Known(NamedTuple):
    """An evaluation, the digests of what it read of village.json and events, and what follows on.

    The digests are of the very bytes that were evaluated, taken as they were read.
    """

    digests: dict[str, str]
    outcome: Outcome
    past: State | None


_kept: dict[Path, Known] = {}
_shelf = Lock()
_turns = [Lock() for _ in range(SHARDS)]


def keep(books: Path, outcome: Outcome) -> None:
    """Keep an evaluation that was just made; the oldest gives way."""
    place = books.resolve()
    found = outcome.files.digests
    digests = {name: found[name] for name in (reading.VILLAGE, *outcome.events) if name in found}
    past = None
    if outcome.kept is not None:
        sealed, history = outcome.kept
        behind = {
            name: digest
            for name, digest in digests.items()
            if name == reading.VILLAGE or reading.period_of(name) <= sealed
        }
        past = State(sealed, behind, {}, history)
    with _shelf:
        _kept.pop(place, None)
        while len(_kept) >= KEPT:
            del _kept[next(iter(_kept))]
        _kept[place] = Known(digests, outcome, past)


def evaluated(books: Path) -> Outcome:
    """Return the evaluation of a books directory, from memory if its files are as they were.

    Where events were added after a seal that is known, only these are followed.

    Raises:
        OSError: village.json cannot be read.
    """
    place = books.resolve()
    (place / reading.VILLAGE).stat()
    with _turns[hash(place) % SHARDS]:
        with _shelf:
            known = _kept.get(place)
        found = _unchanged(place, known) if known else None
        if known is not None and found is not None:
            return known.outcome._replace(files=found)
        outcome = evaluate(place, past=known.past if known else None, keep=True)
        keep(place, outcome)
        return outcome


def _unchanged(place: Path, known: Known) -> reading.Files | None:
    """Return the files of a directory if what was evaluated is still what it holds."""
    try:
        found = reading.files(place)
        if reading.event_files(found) != known.outcome.events:
            return None
        for name in known.digests:
            reading.read(found, name)
    except StopAt:
        return None
    return found if found.digests == known.digests else None
