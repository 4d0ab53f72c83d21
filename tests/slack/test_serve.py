"""A process answers nobody before it may work."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.cases import open_database, writing
from bot.cases.tables import keyring
from bot.clock import system_clock
from bot.errors import WorkUnavailable
from tests.slack.floor import shop_floor


def test_a_bot_whose_key_was_replaced_while_it_began_answers_nobody(tmp_path: Path) -> None:
    """The key is replaced while the rehearsal opens the vendors: after the house was opened, before it has a name."""

    def replaced() -> None:
        engine = open_database(f"sqlite:///{tmp_path / 'pointsman.db'}", pool_size=1)
        with writing(engine) as conn:
            if conn.execute(sa.select(keyring)).first() is None:
                row = {"number": 1, "key_id": "00000000", "since": system_clock(), "past": b""}
                conn.execute(keyring.insert().values(**row))
        engine.dispose()

    threads = set(threading.enumerate())
    with (
        pytest.raises(WorkUnavailable, match="the key was replaced"),
        shop_floor(tmp_path, delivery="http", trouble=replaced),
    ):
        pytest.fail("it began")
    answering = [one.name for one in set(threading.enumerate()) - threads]
    assert "pointsman-http" not in answering
