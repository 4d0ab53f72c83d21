"""Every sentence that the code asks for exists in both languages, and takes the values it is given."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.bulk import CODES as ROW_CODES
from bot.bulk import FIELDS, Kind
from bot.cases.bulk_models import UNDECIDED, RowState, RunState
from bot.cases.digests import CODES as EXCEPTIONS
from bot.cases.models import CaseState, ProposalState
from bot.errors import NotAllowed, WorkUnavailable
from bot.playbook.schema import FixKind
from bot.slack.strings import LANGUAGES, PATH, read, refusal, speaker
from bot.slack.views.list_messages import TEMPLATES
from bot.slack.views.model import Need
from bot.words import Words, vendors
from bot.work.bulk_view import COLUMNS, SIDE_EFFECTS
from bot.work.ports import Notice
from connectors import REGISTRY
from connectors.contract import Operation
from connectors.errors import VendorError

BOT = Path(__file__).resolve().parents[2] / "bot"
SOURCES = sorted(path for room in ("slack", "effects", "work", "cases") for path in (BOT / room).rglob("*.py"))
BUILT = {
    "ask.": Need.__args__,
    "need.": Need.__args__,
    "case.": [s.value for s in CaseState],
    "state.": [s.value for s in ProposalState],
    "next.": ["declined", "rejected", "stale", "unknown", "declined_plain", "rejected_plain", "stale_plain"],
    "fix.": FixKind.__args__,
    "notice.": Notice.__args__,
    "why.": ["phone", "email", "customer_name", "order_id", "claimed_points", "observed_points", "points_delta"],
    "merge.": ["name", "phone", "email", "link"],
    "line.": ["reason", "comment"],
    "trouble.": [kind.code for kind in VendorError.__subclasses__()],
    "button.": ["arrived", "absent", "helpful", "not_helpful"],
    "button.template.": list(TEMPLATES),
    "bulk.": ["outcome_file", "problems_file"],
    "bulk.left_out_": ["one", "many"],
    "bulk.size.": [f"{kind}_{many}" for kind in Kind.__args__ for many in ("one", "many")],
    "bulk.kind.": Kind.__args__,
    "bulk.row.": list(ROW_CODES),
    "bulk.effect.": list(SIDE_EFFECTS),
    "bulk.field.": list(FIELDS),
    "bulk.head.": list(COLUMNS),
    "bulk.is.": [s.value for s in RowState],
    "bulk.column.": ["row", "who", "change", "balance"],
    "bulk.ask.": ["mode", "texts", "mode.add", "mode.set", "texts.yes", "texts.no"],
    "bulk.state.": [*(s.value for s in RunState if s not in UNDECIDED), "stopped"],
    "bulk.count.": [s.value for s in RowState if s not in (RowState.NEW, RowState.READY, RowState.REFUSED)],
    "bulk.time.": ["minute", "minutes", "hour", "hours", "day", "days"],
    "bulk.file.": [key.removeprefix("bulk.file.") for key in read(PATH) if key.startswith("bulk.file.")],
    "confirm.bulk_": ["cancel.text", "cancel.title", "stop.text", "stop.title"],
    "confirm.": ["arrived", "absent"],
    "sign.": EXCEPTIONS,
    "digest.is.": {*(s.value for s in ProposalState), *(s.value for s in RunState if s not in UNDECIDED), "submitted"}
    | {"expired", "refused", "cancelled"},
    "reason.": [key.partition(".")[2] for key in read(PATH) if key.startswith("reason.")],
    "refused.": [key.partition(".")[2] for key in read(PATH) if key.startswith("refused.")],
}
"""Keys that the code puts together: prefix and what may follow."""


def calls() -> Iterator[tuple[str, set[str]]]:
    """Each literal `say("key", name=…)` or `Words.of("key", name=…)` with the names it passes; both branches of a
    conditional key."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            spoken = (
                name == "say"
                or (isinstance(node.func, ast.Call) and getattr(node.func.func, "id", "") == "speaker")
                or (name == "of" and getattr(getattr(node.func, "value", None), "id", "") == "Words")
            )
            if name == "confirming" and isinstance(node.args[1], ast.Constant):
                yield node.args[1].value, set()
            if not spoken:
                continue
            first = node.args[0]
            keys = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
            for key in keys:
                if isinstance(key, ast.Constant):
                    yield key.value, {k.arg for k in node.keywords if k.arg}


def built() -> Iterator[str]:
    """Each prefix of `say(f"prefix.{…}")`."""
    for path in SOURCES:
        for match in re.finditer(r"""(?:say|\)|Words\.of)\(\s*f["']([a-z.]+\.)\{""", path.read_text(encoding="utf-8")):
            yield match.group(1)


def test_every_key_used_exists_in_both_languages_with_the_same_places() -> None:
    table = read(PATH)
    used = dict(calls())
    assert len(used) > 120
    assert [key for key in used if key not in table] == []
    for key, names in used.items():
        for language in LANGUAGES:
            places = {field for _, field, _, _ in string.Formatter().parse(table[key][language]) if field}
            assert places <= names, (key, language)
            assert places == {f for _, f, _, _ in string.Formatter().parse(table[key]["en"]) if f}, (key, language)


def test_keys_put_together_exist_for_every_value() -> None:
    table = read(PATH)
    assert set(built()) <= set(BUILT)
    silent = {"state.offered"}
    for prefix, values in BUILT.items():
        assert [f"{prefix}{v}" for v in values if f"{prefix}{v}" not in table.keys() | silent] == []


def named() -> set[str]:
    """Every literal that could be a key handed on to where it is said."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES)
    nodes = (node for tree in trees for node in ast.walk(tree))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_no_sentence_is_left_over() -> None:
    made = {f"{prefix}{value}" for prefix, values in BUILT.items() for value in values}
    assert sorted(set(read(PATH)) - {key for key, _ in calls()} - made - named()) == []


def test_what_stands_on_a_button_or_a_title_is_never_cut() -> None:
    """Slack's limits: a modal's title and its two buttons 24, a confirm's title 100 and its buttons 30, a button 75."""
    table = read(PATH)
    short = re.compile(
        r"fix\.[a-z_]+|modal\..*(title|submit)|modal\.(cancel|close|not_possible)|form\.(ask|show_how|.*submit)"
    )
    limits = {key: 24 for key in table if short.fullmatch(key)}
    limits |= {key: 30 for key in table if key.startswith("confirm.") and key.endswith((".yes", ".no"))}
    limits |= dict.fromkeys(("button.approve", "button.decline", "button.cancel", "button.resolve"), 30)
    limits |= {key: 75 for key in table if key.startswith(("button.", "ask.points_")) and key not in limits}
    limits |= {key: 100 for key in table if key.startswith("confirm.") and key.endswith(".title")}
    long = [
        (key, language) for key, most in limits.items() for language in LANGUAGES if len(table[key][language]) > most
    ]
    assert len(limits) > 70
    assert [one for one in long if one[0] not in ("fix.relink_to",)] == []


_HOUSE = ("responsable", "pulse", "añad", "cifra", "vincul", "menciónenme", "escríbanme", "petición", "programme")
_FAMILIAR = re.compile(r"\b(tú|tus?|ti|contigo|puedes|tienes|quieres|debes|haz)\b", re.I)


def test_spanish_says_usted_and_keeps_to_the_words_of_the_house() -> None:
    """One word for one thing: gerente, presionar, agregar, dígitos, enlace, solicitud, programa."""
    said = [sentence["es"] for sentence in read(PATH).values()] + list(vendors().values())
    assert [text for text in said if any(word in text.lower() for word in _HOUSE)] == []
    assert [text for text in said if _FAMILIAR.search(text)] == []


def test_a_language_nobody_translated_speaks_english() -> None:
    assert speaker("fr")("button.approve") == "Approve"
    assert speaker("es")("button.approve") == "Aprobar"


def test_a_key_without_a_language_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / "strings.yml"
    path.write_text('greeting: {en: "Hello", es: ""}\n')
    with pytest.raises(ValueError, match=r"'greeting' has no text in: es"):
        read(path)


def test_refusals_speak_the_readers_language() -> None:
    error = NotAllowed("Only a manager of this store can decide on this.", "not_an_approver P_1")
    assert refusal(error, "en") == "Only a manager of this store can decide on this."
    assert refusal(error, "es") == "Solo puede decidir un gerente de esta tienda o regional."
    assert refusal(NotAllowed("Something rare."), "es") == "Something rare."
    assert refusal(WorkUnavailable("Try again."), "es") == "No pude anotarlo ahora. Pruebe otra vez en un momento."


def test_words_are_said_in_each_language_with_words_inside_them() -> None:
    inner = Words.of("change", before="1", after="2")
    outer = Words.of("what.undo", what=inner)
    assert [outer.said(language) for language in ("en", "es", "fr")] == [
        "1 → 2, to undo an earlier change",
        "1 → 2, para deshacer un cambio anterior",
        "1 → 2, to undo an earlier change",
    ]
    assert Words.raw("{not} a place").said("es") == "{not} a place"
    assert Words.model_validate(outer.model_dump(mode="json")) == outer


def test_what_a_connector_says_is_told_in_spanish_where_it_is_translated_and_a_gap_shows_a_dash() -> None:
    english = "Open the profile of {name} in the register."
    assert Words.vendor(english, name="Dana").said("es") == "Abra el perfil de Dana en la caja."
    assert str(Words.vendor(english)) == "Open the profile of – in the register."
    assert Words.vendor("Press {button}, whoever you are.").said("es") == "Press –, whoever you are."
    for sentence, spanish in vendors().items():
        places = [{f for _, f, _, _ in string.Formatter().parse(text) if f} for text in (sentence, spanish)]
        assert places[0] == places[1], sentence


def test_a_sentence_made_elsewhere_is_told_by_its_like_in_another_language() -> None:
    error = Words.known("Alpine IQ did not answer in time.", "trouble.unreachable", vendor="Alpine IQ")
    assert [error.said("en"), error.said("es")] == ["Alpine IQ did not answer in time.", "Alpine IQ no respondió."]
    assert Words.known("Something rare.", "trouble.rare").said("es") == "Something rare."


WRITES = (
    Operation.CHANGE_PHONE,
    Operation.CHANGE_EMAIL,
    Operation.SET_LINK,
    Operation.MERGE_CUSTOMERS,
    Operation.ATTACH_ORDER,
    Operation.ADJUST_POINTS,
    Operation.REFUND_REDEMPTION,
    Operation.ENROLL,
    Operation.RECORD_PURCHASE,
    Operation.UPDATE_MEMBER,
)
"""What a fix may be made of: what connectors say of these is read by people who decide or carry it out."""


def test_what_connectors_say_of_changes_is_told_in_spanish() -> None:
    spoken: list[str] = []
    for connector in REGISTRY.values():
        for matrix in (connector.pos_capabilities, connector.loyalty_capabilities):
            for support in [matrix.of(o) for o in WRITES if o in matrix.operations] if matrix else []:
                spoken += [support.why, *support.steps] if support.why else support.steps
            spoken += [nature.relink for nature in matrix.links.values()] if matrix else []
    assert [sentence for sentence in spoken if sentence not in vendors()] == []
