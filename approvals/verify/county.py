"""Many villages at once: each in a process of its own, the answers in the order of the villages."""

import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path

from approvals.verify.run import verify
from approvals.verify.verdict import StopAt, Verdict

Task = tuple[int, Path]
Work = Callable[[Path, str | None, str | None], Verdict]


def verify_all(
    folders: Sequence[Path],
    registrar: str | None = None,
    anchor: str | None = None,
    jobs: int = 1,
    work: Work = verify,
) -> Generator[tuple[int, Verdict], None, None]:
    """Yield each village's place in the list and its verdict, as they come.

    A process that dies answers for its village with Y00B, and another takes its place. When the
    caller stops asking (Ctrl+C), every process ends.
    """
    if jobs <= 1 or len(folders) <= 1:
        for place, folder in enumerate(folders):
            yield place, work(folder, registrar, anchor)
        return
    yield from _shared(folders, registrar, anchor, min(jobs, len(folders)), work)


class Worker:
    """A process that verifies one village after the other; `task` is the one it has."""

    def __init__(self, work: Work, registrar: str | None, anchor: str | None) -> None:
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        arguments = (theirs, work, registrar, anchor)
        self.process = context.Process(target=_serve, args=arguments, daemon=True)
        self.process.start()
        theirs.close()  # so that the end of the process is the end of the pipe
        self.task: Task | None = None

    def give(self, task: Task) -> None:
        """Hand over a village; a process that has died meanwhile is noticed at its answer."""
        self.task = task
        with suppress(OSError):
            self.pipe.send(task[1])

    def answer(self) -> Verdict | None:
        """Return the verdict, or None if the process has died."""
        try:
            verdict = self.pipe.recv()
        except (EOFError, OSError):
            return None
        return verdict if isinstance(verdict, Verdict) else None

    def end(self) -> None:
        """End the process."""
        self.pipe.close()
        self.process.terminate()
        self.process.join()


def _serve(pipe: Connection, work: Work, registrar: str | None, anchor: str | None) -> None:
    # Ctrl+C reaches every process of a terminal; the first one ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, OSError):
        while True:
            pipe.send(work(pipe.recv(), registrar, anchor))


def _shared(
    folders: Sequence[Path], registrar: str | None, anchor: str | None, jobs: int, work: Work
) -> Iterator[tuple[int, Verdict]]:
    left = iter(enumerate(folders))
    with _workers() as busy:
        for task in [next(left) for _ in range(jobs)]:
            busy.append(Worker(work, registrar, anchor))
            busy[-1].give(task)
        while busy:
            ready = wait([worker.pipe for worker in busy])
            for worker in [worker for worker in busy if worker.pipe in ready]:
                place, folder = worker.task  # type: ignore[misc] # a busy worker has one
                verdict = worker.answer()
                task_left = next(left, None)
                if verdict is None or task_left is None:
                    busy.remove(worker)
                    worker.end()
                if task_left is not None:
                    if verdict is None:
                        worker = Worker(work, registrar, anchor)  # noqa: PLW2901 - in its place
                        busy.append(worker)
                    worker.give(task_left)
                yield place, verdict or lost(folder)


@contextmanager
def _workers() -> Iterator[list[Worker]]:
    busy: list[Worker] = []
    try:
        yield busy
    finally:
        for worker in busy:
            worker.end()


def lost(folder: Path) -> Verdict:
    """Return the verdict on a village whose process died."""
    fault = StopAt(folder.name, 0, "Y00B").fault()
    return Verdict(good=False, village=folder.name, fault=fault)
