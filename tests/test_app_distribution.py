"""The room of the distribution, stage by stage, as far as the sample's day lets it go."""

import pytest
from fastapi.testclient import TestClient
from test_app_access import XIAOHE, enter, room_of

from app.demo.township import PIN
from ledger.money import NotAmount
from ledger.registers.plans import store as plans
from ledger.waterfall import BadPlan, plan_text, read

ROOM = f"/desk/{XIAOHE}/distribution"


def post(counter: TestClient, csrf: str, path: str, **form: str) -> str:
    data = {"csrf": csrf, "pin": PIN, "nonce": "", "year": "2022", **form}
    return counter.post(f"{ROOM}/{path}", data=data).text


def test_the_stages_of_a_year(counter: TestClient) -> None:
    csrf = enter(counter, "book1")
    done = counter.get(f"{ROOM}?year=2021").text
    assert "slips.pdf" in done
    assert "92,800.00" in done
    assert "D031" in post(counter, csrf, "plan", year="2021", sum="1")
    assert "D020" in post(counter, csrf, "plan", reserve="三成", sum="10")
    refused = post(counter, csrf, "plan", reserve="30", sum="99,999,999")
    assert "D002" in refused
    assert 'value="99,999,999"' in refused
    page = post(
        counter,
        csrf,
        "plan",
        reserve="30",
        sum="100",
        pool="5",
        voted="代表大会〔2022〕3号",
        bonus="10",
    )
    assert "代表大会〔2022〕3号" in page
    assert "第 1 稿" in page
    assert "派送股权合计" in page
    assert "D022" in post(counter, csrf, "open", meeting="2022-02-09")
    assert "W114" in post(counter, csrf, "open", meeting="")
    assert "2022-02-18" in post(counter, csrf, "open", meeting="2022-02-18")
    assert "少算一股" in post(counter, csrf, "object", household="01-001", words="少算一股")
    assert "没有答复" in counter.get(f"{ROOM}?year=2022").text
    assert "已当面核对" in post(counter, csrf, "object", no="1", words="已当面核对")
    assert "D027" in post(counter, csrf, "freeze", resolution="1号")
    assert "D021" in post(counter, csrf, "submit", day="2022-12-31", year="2021")
    place = room_of(counter)
    with place.engine.begin() as conn:
        kept = plans.latest(conn, XIAOHE, 2022)
    assert kept
    assert [layer.id for layer in read(kept.text)] == [
        "losses",
        "reserve",
        "sum",
        "stock",
        "pool",
        "kept",
    ]


def test_money_that_came_back_is_followed(counter: TestClient) -> None:
    csrf = enter(counter, "book1")
    come_back = {"year": "2021", "household": "01-001", "kind": "returned", "words": "销户"}
    assert "还有 1 户没有结清" in post(counter, csrf, "follow", **come_back)
    assert "D026" in post(counter, csrf, "follow", **come_back)
    assert "W115" in post(counter, csrf, "follow", **{**come_back, "household": "99-999"})
    settled = post(counter, csrf, "follow", **{**come_back, "kind": "again"})
    assert "没有结清" not in settled


def test_a_form_makes_a_plan_or_says_what_is_wrong() -> None:
    given = {
        "reserve": "30%",
        "floor": "1.50",
        "rate": "60",
        "bonus": "10",
        "pool": "",
        "voted": "",
    }
    layers = {layer.id: layer for layer in read(plan_text(given))}
    assert (layers["reserve"].rate * 100, layers["floor"].fen) == (30, 150)
    assert (layers["stock"].into, layers["shares"].to) == ("fund", "members")
    wrong = (({"rate": "x"}, BadPlan), ({"sum": "x"}, NotAmount), ({"pool": "5"}, BadPlan))
    for bad, kind in wrong:
        with pytest.raises(kind):
            read(plan_text(bad))
