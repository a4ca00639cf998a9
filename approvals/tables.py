"""PIN-held signing keys: secrets, so no view of the log; lost ones are enrolled anew."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table

from ledger.schema import metadata

pin_key = Table(
    "pin_key",
    metadata,
    Column("key", String(16), primary_key=True),
    Column("person", String(80), nullable=False),
    Column("public", LargeBinary(32), nullable=False),
    Column("salt", LargeBinary(16), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("replaced", Integer, nullable=False),
    Index(None, "person"),
)
