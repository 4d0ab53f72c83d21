"""What the words around a number say of it: that the customer claims it, or that the register shows it."""

from __future__ import annotations

from typing import Literal

from bot.understanding.amount_tokens import Tokens
from bot.understanding.amount_words import (
    BILLS,
    CLAIM_FIXED,
    CLAIM_PEOPLE,
    CLAIM_THINGS,
    CLAIM_VERBS,
    HAVE,
    NUMBERED,
    OBSERVE_PEOPLE,
    OBSERVE_THINGS,
    OBSERVE_VERBS,
    OUR,
    PAST,
    POINTS,
    PREPOSITIONS,
    SIDES,
    SIGNS,
    SMALL_WORDS,
    STORE,
    THEIR,
)
from bot.understanding.plain import word_set

Role = Literal["claimed", "observed"]

_THEIRS = word_set("hers theirs")
_OF_THEM = word_set("her his their customers custs clients guests")
_SCREENS = word_set("screen pantalla")
_TOGETHER = word_set("and or vs versus y o con with than que")
_COMES_UP = word_set("comes come pops up shown displayed showing")
_ACCOUNTS = word_set("one account acct profile cuenta perfil")
_HERE = word_set("here aqui")
_WHOSE: dict[str, Role] = {"mine": "observed", "ours": "observed", "hers": "claimed", "theirs": "claimed"}
_NOTHING = word_set("nothing none nada")
_NO = word_set("no not sin")


class Cues:
    """The cues among the tokens of one text. Each has a rank: see `before`."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.word = tokens.word

    def before(self, start: int, at: int) -> tuple[Role | None, int]:
        """The role that the words before a number give it, and the rank of the cue."""
        best: tuple[Role | None, int] = (None, 0)
        for place in range(at - 1, start - 1, -1):
            if self.tokens.kinds[place] in ("stop", "money", "signed", "other"):
                break
            role, rank = self._cue(place, start)
            if rank >= 3:
                return role, rank
            if role and rank > best[1]:
                best = (role, rank)
        return best

    def _cue(self, at: int, start: int) -> tuple[Role | None, int]:
        """What the word there says about a number after it; what stands before `start` belongs to another number."""
        word, after = self.word(at), self.word(at + 1)
        if word in CLAIM_FIXED:
            return "claimed", 4
        if word in CLAIM_THINGS | OBSERVE_THINGS:
            return self._thing(at, start)
        if side := self._side(at):
            return side, 3
        if self._is_of_nobody_here(at):
            return None, 3
        if word == "me" and self.word(at - 1) in CLAIM_VERBS:
            return None, 0  # "she is telling me 725"
        if word in OBSERVE_PEOPLE and word != "it":
            return ("observed", 2) if self._looks(at) else (None, 0)
        if word == "it" and after in CLAIM_VERBS | OBSERVE_VERBS:
            return "observed", 2
        if word in _THEIRS or (word in CLAIM_PEOPLE and after in CLAIM_VERBS | {"que"}):
            return "claimed", 2
        if word in CLAIM_VERBS:
            return "claimed", 1
        return ("observed", 1) if word in OBSERVE_VERBS else (None, 0)

    def _side(self, at: int) -> Role | None:
        """Whose side is spoken of: "on her end", "our side"."""
        if self.word(at) not in SIDES:
            return None
        return "observed" if self.word(at - 1) in OUR else "claimed" if self.word(at - 1) in THEIR else None

    def _is_of_nobody_here(self, at: int) -> bool:
        """Whether a number after the word there is a store's, another account's or a bill's: "pine says 200", "the old
        one had 300", "the bill was 90"."""
        word, before = self.word(at), self.word(at - 1)
        if word == STORE:
            return before not in PREPOSITIONS and bool(self.word(at + 1) or self.tokens.is_number(at + 1))
        return (word in PAST and before in _ACCOUNTS) or (word in CLAIM_VERBS and before in SIGNS | BILLS)

    def _thing(self, at: int, start: int) -> tuple[Role | None, int]:
        """What a thing that shows points says about a number after it."""
        if self.word(at) in ("phone", "telefono", "cel") and self.word(at + 1) in ("number", "numero"):
            return None, 0
        if self.word(at) in ("online", "web") and self.word(at + 1) in ("order", "orders", "menu", "store", "shop"):
            return None, 0
        if self.word(at) in _HERE and start < at and self._nothing(at - 1):
            return None, 0  # "no points here" has said it all
        if self._both_named(at, start) or self.theirs(at):
            return None, 3
        if self.word(at) in CLAIM_THINGS:
            return "claimed", 3
        return (None, 0) if self._is_place(at) else ("observed", 3)

    def theirs(self, at: int) -> bool:
        """Whether a screen there may be the customer's own: "her screen 500" is her phone's, or her profile here."""
        return self.word(at) in _SCREENS and self.word(at - 1) in _OF_THEM

    def _looks(self, at: int) -> bool:
        """Whether somebody there looks at a balance ("i only see 900", "mine 300"), and does not do something else."""
        following = [self.word(at + step) for step in (1, 2)]
        seen = not (OBSERVE_VERBS | HAVE).isdisjoint(following)
        return seen or (at + 1 < len(self.tokens) and self.tokens.kinds[at + 1] == "number")

    def _nothing(self, at: int) -> bool:
        """Whether "nothing", or "no points", ends there."""
        return self.word(at) in _NOTHING or (self.word(at) in POINTS and self.word(at - 1) in _NO)

    def _both_named(self, at: int, start: int) -> bool:
        """Whether a thing there is named together with one of the other side: "in the app and the register, 740"."""
        place = at - 1
        while self.word(place) in SMALL_WORDS:
            place -= 1
        other = OBSERVE_THINGS if self.word(at) in CLAIM_THINGS else CLAIM_THINGS
        return place > start and self.word(place) in _TOGETHER and self.word(place - 1) in other

    def _is_place(self, at: int) -> bool:
        """Whether a register is only where somebody stands who says something: "guy at my register swears 600"."""
        if self.word(at) in _HERE and self.word(at - 1) in CLAIM_PEOPLE and self.word(at + 1) in CLAIM_VERBS:
            return True  # "my guy here swears 1200"
        after = at + 2 if self.word(at) in NUMBERED and at + 1 < len(self.tokens) and not self.word(at + 1) else at + 1
        stands = self.word(at - 1) == "at" or (self.word(at - 2) == "at" and self.word(at - 1) in SMALL_WORDS)
        return stands and self.word(after) in CLAIM_VERBS

    def after(self, at: int, end: int) -> tuple[Role | None, int]:
        """The role that "in the app" or "here" gives the number before it, and the place where that ends."""
        place = at + 1
        if self.word(place) in POINTS:
            place += 1
        if self.tokens.closes(place - 1) and self._leads_on(place, end):
            return None, at
        while self.word(place) in _COMES_UP and not self.tokens.closes(place - 1):
            place += 1
        if self.word(place) in ("here", "aqui", "online") and self._closes(place, end):
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
        return "observed" if word in OBSERVE_THINGS else _WHOSE.get(word) or self._side(at)

    def _leads_on(self, place: int, end: int) -> bool:
        """Whether the words there lead right to the next number: "3k points, here 300", "80, en la app 800"."""
        while place < end and self.word(place) in PREPOSITIONS | SMALL_WORDS:
            place += 1
        return place + 1 == end < len(self.tokens)

    def _closes(self, place: int, end: int) -> bool:
        """Whether the thing there belongs to the number before: no verb follows that gives it to the next one."""
        following = self.word(place + 1)
        return following not in CLAIM_VERBS | OBSERVE_VERBS - {"only", "solo", "now", "ahora"} and place < end
