"""A text as tokens: what is a number, phone, e-mail or id becomes a mask, the rest are folded words."""

from __future__ import annotations

import re

from bot.understanding.plain import fold, plain

_MASKS = re.compile(
    r"""
    (?P<email>[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4})
  | (?P<id>\b(?=[a-f]*\d)[0-9a-f]{24,64}\b)
  | (?P<phone>(?<![\w+])(?:\+?1[\s.-]?)?(?:\(\d{3}\)[\s.-]?|\d{3}[\s.-])?\d{3}[\s.-]\d{4}(?!\d)
        |(?<![\w+])\+?1?\d{10}(?!\d))
  | (?P<money>\$\s?\d[\d,.]*|\b\d[\d,.]*\s?(?:dollars?|bucks?|usd|dolares)\b)
  | (?P<percent>\b\d[\d.]*\s?(?:%|percent\b|por\ ciento\b))
  | (?P<time>\b\d{1,2}:\d\d(?:\s?[ap]m)?\b|\b\d{1,2}\s?[ap]m\b)
  | (?P<texting>\b(?:2day|2nite|2night|2moro|2morrow|2mrw|b4|gr8|l8|l8r|l8er|(?:any|every|evry|some|sum|sm)1)\b)
  | (?P<longid>(?<!\w)\#?\d{6,}(?!\w))
  | (?P<delta>(?<![\w.)-])[+-]\s?\d[\d,]*(?![\w.]))
  | (?P<decimal>(?<![\w.,])\d*\.\d{1,2}(?![\d.]))
  | (?P<few>(?<![\w.,])[2-5](?![\w.,%]\d|\w))
  | (?P<number>\d[\d,.]*)
  | (?P<word>[^\W\d_]+)
    """,
    re.VERBOSE,
)
_MASK_OF = {"longid": "<id>", "few": "two"}


def tokens(text: str) -> list[str]:
    """The tokens of the text in order: folded words, and masks in angle brackets ("<phone>", "<number>", ...).

    A bare 2 to 5 is read as the word "two": "2 profiles" is what "two profiles" is.
    Points are whole numbers, so "3.5" and "412.50" are a mask of their own.
    """
    out = []
    for found in _MASKS.finditer(fold(plain(text))):
        kind = str(found.lastgroup)
        out.append(found.group() if kind in ("word", "texting") else _MASK_OF.get(kind, f"<{kind}>"))
    return out
