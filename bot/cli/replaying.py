"""`replay`: what today's playbooks make of the evidence on record, without asking any vendor."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from bot.cli.app import ConfigOption, app, err, out, read_config
from bot.clock import system_clock
from bot.config import Config, Store
from bot.errors import BadInput

if TYPE_CHECKING:
    from bot.cases.models import Case
    from bot.diagnosis import Diagnosis
    from bot.playbook import Library

_LINK = re.compile(r"/archives/(?P<channel>[A-Z0-9]+)/p(?P<seconds>\d{10})(?P<rest>\d{6})")


@app.command()
def replay(
    case: Annotated[
        str | None,
        typer.Argument(help="A case's id (C_…, it stands in support's packet) or the link of its message in Slack."),
    ] = None,
    days: Annotated[
        int | None, typer.Option(help="Instead of one case: every case of the last so many days.", show_default=False)
    ] = None,
    folder: Annotated[
        list[Path] | None,
        typer.Option("--folder", help="Playbooks to try, laid over the stores' own and the built-in ones; repeatable."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One case's diagnosis as JSON, nothing masked.")] = False,
    config: ConfigOption = None,
) -> None:
    """Diagnose a case once more from its recorded evidence, by today's playbooks. Asks no vendor, changes nothing.

    Exit code 1 when a case would end otherwise than it did.
    """
    if (case is None) == (days is None):
        raise BadInput("Which case? Give its id or the link of its message, or --days for all of the last days.")
    settings = read_config(config)
    if days is not None:
        differing = _replay_all(settings, days, folder or [])
    else:
        differing = _replay_one(settings, str(case), folder or [], as_json=as_json)
    if differing:
        raise typer.Exit(1)


def _replay_one(settings: Config, named: str, folders: list[Path], *, as_json: bool) -> int:
    from bot.diagnosis import differences

    found = _find(settings, named)
    before = _recorded(found)
    if before is None:
        raise BadInput(f"{found.id} has no evidence on record: it was not looked into yet, or it was erased.")
    after = _Today(settings, folders).diagnose(found, before)
    if as_json:
        sys.stdout.write(after.model_dump_json(indent=2) + "\n")
    else:
        _show(settings, found, before, after)
    return bool(differences(before, after))


def _replay_all(settings: Config, days: int, folders: list[Path]) -> int:
    """Replay every case with evidence on record; the number of those that would end otherwise."""
    from bot.cases import case_store, open_records, open_vault, reading
    from bot.diagnosis import differences

    with reading(open_records(settings.database)) as conn:
        vault = open_vault(conn, settings.security.keys, settings.security.key_readings)
        cases = case_store.cases_since(conn, vault, system_clock() - timedelta(days=days))
    today = _Today(settings, folders)
    replayed, differing, left = 0, 0, 0
    for one in cases:
        before = _recorded(one)
        if before is None:
            left += 1
            continue
        try:
            lines = differences(before, today.diagnose(one, before))
        except BadInput as error:
            err.print(f"{one.id}: {error.staff}", style="yellow", markup=False, highlight=False)
            left += 1
            continue
        replayed += 1
        differing += bool(lines)
        for number, line in enumerate(lines):
            out.print(one.id if number == 0 else " " * len(one.id), line, markup=False, highlight=False, soft_wrap=True)
    noun = "case" if replayed == 1 else "cases"
    out.print(
        f"{replayed} {noun} replayed, {differing} would end otherwise, {left} could not be replayed.", highlight=False
    )
    return differing


def _find(settings: Config, named: str) -> Case:
    """The case with this id, or at this link. Raises BadInput."""
    from bot.cases import case_store, open_records, open_vault, reading

    link = _LINK.search(named)
    with reading(open_records(settings.database)) as conn:
        vault = open_vault(conn, settings.security.keys, settings.security.key_readings)
        if link is not None:
            at = f"{link['seconds']}.{link['rest']}"
            found = case_store.cases_at(conn, vault, channel=link["channel"], ts=at)
            if not found:
                raise BadInput("No case began with that message. Copy the link of the question itself, not of a reply.")
            return found[0]
        try:
            return case_store.get_case(conn, vault, named)
        except KeyError:
            raise BadInput(
                f'There is no case "{named}". Its id is C_ and 24 characters, in support\'s packet.'
            ) from None


def _recorded(case: Case) -> Diagnosis | None:
    """The last diagnosis of a case, if any of its evidence is left."""
    from bot.work.looking import diagnosis_of

    found = diagnosis_of(case)
    return found if found is not None and found.evidence else None


class _Today:
    """Today's settings and playbooks, each store's read once."""

    def __init__(self, settings: Config, folders: list[Path]) -> None:
        from bot.cli.wiring import Vendors
        from connectors.transport import Transport

        self._settings = settings
        self._folders = folders
        self._systems = Vendors(settings, Transport())
        self._libraries: dict[str, Library] = {}

    def diagnose(self, case: Case, before: Diagnosis) -> Diagnosis:
        """The recorded evidence diagnosed anew. Raises BadInput where the store or the playbook is no more."""
        from bot.diagnosis import replay as replayed
        from bot.work.told import Told, subject_at

        stores = self._settings.stores
        store = next((s for s in stores if s.id == case.store_id), None)
        if store is None:
            raise BadInput(f"Its store, {case.store_id}, is not in the settings any more.")
        playbook = self._library(store).playbooks.get(before.playbook)
        if playbook is None:
            raise BadInput(f"Its playbook, {before.playbook}, is no more.")
        told = Told.of(case.private)
        names = {s.id: (s.name, *s.nicknames) for s in stores}
        named = told.looked_up or told.entities(area_code=store.area_code, stores=names)
        subject, systems = subject_at(store, named), self._systems(store.id)
        return replayed(playbook, before, subject, systems, answers=told.answers, language=case.language)

    def _library(self, store: Store) -> Library:
        from bot.cli.playbooks import library_of

        if store.id not in self._libraries:
            own = [Path(store.playbooks)] if store.playbooks else []
            self._libraries[store.id] = library_of([*own, *self._folders])
        return self._libraries[store.id]


def _show(settings: Config, case: Case, before: Diagnosis, after: Diagnosis) -> None:
    from zoneinfo import ZoneInfo

    from bot.diagnosis import differences
    from bot.understanding import masked

    zone = ZoneInfo(settings.store(str(case.store_id)).timezone)
    asked = f"{case.created_at.astimezone(zone):%Y-%m-%d %H:%M}"
    out.print(f"{case.id}  {case.store_id}  {asked}  {before.playbook}", style="bold", highlight=False)
    for text in case.private.get("texts", ()):
        out.print(f"“{masked(text)}”", markup=False, highlight=False)
    table = Table("fact", "from", "at", "then", "now")
    for name in sorted({*before.evidence, *after.evidence}):
        old, new = before.evidence.get(name), after.evidence.get(name)
        seen = old or new
        assert seen is not None  # noqa: S101 - the name is a key of one of them
        table.add_row(name, seen.source, f"{seen.at.astimezone(zone):%H:%M:%S}", *_told(old, new))
    out.print(table)
    out.print(f"Then: {_ended(before)}", highlight=False, markup=False, soft_wrap=True)
    lines = differences(before, after)
    out.print(f"Now:  {_ended(after) if lines else 'the same'}", highlight=False, markup=False)
    for line in lines:
        out.print(f"  {line}", style="yellow", highlight=False, markup=False, soft_wrap=True)


def _told(old: object, new: object) -> tuple[str, str]:
    """How a fact ended then and now, without its value: values are people's."""
    from bot.diagnosis import Evidence

    def word(one: object) -> str:
        if not isinstance(one, Evidence):
            return "-"
        return "found" if one.known and one.value is not None else "none" if one.known else str(one.failure)

    first, second = word(old), word(new)
    same = isinstance(old, Evidence) and isinstance(new, Evidence) and old.value == new.value and first == second
    return first, "same" if same else "another value" if first == second else second


def _ended(diagnosis: Diagnosis) -> str:
    """One diagnosis in a few words."""
    parts = [diagnosis.cause or "nothing held"]
    parts += [f"also {', '.join(diagnosis.also)}"] if diagnosis.also else []
    parts += [f"asks {diagnosis.waiting_for.fact}"] if diagnosis.waiting_for else []
    return "; ".join(parts)
