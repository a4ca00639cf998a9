"""Read a sheet by a form: every row, and every fault of every cell at once."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from ledger.bank.fields import name as heading
from ledger.coming.forms import Column, Form
from ledger.coming.sheet import READERS, Bad, Fault, Place, Row, Sheet, blank, cell, covered

HEAD = 15  # the heading is among the first rows
MOST = 5000  # rows of one sheet
EXAMPLE = "示例"


class Taken(NamedTuple):
    """What was read by a form: rows, faults, and things to mind that stop nothing."""

    rows: list[Row]
    faults: list[Fault]
    hints: list[Fault]


def columns_of(form: Form, row: Sequence[str]) -> dict[str, int]:
    """Return which column of a row of headings is which of the form."""
    found: dict[str, int] = {}
    for at, given in enumerate(row):
        wanted = heading(given).strip("*＊")
        for column in form.columns:
            if column.key not in found and wanted in {column.title, *column.names}:
                found[column.key] = at
                break
    return found


def heads(form: Form, sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    """Return the row of the headings and the columns, or None when a needed heading is missing."""
    needed = {column.key for column in form.columns if column.must}
    for at, row in enumerate(sheet.rows[:HEAD]):
        found = columns_of(form, row)
        if needed <= found.keys():
            return at, found
    return None


def take(form: Form, sheet: Sheet) -> Taken:
    """Read a sheet by a form: every row, and every fault of every cell at once."""
    at = heads(form, sheet)
    if at is None:
        needed = "、".join(column.title for column in form.columns if column.must)
        what = "找不到表头"
        return Taken([], [Fault(sheet.name, "", what, f"表头要有：{needed}；请用模板里的表")], [])
    return read(form, sheet, at[0] + 1, at[1])


def read(form: Form, sheet: Sheet, first: int, columns: dict[str, int]) -> Taken:
    """Read the rows of a sheet from `first` on, the columns being known."""
    taken = Taken([], [], [])
    filled = [at for at in range(first, len(sheet.rows)) if not blank(sheet.rows[at])]
    if len(filled) > MOST:
        what = f"有 {len(filled)} 行，一张表最多 {MOST} 行"
        taken.faults.append(Fault(sheet.name, "", what, "分村或分次导入；空白行和多余的行请删去"))
        return taken
    over = covered(sheet)
    for at in filled:
        _row(form, sheet, at, columns, over, taken)
    return taken


def _row(
    form: Form,
    sheet: Sheet,
    at: int,
    columns: dict[str, int],
    over: dict[tuple[int, int], tuple[int, int]],
    taken: Taken,
) -> None:
    places = {}
    for column in form.columns:
        where = columns.get(column.key)
        if where is None:
            places[column.key] = Place(sheet.name, f"第{at + 1}行", "")
            continue
        row, left = (at, where) if column.kind == "amount" else over.get((at, where), (at, where))
        line = sheet.rows[row]
        said = line[left] if left < len(line) else ""
        places[column.key] = Place(sheet.name, cell(at, where), said)
        if column.kind == "amount" and (at, where) in over:
            top = cell(*over[at, where])
            what = f"金额格和 {top} 合并在一起，分不清各行是多少"
            taken.faults.append(places[column.key].fault(what, "取消合并单元格，每行各填金额"))
    if places["note"].text.strip().startswith(EXAMPLE):
        _example(form, places, taken)
        return
    if all(not one.text.strip() for key, one in places.items() if key != "note"):
        return
    values = {column.key: _value(column, places[column.key], taken) for column in form.columns}
    taken.rows.append(Row(at, values, places))


def _example(form: Form, places: dict[str, Place], taken: Taken) -> None:
    said = tuple(places[column.key].text.strip() for column in form.columns)
    if _plain(said) != _plain(form.example):
        what, todo = "备注写着“示例”，这一行没有导入", "真有其事的，请把备注里的“示例”删去"
        taken.hints.append(places["note"].fault(what, todo))


def _plain(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(one.rstrip("0").rstrip(".") if "." in one else one for one in cells)


def _value(column: Column, place: Place, taken: Taken) -> Any:  # noqa: ANN401 - as the column says
    said = place.text.strip()
    if column.must and not said:
        taken.faults.append(place.fault(f"没有填“{column.title}”", column.note or "请补填"))
    elif len(said) > column.longest:
        what = f"“{column.title}”超过 {column.longest} 个字"
        taken.faults.append(place.fault(what, "请写短些"))
        said = said[: column.longest]
    elif column.choices and column.kind == "text" and said and said not in column.choices:
        what = f"“{said}”不是“{column.title}”里的一种"
        taken.faults.append(place.fault(what, f"从这些里选：{'、'.join(column.choices)}"))
    try:
        return READERS[column.kind](said)
    except Bad as bad:
        taken.faults.append(place.fault(bad.what, bad.todo))
        return READERS[column.kind]("")
