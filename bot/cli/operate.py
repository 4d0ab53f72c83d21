"""`serve`, `doctor`, `db`, `pause`, `init`: what the chain's technical person runs."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.app import ConfigOption, app, err, out, read_config
from bot.errors import BadInput
from bot.memory import few_arenas

SWITCH_S = 0.0005
"""How long a busy thread may keep the interpreter. Python's own 5 ms, times the workers, is what an acknowledgement
would wait at every step."""

db_app = typer.Typer(no_args_is_help=True, help="The database.")
app.add_typer(db_app, name="db")


@app.command()
def serve(config: ConfigOption = None) -> None:
    """Run the bot: Socket Mode where an app token is set, else HTTP; health and metrics always by HTTP."""
    import logging

    from bot.cli.wiring import open_all
    from bot.log import configure_logs
    from bot.slack import serve as serve_slack

    few_arenas()
    settings = read_config(config)
    configure_logs(settings.log_format, level=logging.INFO)
    sys.setswitchinterval(SWITCH_S)
    serve_slack(open_all(settings))


@app.command()
def doctor(
    config: ConfigOption = None,
    store: Annotated[str | None, typer.Option(help="Only this store.")] = None,
) -> None:
    """Check tokens, scopes, channels, approvers, vendors' credentials, clock and database; print every repair."""
    from bot.cli.doctor import examine

    settings = read_config(config)
    if store and store not in {s.id for s in settings.stores}:
        raise BadInput(f'There is no store "{store}". Known: {", ".join(s.id for s in settings.stores)}.')
    findings = examine(settings, store)
    marks = {"ok": "[green]ok  [/]", "note": "[yellow]note[/]", "mend": "[red]mend[/]"}
    for finding in findings:
        out.print(f"{marks[finding.status]}  {finding.what}", highlight=False, soft_wrap=True)
        if finding.repair:
            out.print(f"      → {finding.repair}", highlight=False, soft_wrap=True, markup=False)
    broken = [f for f in findings if f.status == "mend"]
    if broken:
        err.print(f"mend first: {broken[0].what}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1)
    out.print("ready to write")


@db_app.command("upgrade")
def db_upgrade(config: ConfigOption = None) -> None:
    """Bring the database to this version's tables. Safe to run again."""
    from bot.work import prepare

    prepare(read_config(config).database)
    out.print("The database is up to date.")


@app.command()
def pause(
    reason: Annotated[str, typer.Argument(help="Why; shown in the threads of what waits.")] = "",
    config: ConfigOption = None,
) -> None:
    """Stop all effects at once. Questions are still answered; fixes wait until `pointsman resume`."""
    _switch(config, paused=True, reason=reason)
    out.print("Paused: nothing will be written at any vendor until `pointsman resume`.")


@app.command()
def resume(config: ConfigOption = None) -> None:
    """Let effects run again. Approved fixes that waited are carried out."""
    _switch(config, paused=False, reason="")
    out.print("Effects run again.")


def _switch(config: Path | None, *, paused: bool, reason: str) -> int:
    from bot.work import set_pause

    return set_pause(read_config(config), paused=paused, reason=reason, by=f"cli:{getpass.getuser()}")


@app.command()
def init(path: Annotated[Path, typer.Argument(help="The file to write.")] = Path("pointsman.toml")) -> None:
    """Write a commented settings file to fill in."""
    if path.exists():
        raise BadInput(f"{path} exists already; it was left as it is.")
    example = Path(__file__).with_name("example.toml").read_text(encoding="utf-8")
    path.write_text(example, encoding="utf-8")
    out.print(f"Wrote {path}. Fill in the names in ${{…}} as environment variables, then run `pointsman doctor`.")
