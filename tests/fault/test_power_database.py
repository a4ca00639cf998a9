"""The power fails under the database: what was acknowledged is there, whole and in order.

A VFS around SQLite's own writes down each write and sync of a run of acts. For moments of that run
the disk is built as it may be then: synced bytes for certain, of those after the last sync any
part, torn at sectors of 512 bytes. Stock SQLite opens it.

A longer campaign: `MINGBAI_TEST_LOSSES=20000 pytest --campaign tests/fault/test_power_database.py`.
"""

import os
import shutil
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
import vfs
from checks import log_faults, times, view_faults
from disk import Write, after_loss, lay
from sample import VILLAGE, Village
from scene import Scene, copy, do, url
from sqlalchemy.exc import DatabaseError

from app import database
from ledger.log import store as log

SEEDS = range(4)
LOSSES = int(os.environ.get("MINGBAI_TEST_LOSSES", "1200")) // len(SEEDS)
CHECKPOINT = "wal_autocheckpoint = 30"


class Told(NamedTuple):
    """An act acknowledged after so many steps, and the leaves of the log then."""

    steps: int
    nonce: str
    leaves: list[bytes]


class Run(NamedTuple):
    """A run of acts as the disk saw it."""

    before: dict[str, bytes]
    steps: list[Write]
    told: list[Told]


def record(folder: Path, seed: int, synchronous: str) -> Run:
    """Let the acts of a scene go through the VFS."""
    scene = Scene(folder / "scene", seed)
    live = copy(scene.moments[0], folder / "live")
    before = {"mingbai.sqlite": (live / "mingbai.sqlite").read_bytes()}
    steps: list[Write] = []
    told: list[Told] = []

    def tap(what: str, name: str, number: int, data: bytes) -> int:
        steps.append(Write(what, name, number, data))
        return vfs.OK

    pragmas = (CHECKPOINT, f"synchronous = {synchronous}")
    engine = vfs.connect(live / "mingbai.sqlite", pragmas)
    vfs.Taps.tap = tap
    try:
        for act in scene.acts:
            do(engine, act, live / "books")
            count = len(steps)
            with engine.begin() as conn:
                told.append(Told(count, act.nonce, log.leaves(conn, VILLAGE)))
    finally:
        vfs.Taps.tap = None
        engine.dispose()
    return Run(before, steps, told)


def examine(folder: Path, told: list[Told]) -> list[str]:
    """Return what is wrong with a database after a loss of power."""
    village = Village(database.connect(url(folder)), folder / "books")
    try:
        with village.engine.begin() as conn:
            said = conn.exec_driver_sql("PRAGMA integrity_check").scalars().all()
            if said != ["ok"]:
                return [f"integrity {said[0]}"]
            leaves = told[-1].leaves if told else []
            found = [f"lost {one.nonce}" for one in told if times(conn, one.nonce) != 1]
            found += log_faults(conn, VILLAGE, leaves) + view_faults(conn, VILLAGE)
    except DatabaseError as fault:
        return [f"broken {fault.orig}"]
    finally:
        village.engine.dispose()
    return found


def lose(folder: Path, run: Run, count: int, seed: int) -> list[list[str]]:
    """Let the power fail at so many moments of a run; return the faults of each bad one."""
    random, bad = Random(seed), []  # noqa: S311 - moments to fail at
    moments = list(range(len(run.steps) + 1))
    for turn in range(count):
        # Each moment once, as far as the count goes, then any.
        end = moments[turn * 7 % len(moments)] if turn < len(moments) else random.choice(moments)
        shutil.rmtree(folder, ignore_errors=True)
        lay(folder, after_loss(run.before, run.steps[:end], random))
        found = examine(folder, [one for one in run.told if one.steps <= end])
        bad += [found] if found else []
    return bad


def test_a_loss_of_power_loses_nothing_that_was_told(memory: Path) -> None:
    run = record(memory, 0, "FULL")
    assert {step.name for step in run.steps if step.what == "sync"} == {
        "mingbai.sqlite",
        "mingbai.sqlite-wal",
    }
    assert lose(memory / "loss", run, 60, 0) == []


@pytest.mark.campaign
@pytest.mark.parametrize("synchronous", ["NORMAL", "OFF"])
def test_the_harness_catches_a_weaker_sync(synchronous: str, memory: Path) -> None:
    bad = lose(memory / "loss", record(memory, 0, synchronous), 40, 0)
    assert any(line.startswith("lost ") for found in bad for line in found)
    broken = any(line.startswith(("broken ", "integrity ")) for found in bad for line in found)
    assert broken == (synchronous == "OFF")


def test_the_run_is_made_with_the_products_own_pragmas(memory: Path) -> None:
    engine = database.connect(url(memory))
    other = vfs.connect(memory / "mingbai.sqlite")
    for one in (engine, other):
        with one.connect() as conn:
            said = [
                conn.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            ]
        one.dispose()
        assert said == ["wal", 2, 1]


@pytest.mark.campaign
@pytest.mark.parametrize("seed", SEEDS)
def test_many_losses_of_power(seed: int, memory: Path) -> None:
    run = record(memory, seed, "FULL")
    assert lose(memory / "loss", run, LOSSES, seed) == []
