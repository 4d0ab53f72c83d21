"""`ask` and `match`: a question answered in the terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import typer
from rich.table import Table
from rich.text import Text

from bot.cli.app import ConfigOption, app, err, out, read_config
from bot.cli.playbooks import FolderOption, library_of, reasons
from bot.config import Config, Store
from bot.diagnosis import Systems
from bot.diagnosis.models import Ask, Conclusion, Diagnosis
from bot.errors import BadInput
from bot.playbook import Library
from bot.playbook.schema import Playbook
from bot.work.told import Told, may_turn_on_points, subject_at


@app.command()
def match(folder: FolderOption = None) -> None:
    """Read JSON lines {"text": …} and write, for each, the decision, candidates, margin and entities as a JSON line."""
    from bot.cli.wiring import matcher_of
    from bot.understanding import entities

    matcher = matcher_of(library_of(folder))
    for number, line in enumerate(sys.stdin, start=1):
        if not line.strip():
            continue
        text = _text_of(line, number)
        found = matcher.match(text)
        answer = {
            "text": text,
            "decision": found.decision,
            "candidates": [{"playbook": c.playbook, "score": round(c.score, 4)} for c in found.candidates],
            "margin": round(found.margin, 4),
            "entities": entities(text).as_contract(),
        }
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def _text_of(line: str, number: int) -> str:
    try:
        value = json.loads(line)
    except ValueError:
        raise BadInput(f'line {number} is not JSON; expected {{"text": "…"}}.') from None
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        raise BadInput(f'line {number} has no "text"; expected {{"text": "…"}}.')
    return str(value["text"])


@app.command()
def ask(
    question: Annotated[
        str, typer.Argument(help='As staff would type it: "customer says 500, pos shows 200, 555-0142".')
    ],
    config: ConfigOption = None,
    store: Annotated[str | None, typer.Option(help="The store's id; not needed where there is one store.")] = None,
    playbook: Annotated[str | None, typer.Option(help="Take this playbook instead of matching the question.")] = None,
    answer: Annotated[
        list[str] | None, typer.Option(help="An asked fact's answer, as fact=option; repeatable.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The whole diagnosis as JSON.")] = False,
    why: Annotated[bool, typer.Option(help="Also say because of which words this playbook was taken.")] = False,
) -> None:
    """Answer one question here, reading the store's register and provider. Writes nothing anywhere."""
    from bot.cli.wiring import open_vendors
    from bot.diagnosis import diagnose
    from bot.understanding import entities
    from connectors.transport import Transport

    settings = read_config(config)
    where = _store(settings, store)
    library = library_of([Path(where.playbooks)] if where.playbooks else None)
    chosen = _playbook(library, question, playbook)
    named = entities(
        question, area_code=where.area_code, stores={s.id: (s.name, *s.nicknames) for s in settings.stores}
    )
    if "customer" in chosen.needs and not (named.phone or named.email or named.loyalty_id or named.order_id):
        raise BadInput("Whose points? Add the customer's phone or e-mail to the question.")
    systems = open_vendors(where, Transport())
    _use_nightly_points(settings, where, systems)
    with err.status("asking the register and the loyalty provider …"):
        diagnosis = diagnose(chosen, subject_at(where, named), systems, answers=_answers(answer))
    if as_json:
        sys.stdout.write(diagnosis.model_dump_json(indent=2) + "\n")
    else:
        _show(chosen, diagnosis)
        _show_unclear(chosen, diagnosis, Told(texts=(question,)))
        if why:
            _show_why(library, question, chosen)


def _use_nightly_points(config: Config, store: Store, systems: Systems) -> None:
    from bot.work import use_recorded

    try:
        use_recorded(config, store, systems.program)
    except sa.exc.SQLAlchemyError as error:
        reason = type(error.__cause__ or error).__name__
        err.print(f"The points of last night could not be read from the database ({reason}).", style="yellow")


def _store(config: Config, given: str | None) -> Store:
    if given is None and len(config.stores) == 1:
        return config.stores[0]
    known = ", ".join(s.id for s in config.stores)
    if given is None:
        raise BadInput(f"Which store? Add --store with one of: {known}.")
    found = next((s for s in config.stores if s.id == given), None)
    if found is None:
        raise BadInput(f'There is no store "{given}". Known: {known}.')
    return found


def _playbook(library: Library, question: str, given: str | None) -> Playbook:
    if given is not None:
        if given not in library.playbooks:
            raise BadInput(f'There is no playbook "{given}". Known: {", ".join(sorted(library.playbooks))}.')
        return library.playbooks[given]
    from bot.cli.wiring import matcher_of

    found = matcher_of(library).match(question)
    if found.decision == "answer":
        return library.playbooks[found.candidates[0].playbook]
    if found.decision == "choose":
        choices = "\n".join(
            f"  --playbook {c.playbook}   {library.playbooks[c.playbook].title.en}" for c in found.candidates[:3]
        )
        raise BadInput(f"That could mean several things. Say which:\n{choices}")
    raise BadInput("That does not look like a question about loyalty points. Say what the register and the app show.")


def _answers(given: list[str] | None) -> dict[str, str]:
    pairs = [a.partition("=") for a in given or []]
    if bad := next((p for p in pairs if not p[1]), None):
        raise BadInput(f'"{bad[0]}" is not an answer; write fact=option.')
    return {fact: option for fact, _, option in pairs}


def _show(playbook: Playbook, diagnosis: Diagnosis) -> None:
    out.print(Text(playbook.title.en, style="bold"))
    if diagnosis.cause is None:
        out.print("Nothing that we can check explains it. Hand it to support with what is below.")
        _steps(diagnosis.guidance)
    else:
        _show_cause(diagnosis, diagnosis.conclusion(diagnosis.cause))
    if diagnosis.table:
        table = Table("", "register", "provider", "customer said")
        for row in diagnosis.table:
            table.add_row(row.label, row.pos, row.provider, row.customer_said)
        out.print(table)
    for gap in diagnosis.not_told:
        out.print(f"Could not tell: {gap.what}: {gap.why}", style="yellow", markup=False, highlight=False)
    if diagnosis.waiting_for:
        _show_question(diagnosis.waiting_for)
    if diagnosis.cause and (fixes := diagnosis.conclusion(diagnosis.cause).fixes):
        out.print(f"Fix, in Slack: {', '.join(fixes)}", style="cyan")


def _show_unclear(playbook: Playbook, diagnosis: Diagnosis, told: Told) -> None:
    """A number that could be the customer's or the register's, where that matters: asked about, not guessed."""
    if may_turn_on_points(playbook, diagnosis) and (numbers := told.unclear()):
        said = " or ".join(f'"app says {n}", "register shows {n}"' for n in numbers)
        out.print(f"Whose number is it? Say it again with {said}.", style="bold", markup=False, highlight=False)


def _show_why(library: Library, question: str, chosen: Playbook) -> None:
    from bot.cli.wiring import matcher_of

    because = matcher_of(library).explain(question)
    if because is None or because.playbook != chosen.id:
        out.print(f"{chosen.id} was asked for by name; the words did not say so.", style="dim", highlight=False)
        return
    for line in reasons(because):
        out.print(line, style="dim", highlight=False, markup=False)


def _show_cause(diagnosis: Diagnosis, cause: Conclusion) -> None:
    out.print(Text(f"“{_plain(cause.tell)}”", style="green"), Text(_plain(cause.wait), style="dim"))
    out.print(_plain(cause.say), markup=False, highlight=False)
    _steps(cause.guide)
    for also in diagnosis.also:
        out.print(f"Also: {_plain(diagnosis.conclusion(also).say)}", markup=False, highlight=False)


def _show_question(asked: Ask) -> None:
    out.print(Text(asked.question, style="bold"), asked.where, markup=False)
    for option in asked.options:
        out.print(f"  --answer {asked.fact}={option.id}   {option.label}", markup=False, highlight=False)


def _steps(steps: Sequence[str]) -> None:
    for number, step in enumerate(steps, start=1):
        out.print(f"  {number}. {_plain(step)}", markup=False, highlight=False)


def _plain(mrkdwn: str) -> str:
    """Slack's escapes back to characters, for a terminal."""
    return mrkdwn.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
