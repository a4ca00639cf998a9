import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection
from village_books import (
    BLUE,
    CODE,
    FIRST,
    GOLDEN,
    OFFICE,
    RENT,
    WORKS,
    act,
    database,
    enter,
    fill,
    make,
    open_village,
    seal,
)

from ledger import canonical
from ledger.accounts import chart_of
from ledger.book import files, text
from ledger.book.check import Draft
from ledger.book.load import balances
from ledger.book.render import render_books, span, split_events, tail_period
from ledger.legs import store as legs
from ledger.voucher import Number


@pytest.fixture
def conn() -> Iterator[Connection]:
    with database() as conn:
        yield conn


@pytest.fixture(scope="module")
def rendered() -> Iterator[dict[str, bytes]]:
    with database() as conn:
        fill(conn)
        yield files.render(conn, CODE)


def golden() -> dict[str, bytes]:
    root = GOLDEN / CODE
    found = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def test_the_books_are_those_of_the_golden_files(rendered: dict[str, bytes]) -> None:
    assert rendered == golden()


@pytest.mark.parametrize("book", ["2021/main.beancount", "2022/main.beancount", "all.beancount"])
def test_stock_bean_check_accepts_them(book: str) -> None:
    program = Path(sys.executable).with_name("bean-check")
    done = subprocess.run(
        [program, "--no-cache", GOLDEN / CODE / book], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_bean_check_sees_a_changed_bank_amount_of_a_sealed_month(
    tmp_path: Path, rendered: dict[str, bytes]
) -> None:
    for path, data in rendered.items():
        changed = (
            data.replace(b"300.01 CNY", b"300.02 CNY") if path.endswith("12.beancount") else data
        )
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(changed)
    program = Path(sys.executable).with_name("bean-check")
    main = tmp_path / "2021/main.beancount"
    done = subprocess.run([program, main], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Balance failed" in done.stderr


def test_village_json_is_canonical(rendered: dict[str, bytes]) -> None:
    found = canonical.decode(rendered["village.json"].removesuffix(b"\n"))
    assert found["village"] == CODE
    assert found["registrar"] == "ab" * 8
    assert set(found) == {"format", "village", "name", "township", "chart", "opened", "registrar"}


def test_audit_is_main_with_the_guard(rendered: dict[str, bytes]) -> None:
    for year in ("2021", "2022"):
        main, audit = (rendered[f"{year}/{name}.beancount"] for name in ("main", "audit"))
        assert audit.replace(b'plugin "approvals.guard"\n', b"") == main
        assert audit != main


def test_events_lie_with_the_month_that_their_seal_closes(rendered: dict[str, bytes]) -> None:
    paths = sorted(path for path in rendered if path.endswith(".events.jsonl"))
    assert [path[5:12] for path in paths] == ["2021-11", "2021-12", "2022-01"]
    events = [canonical.decode(line) for path in paths for line in rendered[path].split(b"\n")[:-1]]
    assert [event["seq"] for event in events] == list(range(len(events)))
    for path in paths[:2]:
        last = canonical.decode(rendered[path].split(b"\n")[-2])
        assert last["statement"]["kind"] == "month.sealed"
        assert last["statement"]["subject"] == path[5:12]
        note = "".join(f"{line}\n" for line in last["statement"]["body"]["note"])
        assert rendered[f"{path[:12]}.seal"] == note.encode()


def test_vouchers_stand_in_order_of_class_and_number(conn: Connection) -> None:
    open_village(conn)
    enter(conn, 1, make("transfer", date(2021, 11, 2), "转", [("153", 1), ("211", -1)]))
    enter(conn, 1, make("payment", date(2021, 11, 9), "付二", [("513", 1), ("102.01", -1)]))
    enter(conn, 2, make("payment", date(2021, 11, 8), "付一", [("513", 1), ("102.01", -1)]))
    enter(conn, 1, RENT)
    enter(conn, 1, FIRST)
    month = files.render(conn, CODE)["2021/2021-11.beancount"].decode()
    numbers = [line[-14:-1] for line in month.split("\n") if line.startswith("  number:")]
    assert numbers == [
        f' "2021-{no}' for no in ("初-0001", "收-0001", "付-0001", "付-0002", "转-0001")
    ]


def test_a_village_that_has_just_opened_has_its_events_and_no_book(conn: Connection) -> None:
    open_village(conn)
    assert set(files.render(conn, CODE)) == {"village.json", "2021/2021-11.events.jsonl"}


def test_a_year_without_vouchers_between_two_others_is_kept(conn: Connection) -> None:
    open_village(conn)
    enter(conn, 1, FIRST)
    enter(conn, 1, make("transfer", date(2023, 1, 2), "转", [("153", 5), ("211", -5)]))
    found = files.render(conn, CODE)
    assert found["2022/2022-07.beancount"] == text.HEADER.encode()
    assert "5000.00 CNY" in found["2022/main.beancount"].decode()
    assert "153在建工程" not in found["2022/accounts.beancount"].decode()


def test_beancount_and_the_legs_agree_at_every_month_end(tmp_path: Path, conn: Connection) -> None:
    fill(conn)
    files.project(conn, CODE, tmp_path)
    for period in span(["2021-11", "2022-03"], []):
        until = date.fromisoformat(text.day_after(period))
        expected = legs.balances(conn, CODE, period)
        assert balances(tmp_path / CODE / period[:4] / "main.beancount", until) == expected
        assert balances(tmp_path / CODE / "all.beancount", until) == expected


MONTHS = st.dates(date(1990, 1, 1), date(2060, 1, 1)).map(lambda day: f"{day:%Y-%m}")


@given(st.lists(MONTHS, max_size=4), st.lists(MONTHS, max_size=4))
def test_the_span_is_every_month_from_first_to_last(posted: list[str], sealed: list[str]) -> None:
    found = span(posted, sealed)
    assert set(found) >= {*posted, *sealed}
    assert len(found) == len(set(found))
    ordinals = [int(period[:4]) * 12 + int(period[5:]) for period in found]
    assert ordinals == list(range(min(ordinals, default=0), max(ordinals, default=-1) + 1))
    assert set(found[:1]) <= {*posted, *sealed}
    current = [text.day_after(max(sealed))[:7]] if sealed else []
    assert found[-1:] == sorted([*posted, *sealed, *current])[-1:]


def test_the_month_after_a_seal_can_be_sealed_though_nothing_happened(
    tmp_path: Path, conn: Connection
) -> None:
    open_village(conn)
    enter(conn, 1, FIRST)
    for period in ("2021-11", "2021-12", "2022-01"):
        files.project(conn, CODE, tmp_path, [period])
        until = date.fromisoformat(text.day_after(period))
        main = tmp_path / CODE / period[:4] / "main.beancount"
        assert balances(main, until) == {"102.01": 500000, "311": -500000}
        seal(conn, period)
    files.project(conn, CODE, tmp_path, ["2022-01"])
    assert files.compare(conn, CODE, tmp_path) == []


def test_the_tail_is_the_next_month_to_be_sealed() -> None:
    village = text.Village(CODE, "", "", "2023", "2021-10-01", "")
    assert tail_period(village, [], []) == "2021-10"
    assert tail_period(village, ["2021-12", "2021-11"], []) == "2021-11"
    assert tail_period(village, ["2021-11", "2022-03"], ["2021-11", "2021-12"]) == "2022-01"
    assert split_events([], "2021-10") == {}


def test_payee_purpose_and_references_stand_in_the_entry_only_if_there_are_any() -> None:
    class Chart:
        def get(self, code: str) -> text.Named:
            raise AssertionError(code)

        def path(self, code: str) -> str:
            return f"Assets:{code[:3]}"

    with_all = text.entry(Draft(Number(2022, "payment", 2), "c", 9, "2022-01", BLUE), Chart())
    without = text.entry(Draft(Number(2022, "transfer", 1), "c", 9, "2022-03", WORKS), Chart())
    assert '  corrects: "2021-付-0001"\n' in with_all
    assert "reverses" not in with_all
    assert with_all.startswith('2022-01-10 * "利民\\"五金\\"店" "2022-付-0002 订正')
    assert without.startswith('2022-03-01 * "2022-转-0001 结转应付款"\n')
    assert "purpose" not in without


def test_a_year_of_twelve_hundred_vouchers_renders_in_a_moment(conn: Connection) -> None:
    open_village(conn)
    numbers = count(1)
    items = [
        Draft(Number(2021, "payment", no), f"case-{no}", no, f"2021-{no % 12 + 1:02d}", OFFICE)
        for no in (next(numbers) for _ in range(1200))
    ]
    chart, village = chart_of(conn, CODE), files.village(conn, CODE)
    began = time.process_time()
    found = render_books(village, items, chart, [], {})
    assert time.process_time() - began < 0.5  # 0.06 s measured; room for slow machines
    assert sum(data.count(b" * ") for data in found.values()) == 1200


def test_unknown_acts_do_not_disturb_the_books(conn: Connection) -> None:
    fill(conn)
    before = files.render(conn, CODE)
    act(conn, "sheet.published", "2021-12", {"period": "2021-12"})
    after = files.render(conn, CODE)
    changed = {path for path in after if after[path] != before.get(path)}
    assert changed == {"2022/2022-01.events.jsonl"}
