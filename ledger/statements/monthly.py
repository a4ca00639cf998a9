"""The two monthly statements: 科目余额表 and 收支明细表."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from ledger.chart import Chart
from ledger.statements.form import Balances, Row, Statement, refuse, under
from ledger.statements.ties import ties
from ledger.statements.year import EXPENSE, INCOME, Year
from ledger.sums import Turnover

TRIAL = ("期初借方", "期初贷方", "本期借方", "本期贷方", "期末借方", "期末贷方")
DETAIL = ("本月金额", "本年累计")


def trial_balance(opening: Balances, moved: Mapping[str, Turnover], chart: Chart) -> Statement:
    """Return 科目余额表: opening, turnover and closing by side, in fen, and their totals.

    Every account that has a figure stands under the accounts it is a detail of, whose lines are
    the sums of their details by side. The last row sums the accounts that hold entries.

    Raises:
        StatementUntied: debits and credits differ in a pair of columns.
        NoAccount: a code is not in the chart.
    """
    own = {
        code: _six(opening.get(code, 0), moved.get(code, Turnover(0, 0)))
        for code in opening.keys() | moved.keys()
    }
    rows = [
        Row(None, f"{code} {chart.get(code).name}", code.count("."), figures)
        for code, figures in sorted(_with_parents(own).items())
    ]
    total = Row(None, "合计", 0, _added(own.values()))
    statement = Statement("", "科目余额表", TRIAL, (*rows, total))
    refuse(ties(trial=statement))
    return statement


def _six(before: int, change: Turnover) -> tuple[int, ...]:
    return (*_sides(before), change.debit, change.credit, *_sides(before + change.net))


def _sides(fen: int) -> tuple[int, int]:
    return (fen, 0) if fen > 0 else (0, -fen)


def _added(figures: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    total = [0] * len(TRIAL)
    for one in figures:
        total = [left + right for left, right in zip(total, one, strict=True)]
    return tuple(total)


def _with_parents(own: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    parts = defaultdict(list)
    for code, figures in own.items():
        names = code.split(".")
        for depth in range(1, len(names) + 1):
            parts[".".join(names[:depth])].append(figures)
    return {code: _added(figures) for code, figures in parts.items()}


def income_detail(month: Year, year: Year, chart: Chart) -> Statement:
    """Return 收支明细表: each account of income and expense, this month and this year, in fen.

    `month` and `year` are `year_of` the month's vouchers and of the year's to its end. Income and
    expense are both positive; the last line is income less expense.
    """
    rows: list[Row] = []
    sums = []
    for word, roots, side in (("收入", INCOME, -1), ("支出", EXPENSE, 1)):
        columns = [_signed(one.moved, side) for one in (month, year)]
        rows.append(Row(None, f"{word}：", 0, (None, None)))
        for root in roots:
            rows += _lines(root, columns, chart)
        sums.append(tuple(sum(_of(column, root) for root in roots) for column in columns))
        rows.append(Row(None, f"{word}合计", 0, sums[-1]))
    left = tuple(income - expense for income, expense in zip(*sums, strict=True))
    rows.append(Row(None, "净收益", 0, left))
    return Statement("", "收支明细表", DETAIL, tuple(rows))


def _signed(moved: Mapping[str, int], side: int) -> dict[str, int]:
    return {code: side * fen for code, fen in moved.items()}


def _of(column: Mapping[str, int], root: str) -> int:
    return sum(fen for code, fen in column.items() if under(code, root))


def _lines(root: str, columns: list[dict[str, int]], chart: Chart) -> Iterator[Row]:
    details = {code for column in columns for code in column if under(code, root)}
    for code in sorted({root, *details}):
        values = tuple(_of(column, code) for column in columns)
        yield Row(None, f"{code} {chart.get(code).name}", 1 + code.count("."), values)
