"""What a good verification leaves for the next: the village as of its last sealed month.

It is JSON: reading it runs nothing. It says nothing to a stranger that the books do not say, and it
is only as trustworthy as the place it lies in (docs/FORMATS.md, "State").
"""

import dataclasses
import json
import os
import secrets
from functools import cache
from hashlib import sha256
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, NamedTuple

from approvals.verify import codec
from approvals.verify.cases import Case
from approvals.verify.replay import History

FORMAT = 1
HEAD = "mingbai-state"
OTHERS = 0o022  # may be written by group or others
LARGEST = 1 << 30
CASES = "cases"
DERIVED = {"known", "numbers"}
# No rule asks a case that is posted or withdrawn for more than its name and its state.
ENDED = {"posted", "withdrawn"}
SETTLED = {
    "makers", "maker_seats", "revision", "digest", "head", "payer", "chain", "turns", "approvals",
    "recused", "hands", "papers", "holders", "lines", "funds",
}  # fmt: skip


class State(NamedTuple):
    """A verified village at its last seal.

    `files` holds the SHA-256 (hex) of village.json and of the entries, events and seal of every
    sealed month; `digits` the twenty-four digits of each.
    """

    sealed: str
    files: dict[str, str]
    digits: dict[str, str]
    history: bytes

    def load(self) -> History:
        """Return the history, a new one at each call."""
        return unpack(json.loads(self.history))


def take(history: History) -> bytes:
    """Return a history as JSON."""
    return json.dumps(pack(history), ensure_ascii=False, separators=(",", ":")).encode()


def pack(history: History) -> dict[str, Any]:
    """Return a history as a JSON value."""
    found: dict[str, Any] = {}
    for name, kind in codec.fields(History).items():
        if name not in DERIVED | {CASES}:
            write = codec.codec(kind).write
            value = getattr(history, name)
            found[name] = write(value) if write else value
    posted = {item.case for item in history.posted}
    found[CASES] = [_pack_case(case, posted) for case in history.cases.values()]
    return found


def unpack(found: dict[str, Any]) -> History:
    """Return the history that `pack` wrote.

    Raises:
        Exception: of any kind, if it is no such value.
    """
    values = {}
    for name, kind in codec.fields(History).items():
        if name not in DERIVED | {CASES}:
            read = codec.codec(kind).read
            values[name] = read(found[name]) if read else found[name]
    history = History(**values)
    history.numbers = {str(item.number): item for item in history.posted}
    vouchers = {item.case: item.voucher for item in history.posted}
    for row in found[CASES]:
        case = _unpack_case(row, vouchers)
        history.cases[case.name] = case
    return history


def _pack_case(case: Case, posted: set[str]) -> dict[str, Any]:
    kinds = codec.fields(Case)
    left_out = SETTLED if case.state in ENDED else set()
    if case.name in posted:
        left_out = left_out | {"voucher"}
    found = {}
    for field in dataclasses.fields(Case):
        value = getattr(case, field.name)
        if field.name not in left_out and value != _default(field):
            write = codec.codec(kinds[field.name]).write
            found[field.name] = write(value) if write else value
    return found


def _unpack_case(row: dict[str, Any], vouchers: dict[str, Any]) -> Case:
    kinds = codec.fields(Case)
    values = {}
    for name, value in row.items():
        read = codec.codec(kinds[name]).read
        values[name] = read(value) if read else value
    if "voucher" not in values:
        values["voucher"] = vouchers[row["name"]]
    return Case(**values)


def _default(field: dataclasses.Field[Any]) -> Any:  # noqa: ANN401 - of any type
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def write(path: Path, state: State) -> None:
    """Replace a state file, whole or not at all, readable by its owner alone.

    Raises:
        OSError: it cannot be written there.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(dump(state))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def dump(state: State) -> bytes:
    """Return the bytes of a state file: one line that binds the rest, then JSON."""
    facts = {"sealed": state.sealed, "files": state.files, "digits": state.digits}
    data = json.dumps(facts, ensure_ascii=False, sort_keys=True).encode() + b"\n" + state.history
    return _head(data) + data


def read(path: Path) -> State | None:
    """Return the state in a file, or None where there is none that this program wrote.

    A file that others may write to, or that belongs to somebody else, is none.
    """
    try:
        facts = path.stat()
        data = path.read_bytes() if path.is_file() and facts.st_size <= LARGEST else b""
    except OSError:
        return None
    foreign = os.name == "posix" and (facts.st_mode & OTHERS or facts.st_uid != os.getuid())
    return None if foreign else load(data)


def load(data: bytes) -> State | None:
    """Return the state of these bytes, or None if a single one is not as `dump` wrote it."""
    first, _, rest = data.partition(b"\n")
    if not rest or first + b"\n" != _head(rest):
        return None
    try:
        facts, _, history = rest.partition(b"\n")
        return State(**json.loads(facts), history=history)
    except (ValueError, TypeError):
        return None


def _head(data: bytes) -> bytes:
    return f"{HEAD} {FORMAT} {program()} {sha256(data).hexdigest()}\n".encode()


@cache
def program() -> str:
    """Return what names this very program: its versions and the text of all that judges."""
    found = sha256()
    for name in ("mingbai", "beancount", "cryptography"):
        found.update(f"{name} {_version(name)}\n".encode())
    for package in ("ledger", "approvals"):
        for path, data in sorted(_sources(resources.files(package), package)):
            found.update(f"{path} {sha256(data).hexdigest()}\n".encode())
    return found.hexdigest()


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "0"


def _sources(folder: Traversable, name: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for item in folder.iterdir():
        path = f"{name}/{item.name}"
        if item.is_dir():
            found += _sources(item, path)
        elif item.name.endswith((".py", ".csv", ".toml")):
            found.append((path, item.read_bytes()))
    return found
