"""What support is told without asking: in the whole house, and what a reader of Spanish gets of the rules' reasons."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.cases import Role, digests, writing
from bot.cases.digests import CODES, Line
from bot.slack.presenter import SlackPresenter
from bot.slack.strings import reason, speaker
from bot.slack.views.exceptions import exceptions_message
from bot.slack.views.model import ExceptionsView
from bot.work import proposals
from bot.work.erasing import Person as Customer
from bot.work.erasing import erase_customer
from tests.conversations.dialogue import Dialogue
from tests.slack.floor import buttons, shop_floor

ASK: list[dict[str, dict[str, Any]]] = [
    {
        "say": {
            "who": "riley",
            "where": "pine",
            "as": "q",
            "text": "@Pointsman no points from her last purchase, receipt 5512064, 303-555-0164",
        }
    },
    {"press": {"who": "riley", "in": "q", "button": "fix:adjust_points"}},
    {"submit": {"who": "riley", "values": {"points": "+600", "reason": "never arrived", "comment": "Your points"}}},
    {"shows": {"in": "q", "text": ["please decide"], "buttons": ["approve"]}},
]


def test_an_emergency_and_a_days_list_stand_in_the_escalation_channel_once(tmp_path: Path) -> None:
    with shop_floor(tmp_path) as floor:
        dialogue = Dialogue(floor)
        dialogue.play([*ASK[:1], {"shows": {"in": "q", "buttons": ["fix:adjust_points", "fix:record_purchase"]}}])
        dialogue.play(ASK[1:])
        request = next(m for m in dialogue.thread("q") if "approve" in buttons(m))
        card = dialogue.thread("q")[0]
        assert "fix:record_purchase" not in buttons(card)  # it would give the points of one receipt a second time
        presenter = floor.house.presenter
        assert isinstance(presenter, SlackPresenter)
        quinn = presenter.person("T0HARBOR", "U0QUINN").actor
        admin = quinn.model_copy(update={"roles": quinn.roles | {Role.ADMIN}})
        proposal_id = buttons(request)["approve"]["value"]
        proposals.break_glass(floor.house, proposal_id, admin, "Nobody else is reachable <!channel> tonight")

        def told(part: str) -> list[str]:
            return [m.text for m in floor.desk.messages("C0SUPPORT") if part in m.text]

        floor.desk.wait_for(lambda: told("Emergency decision"), 15)
        (text,) = told("Emergency decision")
        for part in ("<!subteam^S0SUPPORT>", "+600 points", "<@U0RILEY>", "approved by <@U0QUINN>", "open the thread"):
            assert part in text
        assert "<!channel>" not in text
        with writing(floor.house.engine) as conn:
            lines = digests.of_proposal(conn, proposal_id)
            digests.keep(conn, "2026-11-20", lines, now=floor.clock())
        for _ in range(2):
            presenter.show_exceptions("digest/2026-11-20")
        assert len(told("Exceptions of 2026-11-20")) == 1

        channel, ts = dialogue.threads["q"]
        floor.card(channel, ts, lambda text: "*Done*: +600 points" in text)
        erase_customer(floor.house.config, Customer(phone="303-555-0164"), by="cli:sam", really=True)
        presenter.show_proposal(proposal_id)
        text = floor.card(channel, ts, lambda text: "This customer's data was erased" in text).text
        assert "Ada Brook" not in text
        news = floor.said(channel, ts, "<@U0RILEY> *Done*: a change whose details were erased.")
        assert buttons(news) == {}


class Given:
    """A reader of one view."""

    def __init__(self, view: ExceptionsView) -> None:
        self.view = view

    def exceptions(self, subject: str) -> ExceptionsView:
        return self.view


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_exception_can_be_told_and_a_long_list_is_cut(language: str) -> None:
    changes = [
        Line(codes=(code,), person="U1", proposal="P_1", case="C_1", store="pine", kind="relink", why="<x>")
        for code in CODES
    ]
    tried = Line(codes=("too_many",), person="U2", times=3)
    points = Line(codes=CODES, person="U1", proposal="P_2", store="pine", kind="adjust_points", points=Decimal(-50))
    lines = tuple((line, ("Pine & Co", "")) for line in (*changes, tried, points, *changes))
    view = ExceptionsView(day="2026-11-20", told=(), lines=lines)
    text, blocks = exceptions_message(Given(view), "digest/2026-11-20", speaker(language))
    assert len(blocks) <= 45
    assert len(text) <= 3900
    assert "Pine &amp; Co" in text
    assert "<x>" not in text
    assert str(len(lines)) in text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            [
                "*A list for 1,200 people, +5,000 and -40 points* · Pine · asked by <@U1>\n"
                "not sure whether everything arrived · done · approved by <@U2>, <@U3> · <http://x|open the thread>",
                "*A list of 3 enrollments* · Pine · asked by <@U1>\nbeing done",
                "*+600 points* · Pine · asked by <@U1>\nsame person, same customer, again; a large sum · done",
                "<@U9> was refused 2×: deciding on their own request",
                "cli:sam, 1×: erased what was kept of a customer",
            ],
        ),
        (
            "es",
            [
                "*Una lista para 1,200 personas, +5,000 y -40 puntos* · Pine · lo pidió <@U1>\n"
                "no se sabe si llegó todo · hecho · lo aprobó <@U2>, <@U3> · <http://x|abrir el hilo>",
                "*Una lista de 3 inscripciones* · Pine · lo pidió <@U1>\nhaciéndose",
                "*+600 puntos* · Pine · lo pidió <@U1>\nmisma persona, mismo cliente, otra vez; una suma grande"
                " · hecho",
                "A <@U9> se le negó 2×: decidir sobre su propia solicitud",
                "cli:sam, 1×: borró lo guardado de un cliente",
            ],
        ),
    ],
)
def test_a_manager_reads_what_who_why_and_how_it_stands(language: str, said: list[str]) -> None:
    common = {"person": "U1", "store": "pine"}
    lines = (
        Line(
            codes=("list", "unknown"),
            run="B_1",
            people=1200,
            kind="adjust_points",
            points=Decimal(5000),
            taken=Decimal(40),
            state="done",
            approvers=("U2", "U3"),
            **common,
        ),
        Line(codes=("list",), run="B_2", people=3, kind="enroll", state="running", **common),
        Line(
            codes=("same_pair", "two_approvers"),
            proposal="P_1",
            kind="adjust_points",
            points=Decimal(600),
            state="done",
            **common,
        ),
        Line(codes=("own_request",), person="U9", times=2),
        Line(codes=("erased",), person="cli:sam"),
    )
    links = ("http://x", "", "", "", "")
    view = ExceptionsView(
        day="2026-11-20", told=(), lines=tuple((line, ("Pine", link)) for line, link in zip(lines, links, strict=True))
    )
    _, blocks = exceptions_message(Given(view), "digest/2026-11-20", speaker(language))
    assert [block["text"]["text"] for block in blocks[1:]] == said


def test_reasons_speak_the_readers_language() -> None:
    stored = {"code": "second_change", "text": "The number was changed lately.", "values": {"days": "30"}}
    assert reason(stored, "en") == "The number was changed lately."
    assert reason(stored, "es").startswith("El número ya se cambió en los últimos 30 días")
    assert reason({**stored, "values": {}}, "es") == "The number was changed lately."  # stored by an older version
    assert reason({"code": "something new", "text": "New."}, "es") == "New."
