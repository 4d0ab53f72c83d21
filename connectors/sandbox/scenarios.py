"""The named situations of the world, as data. All live in one world; only those with faults must be switched on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from connectors.sandbox.faults import Fault
from connectors.sandbox.people import Loyal, Person, Pos, Sold, ago


@dataclass(frozen=True)
class Scenario:
    """One situation. `covers`: ids of the domain's facts. `phone`: the one to ask about, as staff would type it."""

    id: str
    title: str
    covers: tuple[str, ...]
    phone: str
    try_asking: str
    people: tuple[Person, ...] = ()
    faults: tuple[Fault, ...] = ()


def _wrong_link() -> tuple[Person, ...]:
    return (
        Person(
            "Dana",
            "Ortiz",
            pos=(Pos(880123, phone="0177"),),
            loyal=(Loyal(500, phone="0142", src=880123),),
        ),
        Person("Sam", "Whitfield", loyal=(Loyal(200, phone="0177"),)),
    )


def _priya() -> Person:
    return Person(
        "Priya",
        "Nair",
        pos=(
            Pos(880201, phone="0143"),
            Pos(880202, phone=None, created_by="Dutchie Ecommerce", age=timedelta(days=60)),
        ),
        loyal=(Loyal(20, phone="0143", email=None, src=880201), Loyal(480, phone=None, src=880202)),
        history=False,
    )


def _lena() -> Person:
    return Person("Lena", "Park", pos=(Pos(880301, phone="0144"),), loyal=(Loyal(350, phone="0145", src=880301),))


def _marcus() -> Person:
    return Person(
        "Marcus",
        "Bell",
        pos=(Pos(880401, phone="0146"),),
        loyal=(Loyal(240, phone="0146", src=880401),),
        sales=(Sold(5512040, 880401, ago(minutes=20), 60, posted=False),),
    )


def _theo() -> Person:
    return Person(
        "Theo",
        "Brandt",
        pos=(Pos(880801, phone="0157", merged_into=880802), Pos(880802, phone="0166")),
        loyal=(Loyal(210, phone="0157", src=880801),),
        recent=False,
    )


def _mia() -> Person:
    return Person(
        "Mia",
        "Foss",
        pos=(Pos(880901, phone="0158", status="Archived"), Pos(880902, phone="0158", age=timedelta(days=50))),
        loyal=(Loyal(260, phone="0158", src=880901),),
        recent=False,
    )


def _eve() -> Person:
    return Person(
        "Eve",
        "Okafor",
        pos=(Pos(880951, phone="0161"), Pos(880952, phone=None, age=timedelta(days=20))),
        loyal=(Loyal(175, phone="0161", src=880951),),
        sales=(Sold(5512061, 880952, ago(days=1), 55, posted=False, posts=False),),
    )


def _max() -> Person:
    return Person(
        "Max",
        "Olsen",
        pos=(Pos(880961, phone="0162", age=timedelta(days=3, hours=1)),),
        loyal=(Loyal(0, phone="0162", src=880961, joined=ago(hours=3)),),
        sales=(Sold(5512062, 880961, ago(days=3), 70, posted=False, posts=False),),
        history=False,
    )


def _lou() -> Person:
    return Person(
        "Lou",
        "Perez",
        pos=(Pos(880941, phone="0160"),),
        loyal=(Loyal(150, phone="0160", src=880941),),
        sales=(Sold(5512058, 880941, ago(days=2), 45), Sold(5512060, 880941, ago(days=1), -45, returns=5512058)),
    )


def _simple(
    first: str,
    last: str,
    pos_id: int,
    phone: str,
    points: float,
    *,
    events: tuple[tuple[timedelta, str, float, str], ...] = (),
) -> Person:
    """A person whose register and provider agree."""
    return Person(
        first, last, pos=(Pos(pos_id, phone=phone),), loyal=(Loyal(points, phone=phone, src=pos_id, events=events),)
    )


def _zoe() -> Person:
    return _simple("Zoe", "Hart", 880152, "0152", 145)


def _all() -> tuple[Scenario, ...]:
    return (
        Scenario(
            "wrong_link",
            "The register's phone leads to somebody else's points",
            ("V3", "V5", "V11", "L4"),
            "303-555-0142",
            "Customer says 500 points in the app, register shows 200. Dana Ortiz, 303-555-0142",
            _wrong_link(),
        ),
        Scenario(
            "duplicate_holds_points",
            "Two profiles, and the points are on the other one",
            ("V8",),
            "303-555-0143",
            "points dont match for 303-555-0143, she says 480 and i see 20",
            (_priya(),),
        ),
        Scenario(
            "phone_differs",
            "Register and provider hold different phones",
            ("V11",),
            "303-555-0144",
            "no points showing for Lena, 303-555-0144, lena.park@example.com, app says 350",
            (_lena(),),
        ),
        Scenario(
            "sales_not_posted",
            "A sale of some minutes ago is not at the provider yet",
            ("V10", "V20"),
            "303-555-0146",
            "just rang up 303-555-0146 and his points didn't go up",
            (_marcus(),),
        ),
        Scenario(
            "hidden_points",
            "The wallet hides its points",
            ("V4", "V19"),
            "303-555-0147",
            "wallet shows 0 points but she had 610, 303-555-0147",
            (
                Person(
                    "Tessa",
                    "Quinn",
                    pos=(Pos(880147, phone="0147"),),
                    loyal=(Loyal(610, phone="0147", src=880147, hide=True),),
                ),
            ),
        ),
        Scenario(
            "points_expired",
            "Points expired some days ago",
            ("V13",),
            "303-555-0148",
            "Omar had 220 points last week, now 40. 303-555-0148",
            (_simple("Omar", "Haddad", 880148, "0148", 40, events=((ago(days=3), "expiration", -180, ""),)),),
        ),
        Scenario(
            "manual_adjustment",
            "Somebody took points off by hand",
            ("V3", "P1"),
            "303-555-0149",
            "June is missing 150 points, 303-555-0149",
            (
                _simple(
                    "June",
                    "Kessler",
                    880149,
                    "0149",
                    90,
                    events=((ago(days=2), "adjustment", -150, "Corrected double credit"),),
                ),
            ),
        ),
        Scenario(
            "block_adjustment",
            "A negative balance was lifted to zero last night",
            ("A11", "V3"),
            "303-555-0150",
            "Ivo's balance jumped to 0 overnight, 303-555-0150",
            (
                _simple(
                    "Ivo",
                    "Marek",
                    880150,
                    "0150",
                    0,
                    events=((ago(days=2), "redemption", -200, ""), (ago(hours=9), "block", 75, "")),
                ),
            ),
        ),
        Scenario(
            "not_a_member",
            "In the register, but nothing at the provider",
            ("V1", "V7"),
            "303-555-0151",
            "Nora Lind 303-555-0151 has no loyalty section at all",
            (Person("Nora", "Lind", pos=(Pos(880701, phone="0151", member=None),)),),
        ),
        Scenario(
            "member_without_tag",
            "A member whom the register does not tag",
            ("A10",),
            "303-555-0154",
            "no star on Gil's card, did he get enrolled? 303-555-0154",
            (
                Person(
                    "Gil",
                    "Ramos",
                    pos=(Pos(880154, phone="0154", member=None),),
                    loyal=(Loyal(130, phone="0154", src=880154),),
                ),
            ),
        ),
        Scenario(
            "contact_not_member",
            "Known to the provider, but not enrolled",
            ("V7", "E5"),
            "303-555-0155",
            "Ana buys here all the time and never earns, 303-555-0155",
            (
                Person(
                    "Ana",
                    "Sousa",
                    pos=(Pos(880155, phone="0155", member=None),),
                    loyal=(Loyal(0, phone="0155", src=880155, member=False),),
                ),
            ),
        ),
        Scenario(
            "pos_profile_missing",
            "A member without a profile in the register",
            ("A8", "A14"),
            "303-555-0163",
            "signed up online but I can't find him in the register, 303-555-0163",
            (Person("Ben", "Ito", loyal=(Loyal(60, phone="0163"),)),),
        ),
        Scenario(
            "email_differs",
            "Register and provider hold different e-mails",
            ("V11",),
            "303-555-0156",
            "Rosa gets two profiles, 303-555-0156",
            (
                Person(
                    "Rosa",
                    "Delgado",
                    pos=(Pos(880156, phone="0156", email="rosa.d@example.com"),),
                    loyal=(Loyal(190, phone="0156", src=880156),),
                ),
            ),
        ),
        Scenario(
            "merged_profile",
            "The profile was merged away and the points stayed behind",
            ("V8", "A11"),
            "303-555-0157",
            "Theo's points are gone since we merged him, 303-555-0157",
            (_theo(),),
        ),
        Scenario(
            "archived_twin",
            "The provider still points at an archived profile",
            ("A11", "V8"),
            "303-555-0158",
            "Mia has an old archived profile, points look off, 303-555-0158",
            (_mia(),),
        ),
        Scenario(
            "sale_voided",
            "The last sale was voided",
            ("V20",),
            "303-555-0159",
            "Kai got no points for yesterday, 303-555-0159",
            (
                Person(
                    "Kai",
                    "Jensen",
                    pos=(Pos(880931, phone="0159"),),
                    loyal=(Loyal(115, phone="0159", src=880931),),
                    sales=(Sold(5512059, 880931, ago(days=1), 65, posted=False, posts=False, voided=True),),
                ),
            ),
        ),
        Scenario(
            "sale_returned",
            "The last sale was returned",
            ("V20", "A18"),
            "303-555-0160",
            "Lou's points from two days ago vanished, 303-555-0160",
            (_lou(),),
        ),
        Scenario(
            "sale_under_other_profile",
            "The sale was rung up on the person's second profile",
            ("V8", "V20"),
            "303-555-0161",
            "Eve has no points for receipt 5512061, 303-555-0161",
            (_eve(),),
        ),
        Scenario(
            "sale_before_enrolment",
            "The sale was before the person joined",
            ("A17", "E5"),
            "303-555-0162",
            "Max joined today but nothing for his last visit, 303-555-0162",
            (_max(),),
        ),
        Scenario(
            "sale_never_posted",
            "A sale of some days ago never reached the provider",
            ("V20", "V10"),
            "303-555-0164",
            "Ada never got points for receipt 5512064, 80 dollars, 303-555-0164",
            (
                Person(
                    "Ada",
                    "Brook",
                    pos=(Pos(880964, phone="0164"),),
                    loyal=(Loyal(205, phone="0164", src=880964),),
                    sales=(Sold(5512064, 880964, ago(days=5), 80, posted=False, posts=False),),
                ),
            ),
        ),
        Scenario(
            "zero_points_sale",
            "The sale was fully discounted: there was nothing to earn",
            ("V20",),
            "303-555-0165",
            "Finn earned nothing yesterday, 303-555-0165",
            (
                Person(
                    "Finn",
                    "Moore",
                    pos=(Pos(880965, phone="0165"),),
                    loyal=(Loyal(95, phone="0165", src=880965),),
                    sales=(Sold(5512065, 880965, ago(days=1), 30, discount=30),),
                ),
            ),
        ),
        Scenario(
            "no_recent_sale",
            "No sale in the last seven days",
            ("V20",),
            "303-555-0167",
            "Uma says she bought something and got no points, 303-555-0167",
            (
                Person(
                    "Uma",
                    "Reyes",
                    pos=(Pos(880967, phone="0167"),),
                    loyal=(Loyal(140, phone="0167", src=880967),),
                    recent=False,
                ),
            ),
        ),
        Scenario(
            "nothing_wrong",
            "Register and provider agree",
            ("V21",),
            "303-555-0153",
            "are Will's points right? 303-555-0153",
            (_simple("Will", "Tanner", 880153, "0153", 320),),
        ),
        Scenario(
            "provider_down",
            "The loyalty provider does not answer",
            ("V10", "V22"),
            "303-555-0152",
            "points wont load for 303-555-0152",
            (_zoe(),),
            (Fault("status", vendor="alpineiq", store="pine", code=503),),
        ),
        Scenario(
            "pos_down",
            "The register's API does not answer",
            ("V10",),
            "303-555-0152",
            "points wont load for 303-555-0152",
            faults=(Fault("status", vendor="dutchie", store="pine", code=502),),
        ),
        Scenario(
            "slow_provider",
            "The loyalty provider answers very slowly",
            ("V10", "V22"),
            "303-555-0152",
            "loyalty just spins for 303-555-0152",
            faults=(Fault("latency", vendor="alpineiq", store="pine", seconds=3),),
        ),
        Scenario(
            "garbage_provider",
            "The loyalty provider answers nonsense",
            ("V10",),
            "303-555-0152",
            "points wont load for 303-555-0152",
            faults=(Fault("garbage", vendor="alpineiq", store="pine"),),
        ),
        Scenario(
            "wrong_pos_key",
            "The register refuses the key",
            ("A1", "E6"),
            "303-555-0152",
            "points wont load for 303-555-0152",
            faults=(Fault("denied", vendor="dutchie", store="pine"),),
        ),
        Scenario(
            "wrong_loyalty_key",
            "The loyalty provider refuses the key",
            ("A3", "E6"),
            "303-555-0152",
            "points wont load for 303-555-0152",
            faults=(Fault("denied", vendor="alpineiq", store="pine"),),
        ),
        Scenario(
            "throttled",
            "The register says: too many requests",
            ("V10",),
            "303-555-0152",
            "points wont load for 303-555-0152",
            faults=(Fault("throttle", vendor="dutchie", store="pine", retry_after=1),),
        ),
        Scenario(
            "hostile_name",
            "A customer whose name looks like Slack markup",
            (),
            "303-555-0168",
            "check points for 303-555-0168",
            (
                Person(
                    "<!channel>",
                    "& Co",
                    email="co@example.com",
                    pos=(Pos(880968, phone="0168"),),
                    loyal=(Loyal(75, phone="0168", src=880968),),
                ),
            ),
        ),
    )


SCENARIOS: Mapping[str, Scenario] = {s.id: s for s in _all()}
