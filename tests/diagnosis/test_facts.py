"""Facts in situations that the sandbox does not have, through a whole run over small systems."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.diagnosis import Subject, Systems, catalogue
from bot.diagnosis.catalogue import Unanswered
from bot.diagnosis.facts.sales import posted_rows
from bot.diagnosis.facts.values import Said
from bot.diagnosis.graph import gather
from bot.playbook.kleene import Unknown
from connectors.contract import Balance, Customer, Ledger, LedgerEntry, Member, Operation, Sale
from connectors.errors import Denied, Unreachable
from tests.diagnosis.small import NOW, SmallProgram, SmallRegister, about, small

PHONE, OTHER = "+13035550142", "+13035550177"
DANA = Customer(
    id="1", first_name="Dana", last_name="Ortiz", phone=PHONE, email="dana@example.com", created_at=NOW - timedelta(99)
)


def member(member_id: str = "m", **fields: Any) -> Member:
    given = {"first_name": "Dana", "last_name": "Ortiz", "balance": Decimal(100), "enrolled": True, **fields}
    return Member(id=member_id, **given)


def sale(sale_id: str, hours_ago: float, total: float = 50, **fields: Any) -> Sale:
    given = {"customer_id": "1", "before_tax": Decimal(str(total)), **fields}
    return Sale(id=sale_id, at=NOW - timedelta(hours=hours_ago), total=Decimal(str(total)), **given)


def entry(hours_ago: float, points: float = 50, kind: Any = "earn", **fields: Any) -> LedgerEntry:
    return LedgerEntry(at=NOW - timedelta(hours=hours_ago), kind=kind, points=Decimal(str(points)), **fields)


def told(systems: Systems, subject: Subject, *names: str) -> Any:
    """The values of facts; one alone comes bare."""
    roots = {"subject": subject, "pos": systems.pos, "program": systems.program, "now": NOW}
    values = gather(catalogue(), names, roots, clock=lambda: NOW, budget_s=20).values
    found = [values[n] for n in names]
    return found[0] if len(found) == 1 else found


# -- the question -----------------------------------------------------------------------------------------------------


def test_what_the_question_says() -> None:
    subject = about(
        phone=("5550142", "13035550177", "+13035550199", "12345"),
        email=("Dana@Example.com",),
        claimed_points=(500, 1),
        observed_points=(200,),
        points_delta=(-40,),
        order_id=("#5512064",),
        loyalty_id=("abc",),
        customer_name=("Dana Ortiz",),
    )
    said = told(small(), subject, "said")
    assert said == Said(
        phones=("+13035550142", "+13035550177", "+13035550199"),
        emails=("dana@example.com",),
        names=("Dana Ortiz",),
        claimed=Decimal(500),
        observed=Decimal(200),
        delta=Decimal(-40),
        receipts=("5512064",),
        loyalty_ids=("abc",),
    )
    assert (said.phone, said.anybody) == (PHONE, True)


def test_seven_digits_without_an_area_code_name_nobody() -> None:
    said = told(small(), about(None, phone=("5550142",)), "said")
    assert (said.phone, said.anybody) == (None, False)
    assert told(small(), about(None, phone=("5550142",)), "customer") == Unknown(
        ("the question names no phone, e-mail or receipt",)
    )


# -- the customer -----------------------------------------------------------------------------------------------------


def test_live_before_archived_and_the_name_decides_a_shared_phone() -> None:
    archived = DANA.model_copy(update={"id": "2", "status": "archived"})
    wife = DANA.model_copy(update={"id": "3", "first_name": "Eva", "email": None})
    systems = small([archived, wife, DANA])
    assert told(systems, about(phone=(PHONE,), customer_name=("dana ortiz",)), "customer") == DANA
    assert told(systems, about(phone=(PHONE,), customer_name=("Eva Ortiz",)), "customer") == wife
    assert told(small([archived]), about(phone=(PHONE,)), "customer") == archived
    assert told(systems, about(phone=(PHONE,), customer_name=("Eva Ortiz",)), "duplicates") == ()


def test_the_one_the_provider_knows_then_the_oldest() -> None:
    twin = DANA.model_copy(update={"id": "2", "created_at": NOW - timedelta(days=200)})
    assert told(small([DANA, twin]), about(phone=(PHONE,)), "customer") == twin
    known = small([DANA, twin], [member(phone=PHONE, source_id="1")])
    assert told(known, about(phone=(PHONE,)), "customer", "duplicates") == [DANA, (twin,)]


def test_a_chain_of_merges_ends_in_the_survivor_and_a_circle_ends() -> None:
    first = DANA.model_copy(update={"merged_into": "2"})
    second = DANA.model_copy(update={"id": "2", "phone": None, "merged_into": "3"})
    third = DANA.model_copy(update={"id": "3", "phone": OTHER})
    found = told(small([first, second, third]), about(phone=(PHONE,)), "customer", "merged_profile", "profile_ids")
    assert found == [third, second, ("3", "2")]
    circle = second.model_copy(update={"merged_into": "1"})
    assert told(small([first, circle]), about(phone=(PHONE,)), "customer").id in ("1", "2")
    assert told(small([first]), about(phone=(PHONE,)), "customer") == first  # its survivor cannot be read


def test_the_provider_leads_to_the_profile_by_id_or_e_mail() -> None:
    elsewhere = DANA.model_copy(update={"phone": OTHER})
    by_id = small([elsewhere], [member(phone=PHONE, source_id="1")])
    assert told(by_id, about(phone=(PHONE,)), "customer") == elsewhere
    by_email = small([elsewhere], [member(phone=PHONE, source_id="gone", email="dana@example.com")])
    assert told(by_email, about(phone=(PHONE,)), "customer") == elsewhere


def test_the_receipt_leads_to_the_profile() -> None:
    systems = small([DANA], sales=[sale("77", 5)])
    assert told(systems, about(order_id=("99", "x1", "77")), "customer", "receipt_sale") == [DANA, sale("77", 5)]
    assert told(systems, about(order_id=("99",)), "customer") is None


def test_a_loyalty_id_leads_to_the_member() -> None:
    one = member(source_id="1")
    assert told(small([DANA], [one]), about(loyalty_id=("zz", "m")), "customer", "member") == [DANA, one]


def test_nobody_can_be_told_when_the_provider_is_down_and_the_register_finds_nobody() -> None:
    def fail() -> None:
        raise Unreachable("small", "the provider did not answer")

    down = Systems(pos=SmallRegister([DANA]), program=SmallProgram(before=fail))
    assert told(down, about(phone=(PHONE,)), "customer") == DANA
    found = told(down, about(phone=(OTHER,)), "customer")
    assert isinstance(found, Unknown)
    status = told(down, about(phone=(PHONE,)), "provider_status")
    assert (status.answers, status.reason, status.code) == (False, "the provider did not answer", "unreachable")


def test_a_register_that_refuses_the_key() -> None:
    class Refusing(SmallRegister):
        def find_customers(self, *, phone: str | None = None, email: str | None = None) -> Any:
            raise Denied("small", "the register refused our key")

    systems = Systems(pos=Refusing(), program=SmallProgram())
    status = told(systems, about(phone=(PHONE,)), "pos_status")
    assert (status.answers, status.code) == (False, "denied")
    assert told(systems, about(phone=(PHONE,)), "provider_status").answers


# -- the member -------------------------------------------------------------------------------------------------------


def test_a_stranger_behind_the_phone_is_not_the_customers_member() -> None:
    stranger = member("s", first_name="Bob", last_name="Quill", phone=PHONE)
    link, own = told(small([DANA], [stranger]), about(phone=(PHONE,)), "link", "member")
    assert (link.member, own) == (stranger, None)
    assert link.member_id == "s"


def test_a_nameless_member_behind_the_phone_may_be_theirs() -> None:
    nameless = member(first_name="", last_name="", phone=PHONE)
    assert told(small([DANA], [nameless]), about(phone=(PHONE,)), "member") == nameless


def test_the_register_id_outweighs_the_phone() -> None:
    theirs = member("a", phone=OTHER, source_id="1")
    on_phone = member("b", phone=PHONE)
    found = told(small([DANA], [on_phone, theirs]), about(email=("dana@example.com",)), "member", "link")
    assert (found[0], found[1].member_id) == (theirs, "b")


@pytest.mark.parametrize(("enrolled", "expected"), [(True, "member"), (False, "contact")])
def test_enrolment(enrolled: bool, expected: str) -> None:
    one = member(phone=PHONE, enrolled=enrolled)
    assert told(small([DANA], [one]), about(phone=(PHONE,)), "enrolment") == expected


def test_enrolment_without_member_and_where_the_provider_does_not_say() -> None:
    assert told(small([DANA]), about(phone=(PHONE,)), "enrolment", "balance") == ["none", None]
    silent = told(small([DANA], [member(phone=PHONE, enrolled=None)]), about(phone=(PHONE,)), "enrolment")
    assert silent == Unanswered(("nobody has told yet: whether the customer is enrolled",))


def test_a_member_without_a_wallet_has_no_balance() -> None:
    assert told(small([DANA], [member(phone=PHONE, balance=None)]), about(phone=(PHONE,)), "balance") is None


def test_duplicates_and_the_richer_one() -> None:
    by_phone = DANA.model_copy(update={"id": "2", "phone": OTHER})
    by_email = DANA.model_copy(update={"id": "3", "phone": None})
    members = [
        member("own", phone=PHONE, source_id="1", balance=Decimal(20)),
        member("two", phone=OTHER, balance=Decimal(480)),
    ]
    systems = small([DANA, by_phone, by_email], members)
    twins, richer = told(systems, about(phone=(PHONE,)), "duplicate_members", "richer_duplicate")
    assert [(t.profile.id, t.member and t.member.id, t.points) for t in twins] == [
        ("2", "two", Decimal(480)),
        ("3", None, None),
    ]
    assert richer == twins[0]
    silent = [members[0], member("two", phone=OTHER, balance=None)]
    program = SmallProgram(silent)
    program.balance = lambda m: Balance(points=Decimal(7))  # type: ignore[method-assign]
    systems = Systems(pos=SmallRegister([DANA, by_phone]), program=program)
    assert told(systems, about(phone=(PHONE,)), "duplicate_members")[0].points == Decimal(7)


def test_the_profile_the_provider_points_at() -> None:
    old = DANA.model_copy(update={"id": "9", "phone": None, "email": None, "status": "archived"})
    pointing = member(phone=PHONE, source_id="9")
    assert told(small([DANA, old], [pointing]), about(phone=(PHONE,)), "source_profile") == old
    assert told(small([DANA], [pointing]), about(phone=(PHONE,)), "source_profile") is None
    own = member(phone=PHONE, source_id="1")
    assert told(small([DANA], [own]), about(phone=(PHONE,)), "source_profile") is None


# -- the history ------------------------------------------------------------------------------------------------------


def with_history(*entries: LedgerEntry, sales: tuple[Sale, ...] = (), **fields: Any) -> Systems:
    one = member(phone=PHONE, source_id="1", **fields)
    return small([DANA], [one], sales, {"m": Ledger(entries=entries)})


def test_only_rows_that_say_so_count_as_expiry_adjustment_and_block() -> None:
    rows = (
        entry(24 * 80, -9, "expire"),
        entry(24 * 5, -10, "expire"),
        entry(24 * 4, 0, "expire"),
        entry(24 * 3, -20, "adjust"),
        entry(24 * 2, 30, "block"),
        entry(24, -40, "other"),
    )
    found = told(with_history(*rows), about(phone=(PHONE,)), "expiry", "hand_adjustment", "block")
    assert found == [rows[1], rows[3], rows[4]]
    assert told(with_history(entry(24 * 70, -9, "expire")), about(phone=(PHONE,)), "expiry", "block") == [None, None]
    assert told(small(), about(phone=(PHONE,)), "history") == ()


def test_an_unreadable_history_is_no_proof_of_anything() -> None:
    systems = small([DANA], [member(phone=PHONE)], ledgers={"m": Ledger(entries=(), readable=False)})
    unread = Unknown(("the provider's points history came in a form I cannot read",))
    assert told(systems, about(phone=(PHONE,)), "expiry", "postings") == [unread, unread]


# -- the sales --------------------------------------------------------------------------------------------------------


def test_rows_are_paired_by_reference_then_by_the_nearest_moment() -> None:
    sales = [sale("1", 50), sale("2", 10), sale("3", 9.5), sale("4", 100)]
    rows = [entry(30, reference="4"), entry(9.4), entry(49.9), entry(10, kind="gift"), entry(9.9, -50), entry(5)]
    found = posted_rows(sales, rows)
    assert found == {"4": rows[0], "3": rows[1], "1": rows[2]}


def test_sales_are_sorted_by_whether_they_arrived() -> None:
    sales = (
        sale("free", 90, 0),
        sale("posted", 80),
        sale("void", 70, is_void=True),
        sale("returned", 60),
        sale("return", 55, -50, is_return=True, returns_sale_id="returned"),
        sale("late", 50),
        sale("waiting", 2, before_tax=None),
        sale("before", 24 * 6),
    )
    systems = with_history(entry(80), sales=sales, joined_at=NOW - timedelta(days=5))
    found = told(systems, about(phone=(PHONE,)), "postings")
    assert {name: [p.sale.id for p in getattr(found, name)] for name in type(found).model_fields} == {
        "posted": ["posted"],
        "waiting": ["waiting"],
        "late": ["late"],
        "elsewhere": [],
        "before": ["before"],
    }
    assert (found.posted[0].points, found.waiting[0].hours_ago) == (Decimal(50), Decimal("2.0"))


@pytest.mark.parametrize(
    ("sales", "rows", "chosen"),
    [
        ((sale("a", 50), sale("b", 40)), (entry(50), entry(40)), "b"),  # all there: the newest
        ((sale("a", 50), sale("b", 40)), (entry(40),), "a"),  # the one that did not arrive
        ((sale("a", 50, is_void=True), sale("b", 40)), (entry(40),), "a"),  # the voided one
        ((sale("a", 50), sale("r", 45, -50, is_return=True, returns_sale_id="a"), sale("b", 40)), (entry(40),), "a"),
        ((), (), None),
    ],
)
def test_which_sale_is_meant(sales: tuple[Sale, ...], rows: tuple[LedgerEntry, ...], chosen: str | None) -> None:
    found = told(with_history(*rows, sales=sales), about(phone=(PHONE,)), "sale")
    assert (found.id if found else None) == chosen


def test_a_receipt_decides_and_an_unknown_one_names_no_sale() -> None:
    systems = with_history(entry(40), sales=(sale("50", 50), sale("40", 40)))
    assert told(systems, about(phone=(PHONE,), order_id=("40",)), "sale").id == "40"
    assert told(systems, about(phone=(PHONE,), order_id=("41",)), "sale") is None


def test_a_sale_is_found_without_the_providers_history() -> None:
    systems = Systems(
        pos=SmallRegister([DANA], [sale("50", 50)]),
        program=SmallProgram([member(phone=PHONE)], lacking=[Operation.READ_LEDGER]),
    )
    found = told(systems, about(phone=(PHONE,)), "sale", "posting", "ledger")
    assert (found[0].id, found[1]) == ("50", Unknown(("Look it up by hand.",)))


def test_the_posting_of_the_sale_in_question() -> None:
    systems = with_history(entry(40), sales=(sale("50", 50), sale("40", 40), sale("free", 30, 0)))
    late = told(systems, about(phone=(PHONE,), order_id=("50",)), "posting")
    assert (late.standing, late.points, late.hours_ago) == ("late", None, Decimal("50.0"))
    assert told(systems, about(phone=(PHONE,), order_id=("40",)), "posting").standing == "posted"
    assert told(small([DANA], sales=[sale("50", 50)]), about(order_id=("50",)), "posting") is None


def test_an_old_receipt_may_have_been_returned_and_may_be_too_old_to_tell() -> None:
    old = sale("900", 24 * 30)
    back = sale("901", 24 * 28, -50, is_return=True, returns_sale_id="900")
    systems = with_history(sales=(old, back, sale("100", 24 * 120)))
    assert told(systems, about(phone=(PHONE,), order_id=("900",)), "sale_return") == back
    assert told(systems, about(phone=(PHONE,), order_id=("901",)), "sale_return") == back
    assert told(systems, about(phone=(PHONE,), order_id=("100",)), "sale_return", "posting") == [
        None,
        Unknown(("the sale is older than the points history I can read",)),
    ]
    assert told(systems, about(phone=(PHONE,)), "sale_return") is None
