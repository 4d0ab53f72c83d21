"""Whom a reply in a thread turns to: another customer by name, whatever the wording; and nobody where no customer is
meant."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding import Turn, built_in_vocabulary, turned_to
from bot.understanding.plain import plain
from bot.understanding.word_names import WORD_NAMES

STORES = {"pine": ["pine st", "pine"], "down": ["downtown"]}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("what about Maria, app says 300", "Maria"),
        ("what about Maria", "Maria"),
        ("what about maria", "maria"),
        ("WHAT ABOUT MARIA", "MARIA"),
        ("and maria?", "maria"),
        ("same for mike pls", "mike"),
        ("how about jenny 600 in app", "jenny"),
        ("y la señora Ramos?", "Ramos"),
        ("y el señor ramos, la app dice 300", "ramos"),
        ("ok now Kevin: shows 40", "Kevin"),
        ("ok now kevin shows 40", "kevin"),
        ("my other customer maria", "maria"),
        ("my other customer maria says 300", "maria"),
        ("what about maria 303-555-0164", "maria"),
        ("and Kevin, 303-555-0164, 40 in app", "Kevin"),
        ("y maria?", "maria"),
        ("¿y con maria?", "maria"),
        ("y a Lupita cuánto le sale, la app dice 90", "Lupita"),
        ("ahora kevin, la app dice 300", "kevin"),
        ("lo mismo para Lupita", "Lupita"),
        ("igual con lupita porfa", "lupita"),
        ("same thing with Jenny, 600 vs 60", "Jenny"),
        ("can you check jenny 600 in app", "jenny"),
        ("also check jenny please", "jenny"),
        ("next one is Pedro 450 in app", "Pedro"),
        ("next: pedro 450 in app", "pedro"),
        ("what about Maria's points", "Maria"),
        ("what about marias app? says 300", "maria"),
        ("what about Maria José, app says 300", "Maria José"),
        ("thanks! and kevin?", "kevin"),
        ("what about Mr. Ramos", "Ramos"),
        ("whats up with kevin 40 on pos", "kevin"),
        ("kevin: app 300 register 100", "kevin"),
        ("kevin shows 40", "kevin"),
        ("what about my buddy kevin, 300 in app", "kevin"),
        ("what abt maria", "maria"),
        ("maria too", "maria"),
        ("oye y maria?", "maria"),
        ("no i meant maria, app says 300", "maria"),
        ("got another one, kevin, app shows 300", "kevin"),
        ("okay kevin now", "kevin"),
        ("hey can you also do kevin", "kevin"),
        ("same thing but for Andrea", "Andrea"),
        ("ahora sí con Lupita, la app dice 60", "Lupita"),
    ],
)
def test_another_customer_by_first_name(text: str, name: str) -> None:
    found = turned_to(text, stores=STORES)
    assert found is not None
    assert (found.name, found.sure) == (name, True)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("what about Xiomara, app says 300", "Xiomara"),
        ("what about xiomara 300", "xiomara"),
        ("same for Xiomara", "Xiomara"),
        ("what about April, app says 300", "April"),
        ("what about Mark?", "Mark"),
        ("what about Julio?", "Julio"),
        ("what about mike from downtown, app says 300", "mike"),
        ("what about maria at the register, app says 300", "maria"),
        ("and maria told me its 300", "maria"),
        ("Maria, app says 300 now", "Maria"),
        ("the app says 300 for him, kevin that is", "kevin"),
    ],
)
def test_who_may_be_another_customer_is_asked_about(text: str, name: str) -> None:
    assert turned_to(text, stores=STORES) == Turn(name, sure=False, led=not text.startswith(("Maria", "the")))


@pytest.mark.parametrize(
    "text",
    [
        "maria at the desk says 1200",
        "what about maria at the desk",
        "Mike my manager says 300",
        "what about Mike my manager",
        "what about my manager Mike",
        "my manager mike says it shows 300",
        "mike from corporate says 500",
        "what about mike in the back",
        "and then maria said she fixed it",
        "thanks maria",
        "ask maria",
        "hey maria 300 or 200?",
        "what about Monday",
        "what about monday, 300 points",
        "what about april",
        "what about the app",
        "what about the app 300",
        "what about tier gold",
        "what about gold tier",
        "what about Alpine",
        "what about Dutchie, 300",
        "what about Wyld gummies",
        "what about pine st",
        "what about downtown",
        "what about her other number 555-0199?",
        "what about her email dana@example.com",
        "what about lunch",
        "what about Sprite?",
        "what about Sprite, 300",
        "and Colorado?",
        "what about Denver, app says 300",
        "what about Stiiizy, 300 points",
        "what about Venmo, 300",
        "y Colorado?",
        "what about Thanksgiving?",
        "what about the birthday bonus 50 points",
        "and the register 300",
        "and 300",
        "y la caja 300",
        "y aquí 300",
        "what about grace period",
        "what about her mom 303-555-0164",
        "what about Maria's register",
        "what about Maria's husband",
        "and now it shows 300",
        "ok now 300",
        "same",
        "",
        "what about",
        "what about if she pays 300",
        "what about points from 2023",
        "what about his wallet: 300",
        "also rewrds 300",
    ],
)
def test_nobody_else_is_meant(text: str) -> None:
    assert turned_to(text, stores=STORES) is None


NAMES = sorted(built_in_vocabulary().names - built_in_vocabulary().meaningful - WORD_NAMES)
WAYS = ["what about {}?", "and {}?", "same for {} pls", "y {}?", "ok now {}: shows 40", "how about {} 600 in app"]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(NAMES), st.booleans(), st.sampled_from(WAYS))
def test_any_first_name_is_one(name: str, capital: bool, way: str) -> None:
    written = name.capitalize() if capital else name
    found = turned_to(way.format(written))
    assert found is not None
    assert found.name == written


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=120))
def test_no_text_is_too_odd(text: str) -> None:
    found = turned_to("what about " + text)
    assert found is None or found.name in plain(text)
