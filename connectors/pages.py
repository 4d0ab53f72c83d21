"""docs/connectors/<vendor>.md, from what the code says: `python -m connectors.pages`; a test keeps them current."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from connectors import REGISTRY, Connector
from connectors.contract import Capabilities, Operation
from connectors.contract.operations import sentences
from connectors.dialect import Endpoint
from connectors.errors import Denied, NotFound, Rejected, Throttled, UnknownOutcome, Unreachable, Unsupported
from connectors.metrics import CALLS, SECONDS
from connectors.pacing import Pace
from connectors.sandbox.vendors import vendor_worlds
from connectors.transport import THRESHOLD, TTL_S

FOLDER = Path(__file__).parents[1] / "docs" / "connectors"
_NOTE = "Written by `python -m connectors.pages` from the code, which a test checks: change the code, not this page."
_HOW = {"api": "by API", "guided": "by a person, with steps", "none": "no"}
_KEYS = {
    "phone": "phone",
    "email": "e-mail",
    "source_id": "the register's id",
    "name": "name",
    "name_and_birth_date": "last name with birth date",
    "licence": "licence",
    "medical_id": "medical id",
    "external_id": "an id of our own",
}


@dataclass(frozen=True)
class Side:
    """One part of a connector: what it is for a store, its settings and its declared matrix."""

    title: str
    table: str
    settings: type[BaseModel]
    capabilities: Capabilities


def pages() -> dict[str, str]:
    """Every page's text by file name, the overview included."""
    found = {f"{vendor}.md": page(connector) for vendor, connector in sorted(REGISTRY.items())}
    return {"README.md": overview(), **found}


def write(folder: Path = FOLDER) -> list[Path]:
    """Write every page; the files that were written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
    return written


def sides_of(connector: Connector) -> Iterator[Side]:
    """The parts that this connector has."""
    for title, table, settings, capabilities in (
        ("Register", "stores.pos", connector.pos_settings, connector.pos_capabilities),
        ("Loyalty program", "stores.loyalty", connector.loyalty_settings, connector.loyalty_capabilities),
        ("Web shop", "stores.online", connector.online_settings, connector.online_capabilities),
    ):
        if settings is not None and capabilities is not None:
            yield Side(title, table, settings, capabilities)


def page(connector: Connector) -> str:
    """One vendor's page as Markdown."""
    parts = [f"# {connector.title}", _NOTE, _about(connector.vendor)]
    for side in sides_of(connector):
        parts += [f"## {side.title}", *_side(connector.vendor, side)]
    parts += [*_webhooks(connector), *_calls(connector.vendor), *_scenarios(connector.vendor)]
    return "\n\n".join(part for part in parts if part) + "\n"


def overview() -> str:
    """All vendors beside each other: each operation, and which vendor has it how."""
    columns = [
        (f"{connector.title}{_which(connector, side)}", side.capabilities)
        for _, connector in sorted(REGISTRY.items())
        for side in sides_of(connector)
    ]
    rows = [
        [f"`{operation}`", *(_mark(capabilities, operation) for _, capabilities in columns)]
        for operation in Operation
        if any(operation in capabilities.operations for _, capabilities in columns)
    ]
    links = [f"- [{connector.title}]({vendor}.md)" for vendor, connector in sorted(REGISTRY.items())]
    table = _table(["operation", *(title for title, _ in columns)], rows)
    legend = "✓ by API · ☞ a person does it with our steps · – not by API · empty: not a thing of this system"
    means = _table(["operation", "what it is"], [[f"`{name}`", words] for name, words in sentences().items()])
    parts = ["# Connectors", _NOTE, "\n".join(links), legend, table, "## What each operation is", means, _watching()]
    return "\n\n".join(parts) + "\n"


def _watching() -> str:
    """Where a technical person sees what goes to the vendors, and what is done by itself when one is in trouble."""
    return f"""## Watching the calls

- **Counted**: while the bot serves, `http://<host>:<port>/metrics` (of `[server]`; `pointsman doctor` prints it) shows,
  for Prometheus, `{CALLS}_total` and `{SECONDS}` by `vendor`, `operation` and `outcome`: `ok`, or one of
  {", ".join(f"`{kind.code}`" for kind in (Unreachable, Throttled, Denied, NotFound, Rejected, Unsupported))} and
  `{UnknownOutcome.code}`.
- **Logged**: each call is one line, `vendor call`, with vendor, operation, method, route (never its values), outcome,
  seconds and, of what failed, the `trace_id` by which the vendor's support finds it.
- **Kept below the limits**: calls wait for their place, over all processes where the database is PostgreSQL.
- **Tried again**: reads only, with jitter, and as the vendor's Retry-After says. A write is sent once; what became of
  one without an answer is asked of the vendor, and one rule says whether it is ever sent again.
- **Left alone**: after {THRESHOLD} failures in a row an account is not asked for {TTL_S:g} seconds.
- **In time**: every call ends with the deadline of what asked for it."""


def _which(connector: Connector, side: Side) -> str:
    return f" ({side.title.lower()})" if len(list(sides_of(connector))) > 1 else ""


def _mark(capabilities: Capabilities, operation: Operation) -> str:
    if operation not in capabilities.operations:
        return ""
    return {"api": "✓", "guided": "☞", "none": "–"}[capabilities.of(operation).mode]


def _about(vendor: str) -> str:
    """The docstring of the vendor's folder."""
    return (import_module(f"connectors.{vendor}").__doc__ or "").strip()


def _side(vendor: str, side: Side) -> Iterator[str]:
    capabilities = side.capabilities
    operations = sorted(capabilities.operations.items(), key=lambda item: list(Operation).index(item[0]))
    rows = [[f"`{o}`", _HOW[s.mode], s.why] for o, s in operations]
    yield _table(["operation", "possible", "why not, or what to know"], rows)
    yield "\n".join(_facts(capabilities))
    for operation, support in operations:
        if support.steps:
            steps = "\n".join(f"{n}. {step}" for n, step in enumerate(support.steps, 1))
            after = " We read back afterwards." if support.reads_back else ""
            yield f"Steps for `{operation}`.{after}\n\n{steps}"
    if capabilities.links:
        rows = [
            [provider, link.kind, f"`{link.field}`" if link.field else ", ".join(link.follows), link.relink]
            for provider, link in sorted(capabilities.links.items())
        ]
        yield "What ties a customer to a member, by provider:"
        yield _table(["provider", "link", "where", "putting it right"], rows)
    if capabilities.checks:
        rows = [[c.setting, c.where, ", ".join(c.covers), c.inferred] for c in capabilities.checks]
        yield "Settings that no API shows, so a person looks:"
        yield _table(["setting", "where", "domain facts", "what may be concluded without looking"], rows)
    yield f'Settings, in `[{side.table}]` with `vendor = "{vendor}"`:'
    yield _table(["key", "default", "meaning"], _settings_rows(side.settings))


def _facts(capabilities: Capabilities) -> Iterator[str]:
    found = sorted(_KEYS[key] for key in capabilities.finds_by)
    if found:
        yield f"- Records are found by: {', '.join(found)}."
    if capabilities.settle_s:
        yield f"- A read-back may be trusted {_span(capabilities.settle_s)} after a write."
    if capabilities.ledger_shows:
        yield f"- Its history can show: {', '.join(sorted(capabilities.ledger_shows))}."
    if capabilities.of(Operation.READ_LEDGER).supported:
        proof = "is proof" if capabilities.ledger_proves_absence else "is no proof"
        yield f"- A row missing from its history {proof} that a change was not made."
    if capabilities.repeatable:
        yield f"- Safe to send twice: {', '.join(f'`{o}`' for o in sorted(capabilities.repeatable))}."
    if capabilities.batch_limit:
        yield f"- At most {capabilities.batch_limit} rows in one batch."
    if capabilities.whole_points:
        yield "- Whole points only."


def _span(seconds: float) -> str:
    if seconds >= 3600:
        return f"{seconds / 3600:g} hours"
    return f"{seconds / 60:g} minutes" if seconds >= 60 else f"{seconds:g} seconds"


def _settings_rows(model: type[BaseModel]) -> list[list[str]]:
    return [[f"`{name}`", _default(field), field.description or ""] for name, field in model.model_fields.items()]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value: Any = field.get_default(call_default_factory=True)
    if value is None or value == () or value == [] or value == {} or isinstance(value, SecretStr):
        return "–"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _webhooks(connector: Connector) -> Iterator[str]:
    if connector.read_webhook is not None:
        yield "## Messages from the vendor"
        yield ((connector.read_webhook.__doc__ or "").strip()) or "They are verified before anything is believed."


def _calls(vendor: str) -> Iterator[str]:
    """Every endpoint that the vendor's modules name, with our own pace."""
    endpoints: dict[tuple[str, str], Endpoint] = {}
    for name in ("api", "calls", "endpoints", "documents"):
        if find_spec(f"connectors.{vendor}.{name}") is not None:
            module = import_module(f"connectors.{vendor}.{name}")
            for value in vars(module).values():
                for one in value.values() if isinstance(value, dict) else (value,):
                    if isinstance(one, Endpoint):
                        endpoints.setdefault((one.operation, one.route), one)
    if endpoints:
        rows = [
            [f"`{e.operation}`", f"`{e.method} {e.route}`", "write" if e.write else "read", _pace(e.pace)]
            for e in sorted(endpoints.values(), key=lambda e: (e.route, e.operation))
        ]
        yield "## Calls"
        yield "Our own pace stays at or below the vendor's limits. Reads are tried again; a write is sent once."
        yield _table(["call", "request", "kind", "at most"], rows)


def _pace(pace: Pace) -> str:
    if pace.per_second >= pace.per_minute:
        return f"{pace.per_minute} a minute"
    whole = f"{pace.per_second} a second"
    return whole if pace.per_minute >= 60 * pace.per_second else f"{whole}, {pace.per_minute} a minute"


def _scenarios(vendor: str) -> Iterator[str]:
    scenarios = vendor_worlds()[vendor].scenarios if vendor in vendor_worlds() else ()
    if scenarios:
        yield "## In the practice world"
        rows = [[f"`{s.id}`", s.store, s.title, ", ".join(s.covers), s.try_asking] for s in scenarios]
        yield _table(["scenario", "store", "what is wrong", "domain facts", "try asking"], rows)


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    sys.stdout.write("".join(f"{path}\n" for path in write()))
