"""A payment file for the bank's batch transfer: a spreadsheet and a CSV, same bytes every time."""

import csv
import io

from ledger.money import plain
from ledger.payments.store import File
from reports.workbook import Sheet, workbook

TITLE = "批量转账付款文件"
HEADS = ("序号", "收款人户名", "收款账号", "收款银行", "金额", "用途", "事项编号")
WIDTHS = (6.0, 30.0, 26.0, 26.0, 16.0, 36.0, 20.0)


def payment_csv(file: File) -> bytes:
    """Return the file as CSV in GB18030, as banks take it; the last row has count and total."""
    buffer = io.StringIO()
    table = csv.writer(buffer)
    table.writerow(HEADS)
    for no, item in enumerate(file.items, 1):
        payee = (item.name, item.account, item.bank)
        table.writerow((no, *payee, plain(item.fen), item.purpose, item.case))
    table.writerow(("合计", f"{len(file.items)}笔", "", "", plain(file.total), "", ""))
    return buffer.getvalue().encode("gb18030")


def payment_xlsx(unit: str, account: str, file: File) -> bytes:
    """Return the file as .xlsx: account numbers are text, amounts numbers in yuan."""

    def fill(sheet: Sheet) -> None:
        sheet.heading(f"{unit}　{TITLE}", f"付款账户：{account}　编号：{file.id}　单位：元")
        sheet.heads(HEADS)
        for no, item in enumerate(file.items, 1):
            payee = (item.name, item.account, item.bank)
            sheet.write((no, *payee, item.fen, item.purpose, item.case), frozenset({4}))
        total = ("合计", f"{len(file.items)}笔", "", "", file.total, "", "")
        sheet.write(total, frozenset({4}))

    return workbook(TITLE, WIDTHS, fill, wide=True)
