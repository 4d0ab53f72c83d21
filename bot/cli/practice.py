"""`demo` and `sandbox`: everything on this machine, nothing real."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from bot.cli.app import app, out
from bot.errors import BadInput

sandbox_app = typer.Typer(
    invoke_without_command=True, help="The vendors' sandboxes by themselves, and the scenarios in them."
)
app.add_typer(sandbox_app, name="sandbox")


@app.command()
def demo(
    terminal: Annotated[bool, typer.Option("--terminal", help="The practice desk in this terminal.")] = False,
    person: Annotated[str, typer.Option(help="Who you are at first, in the terminal.")] = "U0RILEY",
    port: Annotated[int, typer.Option(help="Port of the practice desk; 0 takes a free one.")] = 8321,
    http: Annotated[bool, typer.Option("--http", help="Deliver by signed HTTP instead of Socket Mode.")] = False,
    open_browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page.")] = True,
) -> None:
    """Open the practice desk: a local workspace, vendors' sandboxes, people of each role, and things to try."""
    from bot.cli.demo import run_demo

    run_demo(terminal=terminal, person=person, port=port, http=http, open_browser=open_browser and not terminal)


@sandbox_app.callback()
def sandbox(
    context: typer.Context,
    scenario: Annotated[str | None, typer.Option(help="Switch on a scenario's faults and changes.")] = None,
    port: Annotated[int, typer.Option(help="The vendors' ports count up from here; 0 takes free ones.")] = 0,
    messages_to: Annotated[
        str | None, typer.Option(help="Vendors' messages (webhooks) go to <this>/<vendor>/<store>.")
    ] = None,
) -> None:
    """Serve every vendor's sandbox on loopback until stopped; prints addresses and keys."""
    if context.invoked_subcommand is None:
        from bot.cli.demo import run_sandbox

        run_sandbox(scenario=scenario, first_port=port, messages_to=messages_to)


@sandbox_app.command("scenarios")
def scenarios(
    shows: Annotated[
        list[str] | None, typer.Argument(help="Only those that show these facts, such as V12 or A5.")
    ] = None,
) -> None:
    """List the sandbox's scenarios: what is wrong, where, which facts of the domain it shows, what to ask."""
    from connectors.sandbox import SCENARIOS

    wanted = {one.upper() for one in shows or ()}
    found = [s for s in SCENARIOS.values() if not wanted or wanted & set(s.covers)]
    if not found:
        raise BadInput(f"No scenario shows {', '.join(sorted(wanted))}.")
    table = Table()
    table.add_column("scenario", no_wrap=True, min_width=max(len(s.id) for s in found))
    for heading in ("store", "what is wrong", "shows", "try asking"):
        table.add_column(heading, overflow="fold")
    for scenario in found:
        table.add_row(scenario.id, scenario.store, scenario.title, " ".join(scenario.covers), scenario.try_asking)
    out.print(table)
