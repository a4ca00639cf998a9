"""The sheet as JSON and CSV, its schema and its digest."""

import csv
import io
import json
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from paper_samples import EMPTY, extreme, sheet

from disclosure import render, shape, tie
from disclosure.sheet import Answer, Claim, Fund, Group, Hung, Line, Mark, Odd, Sheet, Urgent
from ledger.canonical import NotCanonical, NotJson, TooLarge

NAMES = (
    "line",
    "group",
    "fund",
    "claim",
    "mark",
    "erratum",
    "answer",
    "hung",
    "urgent",
    "odd",
    "aside",
)


def rows(made: Sheet) -> list[list[str]]:
    text = render.to_csv(made).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("made", [EMPTY, sheet(0, 1), sheet(7, 30), extreme()])
def test_json_travels_whole(made: Sheet) -> None:
    data = render.to_json(made)
    assert render.from_json(data) == made
    assert render.to_json(render.from_json(data)) == data


@pytest.mark.parametrize("made", [EMPTY, sheet(3, 4), extreme()])
def test_the_schema_describes_the_json(made: Sheet) -> None:
    assert shape.faults(json.loads(render.to_json(made))) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"opening_fen": "1"}, "sheet.opening_fen: type"),
        ({"opening_fen": True}, "sheet.opening_fen: type"),
        ({"opening_fen": 2**53}, "sheet.opening_fen: range"),
        ({"size": -1}, "sheet.size: range"),
        ({"period": "2021-13"}, "sheet.period: pattern"),
        ({"root": "5f"}, "sheet.root: pattern"),
        ({"posted": "morgen"}, "sheet.posted: oneOf"),
        ({"posted": "20210605"}, "sheet.posted: oneOf"),
        ({"more": 1}, "sheet.more: required"),
        ({"errata": [{}]}, "sheet.errata[0].after_fen: required"),
        ({"transfers": 7}, "sheet.transfers: type"),
        ({"marks": ["x"]}, "sheet.marks[0]: type"),
    ],
)
def test_the_schema_refuses_what_is_no_sheet(change: dict[str, Any], fault: str) -> None:
    value = {**json.loads(render.to_json(sheet(1, 1))), **change}
    assert fault in shape.faults(value)
    data = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises((render.BadSheet, TooLarge)):
        render.from_json(data)


def test_a_day_is_a_day() -> None:
    value = json.loads(render.to_json(sheet(1, 1)))
    value["income"][0]["lines"][0]["day"] = "2021-02-30"
    assert shape.faults(value) == ["sheet.income[0].lines[0].day: date"]


def test_the_schema_lets_nothing_more_in_and_demands_every_field() -> None:
    parsed = json.loads(shape.schema())
    for rule in (parsed, *parsed["$defs"].values()):
        assert rule["additionalProperties"] is False
        later = render.LATER if rule is parsed else frozenset()
        assert rule["required"] == [name for name in rule["properties"] if name not in later]


def test_the_schema_names_every_field_there_is() -> None:
    schema = json.loads(shape.schema())
    assert set(schema["properties"]) == {field.name for field in fields(Sheet)}
    kinds = {kind.__name__.lower(): kind for kind in (Group, *render.ROWS.values())}
    assert set(kinds) == set(NAMES)
    for name, kind in kinds.items():
        assert tuple(schema["$defs"][name]["properties"]) == kind._fields


def test_json_without_a_field_is_refused() -> None:
    value = json.loads(render.to_json(EMPTY))
    del value["root"]
    data = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(render.BadSheet, match="N041"):
        render.from_json(data)
    with pytest.raises(render.BadSheet):
        render.from_json(b"[]")
    with pytest.raises(NotCanonical):
        render.from_json(render.to_json(EMPTY) + b"\n")
    with pytest.raises(NotJson):
        render.from_json(b"{")


def test_the_content_leaves_out_what_comes_after_the_seal() -> None:
    made = sheet(2, 2)
    later = replace(
        made,
        posted=date(2021, 7, 1),
        until=None,
        telephone="1",
        marks=(*made.marks, Mark("公示（代理会计）", "账小田", "2021-06-08T09:00:00+08:00", "pin")),
    )
    assert render.digest(later) == render.digest(made)
    assert render.digest(render.content(made)) == render.digest(made)


@pytest.mark.parametrize(
    "change",
    [{"opening_fen": 1}, {"income": ()}, {"answers": ()}, {"root": ""}, {"name": "别的村"}],
)
def test_the_digest_changes_with_anything_else(change: dict[str, Any]) -> None:
    made = sheet(2, 2)
    assert render.digest(replace(made, **change)) != render.digest(made)


FORMULAS = ("=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", " =1", "＝1", "＋1", "－1", "＠x")


@pytest.mark.parametrize("text", FORMULAS)
def test_text_never_runs_as_a_formula(text: str) -> None:
    line = Line("2021-付-0001", date(2021, 5, 1), text, -100, text, text, text, "c")
    made = replace(
        EMPTY,
        spending=(Group("x", "其他", -100, (line,)),),
        transfers=(line,),
        banks=(Fund(text, -1, 2, 3, -2),),
        receivables=(Claim(text, text, -5),),
        answers=(Answer("问0001", date(2021, 5, 2), text, date(2021, 5, 3), text, text),),
    )
    cells = [cell for row in rows(made) for cell in row]
    assert f"'{text}" in cells
    assert text not in cells
    amounts = {row[5] for row in rows(made)}
    assert "-1.00" in amounts  # an amount is a number and stays one


def test_csv_holds_every_figure_of_every_part() -> None:
    made = sheet(3, 4)
    table = rows(made)
    assert tuple(table[0]) == render.HEAD
    assert {len(row) for row in table} == {9}
    fund = [row[4:6] for row in table if row[0] == "专项资金"]
    assert fund == [
        ["月初", "50000.00"],
        ["增加", "0.00"],
        ["减少", "12345.00"],
        ["月末", "37655.00"],
    ]
    assert ["应收", "内部往来", "", "", "", "360.00", "", "李四水", ""] in table
    assert ["分配", "分红", "", "", "", "4800.00", "", "一组 24 户", ""] in table
    assert [row[1:6] for row in table if row[0] == "更正"] == [
        ["原来", "2021-付-0002", "", "金额看错一位，已红字冲销", "123.45"],
        ["改为", "2021-付-0009", "", "金额看错一位，已红字冲销", "124.35"],
    ]
    asked = [row[1] for row in table if row[0] == "问答"]
    assert asked == ["问", "答", "问"]


def test_csv_opens_in_a_spreadsheet() -> None:
    data = render.to_csv(sheet(1, 1))
    assert data.startswith("\ufeff类别,项目".encode())
    assert b"\r\n" in data


def test_a_sheet_that_ties_has_no_differences_and_each_change_is_named() -> None:
    line = Line("2021-收-0001", date(2021, 5, 1), "租金", 100, "", "", "", "c")
    made = replace(
        EMPTY,
        opening_fen=50,
        income_fen=100,
        closing_fen=150,
        year_income_fen=100,
        income=(Group("income.rent", "租金", 100, (line,)),),
        banks=(Fund("基本户", 50, 100, 0, 150),),
    )
    assert tie.differences(made, 100) == []
    tie.check(made)
    cases = {
        "上月余额＋收入－支出 与 本月余额 相差 1.00": {"spending_fen": -100},
        "各账户月末数": {"banks": (Fund("基本户", 50, 100, 1, 149),)},
        "各账户月初数": {"banks": (Fund("基本户", 51, 99, 0, 150),)},
        "各项收入之和": {"income": ()},
        "租金逐笔之和": {"income": (Group("income.rent", "租金", 100, ()),)},
        "公积金的月初＋增加－减少 与 月末": {"funds": (Fund("公积金", 1, 1, 1, 2),)},
    }
    for words, change in cases.items():
        found = tie.differences(replace(made, **change))  # type: ignore[arg-type]
        assert any(words in sentence for sentence in found), (words, found)
    assert tie.differences(made, 99) == ["本年累计收支 与 本年余额增减 相差 0.01 元"]
    with pytest.raises(tie.SheetUntied, match=r"相差 0\.01 元"):
        tie.check(made, 99)


def test_what_came_later_is_absent_where_there_is_none() -> None:
    assert not {"hung", "urgent", "odd"} & render.to_dict(sheet(1, 1)).keys()
    hung = Hung("2021-04", "村委会", date(2021, 5, 8), date(2021, 5, 22), date(2021, 5, 9), None)
    made = replace(sheet(1, 1), hung=(hung,), urgent=(Urgent("2021-付-0001", "2021-04"),))
    made = replace(made, odd=(Odd("night", 3),))
    assert render.from_json(render.to_json(made)) == made
    assert render.from_json(render.to_json(sheet(1, 1))) == sheet(1, 1)
    assert render.digest(made) != render.digest(sheet(1, 1))
    table = rows(made)
    assert ["张贴", "2021-04", "", "2021-05-09", "村委会：迟贴 1 天", "", "", "", ""] in table
    assert [row[2] for row in table if row[0] == "应急"] == ["2021-付-0001"]
    assert ["留意", "夜里签名", "", "", "3 笔", "", "", "", ""] in table


@pytest.mark.parametrize(
    ("up", "down", "words"),
    [
        (None, None, "没有登记张贴"),
        (8, None, "按期张贴"),
        (8, 22, "贴了 15 天"),
        (10, 14, "迟贴 2 天，只贴了 5 天，应贴 15 天"),
    ],
)
def test_how_a_sheet_hung_is_said_in_words(up: int | None, down: int | None, words: str) -> None:
    days = [date(2021, 5, day) if day else None for day in (up, down)]
    due, until = date(2021, 5, 8), date(2021, 5, 22)
    assert render.said(Hung("2021-04", "x", due, until, *days)) == words
    assert render.said(Hung("2021-04", "x", None, None, None, None)) == "没有公示"
