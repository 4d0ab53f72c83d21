"""`key new|rotate`: the security key, and how another takes its place."""

from __future__ import annotations

import getpass
import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from bot.cli.app import ConfigOption, app, err, out, read_config
from bot.errors import WorkUnavailable

if TYPE_CHECKING:
    from bot.work.rotating import Rotated

key_app = typer.Typer(no_args_is_help=True, help="The security key (POINTSMAN_KEY).")
app.add_typer(key_app, name="key")


@key_app.command("new")
def key_new() -> None:
    """Make a key to use, and print it: nothing else happens."""
    typer.echo(secrets.token_hex(32))


@key_app.command("rotate")
def key_rotate(config: ConfigOption = None) -> None:
    """Put the first key of POINTSMAN_KEY (NEW,OLD) in the place of the one in use, and encrypt what is stored with it.
    Stop the bot for it; cases, requests that wait, lists and the audit trail stay whole. Safe to run again, also after
    it was interrupted: it goes on where it stopped. Exit code 1 when something stored opens with no key."""
    from bot.work import rotate_key

    settings = read_config(config)
    try:
        done = rotate_key(settings, by=f"cli:{getpass.getuser()}")
    except WorkUnavailable as error:
        raise WorkUnavailable(
            "Pointsman is running on this database. Stop every process of it, run this again, and start it: the key is "
            "replaced within seconds.",
            error.operator,
        ) from error
    place = f", in the place of {done.replaced}" if done.replaced else ""
    out.print(f"Key {done.key} is in use{place}. Encrypted anew: {done.encrypted:,} values.", highlight=False)
    if done.ended:
        out.print(
            "Take the old key out of POINTSMAN_KEY; keep it apart for as long as you keep copies from before now.",
            highlight=False,
            soft_wrap=True,
        )
    elif not done.encrypted and done.let_go:
        out.print("To replace it, put a new one before it: POINTSMAN_KEY=NEW,OLD.", highlight=False, soft_wrap=True)
    left = [line for many, line in _left(done) if many]
    for line in left:
        err.print(line, style="red", highlight=False, soft_wrap=True)
    if left:
        raise typer.Exit(1)


def _left(done: Rotated) -> Iterator[tuple[int, str]]:
    """What is left, and what to do about it."""
    yield (
        not done.let_go,
        "Things still come in under the key that was replaced, so it goes on opening them: another process or command "
        "began before. Stop it, run this again.",
    )
    yield (
        done.foreign,
        f"{done.foreign:,} values are under a key that POINTSMAN_KEY does not hold; they were left as they are. "
        "`pointsman doctor` names it: put it behind the others, run this again. Without it they cannot be read, and "
        "are erased in time.",
    )
    yield (
        done.retired,
        f"{done.retired:,} values came in under a key that was replaced, after everything of its time was "
        "encrypted anew. They are not believed: whoever has that key wrote them, or part of "
        "a copy was brought back. See who may write to the database; they are erased in time.",
    )
    yield (
        done.damaged,
        f"{done.damaged:,} values are damaged: they open with no key. Bring back a copy, or let them be erased in "
        "time; nothing else waits for them.",
    )
