"""The inbox: the longest waiting first, each card whole, no page heavy."""

import re
from copy import deepcopy
from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit

from counters import counter_of, enter
from sample import Village, hand, payment, rent

from app.web import inbox
from approvals import adopting, cases, policy, register

TODAY = date(2021, 2, 10)


def due_days(village: Village, step: str, days: int) -> None:
    """Adopt the eight reviews with a last day for one step."""
    dated = deepcopy(policy.shipped("lizhou"))
    for chain in dated["chains"]:
        for one in chain["steps"]:
            if one["id"] == step:
                one["due_days"] = days
    with village.engine.begin() as conn:
        adopting.adopt_policy(conn, hand("registrar"), village.desk(), dated)


def to_committee(village: Village, day: date, fen: int, **more: object) -> str:
    """Submit a payment and let both meetings carry it; return the case."""
    village.on(day)
    standing = village.submit(payment(day, fen, **more))
    for _ in range(2):
        standing = village.step(standing)
    return standing.case


def test_a_card_says_what_who_for_what_as_whom_and_by_when(village: Village) -> None:
    due_days(village, "supervision", 5)
    to_committee(village, date(2021, 1, 12), 123_400)
    to_committee(village, date(2021, 2, 4), 9_900, summary="修水泵")
    to_committee(village, date(2021, 2, 9), 5_000, summary="买扫把")
    with counter_of(village, TODAY) as client:
        enter(client, village, "sup4")
        text = client.get("/inbox").text
        cards = [" ".join(re.sub("<[^>]*>", " ", one).split()) for one in text.split("<li>")[1:]]
        assert [re.search(r"[\d,]+\.\d\d", one)[0] for one in cards] == [  # type: ignore[index]
            "1,234.00", "99.00", "50.00",
        ]  # fmt: skip
        assert "付给样例修路队，用于修田间路" in cards[0]
        assert "以村务监督委员会席位办理“村务监督委员会审核”" in cards[0]
        assert "自 2021-01-12 起等您（29 天）" in cards[0]
        assert "已超期 22 天，应在 2021-01-19 前办" in cards[0]
        assert "今天到期" in cards[1]  # with a Sunday that was worked
        assert "请在 2021-02-22 前办（还有 12 天）" in cards[2]  # over the Spring Festival
        assert "其中 1 件已经超期" in text
        enter(client, village, "sec1")
        assert "现在没有等您签的事项" in client.get("/inbox").text


def test_a_meeting_asks_its_chair_and_a_receipt_its_reviewer(village: Village) -> None:
    village.submit(payment(date(2021, 1, 12), 5_000))
    village.submit(rent(date(2021, 1, 12), 70_000))
    with counter_of(village, TODAY) as client:
        enter(client, village, "sec1")
        assert "主持“村两委商议”并登记表决结果" in client.get("/inbox").text
        enter(client, village, "rev1")
        text = client.get("/inbox?lang=en").text
        assert "Received from 样例合作社: 收鱼塘租金" in text


def test_pages_of_a_long_inbox_hold_every_case_once_and_stay_light(village: Village) -> None:
    long = "为田间道路硬化工程购置水泥、河沙、碎石并支付机械台班和人工费用" * 3
    for n in range(45):
        village.submit(replace(rent(date(2021, 1, 12), 1000 + n), summary=long))
    with counter_of(village, TODAY) as client:
        enter(client, village, "rev1")
        seen: list[str] = []
        for number in (1, 2, 3):
            answer = client.get(f"/inbox?page={number}")
            found = re.findall(r'<li><a href="/case/[^/]+/([^"]+)"', answer.text)
            assert len(found) == (5 if number == 3 else 20)
            seen += found
            weight = len(answer.content)
            for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', answer.text):
                weight += len(client.get(urlsplit(address).path).content)
            assert weight <= 100_000
        assert len(set(seen)) == 45
        assert seen == re.findall(r'<li><a href="/case/[^/]+/([^"]+)"', "".join(
            client.get(f"/inbox?page={n}").text for n in (1, 2, 3)
        ))  # fmt: skip
        assert "第 3 页，共 3 页" in client.get("/inbox?page=77").text
        assert client.get("/inbox?page=0").status_code == 422


def test_what_is_kept_of_a_case_never_outlives_its_next_event(village: Village) -> None:
    standing = village.submit(payment(date(2021, 1, 12), 5_000))
    for _ in range(4):
        with village.engine.begin() as conn:
            kept = cases.open_cases(conn, village.code)
            assert kept == [cases.standing_of(conn, village.code, standing.case)]
        standing = village.step(standing)
    with village.engine.begin() as conn:
        assert cases.open_cases(conn, village.code) == [standing]
        assert not inbox.waiting(conn, "nobody", TODAY)
        assert register.of(conn, village.code).name("sup4") == "监小丁"
