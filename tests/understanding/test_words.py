"""From text to words: Slack's mark-up, folding, masks, repair, stems, language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding import Vocabulary, built_in_vocabulary, language_of
from bot.understanding.features import Featurizer, Seen, Word
from bot.understanding.plain import MAX_LENGTH, fold, plain, word_set
from bot.understanding.repair import Repairer, allowed_edits
from bot.understanding.tokens import tokens


def said(featurizer: Featurizer, text: str) -> list[str]:
    return [word.meant for word in featurizer.words(text)]


TARGETS = ["points", "register", "balance", "customer", "duplicate", "wallet"]


@pytest.mark.parametrize(
    ("slack", "shown"),
    [
        ("<@U0POINTSMAN> hi", "hi"),
        ("<@U0POINTSMAN|pointsman> hi", "hi"),
        ("<!here> <!subteam^S1|@managers> hi", "hi"),
        ("<!date^1700000000^{date}|yesterday> sale", "yesterday sale"),
        ("see <#C0PINE|pine-street> and <#C0OAK>", "see pine-street and"),
        ("<mailto:a.b@example.com|a.b@example.com>", "a.b@example.com"),
        ("<tel:3035550142|(303) 555-0142> <tel:3035550143>", "(303) 555-0142 3035550143"),
        ("<https://example.com/x|the form> <https://example.com/y>", "the form"),
        ("<https://example.com|https://example.com>", ""),
        ("a &lt; b &amp; c", "a < b & c"),
        ("<odd:thing>", "<odd:thing>"),
        ("nice :tada::skin-tone-2: :+1: at 9:15:30", "nice at 9:15:30"),
        ("pos shows ٢٠٠", "pos shows 200"),
        ("ｆｕｌｌ\u200b width", "full width"),
    ],
)
def test_plain(slack: str, shown: str) -> None:
    assert " ".join(plain(slack).split()) == shown


def test_plain_reads_no_further_than_the_limit() -> None:
    assert len(plain("a" * (MAX_LENGTH + 500))) == MAX_LENGTH


@pytest.mark.parametrize(
    ("text", "folded"), [("¿Inscribió?", "¿inscribio?"), ("Isn’t", "isnt"), ("O'Brien", "obrien"), ("NIÑA", "nina")]
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_word_set() -> None:
    assert word_set(" a b\n  a ") == frozenset({"a", "b"})


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Says 500, shows 1,200!", ["says", "<number>", "shows", "<number>"]),
        ("call (303) 555-0142 or 5550142", ["call", "<phone>", "or", "<id>"]),
        ("3035550142 a@example.com", ["<phone>", "<email>"]),
        ("id 0123456789abcdef0123456789abcdef", ["id", "<id>"]),
        ("$80 or 80 dollars, 10%", ["<money>", "or", "<money>", "<percent>"]),
        ("at 9:15 or 3pm", ["at", "<time>", "or", "<time>"]),
        ("+50 -40", ["<delta>", "<delta>"]),
        ("2 profiles", ["two", "profiles"]),
        ("2nd 3.5g", ["<number>", "nd", "<decimal>", "g"]),
        ("#5512064", ["<id>"]),
        ("", []),
    ],
)
def test_tokens(text: str, read: list[str]) -> None:
    assert tokens(text) == read


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("ponits", ("points",)),
        ("regster", ("register",)),
        ("blance", ("balance",)),
        ("dublicate", ("duplicate",)),
        ("duplicte", ("duplicate",)),
        ("pointsbalance", ("points", "balance")),
        ("paints", ("paints",)),
        ("wall", ("wall",)),
        ("xwaqlet", ("xwaqlet",)),
        ("pts", ("pts",)),
        ("a" * 30, ("a" * 30,)),
    ],
)
def test_repair(word: str, meant: tuple[str, ...]) -> None:
    assert Repairer(TARGETS, ["paints"]).repair(word) == meant


def test_a_slip_in_the_first_letter_is_one_slip_only() -> None:
    repairer = Repairer(TARGETS, [])
    assert (repairer.repair("vuplicate"), repairer.repair("vuplicat")) == (("duplicate",), ("vuplicat",))


def test_longer_words_may_have_more_slips() -> None:
    assert [allowed_edits(length) for length in (3, 4, 6, 7, 10, 11, 24, 25)] == [0, 1, 1, 2, 2, 3, 3, 0]


@given(st.text(max_size=30))
def test_repair_gives_words_back(word: str) -> None:
    repairer = Repairer(TARGETS, [])
    assert repairer.repair(word) == repairer.repair(word)
    assert repairer.repair(word)


def test_no_common_word_is_repaired() -> None:
    vocabulary = built_in_vocabulary()
    featurizer = Featurizer(Vocabulary(words=vocabulary.words, never_repair=vocabulary.never_repair), Seen())
    assert [word for word in sorted(vocabulary.common) if word.isalpha() and said(featurizer, word) != [word]] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cust acct doesn't match", "customer account mismatch"),
        ("la cuenta del cliente", "the account of customer"),
        ("dutchy and alpin iq", "dutchie and alpineiq"),
        ("dana ortiz called", "<name> ortiz called"),
        ("how come", "why"),
    ],
)
def test_words_are_said_our_way(text: str, words: str) -> None:
    assert said(Featurizer(built_in_vocabulary(), Seen()), text) == words.split()


def test_words_remember_what_was_written() -> None:
    featurizer = Featurizer(built_in_vocabulary(), Seen())
    assert featurizer.words("how come cust regster") == [
        Word("why", "how come"),
        Word("customer", "cust"),
        Word("register", "regster"),
    ]


def test_a_word_written_once_may_be_a_slip_and_one_written_twice_is_known() -> None:
    words = Vocabulary(words=frozenset({"points"}))
    once = Featurizer(words, Seen.of(["pointz here"]))
    twice = Featurizer(words, Seen.of(["pointz here", "pointz there"]))
    assert (said(once, "pointz"), said(twice, "pointz")) == (["points"], ["pointz"])


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("blnce", "balance"),
        ("blnc", "balance"),
        ("rcpts", "receipts"),
        ("prfl", "profile"),
        ("cstmr", "customer"),
        ("why", "why"),
        ("xkcd", "xkcd"),
    ],
)
def test_a_word_without_its_vowels_is_read(word: str, meant: str) -> None:
    repairer = Repairer(["balance", "receipts", "customer"], ["profile", "why", "bouncy"])
    assert repairer.repair(word) == (meant,)


def test_of_words_with_one_skeleton_the_shops_goes_first() -> None:
    assert Repairer(["tokens"], ["takens"]).repair("tkns") == ("tokens",)


def test_a_word_that_one_text_has_is_mended_to_after_those_we_know_well() -> None:
    featurizer = Featurizer(Vocabulary(words=frozenset({"points"})), Seen.of(["pointz galore", "a trampoline"]))
    assert [said(featurizer, word) for word in ("pointz", "trampolne", "trampoline")] == [
        ["points"],
        ["trampoline"],
        ["trampoline"],
    ]


def test_what_was_seen_once_and_often() -> None:
    assert Seen.of(["one two", "two 500 pts two", "a@b.co"]) == Seen(frozenset({"two"}), frozenset({"one", "pts"}))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("b4 2nite u wanna call ppl", "before tonight you want call people"),
        ("any1 gr8 w/o da msg", "anyone great without da message"),
        ("wut abt tmrw plz", "what about tomorrow please"),
    ],
)
def test_texting_is_read_in_any_trade(text: str, words: str) -> None:
    texting = Vocabulary(texting=built_in_vocabulary().texting)
    assert said(Featurizer(texting, Seen()), text) == words.split()


def test_features_are_stems_pairs_and_pieces() -> None:
    features = Featurizer(Vocabulary(), Seen()).features("wallet errors <")
    assert features.words == ("wallet", "error")
    assert {
        "wallet",
        "error",
        "wallet>error",
        "error+wallet",
        "=errors",
        "~^w",
        "~^wal",
        "~rs$",
    } <= features.weights.keys()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("customer says 500 but the pos shows 200", "en"),
        ("el cliente dice que tiene 500 puntos", "es"),
        ("la app dice 450 y aqui 120", "es"),
        ("no", "en"),
        ("", "en"),
        ("¿600?", "es"),
        ("cliente dice 900 pero el register shows 400", "es"),
        ("can you check maria jose for me", "en"),
    ],
)
def test_language_of(text: str, language: str) -> None:
    assert language_of(text) == language
