"""Points that a text asks to add or to take off."""

from __future__ import annotations

from bot.understanding.amount_tokens import Tokens
from bot.understanding.amount_words import (
    ADD,
    ADDED,
    AFTER_DELTA,
    AWAY,
    CLAIM_THINGS,
    GIVE_BACK,
    INSIDE,
    LARGEST,
    OBSERVE_THINGS,
    POINTS,
    PREPOSITIONS,
    PRICES,
    REFUSED,
    REMOVED,
    SHOWN,
    SMALL_WORDS,
    TAKE,
    WANTS,
    WHOM,
)
from bot.understanding.plain import word_set

_OFF_BY = {("off", "by"), ("short", "by"), ("down", "by"), ("wrong", "by")}
_SPOKEN_OF = word_set("the a that this el la un ese este reverse undo cancel why")
"""Before a number with a sign: one that is there already ("reverse the -100")."""
_CLITICS = word_set("le les se me lo")
_WHO = word_set("you they we i he she it anyone anybody someone somebody")
_DID = word_set("did didnt")
"""Before who does it: a question about what is done already."""


def deltas(tokens: Tokens) -> dict[int, int]:
    """Place of a number -> signed points, for what the text asks to add or to take off."""
    out: dict[int, int] = {}
    for at, kind in enumerate(tokens.kinds):
        if kind not in ("signed", "number") or tokens.counts_something(at):
            continue
        if kind == "signed" and tokens.word(at - 1) in _SPOKEN_OF:
            continue
        if kind == "signed" and tokens.written[at][0] != "+" and _is_on_a_screen(tokens, at):
            continue
        if (
            kind == "signed"
            and tokens.word(at - 1) not in SHOWN
            and (tokens.word(at - 2), tokens.word(at - 1)) not in _OFF_BY
        ):
            value = tokens.value(at)
            out[at] = value if tokens.written[at][0] == "+" else -value
        elif kind == "number" and (sign := _asked(tokens, at)):
            out[at] = sign * tokens.value(at)
    return {at: value for at, value in out.items() if value and abs(value) <= LARGEST}


def _is_on_a_screen(tokens: Tokens, at: int) -> bool:
    """ "-30 in the pos": a balance below zero."""
    place = at + 2 if tokens.beside(at) in POINTS else at + 1
    if tokens.word(place) not in PREPOSITIONS:
        return False
    while tokens.word(place) in PREPOSITIONS | SMALL_WORDS:
        place += 1
    return tokens.word(place) in CLAIM_THINGS | OBSERVE_THINGS


def _asked(tokens: Tokens, at: int) -> int:
    """1 to add, -1 to take off, 0 where nothing is asked of the number there."""
    after = tokens.beside(at)
    if wanted := _wanted(tokens, at):
        return wanted
    if after and after not in AFTER_DELTA | ADD | TAKE:
        return 0
    back = at - 1
    away = False
    within = tokens.word(back)
    back -= within in INSIDE.values()
    while tokens.word(back) in WHOM or tokens.word(back) in AWAY:
        away = away or tokens.word(back) in AWAY
        back -= 1
    verb = tokens.word(back)
    before = back - 1
    while tokens.word(before) in _CLITICS:
        before -= 1
    past = tokens.word(back - 1) in _WHO and tokens.word(back - 2) in _DID
    if past or tokens.word(before) in REFUSED or (within in INSIDE.values() and INSIDE.get(verb) != within):
        return 0
    if verb in ADD and "off" in (after, tokens.word(at + 2) if after in POINTS else ""):
        return 0  # "give 50 off" is a discount
    if verb in ADD or (verb in GIVE_BACK and after in POINTS):
        return 1
    if verb in TAKE:
        return 0 if tokens.word(back - 1) in SHOWN else -1
    if verb in ("take", "knock"):
        following = [tokens.word(at + step) for step in (1, 2)]
        gone = away or any(word in AWAY or word == "from" for word in following)
        return -1 if gone and not _from_a_price(tokens, at) else 0
    return 0


def _from_a_price(tokens: Tokens, at: int) -> bool:
    """ "take 20 off the price": money."""
    place = at + 1
    while tokens.word(place) in AWAY | WHOM | {"from", "of"}:
        place += 1
    return place > at + 1 and tokens.word(place) in PRICES


def _wanted(tokens: Tokens, at: int) -> int:
    """ "needs 50 points added", "50 points need to be added": the verb comes after."""
    step = at + (2 if tokens.word(at + 1) in POINTS else 1)
    wanted = not WANTS.isdisjoint((tokens.word(at - 1), tokens.word(at - 2)))
    if not wanted and tokens.word(step) in WANTS | {"should", "must"}:
        wanted = True
        step += 1
    while tokens.word(step) in ("to", "be", "get"):
        step += 1
    if not wanted:
        return 0
    return 1 if tokens.word(step) in ADDED else -1 if tokens.word(step) in REMOVED else 0
