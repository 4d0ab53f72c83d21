"""The staff-facing words that are not playbooks: `playbooks/strings.yml`, one key, both languages.

Sentences are `str.format` templates; the caller passes values already escaped for the place they go to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.errors import ConfigError, PointsmanError, WorkUnavailable

LANGUAGES = ("en", "es")
PATH = Path(__file__).resolve().parents[2] / "playbooks" / "strings.yml"

Say = Callable[..., str]
"""`say(key, **values)` gives the sentence in the language it was made for."""


def read(path: Path) -> dict[str, dict[str, str]]:
    """All sentences by key. Raises ConfigError naming the key that lacks a language."""
    table: Mapping[str, Mapping[str, str]] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    for key, sentence in table.items():
        lacking = [language for language in LANGUAGES if not sentence.get(language)]
        if lacking:
            raise ConfigError(f"{path}: '{key}' has no text in: {', '.join(lacking)}.")
    return {
        key: {language: str(sentence[language]).strip() for language in LANGUAGES} for key, sentence in table.items()
    }


@cache
def _built_in() -> dict[str, dict[str, str]]:
    return read(PATH)


def speaker(language: str) -> Say:
    """The sentences in one language; a language nobody translated speaks English."""
    table = _built_in()
    spoken = language if language in LANGUAGES else "en"

    def say(key: str, **values: object) -> str:
        return table[key][spoken].format(**values)

    return say


def reason(stored: Mapping[str, Any], language: str) -> str:
    """A rule's reason as stored with the verdict (code, text, values), in the reader's language; a code that has no
    sentence here, or other places than the rule filled, is told in the rule's own English."""
    translated = _built_in().get(f"reason.{stored['code']}")
    if language == "en" or translated is None or language not in translated:
        return str(stored["text"])
    try:
        return translated[language].format(**(stored.get("values") or {}))
    except KeyError:
        return str(stored["text"])


def refusal(error: PointsmanError, language: str) -> str:
    """Why something was refused, for the person. Rules speak English and name a stable code at the start of `operator`;
    readers of another language get that code's own sentence, where there is one."""
    code = "unavailable" if isinstance(error, WorkUnavailable) else re.split(r"[:\s]", error.operator, maxsplit=1)[0]
    translated = _built_in().get(f"refused.{code}")
    return error.staff if language == "en" or translated is None else translated[language]
