"""Situations of a store that runs on Dutchie's own points."""

from __future__ import annotations

from datetime import timedelta

from connectors.sandbox.people import Loyal, Person, Pos, Sold, ago
from connectors.sandbox.scenario import Scenario

SCENARIOS = (
    Scenario(
        "dutchie_native_today",
        "Dutchie's own points show last night's balance; today's sale is not in it",
        ("V10", "V20", "V21"),
        "303-555-0131",
        "Gwen bought something an hour ago and her points did not move, 303-555-0131",
        (
            Person(
                "Gwen",
                "Alder",
                pos=(Pos(5101, phone="0131"),),
                loyal=(Loyal(260, phone="0131", src=5101),),
                sales=(Sold(5513101, 5101, ago(hours=1), 40),),
            ),
        ),
        store="koa",
    ),
    Scenario(
        "dutchie_native_migrated",
        "The store changed from another provider to Dutchie's own points, and old points did not come along",
        ("V15",),
        "303-555-0132",
        "Hugo had 800 points before the change and now has 0, 303-555-0132",
        (
            Person(
                "Hugo",
                "Lind",
                pos=(Pos(5102, phone="0132", age=timedelta(days=900)),),
                loyal=(Loyal(0, phone="0132", src=5102, joined=ago(days=20)),),
                history=False,
            ),
        ),
        store="koa",
    ),
    Scenario(
        "dutchie_native_tier",
        "A tier was lost for want of visits",
        ("V14",),
        "303-555-0133",
        "Ines was gold and now says bronze, 303-555-0133",
        (
            Person(
                "Ines",
                "Moro",
                pos=(Pos(5103, phone="0133", extra={"tier": "Bronze"}),),
                loyal=(Loyal(90, phone="0133", src=5103),),
                recent=False,
            ),
        ),
        store="koa",
    ),
    Scenario(
        "dutchie_native_no_bonus",
        "A new customer got no welcome bonus, and a third party's integration is still connected",
        ("E4", "E8", "E12"),
        "303-555-0134",
        "Jana signed up yesterday and has no sign-up points, 303-555-0134",
        (
            Person(
                "Jana",
                "Reiss",
                pos=(Pos(5104, phone="0134", age=timedelta(days=1)),),
                loyal=(Loyal(0, phone="0134", src=5104, joined=ago(days=1)),),
                history=False,
            ),
        ),
        store="koa",
    ),
)
