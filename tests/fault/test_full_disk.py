"""The disk is full from the n-th write on: one sentence, nothing lost, and later all goes on.

Each write of each act is the first that fails once: of the database (SQLITE_FULL through a VFS) and
of the books (ENOSPC). The server is not started anew in between. A file of the books is the old or
the new one right after the fault too, before anything goes on.
"""

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import date, datetime
from pathlib import Path
from unittest.mock import patch

import pytest
import vfs
from checks import book_faults, log_faults, times, verify_faults, view_faults
from kills import record_apart
from sample import VILLAGE, ZONE, Village, hand, rent
from scene import Moment, Scene, copy, do, project
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from taps import on_files

from app import cli, database
from approvals import gate
from ledger import views
from ledger.book import files
from ledger.refusal import Refusal

Broken = Callable[[Engine], AbstractContextManager[object]]

NEVER = 1 << 30
TAKES_SPACE = {"open", "write", "mkdir"}


class Space:
    """How many writes the disk still takes."""

    def __init__(self, left: int) -> None:
        self.left, self.asked = left, 0

    def take(self) -> bool:
        self.asked += 1
        return self.asked <= self.left

    def database(self, what: str, _name: str, _number: int, _data: bytes) -> int:
        return vfs.OK if what != "write" or self.take() else vfs.FULL

    def books(self, what: str, path: str, _more: bytes | str) -> None:
        if what in TAKES_SPACE and not self.take():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)


@contextmanager
def filling(space: Space) -> Iterator[None]:
    """Let the disk be full once the space is taken."""
    vfs.Taps.tap = space.database
    try:
        with on_files(space.books):
            yield
    finally:
        vfs.Taps.tap = None


def attempt(village: Village, moment: Moment) -> tuple[bool, str]:
    """Act and project; tell whether the act was acknowledged, and the fault's sentence."""
    told = False
    try:
        do(village.engine, moment.act, village.root)
        told = True
        project(village.engine, moment.act, village.root)
    except Refusal as refusal:
        return told, refusal.code
    except OSError as fault:
        return told, str(fault.strerror)
    return told, ""


def go_on(village: Village) -> None:
    """Enter another voucher, of another month, as if nothing had been."""
    village.now = datetime(2021, 3, 2, 9, 0, tzinfo=ZONE)
    standing = village.clear(village.submit(rent(date(2021, 3, 1), 4_321)))
    with village.engine.begin() as conn:
        gate.post(conn, hand("book1"), village.desk(), standing.case)
    with database.read(village.engine) as conn:
        files.project(conn, VILLAGE, village.root, ["2021-03"])


def sound(_engine: Engine) -> AbstractContextManager[object]:
    """Leave the server as it is."""
    return nullcontext()


def torn(village: Village, before: Path) -> list[str]:
    """Return the files of the books that are neither what they were nor what the log says."""
    old = before / "books" / VILLAGE
    with database.read(village.engine) as conn:
        new = files.render(conn, VILLAGE)
    found = []
    for path in sorted({*new, *(file.relative_to(old).as_posix() for file in old.rglob("*.*"))}):
        here, was = village.root / VILLAGE / path, old / path
        whole = {new.get(path), was.read_bytes() if was.exists() else None}
        found += [] if (here.read_bytes() if here.exists() else None) in whole else [f"torn {path}"]
    return found


def fill(
    moment: Moment, folder: Path, left: int, *, thorough: bool, broken: Broken = sound
) -> tuple[int, list[str]]:
    """Let the disk be full after so many writes; return the writes asked for and the faults."""
    copy(moment, folder)
    village = Village(vfs.connect(folder / "mingbai.sqlite"), folder / "books")
    space = Space(left)
    with filling(space), broken(village.engine):
        told, said = attempt(village, moment)
    found = [] if bool(said) == (space.asked > left) else [f"said {said!r}"]
    found += torn(village, moment.folder)
    with database.read(village.engine) as conn:
        count = times(conn, moment.act.nonce)
        found += [] if count == int(told) else [f"told {told}, there {count}"]
    told, said = attempt(village, moment)
    found += [] if told or count else [f"again {said}"]
    go_on(village)
    found += book_faults(village.engine, village)
    with village.engine.begin() as conn:
        found += [] if times(conn, moment.act.nonce) == 1 else ["not once"]
        found += log_faults(conn, VILLAGE, moment.leaves) + view_faults(conn, VILLAGE)
    found += verify_faults(village) if thorough else []
    village.engine.dispose()
    return space.asked, found


def phases(scene: Scene, folder: Path, every: int) -> int:
    """Let the disk be full at every so many-th write of each act; return how many."""
    count = 0
    for moment in scene.moments:
        writes, found = fill(moment, folder, NEVER, thorough=True)
        assert found == []
        assert writes > 10
        for left in range(0, writes, every):
            _, found = fill(moment, folder, left, thorough=left % (5 * every) == 0)
            assert found == [], f"{moment.act.name}: full after {left} writes of {writes}"
            count += 1
    return count


def test_a_full_disk_loses_nothing_and_all_goes_on(memory: Path) -> None:
    assert phases(Scene(memory / "scene", 0), memory / "disk", 12) > 10


def apart(_engine: Engine) -> AbstractContextManager[object]:
    """Commit an event and its views in two transactions."""
    return patch.object(views, "record", record_apart)


def in_place(_engine: Engine) -> AbstractContextManager[object]:
    """Write the books where they lie, not beside them."""

    def write(path: Path, data: bytes) -> bool:
        if path.exists() and path.read_bytes() == data:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with path.open("xb") as file:
            file.write(data)
        return True

    return patch.object(files, "write_whole", write)


@contextmanager
def deaf(engine: Engine) -> Iterator[None]:
    """Take no notice of a commit that fails."""
    commit = engine.dialect.do_commit

    def commit_(connection: object) -> None:
        with suppress(OperationalError, sqlite3.OperationalError):
            commit(connection)  # type: ignore[arg-type]

    with patch.object(engine.dialect, "do_commit", commit_):
        yield


@pytest.mark.campaign
@pytest.mark.parametrize(
    ("broken", "fault"), [(apart, "view "), (in_place, "torn "), (deaf, "told True, there 0")]
)
def test_the_harness_catches(broken: Broken, fault: str, memory: Path) -> None:
    moments = Scene(memory / "scene", 0).moments
    post = next(moment for moment in moments if moment.act.name == "post")
    writes, found = fill(post, memory / "disk", NEVER, thorough=True)
    assert found == []
    caught = set()
    for left in range(0, writes, 2):
        with suppress(OperationalError):  # a broken server may not go on at all
            _, found = fill(post, memory / "disk", left, thorough=False, broken=broken)
            caught |= set(found)
        if any(line.startswith(fault) for line in caught):
            return
    pytest.fail(f"not caught: {caught}")


@pytest.mark.campaign
@pytest.mark.parametrize("seed", [1, 3])
def test_a_full_disk_at_every_write(seed: int, memory: Path) -> None:
    assert phases(Scene(memory / "scene", seed), memory / "disk", 1) >= 100


def test_the_command_line_says_so_in_one_sentence(
    memory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    moment = Scene(memory / "scene", 0).moments[0]
    engine = vfs.connect(moment.folder / "mingbai.sqlite")
    monkeypatch.setattr(cli, "app", lambda: do(engine, moment.act, moment.folder / "books"))
    with filling(Space(2)), pytest.raises(SystemExit) as left:
        cli.main()
    engine.dispose()
    said = capsys.readouterr().err.splitlines()
    assert left.value.code == 1
    assert len(said) == 1
    assert said[0].startswith("[F100] 无法读写文件")
    assert "No space left on device" in said[0]
