"""`learn` and `report questions`: what people's choices teach, and how questions went."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal
from zoneinfo import ZoneInfo

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Column, Table

from bot.cli.app import ConfigOption, app, err, out, read_config
from bot.clock import system_clock
from bot.config import Config
from bot.errors import BadInput

if TYPE_CHECKING:
    from bot.cases.labels import Label
    from bot.cases.models import Case
    from bot.learning import Addition, Count, Event, Stub
    from bot.playbook import Library

report_app = typer.Typer()
app.add_typer(report_app, name="report")

_REJECTED = ("not_this", "not_helpful")
_TAUGHT: Final[Mapping[str, Literal["chosen", "not_this", "relabelled"]]] = {
    "chosen": "chosen",
    "not_this": "not_this",
    "relabelled": "relabelled",
}
"""What a label teaches, by its kind."""
_UNCHOSEN = timedelta(days=1)
"""After this long nobody presses one of several choices any more: none of them was it."""
_NEAR = 0.2
"""From this score on, a question that was refused may still belong to the playbook it is likest to."""


@app.command()
def learn(
    config: ConfigOption = None,
    days: Annotated[int, typer.Option(help="Look this many days back.")] = 90,
) -> None:
    """Propose questions for playbooks, and playbooks that seem to be missing, as a diff. Changes nothing by itself.

    Learns from what people chose and rejected, and from questions that no playbook answered; phones, e-mails, ids and
    names are masked before anything else happens.
    """
    from bot.cli.playbooks import library_of
    from bot.cli.wiring import matcher_of
    from bot.learning import Lesson, additions, unanswered
    from bot.understanding import masked

    settings = read_config(config)
    library = library_of([Path(folder) for folder in dict.fromkeys(s.playbooks for s in settings.stores) if folder])
    cases, labels = _read(settings, system_clock() - timedelta(days=days))
    matcher = matcher_of(library)

    def answered(text: str) -> str | None:
        match = matcher.match(text)
        return match.candidates[0].playbook if match.decision == "answer" else None

    def nearest(text: str) -> str | None:
        found = matcher.match(text).candidates
        return found[0].playbook if found and found[0].score >= _NEAR else None

    lessons = [
        Lesson(one.masked_text, kind, one.playbook)
        for one in labels
        if one.playbook and (kind := _TAUGHT.get(one.kind)) is not None
    ]
    known = {p.id: {"questions": p.questions, "near_misses": p.near_misses} for p in library.playbooks.values()}
    cold = system_clock() - _UNCHOSEN
    unmet = [case for case in cases if _was_refused(case) or _was_left(case, cold)]
    asked = [masked(case.private["texts"][0]) for case in unmet if case.private.get("texts")]
    met = {case.id for case in unmet}
    new = {one.case_id: one.masked_text for one in labels if one.kind == "relabelled" and one.playbook is None}
    asked += [text for case_id, text in new.items() if case_id not in met]
    open_ones = unanswered(asked, known, nearest)
    proposed = [*additions(lessons, known, answered, nearest), *open_ones.additions]
    sys.stdout.write(_diff(library, proposed, open_ones.stubs))
    questions = sum(len(one.texts) for one in proposed)
    err.print(
        f"{len(lessons)} choices and {len(asked)} unanswered questions: {questions} additions to playbooks, "
        f"{len(open_ones.stubs)} playbooks that seem to be missing. Read the diff, delete what is wrong, and apply the "
        "rest with `git apply`; then `pointsman playbooks check`.",
        highlight=False,
    )


def _diff(library: Library, proposed: Iterable[Addition], missing: Iterable[Stub]) -> str:
    """All of it as one diff, the files in the order of their names, then the new ones."""
    from bot.learning import added_lines, as_diff, stub_text

    changed: dict[Path, str] = {}
    # From the bottom of each file up, so that the lines above stay where they are; a list that is new goes to the end.
    for line, one in sorted(((_last_item(library, one), one) for one in proposed), key=lambda placed: -placed[0]):
        path = library.sources[one.playbook].path
        before = changed.get(path) or path.read_text(encoding="utf-8")
        changed[path] = added_lines(before, one.key, line or None, one.texts, one.note)
    parts = [as_diff(_shown(path), path.read_text(encoding="utf-8"), after) for path, after in sorted(changed.items())]
    parts += [as_diff(f"playbooks/{one.id}.yml", None, stub_text(one.id, one.questions, one.asked)) for one in missing]
    return "".join(parts)


def _shown(path: Path) -> str:
    """A file's place as `git apply` wants it: seen from here where it is below, else with its folder's name."""
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else f"{path.parent.name}/{path.name}"


def _last_item(library: Library, addition: Addition) -> int:
    """The line of the last item of the list that grows; 0 where there is none."""
    playbook = library.playbooks[addition.playbook]
    count = len(playbook.questions if addition.key == "questions" else playbook.near_misses)
    return library.sources[addition.playbook].line(f"{addition.key}.{count - 1}") if count else 0


def _read(settings: Config, since: datetime) -> tuple[list[Case], list[Label]]:
    """The cases and labels since then."""
    from bot.cases import case_store, open_records, open_vault, reading
    from bot.cases.labels import all_labels

    with reading(open_records(settings.database)) as conn:
        cases = list(
            case_store.cases_since(
                conn, open_vault(conn, settings.security.keys, settings.security.key_readings), since
            )
        )
        return cases, [label for label in all_labels(conn) if label.at >= since]


def _was_refused(case: Case) -> bool:
    """Whether no playbook was found for it, by the matcher or by a person; a choice still open is neither."""
    from bot.cases import CaseState

    return case.playbook is None and case.state not in (CaseState.NEW, CaseState.CHOOSING)


def _was_left(case: Case, before: datetime) -> bool:
    """Whether nobody pressed any of the choices that it was offered, and nothing came since `before`."""
    from bot.cases import CaseState

    return case.playbook is None and case.state is CaseState.CHOOSING and case.updated_at < before


@report_app.callback(invoke_without_command=True)
def report(context: typer.Context, config: ConfigOption = None) -> None:
    """How things went, as tables and pictures; `report questions` where nothing is named."""
    if context.invoked_subcommand is None:
        report_questions(config)


@report_app.command("questions")
def report_questions(
    config: ConfigOption = None,
    days: Annotated[int, typer.Option(help="Look this many days back, to the Monday before.")] = 56,
    picture: Annotated[Path | None, typer.Option(help="Also draw it, as a PNG file fit for posting.")] = None,
) -> None:
    """What was asked, answered, chosen, refused and wrong, per week and playbook."""
    from bot.cli.playbooks import library_of
    from bot.learning import counts, total

    settings = read_config(config)
    zones = _zones(settings)
    since = system_clock().astimezone(zones[None]) - timedelta(days=days)
    monday = (since - timedelta(days=since.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = counts(events(*_read(settings, monday), zones))  # whole weeks: half a one looks like a quiet one
    if not rows:
        out.print(f"Nothing was asked in the last {days} days.")
        return
    table = Table(
        "week of",
        Column("playbook", min_width=23),
        "asked",
        "answered",
        "chosen",
        "refused",
        "wrong",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    for week in sorted({row.week for row in rows}):
        of_week = [row for row in rows if row.week == week]
        for row in [total(rows, week), *sorted(of_week, key=lambda row: (-row.asked, row.playbook))]:
            numbers = (row.asked, row.answered, row.chosen, row.refused, row.wrong)
            first = row.playbook == "all"
            table.add_row(week.isoformat() if first else "", row.playbook, *map(str, numbers), style="bold" * first)
        table.add_section()
    out.print(table)
    if picture is not None:
        library = library_of([Path(folder) for folder in dict.fromkeys(s.playbooks for s in settings.stores) if folder])
        _draw(rows, picture, {p.id: p.title.en for p in library.playbooks.values()})
        out.print(f"Wrote {picture}.", highlight=False, soft_wrap=True)


def events(cases: list[Case], labels: list[Label], zones: Mapping[str | None, ZoneInfo]) -> list[Event]:
    """What happened, one by one: each case once asked, and once answered, refused, chosen for or wrong if it was,
    however often people pressed; wrong once for each playbook.

    zones: a store's id to its time zone, None for what belongs to no store known; a week is the store's, so that a
    question on Sunday evening counts as Sunday's.
    """
    from bot.learning import Event

    owner = {case.id: case for case in cases}
    found: list[Event] = []
    for case in cases:
        at = case.created_at.astimezone(zones.get(case.store_id, zones[None]))
        found.append(Event("asked", case.playbook, at))
        if case.diagnosis is not None:
            found.append(Event("answered", case.playbook, at))
        if _was_refused(case):
            found.append(Event("refused", None, at))
    told: set[tuple[str, str, str | None]] = set()
    for label in reversed(labels):  # what was pressed last is what it was
        about = owner.get(label.case_id)
        playbook = label.playbook or (about.playbook if about else None)
        at = label.at.astimezone(zones.get(about.store_id if about else None, zones[None]))
        kind: Literal["chosen", "wrong"] = "chosen" if label.kind == "chosen" else "wrong"
        if label.kind not in ("chosen", *_REJECTED):
            continue
        once = (label.case_id, kind, None if kind == "chosen" else playbook)
        if once not in told:
            told.add(once)
            found.append(Event(kind, playbook, at))
    return found


def _zones(settings: Config) -> dict[str | None, ZoneInfo]:
    """Each store's time zone by its id; under None that of the first store, for questions of no store."""
    zones: dict[str | None, ZoneInfo] = {store.id: ZoneInfo(store.timezone) for store in settings.stores}
    return {None: next(iter(zones.values()), ZoneInfo("UTC"))} | zones


def _draw(rows: list[Count], path: Path, titles: Mapping[str, str]) -> None:
    try:
        from bot.cli.picture import draw
    except ModuleNotFoundError as error:
        raise BadInput('Pictures need matplotlib: install "pointsman[charts]".') from error
    try:
        draw(rows, path, titles)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from error
