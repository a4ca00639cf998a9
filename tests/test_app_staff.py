"""The staff's pages: who may, what happens, what a mistake says."""

import io
import re
from datetime import UTC, date, datetime, timedelta

import pikepdf
import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sample import ZONE

from app import logins
from app.demo.install import PASSWORD
from app.demo.township import PIN
from approvals import keys, register, seen, submission
from approvals.acts import Desk
from approvals.cases import open_cases
from ledger.log import store as log
from ledger.posted import store as posted
from ledger.registers.tables import household

XIAOHE = "510802-sandui-xiaohe"
BOOK = "book1"


def enter(counter: TestClient, name: str) -> str:
    """Log in and return the session's form token."""
    counter.cookies.clear()
    answer = counter.post("/login", data={"name": name, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return token(counter)


def token(counter: TestClient) -> str:
    """Return the form token of the session."""
    found = re.search(r'name="csrf" value="(\w+)"', counter.get("/inbox").text)
    assert found
    return found[1]


def keeper(counter: TestClient) -> str:
    """Return the bookkeeper whose village it is."""
    for name in ("book1", "book2"):
        enter(counter, name)
        if XIAOHE in counter.get("/desk").text:
            return name
    raise AssertionError


def size(counter: TestClient) -> int:
    with counter.app.state.room.engine.connect() as conn:  # type: ignore[attr-defined]
        return log.size(conn, XIAOHE)


def case(counter: TestClient):  # noqa: ANN201 - a standing
    with counter.app.state.room.engine.connect() as conn:  # type: ignore[attr-defined]
        return open_cases(conn, XIAOHE)[0]


def test_a_wrong_password_says_so_and_five_lock(counter: TestClient) -> None:
    for _ in range(5):
        answer = counter.post("/login", data={"name": BOOK, "password": "wrong-password"})
        assert answer.status_code == 403
        assert "W002" in answer.text
        assert f'value="{BOOK}"' in answer.text
    locked = counter.post("/login", data={"name": BOOK, "password": PASSWORD})
    assert "W003" in locked.text
    nobody = counter.post("/login", data={"name": "nobody", "password": PASSWORD})
    assert "W002" in nobody.text


def test_a_session_ends(counter: TestClient) -> None:
    csrf = enter(counter, BOOK)
    assert counter.get("/desk").status_code == 200
    counter.post("/logout", data={"csrf": csrf})
    assert counter.get("/desk").status_code == 401
    engine = counter.app.state.room.engine  # type: ignore[attr-defined]
    now = datetime.now(UTC)
    with engine.begin() as conn:
        assert logins.visitor(conn, "unknown", now) is None
    key = logins.enter(engine, "review1", PASSWORD, now)
    with engine.begin() as conn:
        assert logins.visitor(conn, key, now) is not None
        assert logins.visitor(conn, key, now + timedelta(hours=13)) is None


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("review1", "/desk"),
        ("cash1", "/desk"),
        ("registrar", "/desk"),
        ("audit1", "/auditor"),
        ("head1", "/inbox"),
        ("xiaohe-sup1", "/inbox"),
    ],
)
def test_each_kind_of_user_has_a_first_page(counter: TestClient, name: str, page: str) -> None:
    enter(counter, name)
    answer = counter.get("/home")
    assert answer.url.path == page
    assert answer.status_code == 200


STAFF = (
    "/home",
    "/inbox",
    "/desk",
    f"/desk/{XIAOHE}",
    "/auditor",
    f"/auditor/{XIAOHE}/books.zip",
    f"/auditor/{XIAOHE}/verify",
    f"/case/{XIAOHE}/x",
    f"/paper/{XIAOHE}/x/{'0' * 64}",
    f"/desk/{XIAOHE}/x/voucher.pdf",
)


@pytest.mark.parametrize("path", STAFF)
def test_nobody_enters_without_a_login(counter: TestClient, path: str) -> None:
    assert counter.get(path).status_code == 401


def test_another_villages_staff_see_nothing(counter: TestClient) -> None:
    person = "jingtian-sup1"
    engine = counter.app.state.room.engine  # type: ignore[attr-defined]
    with engine.begin() as conn:
        logins.add(conn, person, person, PASSWORD)
    csrf = enter(counter, person)
    one = case(counter)
    for path in (f"/desk/{XIAOHE}", f"/case/{XIAOHE}/{one.case}", "/auditor"):
        assert counter.get(path).status_code == 404
    before = size(counter)
    sent = {"csrf": csrf, "pin": PIN, "step": "supervision", "seat": "supervision"}
    assert counter.post(f"/case/{XIAOHE}/{one.case}/sign", data=sent).status_code in {404, 409}
    assert counter.post(f"/desk/{XIAOHE}/post", data=sent).status_code == 404
    assert size(counter) == before


def test_a_form_of_elsewhere_is_not_taken(counter: TestClient) -> None:
    keeper(counter)
    before = size(counter)
    assert "W012" in counter.post(f"/desk/{XIAOHE}/post", data={"pin": PIN}).text
    foreign = {"origin": "https://evil.example"}
    answer = counter.post(f"/desk/{XIAOHE}/post", data={}, headers=foreign)
    assert (answer.status_code, "W011" in answer.text) == (403, True)
    huge = counter.post("/login", content=b"x" * (13 * 1024 * 1024))
    assert huge.status_code == 413
    assert size(counter) == before


def test_a_signer_signs_with_a_pin_and_only_with_it(counter: TestClient) -> None:
    csrf = enter(counter, "xiaohe-sup1")
    one = case(counter)
    assert one.voucher.summary in counter.get("/inbox").text
    page = counter.get(f"/case/{XIAOHE}/{one.case}").text
    assert "村务监督委员会审核" in page
    assert "壹仟贰佰肆拾元整" in page
    url = f"/case/{XIAOHE}/{one.case}/sign"
    form = {"csrf": csrf, "step": "supervision", "seat": "supervision", "opinion": "灯已亮"}
    form["seen"] = seen.mark(one)
    before = size(counter)
    wrong = counter.post(url, data={**form, "pin": "000000"})
    assert (wrong.status_code, "H003" in wrong.text, "灯已亮" in wrong.text) == (403, True, True)
    assert (
        "A039"
        in counter.post(url, data={**form, "pin": PIN, "decision": "return", "opinion": ""}).text
    )
    assert size(counter) == before
    nonce = "ef" * 16
    for _ in range(2):  # a double click
        done = counter.post(url, data={**form, "pin": PIN, "nonce": nonce})
        assert done.url.path == "/inbox"
    assert size(counter) == before + 1
    assert one.voucher.summary not in counter.get("/inbox").text
    assert "灯已亮" in counter.get(f"/case/{XIAOHE}/{one.case}").text


def test_a_case_sent_back_tells_why(counter: TestClient) -> None:
    csrf = enter(counter, "agri1")
    one = case(counter)
    form = {"csrf": csrf, "step": "agri-centre", "seat": "agri-centre", "pin": PIN}
    form["seen"] = seen.mark(one)
    url = f"/case/{XIAOHE}/{one.case}/sign"
    counter.post(url, data={**form, "decision": "return", "opinion": "缺验收单"})
    text = counter.get(f"/case/{XIAOHE}/{one.case}").text
    assert "已退回" in text
    assert "缺验收单" in text


def voucher(**more: str) -> dict[str, str]:
    return {
        "kind": "payment",
        "day": "2022-02-08",
        "purpose": "spending.office",
        "sheets": "1",
        "summary": "购买办公用纸",
        "payee": "样例文具店",
        "payee_account": "6200000000009009",
        "payee_bank": "样例农商行",
        "handler": "文书",
        "account0": "513",
        "debit0": "１，２００.50",
        "account1": "102.01",
        "credit1": "1200.50",
        "pin": PIN,
        **more,
    }


def test_a_bookkeeper_drafts_and_submits(counter: TestClient) -> None:
    csrf = enter(counter, keeper(counter))
    picture = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(picture, "JPEG", exif=b"Exif\0\0secret-place")
    files = {"papers": ("发票.jpg", picture.getvalue(), "image/jpeg")}
    answer = counter.post(f"/desk/{XIAOHE}/submit", data=voucher(csrf=csrf), files=files)
    assert answer.url.path == f"/desk/{XIAOHE}/voucher"
    assert answer.status_code == 200
    assert "购买办公用纸" in answer.text
    with counter.app.state.room.engine.connect() as conn:  # type: ignore[attr-defined]
        one = next(c for c in open_cases(conn, XIAOHE) if c.voucher.summary == "购买办公用纸")
    assert one.voucher.total == 1200_50
    paper = one.voucher.papers[0]
    kept = counter.get(f"/paper/{XIAOHE}/{one.case}/{paper.digest}")
    assert kept.headers["content-type"] == "image/jpeg"
    assert b"secret-place" not in kept.content
    assert kept.headers["content-security-policy"].startswith("sandbox")
    assert counter.get(f"/paper/{XIAOHE}/{one.case}/{'0' * 64}").status_code == 404
    form = counter.get(f"/desk/{XIAOHE}/{one.case}/voucher.pdf")
    assert form.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"credit1": "1200.51"}, "V004"),
        ({"debit0": "1.001"}, "M0"),
        ({"debit0": "abc"}, "M0"),
        ({"credit0": "1"}, "W022"),
        ({"account0": "999"}, "V005"),
        ({"account1": "101"}, "V008"),
        ({"account1": "102"}, "V006"),
        ({"day": "2021-05-05"}, "P002"),
        ({"day": "someday"}, "W021"),
        ({"kind": "gift"}, "W021"),
        ({"sheets": "two"}, "W021"),
        ({"summary": ""}, "V009"),
        ({"payee": ""}, "A034"),
        ({"purpose": "spending.magic"}, "A033"),
        ({"bank_line": "nothing"}, "B"),
        ({"pin": "000000"}, "H003"),
    ],
)
def test_a_mistake_is_one_sentence_and_nothing_is_lost(
    counter: TestClient, change: dict[str, str], code: str
) -> None:
    csrf = enter(counter, keeper(counter))
    before = size(counter)
    sent = voucher(csrf=csrf, **change) if "pin" not in change else {**voucher(csrf=csrf), **change}
    answer = counter.post(f"/desk/{XIAOHE}/submit", data=sent)
    assert answer.status_code in {403, 404, 409, 422}
    assert f"<small>{code}" in answer.text
    if "payee" not in change:
        assert 'value="样例文具店"' in answer.text
    assert size(counter) == before


@pytest.mark.parametrize("kind", ["text", "script", "torn"])
def test_uploads_that_are_no_papers(counter: TestClient, kind: str) -> None:
    csrf = enter(counter, keeper(counter))
    data = {"text": b"MZ not a paper", "torn": b"%PDF-1.7 torn", "script": scripted()}[kind]
    files = {"papers": ("a.pdf", data, "application/pdf")}
    answer = counter.post(f"/desk/{XIAOHE}/submit", data=voucher(csrf=csrf), files=files)
    assert ("W031" if kind == "script" else "W030") in answer.text


def scripted() -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def signed_through(counter: TestClient):  # noqa: ANN201 - a standing
    """Let everybody sign the open payment on its page; return it cleared."""
    place = counter.app.state.room  # type: ignore[attr-defined]
    one = case(counter)
    people = ["sup1", "sup2", "sup3", "agri1", "clerk", "secretary", "first"]
    logged = [who if who == "agri1" else f"xiaohe-{who}" for who in people]
    with place.engine.connect() as conn:
        day = place.clock.today()
        top = [
            register.of(conn, XIAOHE).holders(seat, day)[0]
            for seat in ("village-cadre", "village-leader", "township-head")
        ]
    for who in [*logged, *top]:
        csrf = enter(counter, who)
        page = counter.get(f"/case/{XIAOHE}/{one.case}").text
        step, seat = (re.search(f'name="{n}" value="([^"]+)"', page) for n in ("step", "seat"))
        assert step
        assert seat
        sent = {"csrf": csrf, "pin": PIN, "step": step[1], "seat": seat[1], "seen": seen.mark(one)}
        assert counter.post(f"/case/{XIAOHE}/{one.case}/sign", data=sent).url.path == "/inbox"
    return one


def test_a_payment_walks_from_the_pages_into_the_books(counter: TestClient) -> None:
    place = counter.app.state.room  # type: ignore[attr-defined]
    one = signed_through(counter)
    csrf = enter(counter, "cash1")
    counter.post(f"/desk/{XIAOHE}/pay", data={"csrf": csrf, "pin": PIN, "case": one.case})
    csrf = enter(counter, keeper(counter))
    counter.post(f"/desk/{XIAOHE}/post", data={"csrf": csrf, "pin": PIN})
    with place.engine.connect() as conn:
        item = posted.by_case(conn, XIAOHE, one.case)
    assert item is not None
    assert item.number.kind == "payment"


def test_a_meeting_is_closed_by_chair_and_recorder(counter: TestClient) -> None:
    csrf = enter(counter, keeper(counter))
    counter.post(f"/desk/{XIAOHE}/submit", data=voucher(csrf=csrf))
    with counter.app.state.room.engine.connect() as conn:  # type: ignore[attr-defined]
        one = next(c for c in open_cases(conn, XIAOHE) if c.voucher.summary == "购买办公用纸")
    csrf = enter(counter, "xiaohe-secretary")
    url = f"/case/{XIAOHE}/{one.case}/meeting"
    form = {
        "csrf": csrf, "step": "council", "pin": PIN, "recorder": "xiaohe-clerk",
        "recorder_pin": PIN, "roster": "5", "present": "5", "favour": "5", "against": "0",
        "seen": seen.mark(one),
    }  # fmt: skip
    before = size(counter)
    assert "W020" in counter.post(url, data={**form, "roster": "五"}).text
    assert "A018" in counter.post(url, data={**form, "favour": "6"}).text
    assert "A041" in counter.post(url, data={**form, "recorder": "xiaohe-secretary"}).text
    assert size(counter) == before
    assert counter.post(url, data=form).url.path == "/inbox"
    assert size(counter) == before + 1
    assert "应到 5 人" in counter.get(f"/case/{XIAOHE}/{one.case}").text


def test_a_month_is_sealed_and_published_in_its_time(counter: TestClient) -> None:
    place = counter.app.state.room  # type: ignore[attr-defined]
    csrf = enter(counter, "registrar")
    form = {"csrf": csrf, "pin": PIN, "period": "2022-02"}
    assert "W023" in counter.post(f"/desk/{XIAOHE}/seal", data=form).text
    place.clock.shift += timedelta(days=30)
    csrf = enter(counter, "registrar")
    form["csrf"] = csrf
    assert "P004" in counter.post(f"/desk/{XIAOHE}/seal", data=form).text
    name = keeper(counter)
    with place.engine.begin() as conn:
        one = open_cases(conn, XIAOHE)[0]
    hand = keys.unlock(place.engine, name, PIN)
    with place.engine.begin() as conn:
        at = datetime(2022, 3, 1, 9, 0, tzinfo=ZONE)
        submission.withdraw(conn, hand, Desk(XIAOHE, at), one.case, "改期")
    form["csrf"] = enter(counter, "registrar")
    counter.post(f"/desk/{XIAOHE}/seal", data=form)
    assert (place.settings.books / XIAOHE / "2022/2022-02.seal").exists()
    csrf = enter(counter, name)
    assert f"/v/{XIAOHE}/2022-02" not in counter.get(f"/v/{XIAOHE}/").text
    sent = {"csrf": csrf, "pin": PIN, "period": "2022-02"}
    counter.post(f"/desk/{XIAOHE}/publish", data=sent)
    assert f"/v/{XIAOHE}/2022-02" in counter.get(f"/v/{XIAOHE}/").text
    assert date(2022, 3, 10) == place.clock.today()


def test_the_auditor_marks_verifies_and_takes_the_books(counter: TestClient) -> None:
    csrf = enter(counter, "audit1")
    page = counter.get("/auditor").text
    assert "2021-Q4" in page
    zipped = counter.get(f"/auditor/{XIAOHE}/books.zip")
    assert zipped.content.startswith(b"PK")
    assert "核验通过" in counter.get(f"/auditor/{XIAOHE}/verify").text
    assert counter.get("/audit/").status_code == 200
    form = {"csrf": csrf, "pin": PIN, "quarter": "2022-Q1", "opinion": "相符"}
    assert "N031" in counter.post(f"/auditor/{XIAOHE}/mark", data=form).text
    assert counter.get("/auditor/510802-sandui-baozhu/verify").status_code == 404
    again = counter.post(f"/auditor/{XIAOHE}/mark", data={**form, "quarter": "2021-Q4"})
    assert again.url.path == "/auditor"
    enter(counter, "head1")
    assert counter.get("/audit/").status_code == 404


def test_a_villagers_question_is_entered_and_answered(counter: TestClient) -> None:
    csrf = enter(counter, "xiaohe-clerk")
    url = f"/desk/{XIAOHE}/ask"
    form = {"csrf": csrf, "pin": PIN, "period": "2022-01", "question": "分红为什么\n这样算？"}
    assert "N010" in counter.post(url, data={**form, "question": " "}).text
    asked = counter.post(url, data=form)
    assert "分红为什么 这样算？" in asked.text
    number = re.search(r'name="question" value="([^"]+)"', asked.text)
    assert number
    sent = {"csrf": csrf, "pin": PIN, "question": number[1], "answer": "按股份每股五十八元。"}
    assert (
        "N011" in counter.post(f"/desk/{XIAOHE}/answer", data={**sent, "question": "问9999"}).text
    )
    counter.post(f"/desk/{XIAOHE}/answer", data=sent)
    assert "按股份每股五十八元。" in counter.get(f"/v/{XIAOHE}/2022-02").text


def test_the_roll_and_the_slips_of_the_dividend(counter: TestClient) -> None:
    enter(counter, keeper(counter))
    base = f"/desk/{XIAOHE}/dividend"
    assert counter.get(f"{base}/2021/roll.pdf").content.startswith(b"%PDF")
    assert counter.get(f"{base}/2021/slips.pdf").content.startswith(b"%PDF")
    assert counter.get(f"{base}/2021/roll.xlsx").content.startswith(b"PK")
    assert "W040" in counter.get(f"{base}/2020/roll.pdf").text
    with counter.app.state.room.engine.begin() as conn:  # type: ignore[attr-defined]
        conn.execute(household.update().where(household.c.id == "01-001").values(shares=99))
    assert "W041" in counter.get(f"{base}/2021/roll.pdf").text
