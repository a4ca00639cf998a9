"""Contracts, resources, debts: their schedule, their rooms, what is refused."""

from datetime import date
from itertools import pairwise

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from test_app_staff import XIAOHE, enter, keeper

from ledger.chart import standard
from ledger.registers import rents
from ledger.registers.holdings import Contract, Resource
from ledger.registers.holdings.tables import contract
from ledger.registers.rents import BadContract, NotBid
from ledger.schedule import index

CONTRACTS, RESOURCES, DEBTS = (
    f"/desk/{XIAOHE}/{name}" for name in ("contracts", "resources", "debts")
)
HILL = Contract(
    "HT-9", "样例林场", "后山林地", "80", "亩", date(2021, 3, 15), date(2024, 3, 14), 9_000_00, "",
    0, "", "contracting", 12, "2021-06",
)  # fmt: skip
FORM = {
    "number": "HT-002", "party": "样例合作社", "subject": "晒场", "model": "lease", "quantity": "2",
    "unit": "亩", "first": "2021-07-01", "last": "2022-03-31", "rent": "2400", "every": "3",
    "falls": "", "due": "每季先交", "income": "501", "owed": "112", "deposit": "500", "bid": "",
    "resolution": "",
}  # fmt: skip


@given(
    st.dates(date(2000, 1, 1), date(2040, 1, 1)),
    st.integers(0, 12_000),
    st.integers(0, 10**9),
    st.sampled_from([1, 3, 6, 12]),
)
def test_rents_sum_to_the_whole_time_and_leave_no_month_out(
    first: date, days: int, rent: int, every: int
) -> None:
    last = date.fromordinal(first.toordinal() + days)
    one = HILL._replace(first=first, last=last, rent=rent, every=every, falls="")
    found = rents.dues(one)
    assert sum(due.fen for due in found) == rents.worth(one)
    if rent >= 12:
        assert found[0].first == f"{first:%Y-%m}"
        for before, after in pairwise(found):
            assert index(after.first) == index(before.last) + 1
            assert index(after.period) - index(before.period) == every


def test_a_contract_that_cannot_be_is_refused() -> None:
    chart = standard()
    assert [due.period for due in rents.dues(HILL)] == ["2021-06", "2022-06", "2023-06"]
    rents.check(HILL, chart, 50_000_00)
    for wrong, why in (
        (HILL._replace(last=date(2021, 3, 14)), "早于起始日"),
        (HILL._replace(ended=date(2020, 1, 1)), "提前终止的日子早于起始日"),
        (HILL._replace(falls="2022-03"), "第一次交租的月份"),
        (HILL._replace(rent=-1), "为负"),
        (HILL._replace(income="513"), "科目 513"),
        (HILL._replace(number="HT 9"), "编号"),
        (HILL._replace(every=5), "没有选对"),
    ):
        with pytest.raises(BadContract, match=why):
            rents.check(wrong, chart, 50_000_00)
    with pytest.raises(NotBid):
        rents.check(HILL, chart, 27_000_00)
    rents.check(HILL._replace(bid="vote", resolution="村民会议"), chart, 27_000_00)


def test_a_contract_that_ends_soon_is_over_and_leaves_its_land_idle() -> None:
    land = Resource("ZY-1", "后山", "林地", "", "", "80", "亩", "承包", "", "HT-9")
    known = {"HT-9": HILL}
    for day, states in (
        (date(2021, 3, 14), (False, False, False, False)),
        (date(2023, 12, 1), (True, False, False, False)),
        (date(2024, 1, 1), (True, True, False, False)),
        (date(2024, 3, 15), (False, False, True, True)),
    ):
        told = (rents.runs(HILL, day), rents.soon(HILL, day), rents.over(HILL, day))
        assert (*told, rents.idle(land, known, day)) == states
    assert rents.idle(land._replace(use="闲置", contract=""), {}, date(2021, 5, 1))


def test_a_receipt_is_told_by_payer_number_or_sum() -> None:
    both = HILL._replace(income="501", owed="112")
    one, other = rents.Rent(both, owed=900), rents.Rent(both._replace(number="HT-10"), owed=700)
    assert rents.fitting([one], "样例林场", "", 1) is one
    assert rents.fitting([one], "别人", "HT-9 租金", 1) is one
    assert rents.fitting([one, other], "样例林场", "", 700) is other
    assert rents.fitting([one, other], "样例林场", "", 1) is None
    assert rents.fitting([one], "别人", "", 900) is None


def test_the_rooms_without_script(counter: TestClient) -> None:
    csrf = enter(counter, keeper(counter))
    wrong = counter.post(CONTRACTS, data={**FORM, "csrf": csrf, "last": "2021-06-30"})
    assert "K040" in wrong.text
    assert 'value="样例合作社"' in wrong.text
    leaf = counter.get(CONTRACTS).text.partition('name="owed"')[2].partition('value="112')[2]
    sent = {**FORM, "csrf": csrf, "owed": f"112{leaf.partition(chr(34))[0]}"}
    assert "晒场" in counter.post(CONTRACTS, data=sent).text
    assert "W662" in counter.post(CONTRACTS, data=sent).text
    page = counter.get(f"{CONTRACTS}?show=late").text
    assert "到期没有收到的租金合计" in page  # the first half-year, and nothing was received
    assert "晒场" in page
    assert "没有这样的合同" in counter.get(f"{CONTRACTS}?show=over").text
    assert "2021-07 — 2021-09" in counter.get(f"{CONTRACTS}?number=HT-002").text
    with counter.app.state.room.engine.connect() as conn:  # type: ignore[attr-defined]
        raw = conn.exec_driver_sql("select party from contract").scalar_one()
        assert "样例合作社" not in raw
        assert conn.execute(select(contract.c.party)).scalar_one() == "样例合作社"
    land = {"csrf": csrf, "number": "ZY-1", "name": "村口晒场", "kind": "其他", "quantity": "2"}
    land |= {"unit": "亩", "use": "晒粮", "contract": "HT-002"}
    for more in ({"quantity": "两亩"}, {"kind": "天"}, {"contract": "HT-77"}):
        assert "W663" in counter.post(RESOURCES, data={**land, **more}).text
    assert "村口晒场" in counter.post(RESOURCES, data=land).text
    end = {"csrf": csrf, "number": "HT-002", "ended": "2021-12-31", "ending": "协商解除"}
    assert "W021" in counter.post(f"{CONTRACTS}/end", data={**end, "ending": ""}).text
    assert "已终止" in counter.post(f"{CONTRACTS}/end", data=end).text
    assert "村口晒场" in counter.get(f"{RESOURCES}?idle=1").text  # its contract is over
    debt = {"csrf": csrf, "party": "样例商店", "side": "debit", "amount": "300", "about": "借支"}
    debt |= {"account": sent["owed"], "since": "2021-01-05", "due": "2021-02-05"}
    assert "W021" in counter.post(DEBTS, data={**debt, "due": "2020-02-05"}).text
    assert "样例商店" in counter.post(DEBTS, data=debt).text
    assert "300.00" in counter.post(DEBTS, data={**debt, "no": "1"}).text
    enter(counter, "xiaohe-sup1")
    for path in (CONTRACTS, RESOURCES, DEBTS):
        assert counter.get(path).status_code == 200
        assert counter.post(path, data=sent).status_code == 403
