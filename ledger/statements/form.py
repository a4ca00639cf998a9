"""A form: its lines are data, its figures are the books'.

A formula (`of` of a line in data/statements.toml) is a sum of terms: `D101` the debit balance of an
account with its details, `C201` the credit balance, `D113+` and `C113+` the details on that side
alone, never netted, `R5` another line above it, `Xname` a figure given by name.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from ledger.money import yuan
from ledger.refusal import Refusal

Balances = Mapping[str, int]
Line = Mapping[str, Any]
Column = tuple[Balances, Mapping[str, int]]
_TERM = re.compile(r"([+-]?)\s*([DCRX])(\w+(?:\.\d+)*)(\+?)(?=\s|$)")


class Row(NamedTuple):
    """A line: number (None for a heading), label, depth, and the figures of the columns in fen."""

    no: int | None
    label: str
    indent: int
    values: tuple[int | None, ...]


class Statement(NamedTuple):
    """A statement; the balance sheet's claims side follows its asset side in `rows`."""

    form: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def line(self, no: int, column: int = 0) -> int:
        """Return the figure of a line in fen."""
        row = next(row for row in self.rows if row.no == no)
        return row.values[column] or 0


class Untied(NamedTuple):
    """Two figures (fen) that must be equal and are not; `form` says which, in zh-CN."""

    form: str
    left: int
    right: int


@cache
def forms() -> dict[str, Any]:
    """Return the forms of data/statements.toml."""
    text = (resources.files("ledger") / "data/statements.toml").read_text("utf-8")
    return tomllib.loads(text)


def statement(name: str, parts: Sequence[str], columns: Iterable[Column]) -> Statement:
    """Return the form `name` filled in: balances and given figures for each column."""
    form = forms()[name]
    lines = [line for part in parts for line in form[part]]
    figures = [_column(lines, balances, given) for balances, given in columns]
    rows = tuple(
        Row(line.get("no"), line["label"], line.get("indent", 0), values)
        for line, values in zip(lines, zip(*figures, strict=True), strict=True)
    )
    return Statement(form["form"], form["title"], tuple(form["columns"]), rows)


def _column(
    lines: Iterable[Line], balances: Balances, given: Mapping[str, int]
) -> list[int | None]:
    known, books = dict(given), _by_top(balances)
    found: list[int | None] = []
    for line in lines:
        figure = _value(line["of"], books, known) if "of" in line else None
        if figure is not None:
            known[f"R{line['no']}"] = figure
        found.append(figure)
    return found


def _by_top(balances: Balances) -> dict[str, list[tuple[str, int]]]:
    found = defaultdict(list)
    for code, fen in balances.items():
        found[code.partition(".")[0]].append((code, fen))
    return found


def _value(
    formula: str, books: Mapping[str, list[tuple[str, int]]], known: Mapping[str, int]
) -> int:
    total = 0
    for sign, kind, name, split in _TERM.findall(formula):
        if kind in "RX":
            term = known[f"{kind}{name}"]
        else:
            side = -1 if kind == "C" else 1
            term = _balance(books.get(name.partition(".")[0], []), name, side, split=bool(split))
        total += -term if sign == "-" else term
    return total


def _balance(entries: list[tuple[str, int]], root: str, side: int, *, split: bool) -> int:
    figures = [side * fen for code, fen in entries if under(code, root)]
    return sum(fen for fen in figures if fen > 0 or not split)


def under(code: str, root: str) -> bool:
    """Tell whether an account is this one or a detail of it."""
    return code == root or code.startswith(f"{root}.")


def refuse(faults: Iterable[Untied]) -> None:
    """Refuse a statement for the first of the faults found, if there is one.

    Raises:
        StatementUntied: there is a fault.
    """
    for fault in faults:
        raise StatementUntied(form=fault.form, left=yuan(fault.left), right=yuan(fault.right))


class StatementUntied(Refusal):
    """A statement does not tie to itself or to the other."""

    code = "S001"
    says = "{form}不平：{left} 与 {right}，不能出表，请核查账簿。"
    rule = "农村集体经济组织会计制度（财会〔2023〕14号）会计报表"
    status = 500
