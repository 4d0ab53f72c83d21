"""docs/connectors says what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors import REGISTRY
from connectors.contract import Capabilities, Operation, by_api, guided, missing
from connectors.pages import FOLDER, _facts, _mark, _span, page, pages, write


@pytest.mark.parametrize("name", sorted(pages()))
def test_the_page_is_current(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == pages()[name], "run `python -m connectors.pages`"


def test_no_page_is_left_over() -> None:
    assert {p.name for p in FOLDER.glob("*.md")} == set(pages())


def test_writing_them(tmp_path: Path) -> None:
    written = write(tmp_path / "deep")
    assert {p.name for p in written} == {"README.md", *(f"{vendor}.md" for vendor in REGISTRY)}


@pytest.mark.parametrize("vendor", REGISTRY)
def test_a_page_tells_what_cannot_be_done_and_why(vendor: str) -> None:
    text = page(REGISTRY[vendor])
    for declared in (REGISTRY[vendor].pos_capabilities, REGISTRY[vendor].loyalty_capabilities):
        for operation, support in declared.operations.items() if declared else ():
            assert f"`{operation}`" in text
            assert support.why in text
            assert all(step in text for step in support.steps)
    assert REGISTRY[vendor].title in text


def test_words() -> None:
    declared = Capabilities(
        operations={
            **by_api(Operation.READ_LEDGER, Operation.ENROLL),
            Operation.SET_LINK: guided("No API.", "Press it."),
            Operation.WEBHOOKS: missing("None."),
        },
        settle_s=90,
        ledger_proves_absence=True,
        ledger_shows=frozenset(("earn",)),
        finds_by=frozenset(("source_id",)),
        repeatable=frozenset((Operation.ENROLL,)),
        batch_limit=10,
    )
    assert list(_facts(declared)) == [
        "- Records are found by: the register's id.",
        "- A read-back may be trusted 1.5 minutes after a write.",
        "- Its history can show: earn.",
        "- A row missing from its history is proof that a change was not made.",
        "- Safe to send twice: `enroll`.",
        "- At most 10 rows in one batch.",
    ]
    shown = [
        _mark(declared, o)
        for o in (Operation.ENROLL, Operation.SET_LINK, Operation.WEBHOOKS, Operation.MERGE_CUSTOMERS)
    ]
    assert shown == ["✓", "☞", "–", ""]
    assert [_span(s) for s in (5, 300, 86400)] == ["5 seconds", "5 minutes", "24 hours"]
