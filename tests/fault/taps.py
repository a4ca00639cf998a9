"""Taps on what a process does to the books' files and to its database.

A tap is called at each step, before it is done: to count, to record, to refuse by raising, to die.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch

from sqlalchemy import Engine
from sqlalchemy import event as hooks

# (what, path, bytes written or the new name)
Tap = Callable[[str, str, bytes | str], None]


class Tapped:
    """A file whose writes are two each, so that a fault may fall between them."""

    def __init__(self, path: Path, mode: str, tap: Tap) -> None:
        self._path, self._tap = str(path), tap
        self._raw = open(path, mode, buffering=0)  # noqa: SIM115, PTH123 - closed by `__exit__`

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.close()

    def write(self, data: bytes) -> int:
        half = len(data) // 2
        for part in (data[:half], data[half:]):
            self._tap("write", self._path, part)
            self._raw.write(part)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def fileno(self) -> int:
        return self._raw.fileno()


@contextmanager
def on_files(tap: Tap) -> Iterator[None]:
    """Tap the file operations that write: open, write, fsync, replace, unlink, mkdir."""
    fsync, replace, unlink, mkdir, opened = os.fsync, os.replace, os.unlink, os.mkdir, Path.open

    def open_(self: Path, mode: str = "r", *args: Any, **more: Any) -> Any:
        if mode != "xb":
            return opened(self, mode, *args, **more)
        tap("open", str(self), b"")
        return Tapped(self, mode, tap)

    def fsync_(handle: int) -> None:
        path = str(Path(f"/proc/self/fd/{handle}").readlink())
        tap("fsync", path, b"")
        fsync(handle)
        tap("fsynced", path, b"")

    def replace_(source: Any, target: Any, **more: Any) -> None:
        tap("replace", str(source), str(target))
        replace(source, target, **more)
        tap("replaced", str(source), str(target))

    def unlink_(path: Any, **more: Any) -> None:
        tap("unlink", str(path), b"")
        unlink(path, **more)

    def mkdir_(path: Any, *args: Any, **more: Any) -> None:
        if not Path(path).exists():
            tap("mkdir", str(path), b"")
        mkdir(path, *args, **more)

    with (
        patch.object(Path, "open", open_),
        patch("os.fsync", fsync_),
        patch("os.replace", replace_),
        patch("os.unlink", unlink_),
        patch("os.mkdir", mkdir_),
    ):
        yield


def on_database(engine: Engine, tap: Tap) -> None:
    """Tap each statement and each commit, before and after."""
    commit = engine.dialect.do_commit

    def commit_(connection: Any) -> None:
        tap("commit", "", b"")
        commit(connection)
        tap("committed", "", b"")

    def before(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        tap("execute", statement, b"")

    def after(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        tap("executed", statement, b"")

    engine.dialect.do_commit = commit_  # type: ignore[method-assign]
    hooks.listen(engine, "before_cursor_execute", before)
    hooks.listen(engine, "after_cursor_execute", after)
