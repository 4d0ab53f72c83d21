"""Slack's text as a person reads it: entities resolved, accents and case folded where asked."""

from __future__ import annotations

import html
import re
import unicodedata

MAX_LENGTH = 3_000
"""Characters beyond which a text is a pasted document, not a question; nothing past it is read."""

_ANGLED = re.compile(r"<([^<>|]{1,2000})(?:\|([^<>]{0,2000}))?>")
_EMOJI = re.compile(r"(?<![\w:]):[a-z][a-z0-9_+'-]{0,60}:(?::skin-tone-\d:)?(?!\w)|:\+1:|:-1:")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe0e\ufe0f]")
_DIGIT = re.compile(r"[^\D0-9]")
_APOSTROPHE = re.compile("['’‘`´]")


def _resolve(found: re.Match[str]) -> str:
    """One `<...>` of Slack's: mentions vanish, links leave what a reader sees."""
    target, label = found.group(1), found.group(2)
    if target.startswith("@"):
        return " "
    if target.startswith("#"):
        return f" {label or ''} "
    if target.startswith("!"):
        return f" {label or ''} " if target.startswith("!date") else " "
    scheme, _, rest = target.partition(":")
    if scheme == "mailto":
        return f" {rest} "
    if scheme == "tel":
        return f" {label or rest} "
    if scheme in ("http", "https"):
        return f" {label} " if label and "://" not in label else " "
    return found.group(0)


def plain(text: str) -> str:
    """The text without Slack's mark-up: mentions and emoji codes gone, links as their label, `&lt;` as `<`,
    digits of any script as 0-9.

    Only the first MAX_LENGTH characters are read. Letters keep their case and accents.
    """
    shown = _ANGLED.sub(_resolve, text[:MAX_LENGTH])
    shown = _EMOJI.sub(" ", html.unescape(shown))
    return _DIGIT.sub(_ascii_digit, _INVISIBLE.sub("", unicodedata.normalize("NFKC", shown)))


def _ascii_digit(found: re.Match[str]) -> str:
    return str(unicodedata.decimal(found.group()))


def fold(text: str) -> str:
    """Lower case, without accents and apostrophes: "¿Inscribió?" -> "¿inscribio?", "isn't" -> "isnt"."""
    decomposed = unicodedata.normalize("NFKD", _APOSTROPHE.sub("", text).casefold())
    if decomposed.isascii():
        return decomposed
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def word_set(words: str) -> frozenset[str]:
    """The blank-separated words, for lists of words that read better as a block."""
    return frozenset(words.split())
