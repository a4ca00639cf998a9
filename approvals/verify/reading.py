"""The directory and its lines: which files there are, and each event line as it stands."""
# ruff: noqa: EM101 - the literal is a code; its sentence stands in sentences.py

import stat
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from approvals.verify.shapes import (
    FORMAT,
    PERIOD,
    check_at,
    check_envelope,
    check_nonce,
    newer,
)
from approvals.verify.verdict import Stop, StopAt
from ledger import canonical
from ledger.log.act import DOMAIN
from ledger.refusal import Refusal
from ledger.tree import leaf_hash

VILLAGE = "village.json"
VILLAGE_FIELDS = {"format", "village", "name", "township", "chart", "opened", "registrar"}
MARK = b'],"statement":'
EVENTS = ".events.jsonl"
SEAL = ".seal"


class Entry(NamedTuple):
    """One event as it stands in a file; `signed` are the bytes that its keys signed."""

    file: str
    line: int
    seq: int
    leaf: bytes
    kind: str
    at: str
    person: str
    seat: str
    method: str
    nonce: str
    subject: str
    body: dict[str, Any]
    village: str
    signatures: list[dict[str, str]]
    signed: bytes


class Files(dict[str, Path]):
    """The files of a directory by name; `digests` are of the very bytes that were read last."""

    def __init__(self) -> None:
        super().__init__()
        self.digests: dict[str, str] = {}


def files(books: Path) -> Files:
    """Return every file below a directory by its name within it; links and devices are refused.

    Raises:
        StopAt: the directory is none, cannot be read, or holds what is no plain file.
    """
    try:
        if not books.is_dir():
            raise StopAt(str(books), 0, "Y001")
        return _listed(books)
    except OSError as fault:
        raise StopAt(str(books), 0, "Y005") from fault


def _listed(books: Path) -> Files:
    found = Files()
    for path in sorted(books.rglob("*")):
        name = path.relative_to(books).as_posix()
        mode = path.lstat().st_mode
        if stat.S_ISREG(mode):
            found[name] = path
        elif not stat.S_ISDIR(mode):
            raise StopAt(name, 0, "Y002")
        elif not any(path.iterdir()):
            raise StopAt(name, 0, "Y003")
    return found


def read(found: Files, name: str) -> bytes:
    """Return the bytes of a file.

    Raises:
        StopAt: the file is missing or cannot be read.
    """
    if name not in found:
        raise StopAt(name, 0, "Y004")
    try:
        data = found[name].read_bytes()
    except OSError as fault:
        raise StopAt(name, 0, "Y005") from fault
    found.digests[name] = sha256(data).hexdigest()
    return data


def village(found: Files) -> dict[str, Any]:
    """Return what village.json says.

    Raises:
        StopAt: it is missing, or not of the form of docs/FORMATS.md.
    """
    data = read(found, VILLAGE)
    try:
        facts = canonical.decode(data.removesuffix(b"\n"))
    except Refusal as fault:
        raise StopAt(VILLAGE, 1, "Y010", why=fault.sentence()) from fault
    if type(facts) is dict and newer(facts.get("format")):
        raise StopAt(VILLAGE, 1, "Y01A", format=facts["format"], known=FORMAT)
    good = isinstance(facts, dict) and set(facts) == VILLAGE_FIELDS and data.endswith(b"\n")
    texts = good and all(isinstance(facts[name], str) for name in VILLAGE_FIELDS - {"format"})
    if not texts or facts["format"] != FORMAT:
        raise StopAt(VILLAGE, 1, "Y011")
    return dict(facts)


def event_files(found: Files) -> list[str]:
    """Return the names of the event files in the order of their months.

    Raises:
        StopAt: one stands in the folder of another year.
    """
    names = [name for name in found if name.endswith(EVENTS)]
    for name in names:
        year, _, rest = name.partition("/")
        period = rest.removesuffix(EVENTS)
        if not PERIOD.fullmatch(period) or period[:4] != year:
            raise StopAt(name, 0, "Y006")
    return sorted(names)


def period_of(name: str) -> str:
    """Return the month in the name of an event file."""
    return name.partition("/")[2].removesuffix(EVENTS)


def entries(found: Files, name: str, first: int) -> Iterator[Entry]:
    """Yield the events of one file; `first` is the seq that its first line must have.

    Raises:
        StopAt: a line is not what an event line must be.
    """
    data = read(found, name)
    if not data:
        raise StopAt(name, 0, "Y007")
    *lines, rest = data.split(b"\n")
    for number, line in enumerate(lines, start=1):
        try:
            yield _entry(name, number, first + number - 1, line)
        except Stop as stop:
            raise StopAt(name, number, stop.code, **stop.facts) from stop
    if rest:
        raise StopAt(name, len(lines) + 1, "Y012")


def _entry(name: str, number: int, seq: int, line: bytes) -> Entry:
    try:
        value = canonical.decode(line)
    except Refusal as fault:
        raise Stop("Y013", why=fault.sentence()) from fault
    check_envelope(value)
    if value["seq"] != seq:
        raise Stop("Y014", seq=value["seq"], expected=seq)
    statement = value["statement"]
    check_at(statement["at"])
    check_nonce(statement["nonce"])
    # The line is canonical, so the statement's own canonical bytes stand in it as they are.
    signed = DOMAIN + line[line.index(MARK) + len(MARK) : -1]
    return Entry(
        file=name,
        line=number,
        seq=seq,
        leaf=leaf_hash(line),
        kind=statement["kind"],
        at=statement["at"],
        person=statement["person"],
        seat=statement["seat"],
        method=statement["method"],
        nonce=statement["nonce"],
        subject=statement["subject"],
        body=statement["body"],
        village=statement["village"],
        signatures=value["signatures"],
        signed=signed,
    )
