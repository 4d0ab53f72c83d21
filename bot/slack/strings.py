"""The staff-facing words that are not playbooks, spoken in one language. The sentences themselves: `bot.words`.

Sentences are `str.format` templates; the caller passes values already escaped for the place they go to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.errors import PointsmanError, WorkUnavailable
from bot.words import LANGUAGES, PATH, Words, built_in, read

__all__ = ["LANGUAGES", "PATH", "Say", "read", "reason", "refusal", "speaker"]


class Say:
    """`say(key, **values)` gives our sentence, `say.words(…)` one that comes as data, in one language."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else "en"

    def __call__(self, key: str, /, **values: object) -> str:
        return built_in()[key][self.language].format(**values)

    def words(self, words: Words) -> str:
        """Not escaped."""
        return words.said(self.language)


def speaker(language: str) -> Say:
    """The sentences in one language; a language nobody translated speaks English."""
    return Say(language)


def reason(stored: Mapping[str, Any], language: str) -> str:
    """A rule's reason as stored with the verdict (code, text, values), in the reader's language; a code that has no
    sentence here, or other places than the rule filled, is told in the rule's own English."""
    translated = built_in().get(f"reason.{stored['code']}")
    if language == "en" or translated is None or language not in translated:
        return str(stored["text"])
    try:
        return translated[language].format(**(stored.get("values") or {}))
    except KeyError:
        return str(stored["text"])


def refusal(error: PointsmanError, language: str) -> str:
    """Why something was refused, for the person. What comes as words is said in their language. Rules speak English and
    name a stable code at the start of `operator`; readers of another language get that code's own sentence, where there
    is one."""
    if error.words is not None:
        return error.words.said(language)
    code = "unavailable" if isinstance(error, WorkUnavailable) else re.split(r"[:\s]", error.operator, maxsplit=1)[0]
    return Words.known(error.staff, f"refused.{code}").said(language)
