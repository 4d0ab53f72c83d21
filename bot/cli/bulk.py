"""`bulk`: a list of changes from a file, and what can be done with one. Looking up and carrying out is the running
service's work; here lists are stored and queued. Approvals are given in Slack alone: whoever can type here could
otherwise type as two people."""

from __future__ import annotations

import getpass
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.table import Table
from typer.core import TyperGroup

from bot.cli.app import ConfigOption, app, err, out, read_config
from bot.errors import BadInput

if TYPE_CHECKING:
    from bot.bulk import Sheet
    from bot.cases.bulk_models import BulkRun
    from bot.work import House

WAIT_S = 1.0
"""Between looks at what the service has done."""


class _FileFirst(TyperGroup):
    """`pointsman bulk FILE` is `pointsman bulk send FILE`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        first = args[0] if args else "--help"
        known = first in self.commands or first == "--help"
        return super().parse_args(ctx, args if known else ["send", *args])


bulk_app = typer.Typer(
    cls=_FileFirst, no_args_is_help=True, help="Lists of changes: `pointsman bulk FILE --store S`, or one of these."
)
app.add_typer(bulk_app, name="bulk")
RunArgument = Annotated[str, typer.Argument(help="The list's id (B_…).", metavar="RUN")]
AsOption = Annotated[
    str | None, typer.Option("--as", help="Slack user id of whoever this is; else the one person of roles.admin.")
]


@bulk_app.command("send")
def send(
    file: Annotated[Path, typer.Argument(help="A CSV file.")],
    store: Annotated[str, typer.Option(help="The store's id.")],
    config: ConfigOption = None,
    kind: Annotated[Literal["points", "enroll"] | None, typer.Option(help="Else told by its columns.")] = None,
    mode: Annotated[Literal["add", "set"] | None, typer.Option(help="Add the points, or set the balance.")] = None,
    column: Annotated[
        list[str] | None, typer.Option(help='What a column is, as field=heading: --column points="Extra"; repeatable.')
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; for us.")] = "",
    comment: Annotated[str, typer.Option(help="Goes into the provider's note; customers may see it.")] = "",
    texts: Annotated[bool, typer.Option("--texts", help="Enrolments: let the provider text the customers.")] = False,
    who: AsOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would do; nothing is stored.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask for it without asking you first.")] = False,
) -> None:
    """Read a file, look everybody up, show what it would do, and ask for it: two managers approve it in Slack."""
    from bot.cli import bulk_steps as steps

    settings = read_config(config)
    sheet = _sheet(file, kind, mode, column)
    _reading(sheet)
    if dry_run:
        with err.status("looking everybody up …"):
            preview = steps.dry_run(settings, sheet, store, texts=texts)
        steps.show_preview(preview)
        out.print("Nothing was stored, and nobody was asked.")
        return
    with _house(config) as house:
        actor = steps.person(house.config, house.vault, who)
        run = steps.plan(house, sheet, actor, store, texts=texts, by=getpass.getuser())
        out.print(f"List [bold]{run.id}[/]", highlight=False)
        run = _looked_up(house, run)
        if run.state != "ready":
            raise BadInput(str(run.result.get("outcome") or f"The list is {run.state} now."))
        steps.show_preview(steps.preview(house, run, actor))
        if not (yes or typer.confirm("Ask for this?")):
            out.print(f"Not asked for. `pointsman bulk cancel {run.id}` forgets it; it ends by itself in a day.")
            return
        run = steps.submit(house, run, actor, reason=reason or f"List {file.name}", comment=comment)
        out.print(str(run.result.get("outcome") or "Asked for. Whoever may decide is asked in Slack."), soft_wrap=True)


def _sheet(file: Path, kind: str | None, mode: Literal["add", "set"] | None, columns: list[str] | None) -> Sheet:
    from bot.bulk import read_file

    try:
        data = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}.") from None
    pairs = [c.partition("=") for c in columns or []]
    if bad := next((p for p in pairs if not p[1]), None):
        raise BadInput(f'"{bad[0]}" says nothing; write field=heading, like points="Extra".')
    wanted: Literal["adjust_points", "enroll"] | None = None
    if kind is not None:
        wanted = "adjust_points" if kind == "points" else "enroll"
    sheet = read_file(data, file.name, kind=wanted, mode=mode, chosen={f: h for f, _, h in pairs})
    if sheet.questions:
        lines = []
        for question in sheet.questions:
            if question.code == "mode":
                lines.append('Are the points added, or is the balance set to them? "--mode add" or "--mode set".')
            else:
                options = " or ".join(f'--column {question.field}="{option}"' for option in question.options)
                lines.append(f"Which column is the {question.field}? {options}.")
        raise BadInput("\n".join(lines))
    return sheet


def _reading(sheet: Sheet) -> None:
    columns = ", ".join(f"{field}: {sheet.headings[place]}" for field, place in sheet.columns.at.items())
    separator = {"\t": "tab"}.get(sheet.separator, sheet.separator)
    out.print(f"Read as {sheet.encoding}, separated by {separator}; {columns}.", highlight=False, markup=False)
    if sheet.columns.ignored:
        out.print(f"Not used: {', '.join(sheet.columns.ignored)}.", highlight=False, markup=False)


def _looked_up(house: House, run: BulkRun) -> BulkRun:
    """Wait until the service has looked everybody up. Ctrl-C leaves the list where it is."""
    from bot.cli import bulk_steps as steps

    with err.status("waiting for the running service to look everybody up …") as status:
        while run.state in ("reading", "checking"):
            now = steps.progress(house, run.id)
            run = now.run
            status.update(f"looked up {now.ended:,} of {now.of:,}; Ctrl-C leaves it to the running service …")
            time.sleep(WAIT_S)
    return run


@contextmanager
def _house(config: Path | None) -> Iterator[House]:
    from bot.cli import bulk_steps as steps

    house = steps.open_books(read_config(config))
    try:
        yield house
    finally:
        house.close()


@bulk_app.command("list")
def list_runs(config: ConfigOption = None) -> None:
    """The lists of the last days, newest first."""
    from bot.cli import bulk_steps as steps

    table = Table("list", "store", "what", "state", "rows", "points", "asked by")
    with _house(config) as house:
        for run in steps.recent(house):
            points = f"+{run.given:,f} -{run.taken:,f}" if run.moves_points else ""
            table.add_row(run.id, run.store_id, run.action, run.state, f"{run.people:,}", points, run.requester)
    out.print(table)


@bulk_app.command("show")
def show(run: RunArgument, config: ConfigOption = None) -> None:
    """What a list would do or did, and how far it is."""
    from bot.cli import bulk_steps as steps

    with _house(config) as house:
        now = steps.progress(house, run)
        steps.show_preview(steps.preview(house, now.run, None))
        steps.show_progress(now)


@bulk_app.command("pause")
def pause_run(run: RunArgument, config: ConfigOption = None, who: AsOption = None) -> None:
    """Send no more rows until it is resumed."""
    _steer("pause", run, config, who)
    out.print("Paused. What was sent is still confirmed.")


@bulk_app.command("resume")
def resume_run(run: RunArgument, config: ConfigOption = None, who: AsOption = None) -> None:
    """Go on where it stopped."""
    _steer("resume", run, config, who)
    out.print("The running service goes on with it.")


@bulk_app.command("cancel")
def cancel_run(run: RunArgument, config: ConfigOption = None, who: AsOption = None) -> None:
    """Take it back before it is decided, or stop it: what was sent stays."""
    _steer("cancel", run, config, who)
    out.print("Stopped. What was sent already stays; `pointsman bulk undo` takes it back.")


@bulk_app.command("undo")
def undo_run(run: RunArgument, config: ConfigOption = None, who: AsOption = None) -> None:
    """Make the counter-run of every row that was done. It is looked up, asked for and approved as any list."""
    done = _steer("undo", run, config, who)
    out.print(f"The counter-run is {done.id}. Once it is looked up, ask for it in Slack, or by `bulk ask {done.id}`.")


@bulk_app.command("ask")
def ask_for(
    run: RunArgument,
    reason: Annotated[str, typer.Option(help="Why; for us.")],
    comment: Annotated[str, typer.Option(help="Goes into the provider's note; customers may see it.")] = "",
    config: ConfigOption = None,
    who: AsOption = None,
) -> None:
    """Ask for a list whose preview stands."""
    from bot.cli import bulk_steps as steps

    with _house(config) as house:
        actor = steps.person(house.config, house.vault, who)
        asked = steps.submit(house, steps.progress(house, run).run, actor, reason=reason, comment=comment)
    out.print(str(asked.result.get("outcome") or "Asked for. Whoever may decide is asked in Slack."), soft_wrap=True)


@bulk_app.command("outcome")
def outcome(
    run: RunArgument,
    to: Annotated[Path | None, typer.Option(help="The file to write; else RUN.csv here.")] = None,
    language: Annotated[Literal["en", "es"], typer.Option(help="Of its headings and reasons.")] = "en",
    config: ConfigOption = None,
) -> None:
    """Write what became of each row, as CSV in which no cell can act."""
    from bot.cli import bulk_steps as steps

    path = to or Path(f"{run}.csv")
    if path.exists():
        raise BadInput(f"{path} exists already; it was left as it is.")
    with _house(config) as house:
        path.write_bytes(steps.outcome(house, run, language))
    out.print(f"Wrote {path}.", highlight=False)


def _steer(deed: str, run: str, config: Path | None, who: str | None) -> BulkRun:
    from bot.cli import bulk_steps as steps

    with _house(config) as house:
        return steps.steer(house, deed, run, steps.person(house.config, house.vault, who))
