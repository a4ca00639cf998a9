"""What must agree between statements before one is issued."""

from collections.abc import Iterator

from ledger.statements.form import Statement, Untied, refuse

OPENING = ("期初", 0, 1)
MOVED = ("本期", 2, 3)
CLOSING = ("期末", 4, 5)


def ties(
    sheet: Statement | None = None,
    income: Statement | None = None,
    trial: Statement | None = None,
) -> list[Untied]:
    """Return what does not agree in and between statements of one period; nothing if all does.

    会村01表: line 24 = line 40, in both columns. 会村02表 with it: line 21 = line 38, and line 15
    年初未分配收益 = line 38 at the beginning of the year. 科目余额表: debits = credits, each pair.
    """
    faults: list[Untied] = []
    if sheet:
        faults += _in_sheet(sheet)
    if sheet and income:
        faults += _between(sheet, income)
    if trial:
        faults += _in_trial(trial)
    return [fault for fault in faults if fault.left != fault.right]


def tie(sheet: Statement, income: Statement) -> None:
    """Refuse two annual statements that do not agree.

    Raises:
        StatementUntied: see `ties`.
    """
    refuse(ties(sheet, income))


def _in_sheet(sheet: Statement) -> Iterator[Untied]:
    for column, name in enumerate(sheet.columns):
        yield Untied(f"{sheet.form}{name}", sheet.line(24, column), sheet.line(40, column))


def _between(sheet: Statement, income: Statement) -> Iterator[Untied]:
    pairs = ((21, 0), (15, 1))
    for line, column in pairs:
        name = f"{income.form}第{line}行与{sheet.form}第38行{sheet.columns[column]}"
        yield Untied(name, income.line(line), sheet.line(38, column))


def _in_trial(trial: Statement) -> Iterator[Untied]:
    totals = trial.rows[-1].values
    for name, left, right in (OPENING, MOVED, CLOSING):
        yield Untied(f"{trial.title}{name}借贷合计", totals[left] or 0, totals[right] or 0)
