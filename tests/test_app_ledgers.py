"""The room of ledgers: the figures, who may, paging, filters, what can be taken away."""

import io
from itertools import pairwise
from urllib.parse import unquote

import pypdfium2
import pytest
from fastapi.testclient import TestClient
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, func, select
from test_app_staff import XIAOHE, enter, keeper

from app import ledgers, logins
from app.demo.install import PASSWORD
from app.ledgers import Asked
from ledger.legs import store as legs
from ledger.legs.tables import leg
from ledger.posted import store as posted

YEAR = ("2021-01", "2021-12")
PAGE = f"/desk/{XIAOHE}/books"
KINDS = [
    ("trial", ""),
    ("general", ""),
    ("detail", "102"),
    ("journal", ""),
    ("columns", "102"),
    ("columns", "513"),
    ("auxiliary", ""),
    ("vouchers", ""),
]


def engine_of(counter: TestClient) -> Engine:
    engine: Engine = counter.app.state.room.engine  # type: ignore[attr-defined]
    return engine


@pytest.mark.parametrize(("kind", "account"), KINDS)
def test_every_ledger_is_shown_and_taken_away(counter: TestClient, kind: str, account: str) -> None:
    keeper(counter)
    query = f"?kind={kind}&account={account}&first={YEAR[0]}&last={YEAR[1]}"
    page = counter.get(PAGE + query)
    assert page.status_code == 200
    assert "W3" not in page.text
    assert page.text.count("<tr") > 2
    sheet = counter.get(f"{PAGE}.xlsx{query}")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(sheet.content)).get_sheet_by_index(0)
    assert len(rows.to_python()) > 4
    named = unquote(sheet.headers["content-disposition"].partition("''")[2])
    assert "小河村" in named
    assert named.endswith(".xlsx")
    assert sheet.headers["content-disposition"].isascii()
    again = counter.get(f"{PAGE}.xlsx{query}")
    assert again.content == sheet.content
    paper = counter.get(f"{PAGE}.pdf{query}")
    assert pypdfium2.PdfDocument(paper.content)[0].get_textpage().get_text_bounded()


def test_the_ledgers_agree_with_the_legs_and_with_each_other(counter: TestClient) -> None:
    with engine_of(counter).connect() as conn:
        first, last = YEAR
        closing = legs.balances(conn, XIAOHE, last)
        trial = [*ledgers.ledger(conn, XIAOHE, Asked("trial", first, last)).ledger.lines]
        total = trial[-1].cells[2:]
        assert total[0::2] == total[1::2]  # debits and credits of each pair of columns
        for code, fen in closing.items():
            row = next(line for line in trial if line.account == code)
            assert row.cells[8] - row.cells[9] == fen  # type: ignore[operator]
            want = Asked("detail", first, last, code)
            lines = [*ledgers.ledger(conn, XIAOHE, want).ledger.lines]
            assert lines[-1].cells[-1] == abs(fen)
            walked = [line for line in lines if line.case]
            if walked:
                assert walked[-1].cells[-1] == abs(fen)
            moved = [sum(line.cells[at] or 0 for line in walked) for at in (4, 5)]  # type: ignore[misc]
            assert moved == [row.cells[4], row.cells[5]]
            general = [
                *ledgers.ledger(conn, XIAOHE, Asked("general", first, last, code)).ledger.lines
            ]
            assert general[-1].cells[-1] == abs(fen)
            assert list(general[-1].cells[2:4]) == [row.cells[6], row.cells[7]]


def test_pages_follow_one_another_without_a_gap(counter: TestClient) -> None:
    with engine_of(counter).connect() as conn:
        want = Asked("detail", *YEAR, "102")
        whole = [line for line in ledgers.ledger(conn, XIAOHE, want).ledger.lines if line.case]
        found, after, pages = [], None, []
        while True:
            part = ledgers.ledger(conn, XIAOHE, want, after, 7)
            lines = [*part.ledger.lines]
            pages.append(lines)
            found += [line for line in lines if line.case]
            if part.after is None:
                break
            after = ledgers.key_of(ledgers.address_of(part.after))
    assert len(pages) > 2
    assert found == whole
    for left, right in pairwise(pages):
        assert right[0].cells[-2:] == left[-1].cells[-2:]  # carried forward


def test_words_and_amounts_narrow_a_ledger(counter: TestClient) -> None:
    keeper(counter)
    with engine_of(counter).connect() as conn:
        most = conn.execute(
            select(func.max(leg.c.fen)).where(leg.c.village == XIAOHE, leg.c.kind != "opening")
        ).scalar()
        want = Asked("detail", "2000-01", "2099-12", least=most)
        lines = [*ledgers.ledger(conn, XIAOHE, want).ledger.lines]
    assert lines
    assert all(max(line.cells[4] or 0, line.cells[5] or 0) >= most for line in lines)  # type: ignore[type-var]
    text = counter.get(f"{PAGE}?kind=detail&text=没有这样的摘要%25").text
    assert "这一段没有账" in text


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("first=2021-13", "P001"),
        ("first=2021-09&last=2021-02", "W310"),
        ("kind=detail&account=999", "K001"),
        ("kind=columns", "W311"),
        ("least=一百元", "M001"),
    ],
)
def test_what_cannot_be_asked_is_refused(counter: TestClient, query: str, code: str) -> None:
    keeper(counter)
    page = counter.get(f"{PAGE}?{query}")
    assert code in page.text
    assert 400 <= page.status_code < 500
    assert code in counter.get(f"{PAGE}.xlsx?{query}").text


def test_odd_addresses_do_no_harm(counter: TestClient) -> None:
    keeper(counter)
    for query in ("after=x", "after=2021-01-01_1", "kind=%00", "level=99", "by=no", "value=无此人"):
        assert counter.get(f"{PAGE}?{query}").status_code == 200


def test_members_of_the_village_read_and_nobody_else(counter: TestClient) -> None:
    engine = engine_of(counter)
    with engine.begin() as conn:
        logins.add(conn, "jingtian-sup1", "jingtian-sup1", PASSWORD)
    for name in ("audit1", "review1", "registrar", "xiaohe-sup1"):
        enter(counter, name)
        assert counter.get(PAGE).status_code == 200, name
    enter(counter, "jingtian-sup1")
    for path in (PAGE, f"{PAGE}.xlsx", f"{PAGE}.pdf"):
        assert counter.get(path).status_code == 404
    counter.cookies.clear()
    assert counter.get(PAGE).status_code == 401


def test_a_month_of_vouchers_is_printed_for_binding(counter: TestClient) -> None:
    keeper(counter)
    assert "vouchers.pdf?period=2021-05" in counter.get(f"{PAGE}?kind=vouchers&last=2021-05").text
    answer = counter.get(f"/desk/{XIAOHE}/vouchers.pdf?period=2021-05")
    pages = pypdfium2.PdfDocument(answer.content)
    text = "".join(page.get_textpage().get_text_bounded() for page in pages)
    with engine_of(counter).connect() as conn:
        items = posted.vouchers(conn, XIAOHE, "2021-05", "2021-05")
    assert len(pages) == (len(items) + 2) // 2
    assert all(str(item.number) in text for item in items)
    assert "记账凭证共" in text.replace(" ", "")
    none = counter.get(f"/desk/{XIAOHE}/vouchers.pdf?period=2019-05")
    assert none.status_code == 404
    assert "W314" in none.text
