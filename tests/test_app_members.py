"""The room of members and shares, as a bookkeeper uses it and as nobody else may."""

import io

from fastapi.testclient import TestClient
from sqlalchemy import text
from test_app_access import XIAOHE, enter, room_of

from app.demo.township import PIN
from approvals.verify import verify
from ledger.bank.cells import rows
from ledger.registers.membership import sheet, store
from reports.workbook import Sheet, workbook

ROOM = f"/desk/{XIAOHE}/members"


def post(counter: TestClient, csrf: str, path: str = "/change", **form: str) -> str:
    data = {"csrf": csrf, "pin": PIN, "nonce": "", **form}
    return counter.post(ROOM + path, data=data).text


def reads(counter: TestClient) -> int:
    with room_of(counter).engine.connect() as conn:
        query = "SELECT count(*) FROM personal_read WHERE what = 'register'"
        return conn.execute(text(query)).scalar_one()


def test_a_birth_a_transfer_and_the_certificate(counter: TestClient) -> None:
    csrf = enter(counter, "book1")
    page = counter.get(ROOM).text
    assert "1600" in page
    assert reads(counter) == 1
    counter.get(f"{ROOM}?household=01-001")
    assert reads(counter) == 2
    birth = {"household": "01-001", "kind": "born", "day": "2022-01-03", "name": "样小苗"}
    assert "已登记" in post(counter, csrf, **birth)
    assert "D010" in post(counter, csrf, **{**birth, "born": "2022-01-03"})  # twice: refused
    move = {"household": "01-001", "kind": "transferred", "day": "2022-01-04", "share": "member"}
    refused = post(counter, csrf, **move, count="99", other="01-002")
    assert "不够 99 股" in refused
    assert 'value="99"' in refused  # what was typed stays
    assert "W111" in post(counter, csrf, **move, count="一", other="01-002")
    assert "W110" in post(counter, csrf, **{**move, "day": "昨天"}, count="1", other="01-002")
    assert "W112" in post(counter, csrf, **birth, identity="123")
    assert "已登记" in post(counter, csrf, **move, count="1", other="01-002")
    assert "样小苗" in counter.get(f"{ROOM}?q=yxm").text
    assert "样小苗" not in counter.get(f"{ROOM}?q=zzz").text
    assert "W110" in counter.get(f"{ROOM}?day=x").text
    paper = counter.get(f"{ROOM}/01-001/certificate.pdf")
    assert paper.content.startswith(b"%PDF")
    assert "W113" in counter.get(f"{ROOM}/99-999/certificate.pdf").text
    place = room_of(counter)
    place.project(XIAOHE)
    verdict = verify(place.settings.books / XIAOHE)
    assert verdict.good, verdict.fault
    found = b"".join(one.read_bytes() for one in place.settings.books.rglob("*.jsonl"))
    assert "样小苗".encode() not in found


def test_a_sheet_comes_in_whole_or_not_at_all(counter: TestClient) -> None:
    csrf = enter(counter, "book1")
    place = room_of(counter)
    template = counter.get(f"/desk/{XIAOHE}/members.xlsx?empty=1").content
    assert list(sheet.HEADS) in rows(template, "模板.xlsx")
    first = {
        "户编号": "91-001",
        "组": "91组",
        "户主": "新小户",
        "姓名": "新小户",
        "加入日期": "2022-01-02",
    }
    good = [
        {**first, "成员股": "2"},
        {**first, "姓名": "新小妹"},
        {"户编号": "合计", "成员股": "2"},
    ]

    def bring(*lines: dict[str, str]) -> str:
        def fill(one: Sheet) -> None:
            one.heading("x", "y")
            one.heads(sheet.HEADS)
            for line in lines:
                one.write([line.get(head, "") for head in sheet.HEADS], frozenset())

        data = workbook("x", (9,) * len(sheet.HEADS), fill)
        files = {"file": ("成员.xlsx", io.BytesIO(data))}
        form = {"csrf": csrf, "pin": PIN}
        return counter.post(f"{ROOM}/bring", data=form, files=files).text

    wrong = bring(good[0], {**good[1], "加入日期": "某天"}, good[2])
    assert "第 5 行：加入日期“某天”不是日期" in wrong
    with place.engine.begin() as conn:
        assert store.last(conn, XIAOHE) == 0
    assert "已登记" in bring(*good)
    assert "已经有了" in bring(*good)
    with place.engine.begin() as conn:
        house = store.as_of(conn, XIAOHE, place.clock.today()).houses["91-001"]
    assert (house.count, house.total) == (2, 2)
    taken = rows(counter.get(f"/desk/{XIAOHE}/members.xlsx").content, "x.xlsx")
    assert [cells[3] for cells in taken if cells[0] == "91-001"] == ["新小户", "新小妹"]


def test_who_only_looks_changes_nothing(counter: TestClient) -> None:
    csrf = enter(counter, "xiaohe-clerk")
    page = counter.get(f"{ROOM}?household=01-001").text
    assert "/members/change" not in page
    assert "A030" in post(counter, csrf, household="01-001", kind="died", day="2022-01-03")
