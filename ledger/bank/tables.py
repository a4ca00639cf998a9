"""What banks state: accounts, lines and the voucher that answers each, layouts, files in hand."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from ledger.schema import metadata

bank_line = Table(
    "bank_line",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("key", String(40), primary_key=True),
    Column("account_code", String(40), nullable=False),
    Column("position", Integer, nullable=False),
    Column("day", Date, nullable=False),
    Column("time", String(8), nullable=False),
    Column("serial", String(80), nullable=False),
    Column("summary", Text, nullable=False),
    Column("out_fen", BigInteger, nullable=False),
    Column("in_fen", BigInteger, nullable=False),
    Column("balance_fen", BigInteger, nullable=False),
    Column("party", Text, nullable=False),
    Column("party_account", String(80), nullable=False),
    Column("party_bank", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("voucher_case", String(80), nullable=True),
    Column("note", Text, nullable=False),
    Index(None, "village", "account_code", "position"),
    Index(None, "village", "account_code", "day"),
    Index(None, "village", "voucher_case"),
)

bank_account = Table(
    "bank_account",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("code", String(40), primary_key=True),
    Column("number", String(80), nullable=False),
    Column("holder", Text, nullable=False),
    Column("bank", Text, nullable=False),
)

bank_layout = Table(
    "bank_layout",
    metadata,
    Column("fingerprint", String(32), primary_key=True),
    Column("told", Text, nullable=False),
    Column("person", String(80), nullable=False),
    Column("at", String(40), nullable=False),
)

bank_file = Table(
    "bank_file",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("account_code", String(40), nullable=False),
    Column("month", String(7), nullable=False),
    Column("name", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("person", String(80), nullable=False),
    Column("at", String(40), nullable=False),
)
