"""The close room: the checklist is computed, what blocks is refused, a sealed month stays shut."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sample import Village, hand, opening, payment, rent
from sqlalchemy import update
from test_app_staff import PIN, XIAOHE, enter, keeper

from app import drafts
from app.checklist import BLOCKS, KINDS, PASSED, WARNS, checklist, first_of, idle
from app.drafts import Saved
from app.settings import Settings
from app.web.workbench import behind
from approvals import acts, gate
from ledger.bank import Line
from ledger.bank import store as bank_lines
from ledger.legs.tables import turnover
from ledger.statements import StatementUntied

JAN, MARCH = date(2021, 1, 20), date(2021, 3, 1)
LINE = Line(date(2021, 1, 31), "", "S1", "租金", 0, 100, 50_000_100, "样例甲", "", "", "", "k1")


def states(village: Village, day: date = MARCH, **settings: object) -> dict[str, str]:
    with village.engine.begin() as conn:
        known = Settings(data=Path("unused"), **settings)  # type: ignore[arg-type]
        points = checklist(conn, village.code, "2021-01", day, known)
    assert [one.key for one in points if one.key not in KINDS] == []
    assert all(one.says % one.facts for one in points)
    return {one.key: one.state for one in points}


def open_of(village: Village, **settings: object) -> dict[str, str]:
    found = states(village, **settings)  # type: ignore[arg-type]
    return {key: state for key, state in found.items() if state != PASSED}


@pytest.fixture
def january(village: Village) -> Village:
    """A village whose January is in order: posted, and the bank says the same."""
    village.post(opening())
    item = village.post(rent(JAN, 100))
    with village.engine.begin() as conn:
        bank_lines.add(conn, village.code, "102.01", [LINE])
        bank_lines.mark(conn, village.code, "k1", item.case)
    return village


def test_a_month_in_order_has_nothing_open_and_each_fault_opens_its_point(january: Village) -> None:
    assert open_of(january) == {}
    case = january.submit(rent(date(2021, 1, 31), 30_000))
    assert open_of(january) == {"cases": BLOCKS}
    case = january.clear(case)
    with january.engine.begin() as conn:
        gate.post(conn, hand("book1"), january.desk(), case.case)
    assert open_of(january) == {}  # what is on its way to the bank is explained
    with january.engine.begin() as conn:
        more = LINE._replace(in_fen=30_000, balance_fen=50_030_100, key="k2", serial="S2")
        bank_lines.add(conn, january.code, "102.01", [more])
    assert open_of(january) == {"lines": WARNS}
    assert open_of(january, blocks=("lines",)) == {"lines": BLOCKS}
    with january.engine.begin() as conn:
        bank_lines.mark(conn, january.code, "k2", case.case)
        fields = {"day": "2021-01-31", "summary": "半张"}
        at = datetime(2021, 1, 31, tzinfo=UTC)
        drafts.save(conn, january.code, "book1", Saved("0" * 16, 0), fields, at)
    assert open_of(january) == {"drafts": WARNS}
    with january.engine.begin() as conn:
        drafts.discard(conn, january.code, "book1", "0" * 16)
    assert open_of(january) == {}
    assert states(january, date(2021, 1, 31))["over"] == BLOCKS


def test_what_no_reconciliation_explains_is_named(village: Village) -> None:
    village.post(opening())
    assert open_of(village) == {"bank": WARNS}  # money, and no statement of it
    item = village.post(rent(JAN, 100))
    with village.engine.begin() as conn:
        wrong = LINE._replace(balance_fen=50_000_200)
        bank_lines.add(conn, village.code, "102.01", [wrong])
        bank_lines.mark(conn, village.code, "k1", item.case)
    assert open_of(village) == {"bank": WARNS}


def test_the_turn_the_witnesses_and_the_sheet_come_from_the_seals(january: Village) -> None:
    with january.engine.begin() as conn:
        known = Settings(data=Path("unused"))
        february = checklist(conn, january.code, "2021-02", MARCH, known)
    assert {one.key: one.facts for one in february if one.state == BLOCKS} == {
        "turn": {"turn": "2021-01"}
    }
    january.seal("2021-01")
    with january.engine.begin() as conn:
        after = checklist(conn, january.code, "2021-02", MARCH, known)
    assert {one.key: one.state for one in after if one.state != PASSED} == {"sheet": WARNS}


def test_spending_without_papers_is_named_until_papers_come(january: Village) -> None:
    january.post(payment(JAN, 1_000, sheets=0))
    assert open_of(january)["papers"] == WARNS


def test_a_current_account_that_lies_still_is_named(january: Village) -> None:
    with january.engine.begin() as conn:
        acts.open_account(conn, hand("book1"), january.desk(), "113.01", "张三")
    owed = replace(rent(JAN, 5_000), kind="transfer")
    legs = (owed.legs[0]._replace(account="113.01"), owed.legs[1])
    january.post(replace(owed, legs=legs))
    with january.engine.begin() as conn:
        assert idle(conn, january.code, "2021-06", 6) == []
        assert idle(conn, january.code, "2021-07", 6) == [("113.01", "张三", 5_000)]
    assert first_of("2021-01", 13) == "2020-01"
    assert first_of("2021-06", 6) == "2021-01"


def test_the_gate_refuses_statements_that_do_not_tie(
    january: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "_compare", lambda *_: None)  # which would see it first
    with january.engine.begin() as conn:
        wrong = update(turnover).where(turnover.c.account == "151").values(debit=1)
        conn.execute(wrong)
    assert open_of(january) == {"trial": BLOCKS, "tie": BLOCKS}
    with pytest.raises(StatementUntied):
        january.seal("2021-01")


def test_months_that_are_over_and_open_are_behind(january: Village) -> None:
    with january.engine.begin() as conn:
        assert behind(conn, january.code, date(2021, 1, 31)) == []
        assert behind(conn, january.code, MARCH) == ["2021-01", "2021-02"]
        assert behind(conn, "nowhere", MARCH) == []


ROOM = f"/desk/{XIAOHE}/close"


def test_the_room_shows_every_month_and_a_sealed_one_stays_shut(counter: TestClient) -> None:
    keeper(counter)
    page = counter.get(ROOM).text
    assert "2022年2月：结账检查" in page
    assert "月底之后才能结账封存" in page
    assert page.count("已封存 202") == 13
    shut = counter.get(f"{ROOM}?period=2021-05").text
    assert "这个月对谁都不再打开" in shut
    assert 'action="/desk/510802-sandui-xiaohe/seal"' not in shut
    assert "P001" in counter.get(f"{ROOM}?period=2021-13").text
    csrf = enter(counter, "registrar")
    again = {"csrf": csrf, "pin": PIN, "period": "2021-05"}
    assert "P003" in counter.post(f"/desk/{XIAOHE}/seal", data=again).text


def test_what_the_township_makes_binding_is_refused_by_the_server(counter: TestClient) -> None:
    place = counter.app.state.room  # type: ignore[attr-defined]
    place.clock.shift += timedelta(days=30)
    wished = place.settings.model_copy(update={"blocks": ("drafts",)})
    counter.app.state.room = place._replace(settings=wished)  # type: ignore[attr-defined]
    with place.engine.begin() as conn:
        fields = {"day": "2022-02-10", "summary": "半张"}
        drafts.save(conn, XIAOHE, "book1", Saved("0" * 16, 0), fields, place.clock.now())
    csrf = enter(counter, "registrar")
    form = {"csrf": csrf, "pin": PIN, "period": "2022-02"}
    answer = counter.post(f"/desk/{XIAOHE}/seal", data=form).text
    assert "W600" in answer
    assert "还有 1 份这个月的草稿没有提交（半张）" in answer
    with place.engine.begin() as conn:
        drafts.discard(conn, XIAOHE, "book1", "0" * 16)
    assert "P004" in counter.post(f"/desk/{XIAOHE}/seal", data=form).text  # the gate's own
