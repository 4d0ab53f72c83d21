"""From pointsman.toml to a `Config`: `${NAME}` and `file:PATH` resolved, every error naming file, line and key."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from rapidfuzz import process

from bot.config import Config
from bot.errors import ConfigError
from bot.toml_lines import Key, key_lines, line_of
from connectors import REGISTRY, Side

DEFAULT_PATH = Path("pointsman.toml")
_SIDES: Mapping[Side, str] = {"pos": "a register system", "loyalty": "a loyalty provider", "online": "a web shop"}
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def config_path(given: Path | None = None, env: Mapping[str, str] = os.environ) -> Path:
    """The file to read: --config, else POINTSMAN_CONFIG, else ./pointsman.toml."""
    return given or Path(env.get("POINTSMAN_CONFIG") or DEFAULT_PATH)


def load_config(path: Path, env: Mapping[str, str] = os.environ) -> Config:
    """Read and check a configuration file.

    Raises ConfigError whose message lists every mistake as `file:line: sentence`, one a line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            f"{path} does not exist. Write one with `pointsman init`, or name yours with --config or POINTSMAN_CONFIG."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.") from None
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}.") from None
    return _checked(path, text, raw, env)


def _checked(path: Path, text: str, raw: dict[str, Any], env: Mapping[str, str]) -> Config:
    lines = key_lines(text)
    unset: dict[Key, str] = {}
    problems: list[tuple[int, str]] = []
    values = _resolve(raw, (), env, unset, problems, lines)
    if env.get("SLACK_API_URL"):
        values.setdefault("slack", {})["api_url"] = env["SLACK_API_URL"]
    config: Config | None = None
    try:
        config = Config.model_validate(values)
    except ValidationError as error:
        problems += _sentences(error, Config, (), lines, unset)
    problems += _vendor_problems(values, lines, unset)
    if config and not problems:
        problems += _store_problems(config, lines)
    if config is None or problems:
        listed = sorted(set(problems))
        raise ConfigError("\n".join(f"{path}:{line}: {sentence}" for line, sentence in listed))
    return config


def _resolve(
    value: Any,
    at: Key,
    env: Mapping[str, str],
    unset: dict[Key, str],
    problems: list[tuple[int, str]],
    lines: Mapping[Key, int],
) -> Any:
    """Values with `${NAME}` and `file:PATH` filled in; a key whose variable is unset or empty is left out."""
    if isinstance(value, dict):
        out = {k: _resolve(v, (*at, k), env, unset, problems, lines) for k, v in value.items()}
        return {k: v for k, v in out.items() if v is not None}
    if isinstance(value, list):
        items = [_resolve(v, (*at, i), env, unset, problems, lines) for i, v in enumerate(value)]
        return [v for v in items if v is not None]
    if not isinstance(value, str):
        return value
    missing = [name for name in _VARIABLE.findall(value) if not env.get(name)]
    if missing:
        unset[at] = missing[0]
        return None
    filled = _VARIABLE.sub(lambda m: env[m.group(1)], value)
    if filled.startswith("file:"):
        secret = Path(filled.removeprefix("file:"))
        try:
            return secret.read_text(encoding="utf-8").strip()
        except OSError:
            problems.append((line_of(at, lines), f'`{_dotted(at)}` names the file "{secret}", which cannot be read.'))
            return "unreadable"
    return filled


def _sentences(
    error: ValidationError, model: type[BaseModel], prefix: Key, lines: Mapping[Key, int], unset: Mapping[Key, str]
) -> Iterator[tuple[int, str]]:
    for item in error.errors():
        at: Key = (*prefix, *item["loc"])
        line = line_of(at, lines)
        if item["type"] == "extra_forbidden":
            known = _known_keys(model, tuple(item["loc"][:-1]))
            yield line, f"`{_dotted(at)}` is not a setting.{_nearest(str(at[-1]), known)}"
        elif item["type"] == "missing" and at in unset:
            yield line, f"`{_dotted(at)}` is required, but the environment variable {unset[at]} is unset or empty."
        elif item["type"] == "missing":
            yield line, f"`{_dotted(at)}` is required and missing."
        else:
            why = item["msg"].removeprefix("Value error, ")
            below = next((name for key, name in unset.items() if key[: len(at)] == at), None)
            hint = f" The environment variable {below} is unset or empty." if below else ""
            yield line, f"`{_dotted(at)}`: {why[:1].lower()}{why[1:]}.{hint}"


def _vendor_problems(
    values: Mapping[str, Any], lines: Mapping[Key, int], unset: Mapping[Key, str]
) -> Iterator[tuple[int, str]]:
    stores = values.get("stores")
    for n, store in enumerate(stores if isinstance(stores, list) else []):
        for side in _SIDES:
            table = store.get(side) if isinstance(store, dict) else None
            if isinstance(table, dict) and isinstance(table.get("vendor"), str):
                yield from _one_vendor(table, side, ("stores", n, side), lines, unset)


def _one_vendor(
    table: Mapping[str, Any], side: Side, at: Key, lines: Mapping[Key, int], unset: Mapping[Key, str]
) -> Iterator[tuple[int, str]]:
    models = {name: settings for name, connector in REGISTRY.items() if (settings := connector.settings_for(side))}
    line = line_of((*at, "vendor"), lines)
    model = models.get(table["vendor"])
    if model is None:
        nearest = _nearest(table["vendor"], list(models))
        yield line, f'"{table["vendor"]}" is not {_SIDES[side]} Pointsman connects to.{nearest}'
        return
    try:
        model.model_validate({k: v for k, v in table.items() if k != "vendor"})
    except ValidationError as error:
        yield from _sentences(error, model, at, lines, unset)


def _store_problems(config: Config, lines: Mapping[Key, int]) -> Iterator[tuple[int, str]]:
    for field in ("id", "channel"):
        seen: dict[str, int] = {}
        for n, store in enumerate(config.stores):
            value = getattr(store, field)
            if value in seen:
                first = line_of(("stores", seen[value], field), lines)
                yield (
                    line_of(("stores", n, field), lines),
                    f'two stores have the {field} "{value}" (the other is on line {first}).',
                )
            seen.setdefault(value, n)


def _known_keys(model: type[BaseModel], loc: tuple[Any, ...]) -> list[str]:
    """The field names of the table that `loc` leads to."""
    current: type[BaseModel] | None = model
    for part in loc:
        if isinstance(part, int) or current is None:
            continue
        field = current.model_fields.get(str(part))
        current = _model_in(field.annotation) if field else None
    return list(current.model_fields) if current else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for arg in get_args(annotation) if (m := _model_in(arg))), None)


def _nearest(wrong: str, known: list[str]) -> str:
    best = process.extractOne(wrong, known, score_cutoff=55)
    if best:
        return f" Did you mean `{best[0]}`?"
    return f" Known here: {', '.join(f'`{k}`' for k in known)}." if known else ""


def _dotted(at: Key) -> str:
    out = ""
    for part in at:
        out += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if out else str(part)
    return out
