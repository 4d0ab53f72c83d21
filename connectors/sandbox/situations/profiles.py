"""Situations of people with too many profiles, too few, or the wrong ones."""

from __future__ import annotations

from datetime import timedelta

from connectors.sandbox.people import Loyal, Person, Pos
from connectors.sandbox.scenario import Scenario

PROFILES: tuple[Scenario, ...] = (
    Scenario(
        "duplicate_holds_points",
        "Two profiles, and the points are on the other one",
        ("V8",),
        "303-555-0143",
        "points dont match for 303-555-0143, she says 480 and i see 20",
        (
            Person(
                "Priya",
                "Nair",
                pos=(
                    Pos(880201, phone="0143"),
                    Pos(880202, phone=None, created_by="Dutchie Ecommerce", age=timedelta(days=60)),
                ),
                loyal=(Loyal(20, phone="0143", email=None, src=880201), Loyal(480, phone=None, src=880202)),
                history=False,
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
        ("V11", "A14"),
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
        (
            Person(
                "Theo",
                "Brandt",
                pos=(Pos(880801, phone="0157", merged_into=880802), Pos(880802, phone="0166")),
                loyal=(Loyal(210, phone="0157", src=880801),),
                recent=False,
            ),
        ),
    ),
    Scenario(
        "archived_twin",
        "The provider still points at an archived profile",
        ("A11", "V8"),
        "303-555-0158",
        "Mia has an old archived profile, points look off, 303-555-0158",
        (
            Person(
                "Mia",
                "Foss",
                pos=(Pos(880901, phone="0158", status="Archived"), Pos(880902, phone="0158", age=timedelta(days=50))),
                loyal=(Loyal(260, phone="0158", src=880901),),
                recent=False,
            ),
        ),
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
