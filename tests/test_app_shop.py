"""The rooms of points and of the shop, from the vote on the rules to a bag of rice."""

import re

from fastapi.testclient import TestClient
from test_app_access import XIAOHE, enter, room_of

from app.demo.township import PIN
from approvals import acts, keys
from ledger.registers.points import store as points
from ledger.registers.shop import store as shops

POINTS, SHOP = f"/desk/{XIAOHE}/points", f"/desk/{XIAOHE}/shop"


def post(counter: TestClient, csrf: str, where: str, do: str, **form: str) -> str:
    nonce = re.search(r'name="nonce" value="(\w+)"', counter.get(where).text)
    assert nonce
    data = {"csrf": csrf, "nonce": nonce[1], "do": do, **form}
    return counter.post(where, data=data).text


def test_from_the_rules_to_a_bag_of_rice(counter: TestClient) -> None:
    csrf = enter(counter, "book1")
    place = room_of(counter)
    for code, name in (("121.01", "爱心超市物资"), ("211.09", "待兑换积分")):
        hand, desk = keys.unlock(place.engine, "book1", PIN), place.desk(XIAOHE)
        with place.engine.begin() as conn:
            acts.open_account(conn, hand, desk, code, name)
    assert "还没有表决过积分细则" in counter.get(POINTS).text
    assert "D040" in post(counter, csrf, POINTS, "rules", sample="points", resolution="")
    assert "D040" in post(counter, csrf, POINTS, "note", subject="z1", item="b-1", day="2022-01-02")
    given = {"sample": "points_helpers", "resolution": "代表大会〔2022〕1号"}
    assert "村务助理积分细则" in post(counter, csrf, POINTS, "rules", **given)
    refused = post(counter, csrf, POINTS, "subjects", rows="z1，村务助理，01，样助一\nz2,谁,01,样")
    assert "第 2 行" in refused
    assert "z1，村务助理" in refused
    assert "样助一" in post(counter, csrf, POINTS, "subjects", rows="z1，村务助理，01，样助一")
    note = {"subject": "z1 样助一", "item": "b-1", "day": "2022-01-20", "words": "齐"}
    assert "W700" in post(counter, csrf, POINTS, "note", **{**note, "day": "昨天"})
    assert "按月履职" in post(counter, csrf, POINTS, "note", **note)
    assert "D041" in post(counter, csrf, POINTS, "note", **note)
    assert "W012" in counter.post(POINTS, data={"csrf": csrf, "do": "note", **note}).text
    click = {"csrf": csrf, "do": "note", "nonce": "d" * 32, **note, "item": "b-2"}
    for _ in range(2):
        assert counter.post(POINTS, data=click).url.query == b"done=1"
    with place.engine.begin() as conn:
        assert points.last(conn, XIAOHE) == 2  # one note of each item, not three
    assert "D042" in post(counter, csrf, POINTS, "back", no="x", words="错")
    for wrong in ({"stage": "grid", "period": "一月"}, {"stage": "quarter", "period": "2022"}):
        assert "D043" in post(counter, csrf, POINTS, "review", grid="01", **wrong)
    assert "D043" in post(counter, csrf, POINTS, "review", stage="month", period="2022-01")
    for stage in ("grid", "month"):
        post(counter, csrf, POINTS, "review", stage=stage, period="2022-01", grid="01")
    assert "W700" in post(counter, csrf, POINTS, "nonsense")

    terms = {"fen": "0.5", "goods": "121.01 物资", "owed": "211.09", "expense": "514"}
    assert "D050" in post(counter, csrf, SHOP, "terms", **terms, resolution="")
    assert "一分折 0.50 元" in post(counter, csrf, SHOP, "terms", **terms, resolution="1号")
    rice = {"good": "g1", "name": "大米", "unit": "袋", "price": "10"}
    assert "D050" in post(counter, csrf, SHOP, "good", **{**rice, "price": "1.05"})
    assert "大米" in post(counter, csrf, SHOP, "good", **rice)
    assert "2 袋" in post(counter, csrf, SHOP, "in", good="g1", count="2", cost="60")
    give = {"subject": "z1 样助一", "good": "g1 大米"}
    refused = post(counter, csrf, SHOP, "out", **give, count="2")
    assert "D052" in refused
    assert 'value="2"' in refused
    assert "D050" in post(counter, csrf, SHOP, "out", **give, count="-1")
    page = post(counter, csrf, SHOP, "out", **give, count="1")
    assert "1 袋" in page
    assert "D050" in counter.post(SHOP, data={"csrf": csrf, "do": "out", **give, "count": "1"}).text
    assert "D050" in post(counter, csrf, SHOP, "nonsense")
    assert "退回 2" in post(counter, csrf, SHOP, "back", no="2", words="拿错")
    assert "D053" in post(counter, csrf, SHOP, "back", no="2", words="拿错")
    assert "1 袋" in post(counter, csrf, SHOP, "lost", good="g1", count="1", words="受潮")
    with place.engine.begin() as conn:
        assert [one.kind for one in shops.lines(conn, XIAOHE)] == ["in", "out", "back", "lost"]


def test_a_member_of_the_committee_does_not_exchange(counter: TestClient) -> None:
    csrf = enter(counter, "xiaohe-sup1")
    assert counter.get(SHOP).status_code == 403
    assert counter.post(SHOP, data={"csrf": csrf, "do": "out"}).status_code == 403
