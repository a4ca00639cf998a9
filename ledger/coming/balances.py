"""The sheet of balances: the template's own, or what 用友, 金蝶 and others export.

Recognised headings: a code, a name, and balances as two columns (借方, 贷方), or as a side (方向)
and an amount, of the beginning (期初, 年初) or the end (期末), also under a heading of two rows.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ledger.bank.cells import merged
from ledger.bank.fields import name as heading
from ledger.coming import taking
from ledger.coming.forms import BALANCES
from ledger.coming.sheet import Bad, Fault, Place, Row, Sheet, amount, blank, cell, narrow
from ledger.coming.taking import HEAD, Taken
from ledger.money import yuan

_FIGURE = re.compile(
    r"(?P<when>期初|年初|期末|年末)?(?:余额)?(?P<what>借方|贷方|方向|借贷方向|借贷|金额)?(?:余额|金额)?"
)
_WHEN = {"期初": "begin", "年初": "begin", "期末": "end", "年末": "end", None: ""}
_WHAT = {"借方": "debit", "贷方": "credit", "方向": "side", "借贷方向": "side", "借贷": "side"}
_SUM = re.compile(r"(合计|总计|小计|本页|类)$|^(合计|总计|小计)")
_SIDES = {"借": 1, "贷": -1, "平": 0, "": 1, "借方": 1, "贷方": -1}
BEGIN, END = "begin", "end"


class Layout(NamedTuple):
    """Where the rows begin, the columns of code and name, those of figures by (when, what)."""

    first: int
    code: int
    name: int
    figures: dict[tuple[str, str], int]

    def whens(self) -> list[str]:
        """Return the moments that the sheet has balances of."""
        return sorted({when for when, _ in self.figures})


@dataclass
class Old:
    """An account as it was brought: code, own name, balance (fen, debit positive), details."""

    code: str
    name: str
    debit: int
    credit: int
    row: Row
    details: list["Old"] = field(default_factory=list)
    above: "Old | None" = None

    @property
    def fen(self) -> int:
        """Return the balance in fen, debit positive."""
        return self.debit - self.credit

    @property
    def top(self) -> "Old":
        """Return the account at the top."""
        return self.above.top if self.above else self

    @property
    def leaf(self) -> str:
        """Return the names below the top, `农商行-基本户`; empty for the top itself."""
        if self.above is None:
            return ""
        before = self.above.leaf
        return f"{before}-{self.name}" if before else self.name

    def leaves(self) -> list["Old"]:
        """Return the accounts without details at and below this one."""
        if not self.details:
            return [self]
        return [leaf for one in self.details for leaf in one.leaves()]


def layout(sheet: Sheet) -> Layout | None:
    """Return how a sheet of balances is laid out, or None if it is none."""
    for at, row in enumerate(sheet.rows[:HEAD]):
        if blank(row):
            continue
        single = _layout(row, at + 1)
        below = sheet.rows[at + 1] if at + 1 < len(sheet.rows) else []
        double = None
        if not blank(below):
            joined = [f"{top}{bottom}" for top, bottom in merged(list(row), list(below))]
            double = _layout(joined, at + 2)
        # A heading of two rows says more than its upper row: two columns instead of one.
        if double and (single is None or len(double.figures) > len(single.figures)):
            return double
        if single:
            return single
    return None


def _layout(headings: Sequence[str], first: int) -> Layout | None:
    columns = taking.columns_of(BALANCES, headings)
    if "code" not in columns or "name" not in columns:
        return None
    figures: dict[tuple[str, str], int] = {}
    for at, given in enumerate(headings):
        said = heading(given)
        kind = _FIGURE.fullmatch(said)
        if said and kind and at not in {columns["code"], columns["name"]}:
            what = _WHAT.get(kind["what"] or "", "amount")
            figures.setdefault(
                (_WHEN[kind["when"].replace("年", "期") if kind["when"] else None], what), at
            )
    whole = {
        when
        for when, what in figures
        if {(when, "debit"), (when, "credit")} <= figures.keys() or (when, "amount") in figures
    }
    if not whole:
        return None
    kept = {key: at for key, at in figures.items() if key[0] in whole}
    return Layout(first, columns["code"], columns["name"], kept)


def read(sheet: Sheet, found: Layout, when: str) -> tuple[list[Old], Taken]:
    """Read the accounts of a sheet with their balances at `when`; details lie under their tops.

    Sums that the sheet states (of an account above its details, of everything) are held against
    the details.
    """
    columns = {"code": found.code, "name": found.name}
    pair = (when, "debit") in found.figures
    if pair:
        columns |= {what: found.figures[when, what] for what in ("debit", "credit")}
    else:
        columns["debit"] = found.figures[when, "amount"]
    if "note" in (known := taking.columns_of(BALANCES, sheet.rows[found.first - 1])):
        columns["note"] = known["note"]
    cut, sums = _without_sums(sheet, found)
    taken = taking.read(BALANCES, cut, found.first, columns)
    side = None if pair else found.figures.get((when, "side"))
    accounts = [_old(row, sheet, side, taken) for row in taken.rows]
    tops = _tree(accounts, taken)
    for row in sums:
        _check_sum(sheet, row, columns, tops, taken)
    return tops, taken


def _without_sums(sheet: Sheet, found: Layout) -> tuple[Sheet, list[int]]:
    """Return the sheet without rows that are no account: titles of classes, sums, page totals."""
    rows, sums = [list(row) for row in sheet.rows], []
    for at in range(found.first, len(rows)):
        row = [one.strip() for one in rows[at]]
        code, name = (row[c] if c < len(row) else "" for c in (found.code, found.name))
        if _SUM.search(code) or (not code and (not name or _SUM.search(narrow(name)))):
            if re.search("合计|总计", f"{code}{name}") and "类" not in f"{code}{name}":
                sums.append(at)
            if code or name or not any(row):
                rows[at] = []
    return sheet._replace(rows=rows), sums


def _old(row: Row, sheet: Sheet, side: int | None, taken: Taken) -> Old:
    code = _code(row)
    debit, credit = row["debit"], row["credit"]
    if side is not None:
        line = sheet.rows[row.number]
        said = narrow(line[side]) if side < len(line) else ""
        if said not in _SIDES:
            taken.faults.append(row.fault("debit", f"余额方向“{said}”不是借或贷", "填“借”或“贷”"))
        sign = _SIDES.get(said, 1)
        if sign == 0 and debit:
            taken.faults.append(row.fault("debit", "方向是“平”，却有余额", "核对方向和余额"))
        debit, credit = (debit, 0) if sign >= 0 else (0, debit)
    return Old(code, row["name"].lstrip("-—　 "), debit, credit, row)


def _code(row: Row) -> str:
    said = narrow(str(row["code"])).replace(" ", "").replace("-", ".").strip(".")
    return said.removesuffix(".0") if re.fullmatch(r"[0-9]{3,}\.0", said) else said


def _tree(accounts: list[Old], taken: Taken) -> list[Old]:
    by_code: dict[str, Old] = {}
    for one in accounts:
        if not re.fullmatch(r"[0-9]{3}(?:\.?[0-9A-Za-z]+)*", one.code):
            if one.code:
                what = f"科目编码“{one.code}”不是三位数字开头的编码"
                taken.faults.append(
                    one.row.fault("code", what, "照抄原账套的科目编码，如 102、10201")
                )
            continue
        if one.code in by_code:
            where = by_code[one.code].row.places["code"].cell
            what = f"科目编码 {one.code} 与 {where} 重复"
            taken.faults.append(one.row.fault("code", what, "同一个科目只写一行"))
            continue
        by_code[one.code] = one
    tops: list[Old] = []
    for code, one in by_code.items():
        above = next(
            (by_code[code[:n]] for n in range(len(code) - 1, 2, -1) if code[:n] in by_code), None
        )
        if above is None and len(code) > 3:  # noqa: PLR2004 - a top code has three digits
            above = _missing(code, one, tops)
        if above is None:
            tops.append(one)
            continue
        one.above = above
        one.name = _own(one.name, above.name)
        above.details.append(one)
    for top in tops:
        _check_details(top, taken)
    return tops


def _missing(code: str, one: Old, tops: list[Old]) -> Old:
    """Return the top account of a detail whose own row is missing, when the name tells it.

    Exports of leaves alone write the whole path: `应收款-样例合作社`, `应收款/样例合作社`.
    """
    head = re.split(r"[-—/\\_]", one.name, maxsplit=1)
    made = next((top for top in tops if top.code == code[:3]), None)
    if made is not None:
        return made
    name = head[0] if len(head) > 1 else ""
    made = Old(code[:3], name, 0, 0, one.row)
    tops.append(made)
    return made


def _own(name: str, above: str) -> str:
    """Return a detail's own name where the file writes the whole path."""
    for sign in "-—/\\_":
        if above and name.startswith(f"{above}{sign}"):
            return name[len(above) + 1 :]
    return name


def _check_details(one: Old, taken: Taken) -> None:
    if not one.details:
        return
    for detail in one.details:
        _check_details(detail, taken)
    total = sum(leaf.fen for leaf in one.leaves())
    stated = one.debit or one.credit
    if stated and one.fen != total:
        what = (
            f"{one.name}写的余额是 {yuan(one.fen)}，明细合计是 {yuan(total)}，"
            f"相差 {yuan(one.fen - total)}"
        )
        taken.faults.append(one.row.fault("debit", what, "核对明细是否漏写或写错"))


def _check_sum(
    sheet: Sheet, at: int, columns: dict[str, int], tops: list[Old], taken: Taken
) -> None:
    """Hold the total row of the sheet against its accounts."""
    leaves = [leaf for top in tops for leaf in top.leaves()]
    by_net = [top for top in tops if top.details]
    for what, word in (("debit", "借方"), ("credit", "贷方")):
        if {"debit", "credit"} - columns.keys() or columns[what] >= len(sheet.rows[at]):
            return
        place = Place(sheet.name, cell(at, columns[what]), sheet.rows[at][columns[what]])
        try:
            stated = amount(place.text)
        except Bad:
            continue
        ways = {sum(getattr(one, what) for one in some) for some in (leaves, tops)}
        ways |= {sum(getattr(one, what) for one in [*leaves, *by_net])}
        if stated and stated not in ways:
            near = min(ways, key=lambda way: abs(way - stated))
            text = f"{word}合计写的是 {yuan(stated)}，各行加起来是 {yuan(near)}"
            taken.faults.append(place.fault(text, "核对是否漏行或多行"))


def find(sheets: Sequence[Sheet]) -> tuple[Sheet, Layout] | Fault | None:
    """Return the sheet of balances among those brought; a fault when there are several."""
    found = [(sheet, one) for sheet in sheets if (one := layout(sheet))]
    if len(found) > 1:
        usual = {BALANCES.name, *BALANCES.names}
        found = [pair for pair in found if pair[0].name.strip() in usual] or found
    if len(found) > 1:
        names = "、".join(sheet.name for sheet, _ in found)
        return Fault(found[1][0].name, "", f"有几张科目余额表：{names}", "只留一张，其余删去")
    return found[0] if found else None
