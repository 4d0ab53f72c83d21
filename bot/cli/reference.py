"""docs/settings.md, generated from the settings models: `python -m bot.cli.reference`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from bot.config import Config, VendorSettings
from connectors import REGISTRY, Side

HEAD = """\
# Settings

Generated from the settings models by `make docs`; a test keeps it current. One file, `pointsman.toml` (`--config`, or
`POINTSMAN_CONFIG`). `${NAME}` reads the environment: unset or empty, it makes an optional key absent, and on a
required key is an error that names it. `file:PATH` reads a mounted secret.
"""


def settings_page() -> str:
    """The whole page as Markdown."""
    parts = [HEAD]
    for title, model in _tables("", Config):
        parts.append(_section(title, model))
    for name, connector in sorted(REGISTRY.items()):
        for side in get_args(Side):
            if settings := connector.settings_for(side):
                parts.append(_section(f'[stores.{side}] with vendor = "{name}"', settings))
    return "\n".join(parts)


def _tables(path: str, model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    """The model's own keys, then each table below it."""
    yield f"[{path}]" if path else "Top level", model
    for name, field in model.model_fields.items():
        inner = _model_of(field.annotation)
        if inner and inner is not VendorSettings:
            below = f"{path}.{name}" if path else name
            yield from _tables(below, inner)


def _section(title: str, model: type[BaseModel]) -> str:
    rows = [
        f"| `{name}` | {_default(field)} | {field.description or ''} |"
        for name, field in model.model_fields.items()
        if _model_of(field.annotation) is None
    ]
    if not rows:
        return ""
    doc = "" if model is Config else (model.__dict__.get("__doc__") or "")
    note = f"\n{doc.strip().splitlines()[0]}\n" if doc else ""
    return f"## {title}\n{note}\n| key | default | meaning |\n| --- | --- | --- |\n" + "\n".join(rows) + "\n"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value: Any = field.get_default(call_default_factory=True)
    if value in (None, (), [], {}):
        return "–"
    if isinstance(value, SecretStr):
        return "set"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _model_of(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for a in get_args(annotation) if (m := _model_of(a))), None)


if __name__ == "__main__":
    sys.stdout.write(settings_page())
