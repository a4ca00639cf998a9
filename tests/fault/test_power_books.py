"""The power fails under the books: no reader meets a torn file, and the next start mends the rest.

What `files.project` does to the disk is written down: files opened, written, synced,
renamed, folders synced. For moments of that run the folder is built as it may be then: bytes of a
file are certain once it is synced, names of a folder once the folder is. Whatever was not certain
is there or not, whole or torn.

A longer campaign: `MINGBAI_TEST_LOSSES=20000 pytest --campaign tests/fault/test_power_books.py`.
"""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from checks import book_faults, verify_faults
from sample import VILLAGE, Village
from scene import Scene, copy, do, project, url
from taps import on_files

from app import database
from ledger.book import files

SEEDS = range(4)
LOSSES = int(os.environ.get("MINGBAI_TEST_LOSSES", "1200")) // len(SEEDS)


class Step(NamedTuple):
    """One step on the disk: what, the name in the books directory, bytes or the new name."""

    what: str
    name: str
    more: bytes | str


class Run(NamedTuple):
    """A run of projections: the books before, the steps, and the database after each act."""

    before: dict[str, bytes]
    steps: list[Step]
    databases: list[tuple[int, Path]]


def content(root: Path) -> dict[str, bytes]:
    """Return every file under a folder."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def record(folder: Path, seed: int) -> Run:
    """Let the acts of a scene be projected and write down what is done to the disk."""
    scene = Scene(folder / "scene", seed)
    live = copy(scene.moments[0], folder / "live")
    root, steps, databases = live / "books", [], []
    before = content(root)

    def tap(what: str, path: str, more: bytes | str) -> None:
        name = Path(path).relative_to(root).as_posix()
        steps.append(
            Step(what, name, str(Path(more).relative_to(root)) if what in RENAMES else more)
        )

    engine = database.connect(url(live))
    for act in scene.acts:
        with on_files(tap):  # a seal projects before it commits
            do(engine, act, root)
        engine.dispose()
        databases.append((len(steps), folder / f"{act.nonce}.sqlite"))
        shutil.copy(live / "mingbai.sqlite", databases[-1][1])
        with on_files(tap):
            project(engine, act, root)
    engine.dispose()
    return Run(before, steps, databases)


RENAMES = ("replace", "replaced")


@dataclass
class Inode:
    """The bytes of a file: synced, and written since."""

    synced: bytes = b""
    written: bytes = b""

    def after_loss(self, random: Random) -> bytes:
        """Return what may be left: what was synced, or that with any part of what came after."""
        if self.written == self.synced:
            return self.synced
        cut = random.randrange(len(self.written) + 1)
        torn = self.written[:cut] + bytes(len(self.written) - cut)  # the size came, the bytes not
        return random.choice((self.synced, self.written[:cut], torn, self.written))


@dataclass
class Disk:
    """Names that are certain, and the changes of each folder since its last sync."""

    certain: dict[str, Inode]
    now: dict[str, Inode]
    pending: dict[str, list[dict[str, Inode | None]]] = field(default_factory=dict)

    def change(self, folder: str, names: dict[str, Inode | None]) -> None:
        """Give names of a folder to files, or take them away (None), as one step."""
        self._set(self.now, names)
        self.pending.setdefault(folder, []).append(names)

    @staticmethod
    def _set(known: dict[str, Inode], names: dict[str, Inode | None]) -> None:
        for name, inode in names.items():
            if inode is None:
                known.pop(name, None)
            else:
                known[name] = inode

    def sync_folder(self, folder: str) -> None:
        """Make the names of a folder certain."""
        for names in self.pending.pop(folder, []):
            self._set(self.certain, names)

    def after_loss(self, random: Random) -> dict[str, bytes]:
        """Return the files as they may be: of each folder's changes those up to any moment."""
        known = dict(self.certain)
        for _, changes in sorted(self.pending.items()):
            for names in changes[: random.randrange(len(changes) + 1)]:
                self._set(known, names)
        return {name: inode.after_loss(random) for name, inode in sorted(known.items())}


def play(run: Run, end: int, *, fsync: bool) -> Disk:
    """Return the disk after so many steps; without `fsync` the files are never synced."""
    names = {name: Inode(data, data) for name, data in run.before.items()}
    disk = Disk(dict(names), names)
    for what, name, more in run.steps[:end]:
        folder = str(Path(name).parent)
        if what == "open":
            disk.change(folder, {name: Inode()})
        elif what == "write":
            disk.now[name].written += more  # type: ignore[operator]
        elif what == "fsynced" and name not in disk.now:
            disk.sync_folder(name)
        elif what == "fsynced" and fsync:
            disk.now[name].synced = disk.now[name].written
        elif what == "replaced":
            disk.change(folder, {str(more): disk.now[name], name: None})
        elif what == "unlink":
            disk.change(folder, {name: None})
    return disk


def versions(run: Run) -> dict[str, set[bytes]]:
    """Return what each file of the books ever held, whole."""
    found = {name: {data} for name, data in run.before.items()}
    written: dict[str, bytes] = {}
    for what, name, more in run.steps:
        if what == "write":
            written[name] = written.get(name, b"") + more  # type: ignore[operator]
        elif what == "replaced":
            found.setdefault(str(more), set()).add(written[name])
    return found


def torn(run: Run, left: dict[str, bytes]) -> list[str]:
    """Return the files that a reader would meet torn before any start."""
    whole = versions(run)
    return [
        f"torn {name}"
        for name, data in left.items()
        if not name.endswith(files.PART) and data not in whole.get(name, set())
    ]


def started(village: Village, *, thorough: bool) -> list[str]:
    """Start as the server does and return what is wrong with the books afterwards."""
    with database.read(village.engine) as conn:
        files.project(conn, VILLAGE, village.root)
    found = book_faults(village.engine, village)
    return found + (verify_faults(village) if thorough else [])


def lose(folder: Path, run: Run, count: int, seed: int, *, fsync: bool = True) -> list[list[str]]:
    """Let the power fail at so many moments of a run; return the faults of each bad one."""
    random, bad = Random(seed), []  # noqa: S311 - moments to fail at
    places = [
        (last, Village(database.connect(f"sqlite:///{path}"), folder))
        for last, path in run.databases
    ]
    for turn in range(count):
        end = (
            turn % len(run.steps) + 1
            if count > len(run.steps)
            else random.randint(1, len(run.steps))
        )
        left = play(run, end, fsync=fsync).after_loss(random)
        shutil.rmtree(folder, ignore_errors=True)
        for name, data in left.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        # The database holds the acts that were committed before this step.
        village = [place for last, place in places if last <= end][-1:] or [places[0][1]]
        found = torn(run, left) + started(village[0], thorough=turn % 10 == 0)
        bad += [[f"step {end}", *found]] if found else []
    for _, place in places:
        place.engine.dispose()
    return bad


def test_a_loss_of_power_tears_no_file_of_the_books(memory: Path) -> None:
    run = record(memory, 0)
    assert {"open", "write", "fsynced", "replaced"} <= {step.what for step in run.steps}
    assert lose(memory / "loss", run, 60, 0) == []


@pytest.mark.campaign
def test_the_harness_catches_a_rename_before_its_sync(memory: Path) -> None:
    bad = lose(memory / "loss", record(memory, 0), 60, 0, fsync=False)
    assert any(line.startswith("torn ") for found in bad for line in found)
    # Whatever a reader met, the start mended.
    assert not any(line.startswith(("book", "verify")) for found in bad for line in found)


@pytest.mark.campaign
@pytest.mark.parametrize("seed", SEEDS)
def test_many_losses_of_power(seed: int, memory: Path) -> None:
    run = record(memory, seed)
    assert lose(memory / "loss", run, LOSSES, seed) == []
