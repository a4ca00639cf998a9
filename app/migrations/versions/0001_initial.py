"""Every table of the first release."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("village", "code", name=op.f("pk_account")),
    )
    op.create_table(
        "addition",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("plain", sa.Text(), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("accounts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("village", "title", name=op.f("pk_addition")),
    )
    op.create_table(
        "asset",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("residual_rate", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("accumulated", sa.String(length=40), nullable=False),
        sa.Column("expense", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("user", sa.String(length=80), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=False),
        sa.Column("carried", sa.Date(), nullable=True),
        sa.Column("left", sa.Date(), nullable=True),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("capacity", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("village", "number", name=op.f("pk_asset")),
    )
    op.create_table(
        "asset_method",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("was", sa.String(length=20), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("since", sa.String(length=7), nullable=False),
        sa.Column("charged", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("village", "number", "no", name=op.f("pk_asset_method")),
    )
    op.create_table(
        "asset_use",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("village", "number", "period", name=op.f("pk_asset_use")),
    )
    op.create_table(
        "bank_account",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("bank", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("village", "code", name=op.f("pk_bank_account")),
    )
    op.create_table(
        "bank_file",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_code", sa.String(length=40), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("village", "id", name=op.f("pk_bank_file")),
    )
    op.create_table(
        "bank_layout",
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_bank_layout")),
    )
    op.create_table(
        "bank_line",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("account_code", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("time", sa.String(length=8), nullable=False),
        sa.Column("serial", sa.String(length=80), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("out_fen", sa.BigInteger(), nullable=False),
        sa.Column("in_fen", sa.BigInteger(), nullable=False),
        sa.Column("balance_fen", sa.BigInteger(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("party_account", sa.String(length=80), nullable=False),
        sa.Column("party_bank", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("voucher_case", sa.String(length=80), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("village", "key", name=op.f("pk_bank_line")),
    )
    op.create_index(
        op.f("ix_bank_line_village_account_code_day"),
        "bank_line",
        ["village", "account_code", "day"],
        unique=False,
    )
    op.create_index(
        op.f("ix_bank_line_village_account_code_position"),
        "bank_line",
        ["village", "account_code", "position"],
        unique=False,
    )
    op.create_index(
        op.f("ix_bank_line_village_voucher_case"),
        "bank_line",
        ["village", "voucher_case"],
        unique=False,
    )
    op.create_table(
        "budget",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("village", "year", "item", name=op.f("pk_budget")),
    )
    op.create_table(
        "budget_resolution",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("village", "year", name=op.f("pk_budget_resolution")),
    )
    op.create_table(
        "case_index",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("case", sa.String(length=80), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("bank_line", sa.String(length=80), nullable=False),
        sa.Column("reverses", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("payee", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("village", "case", name=op.f("pk_case_index")),
    )
    op.create_index(
        op.f("ix_case_index_village_bank_line"),
        "case_index",
        ["village", "bank_line"],
        unique=False,
    )
    op.create_index(
        op.f("ix_case_index_village_payee"), "case_index", ["village", "payee"], unique=False
    )
    op.create_index(
        op.f("ix_case_index_village_open"), "case_index", ["village", "open"], unique=False
    )
    op.create_index(
        op.f("ix_case_index_village_reverses"), "case_index", ["village", "reverses"], unique=False
    )
    op.create_table(
        "draft",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("village", "id", name=op.f("pk_draft")),
    )
    op.create_table(
        "election",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("village", "day", name=op.f("pk_election")),
    )
    op.create_table(
        "meeting",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("time", sa.String(length=5), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("roster", sa.Text(), nullable=False),
        sa.Column("present", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("village", "id", name=op.f("pk_meeting")),
    )
    op.create_table(
        "draft_paper",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("draft", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("village", "draft", "digest", name=op.f("pk_draft_paper")),
    )
    op.create_table(
        "event",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("village", "seq", name=op.f("pk_event")),
        sa.UniqueConstraint("village", "nonce", name=op.f("uq_event_village_nonce")),
    )
    op.create_index(
        op.f("ix_event_village_kind_seq"), "event", ["village", "kind", "seq"], unique=False
    )
    op.create_index(
        op.f("ix_event_village_subject_seq"), "event", ["village", "subject", "seq"], unique=False
    )
    op.create_table(
        "half",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("village", "nonce", name=op.f("pk_half")),
    )
    op.create_table(
        "household",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("group", sa.String(length=40), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("shares", sa.Integer(), nullable=False),
        sa.Column("account_tail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("village", "id", name=op.f("pk_household")),
    )
    op.create_table(
        "distribution_plan",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("opened", sa.Date(), nullable=True),
        sa.Column("meeting", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("village", "year", "no", name=op.f("pk_distribution_plan")),
    )
    op.create_table(
        "distribution_objection",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("household", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("village", "year", "no", name=op.f("pk_distribution_objection")),
    )
    op.create_table(
        "point_subject",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("grid", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("village", "id", name=op.f("pk_point_subject")),
    )
    op.create_table(
        "point_record",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("item", sa.String(length=20), nullable=False),
        sa.Column("tenths", sa.Integer(), nullable=False),
        sa.Column("reverses", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("nonce", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("village", "no", name=op.f("pk_point_record")),
        sa.UniqueConstraint("village", "nonce", name=op.f("uq_point_record_village_nonce")),
    )
    op.create_index(
        op.f("ix_point_record_village_day"), "point_record", ["village", "day"], unique=False
    )
    op.create_table(
        "point_review",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("grid", sa.String(length=20), nullable=False),
        sa.Column("upto", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("village", "stage", "period", "grid", name=op.f("pk_point_review")),
    )
    op.create_table(
        "point_rule",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("resolution", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("village", "no", name=op.f("pk_point_rule")),
    )
    op.create_table(
        "shop",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("fen", sa.Integer(), nullable=False),
        sa.Column("goods", sa.String(length=40), nullable=False),
        sa.Column("owed", sa.String(length=40), nullable=False),
        sa.Column("expense", sa.String(length=40), nullable=False),
        sa.Column("resolution", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("village", name=op.f("pk_shop")),
    )
    op.create_table(
        "shop_good",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("tenths", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("village", "id", name=op.f("pk_shop_good")),
    )
    op.create_table(
        "shop_line",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("good", sa.String(length=20), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("tenths", sa.Integer(), nullable=False),
        sa.Column("reverses", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("nonce", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("village", "no", name=op.f("pk_shop_line")),
        sa.UniqueConstraint("village", "nonce", name=op.f("uq_shop_line_village_nonce")),
    )
    op.create_table(
        "union_pair",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("left", sa.String(length=80), nullable=False),
        sa.Column("above", sa.String(length=40), nullable=False),
        sa.Column("right", sa.String(length=80), nullable=False),
        sa.Column("below", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint(
            "village", "left", "above", "right", "below", name=op.f("pk_union_pair")
        ),
    )
    op.create_table(
        "payout",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("household", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("village", "year", "no", name=op.f("pk_payout")),
    )
    op.create_table(
        "membership",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("household", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=60), nullable=False),
        sa.Column("other", sa.String(length=40), nullable=False),
        sa.Column("share", sa.String(length=20), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("into", sa.String(length=20), nullable=False),
        sa.Column("gets", sa.Integer(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("village", "no", name=op.f("pk_membership")),
    )
    op.create_table(
        "personal_read",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("village", "no", name=op.f("pk_personal_read")),
    )
    op.create_index(
        op.f("ix_personal_read_village_person_subject"),
        "personal_read",
        ["village", "person", "subject"],
        unique=False,
    )
    op.create_table(
        "asked",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("receipt", sa.String(length=32), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("line", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("question", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("village", "no", name=op.f("pk_asked")),
    )
    op.create_index(op.f("ix_asked_village_receipt"), "asked", ["village", "receipt"], unique=False)
    op.create_table(
        "inquiry",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("case", sa.String(length=80), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("answered_at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("village", "case", "no", name=op.f("pk_inquiry")),
    )
    op.create_table(
        "leg",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("voucher", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("case", sa.String(length=80), nullable=False),
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("village", "voucher", "line", name=op.f("pk_leg")),
    )
    op.create_index(
        op.f("ix_leg_village_account_period"), "leg", ["village", "account", "period"], unique=False
    )
    op.create_index(op.f("ix_leg_village_period"), "leg", ["village", "period"], unique=False)
    op.create_table(
        "leg_dim",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("voucher", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("village", "voucher", "line", "code", name=op.f("pk_leg_dim")),
    )
    op.create_index(op.f("ix_leg_dim_village_code"), "leg_dim", ["village", "code"], unique=False)
    op.create_table(
        "log_head",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("frontier", sa.Text(), nullable=False),
        sa.Column("last_at", sa.String(length=40), nullable=False),
        sa.Column("registry", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("village", name=op.f("pk_log_head")),
    )
    op.create_table(
        "login",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("password", sa.String(length=200), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_login")),
    )
    op.create_table(
        "opened",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("case", sa.String(length=80), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("seen", sa.String(length=80), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("seat", sa.String(length=80), nullable=False),
        sa.Column("giver", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("token", "village", "case", name=op.f("pk_opened")),
    )
    op.create_table(
        "paper_use",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("case", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("added", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("village", "case", "digest", name=op.f("pk_paper_use")),
    )
    op.create_index(op.f("ix_paper_use_digest"), "paper_use", ["digest"], unique=False)
    op.create_index(op.f("ix_paper_use_number"), "paper_use", ["number"], unique=False)
    op.create_table(
        "passkey",
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("public", sa.LargeBinary(length=65), nullable=False),
        sa.Column("alg", sa.String(length=20), nullable=False),
        sa.Column("rp", sa.String(length=253), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("offered", sa.String(length=40), nullable=False),
        sa.Column("replaced", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential", name=op.f("uq_passkey_credential")),
    )
    op.create_index(op.f("ix_passkey_person"), "passkey", ["person"], unique=False)
    op.create_table(
        "payment_file",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_code", sa.String(length=40), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.String(length=40), nullable=False),
        sa.Column("sent_by", sa.String(length=80), nullable=False),
        sa.Column("sent_at", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("village", "id", name=op.f("pk_payment_file")),
    )
    op.create_table(
        "payment_item",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("file", sa.String(length=32), nullable=False),
        sa.Column("case", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("voucher", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("bank", sa.Text(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("open_case", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("village", "file", "case", name=op.f("pk_payment_item")),
        sa.UniqueConstraint("village", "open_case", name=op.f("uq_payment_item_village_open_case")),
    )
    op.create_table(
        "pending",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("until", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("token", "what", name=op.f("pk_pending")),
    )
    op.create_table(
        "pin_key",
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("public", sa.LargeBinary(length=32), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("replaced", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_pin_key")),
    )
    op.create_index(op.f("ix_pin_key_person"), "pin_key", ["person"], unique=False)
    op.create_table(
        "posted",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("case", sa.String(length=80), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("village", "year", "kind", "no", name=op.f("pk_posted")),
        sa.UniqueConstraint("village", "case", name=op.f("uq_posted_village_case")),
    )
    op.create_index(op.f("ix_posted_village_period"), "posted", ["village", "period"], unique=False)
    op.create_table(
        "policy_draft",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("updated_at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("village", "id", name=op.f("pk_policy_draft")),
    )
    op.create_table(
        "contact",
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.PrimaryKeyConstraint("person", "channel", name=op.f("pk_contact")),
    )
    op.create_table(
        "absence",
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("person", "first", name=op.f("pk_absence")),
    )
    op.create_table(
        "letter",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.String(length=40), nullable=False),
        sa.Column("said", sa.String(length=200), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
    )
    op.create_index(op.f("ix_letter_person"), "letter", ["person"], unique=False)
    op.create_index(op.f("ix_letter_state"), "letter", ["state"], unique=False)
    op.create_table(
        "reminder",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_reminder")),
    )
    op.create_table(
        "proposal",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("item", sa.String(length=60), nullable=False),
        sa.Column("draft", sa.String(length=40), nullable=False),
        sa.Column("case", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("village", "period", "item", name=op.f("pk_proposal")),
    )
    op.create_table(
        "regular",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("basis", sa.String(length=10), nullable=False),
        sa.Column("every", sa.Integer(), nullable=False),
        sa.Column("first", sa.String(length=7), nullable=False),
        sa.Column("last", sa.String(length=7), nullable=False),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.Integer(), nullable=False),
        sa.Column("debit", sa.String(length=40), nullable=False),
        sa.Column("credit", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("village", "id", name=op.f("pk_regular")),
    )
    op.create_table(
        "score",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("regular", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("village", "regular", "period", name=op.f("pk_score")),
    )
    op.create_table(
        "levy",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("basis", sa.String(length=10), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.String(length=7), nullable=False),
        sa.Column("last", sa.String(length=7), nullable=False),
        sa.Column("resolution", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("village", "id", name=op.f("pk_levy")),
    )
    op.create_table(
        "levy_row",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("levy", sa.String(length=40), nullable=False),
        sa.Column("household", sa.String(length=40), nullable=False),
        sa.Column("group", sa.String(length=40), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("exempt", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("village", "levy", "household", name=op.f("pk_levy_row")),
    )
    op.create_table(
        "levy_receipt",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("levy", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("household", sa.String(length=40), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("village", "no", name=op.f("pk_levy_receipt")),
    )
    op.create_table(
        "slip_code",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("household", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("village", "household", name=op.f("pk_slip_code")),
    )
    op.create_table(
        "script",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("village", "period", name=op.f("pk_script")),
    )
    op.create_table(
        "seal",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("village", "period", name=op.f("pk_seal")),
    )
    op.create_table(
        "session",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("until", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_session")),
    )
    op.create_table(
        "trace",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("device", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("village", "seq", name=op.f("pk_trace")),
    )
    op.create_table(
        "turnover",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("debit", sa.BigInteger(), nullable=False),
        sa.Column("credit", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("village", "period", "account", name=op.f("pk_turnover")),
    )
    op.create_table(
        "coming",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("regime", sa.String(length=4), nullable=False),
        sa.Column("sheets", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("case", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("village", "digest", name=op.f("pk_coming")),
    )
    op.create_table(
        "coming_choice",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("village", name=op.f("pk_coming_choice")),
    )
    op.create_table(
        "contract",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("quantity", sa.String(length=20), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("rent", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.String(length=200), nullable=False),
        sa.Column("deposit", sa.BigInteger(), nullable=False),
        sa.Column("resolution", sa.String(length=200), nullable=False),
        sa.Column("model", sa.String(length=20), nullable=False),
        sa.Column("every", sa.Integer(), nullable=False),
        sa.Column("falls", sa.String(length=7), nullable=False),
        sa.Column("income", sa.String(length=40), nullable=False),
        sa.Column("owed", sa.String(length=40), nullable=False),
        sa.Column("bid", sa.String(length=20), nullable=False),
        sa.Column("ended", sa.Date(), nullable=True),
        sa.Column("ending", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("village", "number", name=op.f("pk_contract")),
    )
    op.create_table(
        "debt",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("village", "no", name=op.f("pk_debt")),
    )
    op.create_table(
        "dimension",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("zh", sa.String(length=60), nullable=False),
        sa.Column("en", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("accounts", sa.String(length=400), nullable=False),
        sa.Column("first", sa.Date(), nullable=True),
        sa.Column("last", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("village", "code", name=op.f("pk_dimension")),
    )
    op.create_table(
        "dimension_value",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("dimension", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("first", sa.Date(), nullable=True),
        sa.Column("last", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("village", "dimension", "code", name=op.f("pk_dimension_value")),
    )
    op.create_table(
        "member",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("household", sa.String(length=40), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("shares", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("village", "household", "no", name=op.f("pk_member")),
    )
    op.create_table(
        "resource",
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("borders", sa.String(length=200), nullable=False),
        sa.Column("quantity", sa.String(length=20), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("use", sa.String(length=200), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("contract", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("village", "number", name=op.f("pk_resource")),
    )


def downgrade() -> None:
    op.drop_table("resource")
    op.drop_table("member")
    op.drop_table("dimension_value")
    op.drop_table("dimension")
    op.drop_table("debt")
    op.drop_table("contract")
    op.drop_table("coming_choice")
    op.drop_table("coming")
    op.drop_table("turnover")
    op.drop_table("trace")
    op.drop_table("session")
    op.drop_table("seal")
    op.drop_table("script")
    op.drop_table("slip_code")
    op.drop_table("levy_receipt")
    op.drop_table("levy_row")
    op.drop_table("levy")
    op.drop_table("score")
    op.drop_table("regular")
    op.drop_table("proposal")
    op.drop_table("policy_draft")
    op.drop_table("reminder")
    op.drop_index(op.f("ix_letter_state"), table_name="letter")
    op.drop_index(op.f("ix_letter_person"), table_name="letter")
    op.drop_table("letter")
    op.drop_table("absence")
    op.drop_table("contact")
    op.drop_index(op.f("ix_posted_village_period"), table_name="posted")
    op.drop_table("posted")
    op.drop_index(op.f("ix_pin_key_person"), table_name="pin_key")
    op.drop_table("pin_key")
    op.drop_table("pending")
    op.drop_table("payment_item")
    op.drop_table("payment_file")
    op.drop_index(op.f("ix_passkey_person"), table_name="passkey")
    op.drop_table("passkey")
    op.drop_index(op.f("ix_paper_use_number"), table_name="paper_use")
    op.drop_index(op.f("ix_paper_use_digest"), table_name="paper_use")
    op.drop_table("paper_use")
    op.drop_table("opened")
    op.drop_table("login")
    op.drop_table("log_head")
    op.drop_index(op.f("ix_leg_dim_village_code"), table_name="leg_dim")
    op.drop_table("leg_dim")
    op.drop_index(op.f("ix_leg_village_period"), table_name="leg")
    op.drop_index(op.f("ix_leg_village_account_period"), table_name="leg")
    op.drop_table("leg")
    op.drop_table("inquiry")
    op.drop_index(op.f("ix_asked_village_receipt"), table_name="asked")
    op.drop_table("asked")
    op.drop_index(op.f("ix_personal_read_village_person_subject"), table_name="personal_read")
    op.drop_table("personal_read")
    op.drop_table("union_pair")
    op.drop_table("shop_line")
    op.drop_table("shop_good")
    op.drop_table("shop")
    op.drop_table("point_rule")
    op.drop_table("point_review")
    op.drop_index(op.f("ix_point_record_village_day"), table_name="point_record")
    op.drop_table("point_record")
    op.drop_table("point_subject")
    op.drop_table("payout")
    op.drop_table("distribution_objection")
    op.drop_table("distribution_plan")
    op.drop_table("membership")
    op.drop_table("household")
    op.drop_table("half")
    op.drop_index(op.f("ix_event_village_subject_seq"), table_name="event")
    op.drop_index(op.f("ix_event_village_kind_seq"), table_name="event")
    op.drop_table("event")
    op.drop_table("meeting")
    op.drop_table("election")
    op.drop_table("draft_paper")
    op.drop_table("draft")
    op.drop_index(op.f("ix_case_index_village_reverses"), table_name="case_index")
    op.drop_index(op.f("ix_case_index_village_payee"), table_name="case_index")
    op.drop_index(op.f("ix_case_index_village_open"), table_name="case_index")
    op.drop_index(op.f("ix_case_index_village_bank_line"), table_name="case_index")
    op.drop_table("case_index")
    op.drop_table("budget_resolution")
    op.drop_table("budget")
    op.drop_index(op.f("ix_bank_line_village_voucher_case"), table_name="bank_line")
    op.drop_index(op.f("ix_bank_line_village_account_code_position"), table_name="bank_line")
    op.drop_index(op.f("ix_bank_line_village_account_code_day"), table_name="bank_line")
    op.drop_table("bank_line")
    op.drop_table("bank_layout")
    op.drop_table("bank_file")
    op.drop_table("bank_account")
    op.drop_table("asset_use")
    op.drop_table("asset_method")
    op.drop_table("asset")
    op.drop_table("addition")
    op.drop_table("account")
