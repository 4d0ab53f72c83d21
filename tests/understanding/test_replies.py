"""What short replies ask of a case, and what only looks like it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding import asks_why, goes_on, never_mind


@pytest.mark.parametrize(
    "text",
    [
        "why?",
        "Why this answer??",
        "ok but why",
        "how come",
        "explain pls",
        "¿por qué?",
        "y por qué esta respuesta?",
        "why did you say that",
        "how do you know?",
        "¿Cómo lo sabes?",
        "whyy this answer",
        "explícame por favor",
        "why is that?",
        "why tho",
        "y eso por qué?",
        "what makes you say that",
        "¿en qué te basas?",
    ],
)
def test_asks_for_our_reasons(text: str) -> None:
    assert asks_why(text)
    assert not never_mind(text)


@pytest.mark.parametrize(
    "text",
    [
        "never mind",
        "Nevermind!",
        "nvm",
        "ok nvm thanks",
        "oh never mind, found it",
        "olvídalo",
        "ya no, gracias",
        "cancel that please",
        "all good now",
        "déjalo así",
        "never mnid",
        "no importa ya",
        "scratch that, we got it",
        "nvm she left",
        "never mind, wrong person, my bad",
        "nah never mind",
        "we're good now thanks",
        "its fixed",
        "ya se arregló, gracias",
        "olvídalo, ya se fue la clienta",
        "ya no es necesario",
    ],
)
def test_wants_nothing_more(text: str) -> None:
    assert never_mind(text)
    assert not asks_why(text)


@pytest.mark.parametrize(
    "text",
    [
        "why are her points gone",
        "por qué no le salen los puntos",
        "why is it slow",
        "never",
        "",
        "🤷",
        "cancelled order",
        "never mind the first receipt, take 5512064",
        "never mind the points, why is she not a member",
        "nvm what is her number",
        "explain tiers",
        "no importa el correo, busca por telefono",
        "its fine for everybody else",
        "found it under another account",
        "can you cancel the order",
        "she forgot it",
        "why me",
    ],
)
def test_anything_else_is_neither(text: str) -> None:
    assert not asks_why(text)
    assert not never_mind(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what about her other number 555-0199?", True),
        ("¿y con el otro teléfono 303-555-0199?", True),
        ("and her email dana@example.com?", True),
        ("perdón, es el 303-555-0199", True),
        ("her new number is 303-555-0199", True),
        ("customer says 500 pos shows 200 303-555-0188", False),
        ("my lady at register 2 has two profiles 303-555-0188", False),
        ("another one for later: two profiles for 303-555-0143, she says", False),
    ],
)
def test_goes_on_with_what_was_said(text: str, expected: bool) -> None:
    assert goes_on(text) is expected


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_no_reply_is_too_odd(text: str) -> None:
    assert not (asks_why(text) and never_mind(text))
