"""What a statement on paper or in a spreadsheet needs: heads, sides, amounts."""

from collections.abc import Sequence

from ledger import money
from ledger.statements import Row, Statement

BALANCE = "会村01表"
RIGHT = "流动负债"  # the first line of the right side of 会村01表
Cell = str | int | None


def sides(statement: Statement) -> list[Sequence[Row]]:
    """Return the lines as they stand side by side: two sides for 会村01表, else one."""
    rows = statement.rows
    starts = [at for at, row in enumerate(rows) if row.label.startswith(RIGHT)]
    if statement.form != BALANCE or not starts:
        return [rows]
    return [rows[: starts[0]], rows[starts[0] :]]


def lines(statement: Statement) -> list[list[Cell]]:
    """Return the cells line by line, both sides in one line: label, number, amounts in fen."""
    count = len(statement.columns)
    numbered = any(row.no is not None for row in statement.rows)
    blank: list[Cell] = ["", *("",) * numbered, *(None,) * count]
    columns = [[_cells(row, numbered=numbered) for row in side] for side in sides(statement)]
    longest = max(len(side) for side in columns)
    for side in columns:
        side[-1:-1] = [blank] * (longest - len(side))  # the two totals stand on the last line
    return [[cell for part in line for cell in part] for line in zip(*columns, strict=True)]


def _cells(row: Row, *, numbered: bool) -> list[Cell]:
    number = ["" if row.no is None else str(row.no)] if numbered else []
    return ["　" * row.indent + row.label, *number, *row.values]


def titles(statement: Statement) -> tuple[str, ...]:
    """Return the heads of all columns, of both sides where there are two."""
    numbered = any(row.no is not None for row in statement.rows)
    names = ("资产", "负债和所有者权益") if len(sides(statement)) > 1 else ("项目",)
    number = ("行次",) if numbered else ()
    return tuple(head for name in names for head in (name, *number, *statement.columns))


def amount(cell: Cell) -> str:
    """Return a cell as printed: amounts in yuan, nothing for None."""
    return cell if isinstance(cell, str) else "" if cell is None else money.yuan(cell)
