"""A change of terms (换届) as one flow: what is open, seats left and taken, keys, papers."""

import io
import re
from datetime import date

import pikepdf
import pytest
from fastapi.testclient import TestClient
from test_app_passkey import XIAOHE, enter, meet, place_of, resubmit, size, standing

from app.demo.township import PIN
from approvals import cases, keys, register, seen
from approvals.register import Register
from approvals.verify import verify
from ledger.log import store as log

DESK = f"/desk/{XIAOHE}"
DAY = "2022-02-08"  # the sample's today
OLD = "xiaohe-secretary"
NEW_PIN = "739518"
TERM = {"first": DAY, "last": "2027-02-07"}


def people_of(counter: TestClient) -> Register:
    with place_of(counter).engine.connect() as conn:
        return register.of(conn, XIAOHE)


def send(counter: TestClient, path: str, **data: object) -> str:
    """Let the registrar send a form; return the page that answers."""
    csrf = enter(counter, "registrar")
    answer = counter.post(f"{DESK}/terms{path}", data={"csrf": csrf, "pin": PIN, **data})
    return str(answer.text)


def proved(counter: TestClient) -> None:
    verdict = verify(place_of(counter).settings.books / XIAOHE)
    assert verdict.good, verdict.fault


def elected(counter: TestClient) -> str:
    """Change the secretary up to the new one's key; return the new one's id."""
    send(counter, "", day=DAY, leaving=[f"secretary|{OLD}"])
    send(counter, "/end")
    send(counter, "/coming", seat="secretary", person="", name="样例新书记", **TERM)
    send(counter, "/seat")
    day = place_of(counter).clock.today()
    (new,) = people_of(counter).holders("secretary", day)
    told = {"person": new, "new_pin": NEW_PIN, "again": NEW_PIN}
    page = send(counter, "/key", login="newsec", password="a-long-password", **told)
    assert 'class="refusal"' not in page
    return new


def test_a_change_of_terms_step_by_step_and_once_only(counter: TestClient) -> None:
    resubmit(counter)
    before = people_of(counter)
    page = send(counter, "", day=DAY, leaving=[f"secretary|{OLD}"])
    assert "二、离任的人手上还有什么" in page
    assert "撤销签名密钥" in page
    start = size(counter)
    send(counter, "/end")
    assert size(counter) == start + 2  # the seat, the key
    send(counter, "/end")
    assert size(counter) == start + 2  # sent twice: nothing twice
    people, day = people_of(counter), place_of(counter).clock.today()
    assert people.holders("secretary", day) == []
    assert OLD in before.keys.values()
    assert OLD not in people.keys.values()
    with place_of(counter).engine.connect() as conn:
        (left,) = log.events(conn, XIAOHE, kinds=("seat.left",))
    reason = left.statement()["body"]["reason"]
    digest = re.search(r"<code>(\w{64})</code>", counter.get(f"{DESK}/handover").text)
    assert digest
    assert digest[1][:16] in reason
    proved(counter)  # stopped midway: the books are whole
    page = send(counter, "/coming", seat="secretary", person="", name="样例新书记", **TERM)
    assert "样例新书记" in page
    send(counter, "/coming", seat="deputy-director", person="xiaohe-clerk", name="", **TERM)
    send(counter, "/coming/drop", seat="deputy-director", person="xiaohe-clerk")
    send(counter, "/seat")
    assert size(counter) == start + 4  # entered, seated
    send(counter, "/seat")
    assert size(counter) == start + 4
    (new,) = people_of(counter).holders("secretary", day)
    told = {"person": new, "login": "newsec", "password": "a-long-password"}
    page = send(counter, "/key", new_pin=NEW_PIN, again="739519", **told)
    assert "W186" in page
    page = send(counter, "/key", new_pin=NEW_PIN, again=NEW_PIN, **{**told, "login": "registrar"})
    assert "W188" in page
    assert size(counter) == start + 4
    send(counter, "/key", new_pin=NEW_PIN, again=NEW_PIN, **told)
    assert size(counter) == start + 5
    page = counter.get(f"{DESK}/terms").text
    assert page.count("<small>待办</small>") == 0
    proved(counter)


def test_who_left_signs_nothing_and_the_case_goes_to_who_came(counter: TestClient) -> None:
    resubmit(counter)
    place, one = place_of(counter), standing(counter)
    csrf_old = enter(counter, OLD)
    cookie = counter.cookies.get("mingbai")
    mark = seen.mark(standing(counter))
    new = elected(counter)
    before = size(counter)
    counter.cookies.clear()
    counter.cookies.set("mingbai", str(cookie))  # the session that was open all the time
    path = f"/case/{XIAOHE}/{one.case}"
    tally = {"roster": "5", "present": "5", "favour": "5", "against": "0"}
    sign = {"csrf": csrf_old, "pin": PIN, "seen": mark, "step": "council", "seat": "secretary"}
    phone = {"user-agent": "Mozilla/5.0 (Linux; Android 12; Mobile) MicroMessenger/8.0"}
    script = {"accept": "application/json"}
    lend = {"csrf": csrf_old, "pin": PIN, "seat": "secretary", "to": "xiaohe-clerk"}
    lend |= {"from": DAY, "until": DAY, "reason": "帮忙"}
    for way, form in (
        (f"{path}/meeting", {**sign, **tally, "recorder": "xiaohe-clerk"}),
        (f"{path}/sign", sign),
        (f"{path}/sign", {**sign, "by": "passkey"}),
        (f"/seats/{XIAOHE}/lend", lend),
        (f"{DESK}/policies/adopt", {**sign, "policy": "0" * 64}),
        (f"/review/{XIAOHE}/{one.case}", sign),
        ("/review/sign", sign),
    ):
        for headers in ({}, phone, script):
            answer = counter.post(way, data=form, headers=headers)
            assert answer.status_code >= 400 or "没有" in answer.text, (way, headers)
            assert size(counter) == before, (way, headers)
    assert counter.get(path).status_code == 404
    assert one.voucher.summary not in counter.get("/inbox").text
    with place.engine.connect() as conn:
        waits = cases.waiting_for(conn, XIAOHE, new, place.clock.today())
        assert [(w.standing.case, w.step["id"]) for w in waits] == [(one.case, "council")]
        assert cases.waiting_for(conn, XIAOHE, OLD, place.clock.today()) == []
    csrf = enter(counter, "newsec")
    assert one.voucher.summary in counter.get("/inbox").text
    form = {"csrf": csrf, "pin": NEW_PIN, "seen": mark, "step": "council", **tally}
    form |= {"recorder": "xiaohe-clerk", "recorder_pin": PIN}
    counter.post(f"{path}/meeting", data=form)
    assert standing(counter).signoffs[-1].person == new
    proved(counter)


def test_who_left_still_reads_what_they_signed_and_nothing_else(counter: TestClient) -> None:
    resubmit(counter)
    meet(counter)
    with place_of(counter).engine.connect() as conn:
        closed = log.events(conn, XIAOHE, kinds=("meeting.closed",))[-1]
        signed = log.events(conn, XIAOHE, kinds=("case.signed",))
    others = next(one.seq for one in signed if one.statement()["person"] != OLD)
    elected(counter)
    enter(counter, OLD)
    page = counter.get("/signed").text
    assert f"/signed/{XIAOHE}/{closed.seq}" in page
    assert counter.get(f"/signed/{XIAOHE}/{closed.seq}").status_code == 200
    assert counter.get(f"/signed/{XIAOHE}/{others}").status_code == 404
    assert counter.get(f"/receipt/{XIAOHE}/{closed.seq}").status_code == 404
    assert counter.get(DESK).status_code == 404
    assert counter.get(f"{DESK}/terms").status_code == 404


def test_what_hangs_on_who_leaves_is_listed(counter: TestClient) -> None:
    resubmit(counter)
    place = place_of(counter)
    csrf = enter(counter, OLD)
    borrower = people_of(counter).holders("deputy-director", place.clock.today())[0]
    lend = {"csrf": csrf, "pin": PIN, "seat": "secretary", "to": borrower, "reason": "学习"}
    lend |= {"from": DAY, "until": "2022-03-01"}
    counter.post(f"/seats/{XIAOHE}/lend", data=lend)
    assert len(people_of(counter).delegations) == 1
    page = send(counter, "", day=DAY, leaving=[f"secretary|{OLD}", "clerk|xiaohe-clerk"])
    for words in ("等他审签", "委托", standing(counter).voucher.summary, "收回委托"):
        assert words in page, words
    before = size(counter)
    send(counter, "/end")
    assert size(counter) == before + 5  # the loan, two seats, two keys
    assert people_of(counter).delegations == []
    proved(counter)


def test_the_list_says_what_is_handed_over(counter: TestClient) -> None:
    enter(counter, "xiaohe-clerk")
    page = counter.get(f"{DESK}/handover").text
    for words in ("货币资金和银行账户", "合同", "固定资产", "在办事项", "已记账凭证（张）"):
        assert words in page
    assert standing(counter).voucher.summary in page
    data = counter.get(f"{DESK}/handover.pdf").content
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages) >= 1


WRONG = [
    ("", {"day": "明天"}, "W181"),
    ("/end", {}, "W180"),
    ("/seat", {}, "W180"),
    ("/coming", {"seat": "secretary", "name": "某人", **TERM}, "W180"),
]


def test_each_refusal_leaves_everything_as_it_was(counter: TestClient) -> None:
    before = size(counter)
    for path, data, code in WRONG:
        assert code in send(counter, path, **data), path
    send(counter, "", day="2022-03-01", leaving=[f"secretary|{OLD}"])
    assert "W184" in send(counter, "/end")
    send(counter, "", day=DAY, leaving=[f"secretary|{OLD}"])
    coming = {"seat": "secretary", "person": "", "name": "某人", **TERM}
    for change, code in (
        ({"name": ""}, "W182"),
        ({"last": "x"}, "W181"),
        ({"last": "2020-01-01"}, "A049"),
        ({"seat": "mayor"}, "A049"),
        ({"person": "nobody"}, "A047"),
    ):
        assert code in send(counter, "/coming", **{**coming, **change}), change
    send(counter, "/coming", **coming)
    assert "W185" in send(counter, "/seat")
    assert "W187" in send(counter, "/key", person=OLD, new_pin=NEW_PIN, again=NEW_PIN)
    assert "H003" in send(counter, "/end", pin="000001")
    assert size(counter) == before
    assert place_of(counter).clock.today() == date(2022, 2, 8)


def test_somebody_reelected_gets_a_new_term_and_keeps_the_key(counter: TestClient) -> None:
    key = [one for one, who in people_of(counter).keys.items() if who == OLD]
    send(counter, "", day=DAY, leaving=[f"secretary|{OLD}"])
    send(counter, "/coming", seat="secretary", person=OLD, name="", **TERM)
    send(counter, "/end")
    send(counter, "/seat")
    people = people_of(counter)
    (term,) = people.terms_of(OLD, date(2022, 2, 8))
    assert (term.first, term.last) == (date(2022, 2, 8), date(2027, 2, 7))
    assert [one for one, who in people.keys.items() if who == OLD] == key
    assert keys.unlock(place_of(counter).engine, OLD, PIN).key == key[0]
    resubmit(counter)
    proved(counter)


@pytest.mark.parametrize("person", ["xiaohe-clerk", "book1"])
def test_only_the_registrar_acts(counter: TestClient, person: str) -> None:
    csrf = enter(counter, person)
    assert counter.get(f"{DESK}/terms").status_code == 200
    for path in ("", "/coming", "/coming/drop", "/end", "/seat", "/key"):
        answer = counter.post(f"{DESK}/terms{path}", data={"csrf": csrf, "pin": PIN, "day": DAY})
        assert answer.status_code == 403
        assert "A030" in answer.text
