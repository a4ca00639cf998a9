"""The reads of personal data, numbered from 1 in each village."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from ledger.schema import metadata

read = Table(
    "personal_read",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("at", String(40), nullable=False),
    Column("person", String(80), nullable=False),
    Column("what", String(20), nullable=False),
    Column("subject", Text, nullable=False),
    Index(None, "village", "person", "subject"),
)
