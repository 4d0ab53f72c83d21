"""`policy check|explain|review` and `break-glass`: what the rules say before anybody asks, and what they let pass."""

from __future__ import annotations

import getpass
from typing import Annotated, Final

import typer

from bot.cli.app import ConfigOption, app, err, out, read_config

policy_app = typer.Typer(no_args_is_help=True, help="The rules: who may ask, who decides, up to what amount.")
app.add_typer(policy_app, name="policy")
_MARKS: Final = {
    "nobody": "[red]nobody [/]",
    "unknown": "[yellow]unknown[/]",
    "tight": "[yellow]tight  [/]",
    "note": "note   ",
}
OfflineOption = Annotated[bool, typer.Option("--offline", help="Ask nobody: neither Slack nor the database.")]


@policy_app.command("check")
def policy_check(config: ConfigOption = None, offline: OfflineOption = False) -> None:
    """List the rules that nobody at a store can satisfy. Exit code 1 when there is one."""
    from bot.cases.policy_check import check
    from bot.cli.explaining import known_people

    settings = read_config(config)
    known = known_people(settings, offline=offline)
    troubles = check(settings, known.people, unread=known.unread)
    for trouble in sorted(troubles, key=lambda t: list(_MARKS).index(t.status)):
        out.print(f"{_MARKS[trouble.status]}  {trouble.where}: {trouble.text}", highlight=False, soft_wrap=True)
    for caveat in known.caveats:
        out.print(caveat, highlight=False, soft_wrap=True, markup=False)
    broken = [t for t in troubles if t.status == "nobody"]
    if broken:
        err.print(f"{len(broken)} rules that nobody can satisfy", style="red", highlight=False)
        raise typer.Exit(1)
    out.print("Every rule can be satisfied, as far as is known." if known.unread else "Every rule can be satisfied.")


@policy_app.command("explain")
def policy_explain(
    actor: Annotated[str, typer.Option(help="Slack user id of whoever asks.")],
    kind: Annotated[str, typer.Option(help="The kind of change, like adjust_points.")],
    store: Annotated[str, typer.Option(help="The store's id.")],
    points: Annotated[str | None, typer.Option(help="Signed points, for kinds that move points.")] = None,
    config: ConfigOption = None,
    offline: OfflineOption = False,
) -> None:
    """Say what would happen if this person asked for this now, and why. Exit code 1 when it would be refused."""
    from bot.cli.explaining import explained

    settings = read_config(config)
    lines, allowed = explained(settings, actor=actor, kind=kind, store=store, points=points, offline=offline)
    for line in lines:
        out.print(line, highlight=False, soft_wrap=True, markup=False)
    if not allowed:
        raise typer.Exit(1)


@policy_app.command("review")
def policy_review(
    day: Annotated[str | None, typer.Option(help="YYYY-MM-DD in the first store's time; else yesterday.")] = None,
    config: ConfigOption = None,
) -> None:
    """List a day's exceptions: emergency decisions, signs of misuse, large sums, unknown outcomes, refused attempts."""
    from bot.cli.explaining import reviewed

    when, lines = reviewed(read_config(config), day)
    for line in lines:
        out.print(line, highlight=False, soft_wrap=True, markup=False)
    out.print(f"{len(lines)} exceptions on {when}.", highlight=False)


@app.command("break-glass")
def break_glass(
    proposal: Annotated[str, typer.Argument(help="The request's id (P_…).")],
    actor: Annotated[str, typer.Option(help="Slack user id of the administrator who decides.")],
    reason: Annotated[str, typer.Option(help="Why it cannot wait; support reads it at once.")],
    config: ConfigOption = None,
) -> None:
    """Approve a waiting request alone, in an emergency. Support is told at once; it is reviewed the next day."""
    from bot.cases import Actor
    from bot.cli.explaining import known_people
    from bot.cli.wiring import open_all
    from bot.work import proposals
    from bot.work.deciding import read_proposal

    settings = read_config(config)
    people = {p.user_id: p for p in known_people(settings).people}
    house = open_all(settings)
    try:
        team = read_proposal(house, proposal).team_id
        found = people.get(actor, Actor(user_id=actor, team_id=team))
        person = found.model_copy(update={"team_id": team})
        proposals.break_glass(house, proposal, person, f"{reason} (typed by {getpass.getuser()})")
    finally:
        house.close()
    out.print("Approved. The running service carries it out and tells support.", highlight=False, soft_wrap=True)
