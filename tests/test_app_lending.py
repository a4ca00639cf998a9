"""Seats lent at the counter: seen by both, taken back; who comes in by a loan, and for how long."""

from datetime import date, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from test_app_hands import by_touch, touch
from test_app_passkey import AGRI, XIAOHE, enrolled, enter, place_of, size, standing

from app.demo.township import PIN
from approvals import acts, keys, register, seen
from approvals.keys import Hand
from approvals.verify import verify
from ledger.log import store as log

FRIEND = "jingtian-sup1"  # sits in another village, not here


def office(counter: TestClient) -> Hand:
    return keys.unlock(place_of(counter).engine, register.REGISTRAR, PIN)


@pytest.fixture
def friend(counter: TestClient) -> str:
    """Somebody who is enrolled here with a key, but holds no seat; logs in as themselves."""
    place, registrar = place_of(counter), office(counter)
    secret = keys.forge(FRIEND, PIN)
    with place.engine.begin() as conn:
        keys.keep(conn, secret)
    for act, args in (
        (acts.enrol_person, (FRIEND, "样例邻村人")),
        (acts.enrol_key, (FRIEND, secret.hand.public)),
    ):
        desk = place.desk(XIAOHE)
        with place.engine.begin() as conn:
            act(conn, registrar, desk, *args)
    from app import logins  # noqa: PLC0415
    from app.demo.install import PASSWORD  # noqa: PLC0415

    with place.engine.begin() as conn:
        logins.add(conn, FRIEND, FRIEND, PASSWORD)
    return FRIEND


def loan(counter: TestClient, csrf: str, **more: Any) -> dict[str, Any]:
    day = place_of(counter).clock.today()
    form = {"csrf": csrf, "pin": PIN, "seat": "agri-centre", "to": FRIEND, "reason": "外出学习"}
    form |= {"from": day.isoformat(), "until": (day + timedelta(days=2)).isoformat()}
    return {**form, **more}


def lend(counter: TestClient, **more: Any) -> Any:
    csrf = enter(counter, AGRI)
    return counter.post(f"/seats/{XIAOHE}/lend", data=loan(counter, csrf, **more))


def pages(counter: TestClient, case: str) -> list[int]:
    """Return what the friend meets: the case, its print, then the desk and the books."""
    paths = (f"/case/{XIAOHE}/{case}", f"/desk/{XIAOHE}/{case}/voucher.pdf")
    others = (f"/desk/{XIAOHE}", f"/desk/{XIAOHE}/books", f"/desk/{XIAOHE}/package.zip")
    return [counter.get(path).status_code for path in (*paths, *others)]


def test_who_borrows_a_seat_comes_in_signs_and_is_out_again(
    counter: TestClient, friend: str
) -> None:
    case = standing(counter).case
    enter(counter, friend)
    assert pages(counter, case) == [404, 404, 404, 404, 404]
    answer = lend(counter)
    assert answer.url.path == "/seats"
    assert "样例邻村人" in answer.text
    assert "生效中" in answer.text
    csrf = enter(counter, friend)
    assert f"/case/{XIAOHE}/{case}" in counter.get("/inbox").text
    assert pages(counter, case) == [200, 200, 404, 404, 404]
    assert "别人委托给我的" in counter.get("/seats").text
    page = counter.get(f"/case/{XIAOHE}/{case}").text
    assert 'name="giver" value="agri1"' in page
    form = {"csrf": csrf, "pin": PIN, "step": "agri-centre", "seat": "agri-centre"}
    form |= {"giver": AGRI, "seen": seen.mark(standing(counter))}
    done = counter.post(f"/case/{XIAOHE}/{case}/sign", data=form)
    assert done.url.path == "/inbox"
    seq = size(counter) - 1
    assert counter.get(f"/receipt/{XIAOHE}/{seq}").status_code == 200
    assert standing(counter).signoffs[-1].giver == AGRI
    csrf = enter(counter, AGRI)
    back = {"csrf": csrf, "pin": PIN, "seat": "agri-centre", "to": friend}
    assert "W062" in counter.post(f"/seats/{XIAOHE}/back", data={**back, "to": AGRI}).text
    assert "样例邻村人</p>" not in counter.post(f"/seats/{XIAOHE}/back", data=back).text
    assert "W062" in counter.post(f"/seats/{XIAOHE}/back", data=back).text
    csrf = enter(counter, friend)
    assert pages(counter, case) == [404, 404, 404, 404, 404]
    assert counter.get(f"/receipt/{XIAOHE}/{seq}").status_code == 404
    verdict = verify(place_of(counter).settings.books / XIAOHE)
    assert verdict.good, verdict.fault


def test_a_loan_ends_by_its_date_and_begins_by_it(counter: TestClient, friend: str) -> None:
    case, clock = standing(counter).case, place_of(counter).clock
    later = clock.today() + timedelta(days=1)
    lend(counter, **{"from": later.isoformat()})
    enter(counter, friend)
    assert pages(counter, case)[:2] == [404, 404]
    assert "还没有到日期" in counter.get("/seats").text
    for days, status in ((1, 200), (1, 200), (1, 404)):
        clock.shift += timedelta(days=days)
        enter(counter, friend)
        assert pages(counter, case)[:2] == [status, status]
    assert "agri-centre" not in counter.get("/seats").text


def test_a_loan_for_other_chains_opens_no_other_case(counter: TestClient, friend: str) -> None:
    one = standing(counter)
    with place_of(counter).engine.connect() as conn:
        chains = [chain["id"] for chain in register.of(conn, XIAOHE).current()["chains"]]
    others = [chain for chain in chains if chain != one.chain["id"]]
    lend(counter, chains=others)
    enter(counter, friend)
    assert pages(counter, one.case)[:2] == [404, 404]
    assert one.voucher.summary not in counter.get("/inbox").text
    lend(counter, chains=[one.chain["id"]])
    enter(counter, friend)
    assert pages(counter, one.case)[:2] == [200, 200]


WRONG: list[tuple[str, dict[str, str]]] = [
    ("W060", {"from": "明天"}),
    ("W060", {"until": ""}),
    ("W061", {"until": "2022-02-01"}),
    ("A057", {"from": "2022-03-09", "until": "2022-03-01"}),
    ("A057", {"to": "book1"}),
    ("A057", {"to": AGRI}),
    ("A047", {"to": "nobody"}),
    ("A057", {"seat": "secretary"}),
    ("H003", {"pin": "000000"}),
]


def test_a_loan_that_cannot_be_says_why_and_keeps_what_was_typed(
    counter: TestClient, friend: str
) -> None:
    del friend
    before, csrf = size(counter), enter(counter, AGRI)
    for code, change in WRONG:
        answer = counter.post(f"/seats/{XIAOHE}/lend", data=loan(counter, csrf, **change))
        assert code in answer.text, (code, change)
        assert 'value="外出学习"' in answer.text
    assert size(counter) == before


def test_a_seat_is_lent_and_taken_back_by_touch(counter: TestClient, friend: str) -> None:
    device = enrolled(counter)
    csrf = enter(counter, AGRI)
    assert "用通行密钥签名委托" in counter.get("/seats").text
    form = loan(counter, csrf)
    assert touch(counter, device, f"/seats/{XIAOHE}/lend", form).json() == {"go": "/seats?done=1"}
    assert by_touch(counter, "delegation.given", AGRI, device)
    form = {"csrf": csrf, "seat": "agri-centre", "to": friend}
    assert touch(counter, device, f"/seats/{XIAOHE}/back", form).status_code == 200
    assert by_touch(counter, "delegation.ended", AGRI, device)
    with place_of(counter).engine.connect() as conn:
        assert log.events(conn, XIAOHE, kinds=("delegation.ended",))
        assert register.of(conn, XIAOHE).borrowed(friend, date(2022, 2, 8)) == []


def test_who_borrows_may_bring_a_passkey(counter: TestClient, friend: str) -> None:
    lend(counter)
    device = enrolled(counter, friend)
    with place_of(counter).engine.connect() as conn:
        assert register.of(conn, XIAOHE).keys[device.key] == friend
