"""利州区, a year: 月公示、季审计、年决算, no cash, the dividend, and the year after."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from sample import Village, hand, legs, opening, payment, rent
from test_sandui_month import bean_check

from app.desk import three_statements
from approvals import acts
from approvals.verify import verify
from disclosure import audits, notice
from ledger import closing, distribution
from ledger.book import files
from ledger.distribution import Holding
from ledger.legs import store as leg_store
from ledger.voucher import CashSpending, Party

MONTHS = range(1, 13)
HOUSEHOLDS = [Holding(f"01-{n:03d}", "1", f"户{n}", 3, 1 + n % 3, "0000") for n in range(1, 41)]


def month(village: Village, number: int) -> None:
    """Keep a month: rent in, upkeep and pay out."""
    day = date(2021, number, 10)
    village.on(day)
    village.post(rent(day, 30_000_00 + number * 100))
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
