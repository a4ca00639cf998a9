"""The villagers' pages: figures, shapes, digits, words."""

import json
from datetime import date

import pytest
from fastapi.testclient import TestClient

from app.web.room import room
from app.words import translations
from disclosure.compose import compose
from disclosure.editions import edition
from ledger.money import yuan

XIAOHE = "510802-sandui-xiaohe"


def engine_of(counter: TestClient):  # noqa: ANN201 - an engine
    return counter.app.state.room.engine  # type: ignore[attr-defined]


def test_the_front_page_leads_to_the_month(counter: TestClient) -> None:
    front = counter.get("/").text
    assert f"/v/{XIAOHE}/" in front
    months = counter.get(f"/v/{XIAOHE}/").text
    assert f"/v/{XIAOHE}/2021-05" in months
    assert "2022年1月" in months


def test_the_sheet_shows_the_five_figures_and_every_entry(counter: TestClient) -> None:
    with engine_of(counter).connect() as conn:
        sheet = compose(conn, XIAOHE, "2021-05")
    text = counter.get(f"/v/{XIAOHE}/2021-05").text
    for fen in (sheet.opening_fen, sheet.income_fen, sheet.spending_fen, sheet.closing_fen):
        assert yuan(fen) in text
    numbers = [line.number for group in (*sheet.income, *sheet.spending) for line in group.lines]
    assert numbers
    assert all(number in text for number in numbers)
    assert sheet.digits in text
    assert "<script" not in text
    assert len(text.encode()) <= 100_000


def test_the_same_figures_in_every_shape(counter: TestClient) -> None:
    found = json.loads(counter.get(f"/v/{XIAOHE}/2021-05.json").content)
    table = counter.get(f"/v/{XIAOHE}/2021-05.csv").content
    assert table.startswith(b"\xef\xbb\xbf")
    assert f"{found['closing_fen'] / 100:.2f}" in table.decode("utf-8-sig")
    assert counter.get(f"/v/{XIAOHE}/2021-05.pdf").content.startswith(b"%PDF")
    assert counter.get(f"/v/{XIAOHE}/2021-05.pdf?size=A3").content.startswith(b"%PDF")
    assert counter.get(f"/v/{XIAOHE}/2021-05.pdf?size=large").content.startswith(b"%PDF")
    api = counter.get(f"/api/v1/villages/{XIAOHE}/sheets/2021-05").json()
    assert api == found


def test_villagers_are_masked_on_the_web_and_officers_are_not(counter: TestClient) -> None:
    with engine_of(counter).connect() as conn:
        sheet = compose(conn, XIAOHE, "2021-05")
    groups = (*sheet.income, *sheet.spending)
    people = {line.party for group in groups for line in group.lines if len(line.party) == 3}
    text = counter.get(f"/v/{XIAOHE}/2021-05.json").text
    assert people
    assert not [name for name in people if name in text]
    assert sheet.marks[0].name in text


def test_statements_as_page_paper_and_spreadsheet(counter: TestClient) -> None:
    page = counter.get(f"/v/{XIAOHE}/2021-12/statements").text
    assert "会村01表" in page
    assert "会村02表" in page
    assert "195,961.53" in page
    for name in ("sheet", "income", "trial"):
        base = f"/v/{XIAOHE}/2021-12/statements/{name}"
        assert counter.get(f"{base}.pdf").content.startswith(b"%PDF")
        assert counter.get(f"{base}.xlsx").content.startswith(b"PK")


@pytest.mark.parametrize(
    ("number", "words"),
    [("{right}", "对得上"), ("0000 0000 0000 0000 0000 0001", "对不上"), ("123", "不是 24 位")],
)
def test_the_digits_of_the_wall(counter: TestClient, number: str, words: str) -> None:
    with engine_of(counter).connect() as conn:
        right = compose(conn, XIAOHE, "2021-05").digits
    asked = {"village": XIAOHE, "number": number.format(right=right)}
    text = counter.get("/check", params=asked).text
    assert words in text


@pytest.mark.parametrize(
    "path",
    [
        "/v/nowhere/",
        "/v/nowhere/2021-05",
        f"/v/{XIAOHE}/2021-13",
        f"/v/{XIAOHE}/gone.exe",
        f"/v/{XIAOHE}/2021-05.exe",
        "/nowhere",
        "/check?village=nowhere&number=000000000000000000000000",
    ],
)
def test_what_is_not_there_is_a_plain_page(counter: TestClient, path: str) -> None:
    answer = counter.get(path)
    assert answer.status_code == 404
    assert "<h1>" in answer.text
    assert "Traceback" not in answer.text


def test_the_api_answers_refusals_as_data(counter: TestClient) -> None:
    gone = counter.get("/api/v1/villages/nowhere/months")
    assert gone.status_code == 404
    assert gone.json()["code"] == "L001"
    assert counter.get("/api/v1/nothing").json()["code"] == "W404"
    names = [one["code"] for one in counter.get("/api/v1/villages").json()]
    assert names == [XIAOHE]
    months = counter.get(f"/api/v1/villages/{XIAOHE}/months").json()
    assert [one["period"] for one in months][:2] == ["2021-01", "2021-02"]
    assert "paths" in counter.get("/api/v1/openapi.json").json()


def test_english_is_complete_and_remembered(counter: TestClient) -> None:
    text = counter.get(f"/v/{XIAOHE}/2021-05?lang=en").text
    assert 'lang="en"' in text
    assert "Income of the month" in text
    assert "Income of the month" in counter.get(f"/v/{XIAOHE}/2021-05").text
    assert "本月收入" in counter.get(f"/v/{XIAOHE}/2021-05?lang=zh").text


def test_every_answer_carries_the_headers(counter: TestClient) -> None:
    for path in ("/", "/static/mingbai.css", "/nowhere"):
        headers = counter.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'self'")
        assert "unsafe-inline" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_the_sample_lives_on_its_own_day(counter: TestClient) -> None:
    assert counter.app.state.room.clock.today() == date(2022, 2, 8)  # type: ignore[attr-defined]
    assert room is not None
    assert "2022-02-08" in counter.get("/").text


def test_the_month_as_a_picture_and_as_a_text(counter: TestClient) -> None:
    drawn = counter.get(f"/v/{XIAOHE}/2021-05.png")
    assert drawn.headers["content-type"] == "image/png"
    assert drawn.content.startswith(b"\x89PNG")
    assert len(drawn.content) <= 1_000_000
    said = counter.get(f"/v/{XIAOHE}/2021-05.txt").text
    assert len(said) <= 500
    assert yuan(counter.get(f"/v/{XIAOHE}/2021-05.json").json()["closing_fen"]) in said


def test_the_quarter_the_year_and_each_of_the_seven_ledgers(counter: TestClient) -> None:
    village = counter.get(f"/v/{XIAOHE}/").text
    assert f"/v/{XIAOHE}/span/2021-Q2" in village
    page = counter.get(f"/v/{XIAOHE}/span/2021").text
    with engine_of(counter).connect() as conn:
        wall = edition(conn, XIAOHE, "2021")
    assert yuan(wall.income_fen) in page
    assert all(month.digest in page for month in wall.months)
    english = translations("en")
    for book in wall.books:
        shown = counter.get(f"/v/{XIAOHE}/span/2021/{book.id}")
        assert book.ledger.title in shown.text
        words = {book.ledger.title, book.plain, *(head.title for head in book.ledger.heads)}
        assert [word for word in words if english.gettext(word) == word] == []
    named = {str(line.cells[2]) for line in wall.books[6].ledger.lines}
    people = {name for name in named if len(name) == 3}
    assert people
    given = counter.get(f"/v/{XIAOHE}/span/2021/subsidies").text
    assert not [name for name in people if name in given]
    assert counter.get(f"/v/{XIAOHE}/span/2021-Q2.pdf").content.startswith(b"%PDF")
    for path in ("2022", "2021-Q9", "2021-Q2.exe", "2021-Q2/secrets"):
        assert counter.get(f"/v/{XIAOHE}/span/{path}").status_code == 404
