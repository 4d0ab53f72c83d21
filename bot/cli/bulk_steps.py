"""What `pointsman bulk` does, apart from reading its arguments."""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final, Literal, cast

from rich.table import Table
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.bulk import BulkPreview, Change, Sheet, sentence, spoken
from bot.cases import Actor, Role, Vault, bulk_store, reading
from bot.cases.bulk_models import BulkRun, RunState
from bot.cli.app import out
from bot.cli.explaining import known_people
from bot.cli.wiring import Vendors
from bot.config import Config
from bot.errors import BadInput
from bot.playbook import Library
from bot.words import Words
from bot.work import Fixed, House, Known, bulk, open_house
from bot.work.bulk_check import check
from bot.work.bulk_view import SIDE_EFFECTS
from bot.work.grounds import staff_references
from connectors.transport import Transport

LATELY: Final = timedelta(days=30)
_DEEDS: Final[dict[str, Callable[[House, str, Actor], BulkRun]]] = {
    "pause": bulk.pause_bulk,
    "resume": bulk.resume_bulk,
    "cancel": bulk.cancel_bulk,
    "undo": bulk.undo_bulk,
}


def open_books(config: Config) -> House:
    """The house without what understands questions, which takes long to learn and is not needed for lists."""
    nothing = Fixed(Known(Library(playbooks={}), cast("object", None)))  # type: ignore[arg-type]
    return open_house(config, systems=Vendors(config, Transport()), knowledge=nothing)


def person(config: Config, vault: Vault, who: str | None) -> Actor:
    """Whoever types, as the settings know them, in the bot's own workspace: the rules decide what they may.

    Raises BadInput for somebody whom the settings do not name, or when Slack does not tell which workspace it is.
    """
    admins = [user for user in config.roles.admin if not user.startswith("S")]
    if who is None and len(admins) != 1:
        raise BadInput("Say who you are: add --as with your Slack user id.")
    user_id = who or admins[0]
    found = next((p for p in known_people(config).people if p.user_id == user_id), None)
    if found is None:
        raise BadInput(
            f"The settings name no {user_id}. Lists are asked for by a manager, support or an administrator."
        )
    listed = next((member for member in config.staff if member.user == user_id), None)
    refs = staff_references(vault, listed) if listed is not None else None
    return found.model_copy(update={"team_id": _team(config), "person_refs": refs})


def _team(config: Config) -> str:
    client = WebClient(token=config.slack.bot_token.get_secret_value(), base_url=config.slack.api_url, timeout=5)
    try:
        return str(client.auth_test()["team_id"])
    except (SlackApiError, SlackClientError, OSError, ValueError):
        raise BadInput("Slack does not answer, and only it tells who may decide. Try again in a moment.") from None


def plan(house: House, sheet: Sheet, actor: Actor, store: str, *, texts: bool, by: str) -> BulkRun:
    """Store the file; the running service looks everybody up."""
    place = _store(house.config, store)
    source = f"cli:{by}:{secrets.token_hex(8)}"
    return bulk.plan_bulk(house, sheet, actor, store_id=store, source=source, channel=place, texts=texts)


def dry_run(config: Config, sheet: Sheet, store: str, *, texts: bool) -> BulkPreview:
    """The same in a database that is thrown away: asks the vendors, stores nothing, and takes no limit into account
    that earlier lists have used up."""
    _store(config, store)
    anybody = Actor(user_id="cli", team_id="cli", roles=frozenset({Role.MANAGER}))
    with tempfile.TemporaryDirectory() as folder:
        house = open_books(config.model_copy(update={"database": f"sqlite:///{Path(folder) / 'trial.db'}"}))
        try:
            run = bulk.plan_bulk(house, sheet, anybody, store_id=store, source="dry", texts=texts)
            while run.state is RunState.CHECKING:
                check(house, f"{run.id}#dry")
                run, before = bulk.read_run(house, run.id), run
                if run.troubles > before.troubles:
                    time.sleep(1)
                if run.troubles >= 3:
                    raise BadInput("The provider does not answer. Try again later.")
            return bulk.preview(house, run.id)
        finally:
            house.close()


def _store(config: Config, store: str) -> str:
    try:
        return config.store(store).channel
    except KeyError:
        known = ", ".join(s.id for s in config.stores)
        raise BadInput(f'There is no store "{store}". Known: {known}.') from None


def preview(house: House, run: BulkRun, actor: Actor | None) -> BulkPreview:
    """What the list would do."""
    return bulk.preview(house, run.id, actor)


def progress(house: House, run_id: str) -> bulk.Progress:
    """How far it is."""
    return bulk.progress(house, run_id)


def submit(house: House, run: BulkRun, actor: Actor, *, reason: str, comment: str) -> BulkRun:
    """Ask for it."""
    return bulk.submit_bulk(house, run.id, actor, reason=reason, comment=comment or "Points corrected by the store")


def steer(house: House, deed: Literal["pause", "resume", "cancel", "undo"] | str, run_id: str, actor: Actor) -> BulkRun:
    """Pause, resume, cancel or undo."""
    return _DEEDS[deed](house, run_id, actor)


def outcome(house: House, run_id: str, language: str) -> bytes:
    """The file of outcomes."""
    return bulk.outcome_file(house, run_id, language)


def recent(house: House) -> list[BulkRun]:
    """The lists of the last days, newest first."""
    since = house.clock() - LATELY
    with reading(house.engine) as conn:
        runs = bulk_store.runs_in(conn, house.vault, RunState)
    return [run for run in reversed(runs) if run.created_at >= since]


def show_preview(found: BulkPreview) -> None:
    """Print it: sums, who is left out and why, the biggest changes, what customers may notice, how long it takes."""
    what = f"gives {found.given:,f} and takes {found.taken:,f} points" if found.kind == "adjust_points" else "enrols"
    _say(f"{found.rows:,} rows; {found.people:,} would be sent: {what}. {found.left_out:,} are left out.")
    for one in found.refused:
        rows = ", ".join(str(n) for n in one.examples) + (" …" if one.rows > len(one.examples) else "")
        _say(f"  {one.rows:,}: {sentence(one.code)} (row {rows})")
    if found.biggest:
        table = Table("row", "who", "points", "before", "after", title="the biggest changes")
        for change in found.biggest:
            table.add_row(*_cells(change))
        out.print(table)
    for code in found.side_effects:
        _say(SIDE_EFFECTS[code])
    if found.same_file is not None:
        _say(str(found.same_file).replace("*", ""))
    if found.mode == "set":
        _say(str(Words.of("bulk.mode_set")))
    if found.seconds is not None and found.people:
        _say(f"At the provider's limit it takes {spoken(found.seconds)}.")
    if found.blocked:
        _say(f"It cannot be asked for: {found.blocked}")
    elif found.approvals:
        _say(f"{found.approvals} people have to approve it. {' '.join(found.reasons)}")


def _cells(change: Change) -> tuple[str, ...]:
    numbers = (change.points, change.before, change.after)
    return (str(change.number), change.who, *("" if n is None else f"{n:,f}" for n in numbers))


def show_progress(now: bulk.Progress) -> None:
    """Print how far it is."""
    states = ", ".join(f"{number:,} {state.value}" for state, number in now.counts.items())
    left = f", {spoken(now.seconds)} left" if now.seconds and now.run.state in ("running", "checking") else ""
    _say(f"{now.run.state.value}: {now.ended:,} of {now.of:,}{left} ({states})")
    if outcome := now.run.result.get("outcome"):
        _say(str(outcome))


def _say(text: str) -> None:
    out.print(text, highlight=False, markup=False, soft_wrap=True)
