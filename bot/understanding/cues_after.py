"""What the words after a number say of it: "500 in the app", "200 here"."""

from __future__ import annotations

from bot.understanding.amount_tokens import Tokens
from bot.understanding.amount_words import (
    CLAIM_THINGS,
    CLAIM_VERBS,
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

_COMES_UP = word_set("comes come pops up shown displayed showing")
_WHOSE: dict[str, Role] = {"mine": "observed", "ours": "observed", "hers": "claimed", "theirs": "claimed"}
_THEN = word_set("and but now y pero ahora ahorita")
_EARLIER = word_set("before antes")
_IS = word_set("is its it es son")


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
        if self.word(place) not in PREPOSITIONS:
            return None, at
        place += 1
        while self.word(place) in SMALL_WORDS:
            place += 1
        role = self._shown_by(place) if place < end and self._closes(place, end) else None
        return role, place if role else at

    def _shown_by(self, at: int) -> Role | None:
        """Which side shows what is said to be "in" or "on" the thing there."""
        word = self.word(at)
        if word == "phone" and self.word(at + 1) == "number":
            return None
        if word in CLAIM_THINGS:
            return "claimed"
        return "observed" if word in OBSERVE_THINGS else _WHOSE.get(word) or self.cues.side(at)

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
