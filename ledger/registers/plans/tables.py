"""Plans, objections and payouts: working papers of a distribution; what decides is in the log."""

from sqlalchemy import Column, Date, Integer, String, Table, Text

from ledger.personal import Personal
from ledger.schema import metadata

plan = Table(
    "distribution_plan",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("opened", Date, nullable=True),
    Column("meeting", Date, nullable=True),
)

objection = Table(
    "distribution_objection",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, nullable=False),
    Column("household", String(40), nullable=False),
    Column("words", Personal("distribution_objection.words"), nullable=False),
    Column("answer", Text, nullable=False),
)

payout = Table(
    "payout",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, nullable=False),
    Column("household", String(40), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("words", Personal("payout.words"), nullable=False),
)
