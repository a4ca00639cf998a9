"""A sheet that was brought: cells as text with their addresses, and what a cell may say.

Every reader of a cell returns its value or raises `Bad` with what is wrong and what to do; nothing
is guessed from a cell that has two readings.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from ledger import canonical
from ledger.money import parse_yuan
from ledger.refusal import Refusal

Range = tuple[int, int, int, int]  # top, left, bottom, right; from 0, ends included
_NAMING = ("name", "party", "household", "code", "number")
NOTHING = frozenset({"", "-", "--", "—", "——", "/", "无"})
LARGEST_COUNT = 10_000_000
SERIAL = range(18_264, 73_051)  # 1950 to 2099 as a spreadsheet counts days
EPOCH = date(1899, 12, 30)
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?")
_PACKED = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_CLOCK = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2})?(\.\d+)?$")
_HAN = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_TEN = re.compile(r"([1-9]?)十([1-9]?)")


class Sheet(NamedTuple):
    """A sheet: its name, its rows of text, the ranges of its merged cells."""

    name: str
    rows: Sequence[Sequence[str]]
    merged: Sequence[Range] = ()


class Fault(NamedTuple):
    """What is wrong in a place (sheet, cell; the cell may be empty) and what to do about it."""

    sheet: str
    cell: str
    what: str
    todo: str


class Bad(ValueError):  # noqa: N818 - it becomes a fault with a place
    """A cell that cannot be read: its text, what is wrong with it, what to do."""

    def __init__(self, given: str, what: str, todo: str) -> None:
        self.what, self.todo = f"“{given}”{what}", todo
        super().__init__(self.what)


class Place(NamedTuple):
    """A cell's text and where it stands."""

    sheet: str
    cell: str
    text: str

    def fault(self, what: str, todo: str) -> Fault:
        """Return a fault at this place."""
        return Fault(self.sheet, self.cell, what, todo)


def letter(at: int) -> str:
    """Return the letters of a column, from 0: A to Z, then AA."""
    before, here = divmod(at, 26)
    return (letter(before - 1) if before else "") + chr(ord("A") + here)


def cell(row: int, column: int) -> str:
    """Return the address of a cell, from 0: `B12`."""
    return f"{letter(column)}{row + 1}"


def row_and_column(address: str) -> tuple[int, int, str]:
    """Return what sorts addresses as one reads: by row, then by column; no address comes last."""
    letters = address.rstrip("0123456789")
    number = address[len(letters) :]
    return (int(number) if number else 1 << 30, len(letters), letters)


def covered(sheet: Sheet) -> dict[tuple[int, int], tuple[int, int]]:
    """Return which cell of a merged range stands for each cell that it covers downwards."""
    height = len(sheet.rows)
    return {
        (row, left): (top, left)
        for top, left, bottom, _ in sheet.merged
        for row in range(top + 1, min(bottom, height - 1) + 1)
    }


def narrow(text: str) -> str:
    """Return a text in half-width with single blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def text(given: str) -> str:
    """Read words."""
    return " ".join(given.split())


def amount(given: str) -> int:
    """Read an amount in yuan as fen; an empty cell or a dash is nothing."""
    if given.strip() in NOTHING:
        return 0
    head, point, tail = given.strip().replace("．", ".").partition(".")
    if tail[2:].strip("0") == "":  # some packages write 12.5000
        given = head + point + tail[:2]
    try:
        return parse_yuan(given)
    except Refusal as refusal:
        what = {"M002": "的小数超过两位", "M003": "过大"}.get(refusal.code, "不是金额")
        raise Bad(given, what, "只填数字，到分为止，例如 1234.50") from refusal


def count(given: str) -> int:
    """Read a whole number from 0."""
    found = narrow(given).replace(",", "").removesuffix(".0")
    if found in NOTHING:
        return 0
    if not re.fullmatch(r"[0-9]{1,8}", found) or int(found) > LARGEST_COUNT:
        raise Bad(given, "不是整数", "只填数字，例如 4")
    return int(found)


def quantity(given: str) -> str:
    """Read a quantity as decimal text, at most four decimals: mu of land, numbers of things."""
    found = narrow(given).replace(",", "")
    if found in NOTHING:
        return ""
    try:
        value = Decimal(found)
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or value < 0 or value >= LARGEST_COUNT:
        raise Bad(given, "不是数量", "只填数字，单位写在旁边一栏，例如 12.5")
    if value != round(value, 4):
        raise Bad(given, "的小数超过四位", "四舍五入到四位以内")
    return f"{value.normalize():f}"


def day(given: str) -> date | None:
    """Read a day in any usual spelling; a month alone is its first day; empty is None."""
    found = _CLOCK.sub("", narrow(given))
    if found in NOTHING:
        return None
    if re.search("[〇零○一二三四五六七八九十]", found):
        found = _TEN.sub(lambda m: f"{m[1] or 1}{m[2] or 0}", found.translate(_HAN))
    if found.isdecimal() and int(found) in SERIAL:
        return EPOCH + timedelta(days=int(found))
    parts = _DAY.fullmatch(found) or _PACKED.fullmatch(found) or _MONTH.fullmatch(found)
    if not parts:
        raise Bad(given, "不是日期", "按 2018-03-05 的样子填写年月日")
    try:
        return date(*map(int, parts.groups()), *([1] if len(parts.groups()) == 2 else []))  # noqa: PLR2004 - year and month
    except ValueError as fault:
        raise Bad(given, "这一天不存在", "核对月份和日子") from fault


def yes(given: str) -> bool:
    """Read 是 or 否; an empty cell is yes."""
    found = narrow(given)
    if found in {"", "是", "有", "√", "Y", "y"}:
        return True
    if found in {"否", "没有", "未", "×", "N", "n"}:
        return False
    raise Bad(given, "不是“是”或“否”", "填“是”或“否”")


READERS: Mapping[str, Callable[[str], Any]] = {
    "text": text,
    "amount": amount,
    "count": count,
    "quantity": quantity,
    "day": day,
    "yes": yes,
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a form: where it stands, its values by key, the place of each."""

    number: int
    values: Mapping[str, Any]
    places: Mapping[str, Place]

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 - as the form says
        return self.values[key]

    def fault(self, key: str, what: str, todo: str) -> Fault:
        """Return a fault at a cell of this row: of the key, or of what names the row."""
        place = next(self.places[one] for one in (key, *_NAMING) if one in self.places)
        return place.fault(what, todo)


def blank(row: Iterable[str]) -> bool:
    """Tell whether nothing stands in a row."""
    return not any(one.strip() for one in row)


def digest(sheets: Iterable[Sheet]) -> str:
    """Return the digest of what the sheets say: the same content in another file is the same."""
    rows = [
        [one.name, [list(row) for row in one.rows], [list(r) for r in one.merged]] for one in sheets
    ]
    return canonical.digest({"sheets": rows})
