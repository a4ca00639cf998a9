"""The room of self-raised fees: template, assessed list, payments by hand and from the bank."""

from datetime import date

from bank_files import Move, balance, bring, statement
from fastapi.testclient import TestClient
from test_app_access import XIAOHE, enter, room_of

from ledger.bank import cells
from ledger.registers.levies import Known
from ledger.registers.levies import store as fees
from ledger.registers.levies.store import known
from reports.levy_xlsx import levy_xlsx

ROOM = f"/desk/{XIAOHE}/levies"
GOOD = {
    "title": "卫生保洁运行费", "kind": "fee", "basis": "head", "amount": "2", "first": "2022-02",
    "last": "2022-12", "resolution": "代表会〔2022〕1号",
}  # fmt: skip


def raised(counter: TestClient, csrf: str, data: bytes, **form: str) -> str:
    files = {"file": ("花名册.xlsx", data)}
    return counter.post(ROOM, data={"csrf": csrf, **GOOD, **form}, files=files).text


def test_a_fee_is_raised_and_comes_in(counter: TestClient) -> None:
    csrf = enter(counter, "book1")
    assert "还没有自筹收费" in counter.get(ROOM).text
    data = counter.get(f"{ROOM}.xlsx").content
    table = cells.rows(data, "花名册.xlsx")
    place = room_of(counter)
    with place.engine.begin() as conn:
        houses = {
            no: one for no, one in known(conn, XIAOHE, date(2022, 2, 8)).items() if one.people
        }
    assert len([row for row in table if row and row[0] in houses]) == len(houses)
    assert "D070" in raised(counter, csrf, data, resolution=" ")
    assert "D070" in raised(counter, csrf, data, kind="case", last="", amount="16")
    assert "封存" in raised(counter, csrf, data, first="2021-05")
    strange = {"99-999": Known("1组", "无名氏", 3), **houses}
    refused = raised(counter, csrf, levy_xlsx("样例村", strange))
    assert "D071" in refused
    assert "户 99-999" in refused
    assert 'value="卫生保洁运行费"' in refused
    assert "收缴率 0%" in raised(counter, csrf, data)
    with place.engine.begin() as conn:
        (one,) = fees.all_of(conn, XIAOHE)
    number, house = next(iter(houses.items()))
    pay = {"csrf": csrf, "levy": one.id, "household": number, "day": "2022-02-08"}
    assert "D072" in counter.post(f"{ROOM}/paid", data={**pay, "fen": "0"}).text
    assert "D072" in counter.post(f"{ROOM}/paid", data={**pay, "fen": "2", "levy": "x"}).text
    assert "D072" in counter.post(f"{ROOM}/paid", data={**pay, "fen": "2", "day": ""}).text
    assert "2.00" in counter.post(f"{ROOM}/paid", data={**pay, "fen": "2"}).text
    second = next(no for no in houses if no != number)
    move = Move(date(2022, 2, 8), 2_00, "张三样例", "", f"保洁费 {second}")
    bring(counter, csrf, statement(balance(counter), move))
    counter.post(f"{ROOM}/bank", data={"csrf": csrf, "levy": one.id, "account": "102.01"})
    with place.engine.begin() as conn:
        assert {row.household for row in fees.receipts(conn, XIAOHE, one.id)} == {number, second}
    assert house.head in counter.get(ROOM).text
