"""Storage, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from bot.cases import Vault, open_database
from tests.cases.databases import database, sqlite_database

__all__ = ["database", "engine", "now", "sqlite_database", "sqlite_engine", "vault"]


@pytest.fixture
def engine(database: str) -> Iterator[sa.Engine]:
    opened = open_database(database)
    yield opened
    opened.dispose()


@pytest.fixture
def sqlite_engine(sqlite_database: str) -> Iterator[sa.Engine]:
    opened = open_database(sqlite_database)
    yield opened
    opened.dispose()


@pytest.fixture
def vault() -> Vault:
    return Vault("a key of thirty-two characters!!")


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
