"""Whom a reply turns to: "what about Maria, app says 300", "and kevin?", "y la señora Ramos?". Pure.

A first name alone is a customer here where the words before it turn to somebody ("what about", "same for", "next"), and
nothing after it says that she works there. One that could be somebody or something else is not sure: it is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.understanding.plain import fold
from bot.understanding.surface import surface
from bot.understanding.turn_words import (
    AFTER,
    AGAIN,
    ANOTHER,
    ARTICLES,
    FAR,
    GREETED,
    LEADS,
    LONGEST,
    LONGEST_LEAD,
    NO_NAME,
    NO_PERSON,
    PEOPLE,
    PLACED,
    POLITE,
    RELATIVES,
    SCREENS,
    SHORTEST,
    SOFT,
    TAIL,
    THANKS,
    THE,
    THINGS,
    WORKS,
)
from bot.understanding.vocabulary import Vocabulary, built_in_vocabulary
from bot.understanding.word_names import MONTHS, WORD_NAMES

_TOKEN = re.compile(r"(?P<word>[^\W\d_]+(?:['’-][^\W\d_]+)*)|(?P<number>\d[\d.,]*k?)|(?P<cover>¦+)|(?P<mark>[^\s\w¦])")
_SHORT = 4
"""Letters of which nearly any word is a slip of another: "Dani" is not "Dan"."""
_POSSESSIVE = re.compile(r"['’]s$")


@dataclass(frozen=True)
class Turn:
    """The person as written, without title. sure: it can be nobody and nothing else. led: words turn to that one, so
    that the reply asks of her what was asked before."""

    name: str
    sure: bool = True
    led: bool = True


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int
    apart: bool
    """Whether a mark stands before it."""

    @property
    def word(self) -> str:
        return fold(self.text) if self.kind == "word" else ""

    @property
    def owns(self) -> bool:
        return _POSSESSIVE.search(self.text) is not None

    @property
    def bare(self) -> str:
        return fold(_POSSESSIVE.sub("", self.text)) if self.kind == "word" else ""


def turned_to(
    text: str, *, stores: Mapping[str, Sequence[str]] | None = None, vocabulary: Vocabulary | None = None
) -> Turn | None:
    """The customer that a reply turns to by name, or None. stores: id -> nicknames, none of which is a person."""
    known = vocabulary or built_in_vocabulary()
    seen = surface(text, area_code=None, stores=stores or {}, known=known).unsaid
    reader = _Reader(seen, known)
    return reader.read() or reader.somebody()


def _tokens(text: str) -> list[_Token]:
    out: list[_Token] = []
    apart = False
    for found in _TOKEN.finditer(text):
        kind = str(found.lastgroup)
        if kind == "mark":
            apart = True
            continue
        out.append(_Token(kind, found.group(), found.start(), found.end(), apart))
        apart = False
    return out


class _Reader:
    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.text = text
        self.vocabulary = vocabulary
        self.known = vocabulary.meaningful
        self.tokens = _tokens(text)
        letters = [letter for letter in text if letter.isalpha()]
        self.mixed = any(map(str.islower, letters)) and any(map(str.isupper, letters))

    def read(self) -> Turn | None:
        at, led, surely = self._lead()
        at, titled, another = self._title(at)
        led, surely = led or another, surely or another or titled
        if at >= len(self.tokens) or self.tokens[at].kind != "word":
            return None
        again = at + 1 < len(self.tokens) and self.tokens[at + 1].word in AGAIN
        led = led or (again and self._named(at) and self._is_all(at + 1))
        sure = self._strength(at, led=led, titled=titled)
        if sure is None:
            return None
        end = self._end(at)
        bare = not (led or titled)
        goes = self._goes_with_a_customer(end, bare=bare)
        told = self._detailed(end)
        if goes is None or (bare and not told) or not (surely or told or self._is_all(end)):
            return None
        name = _POSSESSIVE.sub("", self.text[self.tokens[at].start : self.tokens[end - 1].end])
        return Turn(self._unowned(name, end), sure=sure and goes, led=led)

    def somebody(self) -> Turn | None:
        """A first name that stands anywhere else in a text about points or a contact: who it is, is not sure."""
        if not self._detailed(0):
            return None
        for at, token in enumerate(self.tokens):
            before = self.tokens[at - 1].word if at else ""
            colleague = before in GREETED | WORKS | RELATIVES or (token.owns and not self._owns_points(at + 1))
            if token.kind == "word" and self._named(at) and not colleague:
                return Turn(token.text, sure=False, led=False) if self._serves(at + 1) is False else None
        return None

    def _owns_points(self, at: int) -> bool:
        return at >= len(self.tokens) or self.tokens[at].word in THINGS

    def _serves(self, at: int) -> bool:
        """Whether who is named before surely works here: "maria at the desk", "mike, my manager"."""
        if at >= len(self.tokens):
            return False
        return self._works_here(at) or (self.tokens[at].word in PLACED and self._past(at + 1, THE) in FAR)

    def _unowned(self, name: str, end: int) -> str:
        """ "marias app": the name without what makes it hers, where only that is a name."""
        plain = fold(name)
        names = self.vocabulary.names
        loose = plain.endswith("s") and plain not in names and plain[:-1] in names
        return name[:-1] if loose and end < len(self.tokens) and self.tokens[end].word in THINGS else name

    def _lead(self) -> tuple[int, bool, bool]:
        """The first word after those that turn to somebody; whether there are such; whether more than an "and"."""
        at, led, surely = 0, False, False
        while at < len(self.tokens):
            size = self._lead_size(at)
            word = self.tokens[at].word
            if size and (size > 1 or led or at == 0 or word not in ("for", "para")):
                at, led, surely = at + size, True, True
            elif word in SOFT:
                at, led = at + 1, True
            elif word in POLITE or (word in THANKS and self._parted(at + 1)):
                at += 1
            else:
                break
        return at, led, surely

    def _is_all(self, at: int) -> bool:
        """Whether nothing more is said: "and maria?", "then maria's app"."""
        return at >= len(self.tokens) or self.tokens[at].word in TAIL | THINGS

    def _parted(self, at: int) -> bool:
        """Whether what was said right before stands for itself: "thanks! and kevin", "oye y kevin"."""
        if at >= len(self.tokens):
            return False
        return self.tokens[at].apart or self.tokens[at].word in THANKS | SOFT or self._lead_size(at) > 1

    def _lead_size(self, at: int) -> int:
        """How many words from there are one phrase that turns to somebody."""
        words = tuple(one.word for one in self.tokens[at : at + LONGEST_LEAD])
        return next((size for size in range(len(words), 0, -1) if words[:size] in LEADS), 0)

    def _title(self, at: int) -> tuple[int, bool, bool]:
        """Past "my other customer", "la señora": (the next word, whether a customer is spoken of, another one)."""
        place, another = at, False
        while place < len(self.tokens) and self.tokens[place].word in ARTICLES:
            another = another or self.tokens[place].word in ANOTHER
            place += 1
        titled = False
        while place < len(self.tokens) and self.tokens[place].word in PEOPLE:
            titled, place = True, place + 1
            while titled and place < len(self.tokens) and self.tokens[place].word in ("is", "es"):
                place += 1
        return (place, titled, another) if titled else (at, False, False)

    def _named(self, at: int) -> bool:
        """Whether the word there is a known first name, and nothing else."""
        plain, names = self.tokens[at].bare, self.vocabulary.names
        if plain.endswith("s") and plain not in names and plain[:-1] in names:
            following = self.tokens[at + 1].word if at + 1 < len(self.tokens) else ""
            return following in THINGS
        parts = [fold(part) for part in self.tokens[at].text.split("-")]
        return (plain in names or (len(parts) > 1 and parts[0] in names)) and not self._is_word(plain)

    def _is_word(self, plain: str) -> bool:
        return plain in self.known or plain in WORD_NAMES

    def _strength(self, at: int, *, led: bool, titled: bool) -> bool | None:
        """Whether the word is surely a name there; None where it is none."""
        token, plain = self.tokens[at], self.tokens[at].bare
        if plain in NO_NAME or plain in WORKS or (plain in NO_PERSON and not titled):
            return None
        if self._named(at):
            return True
        shouts = self.mixed and token.text[:1].isupper()
        detail = self._detailed(at + 1)
        if plain in WORD_NAMES or (plain in self.vocabulary.names and plain in self.known):
            rarely = plain in MONTHS and plain not in self.vocabulary.names  # "April"; "Julio" is rather a person
            fits = (shouts or detail) and (not rarely or (shouts and detail)) and self._ends(at + 1)
            return False if (led or titled) and fits else None
        if plain in self.known or len(plain) < SHORTEST or plain in AFTER or plain in ARTICLES:
            return None
        if titled:
            return True
        if not led or not (shouts or detail) or not self._ends(at + 1):
            return None
        near = (
            process.extractOne(plain, self.known, scorer=OSA.distance, score_cutoff=1) if len(plain) > _SHORT else None
        )
        return False if near is None else None

    def _ends(self, at: int) -> bool:
        """Whether nothing more belongs to it: what follows is a number, a contact, a mark, or the end."""
        if at >= len(self.tokens):
            return True
        token = self.tokens[at]
        return token.apart or token.kind != "word" or token.word in AFTER

    def _end(self, at: int) -> int:
        """Where the name ends: last names follow it."""
        end = at + 1
        while (
            end < len(self.tokens)
            and end - at < LONGEST
            and self._is_surname(end)
            and not self.tokens[end - 1].owns
            and not self.tokens[end].apart
        ):
            end += 1
        return end

    def _is_surname(self, at: int) -> bool:
        token, plain = self.tokens[at], self.tokens[at].bare
        if token.kind != "word" or plain in AFTER or plain in NO_NAME or len(plain) < SHORTEST:
            return False
        if plain in self.vocabulary.names and plain not in self.known:
            return True
        if plain in self.known or plain in WORKS or plain in FAR | PLACED:
            return False
        if self.mixed and self.tokens[at - 1].text[:1].isupper():
            return token.text[:1].isupper()
        return process.extractOne(plain, self.known, scorer=OSA.distance, score_cutoff=1) is None

    def _goes_with_a_customer(self, at: int, *, bare: bool) -> bool | None:
        """Whether what follows the name goes with a customer: surely, maybe (False), or not at all (None)."""
        ends = at >= len(self.tokens)
        if self.tokens[at - 1].owns:
            whole = ends or self.tokens[at].kind != "word" or self.tokens[at].word in THINGS
            return True if whole else None
        if ends:
            return True
        token = self.tokens[at]
        if self._works_here(at):
            return None
        if token.word in PLACED:
            return self._placed(at)
        if bare and token.apart:
            return ":" in self.text[self.tokens[at - 1].end : token.start]
        if token.kind != "word":
            return not bare
        if token.word in AFTER or (token.apart and not bare):
            return True
        return False if not bare and self._detailed(at) and token.word in self.vocabulary.common else None

    def _works_here(self, at: int) -> bool:
        """ "mike my manager", "mike, the lead"."""
        return self._past(at, THE | ARTICLES) in WORKS

    def _placed(self, at: int) -> bool | None:
        """ "maria at the desk", "mike from corporate", "mike from downtown"; "in the app" is no place."""
        place = self._past(at + 1, THE)
        return None if place in FAR else place in SCREENS and self.tokens[at].word in ("in", "on", "en")

    def _past(self, at: int, words: Collection[str]) -> str:
        """The first word from there on that is none of these; empty where it is no word."""
        while at < len(self.tokens) and self.tokens[at].word in words:
            at += 1
        return self.tokens[at].word if at < len(self.tokens) else ""

    def _detailed(self, at: int) -> bool:
        """Whether points or a contact come from there on."""
        return any(one.kind == "cover" or (one.kind == "number" and len(one.text) > 1) for one in self.tokens[at:])
