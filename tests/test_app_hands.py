"""Every act at the counter by a touch of a passkey: the same form twice, bound to what it says."""

import io
import json
import re
from typing import Any

from authenticator import Authenticator
from fastapi.testclient import TestClient
from PIL import Image
from test_app_passkey import (
    AGRI,
    XIAOHE,
    enrolled,
    enter,
    place_of,
    refused,
    resubmit,
    size,
    standing,
)
from test_app_staff import keeper, voucher

from app.demo.township import PIN
from approvals import keys, register, seen, signoff
from approvals.cases import open_cases
from approvals.signoff import Tally
from approvals.standing import Standing
from approvals.verify import verify
from ledger.log import store as log
from ledger.log.act import Event
from ledger.posted import store as posted

DESK = f"/desk/{XIAOHE}"


def touch(
    counter: TestClient, device: Authenticator, path: str, form: dict[str, Any], **more: Any
) -> Any:
    """Send a form as the page's script does: begin it, sign, and send it again with `more`."""
    files = more.pop("files", None)
    before = size(counter)
    sent = {**form, "by": "passkey"}
    begun = counter.post(path, data=sent, files=files)
    if "get" not in begun.json():
        return begun
    assert size(counter) == before
    answer = json.dumps(device.get(begun.json()["get"]))
    return counter.post(path, data={**sent, **more, "answer": answer}, files=files)


def last(counter: TestClient, kind: str) -> Event:
    with place_of(counter).engine.connect() as conn:
        return log.events(conn, XIAOHE, kinds=(kind,))[-1]


def by_touch(counter: TestClient, kind: str, person: str, device: Authenticator) -> bool:
    event = last(counter, kind)
    said, (signature,) = event.statement(), event.line()["signatures"]
    signer = (said["person"], said["method"], signature["key"])
    return signer == (person, "passkey", device.key)


def holder(counter: TestClient, seat: str) -> str:
    place = place_of(counter)
    with place.engine.connect() as conn:
        return register.of(conn, XIAOHE).holders(seat, place.clock.today())[0]


def walk(counter: TestClient, case: str) -> Standing:
    """Sign every step of a case by PIN."""
    place = place_of(counter)
    with place.engine.connect() as conn:
        people, day = register.of(conn, XIAOHE), place.clock.today()
    while True:
        with place.engine.connect() as conn:
            one = next(one for one in open_cases(conn, XIAOHE) if one.case == case)
        if one.state != "signing":
            return one
        step = one.waiting()[0]
        used = {s.person for s in one.approvals(step)}
        seat = step["seats"][0]
        person = next(p for p in people.holders(seat, day) if p not in used)
        hand = keys.unlock(place.engine, person, PIN)
        desk = place.desk(XIAOHE)
        with place.engine.begin() as conn:
            if step["kind"] == "meeting":
                recorder = people.holders(step["recorders"][0], day)[0]
                other = keys.unlock(place.engine, recorder, PIN)
                tally = Tally(day, 25, 21, 19, 1)
                signoff.close_meeting(conn, hand, other, desk, case, step["id"], tally)
            else:
                signoff.sign(conn, hand, desk, case, step["id"], seat)


def test_a_voucher_is_submitted_given_papers_and_withdrawn_by_touch(counter: TestClient) -> None:
    person = keeper(counter)
    device = enrolled(counter, person)
    csrf = enter(counter, person)
    assert "用通行密钥提交审签" in counter.get(f"{DESK}/voucher").text
    picture = io.BytesIO()
    Image.new("RGB", (9, 9), "white").save(picture, "PNG")
    form = voucher(csrf=csrf, summary="样例触签")
    files = {"papers": ("样例收据.png", picture.getvalue(), "image/png")}
    before = size(counter)
    # What was shown to the passkey is what is entered: another payee is another act.
    answer = touch(counter, device, f"{DESK}/submit", form, files=files, payee="样例别家")
    refused(counter, answer, "H007", before)
    answer = touch(counter, device, f"{DESK}/submit", form, files=files)
    assert answer.json() == {"go": f"{DESK}/voucher?done=1"}
    assert by_touch(counter, "voucher.submitted", person, device)
    with place_of(counter).engine.connect() as conn:
        one = next(c for c in open_cases(conn, XIAOHE) if c.voucher.summary == "样例触签")
    assert (one.voucher.total, len(one.voucher.papers)) == (120_050, 1)
    case = f"/case/{XIAOHE}/{one.case}"
    Image.new("RGB", (9, 8), "white").save(picture, "PNG")
    files = {"papers": ("样例验收单.png", picture.getvalue(), "image/png")}
    form = {"csrf": csrf, "reason": "补验收单"}
    assert touch(counter, device, f"{case}/papers", form, files=files).json() == {"go": case}
    assert by_touch(counter, "papers.added", person, device)
    form = {"csrf": csrf, "case": one.case, "reason": "重复"}
    assert touch(counter, device, f"{DESK}/withdraw", form).status_code == 200
    assert by_touch(counter, "case.withdrawn", person, device)
    verdict = verify(place_of(counter).settings.books / XIAOHE)
    assert verdict.good, verdict.fault


def test_a_case_is_paid_and_posted_and_a_sheet_published_by_touch(counter: TestClient) -> None:
    cashier, keeper_ = holder(counter, "cashier"), keeper(counter)
    paying, posting = enrolled(counter, cashier), enrolled(counter, keeper_)
    one = walk(counter, standing(counter).case)
    form = {"case": one.case}
    before = size(counter)
    csrf = enter(counter, keeper_)
    answer = touch(counter, posting, f"{DESK}/post", {"csrf": csrf})
    refused(counter, answer, "H022", before)  # nothing is ready to be posted
    csrf = enter(counter, cashier)
    assert "用通行密钥签" in counter.get(DESK).text
    answer = touch(counter, paying, f"{DESK}/pay", {**form, "csrf": csrf})
    assert answer.json() == {"go": f"{DESK}?done=1"}
    assert by_touch(counter, "payment.made", cashier, paying)
    csrf = enter(counter, keeper_)
    assert "用通行密钥记下一笔" in counter.get(DESK).text
    assert touch(counter, posting, f"{DESK}/post", {"csrf": csrf}).status_code == 200
    assert by_touch(counter, "voucher.posted", keeper_, posting)
    with place_of(counter).engine.connect() as conn:
        period = posted.seals(conn, XIAOHE)[-1].period
    form = {"csrf": csrf, "period": period}
    assert touch(counter, posting, f"{DESK}/publish", form).status_code == 200
    assert by_touch(counter, "sheet.published", keeper_, posting)
    verdict = verify(place_of(counter).settings.books / XIAOHE)
    assert verdict.good, verdict.fault


def test_another_form_of_the_same_session_is_not_what_was_begun(counter: TestClient) -> None:
    device = enrolled(counter)
    csrf, one = enter(counter, AGRI), standing(counter)
    form = {"csrf": csrf, "by": "passkey", "step": "agri-centre", "seat": "agri-centre"}
    form["seen"] = seen.mark(one)
    path = f"/case/{XIAOHE}/{one.case}/sign"
    before = size(counter)
    options = counter.post(path, data=form).json()["get"]
    answer = json.dumps(device.get(options))
    sent = {**form, "answer": answer, "decision": "recuse"}
    refused(counter, counter.post(path, data=sent), "H007", before)
    options = counter.post(path, data=form).json()["get"]
    answer = json.dumps(device.get(options))
    other = counter.post(f"{path[:-5]}/papers", data={**form, "answer": answer})
    assert other.status_code == 403  # the page is the maker's
    sent = {**form, "answer": answer, "opinion": "另加一句"}
    refused(counter, counter.post(path, data=sent), "H007", before)


def sent_back(counter: TestClient) -> Standing:
    """Submit the open case again, so that it waits for its first meeting."""
    resubmit(counter)
    return standing(counter)


def test_chair_and_recorder_each_sign_on_their_own(counter: TestClient) -> None:
    one = sent_back(counter)
    step = one.waiting()[0]
    chair, recorder = holder(counter, step["seats"][0]), holder(counter, step["recorders"][0])
    device, other = enrolled(counter, chair), enrolled(counter, recorder)
    path = f"/case/{XIAOHE}/{one.case}"
    before = size(counter)
    csrf = enter(counter, chair)
    vote = {
        "seen": seen.mark(one),
        "step": step["id"],
        "roster": "25",
        "present": "21",
        "favour": "19",
        "against": "1",
    }
    form = {"csrf": csrf, "recorder": recorder, **vote}
    refused(counter, touch(counter, device, f"{path}/meeting", form, favour="20"), "H007", before)
    few = {**form, "present": "9", "favour": "9", "against": "0"}
    refused(counter, touch(counter, device, f"{path}/meeting", few), "A019", before)
    many = {**form, "roster": "二十五"}
    refused(counter, touch(counter, device, f"{path}/meeting", many), "W020", before)
    go = touch(counter, device, f"{path}/meeting", form).json()["go"]
    assert size(counter) == before
    page = counter.get(go).text
    assert "等待第二人确认" in page
    assert f"{path}/second" not in page
    csrf = enter(counter, recorder)
    assert "表决结果，请记录人确认" in counter.get("/inbox").text
    page = counter.get(path).text
    assert f"{path}/second" in page
    found = re.search(r'name="half" value="(\w+)"', page)
    assert found
    form = {"csrf": csrf, "half": found[1]}
    assert touch(counter, other, f"{path}/second", form).status_code == 200
    event = last(counter, "meeting.closed")
    first, second = event.line()["signatures"]
    assert (first["key"], second["key"]) == (device.key, other.key)
    assert event.statement()["body"]["second"]["method"] == "passkey"
    assert "A100" in counter.post(f"{path}/second", data={**form, "pin": PIN}).text
    verdict = verify(place_of(counter).settings.books / XIAOHE)
    assert verdict.good, verdict.fault


def test_a_chair_by_pin_a_recorder_by_pin_and_an_entry_taken_back(counter: TestClient) -> None:
    one = sent_back(counter)
    step = one.waiting()[0]
    chair, recorder = holder(counter, step["seats"][0]), holder(counter, step["recorders"][0])
    path, before = f"/case/{XIAOHE}/{one.case}", size(counter)
    vote = {
        "seen": seen.mark(one),
        "step": step["id"],
        "roster": "25",
        "present": "21",
        "favour": "19",
        "against": "1",
    }
    form = {"csrf": enter(counter, chair), "recorder": recorder, "pin": PIN, **vote}
    wrong = {**form, "recorder": chair}
    assert "A041" in counter.post(f"{path}/meeting", data=wrong).text
    page = counter.post(f"{path}/meeting", data=form).text
    found = re.search(r'name="half" value="(\w+)"', page)
    assert found
    half = {"half": found[1], "pin": PIN}
    csrf = enter(counter, recorder)
    assert "A100" in counter.post(f"{path}/cancel", data={"csrf": csrf, **half}).text
    csrf = enter(counter, chair)
    assert "A103" in counter.post(f"{path}/second", data={"csrf": csrf, **half}).text
    assert "等待第二人确认" not in counter.post(f"{path}/cancel", data={"csrf": csrf, **half}).text
    page = counter.post(f"{path}/meeting", data={**form, "csrf": csrf}).text
    found = re.search(r'name="half" value="(\w+)"', page)
    assert found
    assert size(counter) == before
    half = {"half": found[1], "pin": PIN}
    done = counter.post(f"{path}/second", data={"csrf": enter(counter, recorder), **half})
    assert done.url.path == "/inbox"
    assert size(counter) == before + 1
    verdict = verify(place_of(counter).settings.books / XIAOHE)
    assert verdict.good, verdict.fault
