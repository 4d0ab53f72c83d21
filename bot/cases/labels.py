"""What people chose, corrected or rated: masked examples that `pointsman learn` may propose for the playbooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict

from bot.cases.tables import labels

LabelKind = Literal["chosen", "not_this", "helpful", "not_helpful", "relabelled"]


class Label(BaseModel):
    """One example. masked_text: the question without personal data. "relabelled": support says afterwards what it was,
    a playbook, or none that exists."""

    model_config = ConfigDict(frozen=True)
    case_id: str
    kind: LabelKind
    playbook: str | None
    masked_text: str
    actor: str
    at: datetime


def add_label(conn: sa.Connection, label: Label) -> bool:
    """Store it; False when this person said the same about this case already."""
    same = (labels.c.case_id == label.case_id, labels.c.kind == label.kind, labels.c.actor == label.actor)
    if conn.execute(sa.select(labels.c.id).where(*same, labels.c.playbook == label.playbook)).first() is not None:
        return False
    conn.execute(labels.insert().values(**label.model_dump()))
    return True


def all_labels(conn: sa.Connection) -> Sequence[Label]:
    """Every example, oldest first."""
    columns = [c for c in labels.c if c.name != "id"]
    return [Label(**row) for row in conn.execute(sa.select(*columns).order_by(labels.c.id)).mappings()]
