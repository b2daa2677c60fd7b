"""The tables of the work store as they are now; `migrations/` says how a store of an earlier version gets there."""

import sqlalchemy as sa

METADATA = sa.MetaData()

DECISIONS = sa.Table(
    "decisions",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),  # the order of writing; clocks may jump
    sa.Column("decision_id", sa.String(40), nullable=False, unique=True),
    sa.Column("idempotency_key", sa.String(200), nullable=False, unique=True),
    sa.Column("run_id", sa.String(200), nullable=False),
    sa.Column("cluster_id", sa.String(200), nullable=False, index=True),
    sa.Column("verdict", sa.String(40), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("actor", sa.String(200), nullable=False),
    sa.Column("role", sa.String(40), nullable=False),
    sa.Column("note", sa.String(200), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),  # UTC, ISO 8601 with microseconds: the same text in every database
    # Unique, so that corrections form a line and two people cannot correct the same entry in two ways.
    sa.Column("corrects", sa.String(40), sa.ForeignKey("decisions.decision_id"), nullable=True, unique=True),
)

AUDIT_EVENTS = sa.Table(
    "audit_events",
    METADATA,
    # Two writers that read the same head want the same number; one of them is refused and tries again.
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("line", sa.LargeBinary, nullable=False),  # the canonical JSON, byte for byte as it was hashed
)
