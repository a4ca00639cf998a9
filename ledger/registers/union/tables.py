"""Which accounts of a union and its branches stand against each other."""

from sqlalchemy import Column, String, Table

from ledger.schema import metadata

pair = Table(
    "union_pair",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("left", String(80), primary_key=True),
    Column("above", String(40), primary_key=True),
    Column("right", String(80), primary_key=True),
    Column("below", String(40), primary_key=True),
)
