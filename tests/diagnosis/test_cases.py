"""Every case of every playbook against the real sandboxes, and how a failing one reads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.cli.demo_settings import demo_config
from bot.cli.wiring import Vendors
from bot.diagnosis import CaseResult, Diagnosis, OpenWorld, replay, run_case, run_cases
from bot.playbook import BUILT_IN, ExampleCase, Playbook, load_library
from bot.understanding import language_of
from connectors import REGISTRY
from connectors.sandbox import World
from connectors.transport import Transport
from tests.diagnosis.worlds import shared_world

LIBRARY = load_library([BUILT_IN])
WORLD = World.seeded()
NOBODY_THERE = Vendors(demo_config(dict.fromkeys(REGISTRY, "http://127.0.0.1:9")), Transport(paced=False))
ASKING = ("balance_mismatch", "relink_wallet", "not_enrolled", "duplicate_or_mismatch", "missing_points")
CASES = [
    pytest.param(playbook, case, id=f"{playbook.id}-{case.world}-{case.finding}-{n}")
    for playbook in LIBRARY.playbooks.values()
    for n, case in enumerate(playbook.cases)
]


@pytest.fixture(scope="module")
def open_world() -> Iterator[OpenWorld]:
    with shared_world() as opened:
        yield opened


@pytest.mark.parametrize(("playbook", "case"), CASES)
def test_a_case_ends_in_its_finding(playbook: Playbook, case: ExampleCase, open_world: OpenWorld) -> None:
    result = run_case(playbook, case, open_world)
    assert result.passed, result.report()
    assert replayed(playbook, result) == told(result.diagnosis)


def told(diagnosis: Diagnosis) -> dict[str, object]:
    """All that people see of a diagnosis."""
    return diagnosis.model_dump(exclude={"evidence", "took_ms", "critical_path_ms"})


def replayed(playbook: Playbook, result: CaseResult) -> dict[str, object]:
    """What the case's own record leads to, with nobody there to ask."""
    place = result.case.store or WORLD.scenario(result.case.world).store
    again = replay(
        playbook,
        result.diagnosis,
        result.subject,
        NOBODY_THERE(place),
        answers=result.answers,
        language=language_of(result.case.question),
    )
    return told(again)


@pytest.mark.parametrize("playbook", LIBRARY.playbooks.values(), ids=lambda playbook: playbook.id)
def test_every_finding_has_a_case_and_both_languages(playbook: Playbook) -> None:
    assert {f.id for f in playbook.findings} <= {c.finding for c in playbook.cases}
    said = [text for f in playbook.findings for text in (f.tell, f.say, f.wait, *f.guide) if text is not None]
    assert [text.en for text in (*said, *playbook.guidance) if text.es is None] == []


@pytest.mark.parametrize("name", ASKING)
def test_a_case_shows_that_something_is_asked(name: str) -> None:
    assert any(c.finding.startswith("asks:") for c in LIBRARY.playbooks[name].cases)


def failing(open_world: OpenWorld, **changes: object) -> CaseResult:
    case = ExampleCase.model_validate(
        {"world": "provider_down", "question": "points wont load 303-555-0152", "finding": "not_a_member", **changes}
    )
    playbook = LIBRARY.playbooks["balance_mismatch"].model_copy(update={"cases": (case,)})
    return run_cases(playbook, open_world)[0]


def test_a_failing_case_reads_well(open_world: OpenWorld) -> None:
    result = failing(open_world)
    assert not result.passed
    report = result.report()
    assert report.startswith(
        "balance_mismatch: 'points wont load 303-555-0152' in provider_down\n"
        "  expected not_a_member\n"
        "  got      provider_unreachable   (another finding held first)\n"
    )
    assert "\n  could not weigh not_a_member: Alpine IQ has a problem on its side\n" in report
    assert "\n  could not check who this is at the provider: Alpine IQ has a problem on its side" in report


def test_a_case_that_is_left_waiting_and_answers_that_nobody_wants(open_world: OpenWorld) -> None:
    question = "app says 320 register shows 300, 303-555-0153"
    waiting = failing(open_world, world="nothing_wrong", question=question, finding="stale_screen")
    assert (waiting.got, waiting.problem) == ("asks:pos_refreshed", "with nothing_wrong so far")
    answers = {"pos_refreshed": "now_right", "source_frozen": "no"}
    unused = failing(open_world, world="nothing_wrong", question=question, finding="stale_screen", answers=answers)
    assert (unused.got, unused.problem) == ("stale_screen", "nobody asked for: source_frozen")
