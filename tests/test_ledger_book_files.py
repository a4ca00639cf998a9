import fcntl
import os
import stat
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection
from village_books import CODE, act, database, enter, fill, make, open_village, seal

from ledger.book import files
from ledger.log.store import UnknownVillage


@pytest.fixture
def conn() -> Iterator[Connection]:
    with database() as conn:
        yield conn


@pytest.fixture
def filled(conn: Connection) -> Connection:
    fill(conn)
    return conn


def names(paths: list[Path], root: Path) -> list[str]:
    return sorted(path.relative_to(root / CODE).as_posix() for path in paths)


def test_projected_books_are_the_logs_and_a_second_time_nothing_is_written(
    filled: Connection, tmp_path: Path
) -> None:
    written = files.project(filled, CODE, tmp_path)
    assert names(written, tmp_path) == sorted(files.render(filled, CODE))
    assert files.compare(filled, CODE, tmp_path) == []
    assert files.project(filled, CODE, tmp_path) == []
    assert files.project(filled, CODE, tmp_path, ["2021-11", "2022-03"]) == []


@pytest.mark.parametrize("periods", [[], ["2022-03"], ["2021-11"]])
def test_from_nothing_the_part_writes_the_whole(
    filled: Connection, tmp_path: Path, periods: list[str]
) -> None:
    files.project(filled, CODE, tmp_path, periods)
    assert files.compare(filled, CODE, tmp_path) == []


def test_a_posting_rewrites_its_month_and_what_opens_its_accounts(
    filled: Connection, tmp_path: Path
) -> None:
    files.project(filled, CODE, tmp_path)
    enter(filled, 2, make("transfer", date(2022, 3, 5), "再结转", [("153", 7), ("201", -7)]))
    written = files.project(filled, CODE, tmp_path, ["2022-03"])
    assert names(written, tmp_path) == [
        "2022/2022-01.events.jsonl",
        "2022/2022-03.beancount",
        "2022/accounts.beancount",
        "all.beancount",
    ]
    assert files.compare(filled, CODE, tmp_path) == []


def test_step_by_step_is_the_same_as_at_once(conn: Connection, tmp_path: Path) -> None:
    open_village(conn)
    files.project(conn, CODE, tmp_path, [])
    days = [date(2021, 12, 1), date(2021, 11, 30), date(2022, 2, 1), date(2021, 12, 31)]
    for no, day in enumerate(days, 1):
        enter(conn, no, make("receipt", day, "收款", [("102.01", no), ("501", -no)]))
        files.project(conn, CODE, tmp_path, [f"{day:%Y-%m}"])
        assert files.compare(conn, CODE, tmp_path) == []
    for period in ("2021-11", "2021-12", "2022-01"):
        seal(conn, period)
        act(conn, "sheet.published", period, {"period": period})
        files.project(conn, CODE, tmp_path, [period])
        assert files.compare(conn, CODE, tmp_path) == []


def test_events_of_a_village_whose_first_month_moves_are_kept_once(
    conn: Connection, tmp_path: Path
) -> None:
    open_village(conn)
    files.project(conn, CODE, tmp_path)
    (tmp_path / CODE / "2021/2021-09.events.jsonl").write_bytes(b"not of this log\n")
    enter(conn, 1, make("receipt", date(2022, 2, 1), "收款", [("102.01", 1), ("501", -1)]))
    files.project(conn, CODE, tmp_path)
    assert files.compare(conn, CODE, tmp_path) == ["2021/2021-09.events.jsonl"]


def test_changed_torn_missing_and_stray_files_are_all_named(
    filled: Connection, tmp_path: Path
) -> None:
    files.project(filled, CODE, tmp_path)
    folder = tmp_path / CODE
    torn = folder / "2021/2021-12.beancount"
    torn.write_bytes(torn.read_bytes()[:-40])
    changed = folder / "2021/2021-11.beancount"
    changed.write_bytes(changed.read_bytes().replace(b"5000.00", b"5000.01"))
    (folder / "2021/2021-11.seal").unlink()
    (folder / "2021/evil.py").write_text("")
    (folder / ".village.json.0.part").write_text("")
    differing = [
        ".village.json.0.part",
        "2021/2021-11.beancount",
        "2021/2021-11.seal",
        "2021/2021-12.beancount",
        "2021/evil.py",
    ]
    assert files.compare(filled, CODE, tmp_path) == differing
    assert files.sweep(folder) == [".village.json.0.part"]
    assert names(files.project(filled, CODE, tmp_path), tmp_path) == differing[1:4]
    assert files.strays(folder, files.render(filled, CODE)) == ["2021/evil.py"]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_changed_byte_is_found(data: st.DataObject, tmp_path_factory: Any) -> None:
    root = tmp_path_factory.mktemp("books")
    with database() as conn:
        open_village(conn)
        enter(conn, 1, make("receipt", date(2021, 11, 1), "收款", [("102.01", 1), ("501", -1)]))
        path = data.draw(st.sampled_from(sorted(files.project(conn, CODE, root))))
        content = bytearray(path.read_bytes())
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
        path.write_bytes(content)
        assert names([path], root) == files.compare(conn, CODE, root)


def test_an_older_view_of_the_log_does_not_write_over_a_newer_one(tmp_path: Path) -> None:
    with database() as newer, database() as older:
        for conn in (newer, older):
            open_village(conn)
            enter(conn, 1, make("receipt", date(2021, 11, 1), "一", [("102.01", 1), ("501", -1)]))
        enter(newer, 2, make("receipt", date(2021, 11, 2), "二", [("102.01", 2), ("501", -2)]))
        files.project(newer, CODE, tmp_path, ["2021-11"])
        assert files.project(older, CODE, tmp_path, ["2021-11"]) == []
        assert files.compare(newer, CODE, tmp_path) == []
        for conn in (newer, older):
            seal(conn, "2021-11")
        files.project(newer, CODE, tmp_path, ["2021-11"])
        act(newer, "sheet.published", "2021-11", {"period": "2021-11"})
        files.project(newer, CODE, tmp_path, [])
        assert (tmp_path / CODE / "2021/2021-12.events.jsonl").exists()
        assert files.project(older, CODE, tmp_path, ["2021-12"]) == []
        assert files.compare(newer, CODE, tmp_path) == []
        assert files.project(older, CODE, tmp_path) != []  # a rebuild means it


def test_a_lost_projection_is_made_up_by_the_next_of_another_month(
    filled: Connection, tmp_path: Path
) -> None:
    files.project(filled, CODE, tmp_path)
    enter(filled, 2, make("transfer", date(2022, 3, 5), "再结转", [("153", 7), ("201", -7)]))
    enter(filled, 3, make("transfer", date(2022, 4, 5), "又结转", [("153", 8), ("201", -8)]))
    files.project(filled, CODE, tmp_path, ["2022-04"])
    assert files.compare(filled, CODE, tmp_path) == []


def test_one_writer_at_a_time(filled: Connection, tmp_path: Path) -> None:
    folder = tmp_path / CODE
    folder.mkdir()
    handle = os.open(folder, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    begun = threading.Event()

    def wait() -> None:
        begun.set()
        time.sleep(0.2)
        assert list(folder.iterdir()) == []
        os.close(handle)

    other = threading.Thread(target=wait)
    other.start()
    begun.wait()
    assert files.project(filled, CODE, tmp_path)
    other.join()


def test_an_unknown_village_has_no_books(conn: Connection, tmp_path: Path) -> None:
    for ask in (files.project, files.compare):
        with pytest.raises(UnknownVillage):
            ask(conn, CODE, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_months_are_written_before_the_books_that_include_them(
    filled: Connection, tmp_path: Path
) -> None:
    for periods in (None, ["2022-01"]):
        root = tmp_path / str(periods)
        written = [path.name for path in files.project(filled, CODE, root, periods)]
        mains = [name in {"main.beancount", "audit.beancount", "all.beancount"} for name in written]
        assert mains == sorted(mains)


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "2021" / "file"
    assert files.write_whole(path, b"one")
    before = path.stat()
    assert not files.write_whole(path, b"one")
    assert path.stat().st_ino == before.st_ino
    with path.open("rb") as reader:
        assert files.write_whole(path, b"two")
        assert reader.read() == b"one"  # whoever reads goes on with the old file
    assert path.read_bytes() == b"two"
    assert [entry.name for entry in path.parent.iterdir()] == ["file"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "file"
    files.write_whole(path, b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    if step == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        files.write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_content_is_on_the_disk_before_the_name_and_the_name_before_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def watched_fsync(handle: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    def watched_replace(part: Path, path: Path) -> Path:
        steps.append("rename")
        return replace(part, path)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(Path, "replace", watched_replace)
    files.write_whole(tmp_path / "file", b"new")
    assert steps == ["file", "rename", "folder"]
