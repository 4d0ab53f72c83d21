"""last night's points of registers that keep their own, and the pace that several processes keep together"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.cases.types

revision = "0002a"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "snapshots",
        sa.Column("store_id", sa.String(length=60), nullable=False),
        sa.Column("taken_at", bot.cases.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("as_of", bot.cases.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_snapshots")),
    )
    op.create_table(
        "paces",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("places", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_paces")),
    )


def downgrade() -> None:
    op.drop_table("paces")
    op.drop_table("snapshots")
