"""`playbooks` and `facts`: what support leads use to write and check playbooks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress
from rich.table import Table

from bot.cli.app import app, err, out
from bot.errors import BadInput, PlaybookError
from bot.playbook import BUILT_IN, Library, Problem, load_library

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


def _show(problems: list[Problem]) -> int:
    for problem in sorted(problems, key=lambda p: (p.severity != "error", str(p.path), p.line)):
        colour = {"error": "red", "warning": "yellow"}.get(problem.severity, "cyan")
        err.print(
            f"{problem.path}:{problem.line}: {problem.severity}: {problem.message}",
            style=colour,
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    return sum(p.severity == "error" for p in problems)


@playbooks_app.command("check")
def check_playbooks(folder: FolderOption = None) -> None:
    """Check every playbook against the facts, with file, line and "did you mean". Exit code 1 on an error."""
    from bot.diagnosis import check_library

    library = library_of(folder)
    errors = _show(check_library(library))
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
    from bot.cli.worlds import open_world
    from bot.diagnosis import run_case

    library = library_of(folder)
    wrong = [i for i in ids or [] if i not in library.playbooks]
    if wrong:
        raise PlaybookError(f'There is no playbook "{wrong[0]}". Known: {", ".join(sorted(library.playbooks))}.')
    chosen = [library.playbooks[i] for i in ids] if ids else list(library.playbooks.values())
    failures = []
    total = sum(len(p.cases) for p in chosen)
    with Progress(console=err, transient=True) as progress:
        task = progress.add_task("cases", total=total)
        for playbook in chosen:
            for case in playbook.cases:
                result = run_case(playbook, case, open_world)
                if not result.passed:
                    failures.append(str(result))
                progress.advance(task)
    for failure in failures:
        err.print(failure, style="red", markup=False, highlight=False, soft_wrap=True)
    out.print(f"{total - len(failures)} cases passed, {len(failures)} failed")
    if failures or _show([p for p in library.problems if p.severity == "error"]):
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
    _show(list(library.problems))


@playbooks_app.command("new")
def new_playbook(
    playbook_id: Annotated[str, typer.Argument(metavar="ID", help="Lower case, like balance_mismatch.")],
    folder: Annotated[Path, typer.Option(help="Where to write it.")] = Path("playbooks"),
) -> None:
    """Write the beginning of a playbook, with a comment at every key."""
    from bot.playbook import new_playbook_text

    text = new_playbook_text(playbook_id)
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
    """Show what a question is taken for: candidates with scores, the decision, and what it names."""
    from bot.cli.answers import matcher_of
    from bot.understanding import entities

    library = library_of(folder)
    match = matcher_of(library).match(question)
    table = Table("playbook", "score")
    for candidate in match.candidates[:5]:
        table.add_row(candidate.playbook, f"{candidate.score:.2f}")
    out.print(table)
    out.print(f"decision: {match.decision}, margin {match.margin:.2f}", highlight=False)
    for key, value in entities(question).as_contract().items():
        out.print(f"{key}: {value}", highlight=False, markup=False)


@app.command()
def facts() -> None:
    """List every fact that a playbook may use: its fields, where it comes from, what it needs."""
    from bot.diagnosis import catalogue

    table = Table("fact", "type", "from", "needs", "what it is", show_lines=True)
    for fact in catalogue().describe():
        table.add_row(fact.name, fact.type, fact.source, " ".join(fact.needs), fact.help)
    out.print(table)
