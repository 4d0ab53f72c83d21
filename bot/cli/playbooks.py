"""`playbooks` and `facts`: what support leads use to write and check playbooks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, get_args

import typer
from pydantic import BaseModel
from rich.markup import escape
from rich.padding import Padding
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from bot.cli.app import app, err, out
from bot.errors import BadInput, PlaybookError
from bot.playbook import BUILT_IN, Library, Problem, Taken, check, load_library, new_playbook
from bot.understanding.models import Because, Reason

playbooks_app = typer.Typer(no_args_is_help=True, help="Check, test, list and write playbooks.")
app.add_typer(playbooks_app, name="playbooks")

FolderOption = Annotated[
    list[Path] | None,
    typer.Option("--folder", help="A folder of playbooks that adds to, or overrides, the built-in ones; repeatable."),
]


def library_of(folders: list[Path] | None) -> Library:
    """The built-in playbooks with the given folders laid over them. Raises BadInput for a folder that is none."""
    for folder in folders or []:
        if not folder.is_dir():
            raise BadInput(f"{folder} is not a folder.")
    return load_library([BUILT_IN, *(folders or [])])


def _show(problems: Iterable[Problem]) -> int:
    """Print problems, worst first; the number of errors."""
    rank = {"error": 0, "warning": 1, "info": 2}
    found = sorted(problems, key=lambda p: (rank[p.severity], p))
    for problem in found:
        colour = {"error": "red", "warning": "yellow", "info": "cyan"}[problem.severity]
        err.print(str(problem), style=colour, markup=False, highlight=False, soft_wrap=True)
    return sum(p.severity == "error" for p in found)


def problems_of(library: Library) -> list[Problem]:
    """Everything `playbooks check` has to say about a library."""
    from bot.cli.wiring import matcher_of
    from bot.diagnosis import TABLE_FACTS, catalogue
    from connectors.sandbox import SCENARIOS

    def matches_of(playbooks: Library) -> Callable[[str], Taken] | None:
        if not any(p.questions for p in playbooks.playbooks.values()):
            return None
        matcher = matcher_of(playbooks)

        def taken(text: str) -> Taken:
            match = matcher.match(text)
            return Taken(
                {one.playbook: one.score for one in match.candidates}, match.margin, match.decision == "answer"
            )

        return taken

    added = any(source.path.parent != BUILT_IN for source in library.sources.values())
    facts = catalogue()
    return check(
        library,
        facts.types,
        facts.asked,
        fact_needs=facts.needs,
        always_read=TABLE_FACTS,
        scenarios=SCENARIOS.keys(),
        matches=matches_of(library),
        before=matches_of(library_of(None)) if added else None,
    )


@playbooks_app.command("check")
def check_playbooks(folder: FolderOption = None) -> None:
    """Check every playbook against the facts, with file, line and "did you mean". Exit code 1 on an error."""
    library = library_of(folder)
    errors = _show(problems_of(library))
    if errors:
        err.print(f"{errors} error{'s' if errors > 1 else ''}", style="red")
        raise typer.Exit(1)
    questions = sum(len(p.questions) for p in library.playbooks.values())
    out.print(f"{len(library.playbooks)} playbooks, {questions} questions: no errors")


@playbooks_app.command("test")
def test_playbooks(
    ids: Annotated[list[str] | None, typer.Argument(help="Only these playbooks.", show_default=False)] = None,
    folder: FolderOption = None,
) -> None:
    """Run the playbooks' own cases against the sandboxes. Exit code 1 when one ends elsewhere."""
    from bot.cli.worlds import practice_worlds
    from bot.diagnosis import run_case

    library = library_of(folder)
    wrong = [i for i in ids or [] if i not in library.playbooks]
    if wrong:
        raise PlaybookError(f'There is no playbook "{wrong[0]}". Known: {", ".join(sorted(library.playbooks))}.')
    chosen = [library.playbooks[i] for i in ids] if ids else list(library.playbooks.values())
    failures = []
    total = sum(len(p.cases) for p in chosen)
    with practice_worlds() as open_world, Progress(console=err, transient=True) as progress:
        task = progress.add_task("cases", total=total)
        for playbook in chosen:
            for case in playbook.cases:
                result = run_case(playbook, case, open_world)
                if not result.passed:
                    failures.append(result.report())
                progress.advance(task)
    for failure in failures:
        err.print(failure, style="red", markup=False, highlight=False, soft_wrap=True)
    out.print(f"{total - len(failures)} cases passed, {len(failures)} failed")
    if failures or _show(p for p in library.problems if p.severity == "error"):
        raise typer.Exit(1)


@playbooks_app.command("list")
def list_playbooks(folder: FolderOption = None) -> None:
    """List the playbooks with their questions, findings and what of the domain they cover."""
    library = library_of(folder)
    table = Table("id", "title", "questions", "findings", "covers")
    for playbook in library.playbooks.values():
        table.add_row(
            playbook.id,
            playbook.title.en,
            str(len(playbook.questions)),
            str(len(playbook.findings)),
            " ".join(playbook.covers),
        )
    out.print(table)
    _show(library.problems)


@playbooks_app.command("new")
def write_new(
    playbook_id: Annotated[str, typer.Argument(metavar="ID", help="Lower case, like balance_mismatch.")],
    folder: Annotated[Path, typer.Option(help="Where to write it.")] = Path("playbooks"),
) -> None:
    """Write the beginning of a playbook, with a comment at every key."""
    text = new_playbook(playbook_id)
    path = folder / f"{playbook_id}.yml"
    if path.exists():
        raise BadInput(f"{path} exists already; it was left as it is.")
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    out.print(f"Wrote {path}. Next: `pointsman playbooks check --folder {folder}`.", highlight=False, soft_wrap=True)


@playbooks_app.command("try")
def try_question(
    question: Annotated[str, typer.Argument(help="As staff would type it.")],
    folder: FolderOption = None,
) -> None:
    """Show what a question is taken for, and why: candidates with scores, the decision, and what it names."""
    from bot.cli.wiring import matcher_of
    from bot.understanding import entities, unclear_points

    matcher = matcher_of(library_of(folder))
    match, because = matcher.match(question), matcher.explain(question)
    table = Table("playbook", "score")
    for candidate in match.candidates[:5]:
        table.add_row(candidate.playbook, f"{candidate.score:.2f}")
    out.print(table)
    out.print(f"decision: {match.decision}, margin {match.margin:.2f}", highlight=False)
    if because is not None:
        for line in reasons(because):
            out.print(line, highlight=False, markup=False)
    for key, value in entities(question).as_contract().items():
        out.print(f"{key}: {value}", highlight=False, markup=False)
    if numbers := unclear_points(question):
        out.print(f"whose points are unclear: {', '.join(map(str, numbers))}", highlight=False, markup=False)


def reasons(because: Because) -> list[str]:
    """Why a question matched, a line each: what spoke for the first, for the second, and what was read as what."""
    lines = [f"matched because of: {_spoken(because.pro)}"] if because.pro else []
    if because.over and because.contra:
        lines.append(f"for {because.over} spoke: {_spoken(because.contra)}")
    if because.repaired:
        lines.append(f"read as: {', '.join(f'{one.written} → {one.meant}' for one in because.repaired)}")
    return lines


def _spoken(found: Iterable[Reason]) -> str:
    """The question's own words, in quotes."""
    return ", ".join(f'"{one.words}"' for one in found)


@app.command()
def facts() -> None:
    """List every fact that a playbook may use: its fields, where it comes from, what it needs."""
    from bot.diagnosis import catalogue

    models: dict[str, type[BaseModel]] = {}
    for fact in catalogue().facts.values():
        out.print(f"[bold]{fact.name}[/]  [cyan]{escape(type_name(fact.annotation))}[/]", highlight=False)
        out.print(Padding(Text(fact.help), (0, 0, 0, 4)))
        origin = f"from: {fact.source}" + (f"; needs: {', '.join(fact.needs)}" if fact.needs else "")
        out.print(Padding(Text(origin, style="dim"), (0, 0, 0, 4)))
        models |= {model.__name__: model for model in models_in(fact.annotation)}
    out.print("\n[bold]Their types[/]")
    for name, model in sorted(models.items()):
        out.print(f"[cyan]{name}[/]", highlight=False)
        for field_name, field in model.model_fields.items():
            out.print(Padding(Text(f"{field_name}: {type_name(field.annotation)}"), (0, 0, 0, 4)))


def models_in(annotation: object) -> list[type[BaseModel]]:
    """The models inside an annotation, and those inside them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        inner = (m for field in annotation.model_fields.values() for m in models_in(field.annotation))
        return [annotation, *inner]
    return [model for part in get_args(annotation) for model in models_in(part)]


def type_name(annotation: object) -> str:
    """An annotation as a playbook's author would write it."""
    if isinstance(annotation, type) and not get_args(annotation):
        return annotation.__name__
    return re.sub(r"\b(?:\w+\.)+", "", str(annotation)).replace("NoneType", "None")
