"""The statements, over small books by hand and over random books that balance."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import closing, statements
from ledger.chart import NoAccount, standard
from ledger.statements import StatementUntied, Untied, Year
from ledger.statements.form import forms
from ledger.sums import Turnover
from ledger.voucher import Leg, Number, Voucher, check

V = "510802-sandui-jingtian"
CHART = standard().with_details(
    [
        ("102.01", "基本户"),
        ("113.0001", "一户"),
        ("113.0002", "二户"),
        ("113.0003", "三户"),
        ("513.01", "运转支出"),
        ("513.02", "干部报酬"),
    ]
)
LEAVES = [code for code in CHART.accounts if CHART.is_leaf(code)]
FREE = [code for code in LEAVES if code[:3] != "321"]


def entry(*legs: tuple[str, int], purpose: str = "transfer.accrual", reverses: str = "") -> Voucher:
    lines = tuple(Leg(code, fen, "") for code, fen in legs)
    return Voucher(V, "transfer", date(2024, 5, 6), "记", purpose, lines, reverses=reverses)


def summed(opening: dict[str, int], vouchers: Iterable[Voucher]) -> dict[str, int]:
    found = dict(opening)
    for item in vouchers:
        for leg in item.legs:
            found[leg.account] = found.get(leg.account, 0) + leg.fen
    return {code: fen for code, fen in found.items() if fen}


OPENING = {"102.01": 1_000_00, "151": 5_000_00, "152": -500_00, "301": -5_000_00, "322.02": -500_00}
BOOKS = [
    entry(("102.01", 900_00), ("501", -900_00)),
    entry(("102.01", 100_00), ("503", -100_00)),
    entry(("513.01", 200_00), ("102.01", -200_00)),
    entry(("513.02", 50_00), ("212", -50_00)),
    entry(("514", 30_00), ("102.01", -30_00)),
    entry(("113.0001", 70_00), ("504", -70_00)),
    entry(("511", 40_00), ("113.0002", -40_00)),
    entry(("401", 10_00), ("121", 5_00), ("102.01", -15_00)),
]
GIVEN = [
    entry(("322.01", 300_00), ("311", -300_00), purpose="transfer.distribution"),
    entry(("322.01", 200_00), ("113.0003", -200_00), purpose="transfer.distribution"),
    entry(("322.01", 20_00), ("211", -20_00), purpose="transfer.distribution"),
]


def test_the_balance_sheet_reads_each_line_from_its_accounts() -> None:
    sheet = statements.balance_sheet(summed(OPENING, BOOKS), OPENING)
    assert (sheet.form, sheet.columns) == ("会村01表", ("期末余额", "年初余额"))
    found = {no: (sheet.line(no), sheet.line(no, 1)) for no in (1, 3, 4, 11, 12, 13, 26, 27, 36)}
    assert found == {
        1: (1_755_00, 1_000_00),
        3: (70_00, 0),
        4: (15_00, 0),
        11: (5_000_00, 5_000_00),
        12: (500_00, 500_00),
        13: (4_500_00, 4_500_00),
        26: (40_00, 0),
        27: (50_00, 0),
        36: (5_000_00, 5_000_00),
    }
    # Interim: 500 of before and the year's 1070 - 320 not yet closed.
    assert (sheet.line(38), sheet.line(38, 1)) == (1_250_00, 500_00)
    assert sheet.line(24) == sheet.line(40) == 6_340_00
    assert [row.no for row in sheet.rows if row.no] == list(range(1, 41))


def test_households_are_never_netted_against_each_other() -> None:
    books = {"113.0001": 300, "113.0002": -200, "301": -100}
    sheet = statements.balance_sheet(books, {})
    assert (sheet.line(3), sheet.line(26)) == (300, 200)


def test_an_untied_sheet_is_refused() -> None:
    with pytest.raises(StatementUntied, match=r"S001.*会村01表期末余额.*0\.01 与 0\.00"):
        statements.balance_sheet({"101": 1}, {})
    with pytest.raises(StatementUntied, match="年初余额"):
        statements.balance_sheet({}, {"301": -7})


def figures(statement: statements.Statement, column: int = 0) -> dict[int, int]:
    return {row.no: statement.line(row.no, column) for row in statement.rows if row.no}


def test_the_income_statement_is_the_same_before_and_after_closing() -> None:
    vouchers = BOOKS + GIVEN
    before = statements.income_statement(statements.year_of(OPENING, vouchers))
    assert figures(before) == {
        1: 900_00, 2: 0, 3: 40_00, 4: 0, 5: 250_00, 7: 610_00, 8: 100_00, 9: 70_00,
        10: 30_00, 11: 0, 12: 750_00, 13: 0, 14: 750_00, 15: 500_00, 16: 0, 17: 1_250_00,
        18: 300_00, 19: 200_00, 20: 20_00, 21: 730_00,
    }  # fmt: skip
    books = summed(OPENING, vouchers)
    closed = closing.carry_forward(V, 2024, books) + closing.close_shared(V, 2024, books)
    after = statements.income_statement(statements.year_of(OPENING, vouchers + closed))
    assert after == before
    final = summed(OPENING, vouchers + closed)
    assert not any(code.startswith(("5", "321", "322.01")) for code in final)
    assert final["322.02"] == -730_00
    statements.tie(statements.balance_sheet(final, OPENING), after)


def test_last_year_stands_beside_this_one() -> None:
    last = statements.year_of({}, BOOKS[:1])
    both = statements.income_statement(statements.year_of({}, BOOKS[1:2]), last)
    assert (both.line(1), both.line(1, 1)) == (0, 900_00)
    assert (both.line(8), both.line(8, 1)) == (100_00, 0)
    assert both.columns == ("本年金额", "上年金额")


def rows_of(*vouchers: Voucher) -> dict[int, int]:
    found = figures(statements.income_statement(statements.year_of({}, vouchers)))
    books = summed({}, vouchers)
    assert found[21] == statements.undistributed(books)
    return {no: found[no] for no in (14, 16, 18, 19, 20) if found[no]}


RED = "2024-转-0001"


@pytest.mark.parametrize(
    ("voucher", "rows"),
    [
        (entry(("311", 5), ("322.02", -5)), {16: 5}),
        (entry(("311", 5), ("322.02", -5), purpose="transfer.distribution"), {16: 5}),
        (entry(("311", -5), ("322.02", 5), reverses=RED), {16: -5}),
        (entry(("322.01", 5), ("311", -5)), {18: 5}),
        (entry(("322.01", -5), ("311", 5), reverses=RED), {18: -5}),
        (entry(("322.02", 5), ("113.0001", -5), purpose="transfer.distribution"), {19: 5}),
        (entry(("322.01", -5), ("113.0001", 5), reverses=RED), {19: -5}),
        (entry(("322.01", -5), ("211", 5), reverses=RED), {20: -5}),
        # An earlier year's rent put right through 322.02 is no negative dividend.
        (entry(("113.0001", 5), ("322.02", -5), purpose="transfer.correction"), {16: 5}),
        (entry(("322.02", 5), ("102.01", -5), purpose="transfer.correction"), {20: 5}),
        (entry(("501", 5), ("322.02", -5), purpose="transfer.correction"), {14: -5, 16: 5}),
        (entry(("513.01", 3), ("322.02", 4), ("102.01", -7)), {14: -3, 20: 4}),
        # Closing, however it is entered, moves nothing.
        (entry(("501", 5), ("321", -5)), {}),
        (entry(("321", 5), ("322.02", -5)), {}),
        (entry(("501", 5), ("322.02", -5), purpose="transfer.closing"), {}),
        # A wrong purpose hides no expense.
        (entry(("513.01", 5), ("152", -5), purpose="transfer.closing"), {14: -5}),
        (entry(("513.01", 5), ("514", -5)), {}),
    ],
)
def test_each_entry_goes_to_its_line(voucher: Voucher, rows: dict[int, int]) -> None:
    assert rows_of(voucher) == rows


def test_an_opening_voucher_is_no_movement() -> None:
    opening = replace(entry(("102.01", 5), ("501", -5)), kind="opening")
    assert statements.year_of({}, [opening]) == Year({}, 0, 0, 0, 0, 0)


def test_statements_of_different_books_do_not_tie() -> None:
    sheet = statements.balance_sheet(summed(OPENING, BOOKS), OPENING)
    other = statements.income_statement(statements.year_of(OPENING, BOOKS[:1]))
    with pytest.raises(StatementUntied, match="会村02表第21行与会村01表第38行期末余额"):
        statements.tie(sheet, other)
    shifted = statements.income_statement(statements.year_of({}, BOOKS))
    assert statements.ties(sheet, shifted) == [
        Untied("会村02表第21行与会村01表第38行期末余额", 750_00, 1_250_00),
        Untied("会村02表第15行与会村01表第38行年初余额", 0, 500_00),
    ]
    assert statements.ties() == []


MOVED = {
    "102.01": Turnover(50, 20), "113.0001": Turnover(10, 0), "113.0002": Turnover(0, 10),
    "501": Turnover(0, 30),
}  # fmt: skip


def test_the_trial_balance_sums_details_under_their_account() -> None:
    trial = statements.trial_balance({"102.01": 100, "301": -100}, MOVED, CHART)
    assert [(row.label, row.indent, row.values) for row in trial.rows] == [
        ("102 银行存款", 0, (100, 0, 50, 20, 130, 0)),
        ("102.01 基本户", 1, (100, 0, 50, 20, 130, 0)),
        ("113 内部往来", 0, (0, 0, 10, 10, 10, 10)),
        ("113.0001 一户", 1, (0, 0, 10, 0, 10, 0)),
        ("113.0002 二户", 1, (0, 0, 0, 10, 0, 10)),
        ("301 资本", 0, (0, 100, 0, 0, 0, 100)),
        ("501 经营收入", 0, (0, 0, 0, 30, 0, 30)),
        ("合计", 0, (100, 100, 60, 60, 140, 140)),
    ]


def test_a_trial_balance_that_is_off_is_refused() -> None:
    with pytest.raises(StatementUntied, match="科目余额表期初借贷合计"):
        statements.trial_balance({"101": 1}, {}, CHART)
    with pytest.raises(StatementUntied, match="科目余额表本期借贷合计"):
        statements.trial_balance({}, {"101": Turnover(1, 0)}, CHART)
    with pytest.raises(NoAccount):
        statements.trial_balance({"998": 1, "999": -1}, {}, CHART)


def test_income_detail_shows_month_and_year() -> None:
    month = statements.year_of({}, BOOKS[2:4])
    year = statements.year_of(OPENING, BOOKS)
    detail = statements.income_detail(month, year, CHART)
    shown = {row.label: row.values for row in detail.rows}
    assert shown["501 经营收入"] == (0, 900_00)
    assert shown["513 管理费用"] == (250_00, 250_00)
    assert shown["513.02 干部报酬"] == (50_00, 50_00)
    assert shown["收入合计"] == (0, 1_070_00)
    assert shown["支出合计"] == (250_00, 320_00)
    assert shown["净收益"] == (-250_00, 750_00)
    assert shown["净收益"][1] == statements.income_statement(year).line(14)
    assert [row.indent for row in detail.rows if row.label.startswith("513")] == [1, 2, 2]


def test_every_top_account_has_its_line() -> None:
    """One fen on any account moves the totals by one fen: no account is left out, none twice."""
    for code in LEAVES:
        other = "101" if code == "301" else "301"
        sheet = statements.balance_sheet({code: 1, other: -1}, {})
        assert sheet.line(24) == sheet.line(40)
        lines = [row for row in sheet.rows if row.no and any(row.values)]
        assert lines


AMOUNTS = st.integers(-(10**12), 10**12).filter(bool)
PAIRS = st.tuples(st.sampled_from(FREE), st.sampled_from(FREE), AMOUNTS)
PURPOSES = st.sampled_from(["transfer.accrual", "transfer.distribution", "transfer.correction"])
ENTRIES = st.tuples(st.lists(PAIRS, min_size=1, max_size=3), PURPOSES, st.booleans())


def books_of(drawn: list[tuple[list[tuple[str, str, int]], str, bool]]) -> list[Voucher]:
    return [
        entry(
            *[leg for left, right, fen in pairs for leg in ((left, fen), (right, -fen))],
            purpose=purpose,
            reverses=RED if red else "",
        )
        for pairs, purpose, red in drawn
    ]


@settings(max_examples=150, deadline=None)
@given(st.lists(PAIRS, max_size=6), st.lists(ENTRIES, max_size=8))
def test_statements_of_random_books_tie(
    before: list[tuple[str, str, int]],
    drawn: list[tuple[list[tuple[str, str, int]], str, bool]],
) -> None:
    opening = summed({}, books_of([(before, "", False)]) if before else [])
    vouchers = books_of(drawn)
    books = summed(opening, vouchers)
    year = statements.year_of(opening, vouchers)
    income = statements.income_statement(year)
    statements.tie(statements.balance_sheet(books, opening), income)
    moved = {
        code: Turnover(max(fen, 0), max(-fen, 0)) for code, fen in summed({}, vouchers).items()
    }
    trial = statements.trial_balance(opening, moved, CHART)
    assert trial.rows[-1].values[4] == sum(fen for fen in books.values() if fen > 0)
    assert statements.income_detail(year, year, CHART).rows[-1].values[0] == income.line(14)

    closed = closing.carry_forward(V, 2024, books)
    closed += closing.close_shared(V, 2024, summed(books, closed))
    for item in closed:
        check(item, CHART)
    final = summed(books, closed)
    assert not any(code[0] == "5" or code in {"321", "322.01"} for code in final)
    again = statements.income_statement(statements.year_of(opening, vouchers + closed))
    assert again == income
    statements.tie(statements.balance_sheet(final, opening), again)
    undone = [closing.red(item, Number(2024, "transfer", 1), item.day) for item in closed]
    assert summed(final, undone) == books
    assert statements.income_statement(
        statements.year_of(opening, vouchers + closed + undone)
    ) == income  # fmt: skip


def test_the_forms_name_only_accounts_of_the_chart() -> None:
    terms = [
        term.strip("+").lstrip("DC")
        for form in forms().values()
        for part in ("asset", "claim", "line")
        for line in form.get(part, ())
        for term in line.get("of", "").split()
        if term[0] in "DC"
    ]
    assert all(standard().knows(code) for code in terms)
    tops = {code for code, item in standard().accounts.items() if item.parent is None}
    assert tops <= set(terms)
