"""The registers of a village: households, whose names are sealed, assets, the budget."""

from sqlalchemy import BigInteger, Column, Date, Integer, String, Table, Text

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

asset = Table(
    "asset",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("number", String(40), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("cost", BigInteger, nullable=False),
    Column("residual_rate", Integer, nullable=False),
    Column("months", Integer, nullable=False),
    Column("since", Date, nullable=False),
    Column("account", String(40), nullable=False),
    Column("accumulated", String(40), nullable=False),
    Column("expense", String(40), nullable=False),
    Column("place", String(120), nullable=False),
    Column("user", String(80), nullable=False),
    Column("before", BigInteger, nullable=False),
    Column("carried", Date, nullable=True),
    Column("left", Date, nullable=True),
    Column("method", String(20), nullable=False),
    Column("capacity", BigInteger, nullable=False),
)

asset_use = Table(
    "asset_use",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("number", String(40), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("units", BigInteger, nullable=False),
)

asset_method = Table(
    "asset_method",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("number", String(40), primary_key=True),
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("at", String(40), nullable=False),
    Column("person", String(80), nullable=False),
    Column("was", String(20), nullable=False),
    Column("method", String(20), nullable=False),
    Column("since", String(7), nullable=False),
    Column("charged", BigInteger, nullable=False),
    Column("why", String(200), nullable=False),
)

budget = Table(
    "budget",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("item", String(40), primary_key=True),
    Column("fen", BigInteger, nullable=False),
)

resolved = Table(
    "budget_resolution",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("note", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("person", String(80), nullable=False),
)
