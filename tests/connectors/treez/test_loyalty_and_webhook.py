from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from connectors.contract import Member, Operation, WebhookNotice
from connectors.errors import Denied, Unsupported
from connectors.transport import Transport
from connectors.treez.capabilities import LOYALTY, of_store
from connectors.treez.loyalty import open_treez_loyalty
from connectors.treez.settings import TreezLoyaltySettings, TreezSettings
from connectors.treez.webhook import read_webhook
from tests.connectors.helpers import NOW


def test_treez_loyalty_is_asked_of_a_person(transport: Transport) -> None:
    program = open_treez_loyalty(TreezLoyaltySettings(), transport)
    for operation, ask in (
        (Operation.IDENTIFY, program.identify),
        (Operation.FIND_MEMBER, lambda: program.find_members(phone="+13035550170")),
        (Operation.FIND_MEMBER, lambda: program.member("m")),
        (Operation.READ_BALANCE, lambda: program.balance(Member(id="m"))),
        (Operation.READ_LEDGER, lambda: program.ledger("m", since=NOW, until=NOW)),
        (Operation.ADJUST_POINTS, lambda: program.adjust_points("m", points=Decimal(1), note="n")),
    ):
        with pytest.raises(Unsupported) as error:
            ask()
        assert error.value.reason == LOYALTY.of(operation).why
    assert program.find_adjustment("m", operation_id="op", since=NOW) == "cannot_tell"
    assert not any(support.supported for support in LOYALTY.operations.values())
    assert {o for o in LOYALTY.operations if LOYALTY.of(o).mode == "guided"} == {
        Operation.FIND_MEMBER,
        Operation.READ_BALANCE,
        Operation.READ_LEDGER,
        Operation.ADJUST_POINTS,
        Operation.UPDATE_MEMBER,
        Operation.ENROLL,
    }


def test_the_matrix_of_a_store_without_a_secret() -> None:
    assert not of_store(version="v3", merge=True, webhooks=False).of(Operation.WEBHOOKS).supported
    assert of_store(version="v3", merge=True, webhooks=True).of(Operation.MERGE_CUSTOMERS).supported


# -- messages ---------------------------------------------------------------------------------------------------------

SETTINGS = TreezSettings(dispensary="elm", client_id="c", api_key="k", webhook_secret="shared")
HEADERS = {"authorization": "Bearer shared"}


def read(body: Any) -> WebhookNotice:
    return read_webhook(SETTINGS, HEADERS, json.dumps(body).encode())


def test_a_customer_and_a_ticket() -> None:
    customer = {
        "customer_id": "4608",
        "merged_into_customer_id": 4609,
        "phone": "3035550177",
        "email": "W@example.com",
        "external_ids": {"aiq_contact_id": "1ec15cd9-8ae4-4347-a9c8-5e41e9a6a271"},
    }
    notice = read({"root": {"event_type": "customer", "data": customer}})
    assert notice == WebhookNotice(
        vendor="treez",
        key=notice.key,
        topic="CUSTOMER",
        customer_ids=("4608", "4609"),
        member_ids=("1ec15cd98ae44347a9c85e41e9a6a271",),
        phones=("+13035550177",),
        emails=("w@example.com",),
    )
    plain = read({"event_type": "TICKET_STATUS", "data": {"ticket_id": "t1", "order_status": "COMPLETED"}})
    assert (plain.topic, plain.sale_ids, plain.customer_ids) == ("TICKET_STATUS", ("t1",), ())
    # A message that comes twice is one.
    assert read({"event_type": "X"}).key == read({"event_type": "X"}).key != plain.key


def test_a_trial_by_the_store() -> None:
    assert read({"test": True, "dispensary_short_name": "elm"}) == WebhookNotice(
        vendor="treez", key=read({"test": True, "dispensary_short_name": "elm"}).key, topic="TEST", test=True
    )


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer other"}, {"authorization": "shared"}])
def test_messages_of_somebody_else(headers: dict[str, str]) -> None:
    with pytest.raises(Denied):
        read_webhook(SETTINGS, headers, b"{}")


def test_messages_that_nobody_can_read_or_expects() -> None:
    with pytest.raises(Denied, match="nobody can read"):
        read_webhook(SETTINGS, HEADERS, b"[]")
    without = TreezSettings(dispensary="elm", client_id="c", api_key="k")
    with pytest.raises(Denied):
        read_webhook(without, {"authorization": "Bearer "}, b"{}")
