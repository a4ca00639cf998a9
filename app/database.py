"""The database: SQLite in one file by default, PostgreSQL 15+ for a county; the same tables."""

import errno
import os
import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy import event as hooks
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.pool import ConnectionPoolEntry

from ledger.personal import entrust

BUSY_SECONDS = 30
DISK_FULL = "53100"  # PostgreSQL's SQLSTATE


def connect(url: str, data: Path | None = None) -> Engine:
    """Return an engine for a database address (`sqlite:///…` or `postgresql+psycopg://…`).

    `data` holds the key to personal columns; for SQLite it is the folder of the file unless given.

    `engine.begin()` starts a write transaction; on SQLite it takes the write lock at once, because
    a reader that turns writer fails at once when another has written meanwhile. A full disk is an
    OSError, as it is for files.
    """
    engine = create_engine(url, pool_pre_ping=not make_url(url).drivername.startswith("sqlite"))
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    entrust(engine, data or (Path(file).parent if file else None))
    if engine.dialect.name == "sqlite":
        hooks.listen(engine, "connect", _prepare)
        hooks.listen(engine, "begin", _begin)
    hooks.listen(engine, "handle_error", _full)
    return engine


def _prepare(connection: object, _entry: ConnectionPoolEntry) -> None:
    # The driver starts transactions on its own; they are ours to start (BEGIN IMMEDIATE).
    connection.isolation_level = None  # type: ignore[attr-defined]
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_SECONDS * 1000}",
    ):
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


def _begin(conn: Connection) -> None:
    reading = conn.get_execution_options().get("reading", False)
    conn.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _full(context: ExceptionContext) -> None:
    fault = context.original_exception
    full = getattr(fault, "sqlstate", None) == DISK_FULL
    if full or getattr(fault, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        place = context.engine.url.database if context.engine else None
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), place) from fault


@contextmanager
def read(engine: Engine) -> Iterator[Connection]:
    """Give a connection for reading only; nothing is committed."""
    with engine.connect() as conn:
        reader = conn.execution_options(reading=True)
        with reader.begin() as transaction:
            yield reader
            transaction.rollback()


def create(engine: Engine) -> None:
    """Bring the database to the newest schema; a new one gets every table."""
    folder = resources.files("app") / "migrations"
    config = Config()
    config.set_main_option("script_location", str(folder))
    with engine.begin() as conn:
        config.attributes["connection"] = conn
        command.upgrade(config, "head")


class Version:
    """What changes whenever anybody commits anything; `quick` where asking costs no time."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.quick = engine.dialect.name == "sqlite"
        self._raw: sqlite3.Connection | None = None

    def now(self) -> str:
        """Return the version: equal ones mean that nothing was committed in between."""
        if not self.quick:
            with self.engine.connect() as conn:
                # Its list of transactions under way changes with each commit too.
                return str(conn.exec_driver_sql("select pg_current_snapshot()::text").scalar())
        if self._raw is None:
            file = str(self.engine.url.database)
            self._raw = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
            weakref.finalize(self, self._raw.close)
        # Counts the commits of every connection but this one, which never writes.
        return str(self._raw.execute("PRAGMA data_version").fetchone()[0])
