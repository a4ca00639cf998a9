"""The workbench: what waits for whom, the search, and the way from village to village."""

from datetime import date

import pytest
from bank_files import balance
from fastapi.testclient import TestClient
from test_app_staff import XIAOHE, case, enter, keeper

from app.web.workbench import DUTIES
from ledger.bank import Line
from ledger.bank import store as bank_lines


def row(counter: TestClient, address: str = "/desk") -> str:
    return counter.get(address).text


def line(counter: TestClient) -> None:
    """Bring a line of the bank that no voucher answers."""
    after = balance(counter) + 12_300
    brought = Line(
        date(2022, 2, 7), "10:00:00", "S1", "转入", 0, 12_300, after, "样例甲", "", "", "", "k1"
    )
    with counter.app.state.room.engine.begin() as conn:  # type: ignore[attr-defined]
        bank_lines.add(conn, XIAOHE, "102.01", [brought])


def test_what_waits_is_counted_by_the_seats_of_the_visitor(counter: TestClient) -> None:
    name = keeper(counter)
    assert "现在没有等您办的事" in row(counter)
    line(counter)
    assert "未处理流水 <strong>1</strong>" in row(counter)
    enter(counter, "cash1")
    assert "未处理流水" not in row(counter)
    enter(counter, "xiaohe-sup1")
    assert "待我审签 <strong>1</strong>" in row(counter)
    enter(counter, name)
    assert "待我审签" not in row(counter).partition("<main")[2]


def test_a_chosen_duty_leaves_the_villages_where_it_waits(counter: TestClient) -> None:
    keeper(counter)
    line(counter)
    assert f'href="/desk/{XIAOHE}"' in row(counter, "/desk?show=lines")
    assert f'href="/desk/{XIAOHE}"' not in row(counter, "/desk?show=returned")
    assert "没有等着办的村" in row(counter, "/desk?show=nothing")


def test_a_search_finds_the_case_under_way(counter: TestClient) -> None:
    keeper(counter)
    wanted = case(counter)
    told = counter.get("/desk", params={"q": wanted.voucher.summary}).text
    assert f"/case/{XIAOHE}/{wanted.case}" in told


def test_a_search_stays_in_the_villages_of_the_visitor(counter: TestClient) -> None:
    keeper(counter)
    summary = case(counter).voucher.summary
    enter(counter, "jingtian-sup1")  # another village's, which this installation does not keep
    assert XIAOHE not in counter.get("/desk", params={"q": summary}).text


@pytest.mark.parametrize(
    "asked", ["没有这回事", "%", "_", "'", "\\", "１２３４５６７８９０１２３４５６"]
)
def test_a_search_without_finds_says_what_to_do(counter: TestClient, asked: str) -> None:
    keeper(counter)
    answer = counter.get("/desk", params={"q": asked})
    assert answer.status_code == 200
    assert "没有找到" in answer.text


def test_the_way_to_another_village_keeps_the_room(counter: TestClient) -> None:
    keeper(counter)
    answer = counter.get(f"/desk/go?village={XIAOHE}&room=", follow_redirects=False)
    assert answer.headers["location"] == f"/desk/{XIAOHE}"
    hostile = counter.get(f"/desk/go?village={XIAOHE}&room=//evil.example", follow_redirects=False)
    assert hostile.headers["location"] == f"/desk/{XIAOHE}"
    assert counter.get("/desk/go?village=510802-elsewhere").status_code == 404


def test_every_duty_has_its_own_key() -> None:
    assert len({duty.key for duty in DUTIES}) == len(DUTIES)
