"""The disk is full from the n-th write on: one sentence, nothing lost, and later all goes on.

Each write of each act is the first that fails once: of the database (SQLITE_FULL through a VFS) and
of the books (ENOSPC). The server is not started anew in between.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import pytest
import vfs
from checks import book_faults, log_faults, times, verify_faults, view_faults
from sample import VILLAGE, ZONE, Village, hand, rent
from scene import Moment, Scene, copy, do, project
from taps import on_files

from app import cli, database
from approvals import gate
from ledger.book import files
from ledger.refusal import Refusal

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


def fill(moment: Moment, folder: Path, left: int, *, thorough: bool) -> tuple[int, list[str]]:
    """Let the disk be full after so many writes; return the writes asked for and the faults."""
    copy(moment, folder)
    village = Village(vfs.connect(folder / "mingbai.sqlite"), folder / "books")
    space = Space(left)
    with filling(space):
        told, said = attempt(village, moment)
    found = [] if bool(said) == (space.asked > left) else [f"said {said!r}"]
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
