"""Which of the keys at hand a database is under: also where the text of `POINTSMAN_KEY` can be read in two ways."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa

from bot.cases import Vault, inbox, keyring, open_vault, rekeying, writing
from bot.cases.vault import Key
from bot.config import Security
from bot.errors import ConfigError

OLD, NEW = "o" * 40, "n" * 40
PAIR = f"{'q' * 35},{'r' * 34}"


def keep(conn: sa.Connection, vault: Vault, now: datetime, *, name: str = "m", times: int = 1) -> None:
    for n in range(times):
        inbox.keep(conn, vault, key=f"{name}:{n}", kind="question", payload={"n": n}, now=now)


def opened(conn: sa.Connection, text: str) -> Vault:
    security = Security.model_validate({"key": text})
    return open_vault(conn, security.keys, security.key_readings)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (OLD, (OLD,)),
        (f"{OLD}\n", (f"{OLD}\n",)),
        (f" {OLD}", (f" {OLD}",)),
        (f"{NEW},{OLD}", (NEW, OLD)),
        (f"{NEW}\n{OLD}\n", (NEW, OLD)),
        (f"{NEW},{OLD}\n", (NEW, OLD)),
        (f"{NEW}\n{PAIR}", (NEW, PAIR)),
        (f"{NEW},short", (f"{NEW},short",)),
    ],
)
def test_one_key_is_the_text_as_it_stands_and_several_are_told_apart(text: str, keys: tuple[str, ...]) -> None:
    assert Security.model_validate({"key": text}).keys == keys


@pytest.mark.parametrize(
    ("before", "text", "waits"),
    [
        (f"{OLD}\n", f"{OLD}\n", False),
        (f" {OLD}", f" {OLD}", False),
        (OLD, f"{OLD}\n", False),
        (PAIR, PAIR, False),
        (f"{PAIR}\n", f"{PAIR}\n", False),
        (PAIR, f"{NEW},{PAIR}", True),
        (f"{OLD}\n", f"{NEW},{OLD}", True),
        (f"{OLD}\n", f"{NEW}\n{OLD}\n", True),
    ],
)
def test_what_a_text_opened_before_several_keys_could_be_given_it_opens_still(
    sqlite_engine: sa.Engine, now: datetime, before: str, text: str, waits: bool
) -> None:
    with writing(sqlite_engine) as conn:
        keep(conn, Vault(before), now)
        vault = opened(conn, text)
        assert vault.key == Key.derived(before)
        security = Security.model_validate({"key": text})
        newest = keyring.newest(vault, security.keys, security.key_readings)
        assert newest == (Key.derived(NEW) if waits else vault.key)
        behind = keyring.behind(vault, security.keys, security.key_readings)
        assert set(behind) <= {vault.key.id, *(key.id for key in vault.others)}
        if waits:
            after = rekeying.switch(conn, vault, newest, actor="cli:test", now=now)
            assert opened(conn, f"{NEW}\n").ref("x") == after.ref("x")


def test_a_part_that_is_too_short_for_a_key_is_said(sqlite_engine: sa.Engine, now: datetime) -> None:
    with writing(sqlite_engine) as conn:
        keep(conn, Vault("p4ss," + OLD), now)
        with pytest.raises(ConfigError) as caught:
            opened(conn, f"{NEW},p4ss,{OLD}")
        assert "it has a part of 4 characters, and a key has 32 or more" in caught.value.staff
        assert opened(conn, f"{NEW}\np4ss,{OLD}").key == Key.derived("p4ss," + OLD)
