"""What a disk may hold after the power fails: the synced for certain, of the rest any part."""

from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import NamedTuple

SECTOR = 512
CHANCES = (0.0, 0.3, 0.5, 0.8, 1.0)


class Write(NamedTuple):
    """One step of a file: bytes at an offset, a new size (`data` is None), a sync or an end."""

    what: str
    name: str
    number: int
    data: bytes


def _put(content: bytearray, offset: int, data: bytes) -> None:
    if len(content) < offset + len(data):
        content.extend(bytes(offset + len(data) - len(content)))
    content[offset : offset + len(data)] = data


def _apply(content: bytearray, step: Write) -> None:
    if step.what == "write":
        _put(content, step.number, step.data)
    elif step.what == "truncate":
        del content[step.number :]
        content.extend(bytes(step.number - len(content)))


def _sectors(step: Write) -> Iterable[tuple[int, bytes]]:
    """Cut a write where the disk's sectors end."""
    at, end = step.number, step.number + len(step.data)
    while at < end:
        until = min(end, (at // SECTOR + 1) * SECTOR)
        yield at, step.data[at - step.number : until - step.number]
        at = until


def _tear(content: bytearray, pending: list[Write], random: Random) -> None:
    """Apply any part of the steps after the last sync."""
    chance = random.choice(CHANCES)
    for step in pending:
        if random.random() > chance:
            continue
        if step.what == "write" and random.random() < 0.5:
            for offset, data in _sectors(step):
                if random.random() < 0.5:
                    _put(content, offset, data)
        else:
            _apply(content, step)


def after_loss(before: dict[str, bytes], steps: list[Write], random: Random) -> dict[str, bytes]:
    """Return the files as they may be when the power fails after these steps."""
    disk = {name: bytearray(data) for name, data in before.items()}
    pending: dict[str, list[Write]] = {}
    for step in steps:
        if step.what == "sync":
            content = disk.setdefault(step.name, bytearray())
            for one in pending.pop(step.name, []):
                _apply(content, one)
        elif step.what == "delete":
            pending.pop(step.name, None)
            if random.random() < 0.5:
                disk.pop(step.name, None)
        else:
            pending.setdefault(step.name, []).append(step)
    for name, some in sorted(pending.items()):
        _tear(disk.setdefault(name, bytearray()), some, random)
    return {name: bytes(data) for name, data in disk.items()}


def lay(folder: Path, files: dict[str, bytes]) -> None:
    """Write files into a folder."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
