"""The file of a village that comes over: an .xlsx, .xls or CSV read into sheets, or refused."""

import json
import zipfile
from io import BytesIO
from pathlib import Path

from app import bounded
from ledger.bank import cells, workbook
from ledger.bank.cells import XLS, XLSX, clean
from ledger.coming.sheet import Sheet
from ledger.refusal import Refusal

LARGEST = 10 * 2**20
UNPACKED = 200 * 2**20
_MACROS = ("_VBA_PROJECT".encode("utf-16le"), b"vbaProject.bin")


def sheets(data: bytes, filename: str) -> list[Sheet]:
    """Return the sheets of a file; empty ones are left out, cells are clean text.

    Raises:
        EmptyFile, TooLarge, WithMacros, Unreadable, and those of `ledger.bank.cells` for CSV.
    """
    if not data.strip():
        raise EmptyFile(filename=filename)
    if len(data) > LARGEST:
        raise TooLarge(filename=filename, most=LARGEST // 2**20)
    if not data.startswith((XLS, XLSX)):
        name = Path(filename).stem or "表"
        return [Sheet(name, cells.rows(data, filename))]
    if any(mark in data for mark in _MACROS):
        raise WithMacros(filename=filename)
    if data.startswith(XLSX):
        _check_size(data, filename)
    given = bounded.run(str(workbook.__file__), data)
    if given is None:
        raise Unreadable(filename=filename)
    found = [
        Sheet(name, [[clean(one) for one in row] for row in rows], [tuple(one) for one in merged])
        for name, rows, merged in json.loads(given)
        if any(any(row) for row in rows)
    ]
    if not found:
        raise EmptyFile(filename=filename)
    return found


def _check_size(data: bytes, filename: str) -> None:
    """Refuse a packed file that says it unpacks to far more than a village's registers take."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            size = sum(one.file_size for one in packed.infolist())
    except (zipfile.BadZipFile, ValueError, OSError) as fault:
        raise Unreadable(filename=filename) from fault
    if size > UNPACKED:
        raise Unreadable(filename=filename)


class EmptyFile(Refusal):
    """The file, or every sheet of it, is empty."""

    code = "J001"
    says = "“{filename}”是空的，什么也没有导入。请选填好的表。"
    status = 422


class TooLarge(Refusal):
    """The file is larger than a village's registers can be."""

    code = "J002"
    says = "“{filename}”超过 {most} MB，没有导入。请删去图片和用不到的表后再传。"
    status = 422


class WithMacros(Refusal):
    """The workbook carries macros."""

    code = "J003"
    says = "“{filename}”带有宏，没有导入。请在表格软件里另存为不带宏的 .xlsx 再传。"
    status = 422


class Unreadable(Refusal):
    """The file is no workbook that can be opened."""

    code = "J004"
    says = (
        "“{filename}”打不开：文件不完整、已损坏、带密码，或展开后过大。"
        "请在表格软件里打开确认，另存为 .xlsx 再传。"
    )
    status = 422
