"""What short replies ask of a case, and what only looks like it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding import (
    another_or_same,
    asks_why,
    goes_on,
    never_mind,
    of_another,
    of_their_own,
    only_thanks,
    surely_never_mind,
    what_about,
)


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
        "why tho??",
        "y por que?",
        "how'd you get that",
        "what's that based on",
        "cómo sabe eso",
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
        "olvidalo",
        "its fixed now",
        "nvm its working now",
        "nvm fixed itself",
        "never mind she found her card",
        "ok never mind then, customer left",
        "forget it he doesnt want to wait",
        "forget about it",
        "cancel this please",
        "you can close this",
        "close this one",
        "close it pls",
        "can close",
        "all set thank you!!",
        "we're all set",
        "she's good now",
        "working now thx",
        "it works now",
        "it's working",
        "points are showing now",
        "shows now thanks",
        "got it working",
        "got it sorted",
        "sorted thanks",
        "false alarm",
        "my mistake",
        "oops wrong thread",
        "wrong chat sorry",
        "ignore this, wrong person",
        "ya quedó gracias",
        "ya funciona",
        "ya aparecieron los puntos",
        "ya le salió",
        "falsa alarma",
        "me equivoqué de hilo",
        "no, déjelo",
        "olvídelo, ya se fue",
        "ya no importa",
        "cancele por favor",
        "disregard pls",
        "dont worry about it",
        "nm figured it out",
        "nvm we're good",
        "nvm customer found it",
        "nevermind shes all set",
        "olvídalo, se fue",
        "ya se ven los puntos, gracias",
        "thx that worked",
        "thanks!! that fixed it",
        "thank you, it shows now",
        "gracias ya quedó",
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
        "listo gracias",
        "got it",
        "ok got it",
        "thats good",
        "this is fine",
        "it shows again",
        "it's back again",
        "no worries got it",
        "thanks",
        "thank you!",
        "ok",
        "ok cool",
        "gracias",
        "still not working",
        "its not fixed",
        "it didnt work",
        "didnt fix it",
        "not working now",
        "is it fixed now?",
        "its fixed for her but not for him",
        "never mind about the phone, use her email",
        "all good except the tier",
        "close the register",
        "cancel her order",
        "forget the email use the phone",
        "ya no le salen los puntos",
        "ya no funciona",
        "no funciona ya",
        "why doesnt it work",
        "why is her tier silver",
        "she says its wrong",
        "hold on",
        "one sec",
        "wait",
        "ya no se arregló",
        "es necesario",
        "ya hace falta",
        "no se arregló",
        "its not working",
        "its working?",
        "is it working now",
        "all good?",
        "works for me but not her",
        "can you close the register",
        "cancel the refund",
        "he left a bad review",
        "nvm what about 303-555-0188",
        "never mind the app, check the register",
        "forget it, use 303-555-0188 instead",
        "nvm can you look up her email",
        "never mind she found another receipt 5512064",
        "correct",
        "yes",
        "fine",
        "good",
        "done",
        "hecho",
        "he doesnt want to wait",
        "wrong person",
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
        ("y el otro numero?", True),
        ("y el otro numero 303-555-0199?", True),
        ("no the other store", True),
        ("no, lakeview i mean", True),
        ("wait its 303-555-0188", True),
        ("sorry 303-555-0188", True),
        ("her husbands number is 303-555-0188", True),
        ("try 303-555-0188", True),
        ("or her email ty@example.com", True),
        ("maybe its under her maiden name", True),
        ("its under her husbands phone 303-555-0188", True),
        ("the right number is 303-555-0188", True),
        ("use 303-555-0188 instead", True),
        ("actually 303-555-0188", True),
        ("this one 303-555-0188", True),
        ("the other one", True),
        ("pruebe con 303-555-0188", True),
        ("es el 303-555-0188", True),
        ("su otro correo es ty@example.com", True),
        ("o con el correo ty@example.com", True),
        ("check 303-555-0188 too", True),
        ("same for 303-555-0188", True),
        ("and the other store?", True),
        ("not that store, broadway", True),
        ("la otra tienda", True),
    ],
)
def test_goes_on_with_what_was_said(text: str, expected: bool) -> None:
    assert goes_on(text) is expected


@pytest.mark.parametrize("text", ["nvm", "close this one", "cancel that please", "olvídelo", "falsa alarma", "nvm?"])
def test_a_sure_never_mind_lets_the_question_itself_be(text: str) -> None:
    assert surely_never_mind(text)


@pytest.mark.parametrize(
    "text", ["all good", "its fixed", "ya se ve", "found it", "points are back again", "close it?"]
)
def test_all_good_may_be_said_of_one_thing_of_several(text: str) -> None:
    assert not surely_never_mind(text)
    assert never_mind(text) is ("?" not in text)


@pytest.mark.parametrize(
    "text", ["thanks!", "Thank you so much", "gracias", "thx all", "thanks!! that fixed it", "ok ty"]
)
def test_thanks_ask_nothing(text: str) -> None:
    assert only_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "thanks but it still shows 200",
        "thanks, and 303-555-0164?",
        "you",
        "it worked",
        "",
        "thanks why",
        "no thanks to him",
    ],
)
def test_thanks_with_more_are_more(text: str) -> None:
    assert not only_thanks(text)


def test_whom_a_reply_turns_to() -> None:
    told = ["what about my other customer 303-555-0164", "y la otra clienta?", "her other number", "another one"]
    assert [of_another(text) for text in told] == [True, True, False, False]
    told = ["ok what about Maria Lopez?", "¿y para Lena?", "her number is", "its what about her"]
    assert [what_about(text) for text in told] == [True, True, False, False]
    told = ["same here, my customer says 900", "now mine shows 300", "mi clienta dice 900", "the app says 900"]
    assert [of_their_own(text) for text in told] == [True, True, True, False]


@pytest.mark.parametrize("word", ["not", "didnt", "isnt", "no"])
@pytest.mark.parametrize(
    "text", ["its {} fixed", "its {} working now", "ya {} se arreglo", "{} se arreglo", "ya {} salio"]
)
def test_a_reply_that_denies_it_never_closes_a_case(text: str, word: str) -> None:
    assert not never_mind(text.format(word))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_no_reply_is_too_odd(text: str) -> None:
    assert not (asks_why(text) and never_mind(text))


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("another", "another"),
        ("yes", "another"),
        ("yes she is another customer", "another"),
        ("yep different person", "another"),
        ("a different one, thanks", "another"),
        ("not the same", "another"),
        ("no, another one", "another"),
        ("sí, otro cliente", "another"),
        ("Otro cliente", "another"),
        ("es otra persona", "another"),
        ("no, es otra", "another"),
        ("no es el mismo", "another"),
        ("no", "same"),
        ("no, the same one", "same"),
        ("nope same person", "same"),
        ("yes, the same one", "same"),
        ("no, es el mismo", "same"),
        ("no, es ella", "same"),
        ("es la misma clienta", "same"),
        ("El mismo", "same"),
        ("no es otro cliente", None),
        ("no idea", None),
        ("another phone", None),
        ("303-555-0164", None),
        ("", None),
    ],
)
def test_another_or_the_same(text: str, means: str | None) -> None:
    assert another_or_same(text) == means
