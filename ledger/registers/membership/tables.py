"""The journal of the register: lines are added, never changed."""

from sqlalchemy import Column, Date, Integer, String, Table

from ledger.personal import Personal
from ledger.schema import metadata

membership = Table(
    "membership",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("household", String(40), nullable=False),
    Column("person", String(60), nullable=False),
    Column("other", String(40), nullable=False),
    Column("share", String(20), nullable=False),
    Column("count", Integer, nullable=False),
    Column("into", String(20), nullable=False),
    Column("gets", Integer, nullable=False),
    Column("facts", Personal("membership.facts"), nullable=False),
    Column("salt", Personal("membership.salt"), nullable=False),
)
