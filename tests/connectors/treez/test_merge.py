"""Merging two profiles: previewed, sent once, read back, and honest about what nobody knows."""

from __future__ import annotations

import pytest

from connectors.contract import Customer, MergePreview, MergeState, Operation
from connectors.errors import NotFound, Rejected, UnknownOutcome, Unsupported
from connectors.sandbox import Fault, World
from connectors.transport import deadline
from connectors.treez import merging
from connectors.treez.client import Treez
from connectors.treez.sandbox_state import history, own
from tests.connectors.treez.conftest import Open

MERGE = "treez POST /dispensary/v3/elm/customer/merge"


def test_preview_merge_and_read_back(world: World, elm: Treez) -> None:
    preview = elm.preview_merge("4606", "4607")
    link, other = (elm.customer(i).links["alpineiq"] for i in ("4606", "4607"))
    unknown = " (what becomes of it Treez does not say)"
    assert preview == MergePreview(
        survivor_id="4606",
        absorbed_id="4607",
        kept=("name Vera Novak", "phone +13035550176", f"loyalty id {link}"),
        lost=(
            "name Vera Novak" + unknown,
            "e-mail vera.novak@example.com" + unknown,
            f"loyalty id {other}" + unknown,
        ),
    )
    assert elm.merge_evidence(preview) == "absent"
    world.move(minutes=1)
    assert elm.merge(preview, operation_id="op") == MergeState(state="done", reference="4606<4607", survivor_id="4606")
    world.move(minutes=1)
    assert elm.merge_status("4606<4607").state == "done"
    assert elm.merge_evidence(preview) == "applied"
    assert (elm.customer("4606").merged_from, elm.customer("4607").status) == (("4607",), "merged")
    with pytest.raises(Rejected, match="not in use"):
        elm.merge(preview, operation_id="op")
    assert world.counts[MERGE] == 1


def test_a_merge_without_an_answer_is_read_back_and_never_sent_again(world: World, elm: Treez) -> None:
    preview = elm.preview_merge("4606", "4607")
    world.fault(Fault("timeout_after", vendor="treez", path="/customer/merge", writes_only=True, times=1))
    with deadline(0.5), pytest.raises(UnknownOutcome):
        elm.merge(preview, operation_id="op")
    assert elm.merge_evidence(preview) == "applied"
    merges = [e.action for e in history(world.customer(4606, store="elm")) if e.kind == "Action"]
    assert merges == ["Merged customer 4607"]


def test_a_merge_that_never_arrived(world: World, elm: Treez) -> None:
    preview = elm.preview_merge("4606", "4607")
    world.fault(Fault("cut_before", vendor="treez", path="/customer/merge", times=1))
    with pytest.raises(UnknownOutcome):
        elm.merge(preview, operation_id="op")
    assert elm.merge_evidence(preview) == "absent"
    assert world.counts[MERGE] == 1


def test_treez_kept_the_other_one(world: World, elm: Treez, opened: Open) -> None:
    own(world.stores["elm"]).destination_survives = False
    preview = elm.preview_merge("4606", "4607")
    assert elm.merge(preview, operation_id="op") == MergeState(
        state="done", reference="4606<4607", survivor_id="4607", reason="Treez kept the other of the two profiles"
    )
    assert elm.merge_evidence(preview) == "applied"


def test_the_switch_says_who_survives(world: World, opened: Open) -> None:
    own(world.stores["elm"]).destination_survives = False
    elm = opened(merge="source_survives")
    assert elm.merge(elm.preview_merge("4606", "4607"), operation_id="op").survivor_id == "4606"


def test_a_profile_that_moved_since_the_preview(world: World, elm: Treez) -> None:
    preview = elm.preview_merge("4606", "4607")
    world.customer(4607, store="elm").email = "other@example.com"
    with pytest.raises(Rejected, match="changed since"):
        elm.merge(preview, operation_id="op")
    assert world.counts[MERGE] == 0


def test_what_forbids_a_merge(elm: Treez) -> None:
    assert elm.preview_merge("4606", "4606").blockers == ("it is one and the same profile",)
    assert elm.preview_merge("4606", "4608").blockers == (
        "profile 4608 is not in use any more",
        "the two profiles have different birth dates",
    )
    with pytest.raises(NotFound):
        elm.preview_merge("4606", "1")


def test_merging_is_off_unless_it_was_tried(opened: Open, world: World) -> None:
    elm = opened(merge="off")
    assert not elm.capabilities.of(Operation.MERGE_CUSTOMERS).supported
    with pytest.raises(Unsupported, match="switched off"):
        elm.preview_merge("4606", "4607")


def test_reading_back_may_fail_and_the_merge_is_still_taken(world: World, elm: Treez) -> None:
    preview = elm.preview_merge("4606", "4607")
    # Two more reads, the merge, and then the location's ten calls of this second are used up.
    for _ in range(5):
        elm.find_customers(phone="+13035550100")
    assert elm.merge(preview, operation_id="op") == MergeState(state="running", reference="4606<4607")
    world.move(minutes=1)
    assert elm.merge_status("4606<4607").state == "done"


def test_states_from_two_profiles() -> None:
    live, other = Customer(id="1"), Customer(id="2")
    gone = Customer(id="2", status="archived")
    assert merging.state("1<2", live, other).state == "failed"
    assert merging.state("1<2", live, gone).state == "running"
    assert merging.state("1<2", live, None).state == "running"
    assert merging.state("1<2", None, None).state == "running"
    assert merging.state("1<2", Customer(id="1", merged_from=("2",)), None).survivor_id == "1"
    assert merging.evidence(merging.state("1<2", live, None)) == "cannot_tell"
