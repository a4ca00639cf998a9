"""Speed and memory as ratios within one run: `python tests/benchmarks/run.py`.

Machines differ and are noisy; a ratio of two things done on the same machine in the same minute is
what holds. Nothing here is a test; the figures stand in docs/BENCHMARKS.md.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from statistics import median, quantiles

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from authenticator import Authenticator  # noqa: E402
from coming_samples import sheets  # noqa: E402
from sample import Village, found, hand, legs, opening, payment, rent  # noqa: E402
from sqlalchemy import Connection  # noqa: E402

from app import coming, database, ledgers  # noqa: E402
from app.desk import three_statements  # noqa: E402
from app.web import inbox, lines  # noqa: E402
from app.web.lookup import index, search  # noqa: E402
from approvals import acts, gate, keys, passkeys, signoff, touch  # noqa: E402
from approvals.passkey import Assertion  # noqa: E402
from approvals.passkeys import Credential  # noqa: E402
from approvals.standing import Standing  # noqa: E402
from approvals.verify import cache, state, verify  # noqa: E402
from approvals.verify.county import verify_all  # noqa: E402
from approvals.verify.run import proceed  # noqa: E402
from disclosure import broadcast, render, wording  # noqa: E402
from disclosure.compose import compose  # noqa: E402
from disclosure.redact import for_web  # noqa: E402
from ledger.bank import cells, importing  # noqa: E402
from ledger.bank import store as bank_store  # noqa: E402
from ledger.book import files  # noqa: E402
from ledger.chart import standard  # noqa: E402
from ledger.coming.sheet import Sheet  # noqa: E402
from ledger.coming.trial import try_out  # noqa: E402
from ledger.legs import store as leg_store  # noqa: E402
from ledger.legs.tables import leg  # noqa: E402
from ledger.money import plain  # noqa: E402
from ledger.registers import points  # noqa: E402
from ledger.registers.points import store as point_store  # noqa: E402
from ledger.tree import Frontier, leaf_hash  # noqa: E402
from ledger.voucher import Number, Voucher  # noqa: E402
from ledger.waterfall import Stake, branches, pour  # noqa: E402
from ledger.waterfall import read as read_plan  # noqa: E402
from reports.auditors.application import build  # noqa: E402
from reports.auditors.ledgers import SCOPE  # noqa: E402
from reports.ledger_paper import ledger_xlsx  # noqa: E402
from reports.picture import picture  # noqa: E402
from reports.roll import entries  # noqa: E402
from reports.sheet_pdf import sheet_pdf  # noqa: E402
from reports.workbook import workbook  # noqa: E402

LEGS = 100_000
DIVIDEND = """
[[layer]]
id = "reserve"
kind = "part"
rate = "3/10"
to = "reserve"
[[layer]]
id = "floor"
kind = "each"
fen = 150
by = ["land"]
to = "members"
[[layer]]
id = "shares"
kind = "part"
rate = "7/10"
by = ["member", "land"]
to = "members"
"""
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
        at_once(folder)
        waiting(folder)
        pages(old)
        account_books(old)
        bank_lines(old)
        look_up()
        coming_over(folder)
        year(folder)
        county(folder)
        leaves()
        dividend()
        a_year_of_points(folder / "points")


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

        def sign(conn: Connection, hand: keys.Hand, desk: acts.Desk) -> Standing:
            return signoff.sign(conn, hand, desk, case, "reviewer", "reviewer")

        asked, _ = touch.begin(engine, "rev1", village.code, at, device.rp, sign)
        half = time.perf_counter() - start
        given = Assertion(*device.assertion(bytes.fromhex(asked.challenge)))
        start = time.perf_counter()
        touch.finish(engine, "rev1", asked, (device.credential, given), sign)
        return half + time.perf_counter() - start

    for what, once, goal in (
        ("signature by PIN, argon2 included, p95", by_pin, "<= 200 ms"),
        ("signature by passkey, both halves on the server, p95", by_passkey, "<= 50 ms"),
    ):
        later = date(2021, 12, 1)  # left open: no month that is sealed here
        cases = [village.submit(rent(later, 2000 + n)).case for n in range(times)]
        row(what, slowest([once(case) for case in cases]), goal)


def at_once(folder: Path, people: int = 32) -> None:
    """Measure a sign-off by PIN of many people in the same moment, each on a case of their own."""
    village, later = new_village(folder / "at-once"), date(2021, 12, 1)
    for n in range(people):
        who = f"many{n}"
        with village.engine.begin() as conn:
            acts.enrol_person(conn, hand("registrar"), village.desk(), who, f"样例{n}")
            public = keys.make(conn, who, "258036").public
            acts.enrol_key(conn, hand("registrar"), village.desk(), who, public)
            term = (date(2020, 1, 1), date(2025, 12, 31))
            acts.take_seat(conn, hand("registrar"), village.desk(), "reviewer", who, term)
    cases = [village.submit(rent(later, 2000 + n)).case for n in range(people)]
    desk, start = village.desk(), threading.Barrier(people)

    def once(n: int) -> tuple[float, float]:
        start.wait()
        began, busy = time.perf_counter(), time.thread_time()
        unlocked = keys.unlock(village.engine, f"many{n}", "258036")
        with village.engine.begin() as conn:
            signoff.sign(conn, unlocked, desk, cases[n], "reviewer", "reviewer")
        return time.perf_counter() - began, time.thread_time() - busy

    with ThreadPoolExecutor(people) as pool:
        taken = list(pool.map(once, range(people)))
    busy = sum(one for _, one in taken) / people * 1000
    row(
        f"{people} signatures by PIN in the same moment, p95 (processor time of each)",
        f"{slowest([wall for wall, _ in taken])} ({busy:.0f} ms)",
        "<= 300 ms",
    )


def waiting(folder: Path, count: int = 500) -> None:
    """Measure the list of many open cases that wait for one person, and the weight of a page."""
    village = new_village(folder / "inbox")
    for n in range(count):
        standing = village.submit(payment(DAY, 1000 + n))
        for _ in range(3):
            standing = village.step(standing)

    def look() -> None:
        with database.read(village.engine) as conn:
            assert len(inbox.waiting(conn, "sup4", DAY)) == count

    first = timed(look, 1)
    row(
        f"what waits for one person, {count} open cases",
        f"{timed(look) * 1000:.0f} ms",
        "<= 100 ms",
    )
    row("the same, the first time after a start", f"{first * 1000:.0f} ms", "")


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

    def everything() -> None:
        made = data()
        shown = for_web(made)  # type: ignore[arg-type]
        for size in ("A4", "A3"):
            sheet_pdf(made, size)  # type: ignore[arg-type]
        picture(shown, "https://example.org/v/x/2021-01")
        for text in (render.to_json, render.to_csv, wording.chat, broadcast.script):
            text(shown)

    everything()
    row("everything of a village-month, warm", f"{timed(everything, 5):.2f} s", "<= 1.5 s")

    def statements() -> None:
        with database.read(village.engine) as conn:
            three_statements(conn, village.code, "2021-01")

    row("statements at 100,000 legs", f"{timed(statements) * 1000:.0f} ms", "<= 300 ms")


def account_books(village: Village) -> None:
    """Measure the data of the ledgers, a page of them and the long ones as a spreadsheet."""

    def read(kind: str, account: str, limit: int) -> Callable[[], None]:
        want = ledgers.Asked(kind, "2000-01", "2021-12", account)

        def work() -> None:
            with database.read(village.engine) as conn:
                list(ledgers.ledger(conn, village.code, want, None, limit).ledger.lines)

        return work

    for kind, account in (("trial", ""), ("general", "102"), ("detail", "102.01")):
        taken = timed(read(kind, account, 100))
        row(f"{kind} ledger over all years at 100,000 legs", f"{taken * 1000:.0f} ms", "<= 300 ms")
    want = ledgers.Asked("detail", "2000-01", "2021-12", "102.01")
    behind = (date(2018, 6, 1), 0, 0)

    def late() -> None:
        with database.read(village.engine) as conn:
            list(ledgers.ledger(conn, village.code, want, behind, 100).ledger.lines)

    row("a late page of the detail ledger", f"{timed(late) * 1000:.0f} ms", "<= 300 ms")

    def sheet() -> None:
        with database.read(village.engine) as conn:
            found = ledgers.ledger(conn, village.code, want._replace(account="")).ledger
            ledger_xlsx("井田村", found)

    def by_cells() -> None:
        with database.read(village.engine) as conn:
            found = ledgers.ledger(conn, village.code, want._replace(account="")).ledger
            cells = [line.cells for line in found.lines]
        money = frozenset(at for at, head in enumerate(found.heads) if head.money)
        workbook("x", [9.0] * 8, lambda page: [page.write(one, money) for one in cells] and None)

    mine, theirs = processor(sheet), processor(by_cells)
    figure = f"{timed(sheet, 1):.1f} s ({mine:.1f} s of processor)"
    row("detail ledger of 100,000 rows as .xlsx", figure, "<= 6 s")
    row("the same against a call for each cell, processor", f"{mine / theirs:.2f}x", "<= 0.6x")


def processor(work: Callable[[], object]) -> float:
    """Return the seconds of processor of a call: what else the machine does is not in it."""
    start = time.process_time()
    work()
    return time.process_time() - start


def coming_over(folder: Path, rows: int = 3000, households: int = 300) -> None:
    """Measure the trial of a workbook of thousands of rows, and the commit of one with accounts."""

    def brought(count: int) -> list[Sheet]:
        people = [
            (f"{n // 300}-{n % 300:03d}", "", f"户{n}", "户主", "4", "4") for n in range(count)
        ]
        total = str(105 * count + 1)
        books = [("102", "银行存款", "1", ""), ("113", "内部往来", str(100 * count), "")]
        books += [("112", "应收款", str(5 * count), ""), ("301", "资本", "", total)]
        owed = [(one[0], one[2], "100", "") for one in people]
        outside = [("应收款", f"样例{n}", "5", "") for n in range(count)]
        given = {"balances": books, "people": people, "current": owed, "debts": outside}
        return sheets(**given, assets=[], resources=[], contracts=[])

    choice, start = {"112 应收款": "112"}, date(2024, 1, 1)
    whole = brought(rows)
    tried = processor(lambda: try_out(whole, start, "2004", choice, standard()))
    row(f"trial of a workbook of {3 * rows:,} rows, processor", f"{tried:.1f} s", "")
    village = Village(new_village(folder / "coming-folder").engine, folder, "510802-sandui-new")
    village.on(date(2024, 1, 2))
    kept = coming.named(brought(households), "x", start, "2004", "book1")
    with village.engine.begin() as conn:
        found(conn, village, "新村")
        coming.choose(conn, village.code, choice)
        coming.keep(conn, village.code, "book1", village.now, kept)

    def bring() -> None:
        with village.engine.begin() as conn:
            coming.commit(conn, hand("book1"), village.desk(), kept.digest)

    taken = processor(bring)
    row(f"its commit with {2 * households} accounts to open, processor", f"{taken:.1f} s", "")


def look_up() -> None:
    """Measure the search among a thousand accounts, and the index that the browser searches."""
    names = ("样例合作社", "五组道路", "项目专户", "王小样承包费")
    chart = standard().with_details(
        (f"{top}.{n:04d}", f"{names[n % 4]}{n}") for top in ("112", "113", "211", "513")
        for n in range(1, 251)
    )  # fmt: skip
    slow = max(
        timed(lambda w=w: search(chart, w)) for w in ("112.0001", "wxy", "道路", "z", "没有")
    )
    row("account look-up among 1,000 on the server", f"{slow * 1000:.0f} ms", "<= 50 ms")
    made = timed(lambda: json.dumps([one._asdict() for one in index(chart, {})]))
    row("the index of 1,000 accounts for the browser", f"{made * 1000:.0f} ms", "<= 50 ms")


def bank_file(count: int) -> bytes:
    """Return a statement of many lines, several a day, half of them alike in words."""
    rows = ["账号,6210001", "日期,流水号,借方,贷方,余额,对方户名,用途"]
    balance = 50_000_000
    for n in range(count):
        day, fen = date(2021, 1, 1) + timedelta(n // 60), 100 + n % 997
        balance += fen if n % 3 else -fen
        sides = f",{plain(fen)}" if n % 3 else f"{plain(fen)},"
        who, what = f"样例户{n % 400}", ("鱼塘租金", "电费", f"杂项{n % 50}")[n % 3]
        rows.append(f"{day},{n},{sides},{plain(balance)},{who},{what}")
    return "\n".join(rows).encode("gb18030")


def bank_lines(village: Village, count: int = 10_000) -> None:
    """Measure a long statement read, kept and matched against the vouchers of the year before."""
    data = bank_file(count)

    def work() -> None:
        with village.engine.begin() as conn:
            table = cells.rows(data, "a.csv")
            statement = importing.understood(conn, village.code, "102.02", table, "a.csv")
            importing.take(conn, village.code, "102.02", statement)
            found = bank_store.unmatched(conn, village.code, "102.02")
            known = lines.known(conn, village.code, "102.02", found)
            made = [lines.proposed(known, village.code, "102.02", line) for line in found]
            same = lines.twins(known, "102.02", found)
            assert (len(made), len(same)) == (count, count)

    row(f"{count:,} statement lines imported and matched", f"{timed(work, 1):.1f} s", "<= 10 s")
    again = f"{timed(work, 1):.1f} s"
    row("the same file again: nothing new, all matched anew", again, "<= 10 s")


def month(village: Village, number: int, vouchers: range) -> None:
    """Post vouchers of a month, two payments to a receipt, each with its whole chain."""
    day = date(2021, number, 10)
    village.on(day)
    for n in vouchers:
        village.post(payment(day, 100 + n) if n % 3 else rent(day, 100 + n))


def close(village: Village, number: int) -> None:
    village.on(date(2021, number + 1, 2) if number < 12 else date(2022, 1, 2))
    village.seal(f"2021-{number:02d}")


def written(village: Village) -> Path:
    with village.engine.begin() as conn:
        files.project(conn, village.code, village.root)
    return village.root / village.code


def year(folder: Path) -> None:
    """Measure verify on a village-year of 1,200 vouchers, at once and by a further month."""
    village = new_village(folder / "year")
    for number in range(1, 12):
        month(village, number, range(100))
        close(village, number)
    past = proceed(written(village), keep=True).state
    assert past is not None
    month(village, 12, range(50))
    cache.evaluated(written(village))
    month(village, 12, range(50, 60))
    fava(written(village))
    month(village, 12, range(60, 100))
    close(village, 12)
    books = written(village)
    whole = timed(lambda: verify(books), 3)
    verdict = verify(books)
    more = proceed(books, past=past, keep=True)
    assert more.verdict == verdict
    assert verdict.good
    assert more.since == "2021-11"
    counts = f"{verdict.checked.vouchers:,} vouchers, {verdict.checked.signatures:,} signatures"
    row(f"verify of a village-year ({counts})", f"{whole:.2f} s", "<= 3 s")
    path = folder / "state"
    state.write(path, past)
    taken = timed(lambda: proceed(books, past=state.read(path), keep=True), 5)
    row("the same with the state of November: one further month", f"{taken:.2f} s", "<= 0.5 s")
    assert more.state is not None
    size = f"{len(state.dump(more.state)) / 1e6:.1f} MB"
    row("the state file of that year", size, "")


def fava(books: Path) -> None:
    """Measure Fava's page of a year after new events of the open month, in a judged village."""
    judged = dict(cache._kept)

    def page(known: dict[Path, cache.Known]) -> None:
        cache._kept.clear()
        cache._kept.update(known)  # as it was before the new events
        client = build(books.parent, "zh_CN").test_client()
        scope = {"asgi.scope": {SCOPE: frozenset({books.name})}}
        answer = client.get(f"/{books.name}-2021/income_statement/", environ_overrides=scope)
        assert answer.status_code == 200

    what = "Fava's page after ten new vouchers, 1,161 in the year"
    row(what, f"{timed(lambda: page(judged), 5):.2f} s", "<= 0.5 s")
    row("the same before the books are judged", f"{timed(lambda: page({}), 3):.2f} s", "")


def county(folder: Path) -> None:
    """Measure eight villages of 300 vouchers with one process and with two."""
    village = new_village(folder / "county-source")
    month(village, 1, range(300))
    close(village, 1)
    source = written(village)
    place = folder / "county"
    for n in range(8):
        shutil.copytree(source, place / f"village-{n}")
    folders = sorted(place.iterdir())
    alone = timed(lambda: list(verify_all(folders, jobs=1)), 3)
    both = timed(lambda: list(verify_all(folders, jobs=2)), 3)
    row("verify of 8 villages of 300 vouchers, one process", f"{alone:.2f} s", "")
    row("the same with two processes, their start included", f"{both:.2f} s", "")
    verdict = verify(source)
    rate = 8 * verdict.checked.signatures / both
    minutes = 150 * 14_400 / rate / 60
    row("150 village-years of 14,400 signatures at that rate", f"{minutes:.0f} min", "<= 5 min")


def leaves() -> None:
    """Measure a log of a million leaves."""
    leaf = leaf_hash(b"an event")

    def grow() -> None:
        frontier = Frontier()
        for _ in range(1_000_000):
            frontier.append(leaf)
        frontier.root()

    row("a million leaves appended to the frontier", f"{timed(grow, 3):.2f} s", "<= 2 s")


def dividend() -> None:
    """A township's dividend: a union to fourteen branches to households, slips as data."""
    sizes = [people // 14 for people in [34_500] * 14]
    plan = read_plan(DIVIDEND)

    def whole() -> int:
        handed = branches(100_000_000, {f"b{n:02d}": n + 1 for n in range(14)})
        done = 0
        for n, people in enumerate(sizes):
            held = [
                Stake(
                    f"{at % 8:02d}-{at:05d}",
                    f"{at % 8}组",
                    "户主",
                    1,
                    {"member": 1, "land": at % 7},
                )
                for at in range(people)
            ]
            roll = pour(2021, handed[f"b{n:02d}"] + 50_000_000, 0, plan, held).roll()
            done += len(entries(roll, {})) + len(roll.digest())
        return done

    row("dividend of 14 villages, 34,496 rows, slips as data", f"{timed(whole, 3):.2f} s", "<= 3 s")


def a_year_of_points(folder: Path) -> None:
    """A year of 1,000 subjects: 60,000 records noted month by month, and the year ranked."""
    folder.mkdir()
    engine = database.connect(f"sqlite:///{folder / 'mingbai.sqlite'}")
    database.create(engine)
    rules, kinds = points.shipped(), ("household",) * 98 + ("firm", "farm")
    who = [
        points.Subject(f"s{n:04d}", kinds[n % 100], f"{n % 16:02d}", f"样{n}") for n in range(1000)
    ]
    names = list(rules.items)
    with engine.begin() as conn:
        point_store.enrol(conn, "v", who)

    def whole() -> None:
        for month in range(1, 13):
            notes = [
                point_store.Note(date(2021, month, 1 + n % 28), f"s{n % 1000:04d}", names[n % 44])
                for n in range(5000)
            ]
            with engine.begin() as conn:
                point_store.note(conn, "v", rules, notes, date(2021, 12, 31))
        with engine.begin() as conn:
            made = point_store.records(conn, "v", date(2021, 1, 1), date(2021, 12, 31))
            points.awards(rules, points.ranking(rules, who, made))
        assert len(made) == 60_000

    began = time.process_time()
    wall = timed(whole, 1)
    row(
        "a year of points: 1,000 subjects, 60,000 records noted and ranked (processor; wall)",
        f"{time.process_time() - began:.2f} s; {wall:.2f} s",
        "<= 5 s",
    )
    engine.dispose()


if __name__ == "__main__":
    main()
