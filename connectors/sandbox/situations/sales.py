"""Situations in which a sale brought no points."""

from __future__ import annotations

from datetime import timedelta

from connectors.sandbox.people import Loyal, Person, Pos, Sold, ago
from connectors.sandbox.scenario import Scenario

SALES: tuple[Scenario, ...] = (
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
        (
            Person(
                "Lou",
                "Perez",
                pos=(Pos(880941, phone="0160"),),
                loyal=(Loyal(150, phone="0160", src=880941),),
                sales=(
                    Sold(5512058, 880941, ago(days=2), 45),
                    Sold(5512060, 880941, ago(days=1), -45, returns=5512058),
                ),
            ),
        ),
    ),
    Scenario(
        "sale_under_other_profile",
        "The sale was rung up on the person's second profile",
        ("V8", "V20"),
        "303-555-0161",
        "Eve has no points for receipt 5512061, 303-555-0161",
        (
            Person(
                "Eve",
                "Okafor",
                pos=(Pos(880951, phone="0161"), Pos(880952, phone=None, age=timedelta(days=20))),
                loyal=(Loyal(175, phone="0161", src=880951),),
                sales=(Sold(5512061, 880952, ago(days=1), 55, posted=False, posts=False),),
            ),
        ),
    ),
    Scenario(
        "sale_before_enrolment",
        "The sale was before the person joined",
        ("A17", "E5"),
        "303-555-0162",
        "Max joined today but nothing for his last visit, 303-555-0162",
        (
            Person(
                "Max",
                "Olsen",
                pos=(Pos(880961, phone="0162", age=timedelta(days=3, hours=1)),),
                loyal=(Loyal(0, phone="0162", src=880961, joined=ago(hours=3)),),
                sales=(Sold(5512062, 880961, ago(days=3), 70, posted=False, posts=False),),
                history=False,
            ),
        ),
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
)
