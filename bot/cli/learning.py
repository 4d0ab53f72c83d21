"""`learn` and `report questions`: what people's choices teach, and how questions went."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from bot.cli.app import ConfigOption, app, err, out, read_config
from bot.clock import system_clock
from bot.config import Config
from bot.errors import BadInput

if TYPE_CHECKING:
    from bot.cases.labels import Label
    from bot.cases.models import Case
    from bot.learning import Addition, Count, Event, Stub
    from bot.playbook import Library

report_app = typer.Typer(no_args_is_help=True, help="How things went, as tables and pictures.")
app.add_typer(report_app, name="report")

_REJECTED = ("not_this", "not_helpful")


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
    from bot.learning import Lesson, additions, stubs
    from bot.understanding import masked

    settings = read_config(config)
    library = library_of([Path(folder) for folder in dict.fromkeys(s.playbooks for s in settings.stores) if folder])
    cases, labels = _read(settings, system_clock() - timedelta(days=days))
    matcher = matcher_of(library)

    def answered(text: str) -> str | None:
        match = matcher.match(text)
        return match.candidates[0].playbook if match.decision == "answer" else None

    lessons = [
        Lesson(one.masked_text, "chosen" if one.kind == "chosen" else "not_this", one.playbook)
        for one in labels
        if one.playbook and one.kind in ("chosen", "not_this")
    ]
    known = {p.id: {"questions": p.questions, "near_misses": p.near_misses} for p in library.playbooks.values()}
    unanswered = [
        masked(case.private["texts"][0]) for case in cases if _was_refused(case) and case.private.get("texts")
    ]
    proposed = additions(lessons, known, answered)
    missing = stubs(unanswered, library.playbooks)
    sys.stdout.write(_diff(library, proposed, missing))
    questions = sum(len(one.texts) for one in proposed)
    err.print(
        f"{len(lessons)} choices and {len(unanswered)} unanswered questions: {questions} additions to playbooks, "
        f"{len(missing)} playbooks that seem to be missing. Read the diff, then `git apply` what is right.",
        highlight=False,
    )


def _diff(library: Library, proposed: list[Addition], missing: list[Stub]) -> str:
    from bot.learning import added_lines, as_diff
    from bot.playbook import new_playbook

    parts = []
    changed: dict[Path, str] = {}
    # From the bottom of each file up, so that the lines above stay where they are; a list that is new goes to the end.
    for line, one in sorted(((_last_item(library, one), one) for one in proposed), key=lambda placed: -placed[0]):
        path = library.sources[one.playbook].path
        before = changed.get(path) or path.read_text(encoding="utf-8")
        changed[path] = added_lines(before, one.key, line or None, one.texts)
    for path, after in changed.items():
        parts.append(as_diff(f"playbooks/{path.name}", path.read_text(encoding="utf-8"), after))
    for stub in missing:
        before, placeholder, after = new_playbook(stub.id).partition(f"  - {stub.id.replace('_', ' ')}\n")
        asked = added_lines(before + placeholder, "questions", before.count("\n") + 1, stub.questions)
        whole = asked.replace(placeholder, "", 1) + after
        parts.append(as_diff(f"playbooks/{stub.id}.yml", None, whole))
    return "".join(parts)


def _last_item(library: Library, addition: Addition) -> int:
    """The line of the last item of the list that grows; 0 where there is none."""
    playbook = library.playbooks[addition.playbook]
    count = len(playbook.questions if addition.key == "questions" else playbook.near_misses)
    return library.sources[addition.playbook].line(f"{addition.key}.{count - 1}") if count else 0


def _read(settings: Config, since: datetime) -> tuple[list[Case], list[Label]]:
    """The cases and labels since then."""
    from bot.cases import Vault, case_store, open_database, reading
    from bot.cases.labels import all_labels

    with reading(open_database(settings.database)) as conn:
        cases = list(case_store.cases_since(conn, Vault(settings.security.key.get_secret_value()), since))
        return cases, [label for label in all_labels(conn) if label.at >= since]


def _was_refused(case: Case) -> bool:
    """Whether no playbook was found for it, by the matcher or by a person; a choice still open is neither."""
    from bot.cases import CaseState

    return case.playbook is None and case.state not in (CaseState.NEW, CaseState.CHOOSING)


@report_app.command("questions")
def report_questions(
    config: ConfigOption = None,
    days: Annotated[int, typer.Option(help="Look this many days back.")] = 56,
    picture: Annotated[Path | None, typer.Option(help="Also draw it, as a PNG file fit for posting.")] = None,
) -> None:
    """What was asked, answered, chosen, refused and wrong, per playbook and week."""
    from bot.learning import counts

    settings = read_config(config)
    rows = counts(events(*_read(settings, system_clock() - timedelta(days=days))))
    if not rows:
        out.print(f"Nothing was asked in the last {days} days.")
        return
    table = Table("week of", "playbook", "asked", "answered", "chosen", "refused", "wrong")
    for row in rows:
        numbers = (row.asked, row.answered, row.chosen, row.refused, row.wrong)
        table.add_row(row.week.isoformat(), row.playbook, *map(str, numbers))
    out.print(table)
    if picture is not None:
        _draw(rows, picture)
        out.print(f"Wrote {picture}.", highlight=False, soft_wrap=True)


def events(cases: list[Case], labels: list[Label]) -> list[Event]:
    """What happened, one by one: each case once asked, and once answered or refused if it was; each label once."""
    from bot.learning import Event

    owner: Mapping[str, str | None] = {case.id: case.playbook for case in cases}
    found = [Event("asked", case.playbook, case.created_at) for case in cases]
    found += [Event("answered", case.playbook, case.created_at) for case in cases if case.diagnosis is not None]
    found += [Event("refused", None, case.created_at) for case in cases if _was_refused(case)]
    for label in labels:
        playbook = label.playbook or owner.get(label.case_id)
        if label.kind == "chosen":
            found.append(Event("chosen", playbook, label.at))
        elif label.kind in _REJECTED:
            found.append(Event("wrong", playbook, label.at))
    return found


def _draw(rows: list[Count], path: Path) -> None:
    try:
        from bot.cli.picture import draw
    except ModuleNotFoundError as error:
        raise BadInput('Pictures need matplotlib: install "pointsman[charts]".') from error
    try:
        draw(rows, path)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from error
