"""What people read: masked, escaped for Slack, in their language, and never an exception."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.diagnosis.rendering import ago, day, masked, money, number, points, render, shortened
from bot.playbook.kleene import Unknown
from connectors.contract import Customer
from tests.diagnosis.small import NOW

HOSTILE = Customer(id="1", first_name="<!channel>", last_name="& Co", phone="+13035550168", email="co@example.com")


def shown(source: str, language: str = "en", **values: Any) -> str:
    return render(source, values, now=NOW, language=language)


@pytest.mark.parametrize(
    ("source", "values", "text"),
    [
        ("{{ c.name }} & <b>", {"c": HOSTILE}, "&lt;!channel&gt; &amp; Co & <b>"),
        ("{{ c.phone | phone }}", {"c": HOSTILE}, "(•••) •••-0168"),
        ("{{ c.email | email }}", {"c": HOSTILE}, "c•••@example.com"),
        ("{{ c.phone }} {{ c.email }}", {"c": HOSTILE}, "(•••) •••-0168 c•••@example.com"),
        ("{{ note }}", {"note": "call 303-555-0142, dana@example.com"}, "call (•••) •••-0142, d•••@example.com"),
        ("{{ note }}", {"note": "receipt 5512064 of 880123"}, "receipt 5512064 of 880123"),
        ("{{ x | points }}", {"x": Decimal("1234.50")}, "1,234.5 points"),
        ("{{ x }}", {"x": Decimal("500.00")}, "500"),
        ("{{ x | money }}", {"x": Decimal(60)}, "$60.00"),
        ("{{ t | ago }} {{ t | date }}", {"t": NOW - timedelta(hours=5)}, "5 hours ago Nov 20"),
        ("{{ x }} {{ x | points }} {{ y.z.a }}", {"x": None}, "– – –"),
        ("{{ x }} {{ x.y }} {% if x %}a{% else %}b{% endif %}", {"x": Unknown(("no",))}, "– – b"),
        ("{{ x | abs }}", {"x": "text"}, "–"),
        ("  two\n  lines ", {}, "two lines"),
        ("{{ ''.__class__ }}", {}, "–"),
        ("{{ x.__class__.__mro__ }}", {"x": 1}, "–"),
    ],
)
def test_sentences(source: str, values: dict[str, Any], text: str) -> None:
    assert shown(source, **values) == text


def test_spanish() -> None:
    assert shown("{{ 1 | points }}, {{ 20 | points }}", "es") == "1 punto, 20 puntos"
    assert shown("{{ t | ago }}, {{ t | date }}", "es", t=NOW - timedelta(days=3)) == "hace 3 días, 17 nov"


@pytest.mark.parametrize(
    ("before", "en", "es"),
    [
        (timedelta(minutes=-5), "0 minutes ago", "hace 0 minutos"),
        (timedelta(minutes=1), "1 minute ago", "hace 1 minuto"),
        (timedelta(minutes=59), "59 minutes ago", "hace 59 minutos"),
        (timedelta(minutes=60), "1 hour ago", "hace 1 hora"),
        (timedelta(hours=47), "47 hours ago", "hace 47 horas"),
        (timedelta(hours=48), "2 days ago", "hace 2 días"),
    ],
)
def test_how_long_ago(before: timedelta, en: str, es: str) -> None:
    assert (ago(NOW - before, NOW), ago(NOW - before, NOW, "es")) == (en, es)


def test_days_and_times_are_said_as_the_store_reads_them() -> None:
    denver = NOW.replace(hour=2, minute=5).astimezone(ZoneInfo("America/Denver"))
    at = NOW.replace(hour=0, minute=0)
    said = {
        lang: render("{{ t | moment }}; {{ t | date }}", {"t": at}, now=denver, language=lang) for lang in ("en", "es")
    }
    assert said == {"en": "Nov 19, 5:00 PM; Nov 19", "es": "19 nov, 17:00; 19 nov"}


def test_a_long_id_is_known_by_its_ends() -> None:
    assert shortened("1f174b5995b9bd053c27d86ccd1bd134") == "1f17…d134"
    assert shortened("704982") == "704982"


def test_numbers() -> None:
    assert [number(n) for n in (0, 10, 1000, Decimal("12.50"), 0.1)] == ["0", "10", "1,000", "12.5", "0.1"]
    assert points(1) == "1 point"
    assert points(Decimal(-1)) == "-1 point"
    assert money(Decimal("1234.5")) == "$1,234.50"
    assert (day(NOW), day(NOW, "es")) == ("Nov 20", "20 nov")


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("+13035550142", "(•••) •••-0142"),
        ("(303) 555-0142", "(•••) •••-0142"),
        ("1-303-555-0142.", "(•••) •••-0142."),
        ("7d1f3c0a9be24c55a1d0e1a2b3c4d5e6", "7d1f3c0a9be24c55a1d0e1a2b3c4d5e6"),
    ],
)
def test_masks(text: str, safe: str) -> None:
    assert masked(text) == safe
