"""利州区, a year: 月公示、季审计、年决算, no cash, the dividend, and the year after."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from sample import Village, hand, legs, opening, payment, rent
from scenes import sound
from test_sandui_month import bean_check, text_of

from app.desk import roll_of, three_statements
from approvals import acts, membership
from approvals import distribution as deciding
from approvals.verify import verify
from disclosure import audits, notice
from disclosure.compose import compose
from ledger import closing, distribution
from ledger.book import files
from ledger.distribution import Holding
from ledger.legs import store as leg_store
from ledger.registers import store as households
from ledger.registers.membership import store as members
from ledger.registers.membership.entry import Entry
from ledger.voucher import CashSpending, Party
from reports.slips_pdf import slips_pdf

MONTHS = range(1, 13)
BUSY = {1, 6, 12}  # the others have nothing but their seal and their sheet
HOUSEHOLDS = [Holding(f"01-{n:03d}", "1", f"户{n}", 3, 1 + n % 3, "0000") for n in range(1, 41)]


def month(village: Village, number: int) -> None:
    """Keep a month: rent in, upkeep and pay out."""
    day = date(2021, number, 10)
    village.on(day)
    village.post(rent(day, 90_000_00 + number * 100))
    village.post(payment(day, 4_000_00 + number))
    pay = replace(payment(day, 6_000_00), purpose="spending.cadre-pay")
    village.post(replace(pay, legs=legs(("513", 6_000_00), ("102.01", -6_000_00))))


def close_month(village: Village, number: int) -> None:
    """Seal and publish, and let the quarter be audited at its end."""
    year, following = (2021, number + 1) if number < 12 else (2022, 1)
    village.on(date(year, following, 2))
    village.seal(f"2021-{number:02d}")
    village.on(date(year, following, 5))
    with village.engine.begin() as conn:
        up = (village.now.date(), date(year, following, 25))
        notice.publish(conn, hand("book1"), village.desk(), f"2021-{number:02d}", up)
        if number % 3 == 0:
            with pytest.raises(audits.QuarterOpen):
                later = f"2021-Q{number // 3 + 1}" if number < 12 else "2022-Q1"
                audits.mark(conn, hand("audit1"), village.desk(), later, "相符")
            audits.mark(conn, hand("audit1"), village.desk(), f"2021-Q{number // 3}", "相符")


def test_a_year_of_lizhou(village: Village) -> None:
    with village.engine.begin() as conn:
        acts.open_account(conn, hand("book1"), village.desk(), "113.01", "成员分红")
    village.post(opening())
    with pytest.raises(CashSpending):
        village.submit(replace(payment(date(2021, 1, 5), 5), legs=legs(("514", 5), ("101", -5))))
    for number in MONTHS:
        if number in BUSY:
            month(village, number)
        if number < 12:
            close_month(village, number)
    year_end(village)
    close_month(village, 12)
    final_accounts(village)
    pay_dividend(village)


def balances(village: Village, until: str = "2021-12") -> dict[str, int]:
    with village.engine.begin() as conn:
        return leg_store.balances(conn, village.code, until)


def year_end(village: Village) -> None:
    """Carry forward, distribute in the legal order, close 各项分配."""
    surplus = -sum(fen for code, fen in balances(village).items() if code[0] == "5")
    for voucher in closing.carry_forward(village.code, 2021, balances(village)):
        village.post(voucher)
    with pytest.raises(distribution.TooMuch):
        distribution.plan(2021, surplus, 0, Fraction(3, 10), surplus)
    decided = distribution.plan(2021, surplus, 0, Fraction(3, 10), 100_000_00)
    given = village.post(distribution.voucher(village.code, decided, date(2021, 12, 31), "1号"))
    assert [mark for mark in given.voucher.legs if mark.account == "311"]
    for voucher in closing.close_shared(village.code, 2021, balances(village)):
        village.post(voucher)
    assert not [code for code in balances(village) if code[0] == "5" or code == "322.01"]


def final_accounts(village: Village) -> None:
    """会村01表 and 会村02表 tie; the four quarters are audited; stock bean-check accepts."""
    with village.engine.begin() as conn:
        _, (sheet, income, _) = three_statements(conn, village.code, "2021-12")
        marks = audits.marks(conn, village.code)
    assert income.line(21) == sheet.line(38)
    assert income.line(19) == 100_000_00
    assert income.line(18) == income.line(14) * 3 // 10
    assert sorted(marks) == ["2021-Q1", "2021-Q2", "2021-Q3", "2021-Q4"]


def pay_dividend(village: Village) -> None:
    """Pay the roll in January; the new year opens with the old year's balances."""
    before = balances(village)
    roll = distribution.allot(2021, 100_000_00, HOUSEHOLDS)
    assert sum(row.fen for row in roll.rows) == 100_000_00
    day = date(2022, 1, 20)
    village.on(day)
    paid = replace(
        payment(day, 100_000_00),
        summary="2021年度成员分红",
        purpose="spending.dividend",
        payee=Party("批量代发", "", ""),
        legs=legs(("113.01", 100_000_00), ("102.01", -100_000_00)),
    )
    village.post(paid)
    village.on(date(2022, 2, 2))
    village.seal("2022-01")
    with village.engine.begin() as conn:
        files.project(conn, village.code, village.root)
        after = leg_store.balances(conn, village.code, "2022-00")
    assert after == before
    home = village.root / village.code
    for name in ("2021/main", "2021/audit", "2022/main", "2022/audit", "all"):
        bean_check(home / f"{name}.beancount")
    verdict = verify(home)
    assert verdict.good, verdict.fault
    assert verdict.checked.months == 13


LAYERED = """
[[layer]]
id = "reserve"
kind = "part"
rate = "3/10"
to = "reserve"
[[layer]]
id = "floor"
title = "保底收入"
kind = "each"
fen = 300_00
by = ["land"]
to = "members"
[[layer]]
id = "again"
title = "二次返利"
kind = "part"
rate = "1/2"
by = ["member", "land"]
to = "members"
[[layer]]
id = "stock"
title = "派送股权"
kind = "bonus"
rate = "1/2"
by = ["member"]
into = "fund"
[[layer]]
id = "points"
kind = "sum"
fen = 5_000_00
to = "pool"
voted = "成员代表大会〔2022〕2号"
[[layer]]
id = "grow"
kind = "rest"
to = "kept"
"""


def held(village: Village, household: str) -> dict[str, int]:
    with village.engine.begin() as conn:
        return members.as_of(conn, village.code, village.now.date()).houses[household].shares


def test_a_dividend_with_a_floor_a_second_rebate_and_bonus_shares(village: Village) -> None:
    """现金分红 + 派送股权, 保底收入 + 二次返利: one act freezes the roll and grants the shares."""
    with village.engine.begin() as conn:
        acts.open_account(conn, hand("book1"), village.desk(), "113.01", "成员分红")
        households.write(conn, village.code, HOUSEHOLDS)
        land = [
            Entry("given", date(2021, 1, 4), one.household, share="land", count=2)
            for one in HOUSEHOLDS[:10]
        ]
        membership.change(conn, hand("book1"), village.desk(), land)
    village.post(opening())
    village.post(rent(date(2021, 6, 1), 300_000_00))
    village.on(date(2022, 1, 5))
    with village.engine.begin() as conn:
        today = village.now.date()
        deciding.redraw(conn, village.code, 2021, LAYERED, today)
        deciding.open_plan(conn, village.code, 2021, today, date(2022, 1, 18))
    village.on(date(2022, 1, 18))
    with village.engine.begin() as conn:
        deciding.freeze(conn, hand("book1"), village.desk(), 2021, "成员代表大会〔2022〕1号")
        roll = roll_of(conn, village.code, 2021)
        decided, resolution = deciding.frozen_plan(conn, village.code, 2021)
    # 700,000 less three tenths; 20 land shares at 300 yuan, half of the rest by all shares.
    rest = 490_000_00 - 6_000_00
    assert decided.members == 6_000_00 + rest // 2
    assert decided.kept == rest - rest // 2 - 5_000_00
    one = roll.rows[0]
    assert [title for title, _ in one.parts] == ["保底收入", "二次返利"]
    assert (one.parts[0][1], one.bonus) == (600_00, (("fund", 1),))
    assert held(village, "01-001") == {"member": 2, "land": 2, "fund": 1}
    said = text_of(slips_pdf("样村", roll)).replace("\n", "").replace("\r", "")
    assert "保底收入" in said
    assert "另送资金股 1 股" in said
    # The register that the act made needs no second signature, and the frozen roll is as it was.
    with village.engine.begin() as conn:
        bound = membership.bound(conn, village.code)[-1]
        now = membership.register_on(conn, village.code, village.now.date())
        assert bound.digest == now.digest()
        assert roll_of(conn, village.code, 2021) == roll
    for voucher in closing.carry_forward(village.code, 2021, balances(village)):
        village.post(voucher)
    village.post(distribution.voucher(village.code, decided, date(2021, 12, 31), resolution))
    with village.engine.begin() as conn:
        sheet = compose(conn, village.code, "2021-12")
        files.project(conn, village.code, village.root)
    assert decided.members in [one.fen for one in sheet.distribution]
    sound(village)
