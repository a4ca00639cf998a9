"""The public pages under 64 clients, and a month of a township: `python tests/benchmarks/wall.py`.

The machine is seldom ours alone, so the figures are of the processor: requests for each second
that the server computed are what one core gives. The table goes into docs/BENCHMARKS.md.
"""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

HOME = Path(__file__).parents[2]
sys.path[:0] = [str(Path(__file__).parents[1]), str(HOME)]

from sample import Village, found, hand, opening, payment, rent  # noqa: E402

from app import database, posters  # noqa: E402
from app.settings import Settings  # noqa: E402
from disclosure import notice  # noqa: E402

CLIENTS, SECONDS = 64, 6.0
SERVER = (
    "import sys, uvicorn; from pathlib import Path; from app.settings import Settings;"
    "from app.web import create_app;"
    "web = create_app(Settings(data=Path(sys.argv[1])));"
    "uvicorn.run(web, port=int(sys.argv[2]), log_level='error')"
)


def built(folder: Path) -> Village:
    """Return a village of 24 vouchers whose January is published."""
    engine = database.connect(f"sqlite:///{folder / 'mingbai.sqlite'}")
    database.create(engine)
    village = Village(engine, folder / "books")
    with engine.begin() as conn:
        found(conn, village)
    village.post(opening())
    for n in range(12):
        village.post(rent(date(2021, 1, 5 + n), 500_000 + n))
        village.post(replace(payment(date(2021, 1, 5 + n), 700_00 + n), summary=f"修第{n}段路"))
    village.on(date(2021, 2, 2))
    village.seal("2021-01")
    with engine.begin() as conn:
        up = (date(2021, 2, 8), date(2021, 2, 28))
        notice.publish(conn, hand("book1"), village.desk(), "2021-01", up)
    return village


@contextmanager
def served(folder: Path) -> Iterator[tuple[int, int]]:
    """Serve the folder by one process; give its port and its id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(folder), str(port)], cwd=HOME)
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait()


def processor(pid: int) -> float:
    """Return the seconds that a process has computed."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def client(port: int, path: str, until: float, taken: list[float]) -> None:
    """Ask for a page again and again over one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    asked = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    while time.monotonic() < until:
        begin = time.perf_counter()
        writer.write(asked)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        length = next(
            int(line.partition(b":")[2])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        )
        await reader.readexactly(length)
        taken.append(time.perf_counter() - begin)
    writer.close()


async def load(port: int, path: str, seconds: float) -> list[float]:
    """Return how long each answer took under all the clients."""
    taken: list[float] = []
    until = time.monotonic() + seconds
    await asyncio.gather(*(client(port, path, until, taken) for _ in range(CLIENTS)))
    return sorted(taken)


def row(what: str, figure: str, goal: str) -> None:
    sys.stdout.write(f"| {what} | {figure} | {goal} |\n")


def pages(folder: Path, village: Village) -> None:
    with served(folder) as (port, pid):
        base = f"/v/{village.code}"
        for path in (f"{base}/", f"{base}/2021-01", f"{base}/2021-01/line/2021-付-0001"):
            address = path.replace("付", "%E4%BB%98")
            asyncio.run(load(port, address, 1.0))
            before = processor(pid)
            taken = asyncio.run(load(port, address, SECONDS))
            spent = processor(pid) - before
            p99 = taken[len(taken) * 99 // 100] * 1000
            rates = f"{len(taken) / spent:.0f} / {len(taken) / SECONDS:.0f}, {p99:.0f} ms"
            what = f"{path}: requests a second of processor / by the wall, p99"
            row(what, rates, ">= 300, <= 50 ms")


def township(folder: Path, village: Village) -> None:
    """Make the village's month as files and tell what 150 villages take at that rate."""
    settings = Settings(data=folder)
    posters.make(settings, village.engine, village.code, "2021-01", folder / "warm")
    begin = time.process_time()
    posters.make(settings, village.engine, village.code, "2021-01", folder / "out")
    spent = time.process_time() - begin
    again = time.process_time()
    posters.make(settings, village.engine, village.code, "2021-01", folder / "out")
    there = time.process_time() - again
    row("all files of a village-month (four papers, picture, data)", f"{spent:.2f} s", "<= 1.5 s")
    row("150 villages on two cores at that rate", f"{spent * 75:.0f} s", "<= 240 s")
    row("a village that is there already, against making it", f"{there / spent:.2f}x", "<= 0.1x")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        village = built(Path(name))
        pages(Path(name), village)
        township(Path(name), village)


if __name__ == "__main__":
    main()
