"""The log: one row an event, and the head of each village's log."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from ledger.schema import metadata

event = Table(
    "event",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(40), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("nonce", String(32), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("leaf", LargeBinary(32), nullable=False),
    UniqueConstraint("village", "nonce"),
    Index(None, "village", "subject", "seq"),
    Index(None, "village", "kind", "seq"),
)

head = Table(
    "log_head",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("frontier", Text, nullable=False),
    Column("last_at", String(40), nullable=False),
    Column("registry", String(64), nullable=False),
)
