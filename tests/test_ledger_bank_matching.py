"""Bank lines become drafts by rule, by what was done before, or are left to a human."""

from datetime import date
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.bank.line import Line
from ledger.bank.matching import Rule, essence, learned, propose, standard_rules
from ledger.chart import standard
from ledger.items import items
from ledger.voucher import Leg, Number, Party, Voucher, check

HOME = "510802-sandui-jingtian"
CHART = standard().with_details(
    [("102.01", "基本户"), ("241.01", "冷链项目"), ("241.02", "渠道项目"), ("113.01", "成员分红")]
)


class Past(NamedTuple):
    number: Number
    voucher: Voucher


def line(purpose: str, fen: int, party: str = "样例公司", summary: str = "转账") -> Line:
    sides = {"out_fen": max(-fen, 0), "in_fen": max(fen, 0), "balance_fen": 0}
    other = {"party": party, "party_account": "6217", "party_bank": "样例农商行"}
    day = date(2021, 5, 3)
    return Line(day, "", "1", summary, purpose=purpose, key="k1", **sides, **other)


def draft(one: Line, rules: tuple[Rule, ...] | None = None) -> tuple[Voucher, str, bool]:
    voucher, reason, sure = propose(one, HOME, "102.01", rules or standard_rules(), CHART)
    check(voucher, CHART)
    return voucher, reason, sure


def test_a_known_payment_is_drafted_whole() -> None:
    voucher, reason, sure = draft(line("5月份办公楼电费", -120000, "样例供电所"))
    assert voucher == Voucher(
        village=HOME,
        kind="payment",
        day=date(2021, 5, 3),
        summary="支付样例供电所5月份办公楼电费",
        purpose="spending.utilities",
        legs=(
            Leg("513", 120000, "支付样例供电所5月份办公楼电费"),
            Leg("102.01", -120000, "5月份办公楼电费"),
        ),
        payee=Party("样例供电所", "6217", "样例农商行"),
        bank_line="k1",
    )
    assert (reason, sure) == ("规则“水电通讯”：含“电费”", True)


def test_a_known_receipt_is_drafted_whole() -> None:
    voucher, _, sure = draft(line("6号大棚租金", 50000, "田一禾"))
    assert (voucher.kind, voucher.purpose, sure) == ("receipt", "income.rent", True)
    assert [(leg.account, leg.fen) for leg in voucher.legs] == [("102.01", 50000), ("501", -50000)]


def test_interest_has_no_party() -> None:
    voucher, _, sure = draft(line("", 55, "", "结息"))
    assert (voucher.payee, voucher.purpose, sure) == (None, "income.interest", True)
    assert voucher.legs[0] == Leg("102.01", 55, "结息")
    assert voucher.summary == "收到银行存款利息"


@pytest.mark.parametrize(
    ("fen", "item", "account", "summary"),
    [
        (-100, "spending.sundry", "515", "付给样例公司：货款"),
        (100, "income.sundry", "504", "收到样例公司：货到"),
    ],
)
def test_an_unknown_line_is_sundry_and_not_sure(
    fen: int, item: str, account: str, summary: str
) -> None:
    voucher, reason, sure = draft(line(summary[-2:], fen))
    assert (voucher.purpose, voucher.summary, sure) == (item, summary, False)
    assert account in {leg.account for leg in voucher.legs}
    assert "请选择收支项目" in reason


def test_a_line_without_any_word_still_has_a_summary() -> None:
    voucher, _, sure = draft(line("", -100, "", ""))
    assert (voucher.summary, sure) == ("付给", False)
    assert all(leg.summary for leg in voucher.legs)


def test_the_detail_named_in_the_line_is_taken() -> None:
    voucher, _, sure = draft(line("渠道项目资金第一批", 100, "样例局"))
    assert ({leg.account for leg in voucher.legs}, sure) == ({"102.01", "241.02"}, True)


def test_a_detail_that_nobody_named_is_asked_about() -> None:
    voucher, reason, sure = draft(line("衔接资金", 100, "样例局"))
    assert ({leg.account for leg in voucher.legs}, sure) == ({"102.01", "241.01"}, False)
    assert reason.endswith("请选择明细科目")


def test_the_first_rule_of_the_side_decides() -> None:
    rules = (
        Rule("收", "in", ("款",), "income.rent", "", "甲"),
        Rule("一", "out", ("款",), "spending.office", "515", "{month}月{party}{summary}{purpose}"),
        Rule("二", "out", ("款",), "spending.travel", "", ""),
    )
    voucher, _, _ = draft(line("款", -100), rules)
    assert (voucher.purpose, voucher.legs[0].account) == ("spending.office", "515")
    assert voucher.summary == "5月样例公司转账款"


def past(number: int, one: Line, item: str, account: str, **fields: str) -> Past:
    counter = Leg(account, one.out_fen - one.in_fen, "人工选择")
    voucher, _, _ = draft(one)
    money = next(leg for leg in voucher.legs if leg.account == "102.01")
    changed = Voucher(
        **{
            **{name: getattr(voucher, name) for name in voucher.__dataclass_fields__},
            "purpose": item,
            "legs": (counter, money),
            **fields,
        }
    )
    return Past(Number(2021, voucher.kind, number), changed)


def test_what_a_human_decided_is_done_again() -> None:
    before = line("4月份货样尾款", -86000, "样例广告社")
    rules = learned(standard_rules(), [past(12, before, "spending.culture", "514")])
    voucher, reason, sure = draft(line("10月货样尾款", -99000, "样例广告社"), rules)
    assert (voucher.purpose, reason, sure) == ("spending.culture", "与 2021-付-0012 相同", True)
    assert "514" in {leg.account for leg in voucher.legs}


@pytest.mark.parametrize(
    "other",
    [
        line("4月份货样尾款", -1, "样例印刷社"),
        line("定金", -1, "样例广告社"),
        line("4月份货样尾款", 1, "样例广告社"),
    ],
)
def test_another_party_purpose_or_side_learns_nothing(other: Line) -> None:
    before = line("4月份货样尾款", -86000, "样例广告社")
    rules = learned((), [past(12, before, "spending.culture", "514")])
    assert draft(other, (*rules, *standard_rules()))[0].purpose != "spending.culture"


def test_the_newest_decision_counts_and_red_ones_teach_nothing() -> None:
    before = line("货样尾款", -86000, "样例广告社")
    wrong = past(12, before, "spending.culture", "514")
    red = past(13, before, "spending.culture", "514", reverses="2021-付-0012")
    right = past(14, before, "spending.office", "513", corrects="2021-付-0012")
    assert learned((), [wrong, red]) == ()
    (rule,) = learned((), [wrong, red, right])
    assert (rule.item, rule.like) == ("spending.office", "2021-付-0014")
    (newest,) = learned((), [wrong, right])
    assert newest.item == "spending.office"


def test_nothing_is_learned_from_vouchers_of_another_shape() -> None:
    legs = (Leg("513", 5, "a"), Leg("514", 5, "b"), Leg("102.01", -10, "货样尾款"))
    split = Voucher(HOME, "payment", date(2021, 5, 3), "a", "spending.office", legs,
                    payee=Party("样例广告社", "", ""))  # fmt: skip
    mute = past(2, line("2021", -5), "spending.office", "513")
    unpaid = Voucher(HOME, "payment", date(2021, 5, 3), "a", "spending.office", legs)
    vouchers = [Past(Number(2021, "payment", 1), split), mute, Past(mute.number, unpaid)]
    assert learned((), vouchers) == ()


def test_standard_rules_are_sound() -> None:
    for rule in standard_rules():
        assert rule.side in {"in", "out"}
        assert rule.words
        side = {"in": "income", "out": "spending"}[rule.side]
        assert items()[rule.item].side == side
        assert CHART.knows(rule.account or items()[rule.item].account)
        rule.summary.format(party="甲", purpose="乙", summary="丙", month=5)


def test_essence_drops_dates_and_numbers() -> None:
    assert essence("2021年5月份 货样尾款（第3期）") == essence("6月货样尾款(4)") == "货样尾款"


texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=90)


@settings(max_examples=80, deadline=None)
@given(texts, texts, texts, st.integers(-(10**12), 10**12).filter(bool))
def test_any_line_gets_a_voucher_that_balances(
    purpose: str, party: str, summary: str, fen: int
) -> None:
    voucher, reason, _ = draft(line(purpose, fen, party, summary))
    assert sum(leg.fen for leg in voucher.legs) == 0
    assert voucher.total == abs(fen)
    assert reason
