"""The tables of auxiliary dimensions."""

from sqlalchemy import Column, Date, String, Table

from ledger.schema import metadata

dimension = Table(
    "dimension",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("code", String(16), primary_key=True),
    Column("zh", String(60), nullable=False),
    Column("en", String(60), nullable=False),
    Column("source", String(20), nullable=False),
    Column("accounts", String(400), nullable=False),
    Column("first", Date, nullable=True),
    Column("last", Date, nullable=True),
)

dimension_value = Table(
    "dimension_value",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("dimension", String(16), primary_key=True),
    Column("code", String(60), primary_key=True),
    Column("name", String(60), nullable=False),
    Column("first", Date, nullable=True),
    Column("last", Date, nullable=True),
)
