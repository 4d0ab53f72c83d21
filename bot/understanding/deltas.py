"""Points that a text asks to add or to take off."""

from __future__ import annotations

from bot.understanding.amount_words import (
    ADD,
    ADDED,
    AFTER_DELTA,
    AWAY,
    GIVE_BACK,
    INSIDE,
    LARGEST,
    POINTS,
    REFUSED,
    REMOVED,
    SHOWN,
    TAKE,
    UNITS,
    WANTS,
    WHOM,
    Tokens,
)


def deltas(tokens: Tokens) -> dict[int, int]:
    """Place of a number -> signed points, for what the text asks to add or to take off."""
    out: dict[int, int] = {}
    for at, kind in enumerate(tokens.kinds):
        if kind == "signed" and tokens.word(at + 1) not in UNITS and tokens.word(at - 1) not in SHOWN:
            value = tokens.value(at)
            out[at] = value if tokens.written[at][0] == "+" else -value
        elif kind == "number" and tokens.word(at + 1) not in UNITS and (sign := _asked(tokens, at)):
            out[at] = sign * tokens.value(at)
    return {at: value for at, value in out.items() if value and abs(value) <= LARGEST}


def _asked(tokens: Tokens, at: int) -> int:
    """1 to add, -1 to take off, 0 where nothing is asked of the number there."""
    after = tokens.word(at + 1)
    if wanted := _wanted(tokens, at):
        return wanted
    if after and after not in AFTER_DELTA:
        return 0
    back = at - 1
    away = False
    within = tokens.word(back)
    back -= within in INSIDE.values()
    while tokens.word(back) in WHOM or tokens.word(back) in AWAY:
        away = away or tokens.word(back) in AWAY
        back -= 1
    verb = tokens.word(back)
    if tokens.word(back - 1) in REFUSED or (within in INSIDE.values() and INSIDE.get(verb) != within):
        return 0
    if verb in ADD and after == "off":
        return 0  # "give 50 off" is a discount
    if verb in ADD or (verb in GIVE_BACK and after in POINTS):
        return 1
    if verb in TAKE:
        return 0 if tokens.word(back - 1) in SHOWN else -1
    if verb in ("take", "knock"):
        following = [tokens.word(at + step) for step in (1, 2)]
        gone = away or any(word in AWAY or word == "from" for word in following)
        return -1 if gone else 0
    return 0


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
