"""Who may open what: every route by every kind of user, in their village and in others."""

import io
from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from bank_files import Move, balance, bring, statement
from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image

from app import logins, uploads
from app.demo.install import PASSWORD
from app.demo.township import PIN
from app.web.access import ANYBODY, OUTSIDE, RULES, STAFF, undeclared
from app.web.room import Room
from approvals import acts, boards, keys, register, submission
from approvals.cases import open_cases
from approvals.policy import seats
from ledger.log import store as log
from ledger.voucher import Paper

XIAOHE = "510802-sandui-xiaohe"
ELSEWHERE = "jingtian-sup1"
OF_VILLAGE = [key for key, rule in RULES.items() if rule.seats]
OF_STAFF = [key for key, rule in RULES.items() if rule == STAFF]
# The code of the page that turns somebody away for the seats they hold.
TURNED_AWAY = "A030"


def room_of(counter: TestClient) -> Room:
    found: Room = counter.app.state.room  # type: ignore[attr-defined]
    return found


def holder(place: Room, seat: str) -> str:
    """Return somebody who holds a seat; the registrar seats a clerk where nobody does."""
    with place.engine.begin() as conn:
        people = register.of(conn, XIAOHE)
        held = people.holders(seat, place.clock.today())
        if held:
            return held[0]
    registrar = keys.unlock(place.engine, register.REGISTRAR, PIN)
    desk = place.desk(XIAOHE)
    with place.engine.begin() as conn:
        acts.enrol_person(conn, registrar, desk, f"new-{seat}", "样例新人")
        term = (date(2022, 1, 1), date(2026, 12, 31))
        acts.take_seat(conn, registrar, desk, seat, f"new-{seat}", term)
    return f"new-{seat}"


def enter(counter: TestClient, person: str) -> str:
    """Log a person in, whoever it is; return the form token."""
    place = room_of(counter)
    with place.engine.begin() as conn:
        logins.add(conn, "probe", person, PASSWORD)
    token = logins.enter(place.engine, "probe", PASSWORD, place.clock.now())
    counter.cookies.clear()
    counter.cookies.set("mingbai", token)
    with place.engine.begin() as conn:
        found = logins.visitor(conn, token, place.clock.now())
    assert found is not None
    return found.csrf


def real(path: str, case: str, paper: str, village: str = XIAOHE) -> str:
    names = {"village": village, "case": case, "digest": paper, "year": "2021", "name": "roll.pdf"}
    names["period"] = "2021-05"
    names["household"] = "01-001"
    names |= {"number": "2021-付-0016", "span": "2021-Q2", "book": "pay"}
    for name, value in names.items():
        path = path.replace(f"{{{name}}}", value)
    return path


def things(place: Room) -> tuple[str, str]:
    """Submit the open case again with a paper; return the case and the paper's digest."""
    picture = io.BytesIO()
    Image.new("RGB", (9, 9), "white").save(picture, "PNG")
    digest = uploads.take(place.settings.papers, picture.getvalue())
    desk = place.desk(XIAOHE)
    with place.engine.begin() as conn:
        one = open_cases(conn, XIAOHE)[0]
        voucher = replace(one.voucher, papers=(Paper(digest, "收据", "样例0001"),), sheets=1)
    maker = keys.unlock(place.engine, one.maker, PIN)
    with place.engine.begin() as conn:
        submission.submit(conn, maker, desk, voucher, one.case)
    _hang(place, digest)
    return one.case, digest


def _hang(place: Room, photo: str) -> None:
    """Prove with a photo that December hangs on a board."""
    clerk = keys.unlock(place.engine, "xiaohe-clerk", PIN)
    with place.engine.begin() as conn:
        boards.set_boards(conn, clerk, place.desk(XIAOHE), [boards.Board("a", "村口")])
    with place.engine.begin() as conn:
        up = (date(2022, 2, 8), photo)
        boards.post_sheet(conn, clerk, place.desk(XIAOHE), "2021-12", "a", up)


def test_every_route_is_in_the_table_and_nothing_else(counter: TestClient) -> None:
    web = counter.app
    assert isinstance(web, FastAPI)
    assert undeclared(web) == set()
    there = {str(getattr(route, "path", "")) for route in web.routes}
    assert there >= OUTSIDE
    for method, path in RULES:
        address = real(path, "x", "y").replace("{period}", "2021-05").replace("{ending}", "pdf")
        assert counter.request(method, address).status_code != 405, (method, path)


def test_a_page_that_the_table_does_not_name_is_refused(counter: TestClient) -> None:
    web = counter.app
    assert isinstance(web, FastAPI)
    web.get("/forgotten")(lambda: "secret")
    assert undeclared(web) == {("GET", "/forgotten")}
    enter(counter, "registrar")
    answer = counter.get("/forgotten")
    assert answer.status_code == 404
    assert "secret" not in answer.text


@pytest.mark.parametrize("seat", sorted(seats()))
def test_each_seat_opens_its_own_pages_in_its_village(counter: TestClient, seat: str) -> None:
    place = room_of(counter)
    person, (case, paper) = holder(place, seat), things(place)
    csrf = enter(counter, person)
    with place.engine.connect() as conn:
        mine = set(register.of(conn, XIAOHE).seats_of(person, place.clock.today()))
        before = log.size(conn, XIAOHE)
    assert seat in mine
    for method, path in OF_VILLAGE:
        body = {"csrf": csrf} if method == "POST" else None
        answer = counter.request(method, real(path, case, paper), data=body)
        turned = answer.status_code == 403 and TURNED_AWAY in answer.text
        assert turned is RULES[method, path].seats.isdisjoint(mine), (seat, method, path)
        assert answer.status_code not in {401, 404, 405, 500}, (seat, method, path)
        other = counter.request(method, real(path, case, paper, "nowhere"), data=body)
        assert other.status_code == 404, (seat, method, path)
    with place.engine.connect() as conn:
        assert log.size(conn, XIAOHE) == before


@pytest.mark.parametrize("person", ["", ELSEWHERE])
def test_strangers_see_nothing_of_a_village(counter: TestClient, person: str) -> None:
    place = room_of(counter)
    case, paper = things(place)
    csrf = enter(counter, person) if person else ""
    if not person:
        counter.cookies.clear()
    for method, path in OF_VILLAGE:
        body = {"csrf": csrf, "pin": PIN} if method == "POST" else None
        answer = counter.request(method, real(path, case, paper), data=body)
        assert answer.status_code == (404 if person else 401), (method, path)
        assert "小河村" not in answer.text
    for method, path in OF_STAFF:
        answer = counter.request(method, path)
        assert "小河村" not in answer.text
        assert (answer.status_code == 401) is (person == "")


def test_who_is_nobody_reads_what_is_public(counter: TestClient) -> None:
    asked = counter.post(f"/v/{XIAOHE}/2021-05/ask", data={"question": "路灯什么时候修？"})
    receipt = asked.url.path.rpartition("/")[2]
    public = [path for (method, path), rule in RULES.items() if rule == ANYBODY and method == "GET"]
    for path, ending in product(public, ("pdf", "xlsx")):
        address = real(path, "", "").replace("{period}", "2021-05").replace("roll.pdf", "sheet")
        address = address.replace("{ending}", ending).replace("{receipt}", receipt)
        assert counter.get(address).status_code == 200, path


def test_bank_lines_are_brought_by_those_who_keep_the_books(counter: TestClient) -> None:
    move = Move(date(2022, 2, 8), 900, "样例租户", "62001", "编造的流水")
    data = statement(balance(counter), move)
    for person, taken in (("xiaohe-sup1", False), ("audit1", False), ("xiaohe-clerk", True)):
        answer = bring(counter, enter(counter, person), data)
        assert (answer.status_code == 200) is taken
        assert ("编造的流水" in counter.get(f"/desk/{XIAOHE}/bank").text) is taken
