"""A child per kill: it opens the database for itself, acts, and dies at its k-th step."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from checks import book_faults, log_faults, times, verify_faults, view_faults
from sample import VILLAGE, Village
from scene import Moment, at, copy, do, project
from sqlalchemy import Connection
from taps import on_database, on_files

from ledger import views
from ledger.book import files
from ledger.log import store as log
from ledger.log.act import Act, Event, Signature
from ledger.refusal import Refusal

NEVER = 1 << 30
TOLD = b"done"


class End(NamedTuple):
    """How a child ended: what it told before, and the steps it took."""

    told: bool
    steps: int
    killed: bool


def record_apart(conn: Connection, act: Act, signatures: tuple[Signature, ...]) -> Event:
    """Record an act with a commit between the event and its views."""
    event, new = log.put(conn, act, signatures)
    if new:
        conn.exec_driver_sql("COMMIT")
        conn.exec_driver_sql("BEGIN IMMEDIATE")
        views.follow(conn, event)
    return event


def child(moment: Moment, folder: Path, die: int, mode: str) -> End:
    """Let a child do the moment's act in a folder and die at a step; `mode` may be broken."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.close(read)
            _work(moment, folder, die, mode, write)
            code = 0
        finally:
            os._exit(code)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        said = pipe.read()
    status = os.waitpid(pid, 0)[1]
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert killed or os.waitstatus_to_exitcode(status) == 0, "the child failed by itself"
    told, _, steps = said.partition(b"\n") if b"\n" in said else (said, b"", b"0")
    return End(told == TOLD, int(steps or 0), killed)


def _work(moment: Moment, folder: Path, die: int, mode: str, pipe: int) -> None:
    taken = 0

    def step(_what: str, _path: str, _more: bytes | str) -> None:
        nonlocal taken
        if taken == die:
            os.kill(os.getpid(), signal.SIGKILL)
        taken += 1

    if mode == "apart":
        views.record = record_apart
    village = at(folder)
    on_database(village.engine, step)
    with on_files(step):
        if mode == "early":
            with village.engine.begin() as conn:
                moment.act.work(conn, village.root)
                os.write(pipe, TOLD)
        else:
            do(village.engine, moment.act, village.root)
            os.write(pipe, TOLD)
        step("told", "", b"")
        project(village.engine, moment.act, village.root)
        step("end", "", b"")
    os.write(pipe, b"\n%d" % taken)


def _again(village: Village, moment: Moment) -> str:
    try:
        do(village.engine, moment.act, village.root)
    except Refusal as refusal:
        return refusal.code
    return "done"


def aftermath(moment: Moment, village: Village, end: End, *, thorough: bool) -> list[str]:
    """Return what is wrong after a kill, a start, and the same act sent again."""
    act = moment.act
    with village.engine.begin() as conn:
        count = times(conn, act.nonce)
        found = ["lost after it was told"] if end.told and not count else []
        found += ["twice"] if count > 1 else []
        found += view_faults(conn, VILLAGE) + log_faults(conn, VILLAGE, moment.leaves)
    with village.engine.begin() as conn:
        files.project(conn, VILLAGE, village.root)
    found += book_faults(village.engine, village)
    found += verify_faults(village) if thorough else []
    said = _again(village, moment)
    found += [f"again {said}"] if not count and said != "done" else []
    with village.engine.begin() as conn:
        found += ["not once"] if times(conn, act.nonce) != 1 else []
        found += log_faults(conn, VILLAGE, moment.leaves)
        found += view_faults(conn, VILLAGE) if thorough else []
    project(village.engine, act, village.root)
    found += book_faults(village.engine, village)
    village.engine.dispose()  # no connection goes over the next fork
    return found


def kill_everywhere(
    moment: Moment,
    scratch: Path,
    mode: str = "sound",
    steps: Callable[[int], range] = range,
    every: int = 10,
) -> tuple[int, list[str]]:
    """Kill at each step of an act; return the kills and the faults of the first bad one."""
    whole = child(moment, copy(moment, scratch), NEVER, mode)
    assert whole.told
    assert whole.steps > 20
    kills, village = 0, at(scratch)
    for die in steps(whole.steps):
        end = child(moment, copy(moment, scratch), die, mode)
        assert end.killed, f"step {die} of {whole.steps} was not reached"
        kills += 1
        found = aftermath(moment, village, end, thorough=die % every == 0)
        if found:
            return kills, [f"{moment.act.name} step {die}", *found]
    return kills, []
