"""lists of changes: the runs and their rows"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.cases.types

revision = "0003"
down_revision = "0002a"
branch_labels = None
depends_on = None

UNDOING = sa.text("state NOT IN ('cancelled', 'declined', 'expired', 'refused')")


def upgrade() -> None:
    moment = bot.cases.types.UtcDateTime(timezone=True)
    op.create_table(
        "bulk_runs",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("store_id", sa.String(length=60), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=True),
        sa.Column("thread_ts", sa.String(length=40), nullable=True),
        sa.Column("action", sa.String(length=30), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("requester", sa.String(length=40), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=True),
        sa.Column("approvers", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("rows", sa.Integer(), server_default="0", nullable=False),
        sa.Column("people", sa.Integer(), server_default="0", nullable=False),
        sa.Column("given", sa.Numeric(precision=16, scale=2), server_default="0", nullable=False),
        sa.Column("taken", sa.Numeric(precision=16, scale=2), server_default="0", nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("undo_of", sa.String(length=40), nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("submitted_at", moment, nullable=True),
        sa.Column("expires_at", moment, nullable=True),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("shown_at", moment, nullable=True),
        sa.Column("runner", sa.String(length=40), nullable=True),
        sa.Column("turn", sa.Integer(), server_default="0", nullable=False),
        sa.Column("troubles", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["undo_of"], ["bulk_runs.id"], name=op.f("fk_bulk_runs_undo_of")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_runs")),
        sa.UniqueConstraint("source", name=op.f("uq_bulk_runs_source")),
    )
    with op.batch_alter_table("bulk_runs", schema=None) as batch_op:
        batch_op.create_index("ix_bulk_runs_state", ["state", "expires_at"], unique=False)
        batch_op.create_index("ix_bulk_runs_store", ["store_id", "submitted_at"], unique=False)
        batch_op.create_index(
            "uq_bulk_runs_undo", ["undo_of"], unique=True, sqlite_where=UNDOING, postgresql_where=UNDOING
        )
    op.create_table(
        "bulk_rows",
        sa.Column("run_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=30), server_default="", nullable=False),
        sa.Column("points", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("private", sa.LargeBinary(), nullable=True),
        sa.Column("customer_ref", sa.String(length=64), nullable=True),
        sa.Column("phone_ref", sa.String(length=64), nullable=True),
        sa.Column("email_ref", sa.String(length=64), nullable=True),
        sa.Column("seal", sa.String(length=64), nullable=True),
        sa.Column("operation_id", sa.String(length=40), nullable=True),
        sa.Column("before", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("after", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("asked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sending_since", moment, nullable=True),
        sa.Column("due_at", moment, nullable=True),
        sa.Column("absent_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["bulk_runs.id"], name=op.f("fk_bulk_rows_run_id")),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_bulk_rows")),
        sa.UniqueConstraint("operation_id", name=op.f("uq_bulk_rows_operation_id")),
    )
    with op.batch_alter_table("bulk_rows", schema=None) as batch_op:
        batch_op.create_index("ix_bulk_rows_state", ["run_id", "state", "number"], unique=False)
        batch_op.create_index("ix_bulk_rows_customer", ["customer_ref", "run_id"], unique=False)
        batch_op.create_index("ix_bulk_rows_phone", ["phone_ref", "run_id"], unique=False)
        batch_op.create_index("ix_bulk_rows_email", ["email_ref", "run_id"], unique=False)


def downgrade() -> None:
    op.drop_table("bulk_rows")
    op.drop_table("bulk_runs")
