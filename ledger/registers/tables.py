"""The households of a collective: names live here, sealed, and in no event."""

from sqlalchemy import Column, Integer, String, Table

from ledger.personal import Personal
from ledger.schema import metadata

household = Table(
    "household",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("id", String(40), primary_key=True),
    Column("group", String(40), nullable=False),
    Column("head", Personal("household.head"), nullable=False),
    Column("people", Integer, nullable=False),
    Column("shares", Integer, nullable=False),
    Column("account_tail", Personal("household.account_tail"), nullable=False),
)
