"""The events of a village as its files have them, found quickly and read only where needed.

No database is asked: an auditor sees what the books directory says, the same bytes that stand on a
USB stick.
"""

import json
import os
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from approvals import register
from approvals.register import Register
from ledger.log.act import Event
from ledger.log.store import REGISTRY
from ledger.tree import leaf_hash, node_hash

FILES = "*/*.events.jsonl"
SEALED = "month.sealed"
WANTED = REGISTRY | {SEALED, "account.opened"}
KEPT = 480  # files; forty years of one village, or four of ten


class Deed(NamedTuple):
    """What a line of a case says in short: who did what, for the list of signatures."""

    case: str
    kind: str
    person: str
    seat: str
    at: str
    decision: str


class Part(NamedTuple):
    """One events file: leaf hashes, the places of each subject, and the events of the registry."""

    stamp: tuple[int, int, int]
    leaves: tuple[bytes, ...]
    subjects: dict[str, list[int]]
    deeds: tuple[Deed, ...]
    wanted: tuple[Event, ...]


class Found(NamedTuple):
    """One line where it stands: file (within the village), line from 1, and the event."""

    file: str
    line: int
    event: Event


class Log:
    """A village's log: its parts in the order of their months."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths = sorted(folder.glob(FILES))
        self.parts = [part(path) for path in self.paths]

    def leaves(self) -> list[bytes]:
        """Return the leaf hashes of the whole log."""
        return [leaf for one in self.parts for leaf in one.leaves]

    def wanted(self, *kinds: str) -> list[Event]:
        """Return registry events and seals, of these kinds or all."""
        found = (event for one in self.parts for event in one.wanted)
        return [event for event in found if not kinds or event.kind in kinds]

    def deeds(self) -> Iterator[Deed]:
        """Yield what was done on every case, in order."""
        for one in self.parts:
            yield from one.deeds

    def about(self, subject: str) -> list[Found]:
        """Return the lines of a subject, in order."""
        found: list[Found] = []
        first = 0
        for path, one in zip(self.paths, self.parts, strict=True):
            places = one.subjects.get(subject)
            if places:
                lines = path.read_bytes().split(b"\n")
                name = path.relative_to(self.folder).as_posix()
                found += [
                    Found(name, at + 1, _event(lines[at], first + at))
                    for at in places
                    if at < len(lines)
                ]
            first += len(one.leaves)
        return found


_kept: OrderedDict[Path, Part] = OrderedDict()
_lock = Lock()


def part(path: Path) -> Part:
    """Return a file's part, from memory if the file is as it was."""
    facts = path.stat()
    stamp = _stamp(facts)
    with _lock:
        known = _kept.get(path)
        if known is not None and known.stamp == stamp:
            _kept.move_to_end(path)
            return known
    made = _read(path)
    with _lock:
        _kept[path] = made
        _kept.move_to_end(path)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def _stamp(facts: os.stat_result) -> tuple[int, int, int]:
    return facts.st_size, facts.st_mtime_ns, facts.st_ino


def _read(path: Path) -> Part:
    with path.open("rb") as file:
        stamp = _stamp(os.fstat(file.fileno()))
        lines = file.read().removesuffix(b"\n").split(b"\n")
    subjects: dict[str, list[int]] = {}
    deeds, wanted = [], []
    for place, line in enumerate(lines):
        event = _event(line, place)
        subjects.setdefault(event.subject, []).append(place)
        if event.kind in WANTED:
            wanted.append(event)
        elif event.kind:
            deeds.append(_deed(event))
    leaves = tuple(leaf_hash(line) for line in lines)
    return Part(stamp, leaves, subjects, tuple(deeds), tuple(wanted))


def _event(line: bytes, seq: int) -> Event:
    """Return the event of a line; of a damaged line, one without kind and subject."""
    statement = statement_of(line)
    kind, subject = str(statement.get("kind", "")), str(statement.get("subject", ""))
    return Event(str(statement.get("village", "")), seq, kind, subject, line, leaf_hash(line))


def _deed(event: Event) -> Deed:
    statement = statement_of(event.body)
    body = statement.get("body")
    decision = str(body.get("decision", "")) if isinstance(body, dict) else ""
    person, seat, at = (str(statement.get(name, "")) for name in ("person", "seat", "at"))
    return Deed(event.subject, event.kind, person, seat, at, decision)


def statement_of(line: bytes) -> dict[str, Any]:
    """Return the statement in a line, or nothing where there is none."""
    try:
        found = json.loads(line)["statement"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def people(log: Log) -> Register:
    """Return the people and seats of a log; of a damaged one, nobody."""
    try:
        return register.fold(log.wanted())
    except (KeyError, TypeError, ValueError):
        return Register()


def levels(leaves: list[bytes]) -> list[list[bytes]]:
    """Return the tree over leaf hashes by level, leaves first; a lone node moves up as it is."""
    found = [leaves]
    while len(found[-1]) > 1:
        row = found[-1]
        above = [node_hash(*row[i : i + 2]) for i in range(0, len(row) - 1, 2)]
        found.append([*above, *row[len(above) * 2 :]])
    return found


def path_of(tree: list[list[bytes]], index: int) -> list[bytes]:
    """Return the audit path of a leaf, nearest node first (RFC 9162, 2.1.3.1)."""
    found = []
    for row in tree[:-1]:
        if index ^ 1 < len(row):
            found.append(row[index ^ 1])
        index >>= 1
    return found
