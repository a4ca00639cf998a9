"""The room of restricted funds: set up by the registrar, filled and spent through the desk."""

import pytest
from fastapi.testclient import TestClient
from test_app_access import XIAOHE, enter, room_of

from app.demo.township import PIN
from approvals import adopting, funds, keys, register
from ledger.accounts import chart_of

ROOM = f"/desk/{XIAOHE}/funds"


def post(counter: TestClient, csrf: str, **form: object) -> str:
    data = {"csrf": csrf, "pin": PIN, "nonce": "", "rule": "代表会〔2022〕1号", **form}
    return counter.post(ROOM, data=data).text


def test_the_registrar_sets_a_fund_up(counter: TestClient) -> None:
    csrf = enter(counter, "book1")
    account = {"csrf": csrf, "pin": PIN, "nonce": "", "root": "231", "title": "敬老基金"}
    assert "A130" in counter.post(f"{ROOM}/account", data={**account, "root": "102"}).text
    assert "A130" not in counter.post(f"{ROOM}/account", data=account).text
    with room_of(counter).engine.connect() as conn:
        code = next(one for one in chart_of(conn, XIAOHE).accounts if one.startswith("231."))
    csrf = enter(counter, "registrar")
    assert "还没有专项基金" in counter.get(ROOM).text
    good = {"name": "敬老基金", "account": code, "purposes": "spending.relief"}
    wrong = {"account": "102.01", "purposes": "", "rule": " ", "each": "1.18"}
    for field, value in wrong.items():
        page = post(counter, csrf, **{**good, field: value})
        assert "A130" in page, field
        assert 'value="敬老基金"' in page
    page = post(counter, csrf, **good)
    assert "还在等其他席位签名通过的基金：敬老基金" in page
    place = room_of(counter)
    with place.engine.connect() as conn:
        text = next(iter(register.of(conn, XIAOHE).proposed.values())).policy
        people, day = register.of(conn, XIAOHE), place.clock.today()
    seats = [one for one in people.consents((), day) if one.seat != register.REGISTRAR]
    for who in [who for one in seats for who in people.holders(one.seat, day)[: one.need]]:
        hand = keys.unlock(place.engine, who, PIN)
        with place.engine.begin() as conn:
            adopting.adopt_policy(conn, hand, place.desk(XIAOHE), text)
    page = counter.get(ROOM).text
    assert "敬老基金 <small>余额" in page
    assert "救济慰问" in page
    assert "A130" in post(counter, csrf, **{**good, "name": "另一个"})
    with room_of(counter).engine.connect() as conn:
        (one,) = funds.of(register.of(conn, XIAOHE).current())
    assert (one.account, one.purposes, one.since) == (code, ("spending.relief",), "2022-02-08")


@pytest.mark.parametrize("seat", ["book1", "xiaohe-clerk"])
def test_others_read_and_do_not_set_up(counter: TestClient, seat: str) -> None:
    csrf = enter(counter, seat)
    assert 'id="new"' not in counter.get(ROOM).text
    assert counter.post(ROOM, data={"csrf": csrf}).status_code == 403
