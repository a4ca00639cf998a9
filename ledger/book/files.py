"""The books on disk: a projection of the log, written whole and compared at start.

A folder per village under the books directory. The log in the database is the truth; what lies here
can be rebuilt at any time, so nothing is ever appended and a torn file is never left behind.
"""

import contextlib
import os
import secrets
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from sqlalchemy import Connection

from ledger import canonical
from ledger.accounts import chart_of
from ledger.book.render import (
    events_path,
    month_path,
    render_books,
    seal_path,
    span,
    split_events,
    tail_period,
)
from ledger.book.text import (
    Village,
    Year,
    all_file,
    events_file,
    month_file,
    village_file,
    village_of,
    year_files,
)
from ledger.legs import store as legs
from ledger.log import store as log
from ledger.posted import store
from ledger.posted.store import Seal

if sys.platform != "win32":
    import fcntl

FIRST, LAST = "0000-00", "9999-12"
PART = ".part"


def write_whole(path: Path, data: bytes) -> bool:
    """Replace a file by new content, whole or not at all, and tell whether it was written.

    A file that holds the content already is left alone. Power may fail at any moment: afterwards
    the file holds the old or the new content.

    Raises:
        OSError: the disk is full or not writable; the old file is untouched.
    """
    if _holds(path, data):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}{PART}")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)
    return True


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except FileNotFoundError:
        return False


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def village(conn: Connection, code: str) -> Village:
    """Return the village whose log this is.

    Raises:
        UnknownVillage: it has no log.
    """
    opened = log.at(conn, code, 0)
    if opened is None:
        raise log.UnknownVillage(village=code)
    return village_of(opened)


def render(conn: Connection, code: str) -> dict[str, bytes]:
    """Return every file of a village's books, from the posted vouchers and the log alone.

    Raises:
        UnknownVillage: the village has no log.
    """
    return render_books(
        village(conn, code),
        store.vouchers(conn, code, FIRST, LAST),
        chart_of(conn, code),
        log.events(conn, code),
        {seal.period: seal.note for seal in store.seals(conn, code)},
    )


def project(
    conn: Connection, code: str, root: Path, periods: Collection[str] | None = None
) -> list[Path]:
    """Write what changed of a village's books under `root / code` and return the files written.

    Given periods, only the files of those months, of the events after the last seal and of the
    years are looked at, and what is missing or was posted to since; the cost then does not grow
    with the books, and books that are ahead of this connection's view are left alone. Months come
    before the files that include them, so that a reader never finds an include missing. Without
    periods, what interrupted writes left behind is removed too.

    Raises:
        UnknownVillage: the village has no log.
        OSError: the disk is full or not writable.
    """
    folder = root / village(conn, code).code  # refused before a folder is made
    with _alone(folder):
        if periods is None:
            sweep(folder)
            files: Iterable[tuple[str, bytes]] = _in_order(render(conn, code))
        else:
            files = _some(conn, code, folder, periods)
        written = [folder / path for path, data in files if write_whole(folder / path, data)]
        _retire(conn, code, folder)
    return written


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one writer at a time into a village's folder, over all threads and processes."""
    folder.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":  # pragma: no cover
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _retire(conn: Connection, code: str, folder: Path) -> None:
    """Remove the events file of an earlier first month, once the log's begin has moved.

    Before the first seal the events lie in the file of the first month with vouchers, or of the
    opening; a voucher of another month moves them. Only a beginning of this very log is
    removed, and the folder of its year with it when nothing else lies there.
    """
    seals = [seal.period for seal in store.seals(conn, code)]
    tail = tail_period(village(conn, code), store.periods(conn, code), seals)
    known = {folder / events_path(period) for period in {*seals, tail}}
    others = set(folder.glob("*/*.events.jsonl")) - known
    if not seals and others:
        data = events_file(log.events(conn, code))
        for path in others:
            if data.startswith(path.read_bytes()):
                path.unlink()
                with contextlib.suppress(OSError):  # other files of that year lie in it
                    path.parent.rmdir()


def _in_order(files: dict[str, bytes]) -> list[tuple[str, bytes]]:
    return sorted(files.items(), key=lambda item: (_is_main(item[0]), item[0]))


def _is_main(path: str) -> bool:
    return path.rpartition("/")[2] in {"main.beancount", "audit.beancount", "all.beancount"}


def _some(
    conn: Connection, code: str, folder: Path, periods: Collection[str]
) -> Iterator[tuple[str, bytes]]:
    place, chart = village(conn, code), chart_of(conn, code)
    seals = {seal.period: seal for seal in store.seals(conn, code)}
    posted = store.periods(conn, code)
    tail = tail_period(place, posted, list(seals))
    # The seal is written last of its month's files: without it they are missing or not sealed yet.
    unsealed = [period for period in seals if not (folder / seal_path(period)).exists()]
    missing = [period for period in seals if not (folder / events_path(period)).exists()]
    periods = {*periods, *unsealed, *missing}
    events = _events(conn, code, tail, seals, {*periods, tail})
    known, data = _known(folder / events_path(tail)), events.get(events_path(tail), b"")
    if len(known) > len(data) and known.startswith(data):
        return  # another writer knew more of the log
    periods |= _posted_since(known, data)
    years = _years(conn, code, span(posted, list(seals)))
    heads = [item for year in years for item in year_files(place, year, chart).items()]
    yield "village.json", village_file(place)
    yield from (head for head in heads if not _is_main(head[0]))
    for period in (period for year in years for period in year.periods):
        if period in periods or not (folder / month_path(period)).exists():
            items = store.vouchers(conn, code, period, period)
            closing = legs.balances(conn, code, period) if period in seals else None
            yield month_path(period), month_file(period, items, chart, closing)
    yield from events.items()
    yield from ((seal_path(seal.period), seal.note.encode()) for seal in seals.values())
    yield from (head for head in heads if _is_main(head[0]))
    if years:
        yield "all.beancount", all_file(place, years, chart)


def _known(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _posted_since(known: bytes, data: bytes) -> set[str]:
    """Return the months that were posted to in the events that the books do not know yet.

    Months are written before the events: an earlier projection that failed, on a full disk say,
    left its events out, and so its months are written now.
    """
    lines = data.removeprefix(known).splitlines()
    statements = (
        canonical.decode(line)["statement"] for line in lines if b"voucher.posted" in line
    )
    return {one["body"]["period"] for one in statements if one["kind"] == "voucher.posted"}


def _years(conn: Connection, code: str, months: Sequence[str]) -> list[Year]:
    found = []
    for number in sorted({int(period[:4]) for period in months}):
        opening = legs.balances(conn, code, f"{number - 1:04d}-12")
        # Month 00 holds the legs of opening vouchers.
        moved = legs.turnovers(conn, code, f"{number:04d}-00", f"{number:04d}-12")
        periods = [period for period in months if int(period[:4]) == number]
        found.append(Year(number, periods, opening, {*opening, *moved}))
    return found


def _events(
    conn: Connection, code: str, tail: str, seals: dict[str, Seal], periods: Collection[str]
) -> dict[str, bytes]:
    before = [seal.seq for seal in seals.values() if seal.period < min(periods)]
    events = log.events(conn, code, after=max(before, default=-1))
    months = split_events(events, tail)
    return {
        events_path(period): events_file(months[period]) for period in months if period in periods
    }


def strays(folder: Path, expected: Collection[str]) -> list[str]:
    """Return the files under a village's folder that its books do not have, sorted."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    return sorted(set(found) - set(expected))


def compare(conn: Connection, code: str, root: Path) -> list[str]:
    """Return the paths under `root / code` that differ from the log's render, sorted.

    Missing, changed and stray files all count; an empty list means the books are the log's.

    Raises:
        UnknownVillage: the village has no log.
    """
    folder, expected = root / code, render(conn, code)
    changed = [path for path, data in expected.items() if not _holds(folder / path, data)]
    return sorted([*changed, *strays(folder, expected)])


def sweep(folder: Path) -> list[str]:
    """Remove what interrupted writes left behind under a village's folder; return the paths.

    Call it only while nothing is being written: alone in the folder.
    """
    found = sorted(folder.rglob(f".*{PART}"))
    for path in found:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
    return [path.relative_to(folder).as_posix() for path in found]
