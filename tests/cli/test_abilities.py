"""What a store's systems can do, and which facts people are asked for because of it."""

from __future__ import annotations

from bot.cli.abilities import Abilities, Untold, abilities, untold
from bot.diagnosis import catalogue
from bot.playbook import Finding, Playbook, Text
from connectors.contract import Capabilities, Operation, by_api, guided, missing

WORDS = Text(en="x")
ALL = Capabilities(operations=by_api(*Operation), settle_s=1)
LITTLE = Capabilities(operations={**by_api(Operation.FIND_CUSTOMER)}, settle_s=1)


def playbook(when: str) -> Playbook:
    finding = Finding(id="f", when=when, tell=WORDS, say=WORDS)
    return Playbook(id="p", title=WORDS, covers=(), questions=(), findings=(finding,))


def test_each_operation_stands_where_it_belongs() -> None:
    capabilities = Capabilities(
        operations={
            **by_api(Operation.READ_SALES, Operation.FIND_CUSTOMER),
            Operation.MERGE_CUSTOMERS: guided("no API", "press Merge"),
            Operation.LIST_STORES: missing("one key, one store"),
        },
        settle_s=1,
    )
    assert abilities(capabilities, frozenset({Operation.READ_SALES, Operation.LIST_STORES})) == Abilities(
        by_api=("find customer",), by_hand=("merge customers",), absent=("list stores",), forbidden=("read sales",)
    )


def test_with_everything_only_settings_are_asked() -> None:
    found = untold([playbook("mirror_archives == 'yes' and ledger")], catalogue(), {"pos": ALL, "program": ALL})
    assert found == Untold(always_asked=("mirror_archives",), asked=(), silent=())


def test_what_a_program_lacks_is_asked_where_a_person_can_tell_and_else_unknown() -> None:
    found = untold([playbook("enrolment == 'none' and ledger")], catalogue(), {"pos": ALL, "program": LITTLE})
    assert found.asked == ("enrolment",)
    assert {"ledger", "balance"} <= set(found.silent)
    assert "history" not in found.silent


def test_what_credentials_may_not_do_is_not_asked() -> None:
    found = untold(
        [playbook("enrolment == 'none' and ledger")],
        catalogue(),
        {"pos": ALL, "program": ALL},
        {"program": frozenset({Operation.READ_LEDGER})},
    )
    assert found == Untold(always_asked=(), asked=(), silent=("ledger",))
