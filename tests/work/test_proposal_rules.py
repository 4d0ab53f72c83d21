"""The rules of proposals, line by line, and the tests that hold each. A line whose test is renamed, removed or left out
fails here, so that the list stays true.

The rules: one row before the button; one conditional change of state; one function that decides; checked again
at the click and at the effect; done only after the provider confirmed; undo is an opposite proposal; audited; on time.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]

LINES: dict[str, dict[str, tuple[str, ...]]] = {
    "1 the row exists before the button, and a button carries only an id": {
        "work/test_twenty_mistakes.py": ("test_03_what_a_message_shows_decides_nothing",),
        "work/test_adjusting.py": (
            "test_from_the_offer_to_done_and_undone",
            "test_offers_are_made_once_and_replaced_when_things_change",
            "test_a_changed_row_cannot_be_approved",
        ),
        "cases/test_stores.py": ("*",),
    },
    "1 every kind of the design has its effect, and guided is a mode of a kind": {
        "effects/test_offers.py": ("test_every_kind_is_found_by_its_name",),
        "work/test_linking.py": (
            "test_another_id_is_linked_by_hand_with_the_customer_and_read_back",
            "test_a_dead_id_is_cleared_once_a_manager_agrees",
            "test_where_no_api_shows_the_id_it_is_done_on_the_word_of_a_person",
        ),
        "work/test_by_hand.py": ("test_approved_first_then_done_by_a_person_and_taken_back_the_same_way",),
        "work/test_relinking.py": ("test_nothing_counts_as_done_by_hand_before_it_was_asked_for_and_signed",),
    },
    "2 a change of state is one conditional update, and a late click is told who decided, and when": {
        "work/test_adjusting.py": (
            "test_a_double_click_has_one_effect",
            "test_a_double_submit_is_one_request",
            "test_a_decision_and_a_cancel_at_once_have_one_winner",
        ),
        "work/test_twenty_mistakes.py": ("test_16_buttons_go_when_it_is_decided_elsewhere",),
        "cases/test_proposals.py": ("*",),
    },
    "3 one function decides on every path, and says why; nobody decides on their own request or gains by it": {
        "work/test_adjusting.py": (
            "test_the_wrong_person_is_refused_and_it_is_on_record",
            "test_nobody_gains_from_their_own_decision",
            "test_above_the_limit_two_people_sign",
            "test_too_many_points_are_refused_however_many_sign",
        ),
        "work/test_twenty_mistakes.py": ("test_09_nobody_passes_by_default", "test_13_a_rule_holds_on_every_path"),
        "work/test_merging.py": (
            "test_two_sign_one_of_them_senior_and_it_is_followed_until_done",
            "test_nobody_merges_their_own_records_and_a_regional_manager_may_be_the_senior",
        ),
    },
    "3 when nobody can decide, that is said and routed on; break-glass is loud and reviewed": {
        "work/test_adjusting.py": ("test_requests_are_routed_and_nobody_knowing_the_people_does_not_stop_them",),
        "work/test_twenty_mistakes.py": ("test_14_a_rule_that_nobody_can_satisfy_is_said_at_once",),
        "work/test_exceptions.py": (
            "test_an_administrator_alone_lets_a_large_change_through_and_everybody_hears_of_it",
            "test_an_emergency_needs_an_administrator_and_a_reason",
            "test_a_day_of_exceptions_is_kept_and_told_once_also_after_slack_was_away",
        ),
    },
    "4 rules and balance are checked again at the click and at the effect; what moved is shown anew": {
        "work/test_adjusting.py": (
            "test_a_balance_that_moved_is_found_at_the_click_and_offered_anew",
            "test_a_balance_that_moved_is_found_at_the_effect",
        ),
        "work/test_relinking.py": (
            "test_the_same_guards_hold_at_the_effect",
            "test_a_number_that_moved_makes_it_stale",
        ),
        "work/test_contacts.py": ("test_moved_blocked_late_throttled_and_unknown_end_right",),
        "work/test_merging.py": ("test_what_changed_since_the_preview_is_put_before_people_anew",),
        "work/test_attaching.py": ("test_a_sale_that_became_somebody_elses_is_left_alone",),
    },
    "5 done is said only after the provider confirmed; unknown is found out before anything is sent again": {
        "work/test_twenty_mistakes.py": (
            "test_02_success_is_not_said_before_the_effect",
            "test_19_a_write_that_timed_out_is_not_written_again",
        ),
        "work/test_unsure.py": (
            "test_each_failure_of_the_write_ends_right",
            "test_an_absence_is_believed_late_and_twice_before_the_one_retry",
            "test_without_proof_of_absence_a_person_decides",
        ),
        "work/test_crashes.py": ("test_killed_at_a_stage",),
        "work/test_kinds_cut_short.py": ("test_whoever_takes_over_ends_it_right",),
        "work/test_merging.py": (
            "test_an_answer_that_never_came_is_found_out_by_the_records_and_never_sent_twice",
            "test_a_register_that_is_still_at_it_is_looked_at_again_and_in_the_end_by_a_person",
        ),
    },
    "6 undo is a new, opposite proposal, while the points are unspent and inside the window": {
        "work/test_adjusting.py": (
            "test_undo_needs_the_points_to_be_there_still",
            "test_undo_starts_from_the_balance_of_now",
            "test_undo_has_a_window",
            "test_a_second_undo_waits_for_the_first",
        ),
        "work/test_relinking.py": ("test_undo_gives_the_old_number_back_with_a_managers_signature",),
        "work/test_contacts.py": ("test_an_email_is_corrected_at_each_register_and_taken_back",),
    },
    "7 audit rows are append-only, chained, written with the change, exportable and checkable": {
        "cases/test_audit.py": (
            "test_tampering_is_found",
            "test_a_row_vanishes_with_its_transaction",
            "test_writers_at_once_make_one_chain",
        ),
        "cases/test_checkpoints.py": ("test_tampering_is_found", "test_the_trail_as_files"),
        "work/test_exceptions.py": ("test_what_evidence_was_shown_and_decided_on_is_on_record",),
    },
    "8 expiry, reminders and escalation are durable, survive restarts, and edit the original message": {
        "work/test_adjusting.py": (
            "test_time_runs_out_at_the_click_and_by_the_timer",
            "test_reminders_come_rarer_and_end_with_the_decision",
        ),
        "work/test_relinking.py": ("test_what_nobody_did_by_hand_in_time_lapses",),
        "work/test_twenty_mistakes.py": ("test_15_a_restart_leaves_no_request_behind",),
        "slack/test_presenter.py": ("test_a_reminder_mentions_those_who_may_decide_once",),
    },
}


@cache
def judged_in(file: str) -> dict[str, bool]:
    """The tests of a file, and whether each asserts or expects something and is not left out."""
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    found = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")}
    return {name: _judges(node) for name, node in found.items()}


def _judges(node: ast.FunctionDef) -> bool:
    left_out = any(
        "mark.skip" in ast.unparse(mark) and "skipif" not in ast.unparse(mark) for mark in node.decorator_list
    )
    body = ast.unparse(ast.Module(body=node.body, type_ignores=[]))
    return not left_out and any(word in body for word in ("assert ", "pytest.raises", "check_whole("))


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[:60])
def test_each_line_is_held_by_tests_that_judge(line: str) -> None:
    for file, names in LINES[line].items():
        known = judged_in(file)
        wanted = tuple(known) if names == ("*",) else names
        assert wanted
        assert {name: known.get(name) for name in wanted} == dict.fromkeys(wanted, True), file


def test_the_eight_lines_are_all_here() -> None:
    assert {line[0] for line in LINES} == set("12345678")
