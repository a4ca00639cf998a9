"""My household by the code on its slip; search and feed of the published months."""

import re
import xml.etree.ElementTree as ET
from datetime import timedelta

import pypdfium2
import pytest
from fastapi.testclient import TestClient
from test_app_access import enter, room_of

from app import slipcodes
from app.desk import roll_of
from ledger.money import yuan
from ledger.reads import store as reads
from ledger.registers import store as shares

XIAOHE = "510802-sandui-xiaohe"
PAGE = f"/v/{XIAOHE}/household"


@pytest.fixture
def codes(counter: TestClient) -> dict[str, str]:
    """The codes of all households, as their slips have them."""
    place = room_of(counter)
    with place.engine.connect() as conn:
        names = [one.household for one in shares.holdings(conn, XIAOHE)]
    return slipcodes.issue(place.engine, XIAOHE, names)


def look(counter: TestClient, household: str, code: str) -> tuple[int, str]:
    answer = counter.post(PAGE, data={"household": household, "code": code})
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.text


def test_a_household_sees_its_own_figures_and_nobody_elses(
    counter: TestClient, codes: dict[str, str]
) -> None:
    place = room_of(counter)
    mine, other = list(codes)[:2]
    status, text = look(counter, mine, codes[mine].lower().replace("-", " "))
    assert status == 200
    with place.engine.connect() as conn:
        rows = {row.household: row for row in roll_of(conn, XIAOHE, 2021).rows}
        held = {one.household: one for one in shares.holdings(conn, XIAOHE)}
        noted = reads.reads(conn, XIAOHE, 1, 10_000)[-1]
    assert held[mine].head in text
    assert yuan(rows[mine].fen) in text
    heads = {one.head for name, one in held.items() if name != mine} - {held[mine].head}
    assert not [head for head in heads if head in text]
    assert (noted.what, noted.subject) == ("household", mine)
    assert look(counter, other, codes[mine])[0] == 403


def test_five_wrong_codes_lock_in_the_database(counter: TestClient, codes: dict[str, str]) -> None:
    place = room_of(counter)
    mine = next(iter(codes))
    for _ in range(5):
        status, text = look(counter, mine, "AAAA-BBBB-CCCC")
        assert (status, "W090" in text) == (403, True)
    status, text = look(counter, mine, codes[mine])
    assert (status, "W091" in text) == (403, True)
    with pytest.raises(slipcodes.CodeLocked):
        slipcodes.check(place.engine, XIAOHE, mine, codes[mine], place.clock.now())
    later = place.clock.now() + timedelta(hours=25)
    slipcodes.check(place.engine, XIAOHE, mine, codes[mine], later)
    for household in ("999", "", "' or 1=1"):
        assert look(counter, household, codes[mine])[0] == 403


def test_no_code_lies_in_the_database_and_a_new_one_ends_the_old(
    counter: TestClient, codes: dict[str, str]
) -> None:
    place = room_of(counter)
    mine = next(iter(codes))
    data = (place.settings.data / "mingbai.sqlite").read_bytes()
    assert codes[mine].encode() not in data
    assert codes[mine].replace("-", "").encode() not in data
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}", codes[mine])
    slipcodes.issue(place.engine, XIAOHE, codes)
    assert look(counter, mine, codes[mine])[0] == 403


def test_the_clerk_prints_the_slips(counter: TestClient) -> None:
    csrf = enter(counter, "xiaohe-clerk")
    data = counter.post(f"/desk/{XIAOHE}/codes.pdf", data={"csrf": csrf}).content
    document = pypdfium2.PdfDocument(data)
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    printed = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", text)
    with room_of(counter).engine.connect() as conn:
        assert len(set(printed)) == len(shares.holdings(conn, XIAOHE))
    counter.cookies.clear()
    assert counter.post(f"/desk/{XIAOHE}/codes.pdf").status_code == 401


def test_lines_are_found_by_what_the_web_shows(counter: TestClient) -> None:
    month = counter.get(f"/v/{XIAOHE}/2021-05.json").json()
    line = month["spending"][0]["lines"][0]
    for asked in (line["number"], yuan(line["fen"]), line["summary"][:6]):
        found = counter.get(f"/v/{XIAOHE}/search", params={"q": asked}).text
        assert line["number"] in found, asked
    assert "没有找到" in counter.get(f"/v/{XIAOHE}/search", params={"q": "没有这种事"}).text
    hostile = counter.get(f"/v/{XIAOHE}/search", params={"q": "<script>alert(1)</script>"}).text
    assert "<script" not in hostile
    assert counter.get(f"/v/{XIAOHE}/search", params={"q": "x" * 200}).status_code == 422
    assert counter.get("/v/nowhere/search", params={"q": "x"}).status_code == 404


def test_a_masked_name_is_not_found_by_guessing(counter: TestClient) -> None:
    from disclosure.compose import compose  # noqa: PLC0415 - this test alone

    with room_of(counter).engine.connect() as conn:
        sheet = compose(conn, XIAOHE, "2021-05")
    lines = [line for group in (*sheet.income, *sheet.spending) for line in group.lines]
    person = next(line.party for line in lines if len(line.party) == 3)
    assert "没有找到" in counter.get(f"/v/{XIAOHE}/search", params={"q": person}).text


def test_the_feed_is_atom_with_an_entry_a_month(counter: TestClient) -> None:
    answer = counter.get(f"/v/{XIAOHE}/feed.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    root = ET.fromstring(answer.content)  # noqa: S314 - our own feed
    atom = "{http://www.w3.org/2005/Atom}"
    ids = [entry.findtext(f"{atom}id") for entry in root.iter(f"{atom}entry")]
    assert ids[0] == f"http://127.0.0.1:8321/v/{XIAOHE}/2022-01"
    assert root.findtext(f"{atom}updated", "").endswith("+00:00")
    assert len(ids) == 12


def test_the_chart_stands_beside_its_table(counter: TestClient) -> None:
    text = counter.get(f"/v/{XIAOHE}/2021-05").text
    assert "<svg" in text
    assert 'role="img"' in text
    assert len(text.encode()) <= 100_000
