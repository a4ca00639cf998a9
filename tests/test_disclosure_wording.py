"""The sheet in sentences."""

from dataclasses import replace
from datetime import date

import pytest
from paper_samples import EMPTY, extreme, sheet

from disclosure import wording
from disclosure.sheet import Group, Line

ROAD = Line(
    "2021-付-0012", date(2021, 5, 12), "修田间路", 3_860_000, "文小书", "样例修路队", "镇小长", "c1"
)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (ROAD, "5月12日，付给样例修路队，修田间路，38,600.00元，经手人文小书，镇小长最后审签。"),
        (
            ROAD._replace(number="2021-收-0001", summary="收租金", approver=""),
            "5月12日，收到样例修路队，收租金，38,600.00元，经手人文小书。",
        ),
        (
            ROAD._replace(summary="支付样例修路队修路款", approver=""),
            "5月12日，支付样例修路队修路款，38,600.00元，经手人文小书。",
        ),
        (
            ROAD._replace(number="2021-转-0001", summary="应付工程款", handler=""),
            "5月12日，对方样例修路队，应付工程款，38,600.00元，镇小长最后审签。",
        ),
        (
            ROAD._replace(fen=-3_860_000, party="", handler="", approver="", summary="注销"),
            "5月12日，红字冲销，注销，-38,600.00元。",
        ),
    ],
)
def test_a_line_is_one_plain_sentence(line: Line, said: str) -> None:
    assert wording.sentence(line) == said


def test_the_chat_says_the_figures_and_where_to_look() -> None:
    text = wording.chat(sheet(2, 3), "https://example.org/v/x/2021-05")
    head = text.splitlines()
    assert head[0] == "【井田村股份经济合作社 2021年5月财务公开】"
    assert head[1] == "上月余额：12,345.67元"
    assert any(row.startswith("支出·") and row.endswith("笔）") for row in head)
    assert f"存证号：{sheet(2, 3).digits}" in text
    assert text.endswith("明细：https://example.org/v/x/2021-05")


def test_the_chat_of_an_open_month_has_no_digits() -> None:
    assert "存证号" not in wording.chat(EMPTY)
    assert "明细" not in wording.chat(EMPTY)


def test_the_largest_items_come_first_and_the_rest_is_counted() -> None:
    groups = tuple(
        Group(f"spending.{no}", f"第{no}类很长的支出名称", no * 100, (ROAD,)) for no in range(1, 40)
    )
    text = wording.chat(replace(EMPTY, spending=groups))
    assert len(text) <= 500
    assert "支出·第39类" in text
    assert "支出·第1类很" not in text
    named = text.count("支出·")
    assert f"其余{39 - named}类支出见公开表" in text


@pytest.mark.parametrize("made", [EMPTY, sheet(40, 40), extreme()])
def test_the_chat_never_passes_500_characters(made: object) -> None:
    assert len(wording.chat(made)) <= 500  # type: ignore[arg-type]
    assert len(wording.chat(made, "https://example.org/" + "x" * 600)) <= 500  # type: ignore[arg-type]
