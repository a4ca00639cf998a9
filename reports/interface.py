"""The interface tables of GB/T 24589: what auditors read books from other software with.

Tables and fields are named as in GB/T 24589.1-2010 (公共档案类, 总账类); fields that the books
of a village never fill (quantities, foreign money, exchange rates) are left out. docs/EXPORT.md.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from xml.sax.saxutils import escape

from ledger.money import plain

YES, NO = "1", "0"
CURRENCY = "CNY"


class Table(NamedTuple):
    """A table of the standard: its name, its fields, its rows as texts; rows may be read once."""

    name: str
    fields: tuple[str, ...]
    rows: Iterable[tuple[str, ...]]


BOOK = (
    "电子账簿编号", "电子账簿名称", "会计核算单位", "组织机构代码", "单位性质", "行业", "开发单位",
    "版本号", "本位币", "会计年度", "标准版本号",
)  # fmt: skip
PERIODS = ("会计年度", "会计期间号", "会计期间起始日期", "会计期间结束日期")
KINDS = ("记账凭证类型编号", "记账凭证类型名称", "记账凭证类型简称")
CURRENCIES = ("币种编码", "币种名称")
ACCOUNTS = ("科目编号", "科目名称", "科目级次", "科目类型", "余额方向")
BALANCES = (
    "科目编号", "期初余额方向", "期末余额方向", "币种编码", "会计年度", "会计期间号",
    "期初本币余额", "借方本币金额", "贷方本币金额", "期末本币余额",
)  # fmt: skip
VOUCHERS = (
    "记账凭证日期", "会计年度", "会计期间号", "记账凭证类型编号", "记账凭证编号", "记账凭证行号",
    "记账凭证摘要", "科目编号", "币种编码", "借方本币金额", "贷方本币金额", "附件数",
    "制单人", "审核人", "记账人", "记账标志", "作废标志", "凭证来源系统",
)  # fmt: skip
DIMENSIONS = ("辅助项编号", "辅助项名称", "辅助项英文名称", "辅助项来源")
DIMENSION_VALUES = ("辅助项编号", "档案值编码", "档案值名称")
LEG_DIMENSIONS = (
    "会计年度", "会计期间号", "记账凭证类型编号", "记账凭证编号", "记账凭证行号", "辅助项编号",
    "辅助项名称", "档案值编码", "档案值名称",
)  # fmt: skip
REPORTS = ("报表编号", "报表名称", "报表报告日", "报表报告期", "编制单位", "货币单位")
REPORT_ITEMS = ("报表编号", "报表项编号", "报表项名称", "报表项公式", "报表项数值")


def balance(
    period: str, code: str, usual: str, opening: int, moved: tuple[int, int]
) -> tuple[str, ...]:
    """Return the row of 科目余额及发生额 of an account and month; fen in, yuan out."""
    closing = opening + moved[0] - moved[1]
    return (
        code, side(opening, usual), side(closing, usual), CURRENCY, period[:4], period[5:],
        plain(abs(opening)), plain(moved[0]), plain(moved[1]), plain(abs(closing)),
    )  # fmt: skip


def side(fen: int, usual: str) -> str:
    """Return the side of a balance; nothing stands on the account's usual side."""
    word = "贷" if usual == "credit" else "借"
    return "借" if fen > 0 else "贷" if fen < 0 else word


def xml(root: str, tables: Iterable[Table]) -> Iterator[bytes]:
    """Give an XML document piece by piece: one element a row, one element a field."""
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>\n'.encode()
    for table in tables:
        for row in table.rows:
            cells = "".join(
                f"<{field}>{escape(_clean(cell))}</{field}>"
                for field, cell in zip(table.fields, row, strict=True)
            )
            yield f"<{table.name}>{cells}</{table.name}>\n".encode()
    yield f"</{root}>\n".encode()


def _clean(text: str) -> str:
    """Return the text without the control characters that XML has no way to write."""
    return "".join(sign for sign in text if sign >= " " or sign in "\t\n")


def table_csv(table: Table) -> Iterator[bytes]:
    """Give a table as CSV (UTF-8 with mark, RFC 4180) piece by piece."""
    yield "\ufeff".encode() + _line(table.fields)
    for row in table.rows:
        yield _line(row)


def _line(cells: tuple[str, ...]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue().encode()
