"""What villagers asked by page: no part of the log, kept for good."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from ledger.personal import Personal
from ledger.schema import metadata

asked = Table(
    "asked",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("receipt", String(32), nullable=False),
    Column("at", String(40), nullable=False),
    Column("period", String(7), nullable=False),
    Column("line", String(40), nullable=False),
    Column("text", Text, nullable=False),
    Column("name", Personal("asked.name"), nullable=False),
    Column("way", String(10), nullable=False),
    Column("source", String(64), nullable=False),
    Column("question", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("person", String(80), nullable=False),
    Index(None, "village", "receipt"),
)
