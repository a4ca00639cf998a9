"""A case is found by whatever somebody remembers of it, in the villages that were asked for."""

from datetime import date

import pytest
from sample import VILLAGE, Village, paper, payment
from sqlalchemy import Engine

from ledger.posted.store import search
from ledger.rebuild import rebuild


@pytest.fixture
def busy(village: Village) -> Village:
    """A village with one posted payment and one under way."""
    village.post(payment(date(2021, 1, 12), 120_050, summary="清理河道人工费"))
    invoice = paper("纸", "26512000000000123456")
    village.submit(payment(date(2021, 1, 20), 8_800, summary="购A4纸100%再生", papers=(invoice,)))
    return village


def found(engine: Engine, asked: str, village: str = VILLAGE) -> list[str]:
    with engine.connect() as conn:
        return [one.summary for one in search(conn, [village], asked, 10)]


@pytest.mark.parametrize(
    "asked",
    [
        "河道",
        "1200.5",
        "1,200.50",
        "１２００．５０元",
        "2021-付-0001",
        "付-1",
        "付1",
        "河道 人工",
        "河道 付1",
    ],
)
def test_the_posted_one_is_found(busy: Village, asked: str) -> None:
    assert found(busy.engine, asked) == ["清理河道人工费"]


@pytest.mark.parametrize("asked", ["a4", "Ａ4纸", "26512000000000123456", "88", "100%", "发票"])
def test_the_one_under_way_is_found(busy: Village, asked: str) -> None:
    assert found(busy.engine, asked) == ["购A4纸100%再生"]


@pytest.mark.parametrize(
    "asked", ["付-2", "2020-付-1", "河道 88", "0%纸", "_道", "99999-付-9999999999", "付-99999999"]
)
def test_what_is_not_there_is_not_found(busy: Village, asked: str) -> None:
    assert found(busy.engine, asked) == []


def test_other_villages_are_not_searched(busy: Village) -> None:
    assert found(busy.engine, "河道", "510802-sandui-xiaohe") == []


def test_the_newest_comes_first_and_no_more_than_asked(busy: Village) -> None:
    with busy.engine.connect() as conn:
        both = search(conn, [VILLAGE], "", 10)
        assert [one.open for one in both] == [True, False]
        assert search(conn, [VILLAGE], "", 1) == both[:1]


def test_rebuilt_views_find_the_same(busy: Village) -> None:
    with busy.engine.begin() as conn:
        before = search(conn, [VILLAGE], "", 10)
        rebuild(conn, VILLAGE)
        assert search(conn, [VILLAGE], "", 10) == before
