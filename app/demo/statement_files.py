"""The bank's files of a sample village, in the shapes that rural banks give out.

One file a month for each account, because a monthly seal needs a monthly statement; byte for byte
the same on each run. 基本户 of the main village: GB18030 CSV, newest line first; its 项目专户:
.xls, a header of two rows; the light villages: .xls and CSV in turn.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import xlwt

from app.demo.township import MAIN, PLANS, Account, Village
from app.demo.year import Year
from ledger.bank.line import Line
from ledger.money import plain, yuan

HEADS = (
    *("交易日期", "交易时间", "交易流水号", "摘要", "借方发生额(支出)", "贷方发生额(收入)"),
    *("账户余额", "对方户名", "对方账号", "对方行名", "附言"),
)
UPPER = (
    "交易日期",
    "交易时间",
    "流水号",
    "摘要",
    "交易金额",
    "",
    "余额",
    "对方信息",
    "",
    "",
    "用途",
)
LOWER = ("", "", "", "", "借方", "贷方", "", "户名", "账号", "开户行", "")
WIDTHS = (12, 10, 18, 12, 14, 14, 16, 24, 20, 16, 36)


class StatementFile(NamedTuple):
    """A file of the bank: `account` is the code in the books, `period` its month."""

    name: str
    account: str
    period: str
    lines: tuple[Line, ...]
    data: bytes


def files(year: Year) -> Iterator[StatementFile]:
    """Yield the year's statement files, each with the lines it holds (oldest first).

    A month without a movement has no file. January 2022, with the dividend, comes last.
    """
    for account in year.village.accounts:
        for month in year.months:
            lines = _lines(year, account, month.period)
            if lines:
                yield _file(year.village, account, month.period, lines)
    basic = year.village.accounts[0]
    after = year.after.lines[basic.code]
    yield _file(year.village, basic, year.after.period, after)


def write(year: Year, folder: Path) -> list[Path]:
    """Write the files under a folder, which is made where missing; return their paths in order."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for file in files(year):
        path = folder / file.name
        path.write_bytes(file.data)
        paths.append(path)
    return paths


def _lines(year: Year, account: Account, period: str) -> tuple[Line, ...]:
    months = (month for month in year.months if month.period == period)
    return tuple(line for month in months for line in month.lines.get(account.code, ()))


def _file(
    village: Village, account: Account, period: str, lines: tuple[Line, ...]
) -> StatementFile:
    legacy = _is_xls(village, account)
    data = _xls(village, account, lines) if legacy else _csv(village, account, period, lines)
    ending = "xls" if legacy else "csv"
    name = f"{village.slug}-{account.code}-{period}.{ending}"
    return StatementFile(name, account.code, period, lines, data)


def _is_xls(village: Village, account: Account) -> bool:
    if village.slug == MAIN:
        return account is not village.accounts[0]
    return [plan.slug for plan in PLANS].index(village.slug) % 2 == 1


def _csv(village: Village, account: Account, period: str, lines: tuple[Line, ...]) -> bytes:
    """Return the file of the bank's counter: four rows above the header, newest line first."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow([f"{account.bank}账户交易明细"])
    table.writerow([f"账号：{_spaced(account.number)}", "", f"户名：{village.holder}"])
    table.writerow(["币种：人民币", "", f"开户行：{account.bank}"])
    table.writerow([f"查询期间：{period}", "", "单位：元"])
    table.writerow(HEADS)
    for line in reversed(lines):
        sides = [yuan(fen) if fen else "" for fen in (line.out_fen, line.in_fen)]
        # Banks guard long numbers against Excel with a tab.
        guarded = "\t" + line.party_account if line.party_account else ""
        table.writerow(
            [line.day, line.time, "\t" + line.serial, line.summary, *sides, yuan(line.balance_fen),
             line.party, guarded, line.party_bank, line.purpose]
        )  # fmt: skip
    table.writerow(
        ["合计", "", "", f"{len(lines)} 笔", *map(yuan, _sums(lines)), "", "", "", "", ""]
    )
    return text.getvalue().encode("gb18030")


def _xls(village: Village, account: Account, lines: tuple[Line, ...]) -> bytes:
    """Return the file of the bank's web page: a header of two rows, oldest line first."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("交易明细")
    for at, width in enumerate(WIDTHS):
        sheet.col(at).width = width * 256
    _row(sheet, 0, ("账号", account.number, "", "户名", village.holder))
    _row(sheet, 1, ("开户行", account.bank))
    _row(sheet, 2, UPPER)
    _row(sheet, 3, LOWER)
    for at, line in enumerate(lines, 4):
        sides = [plain(fen) if fen else "" for fen in (line.out_fen, line.in_fen)]
        head = (f"{line.day:%Y/%m/%d}", line.time, line.serial, line.summary)
        party = (line.party, line.party_account, line.party_bank, line.purpose)
        _row(sheet, at, (*head, *sides, plain(line.balance_fen), *party))
    _row(sheet, len(lines) + 4, ("合计", "", "", "", *map(plain, _sums(lines))))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _row(sheet: xlwt.Worksheet, at: int, cells: tuple[str, ...]) -> None:
    for column, text in enumerate(cells):
        if text:
            sheet.write(at, column, text)


def _sums(lines: tuple[Line, ...]) -> tuple[int, int]:
    return sum(line.out_fen for line in lines), sum(line.in_fen for line in lines)


def _spaced(number: str) -> str:
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
