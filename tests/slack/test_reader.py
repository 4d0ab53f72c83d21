"""Which systems a card says it asked: those that answered."""

from __future__ import annotations

from typing import Any

import pytest

from bot.diagnosis import Evidence
from bot.slack.reader import heard
from tests.slack.views.samples import AT, DIAGNOSIS


def told(fact: str, value: Any = None, *, side: str = "provider", code: str = "") -> Evidence:
    """One fact of one side; with `code` it could not be told."""
    return Evidence(fact=fact, value=value, failure=code or None, failure_code=code or None, source=side, at=AT)


MEMBER = told("member", {"id": "m1"})
NOBODY = told("members_by_email", [])
STATUS = told("provider_status", {"answers": False, "reason": "down", "code": "unreachable"})
DOWN = told("balance", code="unreachable")
REGISTER = told("customer", {"id": "1"}, side="register")


@pytest.mark.parametrize(
    ("evidence", "answered"),
    [
        ([REGISTER, MEMBER, NOBODY], [MEMBER, NOBODY]),
        ([REGISTER, NOBODY], [NOBODY]),  # that there is none is an answer
        ([REGISTER, STATUS, NOBODY, DOWN], []),  # down: nobody asked for the e-mail
        ([REGISTER, MEMBER, NOBODY, DOWN], [MEMBER]),  # down since
        ([told("ledger", code="unsupported"), STATUS], []),
        ([told("ledger", code="unsupported"), MEMBER], [MEMBER]),
        ([told("phones", ["1"]), DOWN], [told("phones", ["1"])]),
    ],
)
def test_a_system_that_did_not_answer_told_nothing(evidence: list[Evidence], answered: list[Evidence]) -> None:
    seen = DIAGNOSIS.model_copy(update={"evidence": {one.fact: one for one in evidence}})
    assert heard(seen, "provider") == answered
    assert heard(None, "provider") == []
