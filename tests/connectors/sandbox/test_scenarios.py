"""Each scenario, seen through the connectors as the bot sees it: what the playbooks build on."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.alpineiq.client import AlpineIq
from connectors.contract import LedgerEntry
from connectors.dutchie.client import Dutchie
from connectors.errors import Denied, Throttled, Unreachable
from connectors.sandbox import SCENARIOS, World
from connectors.transport import deadline
from tests.connectors.helpers import NOW

AREA = "+1303555"


def ids(pos: Dutchie, last_four: str) -> list[str]:
    return [c.id for c in pos.find_customers(phone=AREA + last_four)]


def members(program: AlpineIq, last_four: str) -> list[tuple[str, str | None, int]]:
    return [(m.name, m.source_id, int(m.balance or 0)) for m in program.find_members(phone=AREA + last_four)]


def by_source(program: AlpineIq, source_id: str) -> list[tuple[str | None, str | None, int]]:
    return [(m.phone, m.email, int(m.balance or 0)) for m in program.find_members(source_id=source_id)]


def history(program: AlpineIq, last_four: str, days: int) -> list[LedgerEntry]:
    (member,) = program.find_members(phone=AREA + last_four)
    return list(program.ledger(member.id, since=NOW - timedelta(days=days), until=NOW).entries)


def week(pos: Dutchie, *customer_ids: str) -> list[tuple[str, int, int]]:
    """(id, days ago, amount before tax)"""
    sold = pos.sales(customer_ids, since=NOW - timedelta(days=7), until=NOW)
    return [(s.id, (NOW - s.at).days, int(s.before_tax or 0)) for s in sold]


def test_every_scenario_can_be_tried() -> None:
    assert len([s for s in SCENARIOS.values() if s.store in ("pine", "oak")]) == 47
    for key, scenario in SCENARIOS.items():
        assert scenario.id == key
        assert scenario.title
        assert re.fullmatch(r"303-555-01\d\d", scenario.phone)
        assert scenario.try_asking
        assert scenario.people or scenario.faults or scenario.change


def test_wrong_link(pos: Dutchie, program: AlpineIq) -> None:
    dana = pos.customer("880123")
    assert (dana.phone, dana.email, dana.live, dana.is_member) == (
        "+13035550177",
        "dana.ortiz@example.com",
        True,
        True,
    )
    assert members(program, "0177") == [("Sam Whitfield", None, 200)]
    assert members(program, "0142") == [("Dana Ortiz", "880123", 500)]
    assert ids(pos, "0142") == []
    assert pos.find_customers(email="sam.whitfield@example.com") == []


def test_duplicate_holds_points(pos: Dutchie, program: AlpineIq) -> None:
    found = pos.find_customers(email="priya.nair@example.com")
    assert [(c.id, c.phone, c.live, c.name) for c in found] == [
        ("880201", "+13035550143", True, "Priya Nair"),
        ("880202", None, True, "Priya Nair"),
    ]
    assert members(program, "0143") == [("Priya Nair", "880201", 20)]
    assert by_source(program, "880202") == [(None, "priya.nair@example.com", 480)]


def test_phone_differs(pos: Dutchie, program: AlpineIq) -> None:
    assert ids(pos, "0144") == ["880301"]
    assert members(program, "0144") == []
    assert by_source(program, "880301") == [("+13035550145", "lena.park@example.com", 350)]


def test_sales_not_posted(pos: Dutchie, program: AlpineIq) -> None:
    assert members(program, "0146") == [("Marcus Bell", "880401", 240)]
    newest = pos.sales(["880401"], since=NOW - timedelta(hours=1), until=NOW)[-1]
    assert (newest.id, newest.before_tax, NOW - newest.at) == ("5512040", 60, timedelta(minutes=20))
    assert [e.points for e in history(program, "0146", 7)] == [30]


def test_hidden_points(program: AlpineIq) -> None:
    (tessa,) = program.find_members(phone=AREA + "0147")
    assert (tessa.balance, program.balance(tessa).hidden) == (610, True)


@pytest.mark.parametrize(
    ("last_four", "balance", "entry"),
    [
        ("0148", 40, LedgerEntry(at=NOW - timedelta(days=3), kind="expire", points=-180)),
        (
            "0149",
            200,
            LedgerEntry(at=NOW - timedelta(days=2), kind="adjust", points=-300, note="Corrected double credit"),
        ),
        ("0150", 0, LedgerEntry(at=NOW - timedelta(hours=9), kind="block", points=75)),
    ],
)
def test_what_changed_the_balance(program: AlpineIq, last_four: str, balance: int, entry: LedgerEntry) -> None:
    assert [points for _, _, points in members(program, last_four)] == [balance]
    assert history(program, last_four, 7)[-1] == entry


def test_enrolment(pos: Dutchie, program: AlpineIq) -> None:
    assert ids(pos, "0151") == ["880701"]
    assert members(program, "0151") == by_source(program, "880701") == []
    assert pos.customer("880154").is_member is None
    assert members(program, "0154") == [("Gil Ramos", "880154", 130)]
    assert [m.enrolled for m in program.find_members(phone=AREA + "0155")] == [False]
    assert ids(pos, "0163") == []
    assert members(program, "0163") == [("Ben Ito", None, 60)]


def test_email_differs(pos: Dutchie, program: AlpineIq) -> None:
    assert pos.customer("880156").email == "rosa.d@example.com"
    assert by_source(program, "880156") == [("+13035550156", "rosa.delgado@example.com", 190)]


def test_merged_profile(pos: Dutchie, program: AlpineIq) -> None:
    assert pos.customer("880801").merged_into == "880802"
    assert ids(pos, "0166") == ["880802"]
    assert members(program, "0157") == [("Theo Brandt", "880801", 210)]
    assert members(program, "0166") == []


def test_archived_twin(pos: Dutchie, program: AlpineIq) -> None:
    assert ids(pos, "0158") == ["880902"]
    assert pos.customer("880901").status == "archived"
    assert members(program, "0158") == [("Mia Foss", "880901", 260)]


def test_sales_that_earned_nothing(pos: Dutchie, program: AlpineIq) -> None:
    assert pos.sale("5512059").is_void is True
    assert pos.sale("5512060").returns_sale_id == "5512058"
    assert [e.points for e in history(program, "0160", 3)] == [45, -45]
    assert [c.id for c in pos.find_customers(email="eve.okafor@example.com")] == ["880951", "880952"]
    assert week(pos, "880952") == [("5512061", 1, 55)]
    assert pos.sale("5512065").before_tax == 0
    assert history(program, "0165", 2) == [LedgerEntry(at=NOW - timedelta(days=1), kind="earn", points=0)]
    assert week(pos, "880967") == []


def test_sale_before_enrolment(pos: Dutchie, program: AlpineIq) -> None:
    (member,) = program.find_members(phone=AREA + "0162")
    assert member.joined_at == NOW - timedelta(hours=3)
    assert week(pos, "880961") == [("5512062", 3, 70)]
    assert history(program, "0162", 30) == []


def test_sale_never_posted(world: World, pos: Dutchie, program: AlpineIq) -> None:
    assert [(i, d) for i, d, _ in week(pos, "880964")] == [
        ("5512064", 5),
        (pos.sales(["880964"], since=NOW - timedelta(days=5), until=NOW)[-1].id, 4),
    ]
    assert [e.points for e in history(program, "0164", 7)] == [30]
    world.nightly()
    assert [e.points for e in history(program, "0164", 7)] == [30]


def test_nothing_wrong(pos: Dutchie, program: AlpineIq) -> None:
    assert ids(pos, "0153") == ["880153"]
    assert members(program, "0153") == [("Will Tanner", "880153", 320)]


def test_earned_rows_carry_the_time_of_their_sale(pos: Dutchie, program: AlpineIq) -> None:
    sold = pos.sales(["880153"], since=NOW - timedelta(days=40), until=NOW)
    earned = [(e.at, e.points) for e in history(program, "0153", 40)]
    assert earned == [(s.at, s.before_tax) for s in sold]


def test_hostile_name(pos: Dutchie) -> None:
    assert pos.find_customers(phone=AREA + "0168")[0].name == "<!channel> & Co"


@pytest.mark.parametrize(
    ("scenario", "pos_error", "program_error"),
    [
        ("provider_down", None, Unreachable),
        ("pos_down", Unreachable, None),
        ("garbage_provider", None, Unreachable),
        ("wrong_pos_key", Denied, None),
        ("wrong_loyalty_key", None, Denied),
        ("throttled", Throttled, None),
    ],
)
def test_faults(
    world: World,
    pos: Dutchie,
    program: AlpineIq,
    scenario: str,
    pos_error: type[Exception] | None,
    program_error: type[Exception] | None,
) -> None:
    world.reset(scenario)
    for error, call in ((pos_error, lambda: ids(pos, "0152")), (program_error, lambda: members(program, "0152"))):
        if error is None:
            assert call()
        else:
            with pytest.raises(error):
                call()


def test_slow_provider(world: World, pos: Dutchie, program: AlpineIq) -> None:
    world.reset("slow_provider")
    assert ids(pos, "0152") == ["880152"]
    with deadline(0.2), pytest.raises(Unreachable, match="in time"):
        members(program, "0152")


def test_ordinary_people_fill_the_windows(world: World, pos: Dutchie) -> None:
    assert len(world.stores["pine"].customers) == 58
    assert len(world.stores["oak"].customers) == 9
    others = [s for s in world.stores["pine"].sales.values() if NOW - s.at < timedelta(days=7)]
    assert len(others) > 40


# -- a whole store ----------------------------------------------------------------------------------------------------

DOMAIN = [
    *(f"V{n}" for n in range(1, 24)),
    *(f"E{n}" for n in range(1, 15)),
    *(f"L{n}" for n in range(1, 8)),
    *(f"A{n}" for n in range(1, 20)),
    *(f"P{n}" for n in range(1, 8)),
]


def test_the_facts_are_those_of_the_domain() -> None:
    """The list above is the domain's own, where that is at hand: beside the folder of the vendors' specs."""
    specs = os.environ.get("POINTSMAN_SPECS")
    text = Path(specs).parent.parent / "domain.md" if specs else None
    if text is None or not text.is_file():
        pytest.skip("the domain's text is not at hand: POINTSMAN_SPECS does not name a folder beside it")
    assert re.findall(r"^- ([A-Z]\d+) ", text.read_text(encoding="utf-8"), re.MULTILINE) == DOMAIN


def test_every_fact_of_the_domain_has_a_scenario() -> None:
    covered = {fact for scenario in SCENARIOS.values() for fact in scenario.covers}
    assert [fact for fact in DOMAIN if fact not in covered] == []
    assert covered <= set(DOMAIN)


def zoe_earned(program: AlpineIq, days: int) -> list[str]:
    return [e.kind for e in history(program, "0152", days)]


def test_a_paused_program(world: World, program: AlpineIq) -> None:
    assert "earn" in zoe_earned(program, 14)
    world.reset("program_paused")
    assert zoe_earned(program, 14) == []
    world.nightly()
    assert zoe_earned(program, 14) == []


def test_a_frozen_source(world: World, program: AlpineIq) -> None:
    world.reset("source_frozen")
    assert zoe_earned(program, 5) == []
    assert "earn" in zoe_earned(program, 14)
    assert world.nightly()["sales_posted"] == 0


@pytest.mark.parametrize("scenario", ["first_sync", "other_market", "points_at_another_store"])
def test_nobody_at_the_provider(world: World, program: AlpineIq, pos: Dutchie, scenario: str) -> None:
    world.reset(scenario)
    assert ids(pos, "0152") == ["880152"]
    assert members(program, "0152") == []
    assert (world.contact(phone="3035550152", store="oak").points == 145) if "another" in scenario else True


def test_a_member_with_an_email_only(world: World, program: AlpineIq) -> None:
    world.reset("member_by_email_only")
    assert members(program, "0152") == []
    assert [m.source_id for m in program.find_members(email="zoe.hart@example.com")] == ["880152"]


def test_no_link_for_some(world: World, program: AlpineIq) -> None:
    world.reset("some_show_some_do_not")
    assert by_source(program, "880152") == []
    found = sum(bool(members(program, last)) for last in ("0153", "0154", "0147", "0148", "0149", "0150"))
    assert 0 < found < 6


def test_a_plan_without_the_register(world: World, program: AlpineIq) -> None:
    world.reset("plan_without_integration")
    assert zoe_earned(program, 400) == ["import"]
    assert by_source(program, "880152") == []


def test_mapping_and_rewards(world: World, program: AlpineIq, pos: Dutchie) -> None:
    world.reset("store_not_mapped")
    assert program.stores()[0].mapped == {}
    world.reset("reward_without_id")
    reward = pos.discounts()[0]
    assert (reward.external_id, reward.applied_by, reward.loyalty) == (None, "Manual", None)
    world.reset("reward_ended")
    assert pos.discounts()[0].ends_at == NOW - timedelta(days=1)
    world.reset("reward_on_several_items")
    assert pos.discounts()[0].one_item is False
    world.reset("late_audience")
    late = program.audiences()[0].size
    world.reset()
    assert program.audiences()[0].size == (late or 0) + 5


def test_newcomers_that_are_no_members(world: World, pos: Dutchie) -> None:
    world.reset("newcomers_not_enrolled")
    (newest,) = pos.find_customers(phone=AREA + "0190")
    assert (newest.is_member, newest.created_at) == (None, NOW - timedelta(hours=1))
    world.reset()
    assert pos.find_customers(phone=AREA + "0190") == []


def test_a_setting_that_no_api_shows(world: World, program: AlpineIq) -> None:
    world.reset("setting_only")
    assert members(program, "0152") == [("Zoe Hart", "880152", 145)]
