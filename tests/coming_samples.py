"""A village that comes over from the chart of 2004: its sheets, as values and as a workbook."""

import io
from collections.abc import Sequence
from datetime import date

import xlsxwriter

from ledger.coming.forms import FORMS, Form
from ledger.coming.sheet import Sheet

DAY = date(2024, 1, 1)
BALANCES = [
    ("101", "现金", "", ""),
    ("102", "银行存款", "125,000.00", ""),
    ("10201", "基本户", "１００，０００.00", ""),
    ("10202", "项目专户", "25000", ""),
    ("112", "应收款", "20000.00", ""),
    ("113", "内部往来", "300.00", "500.00"),
    ("151", "固定资产", "480000", ""),
    ("152", "累计折旧", "", "204000"),
    ("154", "在建工程", "36000", ""),
    ("15401", "二组水渠", "36000", ""),
    ("202", "应付款", "", "8000"),
    ("20201", "样例建材店", "", "5000"),
    ("20202", "李小样", "", "3000"),
    ("211", "应付工资", "", "1200"),
    ("231", "一事一议资金", "", "30000"),
    ("301", "资本", "", "100000"),
    ("311", "公积公益金", "", "250000"),
    ("322", "收益分配", "", "67600"),
    ("32202", "未分配收益", "", "67600"),
]
PEOPLE = [
    ("1-001", "一组", "张小样", "户主", "", "2", "0011"),
    ("1-001", "一组", "王小样", "配偶", "", "2", ""),
    ("1-002", "一组", "李小样", "", "3", "3", "0022"),
    ("2-001", "二组", "赵小样", "户主", "5", "5", ""),
]
ASSETS = [
    ("GD-001", "村委会办公楼", "管理用", "村部", "1", "栋", "2015年6月30日", "480000", "20", "0",
     "204000", "自筹", "村委会", "", "是"),
    ("GD-002", "捐赠路灯", "公益性", "一组", "12", "盏", "2022/5", "1.00", "0", "", "",
     "捐赠", "", "", "否"),
]  # fmt: skip
RESOURCES = [
    ("ZY-001", "坝下鱼塘", "水面", "二组", "东至路", "12.5", "亩", "租赁", "样例养殖户", "HT-001")
]
CONTRACTS = [
    ("HT-001", "样例养殖户", "坝下鱼塘", "12.5", "亩", "二〇一九年一月一日", "20281231",
     "6,000", "每年年底前", "1000", ""),
]  # fmt: skip
CURRENT = [
    ("1-001", "张小样", "300", "", "2023 年承包费", "2023-12-31"),
    ("2-001", "赵小样", "", "500", "青苗补偿", "2023.11.2"),
]
DEBTS = [("应收款", "样例合作社", "20000", "", "场地租金", "2022-12-31", "")]
ROWS: dict[str, Sequence[tuple[str, ...]]] = {
    "balances": BALANCES,
    "people": PEOPLE,
    "assets": ASSETS,
    "resources": RESOURCES,
    "contracts": CONTRACTS,
    "current": CURRENT,
    "debts": DEBTS,
}
ANSWERS = {
    "112 应收款": "112",
    "154 在建工程": "153",
    "202 应付款": "211",
    "202 应付款/李小样": "113",
    "211 应付工资": "212",
    "231 一事一议资金": "231",
    "311 公积公益金": "311",
}


def sheet(form: Form, rows: Sequence[Sequence[str]]) -> Sheet:
    """Return a sheet of the template with these rows."""
    heads = [column.title for column in form.columns]
    table = [[form.about], ["" for _ in heads], heads]
    return Sheet(form.name, [*table, *[[*row] + [""] * (len(heads) - len(row)) for row in rows]])


def sheets(**changed: Sequence[Sequence[str]]) -> list[Sheet]:
    """Return the village's sheets, some with other rows; a sheet of no rows is left out."""
    rows = {**ROWS, **changed}
    return [sheet(form, rows[form.key]) for form in FORMS if rows[form.key]]


def workbook(found: Sequence[Sheet]) -> bytes:
    """Return sheets as .xlsx, every cell as text, ranges merged as the sheet says."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    for one in found:
        page = book.add_worksheet(one.name)
        for at, row in enumerate(one.rows):
            for column, cell in enumerate(row):
                if cell:
                    page.write_string(at, column, cell)
        for top, left, bottom, right in one.merged:
            page.merge_range(top, left, bottom, right, one.rows[top][left])
    book.close()
    return out.getvalue()
