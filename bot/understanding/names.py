"""Customers' names in a text: after a word that brings one, after a title, or a known first name with its last name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from bot.understanding.amount_words import ADD
from bot.understanding.found import Found, just_before
from bot.understanding.plain import fold, word_set
from bot.understanding.vocabulary import Vocabulary
from bot.understanding.word_names import NEVER_ALONE, WORD_NAMES, begins_a_sentence, is_person, speaks

_WORD = re.compile(r"(?:[A-Z]\.){2,4}(?=[ ])|[^\W\d_]+(?:['’-][^\W\d_]+)*\.?")
_TITLES = word_set("sr sra srta señor señora senor senora mr mrs ms miss don doña dona dr dra")
_BRINGS = word_set("""
    customer customers cust client cliente clienta guest member miembro named name nombre for para por of de
    llama called lady senora patient socio is es
""")
# After these a lower-case word is a name only if it is a known first name; after the others a capital is enough.
_WEAK = word_set("for para por of de called is es to")
_PEOPLE = word_set("customer cust client guest member patient guy dude man woman lady girl gal person cliente clienta")
_CALLED = word_set("named called llamado llamada")
"""After one of the people, whatever comes is a name, also in small letters."""
_GIVEN_TO = re.compile(
    rf"(?:\d|\b(?:points?|pts|puntos|ptos))[ ](?:to|a)[ ]$"
    rf"|\b(?:{'|'.join(sorted(ADD))})[ ]\d{{1,5}}[ ]?(?:points?|pts|puntos|ptos)[ ]$",
    re.IGNORECASE,
)
_PARTICLES = word_set("de la del los las van von da di san st")
_FOLLOWERS = word_set("""
    says shows showing claims swears has have had isnt doesnt didnt cant wants needs points account profile
    missing phone email number birthday wallet balance register loyalty bought earned called asked think thinks
    should never still sees gets order dice tiene puntos cuenta perfil quiere compro pero telefono
""")
_VERBS = word_set("""
    says said claims swears sees has have had got gets never wants needs buys bought earned joined came signed thinks
    called asked is isnt cant doesnt didnt dice tiene quiere compro jura gano vino no lost spent keeps insists tried
    wont complained complains redeemed earns perdio gasto recibio canjeo aparece lleva insiste
""")
_THEN_POINTS = re.compile(r"(?:[ ][^\W\d_]+)?[ ]\d")
_GAP_BEFORE = re.compile(r"[ (]{1,2}$")
_GAP_AFTER = re.compile(r"[ ,:(]{1,3}")
_LAST_NAME_BEFORE = re.compile(r"\w, ?$")
_NOTHING_MORE = re.compile(r"[ ?!.]{0,5}$")
_SET_AGAINST = re.compile(r"\d/\d+[ ]$")
_DOES = re.compile(r"(?:[^e]ed|[a-z]{3}ing|ó)$")
"""How verbs end; in small letters "dana switched" tells a name and what she did."""
_IRISH = re.compile(r"[OD]['’][A-Z]|Ma?c[A-Z]")
_POSSESSIVE = ("'s", "’s")
_LONGEST_NAME = 3


@dataclass(frozen=True)
class _Word:
    start: int
    end: int
    text: str

    @property
    def folded(self) -> str:
        return fold(self.text)

    @property
    def capital(self) -> bool:
        return self.text[:1].isupper()


def names(text: str, vocabulary: Vocabulary, *, contacts: Iterable[Found] = ()) -> list[Found]:
    """People's names as they are written, without title. Positions are those of the text.

    contacts: phones and e-mails found before; a first name right beside one is read without any other sign.
    A text all in capitals, or all in small letters, tells nothing by its capitals; known first names then decide.
    """
    return _Reader(text, vocabulary, contacts).read()


class _Reader:
    def __init__(self, text: str, vocabulary: Vocabulary, contacts: Iterable[Found]) -> None:
        self.text = text
        self.begins = {one.start for one in contacts}
        self.ends = {one.end for one in contacts}
        self.first_names = vocabulary.names
        self.known = vocabulary.meaningful
        self.words = [_Word(m.start(), m.end(), m.group()) for m in _WORD.finditer(text)]
        letters = [letter for letter in text if letter.isalpha()]
        self.mixed = any(map(str.islower, letters)) and any(map(str.isupper, letters))

    def read(self) -> list[Found]:
        found: list[Found] = []
        at = 0
        while at < len(self.words):
            length = self._name_at(at)
            if length:
                start, end = self.words[at].start, self.words[at + length - 1].end
                value = re.sub(r"['’]s$", "", self.text[start:end].rstrip("."))
                found.append(Found(start, start + len(value), value))
            at += max(length, 1)
        return found

    def _name_at(self, at: int) -> int:
        """How many words from here are one name; 0 where there is none."""
        brought = self._brought(at)
        if not self._may_start(at, brought):
            return 0
        length, full = 1, 1
        while full < self._longest(at) and self._continues(at, length):
            full += self._bare(self.words[at + length]) not in _PARTICLES
            length += 1
        while length > 1 and self.words[at + length - 1].folded in _PARTICLES:
            length -= 1
        return length if self._enough(at, length, brought) else 0

    def _longest(self, at: int) -> int:
        """Words that a name may have here: one more after two first names ("José Luis García López")."""
        two = at + 1 < len(self.words) and all(self._bare(one) in self.first_names for one in self.words[at : at + 2])
        return _LONGEST_NAME + two

    def _brought(self, at: int) -> str:
        """The word before that brings a name, "title" where it surely does; empty where there is none."""
        if at == 0 or not self._joined(at - 1, at, r"[ .:]{1,3}|'s "):
            return ""
        before = self.words[at - 1]
        bare = before.text.rstrip(".").lower()
        if fold(bare) in ("is", "es") and at > 1 and self.words[at - 2].folded in ("name", "nombre"):
            return "name"
        if bare in _TITLES or (fold(bare) in _CALLED and at > 1 and self.words[at - 2].folded in _PEOPLE):
            return "title"
        if self._is_first_name(self._bare(self.words[at]), self.words[at]) and self._given_points(at):
            return "to"
        return fold(bare) if fold(bare) in _BRINGS and (not before.text.endswith(".")) else ""

    def _given_points(self, at: int) -> bool:
        """Whether points go to who is named there: "50 to dana", "give dana ortiz 50"."""
        if _GIVEN_TO.search(just_before(self.text, self.words[at].start)):
            return True
        to = at - 2 if self.words[at - 1].folded in ("a", "up") and at > 1 else at - 1
        return self.words[to].folded in ADD and bool(_THEN_POINTS.match(self.text, self.words[at].end))

    def _joined(self, left: int, right: int, by: str = "[ \t]") -> bool:
        return bool(re.fullmatch(by, self.text[self.words[left].end : self.words[right].start])) or (
            self.words[left].text.endswith(".") and self.text[self.words[left].end : self.words[right].start] == " "
        )

    def _may_start(self, at: int, brought: str) -> bool:
        word = self.words[at]
        plain = self._bare(word)
        if word.folded.rstrip(".") in _TITLES:
            return False
        if len(plain) < 2 or "." in plain:
            return word.capital and word.text.endswith(".") and self._capital_stranger(at + 1)
        if plain in _PARTICLES and (self._shouts(word) or brought in ("title", "name")):
            return brought not in ("", *_WEAK) and self._particle_leads_on(at)
        if self._is_first_name(plain, word):
            return True
        if plain in WORD_NAMES:
            return self._is_person(at, brought) or self._leads_a_full_name(at, brought)
        if plain in self.known:
            # "Park Tanner": a common word may be a first name where the capitals of both say so.
            return bool(brought) and self._shouts(word) and self._capital_stranger(at + 1)
        if brought == "title":
            return True
        if self._shouts(word):
            return (
                (bool(brought) and brought not in _WEAK) or (bool(brought) and at > 0) or self._capital_stranger(at + 1)
            )
        return False

    def _is_person(self, at: int, brought: str) -> bool:
        """Whether a first name that is a word, too, stands there for somebody."""
        word = self.words[at]
        plain, shouts = self._bare(word), self._shouts(word)
        return plain in WORD_NAMES and is_person(
            self.text, word.start, word.end, word=plain, brought=brought, shouts=shouts
        )

    def _leads_a_full_name(self, at: int, brought: str) -> bool:
        """ "Mark Ellis" by its capitals, "for mark ellis" and "flor ramos tiene" by what stands around."""
        word = self.words[at]
        if self._shouts(word):
            begins = begins_a_sentence(self.text, word.start)
            last = at + 1 < len(self.words) and self._joined(at, at + 1) and self._shouts(self.words[at + 1])
            if last and speaks(self.text, self.words[at + 1].end):
                return True  # "June Park says": a common word is her last name
            return self._capital_stranger(at + 1) and not (
                begins and not brought and self._bare(self.words[at + 1]) in self.first_names
            )
        if at + 1 >= len(self.words) or not self._joined(at, at + 1) or not self._surname(at + 1):
            return False
        if not brought and self._bare(word) in NEVER_ALONE:
            return False  # "will sees no points"
        told = at + 2 < len(self.words) and self._joined(at + 1, at + 2) and self.words[at + 2].folded in _VERBS
        return bool(brought) or (told and begins_a_sentence(self.text, word.start))

    def _bare(self, word: _Word) -> str:
        return re.sub(r"s$", "", word.folded) if re.search(r"['’]s$", word.text) else word.folded.rstrip(".")

    def _is_first_name(self, plain: str, word: _Word) -> bool:
        parts = [fold(part) for part in re.split("-", word.text.rstrip("."))]
        return (plain in self.first_names and (plain not in self.known or self._shouts(word))) or (
            len(parts) > 1 and parts[0] in self.first_names
        )

    def _shouts(self, word: _Word) -> bool:
        """Whether the word's capital says something."""
        return self.mixed and word.capital

    def _capital_stranger(self, at: int) -> bool:
        """Whether the word there is a capitalised one that means nothing else."""
        if at >= len(self.words) or not self._joined(at - 1, at):
            return False
        word = self.words[at]
        return self._shouts(word) and self._bare(word) not in self.known and len(word.text) > 1

    def _continues(self, at: int, length: int) -> bool:
        """Whether the word after `length` words still belongs to the name."""
        after = at + length
        if (
            after >= len(self.words)
            or not self._joined(after - 1, after)
            or self.words[after - 1].text.endswith(("'s", "’s"))
        ):
            return False
        word, plain = self.words[after], self._bare(self.words[after])
        if plain in _PARTICLES:
            return self._particle_leads_on(after)
        if self._shouts(self.words[at]):
            return self._shouts(word) and (plain not in _FOLLOWERS)
        return self._surname(after)

    def _particle_leads_on(self, at: int) -> bool:
        """Whether "de la" and the like come to a last name."""
        while at + 1 < len(self.words) and self._bare(self.words[at]) in _PARTICLES and self._joined(at, at + 1):
            at += 1
        return self._bare(self.words[at]) not in _PARTICLES and self._surname(at)

    def _surname(self, at: int) -> bool:
        """Whether a word may be a last name, or a second first name, in a text without capitals."""
        word, plain = self.words[at], self._bare(self.words[at])
        if self._shouts(word):
            return True
        if plain in self.first_names and plain not in self.known:
            return True
        if plain in self.known or plain in _VERBS or len(plain) < 3 or _DOES.search(word.text):
            return False
        return all(OSA.distance(plain, other, score_cutoff=1) > 1 for other in _FOLLOWERS)

    def _enough(self, at: int, length: int, brought: str) -> bool:
        """One word is a name after a title or strong word; a first name also after a weak one or before a verb."""
        if length > 1 or brought == "title":
            return True
        word = self.words[at]
        if self._bare(word) in WORD_NAMES and self._is_person(at, brought):
            return True
        if not self._is_first_name(self._bare(word), word):
            return bool(brought) and (brought not in _WEAK or bool(_IRISH.match(word.text)))
        follows = at + 1 < len(self.words) and self._joined(at, at + 1) and self.words[at + 1].folded in _VERBS
        return (
            bool(brought)
            or follows
            or "-" in word.text
            or word.text.endswith(_POSSESSIVE)
            or self._beside_a_contact(at)
        )

    def _beside_a_contact(self, at: int) -> bool:
        """Whether a phone or an e-mail stands right beside it: "dana 303-555-0142". Also "500/200 dana" ends so."""
        word = self.words[at]
        before = _GAP_BEFORE.search(just_before(self.text, word.start))
        after = _GAP_AFTER.match(self.text, word.end)
        if _LAST_NAME_BEFORE.search(just_before(self.text, word.start)) or self.text[word.end : word.end + 1] in (
            "@",
            ".",
        ):
            return False
        closes = _NOTHING_MORE.match(self.text, word.end) is not None
        return (
            (before is not None and before.start() in self.ends)
            or (after is not None and after.end() in self.begins)
            or (closes and _SET_AGAINST.search(just_before(self.text, word.start)) is not None)
        )
