"""Why a text matched, as a person reads it."""

from __future__ import annotations

from bot.understanding.features import Word
from bot.understanding.models import Reason, Repair
from bot.understanding.reasons import readings, told
from tests.trained import built_in_matcher


def words(*pairs: str) -> list[Word]:
    """Each "written" or "written>meant"."""
    split = [one.partition(">") for one in pairs]
    return [Word(meant or written, written) for written, _, meant in split]


ASKED = words(
    "cust>customer", "sez>says", "<number>", "but>but", "the", "reg>register", "shows", "no>not", "pts>points"
)


def test_reasons_are_the_texts_own_words_neighbours_together() -> None:
    shares = [
        (0.5, ("register", "points")),
        (0.4, ("says", "<number>")),
        (0.3, ("customer", "but")),
        (0.15, ("the",)),
        (0.1, ("<number>",)),
    ]
    assert told(shares, ASKED)[0] == (
        Reason(words="cust sez", weight=0.7),
        Reason(words="reg", weight=0.25),
        Reason(words="no pts", weight=0.25),
    )


def test_small_words_stand_between_telling_ones_only() -> None:
    asked = words("when", "do", "points", "of", "the", "guest>customer", "expire>expired", "for", "him>they")
    shares = [(0.3, ("when",)), (0.2, ("points", "expired")), (0.1, ("customer", "for"))]
    assert [one.words for one in told(shares, asked)[0]] == ["points of the guest expire"]


def test_a_phrase_that_we_say_in_two_words_stands_once() -> None:
    asked = words("joined up>sign", "joined up>up", "today")
    assert told([(0.3, ("sign", "up", "today"))], asked) == ((Reason(words="joined up today", weight=0.3),), ())


def test_no_more_than_five_and_none_for_what_is_not_there() -> None:
    asked = words("one", "<number>", "two", "three", "four", "five", "six")
    shares = [(-0.1, (word,)) for word in ("absent", "one", "two", "three", "four", "five", "six")]
    assert told([*shares, (-0.05, ("one", "two"))], asked) == (
        (),
        (Reason(words="one", weight=-0.125), Reason(words="two three four five", weight=-0.425)),
    )


def test_a_word_speaks_for_one_side_only() -> None:
    asked = words("register", "shows", "nothing")
    shares = [(0.5, ("register", "shows")), (-0.3, ("shows",)), (-0.2, ("nothing",)), (0.1, ("register", "nothing"))]
    assert told(shares, asked) == (
        (Reason(words="register", weight=0.3),),
        (Reason(words="shows nothing", weight=-0.2),),
    )


def test_other_forms_and_small_words_are_no_readings() -> None:
    asked = words(
        "her>they", "pts>points", "expires>expired", "balence>balance", "shows", "venció>expired", "pts>points"
    )
    assert readings(asked) == (
        Repair(written="pts", meant="points"),
        Repair(written="balence", meant="balance"),
        Repair(written="venció", meant="expired"),
    )


def test_no_reason_names_what_the_asker_did_not_write() -> None:
    for text in (
        "when do her points expire 303-555-0153",
        "no le dieron puntos por su compra de ayer",
        "signed up last week n no welcome pts",
        "app says 500, register shows 200",
    ):
        why = built_in_matcher().explain(text)
        assert why is not None
        said = " ".join(one.words for one in (*why.pro, *why.contra)).split()
        assert (bool(said), set(said) - set(text.replace(",", " ").split())) == (True, set())
