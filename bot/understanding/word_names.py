"""First names that are words, too ("Will", "April", "Sol"): what must stand around one for it to be a person."""

from __future__ import annotations

import re

from bot.understanding.found import just_before
from bot.understanding.plain import word_set

MONTHS = word_set("april may june august abril mayo junio julio")
WORD_NAMES = MONTHS | word_set("""
    will mark grace hope art bill chase faith joy summer autumn ruby jade ivy daisy lily iris violet
    ginger sage dean grant chance guy pat sue drew skip gene earl duke rex miles chip cliff glen reed clay wade
    sky star penny sandy brook brooke melody charity destiny trinity
    sol flor luz paz cruz mar dolores soledad consuelo esperanza socorro pilar rocio nieves blanca perla estrella luna
""")
NEVER_ALONE = word_set("will may bill guy star skip chip reed mar cruz")
"""In small letters a verb after these says nothing: "bill says 90"."""
_VERBS_AFTER = word_set("""
    says said claims swears wants thinks insists told asked bought came called jura dice quiere compro vino
""")
_OWNED = word_set("account profile app wallet phone number email points balance cuenta perfil")
_BRINGS_ALONE = word_set("customer cust client cliente clienta guest member named name title to")
_OWNS_POINTS = re.compile(
    r"[ ](?:has|had|got|tiene|ten[ií]a)[ ](?:only[ ]|solo[ ])?[\d,.]{1,7}k?[ ]?(?:points?|pts|puntos|ptos)\b"
    r"(?![ ](?:bonus|promo|reward|off|per|for|each))",
    re.IGNORECASE,
)
_WORD_AFTER = re.compile(r"[ ]{1,3}([^\W\d_]+)")
_OPENS = re.compile(r"(?:^|[.!?,;:\n(]|\b(?:and|but|so|hey|hi|ok|y|pero))\s*$", re.IGNORECASE)
_SENTENCE = re.compile(r"(?:^|[.!?\n])\s*$")
_POSSESSIVE = re.compile(r"['’]s$")


def is_person(text: str, start: int, end: int, *, word: str, brought: str, shouts: bool) -> bool:
    """Whether the word at text[start:end] is a first name standing alone.

    word: it, folded, without "'s". brought: the word that brings it in, "title" or "to" where one surely does; empty
    where there is none. shouts: whether its capital says something.
    """
    following = _WORD_AFTER.match(text, end)
    after = following.group(1).lower() if following else ""
    inside = shouts and not begins_a_sentence(text, start)
    if _POSSESSIVE.search(text[start:end]):
        return after in _OWNED and not (word in MONTHS and after in ("points", "balance"))
    if brought:
        return inside and (brought in _BRINGS_ALONE or word not in MONTHS)
    owns = (shouts or word not in NEVER_ALONE) and _OWNS_POINTS.match(text, end)
    if owns and _OPENS.search(just_before(text, start)):
        return True  # "May has 500 points"
    if after in _VERBS_AFTER and _OPENS.search(just_before(text, start)):
        return word not in NEVER_ALONE or (shouts and after in ("says", "said", "dice", "bought", "claims"))
    return False


def speaks(text: str, end: int) -> bool:
    """Whether a verb that only people go with comes right after this place: "June Park says"."""
    following = _WORD_AFTER.match(text, end)
    return following is not None and following.group(1).lower() in _VERBS_AFTER


def begins_a_sentence(text: str, at: int) -> bool:
    """Whether a sentence begins there, so that a capital says nothing."""
    return _SENTENCE.search(just_before(text, at)) is not None
