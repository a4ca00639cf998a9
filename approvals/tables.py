"""The counter's own, no views of the log: PINs, passkeys, acts half signed, devices."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

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

passkey = Table(
    "passkey",
    metadata,
    Column("key", String(16), primary_key=True),
    Column("person", String(80), nullable=False),
    Column("credential", LargeBinary, nullable=False, unique=True),
    Column("public", LargeBinary(65), nullable=False),
    Column("alg", String(20), nullable=False),
    Column("rp", String(253), nullable=False),
    Column("counter", BigInteger, nullable=False),
    Column("offered", String(40), nullable=False),
    Column("replaced", Integer, nullable=False),
    Index(None, "person"),
)

trace = Table(
    "trace",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("device", String(32), nullable=False),
)

half = Table(
    "half",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("nonce", String(32), primary_key=True),
    Column("subject", String(80), nullable=False),
    Column("content", Text, nullable=False),
)
