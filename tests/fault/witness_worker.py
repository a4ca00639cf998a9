"""A witness's server in a process of its own, sound or broken on purpose.

`kill-N` dies by SIGKILL at the N-th step of keeping and signing; `slow` takes its time between
judging and keeping; broken are `late`, which answers before it keeps, `unlocked`, which holds no
lock at all, and `threads`, which holds none against other processes.
"""

import itertools
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app import witness
from ledger import note
from ledger.witnesses import Seen

STEPS = 8  # before and after: fsync of the file, rename, fsync of the folder, signing
LATE, SLOW = 60, 0.05  # seconds
MODES = set(sys.argv[2:])
TURN = itertools.count()


class Witness(witness.Witness):
    """The witness with what the modes change."""

    def _keep(self, seen: dict[str, Seen]) -> None:
        if "slow" in MODES:
            # Not both at the same moment: their files would stand in each other's way by luck.
            time.sleep(SLOW * (1 + next(TURN) % 2))
        if "late" in MODES:
            threading.Timer(LATE, super()._keep, [seen]).start()
        else:
            super()._keep(seen)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if "unlocked" in MODES:
            yield
        elif "threads" in MODES:
            with self._turn:
                yield
        else:
            with super()._alone():
                yield


def arm(last: int) -> None:
    """Die at the given step."""
    steps = iter(range(STEPS))

    def step() -> None:
        if next(steps, STEPS) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **facts: Any) -> Any:
            step()
            answer = function(*args, **facts)
            step()
            return answer

        return call

    os.fsync = around(os.fsync)
    Path.replace = around(Path.replace)  # type: ignore[method-assign]
    note.cosign = around(note.cosign)


if __name__ == "__main__":
    for mode in MODES:
        if mode.startswith("kill-"):
            arm(int(mode.removeprefix("kill-")))
    witness.Witness = Witness  # type: ignore[misc]
    witness.serve(Path(sys.argv[1]), port=0)
