"""Payment files for the bank and the signed payments that stand in them."""

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text, UniqueConstraint

from ledger.schema import metadata

payment_file = Table(
    "payment_file",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("account_code", String(40), nullable=False),
    Column("made_by", String(80), nullable=False),
    Column("made_at", String(40), nullable=False),
    Column("sent_by", String(80), nullable=False),
    Column("sent_at", String(40), nullable=False),
    Column("digest", String(64), nullable=False),
)

payment_item = Table(
    "payment_item",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("file", String(32), primary_key=True),
    Column("case", String(80), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("voucher", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("account", String(80), nullable=False),
    Column("bank", Text, nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("note", Text, nullable=False),
    # The case while it is on its way, else nothing: it is on its way once.
    Column("open_case", String(80), nullable=True),
    UniqueConstraint("village", "open_case"),
)
