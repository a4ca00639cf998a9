"""Logins, sessions, drafts, proposals, trials, notes on cases: no part of the log."""

from sqlalchemy import BigInteger, Column, Date, Index, Integer, String, Table, Text

from ledger.personal import Personal
from ledger.schema import metadata

login = Table(
    "login",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("person", String(80), nullable=False),
    Column("password", String(200), nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", String(40), nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("until", String(40), nullable=False),
)

pending = Table(
    "pending",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("what", String(20), primary_key=True),
    Column("content", Text, nullable=False),
    Column("until", String(40), nullable=False),
)

slip_code = Table(
    "slip_code",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("household", String(40), primary_key=True),
    Column("code", String(64), nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked", String(40), nullable=False),
)

script = Table(
    "script",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("text", Text, nullable=False),
    Column("person", String(80), nullable=False),
    Column("at", String(40), nullable=False),
)

addition = Table(
    "addition",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("title", String(40), primary_key=True),
    Column("plain", Text, nullable=False),
    Column("period", String(10), nullable=False),
    Column("accounts", Text, nullable=False),
)

draft = Table(
    "draft",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("id", String(40), primary_key=True),
    Column("person", String(80), nullable=False),
    Column("name", String(40), nullable=False),
    Column("fields", Text, nullable=False),
    Column("updated_at", String(40), nullable=False),
    Column("version", Integer, nullable=False),
)

draft_paper = Table(
    "draft_paper",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("draft", String(40), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("title", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("kind", String(20), nullable=False),
)

coming = Table(
    "coming",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("filename", String(200), nullable=False),
    Column("day", Date, nullable=False),
    Column("regime", String(4), nullable=False),
    Column("sheets", Personal("coming.sheets"), nullable=False),
    Column("person", String(80), nullable=False),
    Column("at", String(40), nullable=False),
    Column("case", String(80), nullable=False),
)

coming_choice = Table(
    "coming_choice",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("answers", Personal("coming_choice.answers"), nullable=False),
)

inquiry = Table(
    "inquiry",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("case", String(80), primary_key=True),
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("person", String(80), nullable=False),
    Column("at", String(40), nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("by", String(80), nullable=False),
    Column("answered_at", String(40), nullable=False),
)

regular = Table(
    "regular",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("id", String(40), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("basis", String(10), nullable=False),
    Column("every", Integer, nullable=False),
    Column("first", String(7), nullable=False),
    Column("last", String(7), nullable=False),
    Column("template", String(40), nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("rate", Integer, nullable=False),
    Column("debit", String(40), nullable=False),
    Column("credit", String(40), nullable=False),
)

score = Table(
    "score",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("regular", String(40), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("points", Integer, nullable=False),
)

proposal = Table(
    "proposal",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("item", String(60), primary_key=True),
    Column("draft", String(40), nullable=False),
    Column("case", String(80), nullable=False),
)

opened = Table(
    "opened",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("village", String(80), primary_key=True),
    Column("case", String(80), primary_key=True),
    Column("no", Integer, nullable=False),
    Column("seen", String(80), nullable=False),
    Column("at", String(40), nullable=False),
    Column("kept", Integer, nullable=False),
    Column("step", String(80), nullable=False),
    Column("seat", String(80), nullable=False),
    Column("giver", String(80), nullable=False),
)

policy_draft = Table(
    "policy_draft",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("id", String(40), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("content", Text, nullable=False),
    Column("person", String(80), nullable=False),
    Column("updated_at", String(40), nullable=False),
)

election = Table(
    "election",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("plan", Text, nullable=False),
    Column("person", String(80), nullable=False),
    Column("at", String(40), nullable=False),
)

meeting = Table(
    "meeting",
    metadata,
    Column("village", String(80), primary_key=True),
    Column("id", String(16), primary_key=True),
    Column("step", String(80), nullable=False),
    Column("title", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("time", String(5), nullable=False),
    Column("place", Text, nullable=False),
    Column("agenda", Text, nullable=False),
    Column("roster", Personal("meeting.roster"), nullable=False),
    Column("present", Text, nullable=False),
    Column("person", String(80), nullable=False),
    Column("at", String(40), nullable=False),
)

contact = Table(
    "contact",
    metadata,
    Column("person", String(80), primary_key=True),
    Column("channel", String(40), primary_key=True),
    Column("address", Personal("contact.address"), nullable=False),
    Column("language", String(2), nullable=False),
)

absence = Table(
    "absence",
    metadata,
    Column("person", String(80), primary_key=True),
    Column("first", Date, primary_key=True),
    Column("last", Date, nullable=False),
    Column("at", String(40), nullable=False),
)

letter = Table(
    "letter",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("channel", String(40), nullable=False),
    Column("person", String(80), nullable=False),
    Column("address", Personal("letter.address"), nullable=False),
    Column("language", String(2), nullable=False),
    Column("content", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_at", String(40), nullable=False),
    Column("said", String(200), nullable=False),
    Column("at", String(40), nullable=False),
    Index(None, "state"),
    Index(None, "person"),
)

reminder = Table(
    "reminder",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("at", String(40), nullable=False),
)
