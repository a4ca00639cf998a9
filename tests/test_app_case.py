"""The page of a case: changes, earlier payments, questions, papers; nothing is signed unseen."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pikepdf
import pytest
from counters import PIN, counter_of, enter, give_pin
from fastapi.testclient import TestClient
from sample import Village, hand, legs, payment, rent

from app import uploads
from approvals import acts, cases, seen, signoff, traces
from approvals.standing import Standing
from ledger.log import store as log
from ledger.voucher import Paper, Party

DAY = date(2021, 1, 12)
TODAY = date(2021, 1, 20)
COMMITTEE = {"step": "supervision", "seat": "supervision"}


@pytest.fixture
def client(village: Village) -> Iterator[TestClient]:
    with counter_of(village, TODAY) as found:
        yield found


def waiting(village: Village, **more: object) -> Standing:
    """Submit a payment and let both meetings carry it."""
    village.on(DAY)
    standing = village.submit(payment(DAY, 100_000, **more))
    return village.step(village.step(standing))


def path(standing: Standing) -> str:
    return f"/case/{standing.village}/{standing.case}"


def size(village: Village) -> int:
    with village.engine.connect() as conn:
        return log.size(conn, village.code)


def returned(village: Village, standing: Standing, why: str) -> Standing:
    with village.engine.begin() as conn:
        args = (hand("sup1"), village.desk(), standing.case, "supervision", "supervision")
        return signoff.sign(conn, *args, "return", why)


def test_a_case_amended_while_open_is_shown_and_not_signed(
    village: Village, client: TestClient
) -> None:
    give_pin(village, "sup4")
    one = waiting(village)
    csrf = enter(client, village, "sup4")
    old = re.search(r'name="seen" value="([^"]+)"', client.get(path(one)).text)
    assert old
    assert old[1] == seen.mark(one)
    form = {"csrf": csrf, "pin": PIN, "seen": old[1], "opinion": "同意", **COMMITTEE}
    new = village.submit(payment(DAY, 250_000, handler="村主任"), one.case)
    for _ in range(2):
        new = village.step(new)
    before = size(village)
    answer = client.post(f"{path(one)}/sign", data=form)
    assert answer.status_code == 409
    assert "<small>A080" in answer.text
    assert size(village) == before
    text = " ".join(re.sub("<[^>]*>", " ", answer.text).split())
    assert "第 2 稿比第 1 稿改了什么" in text
    assert "金额 1,000.00 元 → 2,500.00 元 （+ 1,500.00 元）".replace(" ", "") in text.replace(
        " ", ""
    )
    assert "经手人 文小书 → 村主任" in text
    for stale in ("", "2", "2-", f"2-{'0' * 64}", f"9-{new.digest}", "²-x"):
        again = client.post(f"{path(one)}/sign", data={**form, "seen": stale})
        assert "<small>A080" in again.text
    assert size(village) == before
    assert (
        client.post(f"{path(one)}/sign", data={**form, "seen": seen.mark(new)}).url.path == "/inbox"
    )
    assert size(village) == before + 1


def test_a_meeting_is_not_closed_over_another_revision(
    village: Village, client: TestClient
) -> None:
    give_pin(village, "sec1", "clerk1")
    village.on(DAY)
    one = village.submit(payment(DAY, 100_000))
    csrf = enter(client, village, "sec1")
    village.submit(payment(DAY, 100_001), one.case)
    form = {
        "csrf": csrf, "step": "council", "pin": PIN, "recorder": "clerk1", "recorder_pin": PIN,
        "roster": "5", "present": "5", "favour": "5", "against": "0", "seen": seen.mark(one),
    }  # fmt: skip
    before = size(village)
    assert "A080" in client.post(f"{path(one)}/meeting", data=form).text
    assert size(village) == before


def test_a_case_is_sent_back_to_a_step_and_the_next_revision_says_so(
    village: Village, client: TestClient
) -> None:
    give_pin(village, "clerk1")
    one = waiting(village)
    for _ in range(4):
        one = village.step(one)
    assert [step["id"] for step in one.waiting()] == ["clerk"]
    csrf = enter(client, village, "clerk1")
    page = client.get(path(one)).text
    assert '<option value="supervision">村务监督委员会审核</option>' in page
    assert '<option value="secretary">' not in page
    form = {
        "csrf": csrf, "pin": PIN, "seen": seen.mark(one), "step": "clerk", "seat": "clerk",
        "decision": "return", "back": "supervision", "opinion": "",
    }  # fmt: skip
    assert "A039" in client.post(f"{path(one)}/sign", data=form).text
    client.post(f"{path(one)}/sign", data={**form, "opinion": "路的长度对不上"})
    new = village.submit(payment(DAY, 100_000), one.case)
    assert [step["id"] for step in new.waiting()] == ["council"]
    text = client.get(path(one)).text
    assert "第 1 稿由文小书退回：<q>【请“村务监督委员会审核”重看】路的长度对不上</q>" in text
    assert "凭证内容没有改动，重新提交" in text


def test_the_changes_can_be_told_from_any_revision(village: Village, client: TestClient) -> None:
    one = returned(village, waiting(village), "太贵")
    village.submit(payment(DAY, 90_000), one.case)
    village.submit(payment(DAY, 80_000), one.case)
    enter(client, village, "sup4")
    near, far = (client.get(path(one), params=q).text for q in ({}, {"since": "1"}))
    assert "第 3 稿比第 2 稿" in near
    assert "（-100.00 元）" in re.sub("<[^>]*>", "", near)
    assert "第 3 稿比第 1 稿" in far
    assert "（-200.00 元）" in re.sub("<[^>]*>", "", far)
    assert "第 3 稿比第 2 稿" in client.get(path(one), params={"since": "77"}).text


def test_earlier_payments_to_the_payee_are_summed_over_a_year(
    village: Village, client: TestClient
) -> None:
    other = Party("样例文具店", "6200000000000001", "样例农商行")
    for n in range(7):
        village.post(payment(DAY, 10_000 + n))
    village.post(payment(DAY, 55_500, payee=other))
    village.post(rent(DAY, 70_000))
    one = waiting(village)
    enter(client, village, "sup4")
    text = re.sub("<[^>]*>", "", client.get(path(one)).text)
    assert "一年内付给“样例修路队”7 笔，合计 700.21 元" in text.replace("\n", "")
    assert "2021-付-0007" in text
    assert "2021-付-0002" not in text
    assert "另有 2 笔，已计入合计" in text
    first = waiting(village, payee=Party("新来的人", "", ""))
    assert "没有付过款，这是第一次" in client.get(path(first)).text


def test_questions_are_answered_once_and_seen_by_every_seat(
    village: Village, client: TestClient
) -> None:
    one = waiting(village)
    before = size(village)
    csrf = enter(client, village, "sup4")
    for _ in range(2):  # a double tap
        sent = {"csrf": csrf, "question": "量过<路>没有？"}
        assert client.post(f"{path(one)}/ask", data=sent).status_code == 200
    assert "W320" in client.post(f"{path(one)}/ask", data={"csrf": csrf, "question": " "}).text
    long = client.post(f"{path(one)}/ask", data={"csrf": csrf, "question": "长" * 301})
    assert (long.status_code, "长长" in long.text) == (422, True)
    nowhere = client.post(f"/case/{village.code}/none/ask", data=sent)
    assert nowhere.status_code == 404
    csrf = enter(client, village, "book1")
    text = client.get(path(one)).text
    assert text.count("量过&lt;路&gt;没有？") == 1
    for answer in ("量过，二百米。", "没有。"):
        sent = {"csrf": csrf, "no": "1", "answer": answer}
        last = client.post(f"{path(one)}/answer", data=sent)
    assert "<small>W321" in last.text
    assert "W321" in client.post(f"{path(one)}/answer", data={**sent, "no": "x"}).text
    enter(client, village, "cadre1")
    text = client.get(path(one)).text
    assert "账小田" in text
    assert "量过，二百米。" in text
    assert "没有。" not in text
    assert size(village) == before


def test_papers_are_looked_at_page_by_page_and_larger(village: Village, client: TestClient) -> None:
    out, pdf = io.BytesIO(), pikepdf.new()
    for _ in range(3):
        pdf.add_blank_page()
    pdf.save(out)
    digest = uploads.take(village.root.parent, out.getvalue())
    one = waiting(village, papers=(Paper(digest, "合同", "样例一号", "contract"),))
    enter(client, village, "sup4")
    here = f"{path(one)}/paper/{digest}"
    assert f'<a href="{here}?page=2">' in client.get(path(one)).text
    text = client.get(here, params={"page": "2", "zoom": "2"}).text
    assert "第 2 页，共 3 页" in text
    for way in ("page=1&amp;zoom=2", "page=3&amp;zoom=2", "page=2&amp;zoom=3", "page=2&amp;zoom=1"):
        assert f'href="{here}?{way}"' in text
    picture = re.search(r'<img src="([^"]+)"', text)
    assert picture
    assert client.get(picture[1]).content.startswith(b"\x89PNG")
    assert client.get(here, params={"page": "4"}).status_code == 404
    assert client.get(f"{path(one)}/paper/{'0' * 64}").status_code == 404
    assert client.get(here, params={"zoom": "9"}).status_code == 422


def test_legs_of_a_case_show_both_names(village: Village, client: TestClient) -> None:
    rows = legs(("514", 100_000), ("102.02", -100_000))
    one = waiting(village)
    village.submit(replace(one.voucher, legs=rows), one.case)
    enter(client, village, "sup4")
    text = re.sub("<[^>]*>", "", client.get(path(one)).text)
    assert "科目 银行存款—项目专户 新增 贷 1,000.00 元" in " ".join(text.split())


def test_one_phone_for_two_signers_is_seen_on_the_case(
    village: Village, client: TestClient
) -> None:
    give_pin(village, "sup1", "sup2", "sup3")
    one, other = waiting(village), waiting(village)

    def sign(person: str, case: Standing) -> None:
        csrf = enter(client, village, person)
        form = {"csrf": csrf, "pin": PIN, "seen": seen.mark(case), **COMMITTEE}
        assert client.post(f"{path(case)}/sign", data=form).url.path == "/inbox"

    sign("sup1", other)
    sign("sup2", other)  # `enter` drops all cookies: another phone
    assert "同一台设备" not in client.get(path(other)).text
    sign("sup1", one)
    device = client.cookies["device"]
    csrf = enter(client, village, "sup2")
    client.cookies.delete("device")
    client.cookies.set("device", device)
    form = {"csrf": csrf, "pin": PIN, "seen": seen.mark(one), **COMMITTEE}
    client.post(f"{path(one)}/sign", data=form)
    text = client.get(path(one)).text
    assert "监小甲、监小乙的签名来自同一台设备。" in text
    assert "这些只是提醒，不是结论" in text
    assert device not in text


def test_a_payee_and_an_account_that_are_new_are_seen_on_the_case(
    village: Village, client: TestClient
) -> None:
    one = waiting(village)
    enter(client, village, "sup4")
    assert "一年内第一次付给“样例修路队”。" in client.get(path(one)).text
    assert "金额是整千元（1,000.00 元）。" in client.get(path(one)).text
    village.post(payment(DAY, 10_000))
    assert "请留意" in client.get(path(one)).text
    assert "一年内第一次" not in client.get(path(one)).text
    moved = waiting(village, payee=Party("样例修路队", "6228480000000099", "样例农商行"))
    assert "的收款账号和上次付款不同，请核对。" in client.get(path(moved)).text


def words(page: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", page).split())


def test_the_back_button_after_signing_signs_nothing_twice(
    village: Village, client: TestClient
) -> None:
    give_pin(village, "sup4")
    one = waiting(village)
    csrf = enter(client, village, "sup4")
    client.cookies.set("device", "the telephone of sup4")
    form = {"csrf": csrf, "pin": PIN, "seen": seen.mark(one), "nonce": "4" * 32, **COMMITTEE}
    first = client.post(f"{path(one)}/sign", data=form)
    assert first.url.path == "/inbox", words(first.text)
    with village.engine.connect() as conn:
        after = cases.standing_of(conn, village.code, one.case)
    village.step(after)  # somebody else signs in between
    before = size(village)
    again = client.post(f"{path(one)}/sign", data=form)
    assert (again.url, size(village)) == (first.url, before)
    assert "已经签好" in words(again.text)
    with village.engine.connect() as conn:
        assert list(traces.of(conn, village.code, range(before))) == [after.signoffs[-1].seq]


def test_one_signer_on_two_devices_signs_once(village: Village, client: TestClient) -> None:
    give_pin(village, "sup4")
    one = waiting(village)
    sessions = []
    for _ in range(2):  # the second device opens the case before the first signs
        csrf = enter(client, village, "sup4")
        assert "签" in client.get(path(one)).text
        sessions.append((csrf, dict(client.cookies)))
    before = size(village)
    answers = []
    for n, (csrf, jar) in enumerate(sessions):
        client.cookies.clear()
        client.cookies.update(jar)
        form = {"csrf": csrf, "pin": PIN, "seen": seen.mark(one), **COMMITTEE}
        sent = {**form, "opinion": "看过单据", "nonce": str(n) * 32}
        answers.append(client.post(f"{path(one)}/sign", data=sent))
    assert [it.url.path for it in answers] == ["/inbox", f"{path(one)}/sign"]
    assert (answers[1].status_code, size(village)) == (409, before + 1)
    assert "A0" in answers[1].text
    assert "看过单据" in answers[1].text


def test_a_seat_whose_term_ended_yesterday_opens_and_signs_nothing(
    village: Village, client: TestClient
) -> None:
    with village.engine.begin() as conn:
        registrar = hand("registrar")
        acts.enrol_person(conn, registrar, village.desk(), "old1", "监老李")
        term = (date(2020, 1, 1), date(2021, 1, 19))
        acts.take_seat(conn, registrar, village.desk(), "supervision", "old1", term)
    give_pin(village, "old1")
    one = waiting(village)
    csrf = enter(client, village, "old1")
    assert "监老李" not in client.get("/desk").text or village.code not in client.get("/desk").text
    before = size(village)
    form = {"csrf": csrf, "pin": PIN, "seen": seen.mark(one), "nonce": "e" * 32, **COMMITTEE}
    for answer in (client.get(path(one)), client.post(f"{path(one)}/sign", data=form)):
        assert answer.status_code in {403, 404}
        assert "Traceback" not in answer.text
        assert one.voucher.summary not in answer.text
        assert words(answer.text)
    assert size(village) == before
