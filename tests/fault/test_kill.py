"""SIGKILL at any moment: nothing lost, nothing doubled, no gap; books and views are the log's."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
from checks import faults
from sample import Village, opening

from ledger.log import store as log

HERE = Path(__file__).parent


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


def kills(village: Village, count: int, mode: str, seed: int = 20211205) -> list[str]:
    """Kill the worker some times and return the faults after the first kill that leaves any."""
    village.post(opening())
    random = Random(seed)  # noqa: S311 - moments to kill at
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


@pytest.mark.campaign
def test_the_harness_catches_a_commit_in_two_parts(village: Village) -> None:
    assert kills(village, 60, "broken") != []


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(6))
def test_many_kills(village: Village, seed: int) -> None:
    assert kills(village, 25, "sound", seed) == []
