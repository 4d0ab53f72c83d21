"""Which language to answer in."""

from __future__ import annotations

import re
from typing import Literal

from bot.understanding.plain import fold, plain
from bot.understanding.vocabulary import built_in_vocabulary

_WORD = re.compile(r"[^\W\d_]+")
_SPANISH_LETTERS = re.compile("[ñ¿¡]", re.IGNORECASE)


def language_of(text: str) -> Literal["en", "es"]:
    """The language that more of the text's words speak; English where nothing tells.

    Words of both languages ("a", "me", "no") tell nothing, nor do people's names.
    """
    shown = plain(text)
    common = built_in_vocabulary().never_repair
    english, spanish = common.get("en", frozenset()), common.get("es", frozenset())
    words = _WORD.findall(fold(shown))
    told_english = sum(word in english and word not in spanish for word in words)
    told_spanish = sum(word in spanish and word not in english for word in words)
    return "es" if told_spanish + bool(_SPANISH_LETTERS.search(shown)) > told_english else "en"
