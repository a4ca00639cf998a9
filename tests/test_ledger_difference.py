"""What differs between two vouchers: every field, and amounts with their signs."""

from dataclasses import fields, replace
from datetime import date

import pytest
from sample import legs, paper, payment

from ledger.difference import Change, between
from ledger.voucher import Party, Voucher

OLD = payment(date(2021, 1, 12), 100_000)


def told(new: Voucher) -> list[Change]:
    return list(between(OLD, new, lambda code: f"<{code}>"))


def test_nothing_where_nothing_differs() -> None:
    assert told(replace(OLD)) == []


def test_an_amount_is_told_with_its_sign_on_every_account() -> None:
    assert told(payment(date(2021, 1, 12), 120_050)) == [
        Change("金额", "1,000.00 元", "1,200.50 元", 20_050),
        Change("科目 <514>", "借 1,000.00 元", "借 1,200.50 元", 20_050),
        Change("科目 <102.01>", "贷 1,000.00 元", "贷 1,200.50 元", -20_050),
    ]


def test_another_account_of_the_books_goes_and_comes() -> None:
    new = replace(OLD, legs=legs(("153", 100_000), ("102.01", -100_000)))
    assert told(new) == [
        Change("科目 <514>", "借 1,000.00 元", "", -100_000),
        Change("科目 <153>", "", "借 1,000.00 元", 100_000),
    ]


@pytest.mark.parametrize(
    ("account", "now"),
    [
        ("6228480000009999", "****9999"),
        ("6228481111110002", "****0002（前面的数字不同）"),
        ("", ""),
    ],
)
def test_a_bank_account_shows_four_digits_and_never_hides_a_change(account: str, now: str) -> None:
    assert OLD.payee is not None
    new = replace(OLD, payee=OLD.payee._replace(account=account))
    assert told(new) == [Change("收付款账号", "****0002", now)]


def test_papers_go_come_and_are_renamed() -> None:
    one, two = paper("one", "001"), paper("two", "002")
    with_one = replace(OLD, papers=(one,))
    new = replace(OLD, papers=(two, one._replace(kind="invoice")))
    assert list(between(with_one, new, str)) == [
        Change("附件", "", "发票 002"),
        Change("附件", "发票 001", "发票：发票 001"),
    ]
    assert list(between(with_one, OLD, str)) == [Change("附件", "发票 001", "")]


def test_no_field_of_a_voucher_is_overlooked() -> None:
    other = {
        "kind": "transfer",
        "day": date(2021, 1, 13),
        "summary": "修水渠",
        "purpose": "spending.office",
        "legs": legs(("514", 1), ("102.01", -1)),
        "handler": "另一人",
        "payee": Party("另一队", "", ""),
        "papers": (paper("x"),),
        "sheets": 9,
        "bank_line": "line",
        "reverses": "2021-付-0001",
        "corrects": "2021-付-0001",
        "resolution": "决议一号",
        "fund": "专款",
    }
    assert other.keys() == {field.name for field in fields(Voucher)} - {"village"}
    for name, value in other.items():
        assert told(replace(OLD, **{name: value})), name
    summaries = replace(OLD, legs=tuple(leg._replace(summary="注") for leg in OLD.legs))
    assert [one.what for one in told(summaries)] == [
        "科目 <514>（分录摘要）",
        "科目 <102.01>（分录摘要）",
    ]
