"""The interface tables of a village's books over some months, read month by month."""

import calendar
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from sqlalchemy import Connection

from app.desk import three_statements
from approvals import cases, register
from ledger import ledgers, periods
from ledger.accounts import chart_of
from ledger.ledgers import NOTHING
from ledger.legs import store as legs
from ledger.money import plain
from ledger.posted import store as posted
from ledger.registers.dimensions import SOURCES, Dimension, Value
from ledger.registers.dimensions import store as dimensions
from ledger.voucher import WORDS
from reports import interface
from reports.interface import CURRENCY, NO, YES, Table

SOFTWARE = "明白账"
STANDARD = "GB/T 24589.1-2010"
CATEGORY = {
    "Assets": "资产",
    "Liabilities": "负债",
    "Equity": "所有者权益",
    "Income": "收入",
    "Expenses": "支出",
}
TITLES = {"receipt": "收款凭证", "payment": "付款凭证", "transfer": "转账凭证"}


def common(conn: Connection, village: str, first: str, last: str) -> list[Table]:
    """Return the tables of 公共档案."""
    facts = register.of(conn, village).facts
    name = facts["name"]
    years = sorted({first[:4], last[:4], *(p[:4] for p in periods.months(first, last))})
    book = [
        (village, f"{name}账簿", name, facts.get("code", ""), "农村集体经济组织", "农业", SOFTWARE,
         "0.1.0", CURRENCY, year, STANDARD)
        for year in years
    ]  # fmt: skip
    spans = [(p[:4], p[5:], f"{p[:4]}{p[5:]}01", _end(p)) for p in periods.months(first, last)]
    kinds = [(WORDS[kind], title, WORDS[kind]) for kind, title in TITLES.items()]
    return [
        Table("电子账簿", interface.BOOK, book),
        Table("会计期间", interface.PERIODS, spans),
        Table("记账凭证类型", interface.KINDS, kinds),
        Table("币种", interface.CURRENCIES, [(CURRENCY, "人民币")]),
        *_own(dimensions.known(conn, village)),
    ]


def _own(known: Mapping[Dimension, Sequence[Value]]) -> list[Table]:
    """Return the tables of auxiliary dimensions; none where the village has none of its own."""
    if not known:
        return []
    heads = [(one.code, one.zh, one.en, SOURCES[one.source]) for one in known]
    values = [(one.code, value.code, value.name) for one in known for value in known[one]]
    return [
        Table("自定义档案项", interface.DIMENSIONS, heads),
        Table("自定义档案值", interface.DIMENSION_VALUES, values),
    ]


def _end(period: str) -> str:
    year, month = int(period[:4]), int(period[5:])
    return f"{year:04d}{month:02d}{calendar.monthrange(year, month)[1]:02d}"


def general(conn: Connection, village: str, first: str, last: str) -> list[Table]:
    """Return the tables of 总账; their rows are read when they are asked for."""
    chart = chart_of(conn, village)
    accounts = [
        (
            code,
            one.name,
            str(code.count(".") + 1),
            CATEGORY[one.root],
            interface.side(0, one.side),
        )
        for code, one in chart.accounts.items()
    ]
    name, found = three_statements(conn, village, last)
    reports = [(one.form or one.title, one) for one in found]
    heads = [(no, one.title, _end(last), last, name, "元") for no, one in reports]
    return [
        Table("会计科目", interface.ACCOUNTS, accounts),
        Table("科目余额及发生额", interface.BALANCES, _balances(conn, village, first, last)),
        Table("记账凭证", interface.VOUCHERS, _vouchers(conn, village, first, last)),
        *_legs_of(conn, village, first, last),
        Table("报表集", interface.REPORTS, heads),
        Table("报表项数据", interface.REPORT_ITEMS, [
            (no, f"{at}.{n}", f"{row.label} {column}", "", plain(value))
            for no, one in reports
            for at, row in enumerate(one.rows, 1)
            for n, (column, value) in enumerate(zip(one.columns, row.values, strict=True), 1)
            if value is not None
        ]),
    ]  # fmt: skip


def _balances(conn: Connection, village: str, first: str, last: str) -> Iterator[tuple[str, ...]]:
    chart = chart_of(conn, village)
    balance = legs.balances(conn, village, f"{first[:4]}-{int(first[5:]) - 1:02d}")
    moved = legs.monthly(conn, village, first, last)
    for period in periods.months(first, last):
        month = moved.get(period, {})
        for code in sorted(balance.keys() | month.keys()):
            change, before = month.get(code, NOTHING), balance.get(code, 0)
            if before or change != NOTHING:
                yield interface.balance(period, code, chart.get(code).side, before, change)
            balance[code] = before + change.net


def _vouchers(conn: Connection, village: str, first: str, last: str) -> Iterator[tuple[str, ...]]:
    for period in periods.months(first, last):
        items = [
            one
            for one in posted.vouchers(conn, village, period, period)
            if one.voucher.kind != "opening"  # it is the opening balance, not a movement
        ]
        trails = cases.trails(conn, village, [one.case for one in items])
        for one in items:
            voucher, hands = one.voucher, hands_of(trails[one.case])
            for line, leg in enumerate(voucher.legs, 1):
                change = ledgers.moved(leg.fen, red=bool(voucher.reverses))
                yield (
                    f"{voucher.day:%Y%m%d}", period[:4], period[5:], WORDS[voucher.kind],
                    str(one.number), str(line), leg.summary or voucher.summary, leg.account,
                    CURRENCY, plain(change.debit), plain(change.credit), str(voucher.sheets),
                    *hands,
                    YES, NO, SOFTWARE,
                )  # fmt: skip


def _legs_of(conn: Connection, village: str, first: str, last: str) -> list[Table]:
    found = [
        (
            period[:4], period[5:], WORDS[one.voucher.kind], str(one.number), str(line),
            dim.code, dim.title, dim.value, dim.name,
        )
        for period in periods.months(first, last)
        for one in posted.vouchers(conn, village, period, period)
        for line, leg in enumerate(one.voucher.legs, 1)
        for dim in leg.dims
    ]  # fmt: skip
    return [Table("记账凭证辅助核算", interface.LEG_DIMENSIONS, found)] if found else []


def hands_of(trail: tuple[cases.Mark, ...]) -> tuple[str, str, str]:
    """Return 制单人, 审核人 (all who signed, in order) and 记账人 of a voucher."""
    last = max((mark.revision for mark in trail), default=0)
    marks = [mark for mark in trail if mark.revision == last]
    by_title = {title: mark.name for title, group in groupby(marks, _title) for mark in group}
    signed = dict.fromkeys(mark.name for mark in marks if mark.title not in cases.PLAIN_TITLES)
    return by_title.get("制单", ""), "、".join(signed), by_title.get("记账", "")


def _title(mark: cases.Mark) -> str:
    return mark.title
