"""Why a case was taken for what it was, as one person reads it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.cases.models import Case, CaseState
from bot.slack.strings import speaker
from bot.slack.views.why import why_text
from bot.understanding import Because, Entities, Reason, Repair
from bot.work.told import Told
from bot.work.why import Why
from tests.slack.views.samples import DIAGNOSIS

EN, ES = speaker("en"), speaker("es")
TITLES = {"balance_mismatch": "The app & the register differ", "sync_delay": "Points are late"}
AT = datetime(2026, 11, 20, tzinfo=UTC)
BECAUSE = Because(
    playbook="balance_mismatch",
    over="sync_delay",
    pro=(
        Reason(words="difrent", weight=0.4),
        Reason(words="app <x> … register", weight=0.2),
    ),
    contra=(Reason(words="late", weight=-0.1),),
    repaired=(Repair(written="a<b", meant="app"),),
)
NAMED = Entities(
    phone=("+13035550142",),
    email=("dana.ortiz@example.com",),
    customer_name=("Dana",),
    order_id=("5512064",),
    claimed_points=(1500,),
    observed_points=(200,),
    points_delta=(-40,),
)


def case(state: CaseState = CaseState.ANSWERED, **changes: Any) -> Case:
    given: dict[str, Any] = {
        "id": "C_1",
        "team_id": "T",
        "channel": "C0PINE",
        "thread_ts": "1",
        "asked_ts": "1",
        "asker": "U0RILEY",
        "store_id": "pine",
        "language": "en",
        "playbook": "balance_mismatch",
        "state": state,
        "created_at": AT,
        "updated_at": AT,
        **changes,
    }
    return Case(**given)


def test_the_words_the_next_best_and_what_was_named() -> None:
    answered = case(diagnosis=DIAGNOSIS.model_dump(mode="json"))
    assert why_text(answered, Why("balance_mismatch", BECAUSE, 0.934, NAMED), TITLES, EN).splitlines() == [
        "I took this for *The app &amp; the register differ* (93 % sure), because of “difrent”, "
        "“app &lt;x&gt; … register”.",
        "Next best was *Points are late*, because of “late”.",
        "I read: a&lt;b → app.",
        "I found in your words: phone (•••) •••-0142, e-mail d•••@example.com, customer Dana, receipt 5512064, "
        "the customer says 1,500, the register shows 200, a change of -40.",
        "1 of 2 checks answered.",
        "Not what you meant? Press the button that says so, or say it in other words here.",
    ]


def test_what_a_person_chose_is_not_claimed_as_ours() -> None:
    why = Why("sync_delay", BECAUSE, 0.9, Entities())
    assert why_text(case(CaseState.CLOSED), why, TITLES, EN) == (
        "Somebody here chose *Points are late*; the words alone did not tell me."
    )
    assert why_text(case(CaseState.CLOSED), Why("sync_delay", None, 0.0, Entities()), TITLES, ES).startswith("Alguien")


def test_what_was_not_clear() -> None:
    unclear = case(CaseState.UNMATCHED, playbook=None)
    nearest = why_text(unclear, Why(None, BECAUSE, 0.3, Entities()), TITLES, EN).splitlines()
    assert nearest[0].startswith("Nothing was clear enough. The nearest is *The app &amp; the register differ*")
    turned_down = unclear.model_copy(update={"private": Told(rejected=("balance_mismatch",)).model_dump(mode="json")})
    refused = why_text(turned_down, Why(None, BECAUSE, 0.99, Entities()), TITLES, EN).splitlines()
    nearest_but = "By “difrent”, “app &lt;x&gt; … register” it is nearest to *The app &amp; the register differ*"
    assert refused[0] == f"{nearest_but}, but somebody here said that it is not that."
    nothing = why_text(unclear, Why(None, None, 0.0, Entities()), TITLES, EN).splitlines()
    assert nothing[0] == "No word in it told me what kind of question it is."
