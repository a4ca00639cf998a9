"""Read a hostile file in a process of its own: it may end that process, never the server's.

`run` starts this file as a script with the reader's file as its argument; the reader gives
`answer(data, *words) -> bytes`. A reader imports nothing of ours, so that it starts fast.
"""

import importlib.util
import subprocess
import sys
from threading import BoundedSemaphore

try:
    import resource
except ImportError:  # pragma: no cover - Windows has no such bounds; the time limit stays
    resource = None  # type: ignore[assignment]

MEMORY = 2**30
SECONDS = 15
# As many at once as the machine can bear beside its other work.
TURN = BoundedSemaphore(2)


def run(reader: str, data: bytes, *words: str) -> bytes | None:
    """Return what the reader (path of a file) makes of the bytes, or None when it fails."""
    command = [sys.executable, "-P", __file__, reader, *words]
    with TURN:
        try:
            done = subprocess.run(  # noqa: S603 - our own script
                command, input=data, capture_output=True, timeout=SECONDS, check=True
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            return None
    return done.stdout


def main() -> None:  # pragma: no cover - runs in a process of its own in each test
    """Bound this process, load the reader, give its answer to standard output."""
    spec = importlib.util.spec_from_file_location("reader", sys.argv[1])
    assert spec is not None  # noqa: S101 - a file of ours
    assert spec.loader is not None  # noqa: S101
    reader = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reader)
    if resource:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.buffer.write(reader.answer(sys.stdin.buffer.read(), *sys.argv[2:]))


if __name__ == "__main__":  # pragma: no cover - as above
    main()
