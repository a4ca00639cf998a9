"""The restore drill: can every village be had back from its books alone, to the byte?

What is not in the books (logins, PIN keys, bank lines, households, papers) is restored from the
backup, not from them, and is not compared here. Run it while nobody writes.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, Engine

from app import database
from approvals.verify import verify
from ledger import rebuild
from ledger.book import files
from ledger.log import store as log


class Drilled(NamedTuple):
    """What came of one village; no difference means that it can be restored."""

    village: str
    events: int
    differences: list[str]

    def __str__(self) -> str:
        if self.differences:
            return f"{self.village}：不一致。{'；'.join(self.differences)}"
        return f"{self.village}：一致，恢复 {self.events} 条事件，根、视图和账簿文件逐字节相同"


def drill(engine: Engine, books: Path) -> list[Drilled]:
    """Restore every village of an installation into a temporary one and compare the two."""
    with database.read(engine) as conn:
        villages = log.villages(conn)
    return [_village(engine, books, village) for village in villages]


def lines_of(books: Path) -> list[bytes]:
    """Return the event lines of a village's books in the order of the log."""
    return [
        line
        for path in sorted(books.glob("*/*.events.jsonl"))
        for line in path.read_bytes().splitlines()
    ]


def _village(engine: Engine, books: Path, village: str) -> Drilled:
    verdict = verify(books / village)
    if verdict.fault is not None or verdict.village != village:
        return Drilled(village, 0, [f"账簿核验不通过：{verdict.fault or verdict.village}"])
    with _temporary() as (other, place):
        with other.begin() as conn:
            events = rebuild.restore(conn, village, lines_of(books / village))
        with database.read(engine) as here, other.begin() as there:
            found = _compare(here, there, village)
            files.project(there, village, place)
        found += [f"账簿文件 {name} 不同" for name in folders_differ(books, place, village)]
    return Drilled(village, events, found)


def _compare(here: Connection, there: Connection, village: str) -> list[str]:
    found = []
    if log.root(here, village) != log.root(there, village):
        found.append("数据库的根与账簿的根不同")
    restored = rebuild.rows(there, village)
    views = rebuild.differences(rebuild.rows(here, village), restored)
    found += [f"视图 {name} 不同" for name in views]
    rebuild.rebuild(there, village)
    again = rebuild.differences(restored, rebuild.rows(there, village))
    return found + [f"视图 {name} 两次重建不同" for name in again]


def folders_differ(one: Path, other: Path, village: str) -> list[str]:
    """Return the files of a village that two folders of books do not hold alike, sorted."""
    ours, theirs = _contents(one / village), _contents(other / village)
    return sorted(name for name in ours | theirs if ours.get(name) != theirs.get(name))


def _contents(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@contextmanager
def _temporary() -> Iterator[tuple[Engine, Path]]:
    with tempfile.TemporaryDirectory(prefix="mingbai-drill-") as name:
        engine = database.connect(f"sqlite:///{Path(name) / 'mingbai.sqlite'}")
        try:
            database.create(engine)
            yield engine, Path(name) / "books"
        finally:
            engine.dispose()
