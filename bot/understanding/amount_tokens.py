"""A text cut into numbers, words and stops, for the rules that read points."""

from __future__ import annotations

import re

from bot.understanding.amount_words import FEW_OF, MANY_THANKS, POINTS, UNITS
from bot.understanding.number_words import TIMES, number_words, small
from bot.understanding.plain import fold, word_set

_TOKEN = re.compile(
    r"""
    (?P<money>\$\s?\d[\d,.]*)
  | (?P<signed>(?<![^\s(:=,;/>*])(?<!\d[,/])[+−-](?!0\d)
        (?:\d{1,3}(?:,\d{3})+(?![\w%.,]\d?)|\d{1,6}(?![\w%]|[.,:/\s]\d)))
  | (?P<apart>(?<![\w.,/#$+−-])\d[ ]\d{3}(?![\w%]|[.,:/-]\d))
  | (?P<number>(?<![\w.,/#$+−-])(?<!\d:)
        (?:\d{1,3}(?:,\d{3})+
          |\d{1,3}(?:\.\d{3})+(?=\s?(?:points?|pts?|puntos|ptos)\b)
          |\d{1,3}(?:\.\d)?k\b
          |\d{1,6})
        (?![\w%]|[.,:/-]\d))
  | (?P<word>[^\W\d_]+)
  | (?P<stop>[.;?!\n¦|])
  | (?P<pause>[,&()…—]|[ ][-–][ ])
  | (?P<other>[\d][\w.,:/%-]*)
    """,
    re.VERBOSE,
)

_GLUED = re.compile(r"(\d)(?=(?:pts?|points?|puntos|ptos)\b)")


_LARGEST_FEW = 20
_MORE = word_set("more mas other new")


class Tokens:
    """A text cut into numbers, words and stops: `kinds` and `written` have one entry each."""

    def __init__(self, text: str) -> None:
        found: list[tuple[str, str]] = []
        self._closed: set[int] = set()
        for one in _TOKEN.finditer(_GLUED.sub(r"\1 ", fold(text))):
            if one.lastgroup != "pause":
                # "1 200" may be one number or two: it is neither.
                found.append(("other" if one.lastgroup == "apart" else str(one.lastgroup), one.group()))
            elif found and found[-1][0] != "pause":
                found.append(("pause", ""))
        kept = _with_numbers([kind for kind, _ in found], [written for _, written in found])
        self.kinds: list[str] = []
        self.written: list[str] = []
        for kind, written in zip(*kept, strict=True):
            if kind == "pause":
                self._closed.add(len(self.kinds) - 1)
            else:
                self.kinds.append(kind)
                self.written.append(written)

    def __len__(self) -> int:
        return len(self.kinds)

    def word(self, at: int) -> str:
        """The word at this place; empty where there is something else, or nothing."""
        return self.written[at] if 0 <= at < len(self.kinds) and self.kinds[at] == "word" else ""

    def is_number(self, at: int) -> bool:
        """Whether a number without a sign is there."""
        return 0 <= at < len(self.kinds) and self.kinds[at] in ("number", "other")

    def closes(self, at: int) -> bool:
        """Whether a comma, a bracket or the like stands right after this place."""
        return at in self._closed

    def beside(self, at: int) -> str:
        """The word right after this place, with no comma or bracket between; empty where there is none."""
        return "" if at in self._closed else self.word(at + 1)

    def value(self, at: int) -> int:
        """The number at this place without its sign: "1,200", "1.200" and "1.2k" are 1200."""
        written = self.written[at].lstrip("+-−")
        if written.endswith("k"):
            return round(float(written[:-1]) * 1000)
        return int(written.replace(",", "").replace(".", ""))

    def counts_something(self, at: int) -> bool:
        """Whether the number there is so many days, dollars or profiles."""
        after, value = self.beside(at), self.value(at)
        if after in _MORE:
            after = self.beside(at + 1)
        return (
            after in UNITS
            or (after in FEW_OF and (value <= _LARGEST_FEW or self.word(at + 2) in UNITS))
            or (after in MANY_THANKS and value > 0 and value % 1_000 == 0)
        )


def _with_numbers(kinds: list[str], written: list[str]) -> tuple[list[str], list[str]]:
    """The same tokens with numbers in words put in digits; words of numbers that are no clear number become "other"."""
    words = [word if kind == "word" else "" for kind, word in zip(kinds, written, strict=True)]
    out: list[tuple[str, str]] = []
    at = 0
    while at < len(words):
        value, length = number_words(words, at) if words[at] else _multiplied(kinds, written, at)
        after = words[at + length] if at + length < len(words) else ""
        if not length or (small(words, at, length) and after not in POINTS):
            length = 1
            out.append((kinds[at], written[at]))
        else:
            out.append(("other", " ".join(written[at : at + length])) if value is None else ("number", str(value)))
        at += length
    return [kind for kind, _ in out], [text for _, text in out]


def _multiplied(kinds: list[str], written: list[str], at: int) -> tuple[int | None, int]:
    """ "5 hundred", "2 mil": (value, 2); (None, 0) for what is no such number."""
    times = TIMES.get(written[at + 1]) if at + 1 < len(written) else None
    if times is None or kinds[at] != "number" or not written[at].isdigit() or len(written[at]) > 2:
        return None, 0
    return int(written[at]) * times, 2
