"""Members and shares by the day: the journal, its fold, the sheet, what is refused."""
# ruff: noqa: E501 - tables of cases, a line each

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from ledger.distribution import Holding
from ledger.registers import store as households
from ledger.registers.membership import sheet, store
from ledger.registers.membership.entry import COLLECTIVE, Entry, root
from ledger.registers.membership.fold import BadEntry, fold
from ledger.registers.membership.sheet import BadSheet, NoHead, is_identity

V = "510802-sandui-jingtian"
D = date(2021, 1, 1)
BASE = [Holding("01-001", "1组", "田开犁", 3, 3, "1234")]
GOOD = "510802199001010014"


def opened(number: str, head: str = "文小书", day: date = D) -> Entry:
    return Entry("opened", day, number, facts={"head": head, "group": "1组"})


def joined(
    number: str, at: int, name: str, day: date = D, kind: str = "founding", **facts: str
) -> Entry:
    return Entry(kind, day, number, f"{number}-{at}", facts={"name": name, **facts})


def numbered(*entries: Entry) -> list[Entry]:
    return [sheet._numbered(at, one) for at, one in enumerate(entries, start=1)]


FAMILY = numbered(
    opened("01-002"),
    joined("01-002", 1, "文小书", born="1980-02-03"),
    joined("01-002", 2, "文小芽", date(2021, 6, 1), "born"),
    Entry("given", D, "01-002", share="member", count=4),
    Entry("given", D, "01-002", share="land", count=120),
    Entry("transferred", date(2021, 8, 1), "01-002", other="01-001", share="land", count=20),
    Entry("died", date(2021, 9, 1), "01-002", "01-002-1"),
    Entry("inherited", date(2021, 10, 1), "01-002", other="01-001", share="member", count=1),
    Entry("converted", date(2021, 11, 1), "01-002", share="land", count=100, into="fund", gets=10, facts={"resolution": "成员大会〔2021〕3号"}),
)  # fmt: skip


def test_the_register_is_known_as_of_any_day() -> None:
    def seen(day: date) -> tuple[int, dict[str, int], int]:
        state = fold(BASE, FAMILY, day)
        house = state.houses["01-002"]
        return house.count, house.shares, state.houses["01-001"].total

    assert "01-002" not in fold(BASE, FAMILY, D - timedelta(1)).houses
    assert seen(D) == (1, {"member": 4, "land": 120}, 3)
    assert seen(date(2021, 6, 1))[0] == 2
    assert seen(date(2021, 8, 1)) == (2, {"member": 4, "land": 100}, 23)
    assert seen(date(2021, 9, 1))[0] == 1
    assert seen(date(2021, 10, 1))[2] == 24
    assert seen(date.max) == (1, {"member": 3, "fund": 10}, 24)


def test_dynamic_shares_follow_people_and_static_ones_do_not() -> None:
    people = [
        joined("01-001", 4, "田新苗", date(2021, 3, 1), "born"),
        Entry("died", date(2021, 4, 1), "01-001"),
    ]
    static = fold(BASE, numbered(*people))
    assert (static.houses["01-001"].count, static.houses["01-001"].total) == (3, 3)
    dynamic = numbered(Entry("mode", D, "", count=1), *people)
    assert fold(BASE, dynamic, date(2021, 3, 31)).houses["01-001"].total == 4
    assert fold(BASE, dynamic).houses["01-001"].total == 3


BAD = [
    (opened("01-001"), "已经有了"),
    (opened("王家"), "小写字母"),
    (Entry("opened", D, "01-003"), "户主"),
    (joined("09-009", 1, "甲"), "没有 09-009 户"),
    (joined("01-002", 1, "乙"), "重复"),
    (joined("01-001", 9, "文小芽", date(2022, 1, 1), "moved-in", born="2021-06-01"), "已经登记在 01-002 户"),
    (joined("01-001", 9, "丙", born="2021-02-03"), "早于出生"),
    (joined("01-001", 9, "丙", born="昨天"), "不是日期"),
    (joined("01-001", 9, " "), "姓名"),
    (Entry("died", date(2020, 5, 1), "01-002", "01-002-2"), "没有 01-002 户"),
    (Entry("died", date(2021, 5, 1), "01-002", "01-002-2"), "没有成员"),
    (Entry("moved-out", date(2022, 5, 1), "01-002", "01-002-1"), "已于 2021-09-01 死亡"),
    (Entry("died", date(2022, 5, 1), "01-002"), "没有这个人"),
    (Entry("given", D, "01-001", share="gold", count=1), "没有“gold”"),
    (Entry("given", D, "01-001", share="member", count=0), "大于零"),
    (Entry("given", D, "01-001", share="collective", count=1), "集体股只记在"),
    (Entry("transferred", D, "01-001", other="01-001", share="member", count=1), "自己"),
    (Entry("transferred", D, "01-001", other="01-009", share="member", count=1), "没有 01-009 户"),
    (Entry("transferred", D, "01-001", other="01-002", share="member", count=9), "只有成员股 3 股"),
    (Entry("inherited", D, "01-001", other="01-002", share="member", count=1), "不能继承"),
    (Entry("withdrawn", D, "01-001", share="member", count=1), "决议"),
    (Entry("converted", D, "01-001", share="member", count=1, into="member", gets=1, facts={"resolution": "x"}), "另一种"),
    (Entry("eaten", D, "01-001"), "不认识"),
    (Entry("mode", D, "", count=-1), "不能为负"),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "why"), BAD)
def test_a_line_that_cannot_be_is_refused_with_its_row(entry: Entry, why: str) -> None:
    line = sheet._numbered(99, entry)
    with pytest.raises(BadEntry, match=f"D010.*第 99 行.*{why}"):
        fold(BASE, [*FAMILY, line])


def test_a_line_entered_late_may_not_make_a_later_one_impossible() -> None:
    late = sheet._numbered(
        99, Entry("withdrawn", D, "01-002", share="land", count=101, facts={"resolution": "1号"})
    )
    with pytest.raises(BadEntry, match=r"第 [69] 行"):
        fold(BASE, [*FAMILY, late])


def test_lines_are_kept_sealed_salted_and_all_or_none(engine: Engine) -> None:
    with engine.begin() as conn:
        households.write(conn, V, BASE)
        kept = store.add(conn, V, FAMILY)
        assert store.journal(conn, V) == kept
        assert len({one.salt for one in kept}) == len(kept)
        with pytest.raises(BadEntry):
            store.add(conn, V, [opened("01-007"), opened("01-007")])
        assert store.last(conn, V) == len(FAMILY)
        assert store.as_of(conn, V, date.max).houses["01-002"].total == 13
        assert store.as_of(conn, V, date.max, 5).houses["01-002"].total == 124
        raw = conn.exec_driver_sql("SELECT facts, salt FROM membership").all()
    assert all(value.startswith("p1:") for row in raw for value in row)
    assert root(kept) != root([*kept[:-1], sheet._numbered(kept[-1].no, kept[-1])])


# The sheet.


def table(*rows: dict[str, str]) -> list[list[str]]:
    return [
        ["说明"],
        list(sheet.HEADS),
        *[[row.get(head, "") for head in sheet.HEADS] for row in rows],
    ]


def row(number: str, name: str, member: str = "1", **more: str) -> dict[str, str]:
    first = {
        "户编号": number,
        "组": "1组",
        "户主": "文小书",
        "姓名": name,
        "加入日期": "2021-01-01",
    }
    return {**first, "成员股": member, **more}


def total(member: int, **more: str) -> dict[str, str]:
    return {"户编号": "合计", "成员股": str(member), **more}


def test_a_sheet_becomes_lines_and_comes_back_the_same() -> None:
    made = sheet.read(
        table(
            row("01-001", "文小书", 身份证号=GOOD, 出生日期="1990-01-01", 银行账号="6200001"),
            row(
                "01-001",
                "文小芽",
                加入方式="出生",
                出生日期="2021-01-01",
                银行账号="6200001",
                土地股="30",
            ),
            row("01-002", "田开犁", 离开方式="死亡", 离开日期="2021-05-06"),
            row(COLLECTIVE, "", "", 集体股="20", 户主="集体股"),
            total(3, 土地股="30", 集体股="20"),
        )
    )
    state = fold((), numbered(*made))
    assert state.shares() == {"member": 3, "collective": 20, "land": 30}
    assert [one.people for one in state.holdings()] == [2, 0, 0]
    assert state.houses["01-001"].holding().account_tail == "0001"
    again = fold((), numbered(*sheet.read(sheet.write(state))))
    assert again == state
    assert sheet.write(again) == sheet.write(state)


WRONG = [
    ([row("01-001", "甲"), row("01-001", "乙", 出生日期="2021-02-01"), total(2)], "第 4 行：加入日期|第 4 行：.*早于出生"),
    ([row("01-001", "甲", 身份证号=GOOD), row("01-002", "乙", 身份证号=GOOD), total(2)], "第 4 行：这个人已经登记在 01-001"),
    ([row("01-001", "甲"), total(3)], "第 4 行：成员股合计写的是 3，各行加起来是 1"),
    ([row("01-001", "甲")], "第 3 行：末尾没有“合计”行"),
    ([row("01-001", "甲", "1.5"), total(1)], "第 3 行：成员股“1.5”不是整数"),
    ([row("01-001", "甲", 身份证号="510802199001010011"), total(1)], "第 3 行：身份证号不对"),
    ([row("01-001", "甲", 加入方式="路过"), total(1)], "第 3 行：加入方式只能是"),
    ([row("01-001", "甲", 离开方式="死亡"), total(1)], "第 3 行：离开方式和离开日期"),
    ([row("01-001", "甲", 离开方式="飞走", 离开日期="2021-05-05"), total(1)], "第 3 行：离开方式只能是"),
    ([row("01-001", "甲", 加入日期="去年"), total(1)], "第 3 行：加入日期“去年”不是日期"),
    ([row("01-001", "甲", 加入日期=""), total(1)], "第 3 行：没有填加入日期"),
    ([row("01-001", "甲"), row("01-001", "乙", 户主="别人"), total(2)], "第 4 行：户主与本户第一行不同"),
    ([row("01-001", "甲"), row("01-002", "乙"), row("01-001", "丙"), total(3)], "第 5 行：这个户编号已经有了"),
    ([total(0)], "没有一行成员"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "why"), WRONG)
def test_a_wrong_row_is_named_and_nothing_is_read(rows: list[dict[str, str]], why: str) -> None:
    with pytest.raises(BadSheet, match=why):
        sheet.read(table(*rows))


def test_every_wrong_row_is_named_at_once() -> None:
    rows = [row(f"01-{n:03d}", "甲", "x") for n in range(1, 31)]
    with pytest.raises(BadSheet, match=r"第 3 行.*第 22 行.*另有 \d+ 处"):
        sheet.read(table(*rows, total(0)))
    with pytest.raises(NoHead):
        sheet.read([["户编号", "户主"]])


@given(st.integers(0, 10**17 - 1), st.integers(0, 9))
def test_one_wrong_digit_of_an_identity_is_found(number: int, at: int) -> None:
    digits = f"{number:017d}"
    check = next(end for end in "0123456789X" if is_identity(digits + end))
    good = digits + check
    other = str((int(good[at]) + 1) % 10)
    assert not is_identity(good[:at] + other + good[at + 1 :])
    assert not is_identity(good[:-1])


def test_an_act_done_twice_under_its_nonce_has_the_same_salts(engine: Engine) -> None:
    """By passkey an act runs twice over the same bytes; what is rolled back must come again."""

    def tried(nonce: str) -> list[str]:
        with engine.connect() as conn, conn.begin() as once:
            lines = store.add(conn, V, FAMILY[:2], nonce)
            once.rollback()
        return [one.salt for one in lines]

    first = tried("ab" * 16)
    assert tried("ab" * 16) == first
    assert len({*first, *tried("cd" * 16), *tried("")}) == 6
    assert all(len(salt) == 64 for salt in first)
