"""The words of the shop, read from `playbooks/vocabulary.yml` and `playbooks/chatter.yml`."""

from __future__ import annotations

from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.errors import PlaybookError
from bot.understanding.plain import fold
from bot.yaml_file import BadYaml, read_yaml


def _words(value: object) -> object:
    """A blank-separated block of words becomes a set; anything else is left for pydantic to judge."""
    return frozenset(fold(word) for word in value.split()) if isinstance(value, str) else value


def _many_words(value: object) -> object:
    """A list of blank-separated words becomes tuples of them."""
    if not isinstance(value, list):
        return value
    return [tuple(fold(word) for word in one.split()) if isinstance(one, str) else one for one in value]


WordSet = Annotated[frozenset[str], BeforeValidator(_words)]
Group = Annotated[tuple[str, ...], Field(min_length=2)]


class Vocabulary(BaseModel):
    """What the matcher and the entity rules know of words. All folded: lower case, no accents, no apostrophes.

    lexicon: canonical phrase -> what staff write for it. texting: the same for words of no shop, as thumbs shorten
    them. concepts: kind -> words and phrases of it, which keep their own meaning beside what they have in common.
    alike: the same for general words, each group named by its first. words: further targets of repair.
    never_repair: common words by language ("en", "es"). names: first names. providers, pos: our name -> spellings.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    lexicon: dict[str, tuple[str, ...]] = {}
    texting: dict[str, tuple[str, ...]] = {}
    alike: Annotated[tuple[Group, ...], BeforeValidator(_many_words)] = ()
    concepts: dict[str, tuple[str, ...]] = {}
    words: WordSet = frozenset()
    never_repair: dict[str, WordSet] = {}
    names: WordSet = frozenset()
    providers: dict[str, tuple[str, ...]] = {}
    pos: dict[str, tuple[str, ...]] = {}

    @cached_property
    def common(self) -> frozenset[str]:
        """The common words of every language."""
        return frozenset().union(*self.never_repair.values())

    @cached_property
    def meaningful(self) -> frozenset[str]:
        """Every single word that means something here, first names apart."""
        entries = (self.lexicon, self.texting, self.providers, self.pos)
        phrases = [phrase for many in entries for meant, written in many.items() for phrase in (meant, *written)]
        return self.common | self.words | {word for one in phrases for word in fold(one).replace("_", " ").split()}


def _read(path: Path) -> Any:
    """The YAML document at `path`; raises PlaybookError where it cannot be read."""
    try:
        return read_yaml(path)
    except (OSError, BadYaml) as error:
        raise PlaybookError(f"{path.name} cannot be read.", f"{path}: {error}") from error


def load_vocabulary(path: Path) -> Vocabulary:
    """The vocabulary in the file. Raises PlaybookError that names the file and what is wrong in it."""
    try:
        return Vocabulary.model_validate(_read(path))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise PlaybookError(f"{path.name} has a mistake at {where}.", f"{path}: {where}: {first['msg']}") from error


def load_chatter(path: Path) -> list[str]:
    """The lines under `chatter:`. Raises PlaybookError where the file is not a list of texts."""
    document = _read(path)
    lines = document.get("chatter") if isinstance(document, dict) else None
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise PlaybookError(
            f"{path.name} needs a list of texts under `chatter:`.",
            f"{path}: `chatter` must be a list of texts (quote numbers, yes and no)",
        )
    return lines


@cache
def built_in_vocabulary() -> Vocabulary:
    """The vocabulary that comes with the product, read once."""
    return load_vocabulary(Path(__file__).parents[2] / "playbooks" / "vocabulary.yml")
