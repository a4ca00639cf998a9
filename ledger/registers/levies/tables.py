"""Fees, their assessed lists, and what was paid; heads and reasons of exemption are sealed."""

from sqlalchemy import BigInteger, Column, Date, Integer, String, Table

from ledger.personal import Personal
from ledger.schema import metadata

levy = Table(
    "levy",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("id", String(40), primary_key=True),
    Column("title", String(80), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("basis", String(10), nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("first", String(7), nullable=False),
    Column("last", String(7), nullable=False),
    Column("resolution", String(200), nullable=False),
)

levy_row = Table(
    "levy_row",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("levy", String(40), primary_key=True),
    Column("household", String(40), primary_key=True),
    Column("group", String(40), nullable=False),
    Column("head", Personal("levy_row.head"), nullable=False),
    Column("people", Integer, nullable=False),
    Column("exempt", Integer, nullable=False),
    Column("why", Personal("levy_row.why"), nullable=False),
)

levy_receipt = Table(
    "levy_receipt",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("levy", String(40), nullable=False),
    Column("day", Date, nullable=False),
    Column("household", String(40), nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("line", String(40), nullable=False),
)
