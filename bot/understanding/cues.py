"""What the words around a number say of it: that the customer claims it, or that the register shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.understanding.amount_tokens import Tokens
from bot.understanding.amount_words import (
    BILLS,
    BREAKS,
    BROKEN,
    CLAIM_FIXED,
    CLAIM_PEOPLE,
    CLAIM_THINGS,
    CLAIM_VERBS,
    COLLEAGUES,
    HAVE,
    HERE,
    LEADS,
    MEANWHILE,
    NUMBERED,
    OBSERVE_PEOPLE,
    OBSERVE_THINGS,
    OBSERVE_VERBS,
    OUR,
    PAST,
    POINTS,
    PREPOSITIONS,
    SHOWED,
    SIDES,
    SIGNS,
    SMALL_WORDS,
    SPEECH,
    STORE,
    THEIR,
)
from bot.understanding.countable import is_label
from bot.understanding.plain import word_set

Role = Literal["claimed", "observed"]

_SEES = word_set("seeing sees saw getting viewing sees mira vio")
_HER = word_set("her him them")
_SHOWED = word_set("told tells gave gives showed shows")
_PER = word_set("per to for segun")
_THEIRS = word_set("hers theirs")
_OF_THEM = word_set("her his their customers custs clients guests")
_SCREENS = word_set("screen pantalla")
_TOGETHER = word_set("and or vs versus y o con with than que")
_ACCOUNTS = word_set("one account acct profile cuenta perfil")
_OTHER_ACCOUNT = word_set("one another old new other first second duplicate wrong otra una vieja nueva primera segunda")
_ONE_OF_TWO = word_set("one other una otra otro")
_LONGEST_MEANWHILE = 4
"""Words between a person and what the person says."""
_SAYING = word_set("saying claiming telling swearing insisting diciendo")
_BUT = word_set("but pero")
_NOTHING = word_set("nothing none nada")
_NO = word_set("no not sin")
_WITH = word_set("with con at")

FIXED, NOBODYS = 4, 5
"""Ranks above a thing's: "should be", and what makes a number nobody's here: "manager says"."""


@dataclass(frozen=True)
class Cue:
    """What gives a number its role. Bare verbs have rank 1, people 2, things 3; `near`: right before the number."""

    role: Role | None = None
    rank: int = 0
    near: bool = True


class Cues:
    """The cues among the tokens of one text."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.word = tokens.word

    def before(self, start: int, at: int) -> Cue:
        """What the words from `start` on say of the number at `at`; another number's words are not its own."""
        best, spoken, counted = Cue(), at, False
        for place in range(at - 1, start - 1, -1):
            kind = self.tokens.kinds[place]
            if kind in ("stop", "money", "signed", "other"):
                break
            if kind == "number":
                if not is_label(self.tokens, place):
                    break  # "should have gotten 160, got 80"
                counted = True
                continue
            role, rank = self._cue(place, start, at)
            if rank >= 3 and not (counted and rank == FIXED):
                if best.role and self._outspeaks(spoken, place, best, rank, later=start > 0):
                    return best
                return Cue(role, rank, self.leads(place, at))
            if role and rank > best.rank and not counted:
                best, spoken = Cue(role, rank), place
        return best

    def _outspeaks(self, spoken: int, farther: int, near: Cue, rank: int, *, later: bool) -> bool:
        """Whether the cue at `spoken` says more of a number than a stronger one farther off.

        "pos is down, she says 700" and "app is broken, we show 200" do; "register says she had 200" and "in the app i
        see 500" are the thing's.
        """
        apart = any(self.tokens.closes(at) or self.word(at) in _BUT for at in range(farther, spoken))
        if rank == FIXED:
            return apart and near.role == "observed"  # "he should have points but we show 0"
        if rank == NOBODYS:
            return apart or self._says(spoken)  # "supervisor told her she had 900"
        if near.rank < 2 or self.word(spoken) == "it":
            return False
        if self._says(spoken):
            return True
        if later and apart and near.role == "observed":
            return True  # "gets 512 on his phone, we get 125": the phone is the other number's
        if (self.word(farther) in HERE or self._within(farther)) and spoken - farther <= 2:
            return False
        return apart or self.word(farther + 1) not in CLAIM_VERBS | OBSERVE_VERBS | HAVE

    def _within(self, at: int) -> bool:
        """Whether somebody looks "in" or "on" the thing there."""
        place = at - 1
        while self.word(place) in SMALL_WORDS - PREPOSITIONS:
            place -= 1
        return self.word(place) in PREPOSITIONS

    def leads(self, cue: int, at: int) -> bool:
        """Whether only words without a meaning of their own stand between a cue and the number."""
        return all(self.word(place) in LEADS for place in range(cue + 1, at))

    def _cue(self, at: int, start: int, number: int) -> tuple[Role | None, int]:
        """What the word there says about a number after it; what stands before `start` belongs to another number."""
        word = self.word(at)
        if word in CLAIM_FIXED:
            return "claimed", FIXED
        if word in CLAIM_THINGS | OBSERVE_THINGS:
            return self._thing(at, start, number)
        if side := self.side(at):
            # "no points on our end" has said it all
            return (None, 0) if self._denied(at, start) else (side, 3)
        if self._is_of_nobody_here(at):
            return None, NOBODYS
        if (person := self._person(at)) is not None:
            return person
        if word in CLAIM_VERBS:
            return "claimed", 1
        return ("observed", 1) if word in OBSERVE_VERBS else (None, 0)

    def _person(self, at: int) -> tuple[Role | None, int] | None:
        """What somebody there who speaks or looks says of a number; None where the word is nobody."""
        word, after = self.word(at), self.word(at + 1)
        if word == "me" and not CLAIM_VERBS.isdisjoint((self.word(at - 1), after)):
            return None, 0  # "she is telling me 725", "me dice que"
        if word in OBSERVE_PEOPLE and word != "it":
            return ("observed", 2) if self._looks(at) else (None, 0)
        if word == "it" and after in (CLAIM_VERBS | OBSERVE_VERBS | SHOWED) - PAST:
            return "observed", 2
        if word in _THEIRS or (word in CLAIM_PEOPLE and (after in CLAIM_VERBS | _SEES | {"que"} or self._says(at))):
            return "claimed", 2
        if word == "were" and after in _SEES and self.word(at - 1) not in CLAIM_PEOPLE:
            return "observed", 2  # "we're seeing 19"
        if word in _HER and self.word(at - 1) in _SHOWED and self.word(at - 2) in ("it", "they"):
            return None, NOBODYS  # "it told her 950": at the register, in the app, by phone
        if word == "us" and self.word(at - 1) in _PER:
            return "observed", 2
        return None

    def _says(self, at: int) -> bool:
        """Whether a customer there says something: "she says", "customer in line here claims"."""
        place = at + 1
        while place <= at + _LONGEST_MEANWHILE and self.word(place) in MEANWHILE:
            place += 1
        return self.word(at) in CLAIM_PEOPLE and self.word(place) in SPEECH

    def side(self, at: int) -> Role | None:
        """Whose side is spoken of: "on her end", "our side"."""
        if self.word(at) not in SIDES:
            return None
        return "observed" if self.word(at - 1) in OUR else "claimed" if self.word(at - 1) in THEIR else None

    def _is_of_nobody_here(self, at: int) -> bool:
        """Whether a number after the word there is a store's, another account's or a bill's: "pine says 200", "the old
        one had 300", "the bill was 90"."""
        word, before, after = self.word(at), self.word(at - 1), self.word(at + 1)
        if self.word(at - 2) in COLLEAGUES and word in CLAIM_VERBS:
            return True  # "budtender tim told her 900"
        if before in COLLEAGUES and word in CLAIM_PEOPLE | CLAIM_VERBS | OBSERVE_VERBS | HAVE:
            return True  # "my manager says 300", "cashier dana says 300"
        if after in CLAIM_VERBS | OBSERVE_VERBS | HAVE | _WITH:
            if word in _ACCOUNTS and before in _OTHER_ACCOUNT:
                return True
            if word in _ONE_OF_TWO:
                return True  # "one has 400"
        if word == STORE:
            return before not in PREPOSITIONS and bool(self.word(at + 1) or self.tokens.is_number(at + 1))
        return (word in PAST and before in _ACCOUNTS) or (word in CLAIM_VERBS and before in SIGNS | BILLS)

    def _thing(self, at: int, start: int, number: int) -> tuple[Role | None, int]:
        """What a thing that shows points says about the number there after it."""
        if self.word(at) in ("phone", "telefono", "cel") and self.word(at + 1) in ("number", "numero"):
            return None, 0
        if self.word(at) in ("online", "web") and self.word(at + 1) in ("order", "orders", "menu", "store", "shop"):
            return None, 0
        if self._denied(at, start) or self._breaks(at):
            return None, 0
        in_app = self.word(at) in HERE and self.word(at - 1) in CLAIM_THINGS
        if in_app and self.word(at + 1) not in CLAIM_VERBS and not self.tokens.closes(at):
            return None, 3  # "in the app here i see 500"
        if self.word(at) in HERE and not self._shows_here(at, number):
            return None, 0
        if self._both_named(at, start) or self.theirs(at):
            return None, 3
        if self.word(at) in CLAIM_THINGS or (self.word(at) in _SCREENS and self.word(at - 1) in CLAIM_THINGS):
            return "claimed", 3  # "her phone screen"
        return (None, 0) if self._is_place(at) else ("observed", 3)

    def theirs(self, at: int) -> bool:
        """Whether a screen there may be the customer's own: "her screen 500" is her phone's, or her profile here."""
        return self.word(at) in _SCREENS and self.word(at - 1) in _OF_THEM

    def _looks(self, at: int) -> bool:
        """Whether somebody there looks at a balance ("i only see 900", "mine 300"), and does not do something else."""
        following = [self.word(at + step) for step in (1, 2)]
        seen = not (OBSERVE_VERBS | HAVE | _SEES).isdisjoint(following)
        return seen or (at + 1 < len(self.tokens) and self.tokens.kinds[at + 1] == "number")

    def _denied(self, at: int, start: int) -> bool:
        """Whether what is shown there was told already, and is nothing: "no points here", "nothing in the pos"."""
        place = at - 1
        while self.word(place) in SMALL_WORDS | PREPOSITIONS:
            place -= 1
        if start <= place and self._nothing(place):
            return True
        return self.word(at + 1) in OBSERVE_VERBS | HAVE and self.word(at + 2) in _NOTHING

    def _breaks(self, at: int) -> bool:
        """Whether the thing there only does not work: "pos is down", "la caja no carga"."""
        place = at + 1
        while self.word(place) in BREAKS:
            place += 1
        return self.word(place) in BROKEN

    def _shows_here(self, at: int, number: int) -> bool:
        """Whether "here" leads to the number: "here its 300", and not "i have a customer here", "Dana here, says"."""
        before, after = self.word(at - 1), self.word(at + 1)
        if before in CLAIM_PEOPLE | CLAIM_THINGS or after in _WITH or after in _SAYING:
            return False
        if self.tokens.closes(at) and after in SPEECH:
            return False
        return self.leads(at, number)

    def _nothing(self, at: int) -> bool:
        """Whether "nothing", or "no points", ends there."""
        return self.word(at) in _NOTHING or (self.word(at) in POINTS and self.word(at - 1) in _NO)

    def _both_named(self, at: int, start: int) -> bool:
        """Whether a thing there is named together with one of the other side: "in the app and the register, 740"."""
        place = at - 1
        while self.word(place) in SMALL_WORDS | PREPOSITIONS:
            place -= 1
        other = OBSERVE_THINGS if self.word(at) in CLAIM_THINGS else CLAIM_THINGS
        if self.word(place) in _WITH:
            other -= HERE  # "aqui con su app en 630"
        return place > start and self.word(place) in _TOGETHER and self.word(place - 1) in other

    def _is_place(self, at: int) -> bool:
        """Whether a register is only where somebody stands who says something: "guy at my register swears 600"."""
        after = at + 2 if self.word(at) in NUMBERED and at + 1 < len(self.tokens) and not self.word(at + 1) else at + 1
        if self._within(at) and self.word(after) in SPEECH and self._who_stands(at) in CLAIM_PEOPLE:
            return True  # "cliente en caja 2 dice"
        stands = self.word(at - 1) == "at" or (self.word(at - 2) == "at" and self.word(at - 1) in SMALL_WORDS)
        return stands and self.word(after) in CLAIM_VERBS

    def _who_stands(self, at: int) -> str:
        """The word before "at the" in front of the thing there."""
        place = at - 1
        while self.word(place) in SMALL_WORDS | PREPOSITIONS:
            place -= 1
        return self.word(place)
