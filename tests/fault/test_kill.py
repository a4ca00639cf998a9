"""SIGKILL at any moment: nothing lost, nothing doubled, no gap; books and views are the log's."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
from sample import Village, opening
from sqlalchemy import Engine, select

from approvals.verify import verify
from ledger import rebuild
from ledger.book import files
from ledger.log import store as log
from ledger.posted import store as posted
from ledger.schema import metadata

HERE = Path(__file__).parent
TABLES = ("leg", "turnover", "posted", "case_index", "paper_use", "account", "seal")


def kill_once(folder: Path, wait: float, mode: str) -> None:
    """Let the worker work for a while and kill it."""
    roots = [str(HERE), str(HERE.parent), str(HERE.parents[1])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(roots)}
    command = [sys.executable, str(HERE / "worker.py"), str(folder), mode]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)


def rows(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with engine.begin() as conn:
        return {
            name: sorted(tuple(row) for row in conn.execute(select(metadata.tables[name])))
            for name in TABLES
        }


def faults(village: Village) -> list[str]:
    """Return what is not as the log says after a kill and a start."""
    found = []
    before = rows(village.engine)
    with village.engine.begin() as conn:
        rebuild.rebuild(conn, village.code)
    after = rows(village.engine)
    found += [f"view {name}" for name in TABLES if before[name] != after[name]]
    with village.engine.begin() as conn:
        files.project(conn, village.code, village.root)
        found += files.compare(conn, village.code, village.root)
        items = posted.vouchers(conn, village.code, "2021-01", "2021-12")
        events = log.events(conn, village.code)
    for kind in ("receipt", "payment"):
        numbers = sorted(item.number.no for item in items if item.number.kind == kind)
        found += ["gap"] if numbers != list(range(1, len(numbers) + 1)) else []
    found += ["doubled"] if len({item.case for item in items}) != len(items) else []
    found += ["order"] if [event.seq for event in events] != list(range(len(events))) else []
    fault = verify(village.root / village.code).fault
    return found + ([str(fault)] if fault else [])


def kills(village: Village, count: int, mode: str) -> list[str]:
    """Kill the worker some times and return the faults after the first kill that leaves any."""
    village.post(opening())
    random = Random(20211205)  # noqa: S311 - moments to kill at
    for _ in range(count):
        kill_once(village.root.parent, random.uniform(0.01, 0.4), mode)
        found = faults(village)
        if found:
            return found
    return []


def test_a_killed_process_loses_and_doubles_nothing(village: Village) -> None:
    assert kills(village, 8, "sound") == []
    with village.engine.begin() as conn:
        assert log.size(conn, village.code) > 100


def test_the_harness_catches_a_commit_in_two_parts(village: Village) -> None:
    assert kills(village, 60, "broken") != []


@pytest.mark.campaign
def test_many_kills(village: Village) -> None:
    assert kills(village, 150, "sound") == []
