"""The ledger of points: rules, subjects, records that are only added to, reviews."""

from sqlalchemy import Column, Date, Index, Integer, String, Table, Text, UniqueConstraint

from ledger.personal import Personal
from ledger.schema import metadata

subject = Table(
    "point_subject",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("id", String(40), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("grid", String(20), nullable=False),
    Column("name", Personal("point_subject.name"), nullable=False),
)

record = Table(
    "point_record",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, nullable=False),
    Column("subject", String(40), nullable=False),
    Column("item", String(20), nullable=False),
    Column("tenths", Integer, nullable=False),
    Column("reverses", Integer, nullable=False),
    Column("words", Personal("point_record.words"), nullable=True),
    Column("nonce", String(40), nullable=True),
    UniqueConstraint("village", "nonce"),
    Index(None, "village", "day"),
)

review = Table(
    "point_review",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("stage", String(10), primary_key=True),
    Column("period", String(10), primary_key=True),
    Column("grid", String(20), primary_key=True),
    Column("upto", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("day", Date, nullable=False),
)

rule = Table(
    "point_rule",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, nullable=False),
    Column("resolution", String(200), nullable=False),
    Column("text", Text, nullable=False),
)
