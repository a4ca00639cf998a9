"""The migrated schema is the tables', type by type, on SQLite and on PostgreSQL."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, Table, UniqueConstraint, inspect, text

from app import database
from app.migrations.models import metadata

SERVERS = ("host=/var/run/postgresql dbname=test user=root", "host=127.0.0.1 dbname=test user=root")


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
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of either kind."""
    if request.param == "sqlite":
        made = database.connect(f"sqlite:///{tmp_path / 'empty.sqlite'}")
        yield made
        made.dispose()
        return
    place, name = server(), f"mingbai_{token_hex(6)}"
    with psycopg.connect(place, autocommit=True) as conn:
        conn.execute(f"create database {name}")
    host = dict(part.split("=") for part in place.split())
    made = database.connect(f"postgresql+psycopg://{host['user']}@/{name}?host={host['host']}")
    yield made
    made.dispose()
    with psycopg.connect(place, autocommit=True) as conn:
        conn.execute(f"drop database {name} with (force)")


def test_the_migrations_make_the_tables(fresh: Engine) -> None:
    database.create(fresh)
    with fresh.connect() as conn:
        options = {"compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(conn, opts=options), metadata) == []
    for table in metadata.sorted_tables:
        assert keys(fresh, table.name) == declared(table), table.name


def keys(engine: Engine, name: str) -> tuple[list[str], set[tuple[str, ...]]]:
    """Return a table's primary key and unique constraints as the database has them."""
    looked = inspect(engine)
    unique = {tuple(one["column_names"]) for one in looked.get_unique_constraints(name)}
    return list(looked.get_pk_constraint(name)["constrained_columns"]), unique


def declared(table: Table) -> tuple[list[str], set[tuple[str, ...]]]:
    """Return a table's primary key and unique constraints as they are declared."""
    unique = {
        tuple(column.name for column in one.columns)
        for one in table.constraints
        if isinstance(one, UniqueConstraint)
    }
    return [column.name for column in table.primary_key], unique


def test_creating_again_changes_nothing(fresh: Engine) -> None:
    database.create(fresh)
    with fresh.begin() as conn:
        conn.execute(text("INSERT INTO login VALUES ('a', 'a', 'x', 0, '')"))
    database.create(fresh)
    with database.read(fresh) as conn:
        assert conn.execute(text("SELECT count(*) FROM login")).scalar() == 1


def test_reading_commits_nothing(fresh: Engine) -> None:
    database.create(fresh)
    with database.read(fresh) as conn:
        conn.execute(text("INSERT INTO login VALUES ('a', 'a', 'x', 0, '')"))
    with database.read(fresh) as conn:
        assert conn.execute(text("SELECT count(*) FROM login")).scalar() == 0
