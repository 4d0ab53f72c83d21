"""What a short reply asks of a case, in both languages: "why?", "never mind", "what about her other number". Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from rapidfuzz import fuzz, process

from bot.understanding.plain import MAX_LENGTH, fold, word_set


def _phrases(block: str) -> frozenset[str]:
    return frozenset(" ".join(one.split()) for one in block.split("/"))


_WORD = re.compile(r"[^\W_]+")
_SHORT = 20
"""Words of which a short reply has no more."""
_ALIKE = 88.5
"""How alike (of 100) a misspelt reply must be to one we know."""
_SHORTEST_MISSPELT = 7
_BEFORE = word_set(
    "oh oops whoops ok okay ah but and so actually sorry please pls no nah ya mejor perdon pero y eso entonces a ver"
    " thanks thx ty gracias"
)
_AFTER = word_set(
    "please pls thanks thank you thx ty then now i we got found figured solved it out all good gracias ya por favor"
    " porfa tho though lol sorry perdon"
)
_THANKS = word_set("thanks thx ty gracias")
_POLITE = _THANKS | word_set(
    "ok okay great perfect awesome you so much very muchas mil a lot all everybody everyone team por todo man pal"
)
_SURELY = word_set("nevermind nvm nm olvidalo olvidelo olvidale olvidate")
_TAIL = _AFTER | word_set(
    "she he they the a one my bad wrong person customer guy lady number left gone is was its fixed fine sorry mistake"
    " already se fue la el clienta cliente lo encontre encontramos resuelto me equivoque era otro otra persona"
)
"""What may follow a sure "never mind": why, and nothing that asks ("nvm she left", "olvídalo, ya se fue")."""
_LONGEST_TAIL = 7
_THEN = word_set("then so and y pues que porque because")
_NO = word_set("no not isnt wasnt arent didnt doesnt dont cant wont never nunca tampoco nada")
_DENIABLE = word_set(
    "se lo quedo esta figured fixed working works worked good set sorted resolved solved fine found showing shows show"
    " there back"
)
"""What a "no" right before denies; "no never mind" denies nothing."""
_NEVER_MIND = _phrases("""
    never mind / nevermind / nvm / nm / forget it / forget about it / disregard / disregard that / ignore that /
    ignore this / ignore my last message / ignore that last one / scratch that / cancel / cancel that / cancel it /
    my bad wrong person / olvidalo / olvidelo / olvidale / olvidate / dejalo / dejelo / dejalo asi / no importa /
    ya no / no hace falta / ya no hace falta / ya no es necesario / no es necesario / cancela / cancelalo
""")
_WELL = _phrases("""
    all good / all set / we good / were good / its fine / its fixed / fixed it / found it / resolved / solved /
    solved it / figured it out / we figured it out / ya quedo / ya esta / ya se arreglo / se arreglo /
    ya lo resolvimos / lo resolvimos
""")
_WHOSE_STATE = (
    r"(?:it|its|thats|that|this|theyre|everything|we|were|(?:the |her |his |their )?(?:points|balance|account|case))"
)
_STATE = r"(?:fixed|working|works|worked|good|set|sorted|resolved|solved|fine)"
_CALL_IT = r"(?:this|it|that|this one|that one|this case|the case|my question)"
_SOLVED = re.compile(
    rf"(?!(?:thats|that|this) (?:is )?(?:all )?(?:good|fine)\b)"
    rf"(?:{_WHOSE_STATE} )(?:is |are |all |got |has been )*{_STATE}(?: itself| out)?(?: now| already| again)*"
    rf"|(?:shes|hes|theyre|customers?) (?:is |are )?(?:all )?(?:good|set|fine)(?: now)?"
    rf"|(?:fixed itself|{_STATE} now|sorted)"
    rf"|(?:{_WHOSE_STATE} )?(?:is |are )?(?:showing|shows?|there|back)(?: up)? now"
    r"|(?:the |her |his |their )?(?:points|balance) (?:is |are )?(?:showing|shows?|there|back)(?: up)? again"
    r"|(?:i |we )?got (?:it|them) (?:working|fixed|sorted|resolved|solved|to work)(?: now)?"
    r"|ya (?:le |me |nos )?(?:funciona|funciono|sirve|salio|salieron|aparecio|aparecieron|se ven?)"
    r"(?: (?:bien|todo|los puntos|sus puntos))?"
)
"""Ways to say that it is solved, the whole reply long: "fixed for her but not for him" is more than that; "this is
fine" and "it shows again" may be said of what was found."""
_CLOSES = re.compile(
    rf"(?:you |u |we )?(?:can |could )?(?:please )?(?:close|cancel|ignore|disregard|drop) {_CALL_IT}"
    r"|(?:you |u )?can close"
    r"|(?:it was a )?false alarm|(?:my )?(?:wrong (?:thread|chat|channel)|mistake)|dont worry about (?:it|this)"
    r"|(?:fue )?falsa alarma"
    r"|(?:me equivoque de|era otro|otro) (?:hilo|chat|canal)"
    r"|cancele(?:lo)?|cierre(?:lo| el caso)?|cierra(?:lo| el caso)"
)
"""Ways to say that it shall be closed, the whole reply long."""
_LEFT = re.compile(
    r"(?:the )?(?:she|he|they|customer|cust|guest|client|lady|guy|clienta?|cliente)"
    r" (?:just )?(?:left|found|remembered|gave up|went home|walked out|is gone|changed|doesnt want|didnt want|se fue"
    r"|encontro)(?: [a-z]+){0,4}"
)
"""Why nothing more is wanted, after a sure "never mind"."""
_WHY = _phrases("""
    why / whyy / why this / why that / why is that / why so / why this one / why this answer / why that answer /
    why did you say that / why did you say this / why do you think that / why did you pick this /
    why did you pick that / what makes you say that / what makes you think that / based on what / reason /
    the reason / y tho / how come / how do you know / how do you know that / explain / explain this / explain that /
    explain this answer / por que / porque / porque esta respuesta / por que esta respuesta / por que esa respuesta
    / por que dices eso / por que dice eso / como sabes / como lo sabes / como lo sabe / como sabes eso /
    en que te basas / en que se basa / como sabe eso / what is that based on / whats that based on /
    how did you get that / howd you get that / how do you get that / explica / explicame / explicalo
""")
_GOES_ON = re.compile(
    r"^(?:what about|how about|and|or|also|try|oops|sorry|wait|correction|maybe|same|now|i meant|meant|its actually"
    r"|could be|any luck|(?:actually|this one|that one|es el|es la|no es el|its) \d+|not that|no the other"
    r"|the other one|(?:el|la) otr[oa]|(?:its|it is) under|(?:her|his|their|su) (?:[a-z]+ )?"
    r"(?:number|phone|cell|email|numero|telefono|cel|correo) (?:is|es)|y|o|tambien|prueba|pruebe|perdon|que tal|que hay"
    r"|quise decir|el correcto|quizas?|ahora)\b"
    r"|\b(?:too|instead|also|tambien|i mean)$"
    r"|\b(?:other|right|correct|wrong|new|old|otro|otra|correcto|nuevo|viejo) "
    r"(?:number|phone|cell|email|mail|numero|telefono|cel|celular|correo)\b"
)


def asks_why(text: str) -> bool:
    """Whether a reply asks for our reasons, and nothing else."""
    return _says(text, _WHY)


def never_mind(text: str) -> bool:
    """Whether a reply says that nothing more is wanted, and nothing else; who asks ("its fixed?") wants something."""
    return surely_never_mind(text) or ("?" not in text and (_says(text, _WELL) or _is_solved(_words(text))))


def surely_never_mind(text: str) -> bool:
    """Whether a reply lets the question itself be: "nvm", "close this one", "olvídelo". "All good" and "its fixed" may
    be said of one thing of several while a change waits."""
    words = _words(text)
    if _surely(words):
        return True
    return "?" not in text and (_says(text, _NEVER_MIND) or any(_CLOSES.fullmatch(said) for said in _said(words)))


_SOMEBODY = (
    r"(?:customers?|custs?|guests?|clients?|members?|lady|guy|person|one here|client[ea]s?|senora?|persona|socio)"
)
_ANOTHER = re.compile(
    rf"\b(?:another|other|next|second|different|otr[oa]|siguiente|segund[oa]) {_SOMEBODY}\b|\bsomebody else\b"
)
_WHAT_ABOUT = re.compile(
    r"^(?:ok |okay |and |y |also |so |now )*(?:what about|how about|same for|and for|also for|que tal(?: con)?|y para"
    r"|que hay de|tambien para)\b"
)
_OWN = re.compile(
    rf"\b(?:my|our|mi|nuestr[oa]) (?:[a-z]+ )?{_SOMEBODY}\b|\b(?:mine|ours|same (?:here|issue|problem|thing)|mi[oa])\b"
    r"|\b(?:aqui tambien|lo mismo|igual aqui)\b"
)


_ANOTHER_ONE = _phrases("""
    yes / yeah / yep / yup / ya / y / si / sip / claro / correct / somebody else / someone else
""")
_SAME_ONE = _phrases("""
    no / nope / nah / thats her / thats him / its her / its him / no its her / no its him / es ella / es el
""")
_IS = r"(?:(?:yes|yeah|yep|yup|ya|si|sip|claro|correct) )?(?:(?:its|it is|is|she is|shes|he is|hes|thats|es) )?"
_ONE = r"(?: (?:one|customer|client|member|person|lady|guy|cliente|clienta|socio|socia|persona|senora|senor))?"
_IS_ANOTHER = re.compile(
    rf"{_IS}(?:an? |the |una? |la |el )?(?:another|different|other|new|otr[oa]|diferente|distint[oa]|nuev[oa]){_ONE}"
)
_IS_SAME = re.compile(rf"(?:(?:no|nope|nah) )?{_IS}(?:the |la |el )?(?:same|mism[oa]){_ONE}")
_NOT_SAME = re.compile(rf"(?:not|no es|its not|shes not|hes not) (?:the |la |el )?(?:same|mism[oa]){_ONE}")
_NO_FIRST = re.compile(r"\s*(?:no|nope|nah)\s*[,.;:!–—-]+\s*(?=\w)")
""" "no, es el mismo" answers no; "no es el mismo" denies that it is."""


def another_or_same(text: str) -> Literal["another", "same"] | None:
    """The answer to whether somebody is another customer; None where it is none."""
    folded = fold(text[:MAX_LENGTH])
    answers = _NO_FIRST.match(folded)
    listed = _words(folded[answers.end() :] if answers else text)
    words = " ".join(listed)
    if _NOT_SAME.fullmatch(words):
        return "another"
    said = {words} if words in _SAME_ONE or (not answers and words.startswith("no es ")) else {words, *_said(listed)}
    if words not in _ANOTHER_ONE and any(one in _SAME_ONE or _IS_SAME.fullmatch(one) for one in said):
        return "same"
    return "another" if any(one in _ANOTHER_ONE or _IS_ANOTHER.fullmatch(one) for one in said) else None


def only_thanks(text: str) -> bool:
    """Whether a text thanks, perhaps since it is solved, and asks nothing: "thanks!! that fixed it", "gracias"."""
    words = _words(text)
    return not _THANKS.isdisjoint(words) and (_POLITE.issuperset(words) or _is_solved(words))


def of_another(text: str) -> bool:
    """Whether a reply says itself that it turns to another customer: "what about my other guest 303-555-0164"."""
    return _ANOTHER.search(" ".join(_words(text))) is not None


def what_about(text: str) -> bool:
    """Whether a reply asks the same of what follows: "what about Maria Lopez?", "and for Lena"."""
    return _WHAT_ABOUT.search(" ".join(_words(text))) is not None


def of_their_own(text: str) -> bool:
    """Whether somebody speaks of a customer of their own: "same here, my customer says 900"."""
    return _OWN.search(" ".join(_words(text))) is not None


def _is_solved(words: list[str]) -> bool:
    """Whether the words, politeness at either end apart, say that it is solved."""
    return any(_SOLVED.fullmatch(said) for said in _said(words))


def goes_on(text: str) -> bool:
    """Whether a reply goes on with what was said before it, however clear a question it may be by itself."""
    return _GOES_ON.search(" ".join(_words(text))) is not None


def _surely(words: list[str]) -> bool:
    """Whether a reply begins with a sure "never mind" and goes on with why, in a few words."""
    first = next((at for at, word in enumerate(words) if word not in _BEFORE), len(words))
    rest = words[first:]
    if rest[:2] in (["never", "mind"], ["forget", "it"], ["ignore", "this"], ["ignore", "that"]):
        tail = rest[2:]
    elif rest and rest[0] in _SURELY:
        tail = rest[1:]
    else:
        return False
    while tail and tail[0] in _THEN:
        tail = tail[1:]
    explained = (
        _is_solved(tail)
        or any(_CLOSES.fullmatch(said) for said in _said(tail))
        or _LEFT.fullmatch(" ".join(tail)) is not None
    )
    return len(tail) <= _LONGEST_TAIL and (_TAIL.issuperset(tail) or explained)


def _says(text: str, known: Collection[str]) -> bool:
    """Whether the words, politeness at either end apart, are one of the known phrases, or a slip from one."""
    words = _words(text)
    said = _said(words)
    if not said.isdisjoint(known):
        return True
    core = min((one for one in said if one), key=lambda one: (len(one), one), default="")
    if len(core) < _SHORTEST_MISSPELT:
        return False
    alike = process.extract(core, known, scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return any(_denied(core) == _denied(phrase) for phrase, _, _ in alike)


def _denied(text: str) -> list[str]:
    """The words that say no: "ya no se arregló" is no slip of "ya se arregló"."""
    return [word for word in text.split() if word in _NO]


def _said(words: list[str]) -> set[str]:
    """The words with more or less of the politeness at either end; but "no" before "se arregló" denies it."""
    if len(words) > _SHORT:
        return set()
    first, last = _core(words)
    denied = {at for at, word in enumerate(words) if at and words[at - 1] == "no" and word in _DENIABLE}
    starts = set(range(first + 1)) - denied
    return {" ".join(words[start:end]) for start in starts for end in range(last, len(words) + 1)}


def _core(words: list[str]) -> tuple[int, int]:
    """Where the words begin and end that are no politeness."""
    first = next((at for at, word in enumerate(words) if word not in _BEFORE), len(words))
    last = next((at for at in range(len(words), 0, -1) if words[at - 1] not in _AFTER), 0)
    return first, last


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text[:MAX_LENGTH]).replace("thank you", "thanks"))
