"""Facts that only people can tell, from `playbooks/asked.yml`: what is asked, where to look, what may be answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from bot.diagnosis.catalogue import Asks, BadCatalogue, Fact, asked
from bot.playbook import BUILT_IN, Text
from bot.playbook.language import BadSyntax, names_in, parse_template
from bot.yaml_file import BadYaml, read_yaml
from connectors.contract import Operation

ASKED = BUILT_IN / "asked.yml"


class _Question(BaseModel):
    """One entry of the file. instead_of: root (`pos`, `program`) to the operation whose lack makes it a question."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    help: str
    shown: Text
    question: Text
    where: Text
    options: dict[str, Text]
    instead_of: dict[str, Operation] = {}

    def sentences(self) -> Iterator[str]:
        """Everything that is said, in both languages."""
        for text in (self.question, self.where, *self.options.values()):
            yield text.en
            yield text.in_language("es")


def asked_facts(path: Path, types: Mapping[str, Any]) -> tuple[Fact, ...]:
    """The facts of the file. types: of the other facts, which the sentences may show.

    Raises BadCatalogue: a mistake in the file, or a sentence about a fact that there is none of.
    """
    try:
        entries = TypeAdapter(dict[str, _Question]).validate_python(read_yaml(path))
        return tuple(_fact(name, entry, types) for name, entry in entries.items())
    except (OSError, BadYaml, BadSyntax, ValidationError) as error:
        raise BadCatalogue(f"{path.name}: {error}") from error


def _fact(name: str, entry: _Question, types: Mapping[str, Any]) -> Fact:
    named = dict.fromkeys(n for sentence in entry.sentences() for n in names_in(parse_template(sentence)))
    return asked(
        name,
        entry.help,
        shown=entry.shown,
        asks=Asks(question=entry.question, where=entry.where, options=entry.options),
        takes={n: types.get(n) for n in named},
        instead_of=entry.instead_of,
    )
