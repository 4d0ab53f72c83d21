"""Situations that only stores with Treez know: the facts of Loyalty ID Lookup, and what goes wrong around them."""

from __future__ import annotations

from typing import Any

from connectors.sandbox.people import Loyal, Person, Pos, Sold, ago
from connectors.sandbox.scenario import Scenario
from connectors.treez.sandbox_state import FIELD

# A sale that the loyalty provider does not hear of.
_KEPT: dict[str, Any] = {"posted": False, "posts": False}

LOOKUP = (
    Scenario(
        "treez_up_to_date",
        "The stored loyalty id is the one that the phone leads to: lookup changes nothing",
        ("L1", "L2", "L3"),
        "303-555-0170",
        "should i press the magnifier for Nell Archer 303-555-0170? register and app both say 210",
        (Person("Nell", "Archer", pos=(Pos(4600, phone="0170"),), loyal=(Loyal(210, phone="0170", src=4600),)),),
        store="elm",
    ),
    Scenario(
        "treez_another_id",
        "The stored loyalty id names an older persona, and the phone leads to another one with the points",
        ("L2", "L4", "V5", "V11"),
        "303-555-0171",
        "loyalty id lookup shows another id for Owen Tate 303-555-0171, app says 640 and register 30, yes or no",
        (
            Person(
                "Owen",
                "Tate",
                pos=(
                    Pos(
                        4601,
                        phone="0171",
                        extra={
                            "treez_link": "phone:0191",
                            "treez_past": (
                                (ago(days=200), f'Created "{FIELD}" as "{{old}}"', "Robin Vale"),
                                (
                                    ago(days=2),
                                    f'Changed "Nickname" from "" to "O"\nChanged "{FIELD}" from "{{old}}" to "{{new}}"',
                                    "Jess Moreno",
                                ),
                            ),
                        },
                    ),
                ),
                loyal=(
                    Loyal(640, phone="0171", src=4601),
                    Loyal(30, phone="0191", email="owen.old@example.com"),
                ),
            ),
        ),
        store="elm",
    ),
    Scenario(
        "treez_no_record",
        "The stored loyalty id names a persona that is gone, and nobody at the provider has the phone or e-mail",
        ("L5", "V5", "V7"),
        "303-555-0172",
        "lookup says no record found for Pam Ortega 303-555-0172, do i clear the id",
        (Person("Pam", "Ortega", pos=(Pos(4602, phone="0172", extra={"treez_link": "gone"}),), history=False),),
        store="elm",
    ),
    Scenario(
        "treez_wallet_error",
        "Wallet error at the register: the stored persona was merged away at the provider",
        ("L6", "V5", "V22"),
        "303-555-0173",
        "wallet error at checkout with Reggie Blum 303-555-0173, find updated wallet pops up",
        (
            Person(
                "Reggie",
                "Blum",
                pos=(Pos(4603, phone="0173", extra={"treez_link": "gone"}),),
                loyal=(Loyal(385, phone="0173", src=4603),),
            ),
        ),
        store="elm",
    ),
    Scenario(
        "treez_declined",
        "Staff pressed No when Treez offered the link, so none is stored and Treez does not ask again",
        ("L1", "L7", "V5"),
        "303-555-0174",
        "Sia Lowe 303-555-0174 has points in the app, the register shows no loyalty and there is no magnifier",
        (
            Person(
                "Sia",
                "Lowe",
                pos=(Pos(4604, phone="0174", extra={"treez_link": None}),),
                loyal=(Loyal(145, phone="0174", src=4604),),
            ),
        ),
        store="elm",
    ),
    Scenario(
        "treez_linked_no_member",
        "Linked, but the persona is no loyalty member: purchases arrive and earn nothing",
        ("V5", "V7"),
        "303-555-0175",
        "Tim Osei 303-555-0175 is linked and still earns nothing",
        (
            Person(
                "Tim",
                "Osei",
                pos=(Pos(4605, phone="0175"),),
                loyal=(Loyal(0, phone="0175", src=4605, member=False),),
            ),
        ),
        store="elm",
    ),
)

PROFILES = (
    Scenario(
        "treez_duplicates",
        "One person is two profiles, one with the phone and one with the e-mail: Treez can merge them",
        ("V8", "V18"),
        "303-555-0176",
        "Vera Novak 303-555-0176, vera.novak@example.com has two profiles, 20 points here and 310 there",
        (
            Person(
                "Vera",
                "Novak",
                pos=(Pos(4606, phone="0176", email=None), Pos(4607, phone=None)),
                loyal=(Loyal(20, phone="0176", src=4606, email=None), Loyal(310, phone=None, src=4607)),
            ),
        ),
        store="elm",
    ),
    Scenario(
        "treez_merged_profile",
        "A profile that was merged away, and the one that took it in",
        ("V8",),
        "303-555-0177",
        "Walt Iversen 303-555-0177 sees nothing since his profiles were merged",
        (
            Person(
                "Walt",
                "Iversen",
                pos=(Pos(4608, phone=None, merged_into=4609), Pos(4609, phone="0177", extra={"treez_link": None})),
                loyal=(Loyal(260, phone="0197", src=4608),),
            ),
        ),
        store="elm",
    ),
    Scenario(
        "treez_deactivated",
        "A profile that was deactivated: lookups hide it, its id still shows it",
        ("V8",),
        "303-555-0178",
        "cant find Yara Stone 303-555-0178 at the register but she has 90 points",
        (
            Person(
                "Yara",
                "Stone",
                pos=(Pos(4610, phone="0178", status="Deactivated"),),
                loyal=(Loyal(90, phone="0178", src=4610),),
            ),
        ),
        store="elm",
    ),
)

SALES = (
    Scenario(
        "treez_sale_without_customer",
        "A ticket that was closed without a customer cannot earn",
        ("V20",),
        "303-555-0179",
        "Zeb Carr 303-555-0179 got nothing for order WALK42 yesterday",
        (
            Person(
                "Zeb",
                "Carr",
                pos=(Pos(4611, phone="0179"),),
                loyal=(Loyal(120, phone="0179", src=4611),),
                sales=(Sold(5700042, None, ago(days=1), 64, extra={"treez_number": "WALK42"}, **_KEPT),),
            ),
        ),
        store="elm",
    ),
    Scenario(
        "treez_refunded_sale",
        "A sale, and the refund of it, which is a ticket of its own",
        ("V20", "A18"),
        "303-555-0180",
        "Abby Roe 303-555-0180 brought order RTN555 back, her points look off",
        (
            Person(
                "Abby",
                "Roe",
                pos=(Pos(4612, phone="0180"),),
                loyal=(Loyal(75, phone="0180", src=4612),),
                sales=(
                    Sold(5700043, 4612, ago(days=3), 48, extra={"treez_number": "RTN555"}),
                    Sold(5700044, 4612, ago(days=1, hours=2), -48, returns=5700043, **_KEPT),
                ),
            ),
        ),
        store="elm",
    ),
    Scenario(
        "treez_canceled_and_ineligible",
        "An order that was called off, and a sale that Treez marks as earning nothing",
        ("V20",),
        "303-555-0181",
        "Cody Marr 303-555-0181 is missing points for his last two orders",
        (
            Person(
                "Cody",
                "Marr",
                pos=(Pos(4613, phone="0181"),),
                loyal=(Loyal(55, phone="0181", src=4613),),
                sales=(
                    Sold(
                        5700045,
                        4613,
                        ago(days=2),
                        30,
                        extra={"treez_number": "OFF777", "treez_source": "ECOMMERCE", "treez_status": "CANCELED"},
                        **_KEPT,
                    ),
                    Sold(
                        5700046,
                        4613,
                        ago(days=1),
                        25,
                        extra={"treez_number": "INE246", "treez_eligible": False},
                        **_KEPT,
                    ),
                    Sold(
                        5700047,
                        4613,
                        ago(hours=1),
                        42,
                        extra={
                            "treez_number": "WEB424",
                            "treez_source": "ECOMMERCE",
                            "treez_type": "PICKUP",
                            "treez_status": "PACKED_READY",
                        },
                        **_KEPT,
                    ),
                ),
            ),
        ),
        store="elm",
    ),
)

TREEZ_LOYALTY = (
    Scenario(
        "treez_loyalty_wallet",
        "Treez Loyalty: the points stand in the wallet at the register only, and are asked",
        ("L2", "V3", "V21"),
        "303-555-0170",
        "Dina Falk 303-555-0170 says her card shows 430 and the register 400",
        (Person("Dina", "Falk", pos=(Pos(4620, phone="0170"),), loyal=(Loyal(430, phone="0170", src=4620),)),),
        store="fir",
    ),
    Scenario(
        "treez_loyalty_not_enrolled",
        "Treez Loyalty: no id on the profile and no account there",
        ("L1", "V7"),
        "303-555-0171",
        "Emil Roth 303-555-0171 has no wallet and no magnifier",
        (Person("Emil", "Roth", pos=(Pos(4621, phone="0171"),)),),
        store="fir",
    ),
    Scenario(
        "treez_loyalty_another_id",
        "Treez Loyalty: the profile stores an account that is gone, and the phone leads to another one",
        ("L4", "L6"),
        "303-555-0172",
        "wallet could not be found for Gail Hart 303-555-0172",
        (
            Person(
                "Gail",
                "Hart",
                pos=(Pos(4622, phone="0172", extra={"treez_link": "gone"}),),
                loyal=(Loyal(95, phone="0172", src=4622),),
            ),
        ),
        store="fir",
    ),
)

SCENARIOS = (*LOOKUP, *PROFILES, *SALES, *TREEZ_LOYALTY)
