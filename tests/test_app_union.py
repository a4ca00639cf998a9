"""The room of a union: pairs by whoever sits in both villages, differences named."""

from datetime import date

from counters import counter_of, enter, give_pin
from sample import Village, found, hand, legs, opening
from sqlalchemy import Engine

from approvals import acts
from ledger.voucher import Voucher

UNION = "510802-sandui-union"
DAY = date(2021, 1, 20)


def test_pairs_are_named_and_differences_told(village: Village, engine: Engine) -> None:
    union = Village(engine, village.root, UNION)
    with engine.begin() as conn:
        found(conn, union, "合作总社")
    for one, code in ((union, "113.01"), (village, "113.11")):
        with engine.begin() as conn:
            acts.open_account(conn, hand("book1"), one.desk(), code, "往来")
        one.post(opening(one.code))
    rows = legs(("113.01", 5_000_00), ("211", -5_000_00))
    union.on(DAY)
    union.post(Voucher(UNION, "transfer", DAY, "代垫", "transfer.accrual", rows))
    give_pin(union, "book1", "sup1")
    room = f"/desk/{UNION}/union"
    good = {
        "kind": "current", "left": UNION, "above": "113.01", "right": village.code,
        "below": "113.11 往来",
    }  # fmt: skip
    with counter_of(union, date(2021, 1, 25)) as client:
        csrf = enter(client, union, "book1")
        assert "还没有登记哪些科目" in client.get(room).text
        assert "P001" in client.get(f"{room}?period=x").text
        refused = client.post(room, data={"csrf": csrf, **good, "above": "102.01"})
        assert "D060" in refused.text
        assert 'value="102.01"' in refused.text
        nobody = client.post(room, data={"csrf": csrf, **good, "right": "elsewhere"})
        assert (nobody.status_code, "W702" in nobody.text) == (403, True)
        page = client.post(room, data={"csrf": csrf, **good}).text
        assert page.count("5,000.00") >= 2
        assert "井田村股份经济合作联合社" in page
        bare = client.post(room, data={"csrf": csrf, **good, "below": "113.11", "drop": "1"}).text
        assert "还没有登记哪些科目" in bare
        csrf = enter(client, union, "sup1")
        assert client.get(room).status_code == 200
        assert client.post(room, data={"csrf": csrf, **good}).status_code == 403
