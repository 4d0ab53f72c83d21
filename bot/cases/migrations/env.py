"""Run by Alembic, over the connection that `bot.cases.database` opened."""

from __future__ import annotations

from typing import Any

from alembic import context

from bot.cases.tables import metadata


def ours(name: str | None, kind: str, _parents: Any) -> bool:
    """The durable engine keeps its tables in the same database; they are not ours to compare or drop."""
    return kind != "table" or name in metadata.tables


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_name=ours,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
