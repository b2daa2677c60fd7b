"""Decisions, and the audit log whose lines name the hash of the line before."""

import sqlalchemy as sa
from alembic import op

revision = "work_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decisions",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("decision_id", sa.String(40), nullable=False, unique=True),
        sa.Column("idempotency_key", sa.String(200), nullable=False, unique=True),
        sa.Column("run_id", sa.String(200), nullable=False),
        sa.Column("cluster_id", sa.String(200), nullable=False),
        sa.Column("verdict", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("corrects", sa.String(40), sa.ForeignKey("decisions.decision_id"), nullable=True, unique=True),
    )
    op.create_index("ix_decisions_cluster_id", "decisions", ["cluster_id"])
    op.create_table(
        "audit_events",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("line", sa.LargeBinary, nullable=False),
    )
    for table in ("decisions", "audit_events"):
        _append_only(table)


def _append_only(table: str) -> None:
    """Let the database itself refuse changes. PostgreSQL gets its own form when that store comes."""
    if op.get_bind().dialect.name != "sqlite":
        raise NotImplementedError("append-only triggers are written for SQLite alone so far")
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is appended to, never changed'); END"
        )


def downgrade() -> None:
    raise NotImplementedError("the work store is never taken back to an older version; restore a backup instead")
