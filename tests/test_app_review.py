"""Many at once: only what this session has opened, as it stood then, each signed by itself."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from counters import PIN, counter_of, enter, give_pin
from fastapi.testclient import TestClient
from sample import Village, payment

from app import reviewing
from approvals import cases, seen
from approvals.standing import Standing
from approvals.verify import verify
from ledger.log import store as log

DAY = date(2021, 1, 12)
WHO = "sup4"


@pytest.fixture
def client(village: Village) -> Iterator[TestClient]:
    give_pin(village, WHO)
    with counter_of(village, date(2021, 1, 20)) as found:
        yield found


def three(village: Village) -> list[Standing]:
    """Submit three payments that wait for the committee."""
    village.on(DAY)
    made = [village.submit(payment(DAY, 1000 + n)) for n in range(3)]
    return [village.step(village.step(one)) for one in made]


def form(page: str, csrf: str) -> dict[str, str]:
    """Return the fields by which the page of a case puts it into the list."""
    found = re.search(
        r'<form method="post" action="/review/[^"]+"[^>]*>(.*?)</form>', page, re.DOTALL
    )
    assert found
    return {**dict(re.findall(r'name="(\w+)" value="([^"]*)"', found[1])), "csrf": csrf}


def keep(client: TestClient, csrf: str, one: Standing) -> str:
    path = f"{one.village}/{one.case}"
    sent = form(client.get(f"/case/{path}").text, csrf)
    return client.post(f"/review/{path}", data=sent, follow_redirects=False).headers["location"]


def items(client: TestClient) -> list[str]:
    return re.findall(r'name="item" value="([^"]+)"', client.get("/review").text)


def item(one: Standing) -> str:
    return f"{one.village}|{one.case}|{seen.mark(one)}"


def signed(village: Village) -> list[str]:
    with village.engine.connect() as conn:
        events = log.events(conn, village.code, kinds=("case.signed",))
    return [event.subject for event in events]


def send(client: TestClient, csrf: str, chosen: list[str], **more: str) -> str:
    sent = {"csrf": csrf, "pin": PIN, "nonce": "ab" * 16, "item": chosen, **more}
    return client.post("/review/sign", data=sent).text


def test_a_sequence_ends_in_one_pin_and_a_signature_each(
    village: Village, client: TestClient
) -> None:
    all_three = three(village)
    csrf = enter(client, village, WHO)
    assert "/review/next" in client.get("/inbox").text
    answer = client.get("/review/next")
    for one in all_three:  # the oldest first; each leads to the next
        assert answer.url.path == f"/case/{one.village}/{one.case}"
        sent = form(answer.text, csrf)
        answer = client.post(f"/review/{one.village}/{one.case}", data=sent)
    assert answer.url.path == "/review"
    assert "3 件，合计" in answer.text
    assert "30.03" in answer.text
    chosen = items(client)
    assert chosen == [item(one) for one in all_three]
    assert "还可以试 4 次" in send(client, csrf, chosen, pin="000000")
    assert "W332" in send(client, csrf, [])
    assert signed(village) == []
    for _ in range(2):  # a double tap
        text = send(client, csrf, chosen)
        assert "签好 3 件" in text
        assert text.count("/receipt/") == 3
    assert signed(village) == [one.case for one in all_three]
    with village.engine.connect() as conn:
        events = log.events(conn, village.code, kinds=("case.signed",))
        assert len({event.statement()["nonce"] for event in events}) == 3
        assert len({event.line()["signatures"][0]["value"] for event in events}) == 3
    assert items(client) == []
    village.post(payment(date(2021, 1, 20), 5000))
    client.app.state.room.project(village.code)  # type: ignore[attr-defined]
    verdict = verify(village.root / village.code)
    assert verdict.good, verdict.fault


def test_a_case_that_was_not_opened_here_cannot_be_in_the_list(
    village: Village, client: TestClient
) -> None:
    first, second, third = three(village)
    csrf = enter(client, village, WHO)
    keep(client, csrf, first)
    client.get(f"/case/{second.village}/{second.case}")  # opened, and not kept
    text = send(client, csrf, [item(first), item(second), item(third), "x", "a|b|c"])
    assert "签好 1 件" in text
    assert text.count("W330") == 4
    assert signed(village) == [first.case]
    sent = {"csrf": csrf, "seen": seen.mark(third), "step": "supervision", "seat": "supervision"}
    refused = client.post(f"/review/{third.village}/{third.case}", data=sent)
    assert (refused.status_code, "<small>W330" in refused.text) == (409, True)
    csrf = enter(client, village, WHO)  # another session has opened nothing
    assert "W330" in send(client, csrf, [item(second)])
    assert signed(village) == [first.case]


def test_a_case_that_changed_after_it_was_opened_drops_out(
    village: Village, client: TestClient
) -> None:
    first, second, _ = three(village)
    csrf = enter(client, village, WHO)
    keep(client, csrf, first)
    assert keep(client, csrf, second) != "/review"
    new = village.submit(payment(DAY, 9_999_00), first.case)
    new = village.step(village.step(new))
    page = client.get("/review").text
    assert "这件事项在您查看期间改过" in page
    assert items(client) == [item(second)]
    text = send(client, csrf, [item(first), item(second)])
    assert "签好 1 件" in text
    assert "A080" in text
    assert "W330" in send(client, csrf, [item(new)], nonce="cd" * 16)
    assert signed(village) == [second.case]
    client.get(f"/case/{new.village}/{new.case}")  # before the eyes, but not in the list
    assert "W330" in send(client, csrf, [item(new)], nonce="cd" * 16)
    keep(client, csrf, new)
    assert "签好 1 件" in send(client, csrf, [item(new)], nonce="cd" * 16)


def test_a_case_is_taken_out_or_no_longer_waits(village: Village, client: TestClient) -> None:
    first, second, third = three(village)
    csrf = enter(client, village, WHO)
    for one in (first, second, third):
        keep(client, csrf, one)
    sent = {"csrf": csrf, "out": "1"}
    client.post(f"/review/{first.village}/{first.case}", data=sent)
    assert items(client) == [item(second), item(third)]
    with village.engine.begin() as conn:
        assert cases.standing_of(conn, village.code, second.case).waiting()
    standing = second
    while any(step["id"] == "supervision" for step in standing.waiting()):
        standing = village.step(standing)
    assert items(client) == [item(third)]
    assert "还没有轮到或已经签过" in client.get("/review").text
    assert "A011" in send(client, csrf, [item(second)])


def test_one_pin_holds_for_five_minutes(
    village: Village, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, _ = three(village)
    csrf = enter(client, village, WHO)
    for one in (first, second):
        keep(client, csrf, one)
    clock = client.app.state.room.clock  # type: ignore[attr-defined]
    begun = clock.now()
    real = reviewing.done

    def slow(*args: object) -> None:
        real(*args)  # type: ignore[arg-type]
        monkeypatch.setattr(clock, "now", lambda: begun + timedelta(minutes=6))

    monkeypatch.setattr(reviewing, "done", slow)
    text = send(client, csrf, [item(first), item(second)])
    assert "签好 1 件" in text
    assert "W331" in text
    assert signed(village) == [first.case]


def test_a_kept_case_that_may_not_be_signed_says_so_at_once(
    village: Village, client: TestClient
) -> None:
    village.on(DAY)
    one = village.submit(payment(DAY, 5000))
    csrf = enter(client, village, "sec1")
    client.get(f"/case/{one.village}/{one.case}")
    sent = {"csrf": csrf, "seen": seen.mark(one), "step": "council", "seat": "secretary"}
    refused = client.post(f"/review/{one.village}/{one.case}", data=sent)
    assert "<small>A040" in refused.text  # a meeting is closed by two
    assert 'action="/review/' not in client.get(f"/case/{one.village}/{one.case}").text
