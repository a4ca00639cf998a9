"""The legs of posted vouchers and their monthly sums per account: views of the log."""

from sqlalchemy import BigInteger, Column, Date, Index, Integer, String, Table, Text

from ledger.schema import metadata

leg = Table(
    "leg",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("voucher", Integer, primary_key=True, autoincrement=False),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("period", String(7), nullable=False),
    Column("day", Date, nullable=False),
    Column("number", String(20), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("case", String(80), nullable=False),
    Column("account", String(40), nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("summary", Text, nullable=False),
    Index(None, "village", "period"),
    Index(None, "village", "account", "period"),
)

turnover = Table(
    "turnover",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("account", String(40), primary_key=True),
    Column("debit", BigInteger, nullable=False),
    Column("credit", BigInteger, nullable=False),
)

leg_dim = Table(
    "leg_dim",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("voucher", Integer, primary_key=True, autoincrement=False),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("code", String(16), primary_key=True),
    Column("value", String(200), nullable=False),
    Index(None, "village", "code"),
)
