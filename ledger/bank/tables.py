"""The lines of the bank statements of all villages, and the voucher that answers each."""

from sqlalchemy import BigInteger, Column, Date, Index, Integer, String, Table, Text

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
    Index(None, "village", "account_code", "position"),
    Index(None, "village", "voucher_case"),
)
