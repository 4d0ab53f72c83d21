"""`pointsman key`, and what `doctor` says of the security key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cases import Vault, inbox, open_database, rekeying, writing
from bot.cases.tables import inbox as messages
from bot.cases.vault import Key
from bot.cli import app
from bot.cli.doctor_key import key_findings
from bot.clock import system_clock
from bot.config import Config, Security
from bot.errors import PointsmanError
from bot.work.lease import take_lease
from tests.cases.databases import sqlite_database
from tests.work.household import settings

__all__ = ["sqlite_database"]
OLD, NEW, THIRD = ("a key of thirty-two characters!!", "another key of thirty-two letters!", "x" * 40)
OLD_ID, NEW_ID, THIRD_ID = (Key.derived(text).id for text in (OLD, NEW, THIRD))
SETTINGS = """
database = "{database}"
[slack]
bot_token = "xoxb-1"
[security]
key = "${{POINTSMAN_KEY}}"
[[stores]]
id = "pine"
name = "Pine"
channel = "C0PINE"
[stores.pos]
vendor = "dutchie"
base_url = "http://127.0.0.1:9"
api_key = "x"
[stores.loyalty]
vendor = "alpineiq"
base_url = "http://127.0.0.1:9"
uid = "1"
api_key = "x"
"""


@pytest.fixture
def rotate(sqlite_database: str, tmp_path: Path) -> Iterator[Callable[..., tuple[int, str]]]:
    """`key rotate` with these keys: its exit code, and what it says."""
    path = tmp_path / "pointsman.toml"
    path.write_text(SETTINGS.format(database=sqlite_database), encoding="utf-8")

    def typed(*keys: str) -> tuple[int, str]:
        env = {"COLUMNS": "200", "NO_COLOR": "1", "POINTSMAN_KEY": ",".join(keys)}
        result = CliRunner().invoke(app, ["key", "rotate", "--config", str(path)], env=env)
        said = result.exception.staff if isinstance(result.exception, PointsmanError) else result.output
        return result.exit_code, said

    yield typed


def stored(database: str, key: str, *, times: int = 1) -> None:
    """Messages that came in, under this key."""
    engine = open_database(database)
    with writing(engine) as conn:
        for n in range(times):
            inbox.keep(conn, Vault(key), key=f"{key[:9]}:{n}", kind="question", payload={"n": n}, now=system_clock())
    engine.dispose()


def told(database: str, *keys: str) -> list[str]:
    """What `doctor` says of the key."""
    config: Config = settings(database).model_copy(update={"security": Security(key=",".join(keys))})
    engine = open_database(database)
    found = [f"{one.status} {one.what.removeprefix('security key: ')}" for one in key_findings(config, engine)]
    engine.dispose()
    return found


def test_a_new_key_is_long_enough_and_never_the_same() -> None:
    first, second = (CliRunner().invoke(app, ["key", "new"]).output.strip() for _ in range(2))
    assert Key.derived(first) != Key.derived(second)
    assert len(first) == 64


def test_from_the_new_key_to_taking_the_old_one_out(
    sqlite_database: str, rotate: Callable[..., tuple[int, str]]
) -> None:
    stored(sqlite_database, OLD, times=3)
    today = f"{system_clock():%Y-%m-%d}"
    assert told(sqlite_database, OLD) == [f"ok {OLD_ID}"]
    assert told(sqlite_database, NEW, OLD) == [f"ok {OLD_ID}", f"note {NEW_ID} waits to take the place of {OLD_ID}"]
    assert told(sqlite_database, OLD, NEW) == [f"ok {OLD_ID}", f"note nothing is under {NEW_ID}"]
    code, said = rotate(OLD, NEW)
    assert (code, said.splitlines()) == (
        0,
        [
            f"Key {OLD_ID} is in use. Encrypted anew: 0 values.",
            "To replace it, put a new one before it: POINTSMAN_KEY=NEW,OLD.",
        ],
    )
    lease = take_lease(sqlite_database)
    code, said = rotate(NEW, OLD)
    lease.release()
    assert (code, said.partition(".")[0]) == (1, "Pointsman is running on this database")
    code, said = rotate(NEW, OLD)
    assert (code, said.splitlines()) == (
        0,
        [
            f"Key {NEW_ID} is in use, in the place of {OLD_ID}. Encrypted anew: 3 values.",
            "Take the old key out of POINTSMAN_KEY; keep it apart for as long as you keep copies from before now.",
        ],
    )
    in_use = f"ok {NEW_ID}, in use since {today}"
    assert told(sqlite_database, NEW, OLD) == [in_use, f"note {OLD_ID} is not needed any more"]
    assert told(sqlite_database, NEW) == [in_use]
    assert told(sqlite_database, OLD, NEW) == [in_use, f"note {OLD_ID} comes first and was replaced"]
    assert told(sqlite_database, OLD) == [f"mend the database is under key {NEW_ID}, not at hand"]
    assert rotate(OLD)[1].startswith(f"This database is under security key {NEW_ID}, in use since {today}; ")


def test_what_is_under_another_key_is_counted(sqlite_database: str, rotate: Callable[..., tuple[int, str]]) -> None:
    stored(sqlite_database, OLD, times=6)
    stored(sqlite_database, THIRD, times=2)
    lost = f"mend 2 stored values are under key {THIRD_ID}, which is not at hand"
    assert told(sqlite_database, OLD) == [f"ok {OLD_ID}", lost]
    code, said = rotate(NEW, OLD)
    assert code == 1
    assert "2 values are under a key that POINTSMAN_KEY does not hold" in said
    assert "Take the old key out of POINTSMAN_KEY" in said
    assert told(sqlite_database, NEW)[1:] == [lost]
    assert told(sqlite_database, NEW, THIRD)[1:] == ["note 2 stored values are still under an older key"]
    assert rotate(NEW, THIRD)[0] == 0
    assert told(sqlite_database, NEW) == told(sqlite_database, NEW)[:1]


def changed(database: str, key: str, value: bytes) -> None:
    """A message that came in, damaged since."""
    stored(database, key)
    engine = open_database(database)
    with writing(engine) as conn:
        mine = messages.c.key == f"{key[:9]}:0"
        conn.execute(messages.update().where(mine).values(key=f"damaged:{value.hex()[:250]}", payload=value))
    engine.dispose()


def test_what_is_damaged_is_told_apart_from_what_is_under_another_key(
    sqlite_database: str, rotate: Callable[..., tuple[int, str]]
) -> None:
    stored(sqlite_database, OLD, times=2)
    stored(sqlite_database, THIRD)
    whole = Vault(OLD).encrypt({"n": 1})
    for value in (whole[:-8] + b"AAAAAAA=", b"\xff" + whole[1:], b"nothing that a key opens"):
        changed(sqlite_database, "m" * 40, value)
    engine = open_database(sqlite_database)
    with writing(engine) as conn:
        conn.execute(messages.delete().where(messages.c.key == f"{'m' * 9}:0"))
    engine.dispose()
    lost = f"mend 1 stored values are under key {THIRD_ID}, which is not at hand"
    damaged = "note 3 stored values are damaged: they open with no key"
    assert told(sqlite_database, OLD) == [f"ok {OLD_ID}", lost, damaged]
    code, said = rotate(NEW, OLD)
    assert code == 1
    assert "1 values are under a key that POINTSMAN_KEY does not hold" in said
    assert "3 values are damaged: they open with no key" in said
    assert told(sqlite_database, NEW)[1:] == [lost, damaged]
    stored(sqlite_database, OLD, times=3)
    slipped = f"mend 1 stored values came in under a key that was replaced ({OLD_ID})"
    assert told(sqlite_database, NEW)[1:] == [slipped, lost, damaged]
    code, said = rotate(NEW, THIRD)
    assert code == 1
    assert "1 values came in under a key that was replaced" in said
    assert told(sqlite_database, NEW)[1:] == [slipped, damaged]


def test_a_rotation_that_was_cut_short_is_told(sqlite_database: str, rotate: Callable[..., tuple[int, str]]) -> None:
    engine = open_database(sqlite_database)
    with writing(engine) as conn:
        rekeying.switch(conn, Vault(OLD), Key.derived(NEW), actor="cli:test", now=system_clock())
    engine.dispose()
    waits = f"note {OLD_ID} was replaced, and still opens what is stored"
    assert told(sqlite_database, NEW)[1:] == told(sqlite_database, NEW, OLD)[1:] == [waits]
    assert rotate(NEW, OLD) == (
        0,
        f"Key {NEW_ID} is in use. Encrypted anew: 0 values.\n"
        "Take the old key out of POINTSMAN_KEY; keep it apart for as long as you keep copies from before now.\n",
    )
    assert told(sqlite_database, NEW)[1:] == []
