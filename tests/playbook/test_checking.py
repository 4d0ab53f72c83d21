"""The lint, message by message, with exact file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from bot.playbook import BUILT_IN, check, facts_named, load_library
from tests.playbook.test_library import HEAD
from tests.playbook.writing import FINDINGS, write


class Member(BaseModel):
    name: str = ""
    balance: int = 0


FACTS: dict[str, Any] = {"member": Member | None, "paused": Literal["yes", "no"], "phone": str}
ASKED = {"paused"}


def said(*folders: Path, **options: Any) -> list[str]:
    """Everything but the line that counts what nobody covers, and the facts that nobody reads."""
    library = load_library(folders)
    found = check(library, FACTS, ASKED, **options)
    lines = [str(p) for p in found if p.severity != "info" and "is read by no playbook" not in p.message]
    for folder in folders:
        lines = [line.replace(f"{folder}/", "") for line in lines]
    return lines


def findings(*whens: str, case: str = "f0") -> str:
    parts = [f"  - id: f{n}\n    when: {when}\n    tell: Hello.\n    say: There.\n" for n, when in enumerate(whens)]
    cases = "".join(
        f"  - {{world: w, question: q, finding: {f}}}\n" for f in (case, *(f"f{n}" for n in range(1, len(whens))))
    )
    return "findings:\n" + "".join(parts) + "cases:\n" + cases


def test_a_clean_playbook(tmp_path: Path) -> None:
    write(tmp_path, "one")
    assert said(tmp_path, scenarios=["nothing_wrong"]) == []


def test_names_attributes_and_masks_are_checked_with_line(tmp_path: Path) -> None:
    write(tmp_path, "one", FINDINGS.replace("member and", "membr and").replace("member.name", "member.nam"))
    assert said(tmp_path) == [
        f'one.yml:{HEAD + 3}: error: one: there is no fact "membr" (did you mean "member"?)',
        f"one.yml:{HEAD + 3}: warning: one: member may be none here: ask `member and …` first",
        f'one.yml:{HEAD + 5}: error: one: member has no "nam" (did you mean "name"?)',
    ]


def test_findings_that_can_never_hold(tmp_path: Path) -> None:
    write(tmp_path, "one", findings("member", '"false"', "phone and false", "member"))
    assert said(tmp_path) == [
        f"one.yml:{HEAD + 7}: error: f1 can never hold: its `when` is always false",
        f"one.yml:{HEAD + 11}: error: f2 can never hold: its `when` is always false",
        f"one.yml:{HEAD + 15}: error: f3 can never be the cause: f0 asks the same before it",
    ]


def test_the_same_finding_twice(tmp_path: Path) -> None:
    write(tmp_path, "one", findings("member", "phone").replace("id: f1", "id: f0"))
    assert said(tmp_path)[0] == f'one.yml:{HEAD + 6}: error: the finding "f0" is here twice'


def test_questions_few_twice_and_also_near_misses(tmp_path: Path) -> None:
    write(tmp_path, "one", 'near_misses: ["Points gone!"]\n' + FINDINGS, ["points gone", "Points   gone?"])
    assert said(tmp_path) == [
        "one.yml:4: error: 2 questions: the matcher needs 30 or more, varied",
        'one.yml:6: warning: "Points   gone?" is here twice',
        'one.yml:7: error: "Points gone!" is a question of this playbook as well',
    ]


def test_cases_that_name_what_does_not_exist(tmp_path: Path) -> None:
    cases = (
        "cases:\n"
        "  - {world: wrong_lnk, question: q, finding: f9}\n"
        "  - {world: wrong_link, question: q, finding: 'asks:pausd'}\n"
        "  - world: wrong_link\n    question: q\n    finding: otherwise\n"
        "    answers:\n      paused: yess\n      phone: x\n"
        "  - {world: wrong_link, question: q, finding: 'asks:paused', answers: {paused: not_sure}}\n"
    )
    text = findings("member").partition("cases:")[0] + cases
    write(tmp_path, "one", text)
    at = HEAD + 6
    assert said(tmp_path, scenarios=["wrong_link"]) == [
        f"one.yml:{HEAD + 2}: warning: no case shows that f0 is found",
        f'one.yml:{at + 1}: error: there is no scenario "wrong_lnk" (did you mean "wrong_link"?)',
        f'one.yml:{at + 1}: error: this playbook has no finding "f9"',
        f'one.yml:{at + 2}: error: nobody is asked "pausd" (did you mean "paused"?)',
        f'one.yml:{at + 7}: error: "yess" is no answer to paused (did you mean "yes"?)',
        f'one.yml:{at + 8}: error: nobody is asked "phone"',
    ]


def test_a_playbook_without_findings_and_an_unknown_id_of_the_domain(tmp_path: Path) -> None:
    path = write(tmp_path, "one", "")
    path.write_text(path.read_text().replace("[V1]", "[V1, V99]"))
    assert said(tmp_path) == [
        "one.yml:1: warning: this playbook has no findings yet: it can only escalate",
        'one.yml:3: error: "V99" is no id of the domain (did you mean "V9"?)',
    ]


def test_facts_that_nobody_reads_and_what_nobody_covers(tmp_path: Path) -> None:
    write(tmp_path, "one")
    found = check(load_library([tmp_path]), FACTS, ASKED, fact_needs={"member": ["phone"]})
    assert [p.message for p in found if "read by" in p.message] == ["the asked fact paused is read by no playbook"]
    found = check(load_library([tmp_path]), FACTS, ASKED, always_read=["paused"])
    assert [p.message for p in found if "read by" in p.message] == ["the fact phone is read by no playbook"]
    info = next(p for p in found if p.severity == "info")
    assert info.message.startswith("0 of 26 playbooks exist; nobody covers yet: V2 V3 ")
    assert check(load_library([]), FACTS, ASKED) == []


def test_facts_are_named_in_the_order_of_the_findings(tmp_path: Path) -> None:
    write(tmp_path, "one", findings("paused == 'yes'", "member").replace("say: There.", 'say: "{{ phone | phone }}"'))
    assert facts_named(load_library([tmp_path]).playbooks["one"]) == ("paused", "member", "phone")


def test_the_built_in_playbooks_are_clean() -> None:
    from bot.diagnosis import TABLE_FACTS, catalogue
    from connectors.sandbox import SCENARIOS

    facts, library = catalogue(), load_library([BUILT_IN])
    found = check(
        library,
        facts.types,
        facts.asked,
        fact_needs=facts.needs,
        always_read=TABLE_FACTS,
        scenarios=SCENARIOS,
    )
    assert [str(p) for p in found if p.severity == "error"] == []
    whole = {name for name, playbook in library.playbooks.items() if playbook.findings}
    assert [str(p) for p in found if p.severity == "warning" and p.path.stem in whole] == []
