"""Sentences for people, as data: which one, and what stands in it. Said in the reader's language, as late as possible.

Our own sentences stand in `playbooks/strings.yml`, one key, both languages. What a connector says of its vendor stands
in the connector, in English; `playbooks/vendors.yml` has the same sentences in Spanish.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from bot.yaml_file import read_yaml

LANGUAGES = ("en", "es")
_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
}
PLAYBOOKS = Path(__file__).resolve().parents[1] / "playbooks"
PATH = PLAYBOOKS / "strings.yml"
VENDORS = PLAYBOOKS / "vendors.yml"


def read(path: Path) -> dict[str, dict[str, str]]:
    """All sentences by key. Raises ValueError naming the key that lacks a language: a mistake of ours."""
    table: Mapping[str, Mapping[str, str]] = read_yaml(path)
    for key, sentence in table.items():
        lacking = [language for language in LANGUAGES if not sentence.get(language)]
        if lacking:
            raise ValueError(f"{path}: '{key}' has no text in: {', '.join(lacking)}.")
    return {
        key: {language: str(sentence[language]).strip() for language in LANGUAGES} for key, sentence in table.items()
    }


@cache
def built_in() -> dict[str, dict[str, str]]:
    """Our own sentences, read once."""
    return read(PATH)


@cache
def vendors() -> dict[str, str]:
    """The connectors' sentences in Spanish, by the English one, read once."""
    rows: list[Mapping[str, str]] = read_yaml(VENDORS)
    return {row["en"].strip(): row["es"].strip() for row in rows}


def said_day(day: date, language: str) -> str:
    """`Nov 3`, or `3 nov`; a date-time counts in its own zone."""
    month = _MONTHS["es" if language == "es" else "en"][day.month - 1]
    return f"{day.day} {month}" if language == "es" else f"{month} {day.day}"


class _Places(dict[str, str]):
    """What stands in a sentence; a place that nobody filled shows a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


class Words(BaseModel):
    """One sentence or phrase. Values are masked already, and not escaped; a value may be `Words` itself.

    kind: "key", of strings.yml; "vendor", a connector's sentence with `str.format` places; "raw", as a person typed it;
    "day", an ISO date; "known", an English sentence that was made elsewhere, and the key (`also`) that other languages
    have for its like.
    """

    model_config = ConfigDict(frozen=True)
    kind: Literal["key", "vendor", "raw", "day", "known"]
    text: str
    also: str = ""
    values: dict[str, str | Words] = {}

    @classmethod
    def of(cls, key: str, /, **values: str | Words) -> Words:
        """The sentence of this key of strings.yml."""
        return cls(kind="key", text=key, values=values)

    @classmethod
    def vendor(cls, sentence: str, /, **values: str | Words) -> Words:
        """What a connector says; places that `values` does not fill show a dash."""
        return cls(kind="vendor", text=sentence, values=dict(values))

    @classmethod
    def raw(cls, text: str, /) -> Words:
        """The same in every language."""
        return cls(kind="raw", text=text)

    @classmethod
    def day(cls, iso: str, /) -> Words:
        """A date of an ISO text (what follows the date is not read); a text that is none stays as it is."""
        try:
            return cls(kind="day", text=date.fromisoformat(iso[:10]).isoformat())
        except ValueError:
            return cls.raw(iso)

    @classmethod
    def known(cls, english: str, also: str, /, **values: str) -> Words:
        """In English this very sentence; in other languages that of the key `also`, where there is one."""
        return cls(kind="known", text=english, also=also, values=dict(values))

    def said(self, language: str) -> str:
        """In this language; one that nobody translated is English. Raises KeyError for a key that does not exist."""
        if self.kind == "raw":
            return self.text
        if self.kind == "day":
            return said_day(date.fromisoformat(self.text), language)
        spoken = language if language in LANGUAGES else "en"
        if self.kind == "known" and (spoken == "en" or self.also not in built_in()):
            return self.text
        values = _Places({k: v if isinstance(v, str) else v.said(language) for k, v in self.values.items()})
        if self.kind in ("key", "known"):
            return built_in()[self.also or self.text][spoken].format_map(values)
        return (vendors().get(self.text, self.text) if spoken == "es" else self.text).format_map(values)

    def __str__(self) -> str:
        return self.said("en")


def sentences(stored: Any) -> tuple[Words, ...]:
    """Words as they were stored in JSON."""
    return tuple(Words.model_validate(one) for one in stored or ())
