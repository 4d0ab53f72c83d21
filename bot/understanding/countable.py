"""Whether a number in a text may be a balance of points at all: no measure, label, price or difference."""

from __future__ import annotations

from bot.understanding.amount_tokens import Tokens
from bot.understanding.amount_words import (
    AUXILIARIES,
    AWAY,
    BILLS,
    BOUNDS,
    BUYS,
    CLAIM_FIXED,
    DONE,
    EARNED,
    EXPIRING,
    GONE,
    LABELS,
    LARGEST,
    LESS,
    LONGEST_BARE,
    NUMBERED,
    OF_A_BILL,
    OFFERS,
    PAST,
    POINTS,
    PRIZES,
    SIGNS,
    SPENT,
    UNITS,
    WHOM,
)
from bot.understanding.plain import word_set

_EITHER = word_set("or o")
_WOULD = word_set("to would will shed hed theyd youd")
_HIGHER = word_set("higher lower bigger smaller behind ahead apart arriba abajo")
_MORE_OR_LESS = word_set("more less fewer extra mas menos")
_GET = word_set("get receive earn dar darle recibir ganar")
_GOT = word_set("got gave dieron received recibio")
_ONLY = word_set("only just solo")
_LONGEST_BETWEEN = 8
_FROM = word_set("from for por de")
_A = word_set("the a an his her their my that this la el su una un")
_PURCHASES = word_set(
    "promo promotion purchase order sale referral visit review birthday signup compra visita referido"
)
_POSTED = word_set("posted post credited earned received awarded hit")
_ARTICLES = word_set("a an")
_WRITTEN = word_set("email mail correo")
_TIMES = word_set("day week month year visit dia semana mes ano visita")
_UP_TO = {
    *((word, "to") for word in ("up", "close", "near", "next")),
    *((word, "than") for word in ("less", "more", "fewer", "greater", "higher", "lower")),
    *((word, "de") for word in ("menos", "mas", "minimo", "maximo")),
}
_IN_A_YEAR = word_set("in since en desde")
_HIGHEST_REGISTER = 20


def may_be_balance(tokens: Tokens, at: int) -> bool:
    """Whether the number at this place may be somebody's points."""
    value, written = tokens.value(at), tokens.written[at]
    before, after = tokens.word(at - 1), tokens.beside(at)
    bound = before in BOUNDS or (tokens.word(at - 2), before) in _UP_TO
    if value > LARGEST or (value >= LONGEST_BARE and after not in POINTS):
        return False
    if _in_a_row(tokens, at):
        return False  # "303 555 01 87"
    if is_label(tokens, at):
        return False
    if value and before in _ARTICLES and after not in POINTS and written.isdigit():
        return False  # "getting a 403"
    if after == "off" or before in SPENT or bound or _is_on_a_sign(tokens, at):
        return False
    if after in _EITHER and tokens.word(at + 3) in UNITS:
        return False  # "10 or 15 customers"
    return not any(one(tokens, at) for one in (_is_earned, _is_moved, _is_price, _buys, _is_difference))


def _is_on_a_sign(tokens: Tokens, at: int) -> bool:
    """ "500 on the sign": what is offered."""
    place = at + 2 if tokens.word(at + 1) in POINTS else at + 1
    if tokens.word(place) not in ("on", "in", "en"):
        return False
    while tokens.word(place + 1) in _A | {"our", "nuestro"}:
        place += 1
    return tokens.word(place + 1) in SIGNS - _WRITTEN


def is_label(tokens: Tokens, at: int) -> bool:
    """Whether the number there only counts or names something: "register 2", "3 days", "id 4471", "since 2024"."""
    value, written, before = tokens.value(at), tokens.written[at], tokens.word(at - 1)
    if len(written) > 1 and written.startswith("0"):
        return True  # "ends in 0142"
    if before in NUMBERED and 0 < value <= _HIGHEST_REGISTER:
        return True
    if before in _IN_A_YEAR and 2015 <= value <= 2035:
        return True
    return tokens.counts_something(at) or before in LABELS


def _in_a_row(tokens: Tokens, at: int) -> bool:
    """Whether the number is one of three or more with nothing between them: a phone in pieces."""

    def joined(left: int) -> bool:
        return tokens.is_number(left) and tokens.is_number(left + 1) and not tokens.closes(left)

    return any(joined(first) and joined(first + 1) for first in (at - 2, at - 1, at))


def _is_earned(tokens: Tokens, at: int) -> bool:
    """ "should get 120", "only 50 posted", "should have gotten 160, got 80": of one purchase."""
    return _is_of_a_purchase(tokens, at) or _follows_earned(tokens, at)


def _is_of_a_purchase(tokens: Tokens, at: int) -> bool:
    """ "should get 120", "only 50 posted", "expected 400 from the promo"."""
    if tokens.word(at - 1) in _GET and tokens.word(at - 2) in CLAIM_FIXED | _WOULD:
        return True
    last = at + 1 if tokens.beside(at) in POINTS else at
    if tokens.beside(last) in _FROM:
        place = last + 2
        while tokens.word(place) in _A:
            place += 1
        return tokens.word(place) in _PURCHASES
    return tokens.beside(last) in _POSTED or tokens.word(at - 1) in EARNED


def _follows_earned(tokens: Tokens, at: int) -> bool:
    """Whether it is what somebody got in the place of points that a purchase should have earned."""
    place = at - 1
    while tokens.word(place) in _ONLY:
        place -= 1
    if tokens.word(place) not in _GOT:
        return False
    first = place - _LONGEST_BETWEEN
    while place > first and tokens.word(place):
        place -= 1
    return tokens.is_number(place) and tokens.kinds[place] == "number" and _is_of_a_purchase(tokens, place)


def _is_moved(tokens: Tokens, at: int) -> bool:
    """ "gave him 50 by mistake", "transfer 300 points", "le quitaron 200"."""
    place = at - 1
    while tokens.word(place) in WHOM | AWAY:
        place -= 1
    return tokens.word(place) in DONE


def _is_price(tokens: Tokens, at: int) -> bool:
    """ "the bill was 90", "order total 120", "the reward is 300 points"."""
    place = at - 1
    while tokens.word(place) in OF_A_BILL:
        place -= 1
    priced = tokens.word(place) in PRIZES and place < at - 1
    return priced or (tokens.word(place) in BILLS and tokens.word(at + 1) not in POINTS)


def _buys(tokens: Tokens, at: int) -> bool:
    """ "100 points reward", "1 point per dollar", "100 points = $5", "500 points will expire"."""
    if tokens.beside(at) not in POINTS:
        return False
    priced = at + 2 < len(tokens) and tokens.kinds[at + 2] == "money"
    if tokens.beside(at + 1) == "you" and tokens.word(at + 3) in ("get", "gets"):
        return True  # "for 250 points you get a preroll"
    a_day = tokens.beside(at + 1) in _ARTICLES and tokens.word(at + 3) in _TIMES
    return priced or a_day or tokens.beside(at + 1) in OFFERS | EXPIRING | BUYS


def _is_difference(tokens: Tokens, at: int) -> bool:
    """ "difference of 75", "300 short", "100 points were taken"; but "had 500 points gone" is a balance."""
    if tokens.word(at - 1) in ("of", "de") and tokens.word(at - 2) in ("difference", "diff", "diferencia"):
        return True
    if not PAST.isdisjoint((tokens.word(at - 1), tokens.word(at - 2))):
        return False
    if tokens.beside(at + (tokens.beside(at) in POINTS)) in _HIGHER:
        return True  # "the app is 90 higher than the register"
    if tokens.beside(at) in _MORE_OR_LESS and tokens.word(at + 2) in POINTS:
        return True  # "300 more pts than i see"
    place = at + 1 if tokens.beside(at) in POINTS else at
    gone = GONE if place > at else LESS
    while tokens.beside(place) in AUXILIARIES:
        place += 1
    follows = place + 2 < len(tokens) and tokens.kinds[place + 2] == "number"
    return tokens.beside(place) in gone and not follows and tokens.word(place + 2) != "like"
