"""Numbers as thumbs set them ("app/pos 500/200", "500 -> 200", "cust: 500"), put into words that the rules read."""

from __future__ import annotations

import re

from bot.understanding.amount_words import CLAIM_THINGS, CLAIM_VERBS, OBSERVE_THINGS, OBSERVE_VERBS
from bot.understanding.found import just_before

_NUMBER = r"(?:\d{1,3}(?:,\d{3}){1,2}|\d{1,3}(?:\.\d)?k\b|\d{1,6})"
_POINTS = r"(?:[ ]?(?:points?|pts?|puntos|ptos))?"
_THING = rf"(?:{'|'.join(sorted(CLAIM_THINGS | OBSERVE_THINGS, key=lambda word: (-len(word), word)))})"
_ARROW = r"(?:/|→|➡|-{1,2}>|=>|>)"
_AGAINST = rf"[ ]*(?:{_ARROW}|\bvs?\b\.?|\bversus\b|\bcontra\b)[ ]*"
_BESIDE = rf"(?:{_AGAINST}|[ ]*(?:,|-|\band\b|\by\b)[ ]*)"
_ALONE = r"(?<![\w.,/$#-])"
_ENDS = r"(?![\w%/]|[.,]\d)"

_NAMES_FIRST = re.compile(
    rf"\b(?P<left>{_THING}){_BESIDE}(?P<right>{_THING})[ ]*[:=]?[ ]*"
    rf"(?P<one>{_NUMBER}){_POINTS}{_BESIDE}(?P<other>{_NUMBER}){_ENDS}",
    re.IGNORECASE,
)
_NUMBERS_FIRST = re.compile(
    rf"{_ALONE}(?P<one>{_NUMBER}){_POINTS}{_BESIDE}(?P<other>{_NUMBER}){_POINTS}[ ]*[(]?"
    rf"(?P<left>{_THING}){_BESIDE}(?P<right>{_THING})\b",
    re.IGNORECASE,
)
_THINGS_AFTER = re.compile(
    rf"{_ALONE}(?P<one>{_NUMBER}){_POINTS}[ ](?P<left>{_THING})[ ]*(?:,|/|-|\band\b|\bbut\b|\by\b|\bpero\b)?[ ]*"
    rf"(?P<other>{_NUMBER}){_POINTS}[ ](?P<right>{_THING})\b(?![ ]*[:=]?[ ]*\d)",
    re.IGNORECASE,
)
_THING_BEFORE = re.compile(rf"\b{_THING}[ :=]*$", re.IGNORECASE)
_IN_BRACKETS = re.compile(rf"{_ALONE}(?P<one>{_NUMBER}){_POINTS}[ ]*[(](?P<left>{_THING})[)]", re.IGNORECASE)
_GLUED = re.compile(rf"{_ALONE}(?P<one>\d{{2,6}})(?P<left>{_THING})\b", re.IGNORECASE)
_PAIR = re.compile(rf"{_ALONE}(?P<one>{_NUMBER}){_POINTS}[ ]*{_ARROW}[ ]*(?P<other>{_NUMBER}){_ENDS}")
_VERSUS = re.compile(rf"{_ALONE}(?P<one>{_NUMBER}){_POINTS}[ ]+v[ ]+(?P<other>{_NUMBER}){_ENDS}", re.IGNORECASE)
_MOVED = re.compile(
    rf"\b(?:went|dropped|fell|jumped|changed|bajo|bajaron|paso|pasaron)[ ](?:down[ ]|up[ ])?(?:from|de)[ ]"
    rf"(?P<one>{_NUMBER}){_POINTS}[ ](?:to|a)[ ](?:only[ ]|just[ ])?(?P<other>{_NUMBER}){_ENDS}",
    re.IGNORECASE,
)
_BECAME = re.compile(
    rf"{_ALONE}(?P<one>{_NUMBER}){_POINTS}[ ](?:became|turned (?:into|to)|down to|se (?:volvieron|hicieron))[ ]"
    rf"(?:only[ ]|just[ ])?(?P<other>{_NUMBER}){_ENDS}",
    re.IGNORECASE,
)
_EXPECTED = re.compile(
    rf"{_ALONE}(?P<one>{_NUMBER}){_POINTS}[ ](?P<left>expected|esperad[oa]s)\b"
    rf"(?=[ ]*(?:[,.;(]|$|(?:but|and|only|pero|y|solo)\b|{_NUMBER}{_POINTS}[ ](?:show|in|on|at|here|en|aqui|aca)))"
    r"(?![^.;]{0,60}\b(?:received|posted|earned|credited|recibi))",
    re.IGNORECASE,
)
_LARGEST_OF_A_DATE = 31
_BOTH = re.compile(rf"\b(?P<left>{_THING})/(?P<right>{_THING})\b", re.IGNORECASE)
_LABELLED = re.compile(rf"\b(?P<left>{_THING})[-=:](?=\d)", re.IGNORECASE)
_SAYS = "|".join(sorted(word for word in CLAIM_VERBS | OBSERVE_VERBS | OBSERVE_THINGS if len(word) >= 3))
_SAYS_GLUED = re.compile(rf"\b(?P<left>{_SAYS}|app)(?=\d{{2,6}}\b)", re.IGNORECASE)
_SAID = re.compile(r"\b(?:cust|customer|client|clienta?|cliente|guest)[ ]*[:=][ ]*(?=\d)", re.IGNORECASE)
_QUOTED = re.compile(
    r"\b(?:(?:customer|cust|client|clienta?|cliente|guest|she|he|they|ella|el)[ ]*:[ ]*[\"“”']?"
    r"|(?:customer|cust|client|clienta?|cliente|guest|she|he|they|ella)[ ](?:goes|says|said|is like|was like|dice)[,:]?"
    r"[ ]?[\"“”'])[^\"“”'\d.;]{0,24}\b(?:i|yo)?[ ]?(?:have|had|got|see|tengo|tenia|veo)[ ](?=\d)",
    re.IGNORECASE,
)
"""What the customer says in so many words: "she goes “no, i have 1150”"."""
_ME = re.compile(r"\bme[ ]*:[ ]*", re.IGNORECASE)
_POSSESSIVE = re.compile(r"(?<=[a-z])['’]s(?=[ ](?:only[ ])?\d)", re.IGNORECASE)
_USED_TO = re.compile(r"\bused to (?:be|have|show|say)\b|\bsol[ií]a tener\b", re.IGNORECASE)
_PLUS = re.compile(r"(?<!\S)\+ (?=\d)")


def spelled_out(text: str) -> str:
    """The text with such short forms in words.

    Two numbers with the names of the register and of the app in the same order get each its name; two numbers that are
    only set against each other become "500 vs 200", which says that they are points and not whose. Dates ("10/12"),
    halves ("50/50") and the like stay.
    """
    text = _POSSESSIVE.sub("", _ME.sub("we see ", _QUOTED.sub("customer says ", text)))
    text = _PLUS.sub("+", _USED_TO.sub("had", _SAID.sub("customer says ", text)))
    text = _EXPECTED.sub(r"expected \g<one>,", text)
    text = _SAYS_GLUED.sub(r"\g<left> ", text)
    text = _NAMES_FIRST.sub(_each_its_name, text)
    text = _NUMBERS_FIRST.sub(_each_its_name, text)
    text = _THINGS_AFTER.sub(_each_before, text)
    text = _GLUED.sub(r"\g<left> \g<one>, ", _IN_BRACKETS.sub(r"\g<left> \g<one>, ", text))
    text = _BOTH.sub(r"\g<left> and \g<right>", _LABELLED.sub(r"\g<left> ", text))
    for form in (_MOVED, _BECAME, _PAIR, _VERSUS):
        text = form.sub(_set_against, text)
    return text


def _each_its_name(found: re.Match[str]) -> str:
    sides = {found["left"].lower() in CLAIM_THINGS, found["right"].lower() in CLAIM_THINGS}
    if len(sides) == 1:
        return found.group()
    return f"{found['left']} {found['one']}, {found['right']} {found['other']}, "


def _each_before(found: re.Match[str]) -> str:
    """ "500 app 50 pos", where no thing stands before that the first number may belong to."""
    return found.group() if _THING_BEFORE.search(just_before(found.string, found.start())) else _each_its_name(found)


def _set_against(found: re.Match[str]) -> str:
    one, other = found["one"].replace(",", ""), found["other"].replace(",", "")
    dated = one == other or ((one + other).isdigit() and max(int(one), int(other)) <= _LARGEST_OF_A_DATE)
    return found.group() if dated else f"{found['one']} vs {found['other']}"
