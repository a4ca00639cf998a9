"""The sheet as data: canonical JSON and a CSV that opens in a spreadsheet."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any

from disclosure import shape
from disclosure.oddly import KINDS
from disclosure.sheet import (
    Answer,
    Aside,
    Claim,
    Erratum,
    Fund,
    Group,
    Hung,
    Line,
    Mark,
    Odd,
    Sheet,
    Urgent,
)
from ledger import canonical
from ledger.money import plain
from ledger.refusal import Refusal

ROWS: dict[str, type[Any]] = {
    "transfers": Line,
    "banks": Fund,
    "funds": Fund,
    "receivables": Claim,
    "payables": Claim,
    "assets": Fund,
    "resources": Fund,
    "distribution": Claim,
    "errata": Erratum,
    "answers": Answer,
    "marks": Mark,
    "hung": Hung,
    "urgent": Urgent,
    "odd": Odd,
    "asides": Aside,
}
# Not in the JSON of a sheet that has none: older sheets keep their digest.
LATER = frozenset({"hung", "urgent", "odd", "asides"})
DATES = frozenset({"posted", "until", "day", "asked", "answered", "due", "up", "down"})
# What a spreadsheet takes for the beginning of a formula, full width included.
DANGER = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
HEAD = ("类别", "项目", "凭证号", "日期", "摘要", "金额（元）", "经手人", "对方", "审批人")
FUNDS = {"banks": "账户", "funds": "专项资金", "assets": "资产", "resources": "资源"}
CLAIMS = {"receivables": "应收", "payables": "应付", "distribution": "分配"}


def _value(value: object) -> Any:  # noqa: ANN401 - JSON is what it is
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: _value(item) for name, item in value._asdict().items()}
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    return value


def to_dict(sheet: Sheet) -> dict[str, Any]:
    """Return the sheet as JSON values; amounts are integer fen under names that end in `fen`."""
    values = {item.name: _value(getattr(sheet, item.name)) for item in fields(sheet)}
    return {name: value for name, value in values.items() if value or name not in LATER}


def to_json(sheet: Sheet) -> bytes:
    """Return the sheet as canonical JSON, of the shape of data/sheet.schema.json."""
    return canonical.encode(to_dict(sheet))


def from_json(data: bytes) -> Sheet:
    """Return the very sheet that `to_json` wrote.

    Raises:
        BadSheet: the value does not keep the schema; names the first place.
        Refusal: the bytes are not canonical JSON.
    """
    raw = canonical.decode(data)
    found = shape.faults(raw)
    if found:
        raise BadSheet(why=found[0])
    return _sheet(raw)


def _sheet(raw: dict[str, Any]) -> Sheet:
    for name, kind in ROWS.items():
        raw[name] = tuple(_row(kind, row) for row in raw.get(name, ()))
    for name in ("income", "spending"):
        raw[name] = tuple(_group(row) for row in raw[name])
    for name in ("posted", "until"):
        raw[name] = date.fromisoformat(raw[name]) if raw[name] else None
    return Sheet(**raw)


def _row(kind: type[Any], row: Mapping[str, Any]) -> Any:  # noqa: ANN401
    values = {
        name: date.fromisoformat(value) if name in DATES and value else value
        for name, value in row.items()
    }
    return kind(**values)


def _group(row: Mapping[str, Any]) -> Group:
    lines = tuple(_row(Line, line) for line in row["lines"])
    return Group(row["item"], row["title"], row["fen"], lines)


def content(sheet: Sheet) -> Sheet:
    """Return what an act of publication binds: the sheet as the seal of its month left it.

    Left out is what comes later or from elsewhere: the days of posting, the marks under the sheet
    (each is an act of its own) and the telephone. Everything else is fixed by the log up to the
    seal, so whoever has the books can compute it again.
    """
    return replace(sheet, posted=None, until=None, marks=(), telephone="")


def digest(sheet: Sheet) -> str:
    """Return the digest that the act of publication binds: SHA-256 (hex) of the content's JSON."""
    return canonical.sha256(to_json(content(sheet)))


def _cell(text: str) -> str:
    # A spreadsheet runs a cell that begins like a formula; a leading apostrophe keeps it a text.
    return f"'{text}" if text.lstrip().startswith(DANGER) or text.startswith(DANGER) else text


def to_csv(sheet: Sheet) -> bytes:
    """Return the sheet as CSV: one row a figure, amounts in yuan, UTF-8 with a mark for Excel."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEAD)
    writer.writerows(_rows(sheet))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _rows(sheet: Sheet) -> Iterator[list[str]]:
    for title, fen in five(sheet):
        yield _figure("概要", title, fen)
    for side, groups in (("收入", sheet.income), ("支出", sheet.spending)):
        for group in groups:
            yield from ([side, group.title, *_line(line)] for line in group.lines)
            yield _figure(side, f"{group.title} 小计", group.fen)
    yield from (["转账", "", *_line(line)] for line in sheet.transfers)
    for field, side in FUNDS.items():
        for fund in getattr(sheet, field):
            yield from _fund(side, fund)
    for field, side in CLAIMS.items():
        for claim in getattr(sheet, field):
            yield _figure(side, claim.account, claim.fen, party=claim.name)
    yield from _asides(sheet)
    for one in sheet.errata:
        yield _figure("更正", "原来", one.before_fen, number=one.wrong, text=one.why)
        yield _figure("更正", "改为", one.after_fen, number=one.right, text=one.why)
    yield from (row for item in sheet.answers for row in _answer(item))
    yield from _notices(sheet)


def _asides(sheet: Sheet) -> Iterator[list[str]]:
    for title, rows in sheet.beside().items():
        for row in rows:
            yield _figure(title, row.words, row.fen, party=row.name)


def _notices(sheet: Sheet) -> Iterator[list[str]]:
    for hung in sheet.hung:
        day = hung.up.isoformat() if hung.up else ""
        yield ["张贴", hung.period, "", day, _cell(f"{hung.board}：{said(hung)}"), "", "", "", ""]
    for one in sheet.urgent:
        yield ["应急", one.period, one.number, "", "上月公开表未张贴时的应急支出", "", "", "", ""]
    for odd in sheet.odd:
        yield ["留意", KINDS[odd.kind], "", "", f"{odd.vouchers} 笔", "", "", "", ""]


def _figure(
    side: str, title: str, fen: int, number: str = "", text: str = "", party: str = ""
) -> list[str]:
    return [side, _cell(title), number, "", _cell(text), plain(fen), "", _cell(party), ""]


def _fund(side: str, fund: Fund) -> Iterator[list[str]]:
    amounts = (fund.opening_fen, fund.in_fen, fund.out_fen, fund.closing_fen)
    for word, fen in zip(("月初", "增加", "减少", "月末"), amounts, strict=True):
        yield _figure(side, fund.name, fen, text=word)


def _line(line: Line) -> list[str]:
    texts = (line.summary, line.handler, line.party, line.approver)
    summary, handler, party, approver = map(_cell, texts)
    day = line.day.isoformat()
    return [line.number, day, summary, plain(line.fen), handler, party, approver]


def _answer(item: Answer) -> Iterator[list[str]]:
    asked = item.asked.isoformat()
    yield ["问答", "问", item.number, asked, _cell(item.question), "", "", "", ""]
    if item.answered:
        day = item.answered.isoformat()
        yield ["问答", "答", item.number, day, _cell(item.answer), "", _cell(item.by), "", ""]


def five(sheet: Sheet) -> tuple[tuple[str, int], ...]:
    """Return the lines that villagers read first."""
    return (
        ("上月余额", sheet.opening_fen),
        ("本月收入", sheet.income_fen),
        ("本月支出", sheet.spending_fen),
        ("本月余额", sheet.closing_fen),
        ("本年累计收入", sheet.year_income_fen),
        ("本年累计支出", sheet.year_spending_fen),
    )


def said(one: Hung) -> str:
    """Return in words how a sheet hung on a board: in time, late, too short, or not at all."""
    if one.up is None:
        return "没有公示" if one.due is None else "没有登记张贴"
    late = (one.up - one.due).days if one.due else 0
    parts = [f"迟贴 {late} 天"] if late > 0 else []
    if one.down:
        days = (one.down - one.up).days + 1
        planned = (one.until - one.due).days + 1 if one.until and one.due else days
        parts.append(
            f"贴了 {days} 天" if days >= planned else f"只贴了 {days} 天，应贴 {planned} 天"
        )
    return "，".join(parts) or "按期张贴"


class BadSheet(Refusal):
    """The JSON is not that of a sheet."""

    code = "N041"
    says = "这份数据不是公开表：{why}。请重新下载原文件。"
    status = 422
