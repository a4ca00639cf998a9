"""The posted vouchers, the cases still under way, and the papers in use: views of the log."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from ledger.schema import metadata

posted = Table(
    "posted",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(10), primary_key=True),
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("period", String(7), nullable=False),
    Column("day", Date, nullable=False),
    Column("case", String(80), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("village", "case"),
    Index(None, "village", "period"),
)

case = Table(
    "case_index",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("case", String(80), primary_key=True),
    Column("open", Boolean, nullable=False),
    Column("bank_line", String(80), nullable=False),
    Column("reverses", String(20), nullable=False),
    Column("day", Date, nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("summary", Text, nullable=False),
    Column("payee", Text, nullable=False),
    Column("words", Text, nullable=False),
    Index(None, "village", "open"),
    Index(None, "village", "bank_line"),
    Index(None, "village", "payee"),
    Index(None, "village", "reverses"),
)

paper = Table(
    "paper_use",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("case", String(80), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("number", String(80), nullable=False),
    Column("added", Boolean, nullable=False),
    Index(None, "digest"),
    Index(None, "number"),
)

account = Table(
    "account",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("code", String(40), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("seq", Integer, nullable=False),
)

seal = Table(
    "seal",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("root", String(64), nullable=False),
    Column("note", LargeBinary, nullable=False),
)
