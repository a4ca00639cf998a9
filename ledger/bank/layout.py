"""Which column is what: recognised by the names that banks use, or told by a profile."""

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from ledger.bank.cells import Rows, merged
from ledger.bank.fields import name
from ledger.refusal import Refusal

HEADERS_WITHIN = 20
LEAST = 3  # filled cells of a row that can be the head of a table
# What a column may hold, in the order in which a person is asked.
FIELDS = {
    "day": "日期",
    "balance": "余额",
    "out": "支出（借方）",
    "in": "收入（贷方）",
    "amount": "金额（一列）",
    "mark": "收支标志",
    "party": "对方户名",
    "party_account": "对方账号",
    "party_bank": "对方开户行",
    "summary": "摘要",
    "purpose": "用途、附言",
    "serial": "流水号",
    "time": "时间",
    "account": "本方账号",
}
WORDS = {
    "day": "交易日期",
    "balance": "余额",
    "amount": "发生额（借方和贷方两列、带正负号的一列，或金额加收支标志）",
}


class Profile(NamedTuple):
    """What a township knows of a bank's file that the file does not say.

    `columns` maps fields (keys of `fields` in ledger/data/banks.toml) to the header in the file and
    overrides recognition; `account` stands in for an account number that the file lacks;
    `own_view` says that 借 means money in, as in a copy of the collective's own book. Where a
    person has pointed at the columns, `at` has their indexes by field, `top` the index of the head
    row, `out_mark` the word that marks money out; nothing is recognised then.
    """

    name: str
    columns: Mapping[str, str] = {}
    account: str = ""
    holder: str = ""
    bank: str = ""
    own_view: bool = False
    at: Mapping[str, int] = {}
    top: int = 0
    out_mark: str = ""


class Layout(NamedTuple):
    """Where the table stands.

    Index and header of each field's column, index of the header row and of the first line.
    """

    columns: Mapping[str, int]
    headers: Mapping[str, str]
    top: int
    start: int

    def cell(self, row: list[str], field: str) -> str:
        """Return a field's text in a row, empty when the bank has no such column."""
        index = self.columns.get(field, -1)
        return row[index] if 0 <= index < len(row) else ""


@cache
def words() -> Mapping[str, Any]:
    """Return the vocabulary of ledger/data/banks.toml with its names normalised."""
    data = resources.files("ledger").joinpath("data", "banks.toml").read_text("utf-8")
    tables: Mapping[str, Mapping[str, list[str]]] = tomllib.loads(data)
    return {
        section: {key: frozenset(map(name, values)) for key, values in table.items()}
        for section, table in tables.items()
    }


def find(rows: Rows, profile: Profile | None) -> Layout:
    """Find the header row, or the pair of header rows, and what each column holds.

    Raises:
        UnknownLayout: says which columns were found and which are missing.
        SameColumn: a person pointed at one column for two fields.
    """
    if profile and profile.at:
        return _pointed(rows, profile)
    best = Layout({}, {}, 0, 0)
    for index in range(min(len(rows), HEADERS_WITHIN)):
        layout = _at(rows, index, profile)
        if not _missing(layout):
            return layout
        best = max(best, layout, key=lambda each: len(each.columns))
    found = "、".join(best.headers.values()) or "（无）"
    raise UnknownLayout(found=found, missing="、".join(_missing(best)))


def guess(rows: Rows) -> Layout:
    """Return the layout with the most columns that are recognised, whole or not."""
    heads = range(min(len(rows), HEADERS_WITHIN))
    return max(
        (_at(rows, index, None) for index in heads),
        key=lambda each: len(each.columns),
        default=Layout({}, {}, 0, 0),
    )


def fingerprint(row: list[str]) -> str:
    """Return what tells a bank's layout: a hash of its head row; empty if it can be none."""
    heads = [name(cell) for cell in row]
    while heads and not heads[-1]:
        heads.pop()
    if sum(map(bool, heads)) < LEAST:
        return ""
    return hashlib.sha256("|".join(heads).encode()).hexdigest()[:32]


def letter(index: int) -> str:
    """Return a column's letter as a spreadsheet shows it: A, B, … Z, AA."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def _pointed(rows: Rows, profile: Profile) -> Layout:
    head = rows[profile.top] if profile.top < len(rows) else []
    taken: dict[int, str] = {}
    for field, index in profile.at.items():
        other = taken.setdefault(index, field)
        if other != field:
            raise SameColumn(column=letter(index), one=FIELDS[other], other=FIELDS[field])
    headers = {
        field: (head[index] if index < len(head) else "") or letter(index)
        for field, index in profile.at.items()
    }
    layout = Layout(dict(profile.at), headers, profile.top, profile.top + 1)
    if _missing(layout):
        found = "、".join(headers.values()) or "（无）"
        raise UnknownLayout(found=found, missing="、".join(_missing(layout)))
    return layout


def _at(rows: Rows, index: int, profile: Profile | None) -> Layout:
    """Take the row as the header, with the row below where it has no digit.

    Under the header may stand the lower half of merged cells, or the same in English.
    """
    row, below = rows[index], rows[index + 1] if index + 1 < len(rows) else []
    single = _layout([("", cell) for cell in row], index, index + 1, profile)
    if not any(below) or _has_digits(below) or "day" not in single.columns:
        return single
    double = _layout(merged(row, below), index, index + 2, profile)
    richer = len(double.columns) > len(single.columns)
    return double if richer else single._replace(start=index + 2)


def _has_digits(row: list[str]) -> bool:
    return any(char.isdigit() for cell in row for char in cell)


def _layout(header: list[tuple[str, str]], top: int, start: int, profile: Profile | None) -> Layout:
    columns: dict[str, int] = {}
    headers: dict[str, str] = {}
    told = {name(text): field for field, text in profile.columns.items()} if profile else {}
    for index, (above, below) in enumerate(header):
        field = _field(above, below, told)
        if field == "day" and "day" in columns:
            field = "time"  # 交易日期 and 交易时间 side by side
        if field and field not in columns:
            columns[field] = index
            headers[field] = below or above
    return Layout(columns, headers, top, start)


def _field(above: str, below: str, told: Mapping[str, str]) -> str:
    for text in (above + below, below or above):
        wanted = name(text)
        if wanted in told:
            return told[wanted]
        for field, names in words()["fields"].items():
            if wanted in names and field not in told.values():
                return str(field)
    return ""


def _missing(layout: Layout) -> list[str]:
    has = layout.columns.keys()
    missing = [WORDS[field] for field in ("day", "balance") if field not in has]
    if not ({"out", "in"} <= has or "amount" in has):
        missing.append(WORDS["amount"])
    return missing


class UnknownLayout(Refusal):
    """No row names the columns that a statement must have."""

    code = "B003"
    says = (
        "没有认出表头：已找到的列有{found}，还缺{missing}。请核对文件，"
        "或在网页的“银行”里导入，指明各列是什么。"
    )
    status = 422


class SameColumn(Refusal):
    """One column was pointed at for two things."""

    code = "B015"
    says = "{column} 列不能既是“{one}”又是“{other}”，请改选一项。"
    status = 422
