"""三堆镇 合作总社: branches, money between them, a surplus handed down, and the whole as one.

The seed's words: 在全市率先成立镇级集体经济合作总社…由镇集体经济合作总社主导，
各分社每年拿出部分集体经济收益给群众分红和改造提升基础设施.
"""

from dataclasses import replace
from datetime import date

from sample import Village, found, hand, legs, opening, payment, rent
from scenes import sound
from sqlalchemy import Engine

from approvals import acts
from disclosure.compose import compose
from ledger import waterfall
from ledger.book import files
from ledger.consolidation import Pair, Whole
from ledger.distribution import Holding, allot
from ledger.registers.union import store as unions
from ledger.voucher import Voucher

UNION, BAOZHU = "510802-sandui-union", "510802-sandui-baozhu"
DAY, PAID = date(2021, 6, 10), date(2021, 6, 20)
# What the branches put into the union: 300,000 and 500,000 yuan.
SHARES = {"jingtian": 30, "baozhu": 50}


def open_books(village: Village, accounts: dict[str, str], *rows: tuple[str, int]) -> None:
    for code, name in accounts.items():
        with village.engine.begin() as conn:
            acts.open_account(conn, hand("book1"), village.desk(), code, name)
    village.post(replace(opening(village.code), legs=legs(*rows)))


def transfer(village: Village, purpose: str, *rows: tuple[str, int]) -> None:
    village.on(DAY)
    words = "总社下拨收益"
    village.post(Voucher(village.code, "transfer", DAY, words, purpose, legs(*rows)))


def pay(village: Village, account: str, fen: int) -> None:
    village.on(PAID)
    rows = legs((account, fen), ("102.01", -fen))
    paid = payment(PAID, fen, village.code, legs=rows, summary="付分社往来款")
    village.post(replace(paid, purpose="spending.debt"))


def receive(village: Village, account: str, fen: int) -> None:
    village.on(PAID)
    got = rent(PAID, fen, village.code)
    rows = legs(("102.01", fen), (account, -fen))
    village.post(replace(got, purpose="income.collect", summary="收往来款", legs=rows))


def as_one(union: Village) -> Whole:
    with union.engine.begin() as conn:
        return unions.whole(conn, UNION, "2021-06")


def test_a_union_hands_down_and_is_one(village: Village, engine: Engine) -> None:
    branch, union = village, Village(engine, village.root, UNION)
    second = Village(engine, village.root, BAOZHU)
    for one, name in ((union, "合作总社"), (second, "宝珠村")):
        with engine.begin() as conn:
            found(conn, one, name)
    above = {"113.01": "井田分社", "113.02": "宝珠分社", "301.01": "井田出资", "301.02": "宝珠出资"}
    below = {
        "113.11": "总社往来",
        "113.12": "分社间往来",
        "141.01": "对总社出资",
        "502.01": "总社下拨",
    }
    capital = (("301.01", -300_000_00), ("301.02", -500_000_00))
    open_books(union, above, ("102.01", 800_000_00), *capital)
    for one, put in ((branch, 300_000_00), (second, 500_000_00)):
        open_books(one, below, ("102.01", 200_000_00), ("141.01", put), ("301", -200_000_00 - put))
    with engine.begin() as conn:
        for one, at in ((branch, "1"), (second, "2")):
            for kind, up, down in (
                ("current", f"113.0{at}", "113.11"),
                ("capital", f"301.0{at}", "141.01"),
                ("income", f"113.0{at}", "502.01"),
            ):
                unions.keep(conn, UNION, Pair(kind, UNION, up, one.code, down))
        between = Pair("current", branch.code, "113.12", BAOZHU, "113.12")
        unions.keep(conn, UNION, between)
        unions.keep(conn, UNION, between)

    # The union earns 200,000: a tenth kept back, half handed down by what each put in.
    union.on(DAY)
    union.post(rent(DAY, 200_000_00, UNION))
    layers = waterfall.read(
        '[[layer]]\nid="r"\nkind="part"\nrate="1/10"\nto="reserve"\n'
        '[[layer]]\nid="b"\nkind="part"\nrate="1/2"\nto="branches"\n'
        '[[layer]]\nid="k"\nkind="rest"\nto="kept"\n'
    )
    outcome = waterfall.pour(2021, 200_000_00, 0, layers, [])
    parts = waterfall.branches(outcome.total("branches"), SHARES)
    assert parts == {"jingtian": 33_750_00, "baozhu": 56_250_00}
    given = (("113.01", -parts["jingtian"]), ("113.02", -parts["baozhu"]))
    rows = (("322.01", 110_000_00), ("311", -20_000_00), *given)
    transfer(union, "transfer.distribution", *rows)
    transfer(branch, "transfer.accrual", ("113.11", 33_750_00), ("502.01", -33_750_00))
    pay(union, "113.01", 33_750_00)
    receive(branch, "113.11", 33_750_00)
    pay(branch, "113.12", 20_000_00)

    # Until 宝珠 has booked its side, each difference is named and nothing else is.
    open_ = {
        (match.pair.above, match.pair.right): match.difference
        for match in as_one(union).matches
        if match.difference
    }
    assert open_ == {("113.02", BAOZHU): -56_250_00, ("113.12", BAOZHU): 20_000_00}
    transfer(second, "transfer.accrual", ("113.11", 56_250_00), ("502.01", -56_250_00))
    receive(second, "113.12", 20_000_00)
    the_whole(union)

    # From the branch to its households: what was handed down, to the fen.
    households = [Holding(f"01-{n:03d}", "1组", f"户{n}", 3, 1 + n % 3, "") for n in range(1, 8)]
    roll = allot(2021, parts["jingtian"], households)
    assert sum(row.fen for row in roll.rows) == parts["jingtian"]
    for one in (union, branch, second):
        with engine.begin() as conn:
            files.project(conn, one.code, one.root)
        sound(one)


def the_whole(union: Village) -> None:
    """Money is counted once, capital and income between them not at all; the union has a sheet."""
    whole = as_one(union)
    assert [match.difference for match in whole.matches] == [0] * 7
    assert {match.out for match in whole.matches if match.pair.kind == "capital"} == {
        300_000_00, 500_000_00,
    }  # fmt: skip
    said = {row.label: row.values[0] for row in whole.sheet.rows}
    assert (
        said["货币资金"] == 1_400_000_00
    )  # 800 + 200 of rent, 200 + 200 of the branches, thousands
    assert said["长期投资"] == 0
    earned = {row.label.strip(): row.values[0] for row in whole.income.rows}
    assert 200_000_00 in earned.values()  # the rent, and nothing of it twice
    assert 290_000_00 not in earned.values()
    with union.engine.begin() as conn:
        sheet = compose(conn, UNION, "2021-06")
    assert ("内部往来", "宝珠分社", 56_250_00) in [tuple(one) for one in sheet.payables]
    assert sheet.income_fen == 200_000_00
