"""Speed and memory as ratios within one run: `python tests/benchmarks/run.py`.

Machines differ and are noisy; a ratio of two things done on the same machine in the same minute is
what holds. Nothing here is a test; the figures stand in docs/BENCHMARKS.md.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import median, quantiles

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from authenticator import Authenticator  # noqa: E402
from sample import Village, found, hand, legs, opening, payment, rent  # noqa: E402

from app import database  # noqa: E402
from app.desk import three_statements  # noqa: E402
from approvals import acts, gate, keys, passkeys, signoff  # noqa: E402
from approvals.passkey import Assertion  # noqa: E402
from approvals.passkeys import Credential, Decision  # noqa: E402
from approvals.verify import verify  # noqa: E402
from disclosure.compose import compose  # noqa: E402
from ledger.book import files  # noqa: E402
from ledger.legs import store as leg_store  # noqa: E402
from ledger.legs.tables import leg  # noqa: E402
from ledger.voucher import Number, Voucher  # noqa: E402
from reports.sheet_pdf import sheet_pdf  # noqa: E402

LEGS = 100_000
DAY = date(2021, 1, 12)


def timed(work: Callable[[], object], times: int = 9) -> float:
    """Return the median seconds of some calls."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return median(taken)


def new_village(folder: Path) -> Village:
    folder.mkdir()
    engine = database.connect(f"sqlite:///{folder / 'mingbai.sqlite'}")
    database.create(engine)
    village = Village(engine, folder / "books")
    with engine.begin() as conn:
        found(conn, village)
    village.post(opening())
    return village


def fill(village: Village, count: int) -> None:
    """Write many legs of earlier years into the views, as a village of decades would have them."""
    with village.engine.begin() as conn:
        for n in range(count // 2):
            day = date(2000 + n % 20, 1 + n % 12, 1 + n % 28)
            voucher = replace(rent(day, 100 + n % 999), day=day)
            write(conn, voucher, n)


def write(conn: object, voucher: Voucher, n: int) -> None:
    number = Number(voucher.day.year, voucher.kind, n + 1)
    leg_store.write(conn, number, 10_000_000 + n, f"old-{n}", voucher)  # type: ignore[arg-type]


def posting(village: Village) -> float:
    """Return the median seconds of posting one cleared receipt."""
    cases = [village.clear(village.submit(rent(DAY, 500 + n))).case for n in range(40)]
    queue = iter(cases)

    def post() -> None:
        with village.engine.begin() as conn:
            gate.post(conn, hand("book1"), village.desk(), next(queue))

    return timed(post, len(cases))


def append_and_check(folder: Path) -> float:
    """Return the seconds of the usual way: append to a file of 12,000 entries, run bean-check."""
    path = folder / "plain.beancount"
    head = "2000-01-01 open Assets:Bank CNY\n2000-01-01 open Income:Rent CNY\n"
    entry = '2021-01-12 * "x" "rent {n}"\n  Assets:Bank  5.00 CNY\n  Income:Rent  -5.00 CNY\n'
    path.write_text(head + "".join(entry.format(n=n) for n in range(12_000)), "utf-8")
    command = [str(Path(sys.executable).parent / "bean-check"), str(path)]

    def once() -> None:
        with path.open("a", encoding="utf-8") as file:
            file.write(entry.format(n="new"))
        subprocess.run(command, check=True)

    return timed(once, 3)


def row(what: str, figure: str, goal: str) -> None:
    sys.stdout.write(f"| {what} | {figure} | {goal} |\n")
    sys.stdout.flush()


def main() -> None:
    """Measure and print the table of docs/BENCHMARKS.md."""
    row("what", "measured", "goal")
    row("---", "---", "---")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        empty, old = new_village(folder / "empty"), new_village(folder / "old")
        fill(old, LEGS)
        with old.engine.begin() as conn:
            count = conn.execute(leg.select().with_only_columns(leg.c.line)).fetchall()
        small, large = posting(empty), posting(old)
        ratio = f"{large / small:.2f}x ({small * 1000:.1f} ms, {large * 1000:.1f} ms)"
        row(f"posting at {len(count):,} legs against an empty village", ratio, "<= 1.2x")
        usual = append_and_check(folder)
        row(
            "append and bean-check at 12,000 entries, against posting",
            f"{usual / large:.0f}x",
            ">= 100x",
        )
        signatures(old)
        pages(old)
        year(folder)


def slowest(taken: list[float]) -> str:
    """Return the time that nineteen of twenty stay below, in milliseconds."""
    return f"{quantiles(taken, n=20)[-1] * 1000:.1f} ms"


def signatures(village: Village, times: int = 60) -> None:
    """Measure one sign-off by PIN (argon2 and commit included) and one by passkey (both halves)."""
    engine, device = village.engine, Authenticator()
    with engine.begin() as conn:
        public = keys.make(conn, "rev1", "258036").public
        acts.enrol_key(conn, hand("registrar"), village.desk(), "rev1", public)
        made = Credential(device.credential, device.alg, device.public, device.rp, 0)
        passkeys.offer(conn, "rev1", made, village.now)
        passkeys.confirm(conn, hand("registrar"), village.desk().at, device.key)

    def by_pin(case: str) -> float:
        desk, start = village.desk(), time.perf_counter()
        unlocked = keys.unlock(engine, "rev1", "258036")
        with engine.begin() as conn:
            signoff.sign(conn, unlocked, desk, case, "reviewer", "reviewer")
        return time.perf_counter() - start

    def by_passkey(case: str) -> float:
        at, start = village.desk().at, time.perf_counter()
        decision = Decision(case, "reviewer", "reviewer")
        asked, _ = passkeys.begin(engine, "rev1", village.code, at, device.rp, decision)
        half = time.perf_counter() - start
        given = Assertion(*device.assertion(bytes.fromhex(asked.challenge)))
        start = time.perf_counter()
        passkeys.finish(engine, "rev1", asked, device.credential, given)
        return half + time.perf_counter() - start

    for what, once, goal in (
        ("signature by PIN, argon2 included, p95", by_pin, ""),
        ("signature by passkey, both halves on the server, p95", by_passkey, ""),
    ):
        cases = [village.submit(rent(DAY, 2000 + n)).case for n in range(times)]
        row(what, slowest([once(case) for case in cases]), goal)


def pages(village: Village) -> None:
    """Measure a month of a hundred vouchers in a village with many legs."""
    for n in range(60):
        village.post(
            replace(payment(DAY, 700 + n), legs=legs(("514", 700 + n), ("102.01", -700 - n)))
        )
    village.on(date(2021, 2, 2))
    village.seal("2021-01")

    def data() -> object:
        with database.read(village.engine) as conn:
            return compose(conn, village.code, "2021-01")

    data()
    row("sheet data at 100,000 legs", f"{timed(data) * 1000:.1f} ms", "<= 20 ms")
    sheet = data()
    sheet_pdf(sheet)  # type: ignore[arg-type]
    paper = timed(lambda: sheet_pdf(sheet))  # type: ignore[arg-type]
    row("sheet as A4 PDF, warm", f"{paper:.3f} s", "<= 0.15 s")

    def statements() -> None:
        with database.read(village.engine) as conn:
            three_statements(conn, village.code, "2021-01")

    row("statements at 100,000 legs", f"{timed(statements) * 1000:.0f} ms", "<= 300 ms")


def year(folder: Path) -> None:
    """Measure verify on a village-year of 1,200 payments, every one with its whole chain."""
    village = new_village(folder / "year")
    for month in range(1, 13):
        day = date(2021, month, 10)
        village.on(day)
        for n in range(100):
            village.post(payment(day, 100 + n))
        following = date(2021, month + 1, 2) if month < 12 else date(2022, 1, 2)
        village.on(following)
        village.seal(f"2021-{month:02d}")
    with village.engine.begin() as conn:
        files.project(conn, village.code, village.root)
    verdict = verify(village.root / village.code)
    assert verdict.good
    taken = timed(lambda: verify(village.root / village.code), 3)
    counts = f"{verdict.checked.vouchers:,} vouchers, {verdict.checked.signatures:,} signatures"
    row(f"verify of a village-year ({counts})", f"{taken:.2f} s", "<= 5 s")


if __name__ == "__main__":
    main()
