"""The households of a collective: names live here and in no event."""

from sqlalchemy import Column, Integer, String, Table

from ledger.schema import metadata

household = Table(
    "household",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("id", String(40), primary_key=True),
    Column("group", String(40), nullable=False),
    Column("head", String(80), nullable=False),
    Column("people", Integer, nullable=False),
    Column("shares", Integer, nullable=False),
    Column("account_tail", String(4), nullable=False),
)
