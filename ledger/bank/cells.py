"""From the bytes of a statement file to rows of clean text."""

import csv
import io
import json
import subprocess
import sys
import unicodedata
from itertools import zip_longest
from pathlib import Path

from ledger.refusal import Refusal

Rows = list[list[str]]

LARGEST = 20 * 2**20
HEAD = 20
SECONDS = 60
XLS = b"\xd0\xcf\x11\xe0"
XLSX = b"PK\x03\x04"
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # not Co: rare characters of names live there


def rows(data: bytes, filename: str) -> Rows:
    """Return the rows of the first sheet that has any, as text; empty rows stay, so rows count.

    The content decides what the file is, not its name.

    Raises:
        NotSpreadsheet, WrongEncoding, EmptyStatement.
    """
    if not data.strip():
        raise EmptyStatement(filename=filename)
    if len(data) > LARGEST:
        raise NotSpreadsheet(filename=filename, why="文件超过 20 MB")
    if data.startswith((XLS, XLSX)):
        return _workbook(data, filename)
    return _csv(_text(data, filename), filename)


def _workbook(data: bytes, filename: str) -> Rows:
    script = Path(__file__).with_name("workbook.py")
    command = [sys.executable, "-P", str(script)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, check=True)  # noqa: S603 - our own script
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as fault:
        raise NotSpreadsheet(filename=filename, why="文件已损坏、过大或带有密码") from fault
    table: Rows = json.loads(done.stdout)
    if not table:
        raise EmptyStatement(filename=filename)
    return [[clean(cell) for cell in row] for row in table]


def _text(data: bytes, filename: str) -> str:
    for mark, encoding in BOMS:
        if data.startswith(mark):
            encodings = [encoding]
            break
    else:
        encodings = ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return _tabular(text, filename)
    raise WrongEncoding(filename=filename)


def _tabular(text: str, filename: str) -> str:
    head = text[:1000].lstrip().lower()
    if head.startswith(("<", "%pdf", "{\\rtf")) or "\0" in text:
        raise NotSpreadsheet(filename=filename, why="内容是网页或其他格式")
    return text


def _csv(text: str, filename: str) -> Rows:
    # The header has no amounts, so its mark is not one of their thousands.
    head = text.splitlines()[:HEAD]
    mark = max(",\t;|", key=lambda each: max(line.count(each) for line in head))
    table = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        return [[clean(cell) for cell in row] for row in table]
    except csv.Error as fault:
        # A quotation mark that is never closed would swallow the lines after it without a word.
        why = f"第 {table.line_num} 行引号不配对"
        raise NotSpreadsheet(filename=filename, why=why) from fault


def clean(text: str) -> str:
    """Return a cell's text without hidden characters and without what banks add against Excel.

    `="6217…"`, a leading apostrophe and tabs guard long numbers; they are no part of the text.
    """
    text = " ".join(unicodedata.normalize("NFC", text).split())
    text = "".join(char for char in text if unicodedata.category(char) not in HIDDEN).strip()
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    return text.removeprefix("'").strip()


def merged(top: list[str], bottom: list[str]) -> list[tuple[str, str]]:
    """Pair the cells of a header of two rows; a cell merged over several columns is repeated."""
    pairs, last = [], ""
    for above, below in zip_longest(top, bottom, fillvalue=""):
        last = above or (last if below else "")
        pairs.append((last, below))
    return pairs


class NotSpreadsheet(Refusal):
    """The file is neither CSV text nor an .xls or .xlsx workbook."""

    code = "B001"
    says = (
        "“{filename}”不是可读取的表格文件（{why}）。"
        "请从网银下载 CSV、.xls 或 .xlsx 格式的交易明细。"
    )
    status = 422


class WrongEncoding(Refusal):
    """The text is neither UTF-8 nor GB18030."""

    code = "B002"
    says = (
        "“{filename}”的文字编码无法识别（既不是 UTF-8 也不是 GB18030）。"
        "请用表格软件另存为 .xlsx 后再导入。"
    )
    status = 422


class EmptyStatement(Refusal):
    """The file holds no line."""

    code = "B009"
    says = "“{filename}”里没有一笔交易明细。请核对下载的账户和日期范围。"
    status = 422
