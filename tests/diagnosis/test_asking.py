"""What people are asked, read from the file of questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.diagnosis import BadCatalogue, Catalogue, catalogue
from bot.diagnosis.asking import ASKED, asked_facts
from bot.yaml_file import read_yaml
from connectors.contract import Operation

GOOD = """\
paused:
  help: "Whether it is paused."
  shown: {en: "whether it is paused", es: "si está en pausa"}
  instead_of: {program: read_ledger}
  question: {en: "Is {{ shop }} paused?", es: "¿{{ shop }} está en pausa?"}
  where: {en: "Ask.", es: "Pregunte."}
  options:
    yes: {en: "Yes", es: "Sí"}
    no: {en: "No", es: "No"}
"""


def facts_of(tmp_path: Path, text: str) -> Catalogue:
    path = tmp_path / "asked.yml"
    path.write_text(text, encoding="utf-8")
    return Catalogue(asked_facts(path, {"shop": str}))


def test_an_entry_is_a_fact_that_takes_what_its_sentences_show(tmp_path: Path) -> None:
    path = tmp_path / "asked.yml"
    path.write_text(GOOD, encoding="utf-8")
    (paused,) = asked_facts(path, {"shop": str})
    assert (paused.name, paused.help, paused.source, paused.asked_only) == (
        "paused",
        "Whether it is paused.",
        "staff",
        True,
    )
    assert paused.takes == {"shop": str}
    assert paused.operations == {"program": Operation.READ_LEDGER}
    assert paused.asks is not None
    assert {name: (label.en, label.es) for name, label in paused.asks.options.items()} == {
        "yes": ("Yes", "Sí"),
        "no": ("No", "No"),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("{{ shop }}", "{{ shoppe }}"), 'there is no fact or root "shoppe"'),
        (GOOD.replace("  where:", "  were:"), "paused.where"),
        (GOOD.replace("read_ledger", "read_minds"), "paused.instead_of.program"),
        (GOOD.replace("{{ shop }}", "{{ shop"), "asked.yml: "),
        (GOOD.replace("    no:", "    not_sure:"), "not_sure is added to every question by itself"),
        (GOOD + "paused: {}", 'found duplicate key "paused"'),
    ],
)
def test_a_mistake_in_the_file_is_found_at_the_start(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadCatalogue, match=said):
        facts_of(tmp_path, text)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadCatalogue, match=r"asked\.yml: "):
        asked_facts(tmp_path / "asked.yml", {})


def test_ours_are_all_known_and_in_both_languages() -> None:
    assert set(read_yaml(ASKED)) == {name for name, one in catalogue().facts.items() if one.asked_only}
    for name in read_yaml(ASKED):
        asks = catalogue().facts[name].asks
        assert asks is not None
        assert [t.en for t in (asks.question, asks.where, *asks.options.values()) if t.es is None] == [], name
