"""Sentences for people: sandboxed Jinja2 whose values come out masked and escaped for Slack's mrkdwn."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from jinja2 import ChainableUndefined, Template, TemplateError, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from bot.cases.masks import mask_email, mask_phone
from bot.playbook.kleene import FILTERS, Unknown
from bot.words import said_day

_PHONE = re.compile(r"(?<![\w+])(?:\+\d{10,15}|(?:1[-. ]?)?\(?\d{3}\)?[-. ]?\d{3}[-. ]?\d{4})(?!\w)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_LONG_ID = 14
NOTHING = "–"
"""What a missing or unknown value looks like in a sentence."""


def escape(text: str) -> str:
    """Foreign text made harmless in mrkdwn: `&`, `<` and `>` only, as Slack asks."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def masked(text: str) -> str:
    """Every phone and every e-mail address in the text, masked."""
    return _EMAIL.sub(lambda m: mask_email(m.group()), _PHONE.sub(lambda m: mask_phone(m.group()), text))


def shortened(id_: str) -> str:
    """A long id by its ends: enough to tell two apart, where `1f174b5995b9bd053c27d86ccd1bd134` would fill the line."""
    return id_ if len(id_) <= _LONG_ID else f"{id_[:4]}…{id_[-4:]}"


def number(value: Decimal | int | float) -> str:
    """1,234 or 12.5: no zeros that say nothing."""
    return f"{Decimal(str(value)).quantize(Decimal('0.01')).normalize():,f}"


def points(value: Decimal | int | float, language: str = "en") -> str:
    """`500 points`, `1 point`, `500 puntos`."""
    one = abs(Decimal(str(value))) == 1
    word = ("punto" if one else "puntos") if language == "es" else ("point" if one else "points")
    return f"{number(value)} {word}"


def money(value: Decimal | int | float) -> str:
    """`$60.00`."""
    return f"${Decimal(str(value)):,.2f}"


def day(moment: datetime, language: str = "en") -> str:
    """`Nov 3` or `3 nov`, in the moment's own zone."""
    return said_day(moment, language)


def moment(at: datetime, language: str = "en") -> str:
    """`Nov 3, 2:05 PM` or `3 nov, 14:05`, in the moment's own zone."""
    clock = f"{at:%H:%M}" if language == "es" else f"{at:%I:%M %p}".removeprefix("0")
    return f"{day(at, language)}, {clock}"


def there(at: datetime, now: datetime) -> datetime:
    """The same moment in the zone that `now` carries: the store's, where its staff read it."""
    return at.astimezone(now.tzinfo)


def ago(moment: datetime, now: datetime, language: str = "en") -> str:
    """`20 minutes ago`, `hace 3 días`; the largest unit that fits."""
    minutes = max(0, int((now - moment).total_seconds() // 60))
    if minutes < 60:
        count, en, es = minutes, "minute", "minuto"
    elif minutes < 48 * 60:
        count, en, es = minutes // 60, "hour", "hora"
    else:
        count, en, es = minutes // 1440, "day", "día"
    plural = "" if count == 1 else "s"
    return f"hace {count} {es}{plural}" if language == "es" else f"{count} {en}{plural} ago"


def _gentle(work: Callable[..., str]) -> Callable[[Context, Any], str]:
    """A filter that knows the reader's language and the time, and shows a missing value as nothing."""

    @pass_context
    def filter_(context: Context, value: Any) -> str:
        if value is None or isinstance(value, Unknown | ChainableUndefined):
            return NOTHING
        return work(value, context)

    return filter_


def _shown(value: Any) -> str:
    """The last word on every printed value: nothing odd, nothing personal, nothing Slack would act on."""
    if value is None or isinstance(value, Unknown | ChainableUndefined):
        return NOTHING
    text = number(value) if isinstance(value, Decimal) else str(value)
    return escape(masked(text))


def _environment() -> SandboxedEnvironment:
    environment = SandboxedEnvironment(undefined=ChainableUndefined, autoescape=False, finalize=_shown)
    environment.filters = {
        **FILTERS,
        "points": _gentle(lambda value, c: points(value, c["language"])),
        "money": _gentle(lambda value, c: money(value)),
        "phone": _gentle(lambda value, c: mask_phone(value)),
        "email": _gentle(lambda value, c: mask_email(value)),
        "date": _gentle(lambda value, c: day(there(value, c["now"]), c["language"])),
        "moment": _gentle(lambda value, c: moment(there(value, c["now"]), c["language"])),
        "ago": _gentle(lambda value, c: ago(value, c["now"], c["language"])),
    }
    return environment


_ENVIRONMENT = _environment()


@lru_cache(maxsize=4096)
def _template(source: str) -> Template:
    return _ENVIRONMENT.from_string(source)


def render(source: str, values: Mapping[str, Any], *, now: datetime, language: str) -> str:
    """One sentence with its values, spaces tidied. What cannot be shown becomes a dash; never raises for a value.

    now: carries the zone in which days and times are said.
    """
    known = {name: (None if isinstance(value, Unknown) else value) for name, value in values.items()}
    try:
        text = _template(source).render({**known, "now": now, "language": language})
    except (TemplateError, TypeError, ValueError, ArithmeticError):
        return NOTHING
    return " ".join(text.split())
