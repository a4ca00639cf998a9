"""What keeps a sheet off the wall: 其他 without end, bare totals, terms nobody explains."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from paper_samples import EMPTY
from sample import Village, hand, legs, opening, payment, rent

from app.checklist import BLOCKS, PASSED, checklist
from app.settings import Settings
from disclosure import catalogue, fit, notice
from disclosure.sheet import Claim, Fund, Group, Line, Sheet

DAY = date(2021, 1, 20)


def sheet(vague: int, clear: int, summary: str = "买扫帚") -> Sheet:
    """Return a sheet with some spending under 零星支出 and some under 保洁环卫."""

    def group(item: str, title: str, fen: int, text: str) -> Group:
        line = Line("2021-付-0001", DAY, text, fen, "", "", "", "c1")
        return Group(item, title, fen, (line,))

    groups = (
        group("spending.sundry", "零星支出", vague, summary),
        group("spending.cleaning", "保洁环卫", clear, "清运垃圾"),
    )
    return replace(EMPTY, spending=groups, spending_fen=vague + clear)


@pytest.mark.parametrize(
    ("vague", "clear", "refused"),
    [
        (2_000_00, 100, False),  # the floor: a quiet month may be all sundry
        (2_000_01, 8_000_04, False),  # a fifth to the fen
        (2_000_01, 8_000_03, True),
        (2_000_01, 0, True),
    ],
)
def test_too_much_under_other_is_refused(vague: int, clear: int, refused: bool) -> None:
    found = fit.faults(sheet(vague, clear))
    assert bool(found) is refused
    assert not refused or "请冲销后按真实用途重新入账" in found[0]


@pytest.mark.parametrize(
    ("summary", "refused"), [("其他支出", True), ("（其他）费", True), ("付其他村路灯费", False)]
)
def test_an_entry_that_says_nothing_is_a_total_without_detail(summary: str, refused: bool) -> None:
    found = fit.faults(sheet(100, 100, summary))
    assert bool(found) is refused
    assert not refused or summary in found[0]


def test_debts_stand_by_name_and_every_term_has_its_plain_words() -> None:
    bare = replace(EMPTY, payables=(Claim("应付款", "应付款", 5_00),))
    assert ["应付款 5.00 元" in one for one in fit.faults(bare)] == [True]
    assert fit.faults(replace(bare, payables=(Claim("应付款", "样例公司", 5_00),))) == []
    assert fit.faults(replace(bare, payables=(Claim("应付工资", "应付工资", 5_00),))) == []
    odd = replace(EMPTY, assets=(Fund("商誉—样例", 0, 0, 0, 0),))
    assert fit.faults(odd) == ["“商誉”没有通俗解释，请在公开清单里补上"]
    unknown = Group("spending.magic", "魔法支出", 0, ())
    assert "“魔法支出”" in fit.faults(replace(EMPTY, spending=(unknown,)))[0]


def point(village: Village) -> tuple[str, str]:
    with village.engine.begin() as conn:
        known = Settings(data=Path("unused"))
        points = checklist(conn, village.code, "2021-01", date(2021, 2, 2), known)
    one = next(one for one in points if one.key == "fit")
    return one.state, one.says % one.facts


def test_the_close_room_says_it_before_the_seal_and_the_publication_again(
    village: Village,
) -> None:
    village.post(opening())
    village.post(payment(DAY, 3_000_00))
    assert point(village)[0] == PASSED
    owed = replace(rent(DAY, 1), kind="transfer", purpose="transfer.accrual", summary="计提运费")
    village.post(replace(owed, legs=legs(("514", 9_00), ("211", -9_00))))
    state, says = point(village)
    assert state == BLOCKS
    assert "应付款 9.00 元没有分到单位和个人" in says
    assert fit.Unfit.code in says
    village.on(date(2021, 2, 2))
    village.seal("2021-01")  # another program's seal: the publication refuses it too
    up = (date(2021, 2, 8), date(2021, 2, 28))
    with village.engine.begin() as conn, pytest.raises(fit.Unfit, match="N042"):
        notice.publish(conn, hand("book1"), village.desk(), "2021-01", up)


def test_the_limits_name_what_the_catalogue_has() -> None:
    limits = catalogue.limits()
    assert all(catalogue.explains(one) for one in limits.vague)
    assert limits.named <= catalogue.words().keys()
