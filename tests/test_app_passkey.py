"""Passkeys at the counter, by an authenticator in software: enrolment, signing, what is refused."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from authenticator import Authenticator
from counters import adopt
from fastapi.testclient import TestClient
from sqlalchemy import update

from app import logins, registration
from app.demo.install import PASSWORD
from app.demo.township import PIN
from approvals import acts, keys, passkeys, register, seen, signoff, submission
from approvals.cases import open_cases, standing_of
from approvals.passkey import ALGS, EDDSA, ES256
from approvals.signoff import Tally
from approvals.standing import Standing
from approvals.tables import passkey as table
from approvals.verify import verify
from ledger.log import store as log

XIAOHE = "510802-sandui-xiaohe"
AGRI, SUP = "agri1", "xiaohe-sup1"
OURS = {"step": "agri-centre", "seat": "agri-centre"}


def place_of(counter: TestClient) -> Any:
    return counter.app.state.room  # type: ignore[attr-defined]


def enter(counter: TestClient, name: str) -> str:
    """Log in without the form, whose password is slow on purpose; return the form token."""
    place = place_of(counter)
    with place.engine.begin() as conn:
        token = logins._open(conn, name, place.clock.now())
        found = logins.visitor(conn, token, place.clock.now())
    counter.cookies.clear()
    counter.cookies.set("mingbai", token)
    assert found
    return found.csrf


def size(counter: TestClient) -> int:
    with place_of(counter).engine.connect() as conn:
        return log.size(conn, XIAOHE)


def standing(counter: TestClient) -> Standing:
    with place_of(counter).engine.connect() as conn:
        return open_cases(conn, XIAOHE)[0]


def offer(counter: TestClient, name: str, device: Authenticator, **bend: Any) -> Any:
    """Create a passkey on a device, as the page's script does; return the last answer."""
    csrf = enter(counter, name)
    options = counter.post("/passkey/begin", data={"csrf": csrf}).json()["create"]
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert [one["alg"] for one in options["pubKeyCredParams"]] == [-7, -8]
    answer = json.dumps(device.create(options, **bend))
    return counter.post("/passkey/finish", data={"csrf": csrf, "answer": answer})


def confirm(counter: TestClient, device: Authenticator, pin: str = PIN) -> Any:
    csrf = enter(counter, "registrar")
    return counter.post("/passkeys", data={"csrf": csrf, "key": device.key, "pin": pin})


def enrolled(counter: TestClient, name: str = AGRI, alg: str = ES256) -> Authenticator:
    device = Authenticator(alg)
    assert offer(counter, name, device).json() == {"go": "/passkey"}
    assert confirm(counter, device).status_code == 200
    return device


def begin(counter: TestClient, csrf: str, **more: str) -> Any:
    one = standing(counter)
    form = {"csrf": csrf, "by": "passkey", "seen": seen.mark(one), **OURS, **more}
    return counter.post(f"/case/{XIAOHE}/{one.case}/sign", data=form)


def finish(counter: TestClient, csrf: str, answer: Any, case: str = "", **more: str) -> Any:
    name = case or standing(counter).case
    path = f"/case/{XIAOHE}/{name}/sign"
    with place_of(counter).engine.connect() as conn:
        known = log.events(conn, XIAOHE, subject=name)
        shown = {"seen": seen.mark(standing_of(conn, XIAOHE, name)) if known else ""}
    text = answer if isinstance(answer, str) else json.dumps(answer)
    form = {"csrf": csrf, "by": "passkey", **shown, **OURS, **more, "answer": text}
    return counter.post(path, data=form)


def refused(counter: TestClient, answer: Any, code: str, before: int) -> None:
    """A refusal is a code and one sentence, and nothing was written."""
    said = answer.json()
    assert said["code"] == code, said
    assert said["sentence"].endswith("。")
    assert answer.status_code in {403, 404, 409, 422}
    assert size(counter) == before


@pytest.mark.parametrize("alg", ALGS)
def test_from_a_new_passkey_to_a_signature_in_the_log(counter: TestClient, alg: str) -> None:
    device = Authenticator(alg)
    assert offer(counter, AGRI, device).json() == {"go": "/passkey"}
    page = counter.get("/passkey").text
    assert device.key in page
    assert "等待镇登记员当面确认" in page
    csrf = enter(counter, AGRI)
    assert "用通行密钥签" not in counter.get(f"/case/{XIAOHE}/{standing(counter).case}").text
    assert begin(counter, csrf).json()["code"] == "H005"
    enter(counter, "registrar")
    assert device.key in counter.get("/passkeys").text
    assert device.key in confirm(counter, device, "000000").text
    assert device.key not in confirm(counter, device).text
    csrf = enter(counter, AGRI)
    assert "已经登记，可以签名" in counter.get("/passkey").text
    one = standing(counter)
    assert "用通行密钥签" in counter.get(f"/case/{XIAOHE}/{one.case}").text
    before = size(counter)
    options = begin(counter, csrf, opinion="同意修路").json()["get"]
    assert options["userVerification"] == "required"
    assert size(counter) == before
    answer = device.get(options, high=alg == ES256 or None)
    done = finish(counter, csrf, answer, opinion="同意修路")
    assert re.fullmatch(rf"/inbox\?village={XIAOHE}&done=\d+", done.json()["go"])
    with place_of(counter).engine.connect() as conn:
        event = log.events(conn, XIAOHE, kinds=("case.signed",), subject=one.case)[-1]
    said, (signature,) = event.statement(), event.line()["signatures"]
    assert (said["person"], said["method"], said["body"]["opinion"]) == (
        AGRI,
        "passkey",
        "同意修路",
    )
    assert (signature["key"], signature["alg"]) == (device.key, alg)
    verdict = verify(place_of(counter).settings.books / XIAOHE)
    assert verdict.good, verdict.fault


def test_it_may_send_back_and_recuse(counter: TestClient) -> None:
    device = enrolled(counter)
    csrf, before = enter(counter, AGRI), size(counter)
    refused(counter, begin(counter, csrf, decision="return"), "A039", before)
    options = begin(counter, csrf, decision="return", opinion="缺验收单").json()["get"]
    sent = {"decision": "return", "opinion": "缺验收单"}
    assert finish(counter, csrf, device.get(options), **sent).status_code == 200
    assert standing(counter).state == "returned"


BENT = [
    ("H009", {"said": {"challenge": "AAAA"}}),
    ("H010", {"flags": 0x01}),
    ("H011", {"said": {"origin": "https://evil.example"}}),
    ("H011", {"said": {"crossOrigin": True}}),
    ("H012", {"rp": "evil.example"}),
    ("H013", {"client": "[]"}),
    ("H013", {"said": {"type": "webauthn.create"}}),
    ("H013", {"signature": b"short"}),
    ("H014", {"signature": bytes(64)}),
    ("H014", {"signature": Authenticator().raw(b"another")}),
    ("H005", {"credential": b"another credential"}),
]


def test_each_bent_assertion_has_its_refusal(counter: TestClient) -> None:
    device = enrolled(counter)
    csrf, before = enter(counter, AGRI), size(counter)
    for code, bend in BENT:
        options = begin(counter, csrf).json()["get"]
        refused(counter, finish(counter, csrf, device.get(options, **bend)), code, before)
    for text in ("{", "[]", "{}", '{"response":1}', "[" * 9000, "x" * 50_000):
        begin(counter, csrf)
        refused(counter, finish(counter, csrf, text), "H013", before)


def test_what_was_begun_is_finished_once_in_time_by_who_began_it(counter: TestClient) -> None:
    device = enrolled(counter)
    other = enrolled(counter, SUP)
    place, before = place_of(counter), size(counter)
    csrf = enter(counter, AGRI)
    mine = counter.cookies["mingbai"]
    options = begin(counter, csrf).json()["get"]
    answer = device.get(options)
    # Another person's session has begun nothing, whatever it sends.
    stranger = enter(counter, SUP)
    refused(counter, finish(counter, stranger, answer), "H006", before)
    asked = begin(counter, stranger, step="supervision", seat="supervision").json()["get"]
    refused(counter, finish(counter, stranger, answer), "H005", before)
    refused(counter, finish(counter, stranger, other.get(asked)), "H006", before)
    # The same assertion in another case, too late, and a second time.
    counter.cookies.clear()
    counter.cookies.set("mingbai", mine)
    refused(counter, finish(counter, csrf, answer, "another"), "H006", before)
    options = begin(counter, csrf).json()["get"]
    place.clock.shift += timedelta(minutes=5, seconds=1)
    refused(counter, finish(counter, csrf, device.get(options)), "H006", before)
    refused(counter, finish(counter, csrf, answer), "H006", before)
    options = begin(counter, csrf).json()["get"]
    refused(counter, finish(counter, csrf, answer), "H009", before)
    options = begin(counter, csrf).json()["get"]
    answer = device.get(options)
    assert finish(counter, csrf, answer).status_code == 200
    refused(counter, finish(counter, csrf, answer), "H006", before + 1)


def test_leaving_ends_what_was_begun(counter: TestClient) -> None:
    device = enrolled(counter)
    csrf = enter(counter, AGRI)
    options = begin(counter, csrf).json()["get"]
    token = counter.cookies["mingbai"]
    counter.post("/logout", data={"csrf": csrf})
    counter.cookies.set("mingbai", token)
    assert finish(counter, csrf, device.get(options)).status_code == 401


def test_a_counter_that_goes_back_is_refused(counter: TestClient) -> None:
    device = enrolled(counter)
    csrf, before = enter(counter, AGRI), size(counter)
    with place_of(counter).engine.begin() as conn:
        conn.execute(update(table).where(table.c.key == device.key).values(counter=7))
    for count in (0, 6, 7):
        options = begin(counter, csrf).json()["get"]
        refused(counter, finish(counter, csrf, device.get(options, counter=count)), "H015", before)
    options = begin(counter, csrf).json()["get"]
    assert finish(counter, csrf, device.get(options, counter=8)).status_code == 200
    with place_of(counter).engine.connect() as conn:
        owned, _ = passkeys.of(conn, AGRI)
    assert owned is not None
    assert owned.counter == 8


def resubmit(counter: TestClient) -> None:
    """Let the maker submit the open case again with another summary."""
    place, one = place_of(counter), standing(counter)
    maker = keys.unlock(place.engine, one.maker, PIN)
    voucher = replace(one.voucher, summary=f"{one.voucher.summary}（改）")
    desk = place.desk(XIAOHE)
    with place.engine.begin() as conn:
        submission.submit(conn, maker, desk, voucher, one.case)


def meet(counter: TestClient) -> None:
    """Close the meetings that a payment begins with."""
    place = place_of(counter)
    with place.engine.connect() as conn:
        people, day = register.of(conn, XIAOHE), place.clock.today()
    while (one := standing(counter)).waiting()[0]["kind"] == "meeting":
        step = one.waiting()[0]
        seats = (step["seats"][0], step["recorders"][0])
        both = [keys.unlock(place.engine, people.holders(seat, day)[0], PIN) for seat in seats]
        desk = place.desk(XIAOHE)
        tally = Tally(day, 25, 21, 19, 1)
        with place.engine.begin() as conn:
            signoff.close_meeting(conn, *both, desk, one.case, step["id"], tally)


def test_a_case_that_changed_meanwhile_is_not_signed(counter: TestClient) -> None:
    device = enrolled(counter)
    csrf = enter(counter, AGRI)
    options = begin(counter, csrf).json()["get"]
    resubmit(counter)
    before = size(counter)
    refused(counter, finish(counter, csrf, device.get(options)), "H007", before)
    meet(counter)
    options = begin(counter, csrf).json()["get"]
    again = size(counter)
    resubmit(counter)
    meet(counter)  # the same turn again, of another revision
    assert size(counter) > again
    before = size(counter)
    refused(counter, finish(counter, csrf, device.get(options)), "H007", before)
    options = begin(counter, csrf).json()["get"]
    assert finish(counter, csrf, device.get(options)).status_code == 200


def test_a_case_that_ended_meanwhile_is_not_signed(counter: TestClient) -> None:
    device, one = enrolled(counter), standing(counter)
    csrf = enter(counter, AGRI)
    options = begin(counter, csrf).json()["get"]
    place = place_of(counter)
    maker = keys.unlock(place.engine, one.maker, PIN)
    desk = place.desk(XIAOHE)
    with place.engine.begin() as conn:
        submission.withdraw(conn, maker, desk, one.case, "重复")
    before = size(counter)
    refused(counter, finish(counter, csrf, device.get(options), one.case), "H007", before)


def test_an_act_recorded_meanwhile_asks_for_one_more_touch(counter: TestClient) -> None:
    device = enrolled(counter)
    place, csrf = place_of(counter), enter(counter, AGRI)
    options = begin(counter, csrf).json()["get"]
    registrar = keys.unlock(place.engine, register.REGISTRAR, PIN)
    place.clock.shift += timedelta(seconds=9)
    desk = place.desk(XIAOHE)
    with place.engine.begin() as conn:
        acts.declare_kin(conn, registrar, desk, SUP, "样例建材行", "配偶")
    before = size(counter)
    refused(counter, finish(counter, csrf, device.get(options)), "H008", before)
    options = begin(counter, csrf).json()["get"]
    assert finish(counter, csrf, device.get(options)).status_code == 200


def test_a_revoked_passkey_signs_nothing(counter: TestClient) -> None:
    device = enrolled(counter)
    place, csrf = place_of(counter), enter(counter, AGRI)
    options = begin(counter, csrf).json()["get"]
    registrar = keys.unlock(place.engine, register.REGISTRAR, PIN)
    desk = place.desk(XIAOHE)
    with place.engine.begin() as conn:
        acts.revoke_key(conn, registrar, desk, AGRI, device.key, "遗失")
    before = size(counter)
    refused(counter, finish(counter, csrf, device.get(options)), "A031", before)
    refused(counter, begin(counter, csrf), "H005", before)
    assert "已经登记" not in counter.get("/passkey").text
    enter(counter, "registrar")
    assert device.key not in counter.get("/passkeys").text
    assert "H019" in confirm(counter, device).text


def test_a_new_passkey_takes_the_place_of_the_old(counter: TestClient) -> None:
    old = enrolled(counter)
    new = Authenticator(EDDSA)
    csrf = enter(counter, AGRI)
    options = counter.post("/passkey/begin", data={"csrf": csrf}).json()["create"]
    assert len(options["excludeCredentials"]) == 1
    offer(counter, AGRI, new)
    csrf = enter(counter, AGRI)  # until it is confirmed, the old one signs
    mine = counter.cookies["mingbai"]
    began = begin(counter, csrf).json()["get"]
    confirm(counter, new)
    with place_of(counter).engine.connect() as conn:
        people = register.of(conn, XIAOHE)
        assert passkeys.of(conn, AGRI)[0].key == new.key  # type: ignore[union-attr]
    assert old.key not in people.keys
    assert people.keys[new.key] == AGRI
    counter.cookies.clear()
    counter.cookies.set("mingbai", mine)
    before = size(counter)
    refused(counter, finish(counter, csrf, old.get(began)), "H005", before)
    options = begin(counter, csrf).json()["get"]
    assert finish(counter, csrf, new.get(options)).status_code == 200
    verdict = verify(place_of(counter).settings.books / XIAOHE)
    assert verdict.good, verdict.fault


def test_what_is_no_new_passkey(counter: TestClient) -> None:
    bent: list[tuple[str, dict[str, Any]]] = [
        ("H011", {"said": {"origin": "https://evil.example"}}),
        ("H011", {"said": {"crossOrigin": True}}),
        ("H016", {"said": {"challenge": "AAAA"}}),
        ("H016", {"said": {"type": "webauthn.get"}}),
        ("H016", {"flags": 0x41}),
        ("H016", {"rp": "evil.example"}),
    ]
    before = size(counter)
    for code, bend in bent:
        refused(counter, offer(counter, AGRI, Authenticator(), **bend), code, before)
    csrf = enter(counter, AGRI)
    for text in ("", "[]", "{}", '{"response":{"clientDataJSON":"é"}}'):
        counter.post("/passkey/begin", data={"csrf": csrf})
        answer = counter.post("/passkey/finish", data={"csrf": csrf, "answer": text})
        refused(counter, answer, "H016", before)
    answer = counter.post("/passkey/finish", data={"csrf": csrf, "answer": "{}"})
    refused(counter, answer, "H006", before)
    csrf = enter(counter, "registrar")
    refused(counter, counter.post("/passkey/begin", data={"csrf": csrf}), "H020", before)
    assert "这里不能用通行密钥" in counter.get("/passkey").text


def test_the_registrar_and_a_key_that_is_none_are_not_offered(counter: TestClient) -> None:
    place = place_of(counter)
    good = passkeys.Credential(b"one", ES256, Authenticator().public, "localhost", 0)
    with place.engine.begin() as conn:
        with pytest.raises(passkeys.RegistrarHasPin):
            passkeys.offer(conn, register.REGISTRAR, good, place.clock.now())
        with pytest.raises(passkeys.BadCredential):
            passkeys.offer(conn, AGRI, good._replace(public=bytes(65)), place.clock.now())


def test_one_device_is_offered_once_and_an_offer_can_be_dropped(counter: TestClient) -> None:
    device, before = Authenticator(), size(counter)
    offer(counter, AGRI, device)
    refused(counter, offer(counter, SUP, device), "H017", before)
    again = Authenticator()
    offer(counter, AGRI, again)  # takes the place of what nobody has confirmed
    csrf = enter(counter, "registrar")
    page = counter.get("/passkeys").text
    assert again.key in page
    assert device.key not in page
    form = {"csrf": csrf, "key": again.key}
    assert again.key not in counter.post("/passkeys/discard", data=form).text
    assert "H018" in counter.post("/passkeys/discard", data=form).text
    assert "H018" in confirm(counter, again).text
    mine = enrolled(counter)
    form = {"csrf": enter(counter, "registrar"), "key": mine.key}
    assert "H018" in counter.post("/passkeys/discard", data=form).text


def test_who_sits_nowhere_waits_until_they_do(counter: TestClient) -> None:
    place, device = place_of(counter), Authenticator()
    with place.engine.begin() as conn:
        logins.add(conn, "nobody", "nobody", PASSWORD)
    offer(counter, "nobody", device)
    enter(counter, "registrar")
    assert "此人现在没有席位" in counter.get("/passkeys").text
    assert "H019" in confirm(counter, device).text
    registrar = keys.unlock(place.engine, register.REGISTRAR, PIN)
    desk = place.desk(XIAOHE)
    with place.engine.begin() as conn:
        acts.enrol_person(conn, registrar, desk, "nobody", "样例新人")
        term = (date(2022, 1, 1), date(2026, 12, 31))
        acts.take_seat(conn, registrar, desk, "supervision", "nobody", term)
    assert "样例新人" in counter.get("/passkeys").text
    assert device.key not in confirm(counter, device).text


def test_the_registrars_page_is_the_registrars(counter: TestClient) -> None:
    csrf = enter(counter, AGRI)
    for method, path in (
        ("GET", "/passkeys"),
        ("POST", "/passkeys"),
        ("POST", "/passkeys/discard"),
    ):
        answer = counter.request(method, path, data={"csrf": csrf, "pin": PIN})
        assert answer.status_code == 403
        assert "A030" in answer.text
    said = counter.post("/passkey/begin", data={}, headers={"accept": "application/json"})
    assert said.json()["code"] == "W012"


def test_a_pin_is_refused_where_a_passkey_is_due(counter: TestClient) -> None:
    place, one = place_of(counter), standing(counter)
    with place.engine.begin() as conn:
        policy = json.loads(json.dumps(register.of(conn, XIAOHE).current()))
    for chain in policy["chains"]:
        for step in chain["steps"]:
            step["method"] = "passkey" if step["id"] == "agri-centre" else step["method"]
    adopt(place, XIAOHE, policy)
    resubmit(counter)
    meet(counter)
    csrf, before = enter(counter, AGRI), size(counter)
    path = f"/case/{XIAOHE}/{one.case}"
    assert "这一步须用通行密钥签" in counter.get(path).text
    form = {"csrf": csrf, "step": "agri-centre", "seat": "agri-centre", "pin": PIN}
    form["seen"] = seen.mark(standing(counter))
    answer = counter.post(f"{path}/sign", data=form)
    assert "<small>A022" in answer.text
    assert answer.status_code == 403
    assert size(counter) == before
    device = enrolled(counter)
    csrf = enter(counter, AGRI)
    options = begin(counter, csrf).json()["get"]
    assert finish(counter, csrf, device.get(options)).status_code == 200


@pytest.mark.parametrize(
    ("base", "rp", "address"),
    [
        ("http://127.0.0.1:8321", "localhost", "http://localhost:8321"),
        ("http://[::1]:8321", "localhost", "http://localhost:8321"),
        ("http://localhost", "localhost", "http://localhost"),
        ("https://sandui.example", "sandui.example", "https://sandui.example"),
        ("https://sandui.example:8443", "sandui.example", "https://sandui.example:8443"),
        ("http://sandui.example", "", ""),
        ("https://10.0.0.7", "", ""),
    ],
)
def test_the_relying_party_of_an_address(base: str, rp: str, address: str) -> None:
    assert registration.relying_party(base) == (rp, address)


def test_an_address_without_passkeys_says_so(counter: TestClient) -> None:
    place = place_of(counter)
    place.settings.base_url = "http://10.0.0.7"
    csrf, before = enter(counter, AGRI), size(counter)
    assert "这里不能用通行密钥" in counter.get("/passkey").text
    refused(counter, counter.post("/passkey/begin", data={"csrf": csrf}), "H021", before)
    refused(counter, begin(counter, csrf), "H021", before)
