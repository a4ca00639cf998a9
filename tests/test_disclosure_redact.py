"""What the wall and the web may show of a person."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paper_samples import EMPTY, sheet

from disclosure import redact, render
from disclosure.redact import HIDDEN, hide, mask
from disclosure.sheet import Answer, Claim, Erratum, Fund, Group, Line, Sheet

CARD = "510802199001011234"


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张晓明", "张*明"),
        ("王芳", "王*"),
        ("欧阳小明", "欧**明"),
        ("扎西多吉", "扎**吉"),
        ("吉克阿妞·木呷", "吉*****呷"),
        ("王建行", "王*行"),
        ("王和平", "王*平"),
        ("𠮷田一", "𠮷*一"),
        ("张 晓 明", "张*明"),
        ("李小川户", "李*川户"),
        ("李小川（五组）", "李*川（五组）"),
        ("王小明等5人", "王*明等5人"),
        ("张三、李四", "张*、李*"),
        ("张三，山水建材经营部", "张*，山水建材经营部"),
    ],
)
def test_persons_are_masked(name: str, masked: str) -> None:
    assert mask(name) == masked


@pytest.mark.parametrize(
    "name",
    [
        "样例合作社", "样例修路队", "山水建材经营部", "农商行", "供电所", "税务局", "三堆镇政府",
        "五组", "村民", "和平超市", '利民"五金"店', "批量代发", "清泉水务公司", "", "李", "A",
    ],
)  # fmt: skip
def test_firms_and_offices_stay(name: str) -> None:
    assert mask(name) == name


@pytest.mark.parametrize(
    "number",
    [
        CARD, "51080219900101123X", "510802900101123", "6217000000000000123", "6217 0000 0000 0000",
        "6217 0000 0000 0000 123", "13800001111", "138-0000-1111", "138 0000 1111",
        "510802 19900101 1234",
    ],
)  # fmt: skip
def test_numbers_of_persons_are_hidden(number: str) -> None:
    assert hide(f"付{number}款") == f"付{HIDDEN}款"


@pytest.mark.parametrize(
    "text",
    [
        "2021-05-01至2021-06-30",
        "20210501-20210630",
        "合同号20210523001",
        "2021-付-0012",
        "38600.00元",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert hide(text) == text


def line(party: str, summary: str) -> Line:
    return Line("2021-付-0001", date(2021, 5, 3), summary, 100, "文小书", party, "镇小长", "c1")


def telling() -> Sheet:
    """Return a sheet that names persons everywhere it can."""
    return replace(
        EMPTY,
        income=(Group("income.collect", "收回欠款", 100, (line("王芳", "王芳还款"),)),),
        spending=(Group("spending.relief", "慰问", 100, (line("张晓明", f"慰问张晓明{CARD}"),)),),
        transfers=(line("", "应付李小川工钱"),),
        banks=(Fund(f"银行存款—基本户{CARD}", 0, 0, 0, 0),),
        receivables=(Claim("内部往来", "李小川户", 100),),
        errata=(Erratum("2021-付-0001", "", 100, 0, "张晓明的钱记错"),),
        answers=(Answer("问0001", date(2021, 5, 9), "张晓明为什么有？", None, "", ""),),
        telephone="13900000000",
    )


def test_the_web_masks_villagers_wherever_they_are_named() -> None:
    shown = redact.redact(telling(), "web")
    text = render.to_json(shown).decode()
    for name in ("张晓明", "王芳", "李小川", CARD):
        assert name not in text
    assert shown.spending[0].lines[0].summary == f"慰问张*明{HIDDEN}"
    assert shown.transfers[0].summary == "应付李*川工钱"
    assert shown.answers[0].question == "张*明为什么有？"
    assert shown.errata[0].why == "张*明的钱记错"
    assert shown == redact.for_web(telling())


def test_officers_stay_by_name_and_the_telephone_too() -> None:
    shown = redact.redact(telling(), "web")
    assert (shown.spending[0].lines[0].handler, shown.spending[0].lines[0].approver) == (
        "文小书",
        "镇小长",
    )
    assert shown.telephone == "13900000000"


def test_the_wall_shows_names_and_no_numbers() -> None:
    shown = redact.redact(telling(), "wall")
    assert shown.spending[0].lines[0] == line("张晓明", f"慰问张晓明{HIDDEN}")
    assert shown.receivables == telling().receivables
    assert CARD not in render.to_json(shown).decode()


@pytest.mark.parametrize("profile", ["wall", "web"])
def test_figures_never_change_and_once_is_enough(profile: redact.Profile) -> None:
    full = sheet(9, 9)
    shown = redact.redact(full, profile)
    assert [g.fen for g in shown.spending] == [g.fen for g in full.spending]
    assert shown.banks == full.banks
    assert render.five(shown) == render.five(full)
    assert redact.redact(shown, profile) == shown


@given(st.text(alphabet="张王李晓明芳欧阳行店、（）等户·0 A", max_size=12))
def test_masking_keeps_the_length_of_a_name_and_never_fails(name: str) -> None:
    assert len(mask(name)) in {len(name), len("".join(name.split()))} or "、" in name
    assert mask(mask(name)) == mask(name)


@given(st.text(alphabet="0123456789xX 付-", max_size=60))
def test_no_long_run_of_digits_is_left(text: str) -> None:
    digits = hide(text).split()
    assert not [run for run in digits if run.isdecimal() and len(run) in range(15, 23)]
