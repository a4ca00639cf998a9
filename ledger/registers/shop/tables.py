"""The points shop: its terms, goods, and movements that are only added to."""

from sqlalchemy import BigInteger, Column, Date, Integer, String, Table, UniqueConstraint

from ledger.personal import Personal
from ledger.schema import metadata

terms = Table(
    "shop",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("fen", Integer, nullable=False),
    Column("goods", String(40), nullable=False),
    Column("owed", String(40), nullable=False),
    Column("expense", String(40), nullable=False),
    Column("resolution", String(200), nullable=False),
)

good = Table(
    "shop_good",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("id", String(20), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("unit", String(20), nullable=False),
    Column("tenths", Integer, nullable=False),
)

line = Table(
    "shop_line",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("good", String(20), nullable=False),
    Column("pieces", Integer, nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("subject", String(40), nullable=False),
    Column("tenths", Integer, nullable=False),
    Column("reverses", Integer, nullable=False),
    Column("person", String(80), nullable=False),
    Column("words", Personal("shop_line.words"), nullable=True),
    Column("nonce", String(40), nullable=False),
    UniqueConstraint("village", "nonce"),
)
