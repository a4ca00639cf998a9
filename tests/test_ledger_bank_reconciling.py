"""The reconciliation: each side adjusted by what it lacks, equal but for what is older."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sample import Village, legs, opening, payment, rent
from test_ledger_bank_joining import run

from ledger.bank import store
from ledger.bank.line import Line, keyed
from ledger.bank.reconciled import Point, open_points, reconciliation
from ledger.bank.reconciling import Reconciliation, moved, reconcile, sides
from ledger.closing import red
from ledger.money import yuan
from ledger.sums import Entry
from reports.reconciliation import Form, lines, reconciliation_pdf, reconciliation_xlsx

JAN = date(2021, 1, 12)
FORM = Form("样例村", "102.01 基本户", "样例农商行", "2021年1月")
FEN = st.integers(1, 9).map(lambda fen: fen * 100) | st.integers(-9, -1).map(lambda fen: fen * 100)
MOVES = st.lists(st.tuples(st.integers(0, 2), FEN, st.booleans(), st.booleans()), min_size=1)


def entry(case: str, day: date, fen: int, kind: str = "receipt") -> Entry:
    return Entry("2021-收-0001", kind, day, f"{day:%Y-%m}", 0, "102.01", fen, "摘要", case)


@given(moves=MOVES, begun=FEN, told=FEN)
def test_adjusted_sides_differ_by_what_is_older_than_the_lines(
    moves: list[tuple[int, int, bool, bool]], begun: int, told: int
) -> None:
    """Some lines are answered by a case of the same amount, some cases have no line."""
    found = run(*[(days, fen) for days, fen, _, _ in moves])
    stated = [one._replace(balance_fen=one.balance_fen + told) for one in found]
    cases = [f"c{at}" if answered else None for at, (*_, answered, _) in enumerate(moves)]
    books = [entry("opening", found[0].day, begun, "opening")]
    for at, (line, (_, fen, answered, alone)) in enumerate(zip(found, moves, strict=True)):
        if answered:
            books.append(entry(f"c{at}", line.day + timedelta(3), fen))
        if alone:
            books.append(entry(f"b{at}", line.day, -fen))
    made = reconcile(books, list(zip(stated, cases, strict=True)))
    assert made is not None
    assert made.difference == told - begun
    assert made.book_fen == sum(one.fen for one in books)
    assert made.bank_fen == stated[-1].balance_fen
    unanswered = [moved(line) for line, case in zip(stated, cases, strict=True) if case is None]
    assert sorted(item.fen for item in made.bank_only) == sorted(unanswered)
    alone_ = [-fen for _, fen, _, alone in moves if alone]
    assert sorted(item.fen for item in made.book_only) == sorted(alone_)
    inward, outward = sides((*made.bank_only, *made.book_only))
    assert len(inward) + len(outward) == len(made.bank_only) + len(made.book_only)
    rows = list(lines(made))
    assert (rows[0].left_fen, rows[0].right_fen) == (made.book_fen, made.bank_fen)
    assert bool(made.difference) is rows[-1].right.startswith("差额")


def test_another_amount_than_the_bank_stated_is_an_item_of_both_sides() -> None:
    (line,) = run((0, 500))
    made = reconcile([entry("c", line.day, 400)], [(line, "c")])
    assert made is not None
    assert [item.fen for item in made.bank_only] == [500]
    assert [item.fen for item in made.book_only] == [400]
    assert made.difference == 0
    assert reconcile([], []) is None


def bank(village: Village, *moves: tuple[int, int, str]) -> tuple[Line, ...]:
    """Keep lines of January (day, fen, case) from a balance of 500,000 yuan."""
    balance, found = 50_000_000, []
    for at, (day, fen, _) in enumerate(moves):
        balance += fen
        out_in = (max(-fen, 0), max(fen, 0))
        line = Line(
            date(2021, 1, day), "", f"S{at}", "转账", *out_in, balance, "甲", "", "", "", ""
        )
        found.append(line)
    known = keyed("6210001", found)
    with village.engine.begin() as conn:
        store.add(conn, village.code, "102.01", known)
        for line, (_, _, case) in zip(known, moves, strict=True):
            if case:
                store.mark(conn, village.code, line.key, case)
    return known


def made(village: Village, period: str = "2021-01") -> Reconciliation | None:
    with village.engine.connect() as conn:
        return reconciliation(conn, village.code, "102.01", period)


def points(village: Village, period: str = "2021-01") -> list[Point]:
    with village.engine.connect() as conn:
        return open_points(conn, village.code, period)


def test_a_month_with_items_on_every_side(village: Village) -> None:
    village.post(opening())
    assert made(village) is None
    assert points(village) == [Point("102.01", "no statement", 50_000_000)]
    one = village.post(rent(JAN, 30_000))
    village.post(rent(JAN, 7_000))
    two = village.post(payment(JAN, 5_000))
    village.post(payment(JAN, 900))
    bank(village, (4, 1_100, ""), (12, 30_000, one.case), (13, -5_000, two.case), (14, -40, ""))
    found = made(village)
    assert found is not None
    assert [item.fen for item in found.bank_only] == [1_100, -40]
    assert sorted(item.fen for item in found.book_only) == [-900, 7_000]
    assert found.adjusted_bank == found.adjusted_book == 50_000_000 + 31_060 + 1_100
    assert points(village) == []
    later = village.post(rent(date(2021, 2, 3), 100))
    assert later.period == "2021-02"
    assert points(village, "2021-02") == [Point("102.01", "no statement", 50_031_200)]
    data = reconciliation_pdf(FORM, found)
    assert data.startswith(b"%PDF")
    assert data == reconciliation_pdf(FORM, found)
    assert reconciliation_xlsx(FORM, found).startswith(b"PK")
    words = [line.left for line in lines(found)]
    assert "加：银行已收、单位未收" in words
    assert yuan(found.adjusted_book) == "500,321.60"


def test_a_correction_is_one_with_what_it_corrects(village: Village) -> None:
    village.post(opening())
    wrong = village.post(payment(JAN, 5_000))
    bank(village, (13, -5_000, wrong.case))
    village.post(red(wrong.voucher, wrong.number, JAN, "科目记错"))
    rows = legs(("521", 5_000), ("102.01", -5_000))
    village.post(replace(wrong.voucher, legs=rows, corrects=str(wrong.number), papers=()))
    found = made(village)
    assert found is not None
    assert (found.bank_only, found.book_only) == ((), ())
    assert points(village) == []


def test_a_difference_at_the_start_is_named(village: Village) -> None:
    village.post(opening())
    known = bank(village, (4, 1_100, ""))
    with village.engine.begin() as conn:
        table = "UPDATE bank_line SET balance_fen = balance_fen + 8"
        conn.exec_driver_sql(table)
    assert known
    assert points(village) == [Point("102.01", "difference", 8)]
