"""The catalogue of what must be shown: complete, in plain words, with deadlines."""

from dataclasses import fields
from datetime import date

import pytest

from approvals.policy import seats
from disclosure import catalogue, notice
from disclosure.sheet import Sheet
from ledger.chart import standard
from ledger.items import items


def test_the_eight_classes_stand_in_the_order_of_the_rule() -> None:
    names = [kind.zh for kind in catalogue.catalogue()]
    assert names == [
        "财务计划",
        "各项收入",
        "各项支出",
        "各项资产",
        "各类资源",
        "债权债务",
        "收益分配",
        "其他",
    ]
    ids = [item.id for item in catalogue.every()]
    assert len(ids) == len(set(ids)) >= 40
    assert all(kind.plain and kind.items for kind in catalogue.catalogue())


def test_every_purpose_of_a_voucher_is_shown_in_exactly_one_item() -> None:
    shown = [purpose for item in catalogue.every() for purpose in item.purposes]
    assert sorted(shown) == sorted(items())
    for purpose, item in items().items():
        part = catalogue.of_purpose(purpose).part
        assert part == {"transfer": "transfers"}.get(item.side, item.side)


def test_every_account_feeds_an_item_and_every_feed_is_an_account() -> None:
    fed = {code for item in catalogue.every() for code in item.accounts}
    chart = standard()
    assert {code.partition(".")[0] for code in chart.accounts} == fed
    for item in catalogue.every():
        usual = {items()[purpose].account.partition(".")[0] for purpose in item.purposes}
        if item.part in {"income", "spending"}:
            assert usual <= set(item.accounts)


def test_every_item_has_plain_words_a_reviewer_and_a_place() -> None:
    places = {field.name for field in fields(Sheet)} | {"statement", "paper"}
    for item in catalogue.every():
        assert item.plain.endswith("。")
        assert item.reviewer in seats()
        assert item.part in places
        assert item.period in {"month", "quarter", "year", "once"}


def test_the_parts_of_the_sheet_are_all_in_the_catalogue() -> None:
    lists = {field.name for field in fields(Sheet) if str(field.type).startswith("tuple")}
    assert {item.part for item in catalogue.every()} >= lists


def test_the_terms_on_a_sheet_have_plain_words() -> None:
    words = catalogue.words()
    chart = standard()
    roots = ("112", "113", "211", "212", "213", "214", "221", "231", "241", "311", "151", "153")
    assert all(chart.get(code).name in words for code in roots)
    assert all(text.endswith("。") for text in words.values())


@pytest.mark.parametrize(
    ("item", "happened", "profile", "due"),
    [
        ("spending.office", date(2021, 12, 3), "sichuan", date(2022, 1, 10)),
        ("spending.office", date(2021, 12, 3), "chongqing", date(2022, 1, 15)),
        ("assets.invested", date(2021, 11, 3), "sichuan", date(2022, 1, 20)),
        ("assets.invested", date(2021, 3, 31), "chongqing", date(2021, 4, 15)),
        ("income.land", date(2021, 5, 1), "zhejiang", date(2021, 5, 6)),
        ("plan.budget", date(2021, 5, 1), "sichuan", date(2022, 1, 31)),
    ],
)
def test_deadlines(item: str, happened: date, profile: str, due: date) -> None:
    assert catalogue.due(item, happened, profile) == due


def test_what_the_catalogue_does_not_know() -> None:
    with pytest.raises(catalogue.NoItem, match="N050"):
        catalogue.item("income.gold")
    with pytest.raises(catalogue.NoItem):
        catalogue.of_purpose("income.gold")
    with pytest.raises(notice.NoProfile):
        catalogue.due("spending.office", date(2021, 5, 1), "atlantis")
