"""which security key a database is under, and those before it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.cases.types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "keyring",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.Column("since", bot.cases.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("past", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_keyring")),
    )


def downgrade() -> None:
    op.drop_table("keyring")
