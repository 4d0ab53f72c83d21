"""requests by the time they were asked for, by person and by customer: limits look at them at each press"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_proposals_requester", "proposals")
    op.create_index("ix_proposals_requester", "proposals", ["requester", "submitted_at"])
    op.create_index("ix_proposals_submitted", "proposals", ["submitted_at"])
    op.create_index("ix_proposals_customer", "proposals", ["store_id", "customer_ref", "submitted_at"])


def downgrade() -> None:
    op.drop_index("ix_proposals_customer", "proposals")
    op.drop_index("ix_proposals_submitted", "proposals")
    op.drop_index("ix_proposals_requester", "proposals")
    op.create_index("ix_proposals_requester", "proposals", ["requester", "created_at"])
