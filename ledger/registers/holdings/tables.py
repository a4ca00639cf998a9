"""The tables of the registers without a place in the books."""

from sqlalchemy import BigInteger, Column, Date, Integer, String, Table

from ledger.personal import Personal
from ledger.schema import metadata

member = Table(
    "member",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("household", String(40), primary_key=True),
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("name", Personal("member.name"), nullable=False),
    Column("relation", Personal("member.relation"), nullable=False),
    Column("shares", Integer, nullable=False),
)

resource = Table(
    "resource",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("number", String(200), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("place", String(200), nullable=False),
    Column("borders", String(200), nullable=False),
    Column("quantity", String(20), nullable=False),
    Column("unit", String(200), nullable=False),
    Column("use", String(200), nullable=False),
    Column("user", Personal("resource.user"), nullable=False),
    Column("contract", String(200), nullable=False),
)

contract = Table(
    "contract",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("number", String(200), primary_key=True),
    Column("party", Personal("contract.party"), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("quantity", String(20), nullable=False),
    Column("unit", String(200), nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("rent", BigInteger, nullable=False),
    Column("due", String(200), nullable=False),
    Column("deposit", BigInteger, nullable=False),
    Column("resolution", String(200), nullable=False),
    Column("model", String(20), nullable=False),
    Column("every", Integer, nullable=False),
    Column("falls", String(7), nullable=False),
    Column("income", String(40), nullable=False),
    Column("owed", String(40), nullable=False),
    Column("bid", String(20), nullable=False),
    Column("ended", Date, nullable=True),
    Column("ending", String(200), nullable=False),
)

debt = Table(
    "debt",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("account", String(40), nullable=False),
    Column("party", Personal("debt.party"), nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("about", String(200), nullable=False),
    Column("since", Date, nullable=True),
    Column("due", Date, nullable=True),
)
