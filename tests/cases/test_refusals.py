"""What the rules say no with: short, in both languages, with the same figures, and never without a next step."""

from __future__ import annotations

import string
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.cases import Deed, History, ProposalState, Standing, authorize
from bot.config import AdjustPolicy, ContactPolicy, Hours, Policy
from bot.words import built_in
from bot.work.standing import refusal_words
from tests.cases.test_policy import MORGAN, NOW, OPEN, RILEY, adjust, relink

NIGHT = Standing(read_only=False, timezone="America/Denver", hours=Hours(opens="11:00", closes="20:00"))
REFUSED: list[tuple[Any, str, str]] = [
    (
        {"proposal": adjust(5001)},
        "More than 5,000 points at once are not allowed. Ask support.",
        "No se permiten más de 5,000 puntos de una vez. Pregunte a soporte.",
    ),
    (
        {"proposal": adjust(-201), "standing": Standing(read_only=False, balance=Decimal(200))},
        "The customer has 200 points; taking off more would go below zero. Take off less, or ask support.",
        "El cliente tiene 200 puntos; quitar más dejaría el saldo bajo cero. Quite menos o pregunte a soporte.",
    ),
    (
        {"proposal": adjust(51), "history": History(customer_week=Decimal(4950))},
        "That is more than the 5,000 points that one customer may get in a week. Ask support.",
        "Es más de los 5,000 puntos que un cliente puede recibir en una semana. Pregunte a soporte.",
    ),
    (
        {"proposal": relink(), "history": History(customer_times=5)},
        "There were 5 changes of this kind already, as many as one customer may have in a week. Ask support.",
        "Ya hubo 5 cambios de este tipo, tantos como un cliente puede tener en una semana. Pregunte a soporte.",
    ),
    (
        {"proposal": adjust(), "policy": Policy(outside_hours="refuse"), "standing": NIGHT},
        "Changes are asked for between 11:00 and 20:00, while the store's staff work. Please ask again then.",
        "Los cambios se piden entre las 11:00 y las 20:00, en el horario de la tienda. Pídalo entonces, por favor.",
    ),
    (
        {
            "proposal": relink(),
            "policy": Policy(relink=ContactPolicy(cooling_off_minutes=10)),
            "history": History(last_change=NOW - timedelta(minutes=4)),
        },
        "This customer had such a change a moment ago. The next is possible at 17:06.",
        "Este cliente tuvo un cambio igual hace un momento. El próximo se puede a las 17:06.",
    ),
    (
        {"proposal": adjust(state=ProposalState.DONE, decided_at=NOW - timedelta(days=8)), "deed": Deed.UNDO},
        "This is older than 7 days and cannot be undone here. Ask support.",
        "Tiene más de 7 días y no se puede deshacer aquí. Pregunte a soporte.",
    ),
    (
        {"proposal": adjust(), "policy": Policy(adjust_points=AdjustPolicy(may_ask="manager"))},
        "Only a manager can ask for this kind of change. Please ask yours.",
        "Solo un gerente puede pedir este tipo de cambio. Hable con el suyo.",
    ),
    (
        {"proposal": adjust().model_copy(update={"requester": "UMORGAN"}), "actor": MORGAN, "deed": Deed.APPROVE},
        "You asked for this yourself, so somebody else has to decide.",
        "Lo pidió usted, así que debe decidir otra persona.",
    ),
]


@pytest.mark.parametrize(("given", "english", "spanish"), REFUSED)
def test_a_refusal_says_the_same_in_both_languages(given: dict[str, Any], english: str, spanish: str) -> None:
    asked = {"actor": RILEY, "deed": Deed.SUBMIT, "policy": Policy(), "now": NOW, "standing": OPEN, **given}
    words = refusal_words(authorize(asked.pop("actor"), asked.pop("deed"), store_id="pine", **asked))
    assert (words.said("en"), words.said("es")) == (english, spanish)


def refusals() -> Iterator[tuple[str, dict[str, str]]]:
    """Every sentence of ours for a rule's refusal, by its code."""
    for key, sentence in built_in().items():
        if key.startswith("refused."):
            yield key, sentence


def test_refusals_are_short_and_have_the_same_places_in_both_languages() -> None:
    for key, sentence in refusals():
        places = [{field for _, field, _, _ in string.Formatter().parse(text) if field} for text in sentence.values()]
        assert places[0] == places[1], key
        assert all(len(text) <= 130 for text in sentence.values()), key
