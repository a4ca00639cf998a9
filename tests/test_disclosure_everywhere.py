"""One month, the same figures in every shape; no number of a person in any of them."""

import csv
import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest
from fastapi.testclient import TestClient
from paper_samples import sheet
from sample import Village, hand, opening, payment, rent
from test_reports_sheet import text_of

from app.settings import Settings
from app.showing import SHAPES
from app.web import create_app
from disclosure import broadcast, notice
from disclosure.compose import compose
from disclosure.oddly import KINDS
from disclosure.redact import redact
from disclosure.sheet import Answer, Claim, Erratum, Group, Line, Sheet
from ledger.book import load
from ledger.money import counted, plain, spoken, yuan
from reports.picture import picture
from reports.sheet_pdf import sheet_pdf

URL = "https://example.org/v/510802-sandui-jingtian/2021-01"


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(n, marks=pytest.mark.campaign) for n in range(2, 30))]
)
def test_a_random_month_is_the_same_everywhere_and_beancounts(
    seed: int, village: Village, tmp_path: Path
) -> None:
    rng = Random(seed)  # noqa: S311 - repeatable
    village.post(opening())
    taken = [rng.randint(1, 9_999_999) for _ in range(rng.randint(1, 5))]
    given = [rng.randint(1, 999_999) for _ in range(rng.randint(1, 2))]
    for fen in taken:
        village.post(rent(date(2021, 1, rng.randint(5, 28)), fen))
    for fen in given:
        village.post(payment(date(2021, 1, rng.randint(5, 28)), fen))
    village.on(date(2021, 2, 2))
    village.seal("2021-01")
    with village.engine.begin() as conn:
        up = (date(2021, 2, 8), date(2021, 2, 28))
        notice.publish(conn, hand("book1"), village.desk(), "2021-01", up)
        made = compose(conn, village.code, "2021-01")
    books = load.balances(village.root / village.code / "2021/main.beancount", date(2021, 2, 1))
    money = sum(fen for code, fen in books.items() if code.startswith(("101", "102")))
    figures = (50_000_000, sum(taken), sum(given), money)
    assert figures[0] + figures[1] - figures[2] == figures[3]
    assert _figures(made) == figures
    assert dict(made.odd)["payee"] == 1
    assert dict(made.odd).get("round", 0) == sum(fen % 100_000 == 0 for fen in given)
    _the_same_everywhere(made, figures, tmp_path)


def _figures(made: Sheet) -> tuple[int, ...]:
    return made.opening_fen, made.income_fen, made.spending_fen, made.closing_fen


def _the_same_everywhere(made: Sheet, figures: tuple[int, ...], data: Path) -> None:
    web = create_app(Settings(data=data, today=date(2021, 2, 9)))
    with TestClient(web, base_url="http://127.0.0.1:8321") as client:
        base = f"/v/{made.village}/2021-01"
        found = client.get(f"{base}.json").json()
        page, chat = client.get(base).text, client.get(f"{base}.txt").text
        table = client.get(f"{base}.csv").content.decode("utf-8-sig")
        paper = text_of(client.get(f"{base}.pdf").content)
    web.state.room.engine.dispose()
    rows = {row[1]: row[5] for row in csv.reader(io.StringIO(table)) if row[0] == "概要"}
    counts = {row[1]: row[4] for row in csv.reader(io.StringIO(table)) if row[0] == "留意"}
    names = ("opening_fen", "income_fen", "spending_fen", "closing_fen")
    words = ("上月余额", "本月收入", "本月支出", "本月余额")
    drawn, said = text_of(picture(made, URL).pdf), broadcast.script(made)
    for name, word, fen in zip(names, words, figures, strict=True):
        assert found[name] == fen
        assert rows[word] == plain(fen)
        assert f"{word}：{yuan(fen)}元" in chat
        assert f"{word}{yuan(fen)}元" in drawn
        assert yuan(fen) in paper
        assert re.search(rf"<dt>{word}</dt><dd><span[^>]*>{re.escape(yuan(fen))}<", page)
        assert spoken(fen) in said
    assert made.odd
    assert found["odd"] == [one._asdict() for one in made.odd]
    for kind, count in made.odd:
        title = KINDS[kind]
        assert counts[title] == f"{count} 笔"
        assert f"<li>{title}：{count} 笔</li>" in page
        assert f"{title}{count}笔" in paper
        assert f"{title}：{count}笔" in drawn
        assert f"{broadcast.ODD[kind]}的{counted(count)}笔" in said


def marked(rng: Random) -> tuple[str, str, str]:
    """Return an invented identity number, mobile and bank account."""
    born = f"19{rng.randint(50, 99)}0{rng.randint(1, 9)}1{rng.randint(1, 9)}"
    identity = f"510802{born}{rng.randint(0, 9999):04d}"
    mobile = f"1{rng.randint(30, 99)}{rng.randint(0, 10**8 - 1):08d}"
    return identity, mobile, f"6228{rng.randint(0, 10**15 - 1):015d}"


@pytest.mark.parametrize("people", [100, pytest.param(10_000, marks=pytest.mark.campaign)])
def test_no_number_of_a_person_is_in_any_shape(people: int) -> None:
    rng = Random(7)  # noqa: S311 - repeatable
    for _ in range(0, people, 50):
        owned = [marked(rng) for _ in range(50)]
        made = _talkative(owned)
        for kind in ("wall", "web"):
            shown = redact(made, kind)  # type: ignore[arg-type]
            texts = [
                SHAPES[name].make(shown, URL, "A4").decode() for name in ("json", "csv", "txt")
            ]
            texts += [text_of(sheet_pdf(shown, url=URL)), text_of(picture(shown, URL).pdf)]
            texts.append(broadcast.script(shown))
            digits = re.sub(r"[\s-]", "", "".join(texts))
            heard = "".join(texts)
            for number in (number for numbers in owned for number in numbers):
                assert number not in digits, (kind, number)
                assert broadcast.say(number) not in heard, (kind, number)


def _talkative(owned: list[tuple[str, str, str]]) -> Sheet:
    """Return a sheet whose texts tell the numbers of people wherever somebody could type them."""
    lines = tuple(
        Line(
            f"2021-付-{no:04d}",
            date(2021, 5, 1),
            f"付赵一石（身份证{identity}）工钱，电话 {mobile}",
            100 + no,
            f"钱二木{mobile}",
            f"赵一石 {account[:4]} {account[4:8]} {account[8:12]} {account[12:16]} {account[16:]}",
            "孙三火",
            f"c{no}",
        )
        for no, (identity, mobile, account) in enumerate(owned)
    )
    claims = tuple(Claim("内部往来", f"赵一石{identity}", 1) for identity, _, _ in owned)
    answers = tuple(
        Answer("Q", date(2021, 5, 2), f"打{mobile}问", date(2021, 5, 3), f"卡号{account}", "文小书")
        for _, mobile, account in owned
    )
    errata = tuple(Erratum("2021-付-0001", "", 1, 1, f"账号{one[2]}记错") for one in owned)
    total = sum(line.fen for line in lines)
    group = Group("spending.posts", "务工", total, lines)
    base = replace(sheet(1, 1), spending=(group,), spending_fen=total)
    return replace(base, receivables=claims, answers=answers, errata=errata)


def test_what_is_not_hidden_would_be_found() -> None:
    owned = [marked(Random(7))]  # noqa: S311 - repeatable
    data = SHAPES["json"].make(_talkative(owned), URL, "A4").decode().replace(" ", "")
    assert all(number in data for number in owned[0])
