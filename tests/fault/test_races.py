"""Hands at once: each case is posted once, numbers have no gap, on SQLite and on PostgreSQL."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from pathlib import Path
from secrets import token_hex

import psycopg
import pytest
from sample import Village, found, hand, payment, rent
from sqlalchemy import Engine, inspect

from app import database
from app.migrations.models import metadata
from approvals import gate, signoff
from approvals.cases import standing_of
from approvals.verify import verify
from ledger import rebuild
from ledger.book import files
from ledger.posted import store as posted
from ledger.refusal import Refusal

SERVERS = ("host=/var/run/postgresql dbname=test user=root", "host=127.0.0.1 dbname=test user=root")
HANDS = 16
DAY = date(2021, 1, 12)


def server() -> str:
    """Return how to reach a PostgreSQL server, or nothing."""
    given = os.environ.get("MINGBAI_TEST_POSTGRES")
    for place in (given,) if given else SERVERS:
        with suppress(psycopg.OperationalError), psycopg.connect(place, connect_timeout=2):
            return place
    return ""


POSTGRES = pytest.param(
    "postgresql",
    marks=[
        pytest.mark.postgres,
        pytest.mark.skipif(
            "MINGBAI_TEST_ALL" not in os.environ and not server(), reason="no PostgreSQL found"
        ),
    ],
)


@pytest.fixture(params=["sqlite", POSTGRES])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A new database of either kind."""
    if request.param == "sqlite":
        made = database.connect(f"sqlite:///{tmp_path / 'mingbai.sqlite'}")
        database.create(made)
        yield made
        made.dispose()
        return
    place, name = server(), f"mingbai_{token_hex(6)}"
    with psycopg.connect(place, autocommit=True) as conn:
        conn.execute(f"create database {name}")
    host = dict(part.split("=") for part in place.split())
    made = database.connect(f"postgresql+psycopg://{host['user']}@/{name}?host={host['host']}")
    database.create(made)
    yield made
    made.dispose()
    with psycopg.connect(place, autocommit=True) as conn:
        conn.execute(f"drop database {name} with (force)")


@pytest.fixture
def village(engine: Engine, tmp_path: Path) -> Village:
    """A founded village in a database of either kind."""
    made = Village(engine, tmp_path / "books")
    with engine.begin() as conn:
        found(conn, made)
    return made


def test_the_migrated_schema_is_the_tables(engine: Engine) -> None:
    looked = inspect(engine)
    names = set(looked.get_table_names()) - {"alembic_version"}
    assert names == set(metadata.tables)
    for name, table in metadata.tables.items():
        columns = {column["name"]: column["nullable"] for column in looked.get_columns(name)}
        assert columns == {column.name: column.nullable for column in table.columns}, name
        indexes = {index["name"] for index in looked.get_indexes(name)}
        assert {index.name for index in table.indexes} <= indexes, name


def at_once(work: list[object]) -> list[str]:
    """Run calls on many threads at once and return what each came to."""

    def run(call: object) -> str:
        try:
            call()  # type: ignore[operator]
        except Refusal as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(HANDS) as pool:
        return list(pool.map(run, work))


def test_many_hands_post_each_case_once(village: Village) -> None:
    cases = [village.clear(village.submit(rent(DAY, 100 + n))).case for n in range(12)]
    desk = village.desk()

    def post(case: str) -> None:
        with village.engine.begin() as conn:
            gate.post(conn, hand("book1"), desk._replace(nonce=""), case)

    said = at_once([lambda case=case: post(case) for case in cases * 3])
    assert said.count("done") == len(cases)
    assert set(said) == {"done", "P006"}
    with village.engine.begin() as conn:
        found_ = posted.vouchers(conn, village.code, "2021-01", "2021-12")
        assert sorted(item.number.no for item in found_) == list(range(1, 13))
        before = sorted(found_)
        rebuild.rebuild(conn, village.code)
        assert sorted(posted.vouchers(conn, village.code, "2021-01", "2021-12")) == before


def test_signers_who_double_click_sign_once(village: Village) -> None:
    standing = village.step(village.step(village.submit(payment(DAY, 500))))
    desk, case = village.desk(), standing.case

    def sign(person: str, step: str) -> None:
        with village.engine.begin() as conn:
            signoff.sign(conn, hand(person), desk._replace(nonce=""), case, step, step)

    people = [(f"sup{n}", "supervision") for n in range(1, 6)] + [("agri1", "agri-centre")]
    said = at_once([lambda one=one: sign(*one) for one in people * 4])
    with village.engine.begin() as conn:
        after = standing_of(conn, village.code, case)
    signed = [item.person for item in after.signoffs if item.step in {"supervision", "agri-centre"}]
    assert len(signed) == len(set(signed)) == said.count("done")
    assert "agri1" in signed
    assert len(signed) == 4
    assert [step["id"] for step in after.waiting()] == ["clerk"]


def test_a_case_posted_while_amended_is_one_or_the_other(village: Village) -> None:
    standing = village.clear(village.submit(rent(DAY, 700)))

    def post() -> None:
        with village.engine.begin() as conn:
            gate.post(conn, hand("book1"), desk, standing.case)

    desk = village.desk()
    amend = lambda: village.submit(rent(DAY, 900), standing.case)  # noqa: E731
    said = at_once([post, amend, post, amend])
    with village.engine.begin() as conn:
        item = posted.by_case(conn, village.code, standing.case)
        files.project(conn, village.code, village.root)
    assert item is None or item.voucher.total == 700
    assert "done" in said
    assert verify(village.root / village.code).fault is None
