"""The words around a number that say what it is, in both languages, and a text cut into numbers and such words."""

from __future__ import annotations

import re

from bot.understanding.number_words import TIMES, number_words, small
from bot.understanding.plain import fold, word_set

PROVIDER, POS, PERSON = "theprovider", "thepos", "customer"
"""Words that stand in the place of vendors' and people's names."""

LARGEST = 1_000_000
LONGEST_BARE = 100_000
"""From here on a number is points only where it says so; six digits alone are an id more often."""

POINTS = word_set("points point pts pt puntos punto ptos pnts puntitos")
UNITS = word_set("""
    dollars dollar bucks usd dolares pesos percent times day days week weeks month months year years yr yrs min
    mins minute minutes hour hours hr hrs am pm grams gram g oz ounce ounces mg lb lbs x st nd rd th accounts
    account profiles profile customers people orders order visits visit purchases purchase receipts items item
    dias semanas meses anos horas minutos veces cuentas perfiles compras personas customer clientes jars jar
    bags boxes units unit packs carts cents centavos gracias thanks phone phones numbers numeros members miembros
    contacts contactos regulars attendees ppl folks names nombres are were failed missed first
""")
LABELS = word_set("""
    id number num numero order ticket receipt recibo profile code codigo pin version gen gelato level nivel tier
""")
NUMBERED = word_set("register reg pos caja store till terminal tienda lane")
SPENT = word_set("""
    spent spend spends gasto gaste paid pago pagaron redeemed redeem canjeo used uso over under since desde takes took
    out down short lost missing minus menos negative negativo perdio faltan
""")
"""What a number after it is no balance."""
OFFERS = word_set("reward rewards recompensa recompensas discount descuento free gratis coupon one ones bonus")
"""After "100 points": what such points buy, or promise."""
EXPIRING = word_set("expire expired expires expiring will vencen vencieron vence caducan caducaron")
SIGNS = word_set("sign cartel poster flyer banner offer oferta letrero volante email mail correo")
"""What says a number that is nobody's balance."""

# What shows points, who speaks of them, and how: each on the claiming or on the register's side.
CLAIM_THINGS = word_set(f"""
    app apps aplicacion wallet wallets billetera phone fone cel celular telefono text sms mensaje online website
    web site pagina dashboard portal {PROVIDER}
""")
OBSERVE_THINGS = word_set(f"""
    register reg pos caja screen pantalla system sistema till checkout kiosk ours here aqui nuestro {POS}
""")
CLAIM_FIXED = word_set("should supposed deberia deberian debe debia expected expects expecting expect")
CLAIM_PEOPLE = word_set("""
    customer cust client cliente clienta guest he she they shes hes guy lady dude gal man woman member senora
    senor ella el husband wife mom dad
""")
OBSERVE_PEOPLE = word_set("we i im mine me nosotros yo it")
HAVE = word_set("""
    have has got get gets getting had says say tengo tenemos vemos dice show showing seeing still at looking count
    counting find finding read reading pull pulls only just
""")
"""What people at the register do with a balance, beside seeing it."""
CLAIM_VERBS = word_set("""
    says say said claims claim claiming swears insists thinks told dice dicen jura cree had tenia was before
""")
OBSERVE_VERBS = word_set("""
    shows show showing shown see seeing reads displays muestra muestran aparece aparecen sale salen marca veo
    only solo now ahora today hoy
""")
PAST = word_set("had was tenia habia")
PREPOSITIONS = word_set("in on at from per by en inside")
SMALL_WORDS = word_set("the his her their my our your this a el la los su sus customers guests clients de on at")

# What asks for points to be added or taken off.
ADD = word_set("""
    add give gift credit award toss throw put plus bump load comp grant hook slide dale denle agrega agregale
    agregar suma sumale sumar pon ponle abona abonale abonar dar darle regalale agregarle sumarle abonarle ponerle
    acredita acreditale acreditar otorga otorgale
""")
TAKE = word_set("""
    deduct remove subtract minus dock pull yank quita quitale quitar resta restale restar
    descuenta descontar descuentale baja bajale quitarle restarle descontarle
""")
GIVE_BACK = word_set("""
    refund restore reinstate return devuelve devuelvele devolver devolverle regresa regresale regresar regresarle
    reembolsa reembolsar
""")
"""Asks for points to be added only where points are said: receipts and goods are returned, too."""
AWAY = word_set("off away out back")
REFUSED = word_set("not dont never cant didnt doesnt wont cannot shouldnt no nunca who did does didn it she he")
"""Before a verb that asks: nothing is asked ("dont add 50", "why did it take off 40", "she put 50 in")."""
INSIDE = {"hook": "with", "set": "with", "throw": "in", "toss": "in", "put": "in", "slide": "in", "load": "in"}
"""Verbs, and the word that may stand between them and the number: "hook him up with 50", "throw in 50"."""
WHOM = word_set("""
    him her them em the this that customer cust le a al su another an extra me us just about like account los las
    guy lady dude gal person patient cliente clienta up by
""")
SHOWN = word_set("""
    at is was shows show showing says say see seeing dice sale salen marca muestra balance saldo hes shes history
    historial has have had tiene tenia got
""")
"""Before a number with a minus: a balance below zero, not something asked for."""
AFTER_DELTA = POINTS | word_set("""
    to for back more on please pls plz porfa por from off and then y al en mas her his him their them a de extra away
    into real really quick asap rn now today because bc since cuz thanks thx porque ya
""")
WANTS = word_set("needs need want wants please can could necesita quiere ocupa")
ADDED = word_set("added back credited agregados sumados")
REMOVED = word_set("removed deducted taken quitados restados")

_TOKEN = re.compile(
    r"""
    (?P<money>\$\s?\d[\d,.]*)
  | (?P<signed>(?<![\w.,)+-])[+−-](?:\d{1,3}(?:,\d{3})+(?![\w%.,]\d?)|\d{1,6}(?![\w%]|[.,:/\s]\d)))
  | (?P<number>(?<![\w.,/#$+−-])(?<!\d:)
        (?:\d{1,3}(?:,\d{3})+
          |\d{1,3}(?:\.\d{3})+(?=\s?(?:points?|pts?|puntos|ptos)\b)
          |\d{1,3}(?:\.\d)?k\b
          |\d{1,6})
        (?![\w%]|[.,:/-]\d))
  | (?P<word>[^\W\d_]+)
  | (?P<stop>[.;?!\n¦|])
  | (?P<other>[\d][\w.,:/%-]*)
    """,
    re.VERBOSE,
)

_GLUED = re.compile(r"(\d)(?=(?:pts?|points?|puntos|ptos)\b)")


class Tokens:
    """A text cut into numbers, words and stops: `kinds` and `written` have one entry each."""

    def __init__(self, text: str) -> None:
        found = list(_TOKEN.finditer(_GLUED.sub(r"\1 ", fold(text))))
        kinds = [str(one.lastgroup) for one in found]
        self.kinds, self.written = _with_numbers(kinds, [one.group() for one in found])

    def __len__(self) -> int:
        return len(self.kinds)

    def word(self, at: int) -> str:
        """The word at this place; empty where there is something else, or nothing."""
        return self.written[at] if 0 <= at < len(self.kinds) and self.kinds[at] == "word" else ""

    def value(self, at: int) -> int:
        """The number at this place without its sign: "1,200", "1.200" and "1.2k" are 1200."""
        written = self.written[at].lstrip("+-−")
        if written.endswith("k"):
            return round(float(written[:-1]) * 1000)
        return int(written.replace(",", "").replace(".", ""))


def _with_numbers(kinds: list[str], written: list[str]) -> tuple[list[str], list[str]]:
    """The same tokens with numbers in words put in digits; words of numbers that are no clear number become "other"."""
    words = [word if kind == "word" else "" for kind, word in zip(kinds, written, strict=True)]
    out: list[tuple[str, str]] = []
    at = 0
    while at < len(words):
        value, length = number_words(words, at) if words[at] else _multiplied(kinds, written, at)
        after = words[at + length] if at + length < len(words) else ""
        if not length or (small(words, at, length) and after not in POINTS):
            length = 1
            out.append((kinds[at], written[at]))
        else:
            out.append(("other", " ".join(written[at : at + length])) if value is None else ("number", str(value)))
        at += length
    return [kind for kind, _ in out], [text for _, text in out]


def _multiplied(kinds: list[str], written: list[str], at: int) -> tuple[int | None, int]:
    """ "5 hundred", "2 mil": (value, 2); (None, 0) for what is no such number."""
    times = TIMES.get(written[at + 1]) if at + 1 < len(written) else None
    if times is None or kinds[at] != "number" or not written[at].isdigit() or len(written[at]) > 2:
        return None, 0
    return int(written[at]) * times, 2
