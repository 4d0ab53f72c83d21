"""Situations in which register and app show different points (or seem to)."""

from __future__ import annotations

from connectors.sandbox.people import Loyal, Person, Pos, Sold, ago, simple
from connectors.sandbox.scenario import Scenario

BALANCE: tuple[Scenario, ...] = (
    Scenario(
        "wrong_link",
        "The register's phone leads to somebody else's points",
        ("V3", "V5", "V11"),
        "303-555-0142",
        "Customer says 500 points in the app, register shows 200. Dana Ortiz, 303-555-0142",
        (
            Person(
                "Dana",
                "Ortiz",
                pos=(Pos(880123, phone="0177"),),
                loyal=(Loyal(500, phone="0142", src=880123),),
            ),
            Person("Sam", "Whitfield", loyal=(Loyal(200, phone="0177"),)),
        ),
    ),
    Scenario(
        "phone_differs",
        "Register and provider hold different phones",
        ("V11",),
        "303-555-0144",
        "no points showing for Lena, 303-555-0144, lena.park@example.com, app says 350",
        (Person("Lena", "Park", pos=(Pos(880301, phone="0144"),), loyal=(Loyal(350, phone="0145", src=880301),)),),
    ),
    Scenario(
        "sales_not_posted",
        "A sale of some minutes ago is not at the provider yet",
        ("V10", "V20"),
        "303-555-0146",
        "just rang up 303-555-0146 and his points didn't go up",
        (
            Person(
                "Marcus",
                "Bell",
                pos=(Pos(880401, phone="0146"),),
                loyal=(Loyal(240, phone="0146", src=880401),),
                sales=(Sold(5512040, 880401, ago(minutes=20), 60, posted=False),),
            ),
        ),
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
        (simple("Omar", "Haddad", 880148, "0148", 40, events=((ago(days=3), "expiration", -180, ""),)),),
    ),
    Scenario(
        "manual_adjustment",
        "Somebody took points off by hand, by mistake",
        ("V3", "P1"),
        "303-555-0149",
        "customer says 500 points, pos shows 200, 303-555-0149",
        (
            simple(
                "June",
                "Kessler",
                880149,
                "0149",
                200,
                events=((ago(days=2), "adjustment", -300, "Corrected double credit"),),
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
            simple(
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
        "nothing_wrong",
        "Register and provider agree",
        ("V21",),
        "303-555-0153",
        "are Will's points right? 303-555-0153",
        (simple("Will", "Tanner", 880153, "0153", 320),),
    ),
)
