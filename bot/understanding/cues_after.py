"""What the words after a number say of it: "500 in the app", "200 here"."""

from __future__ import annotations

from bot.understanding.amount_tokens import Tokens
from bot.understanding.amount_words import (
    CLAIM_PEOPLE,
    CLAIM_THINGS,
    CLAIM_VERBS,
    HAVE,
    HERE,
    OBSERVE_PEOPLE,
    OBSERVE_THINGS,
    OBSERVE_VERBS,
    POINTS,
    PREPOSITIONS,
    SMALL_WORDS,
)
from bot.understanding.cues import Cues, Role
from bot.understanding.plain import word_set

_COUNTERS = word_set("counter mostrador")
_COMES_UP = word_set("comes come pops up shown displayed showing")
_WHOSE: dict[str, Role] = {"mine": "observed", "ours": "observed", "hers": "claimed", "theirs": "claimed"}
_THEN = word_set("and but now y pero ahora ahorita")
_EARLIER = word_set("before antes")
_IS = word_set("is its it es son")
_IS_WHAT = {("is", "what"), ("thats", "what"), ("es", "lo"), ("was", "what"), ("being", "what")}
_AS = word_set("like as segun como")
_NOT = word_set("not no")
_HIM = word_set("him her them")
_US = word_set("us nosotros")


class CuesAfter:
    """The cues behind the numbers of one text."""

    def __init__(self, tokens: Tokens, cues: Cues) -> None:
        self.tokens = tokens
        self.word = tokens.word
        self.cues = cues

    def after(self, at: int, end: int) -> tuple[Role | None, int]:
        """The role that "in the app" or "here" gives the number before it, and the place where that ends."""
        place = at + 1
        if self.word(place) in POINTS:
            place += 1
        if self.tokens.closes(place - 1) and self._leads_on(place, end):
            return None, at
        while self.word(place) in _COMES_UP and not self.tokens.closes(place - 1):
            place += 1
        if self.word(place) in _EARLIER and (self.tokens.closes(place) or self.word(place + 1) in _THEN):
            return "claimed", place
        if self.word(place) in HERE and self._begins(place, end):
            return None, at
        if self.word(place) in HERE | {"online"} and self._closes(place, end):
            return ("claimed" if self.word(place) == "online" else "observed"), place
        told = self._told_by(at, place, end)
        if told is not None:
            return told
        if self.word(place) not in PREPOSITIONS:
            return None, at
        place += 1
        while self.word(place) in SMALL_WORDS:
            place += 1
        role = self._shown_by(place) if place < end and self._closes(place, end) else None
        return role, place if role else at

    def _told_by(self, at: int, place: int, end: int) -> tuple[Role | None, int] | None:
        """ "230 is what i have", "800 like the app claims", "250 according to him": the role, and where that ends."""
        words = tuple(self.word(place + step) for step in range(2))
        if words in _IS_WHAT or words == ("according", "to"):
            place += 2
        elif words[0] in _AS and not (self.tokens.closes(place - 1) and end < len(self.tokens)):
            place += 1
        else:
            return None
        if words in _IS_WHAT and self.word(at - 1) in _NOT:
            return None  # "400 and not 40 is what she should have"
        while self.word(place) in SMALL_WORDS:
            place += 1
        word = self.word(place)
        role: Role | None = None
        if word in CLAIM_THINGS | CLAIM_PEOPLE | _HIM:
            role = "claimed"
        elif word in OBSERVE_THINGS | OBSERVE_PEOPLE | _US:
            role = "observed"
        if role is None or place >= end:
            return None
        while place + 1 < end and self.word(place + 1) in CLAIM_VERBS | OBSERVE_VERBS | HAVE:
            place += 1
        return role, place

    def _shown_by(self, at: int) -> Role | None:
        """Which side shows what is said to be "in" or "on" the thing there."""
        word = self.word(at)
        if word == "phone" and self.word(at + 1) == "number":
            return None
        if word in CLAIM_THINGS:
            return "claimed"
        return "observed" if word in _COUNTERS or word in OBSERVE_THINGS else _WHOSE.get(word) or self.cues.side(at)

    def _leads_on(self, place: int, end: int) -> bool:
        """Whether the words there lead right to the next number: "3k points, here 300", "80, en la app 800"."""
        while place < end and self.word(place) in PREPOSITIONS | SMALL_WORDS:
            place += 1
        return place + 1 == end < len(self.tokens)

    def _begins(self, at: int, end: int) -> bool:
        """Whether "here" begins what is said of the next number: "she has 1,100 here its 110"."""
        if self.tokens.closes(at) or end >= len(self.tokens):
            return False
        follows = self.word(at + 1) in _IS | OBSERVE_PEOPLE or self.tokens.closes(at - 1)
        return follows and self.cues.leads(at, end)

    def _closes(self, place: int, end: int) -> bool:
        """Whether the thing there belongs to the number before: no verb follows that gives it to the next one."""
        following = self.word(place + 1)
        told = CLAIM_VERBS | OBSERVE_VERBS - {"only", "solo", "now", "ahora"}
        return place < end and (self.tokens.closes(place) or following not in told)
