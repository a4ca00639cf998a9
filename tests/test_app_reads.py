"""Reads of personal data are noted before anything is shown, and the log binds the notes."""

from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sample import VILLAGE, Village, hand
from sqlalchemy import Engine, delete, update
from test_app_papers import bring, leaves, room_of
from test_app_staff import XIAOHE, case, enter
from test_approvals_verify_hands import judged
from verify_history import Writer, small
from verify_history import hand as key_of

from app import uploads
from approvals import reading
from approvals.verify import verify
from ledger.book import files
from ledger.reads import store
from ledger.reads.tables import read


def noted(counter: TestClient) -> list[tuple[str, str, str]]:
    with room_of(counter).engine.connect() as conn:
        until = store.last(conn, XIAOHE)
        return [(one.person, one.what, one.subject) for one in store.reads(conn, XIAOHE, 1, until)]


def test_a_paper_is_noted_once_a_day_for_each_reader(counter: TestClient) -> None:
    digest = uploads.take(room_of(counter).settings.papers, leaves(2))
    name = bring(counter, digest)
    enter(counter, "xiaohe-sup1")
    for page in (1, 2, 1):
        assert counter.get(f"/paper/{XIAOHE}/{name}/{digest}?page={page}").status_code == 200
    enter(counter, "xiaohe-sup2")
    counter.get(f"/paper/{XIAOHE}/{name}/{digest}")
    assert noted(counter) == [
        ("xiaohe-sup1", "paper", f"{name}/{digest}"),
        ("xiaohe-sup2", "paper", f"{name}/{digest}"),
    ]
    # Who may not read is noted nowhere: nothing was shown.
    enter(counter, "jingtian-sup1")
    assert counter.get(f"/paper/{XIAOHE}/{name}/{digest}").status_code == 404
    assert counter.get(f"/paper/{XIAOHE}/{name}/{'0' * 64}").status_code == 404
    assert len(noted(counter)) == 2


def test_nothing_is_shown_that_cannot_be_noted(
    counter: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = uploads.take(room_of(counter).settings.papers, leaves(1))
    name = bring(counter, digest)
    enter(counter, "xiaohe-sup1")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "note", full)
    with pytest.raises(OSError, match="space"):
        counter.get(f"/paper/{XIAOHE}/{name}/{digest}")


def test_rolls_vouchers_books_and_the_audit_desk_are_noted(counter: TestClient) -> None:
    enter(counter, "audit1")
    name = case(counter).case
    addresses = [
        f"/desk/{XIAOHE}/{name}/voucher.pdf",
        f"/desk/{XIAOHE}/dividend/2021/roll.pdf",
        f"/auditor/{XIAOHE}/books.zip",
        f"/desk/{XIAOHE}/package.zip?first=2021-01&last=2021-01",
        f"/audit/{XIAOHE}-2021/income_statement/",
        f"/audit/{XIAOHE}-2021/income_statement/",
    ]
    for address in addresses:
        assert counter.get(address).status_code == 200, address
    assert noted(counter) == [
        ("audit1", "voucher", name),
        ("audit1", "roll", "2021/roll.pdf"),
        ("audit1", "books", "all"),
        ("audit1", "books", "package"),
        ("audit1", "audit", ""),
    ]
    page = counter.get(f"/auditor/{XIAOHE}/reads").text
    assert "还有 5 条没有写进摘要" in page
    enter(counter, "xiaohe-sup1")
    assert counter.get(f"/auditor/{XIAOHE}/reads").status_code == 403


def look(village: Village, person: str, subject: str) -> None:
    village.now += timedelta(minutes=1)
    with village.engine.begin() as conn:
        store.note(conn, VILLAGE, village.now, person, "paper", subject)


def bind(village: Village) -> bool:
    with village.engine.begin() as conn:
        return reading.digest(conn, hand("server"), village.desk()) is not None


def test_the_log_binds_what_was_noted_without_a_gap(village: Village) -> None:
    assert not bind(village)
    look(village, "sup1", "a")
    look(village, "sup2", "a")
    assert bind(village)
    assert not bind(village)
    look(village, "sup1", "b")
    assert bind(village)
    with village.engine.connect() as conn:
        found = reading.check(conn, VILLAGE)
        files.project(conn, VILLAGE, village.root)
    assert [(one.first, one.last, one.good) for one in found] == [(1, 2, True), (3, 3, True)]
    assert verify(village.root / VILLAGE).good


@pytest.mark.parametrize("how", ["dropped", "rewritten", "moved"])
def test_notes_that_were_changed_are_found(village: Village, engine: Engine, how: str) -> None:
    for subject in "abc":
        look(village, "sup1", subject)
    bind(village)
    look(village, "sup1", "d")
    changed = {
        "dropped": delete(read).where(read.c.no == 2),
        "rewritten": update(read).where(read.c.no == 2).values(person="sup5"),
        "moved": update(read).where(read.c.no == 3).values(no=7),
    }
    with engine.begin() as conn:
        conn.execute(changed[how])
        assert [one.good for one in reading.check(conn, VILLAGE)] == [False]


def told(book: Writer, by: str = "server", /, **body: object) -> None:
    facts = {"first": 1, "last": 3, "root": "a" * 64} | body
    if by == "server":
        book.act("reads.digested", by, by, "reads", facts, method="server")
    else:
        book.act("reads.digested", by, "bookkeeper", "reads", facts)


def keyed() -> Writer:
    book = small()
    server = key_of("server")
    facts = {"key": server.key, "alg": "ed25519", "public": server.public.hex()}
    book.act("server.keyed", "registrar", "registrar", server.key, facts)
    return book


def test_the_proof_knows_the_digests(tmp_path: Path) -> None:
    book = keyed()
    told(book)
    told(book, first=4, last=4)
    assert judged(book, tmp_path).fault is None


@pytest.mark.parametrize(
    ("code", "by", "body"),
    [
        ("Y113", "server", {"first": 5, "last": 6}),
        ("Y113", "server", {"first": 3, "last": 6}),
        ("Y113", "server", {"first": 4, "last": 3}),
        ("Y019", "server", {"first": 0}),
        ("Y019", "server", {"root": "a"}),
        ("Y046", "book1", {"first": 4, "last": 6}),
    ],
)
def test_the_proof_refuses_a_gap_an_overlap_and_a_stranger(
    code: str, by: str, body: dict[str, object], tmp_path: Path
) -> None:
    book = keyed()
    told(book)
    told(book, by, **body)
    fault = judged(book, tmp_path).fault
    assert fault is not None
    assert fault.code == code
