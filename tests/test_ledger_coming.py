"""Coming over: what is read, what is asked, what is refused, and that nothing is guessed."""

from collections.abc import Sequence
from datetime import date

import pytest
from coming_samples import ANSWERS, ASSETS, BALANCES, CURRENT, DAY, DEBTS, PEOPLE, sheets
from hypothesis import given
from hypothesis import strategies as st

from ledger.chart import standard
from ledger.coming import balances, old_chart
from ledger.coming.forms import FORMS
from ledger.coming.sheet import Bad, Sheet, amount, day, digest, letter, quantity
from ledger.coming.trial import Trial, try_out
from ledger.voucher import check

CHART = standard().with_details([("102.01", "基本户")])


def tried(found: Sequence[Sheet], answers: dict[str, str] | None = None, regime: str = "") -> Trial:
    return try_out(found, DAY, regime, ANSWERS if answers is None else answers, CHART)


def told(trial: Trial) -> str:
    return "\n".join(f"{f.sheet}!{f.cell} {f.what}。{f.todo}" for f in trial.faults)


def test_a_village_comes_over_whole() -> None:
    trial = tried(sheets())
    assert told(trial) == ""
    assert trial.ready
    assert trial.regime == "2004"
    assert trial.debit == trial.credit == 66_130_000
    legs = {leg.account: leg.fen for leg in trial.legs()}
    assert sum(legs.values()) == 0
    assert legs["102.01"] == 10_000_000
    assert legs["153.01"] == 3_600_000  # 在建工程 was 154
    assert legs["212"] == -120_000  # 应付工资 was 211
    assert legs["322.02"] == -6_760_000
    names = dict(trial.details)
    assert names["102.02"] == "项目专户"  # 基本户 was there
    assert [names[code] for code in sorted(names) if code.startswith("113.")] == [
        "户1-001",
        "户2-001",
        "户1-002",
    ]
    assert not any("小样" in name for name in names.values())  # no name of a member in the books
    check(trial.voucher("x"), CHART.with_details(trial.details))
    assert trial.rolls.counts() == {
        "户": 3, "成员": 4, "股数": 12, "固定资产卡片": 2, "资源": 1, "合同": 1, "债权债务": 1,
    }  # fmt: skip
    assert trial.rolls.contracts[0].first == date(2019, 1, 1)


def test_the_same_content_has_the_same_digest_and_trial() -> None:
    assert digest(sheets()) == digest(sheets())
    assert digest(sheets()) != digest(sheets(debts=[]))
    assert tried(sheets()).legs() == tried(sheets()).legs()


def test_what_splits_is_asked_and_nothing_is_guessed() -> None:
    trial = tried(sheets(), {})
    assert not trial.ready
    assert not trial.faults
    keys = [one.key for one in trial.questions]
    assert keys == [
        "112 应收款", "154 在建工程", "202 应付款",
        "211 应付工资", "231 一事一议资金", "311 公积公益金",
    ]  # fmt: skip
    payable = trial.questions[2]
    assert [one.likely for one in payable.details] == ["", "113"]  # 李小样 is in the register
    placed = {one.old.top.code for one in trial.placed}
    assert placed.isdisjoint({"112", "154", "202", "211", "231", "311"})
    by_detail = {**ANSWERS, "202 应付款/样例建材店": "211"}
    del by_detail["202 应付款"]
    assert tried(sheets(), by_detail).ready
    assert not tried(sheets(), {**ANSWERS, "231 一事一议资金": "999"}).ready


@pytest.mark.parametrize("code", ["211", "212", "502", "511", "521", "153", "154"])
def test_a_bare_code_is_never_believed(code: str) -> None:
    old, new = old_chart.accounts("2004")[code], old_chart.accounts("2023").get(code)
    assert new is None or not old_chart.named(new, old.name)
    rows = [row for row in BALANCES if row[0][:3] != code]
    name = new.name if new else "没有的科目"
    wrong = tried(sheets(balances=[*rows, (code, name, "1", "")]), regime="2004")
    fault = next(one for one in wrong.faults if f"“{name}”" in one.what or name in one.what)
    assert fault.cell == f"A{len(rows) + 4}"
    if new:
        assert "2023 年制度的科目" in fault.todo
    assert not wrong.ready


def test_the_table_of_old_accounts_is_that_of_the_rule() -> None:
    import csv  # noqa: PLC0415
    from importlib import resources  # noqa: PLC0415

    text = (resources.files("ledger") / "data/chart_2004_to_2023.csv").read_text("utf-8")
    listed = {row["code_2004"].rstrip("*"): row for row in csv.DictReader(text.splitlines())}
    known = old_chart.accounts("2004")
    assert known.keys() == listed.keys()
    for code, one in known.items():
        assert old_chart.named(one, listed[code]["name_2004"].partition("(local")[0]), code
        stated = listed[code]["target_2023"]
        if "DELETED" not in stated:
            assert one.to[0].partition(".")[0] in stated, code
        assert all(standard().is_leaf(to) for to in (*one.to, *one.other)), code


def test_the_regime_is_told_by_codes_and_names_together() -> None:
    new = [("101", "库存现金"), ("211", "应付款"), ("301", "资本")]
    assert old_chart.regime_of([("101", "现金"), ("202", "应付款")]) == "2004"
    assert old_chart.regime_of(new) == "2023"
    assert old_chart.regime_of([("102", "银行存款"), ("301", "资本")]) == ""
    neither = [("102", "银行存款", "5", ""), ("301", "资本", "", "5")]
    bare = {key: [] for key in ("people", "assets", "resources", "contracts", "current", "debts")}
    trial = tried(sheets(balances=neither, **bare), {})
    assert [one.key for one in trial.questions] == ["regime"]
    assert tried(sheets(balances=neither, **bare), {"regime": "2023"}).ready


def test_all_faults_are_told_at_once_with_cell_and_remedy() -> None:
    rows = [list(row) for row in BALANCES]
    rows[3] = ["10202", "项目专户", "约两万五", ""]
    rows.append(["777", "集体小金库", "5", ""])
    people = [*PEOPLE, ("1-003", "一组", "510802199001011234", "户主", "二", "x", "6217000000001")]
    found = sheets(
        balances=rows,
        people=people,
        assets=[*ASSETS, ("GD-001", "水泵", "经营", "", "1", "台", "2019-13-01", "-5", *[""] * 7)],
        current=[*CURRENT, ("9-999", "无此户", "1", "", "", "")],
        debts=[("应收款", "样例合作社", "19000", "", "", "", "")],
    )  # fmt: skip
    text = told(tried(found))
    for part in (
        "科目余额!C7 “约两万五”不是金额",
        "科目余额!A23 2004 年制度没有科目 777 集体小金库",
        "成员与户!C8 写有身份证号",
        "成员与户!E8 “二”不是整数",
        "成员与户!F8 “x”不是整数",
        "成员与户!G8 不是四位数字",
        "固定资产!A6 资产编号 GD-001 与 A4 重复",
        "固定资产!C6 “经营”不是“类别”里的一种",
        "固定资产!G6 “2019-13-01”这一天不存在",
        "内部往来!A6 户 9-999 不在“成员与户”里",
        "“债权债务”里合计是借 19,000.00",
        "借贷不平",
    ):
        assert part in text
    assert "6217000000001" not in text  # an account number is not repeated


def test_sums_are_held_against_their_details() -> None:
    rows = [list(row) for row in BALANCES]
    rows[1][2] = "124,000.00"
    text = told(tried(sheets(balances=rows)))
    assert (
        "科目余额!C5 银行存款写的余额是 124,000.00，明细合计是 125,000.00，相差 -1,000.00" in text
    )
    total = [*BALANCES, ("", "合计", "661,300.00", "661,299.00")]
    assert "贷方合计写的是 661,299.00" in told(tried(sheets(balances=total)))
    total[-1] = ("", "合计", "661,300.00", "661,300.00")
    assert tried(sheets(balances=total)).ready


def test_asset_cards_agree_with_the_books_or_are_marked_unbooked() -> None:
    text = told(tried(sheets(assets=[(*ASSETS[0][:7], "470000", *ASSETS[0][8:])])))
    assert "固定资产的余额是 480,000.00，入账卡片合计 470,000.00，相差 10,000.00" in text
    booked = [ASSETS[0], (*ASSETS[1][:14], "是")]
    assert "入账卡片合计 480,001.00" in told(tried(sheets(assets=booked)))
    assert tried(sheets(assets=[])).ready


def test_cards_become_those_of_the_register() -> None:
    trial = tried(sheets())
    [card] = trial.rolls.assets
    assert (card.account, card.accumulated, card.expense) == ("151", "152", "513")
    assert (card.cost, card.before, card.months) == (480_000_00, 204_000_00, 240)
    assert card.carried == DAY
    assert any("没有入账，不建折旧卡片" in one.what for one in trial.hints)
    rows = [row for row in BALANCES if row[0] not in {"151", "152"}]
    rows += [("151", "固定资产", "", ""), ("152", "累计折旧", "", "204000")]
    rows += [("15101", "房屋", "400000", ""), ("15102", "道路", "80000", "")]
    assert "151 固定资产有几个明细（房屋、道路）" in told(tried(sheets(balances=rows)))
    named = (*ASSETS[0][:7], "400000", *ASSETS[0][8:13], "房屋", "是")
    road = ("GD-009", "五组道路", "公益性", "", "", "", "2020-05-01", "80000", "20", "", "", "", "")
    whole = tried(sheets(balances=rows, assets=[named, (*road, "道路", "是")]))
    assert told(whole) == ""
    assert [one.account for one in whole.rolls.assets] == ["151.01", "151.02"]
    assert [one.expense for one in whole.rolls.assets] == ["513", "514"]
    worn = (*ASSETS[0][:10], "480001", *ASSETS[0][11:])
    assert "累计折旧加净残值大于原值" in told(tried(sheets(assets=[worn])))
    split = CHART.with_details([("513.01", "办公费")])
    text = told(try_out(sheets(), DAY, "", ANSWERS, split))
    assert "513 管理费用设了明细，没有记折旧的明细" in text


def test_households_must_be_known_and_unambiguous() -> None:
    twins = [*PEOPLE, ("2-002", "二组", "李小样", "户主", "1", "1", "")]
    text = told(tried(sheets(people=twins)))
    assert "有 2 户里都有“李小样”（户 1-002、2-002）" in text
    lump = told(tried(sheets(current=[])))
    assert "转到内部往来的余额要写到每户" in lump
    two = [*PEOPLE, ("1-001", "一组", "钱小样", "户主", "", "", "")]
    assert "户 1-001 有两个户主" in told(tried(sheets(people=two)))


def test_a_year_begins_with_its_income_closed() -> None:
    rows = [*BALANCES[:-2], ("541", "管理费用", "67600", ""), ("321", "本年收益", "", "135200")]
    text = told(tried(sheets(balances=rows)))
    assert "管理费用在年初还有余额 67,600.00" in text
    assert "本年收益在年初还有余额" in text


EXPORTS = {
    "one row": [["科目编码", "科目名称", "期初借方", "期初贷方"]],
    "two rows": [
        ["某软件 科目余额表"],
        [],
        ["科目代码", "科目名称", "期初余额", ""],
        ["", "", "借方", "贷方"],
    ],
    "with turnover": [
        ["科目编号", "科目名称", "年初余额", "", "本期发生额", ""],
        ["", "", "借方", "贷方", "借方", "贷方"],
    ],
}


@pytest.mark.parametrize("name", EXPORTS)
def test_exports_of_other_packages_are_read(name: str) -> None:
    rows = [
        *EXPORTS[name],
        *[[*row, "9", "9"] for row in BALANCES],
        ["合计", "", "661300", "661300"],
    ]
    found = [Sheet("Sheet1", rows), *sheets()[1:]]
    trial = tried(found)
    assert told(trial) == ""
    assert trial.legs() == tried(sheets()).legs()


def test_an_export_with_sides_and_two_moments_is_asked_about() -> None:
    rows: list[list[str]] = [
        ["科目编码", "科目名称", "期初方向", "期初余额", "期末方向", "期末余额"]
    ]
    rows += [["101", "现金", "借", "5", "借", "7"], ["301", "资本", "贷", "5", "贷", "7.00"]]
    rows += [["112", "应收款", "平", "0", "平", ""]]
    found = [Sheet("表", rows)]
    open_ = try_out(found, DAY, "2004", {}, CHART)
    assert [one.key for one in open_.questions] == ["balances"]
    assert not open_.ready
    for when, fen in (("begin", 500), ("end", 700)):
        trial = try_out(found, DAY, "2004", {"balances": when}, CHART)
        assert trial.ready
        assert [leg.fen for leg in trial.legs()] == [fen, -fen]
    rows[1][4] = "左"
    assert "余额方向“左”不是借或贷" in told(try_out(found, DAY, "2004", {"balances": "end"}, CHART))


def test_leaves_alone_need_their_account_by_name() -> None:
    head = ["科目编码", "科目名称", "借方余额", "贷方余额"]
    rows = [
        ["10201", "银行存款-基本户", "5", ""],
        ["301", "资本", "", "5"],
        ["202", "应付款", "", ""],
    ]
    trial = tried([Sheet("表", [head, *rows])], {})
    assert [one.account for one in trial.placed] == ["102.01", "301"]
    rows[0][1] = "基本户"
    assert "没有上级科目 102 的一行" in told(tried([Sheet("表", [head, *rows])], {}, "2004"))


def test_merged_cells_are_read_as_they_look_and_amounts_refused() -> None:
    head = ["科目编码", "科目名称", "借方余额", "贷方余额"]
    rows = [head, ["101", "现金", "5", ""], ["301", "资本", "", "5"], ["202", "应付款", "", ""]]
    found = Sheet("表", rows, [(1, 2, 2, 2)])
    assert "表!C3 金额格和 C2 合并在一起" in told(tried([found], {}, "2004"))
    people = [[column.title for column in FORMS[1].columns]]
    people += [
        ["1-001", "一组", "甲小样", "户主", "", "1", ""],
        ["", "", "乙小样", "子", "", "1", ""],
    ]
    both = [Sheet("表", rows), Sheet("成员与户", people, [(1, 0, 2, 0), (1, 1, 2, 1)])]
    trial = tried(both, {}, "2004")
    assert told(trial) == ""
    assert trial.rolls.holdings[0].people == 2


def test_ten_thousand_rows_and_missing_sheets_are_sentences() -> None:
    many = [(f"112{n:05d}", "样例", "1", "") for n in range(10_000)]
    assert "有 10000 行，一张表最多 5000 行" in told(tried(sheets(balances=many)))
    assert "找不到科目余额表" in told(tried([Sheet("Sheet1", [["你好"]])]))
    two = [*sheets(), Sheet("科目余额表", sheets()[0].rows)]
    assert "有几张科目余额表" in told(tried(two))
    assert "找不到表头" in told(tried([sheets()[0], Sheet("合同", [["乱写"]])]))


def test_the_example_row_is_not_imported() -> None:
    mine = [
        *DEBTS,
        (
            "应收款",
            "样例合作社",
            "20000",
            "",
            "2022 年场地租金",
            "2022-12-31",
            "2024-12-31",
            "示例",
        ),
    ]
    trial = tried(sheets(debts=mine))
    assert trial.ready
    assert not [one for one in trial.hints if "示例" in one.what]
    mine[-1] = ("应收款", "真有其人", "20000", "", "", "", "", "示例")
    trial = tried(sheets(debts=mine))
    assert trial.ready
    assert any("这一行没有导入" in one.what for one in trial.hints)


@pytest.mark.parametrize(
    ("text", "value"),
    [("2018-03-05", (2018, 3, 5)), ("2018/3/5", (2018, 3, 5)), ("２０１８．３．５", (2018, 3, 5)),
     ("2018年3月5日", (2018, 3, 5)), ("20180305", (2018, 3, 5)), ("43164", (2018, 3, 5)),
     ("2018-03-05 00:00:00", (2018, 3, 5)), ("二〇一八年三月五日", (2018, 3, 5)),
     ("二〇一八年十二月三十一日", (2018, 12, 31)), ("2018年3月", (2018, 3, 1)), ("", None),
     ("18.3.5", 0), ("03/05/2018", 0), ("2018-02-30", 0), ("去年春天", 0), ("2018", 0)],
)  # fmt: skip
def test_days_in_many_spellings(text: str, value: tuple[int, int, int] | int | None) -> None:
    if value == 0:
        with pytest.raises(Bad):
            day(text)
    else:
        assert day(text) == (date(*value) if isinstance(value, tuple) else None)


def test_amounts_and_quantities() -> None:
    assert amount("１，２３４.５０元") == 123_450
    assert amount("12.5000") == 1250
    assert amount("—") == 0
    for wrong in ("约五万", "1.005", "12,34", "#REF!"):
        with pytest.raises(Bad):
            amount(wrong)
    assert quantity("１２.５０") == "12.5"
    for wrong in ("12亩", "NaN", "1.00001", "-1", "99999999999"):
        with pytest.raises(Bad):
            quantity(wrong)
    assert [letter(at) for at in (0, 25, 26, 701)] == ["A", "Z", "AA", "ZZ"]


@given(st.lists(st.lists(st.text(max_size=8), max_size=6), max_size=12))
def test_any_table_is_a_report_and_never_a_crash(rows: list[list[str]]) -> None:
    head = ["科目编码", "科目名称", "借方余额", "贷方余额"]
    trial = tried([Sheet("表", [head, *rows])], {})
    assert trial.faults or trial.questions or trial.legs()
    assert balances.layout(Sheet("表", rows)) is None or rows
