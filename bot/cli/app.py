"""The command line's frame: one application, one place where errors become sentences, one way to read the settings."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.config import Config
from bot.config_file import config_path, load_config
from bot.errors import PointsmanError
from bot.log import configure_logs

app = typer.Typer(
    name="pointsman",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Loyalty-points support inside Slack: finds out why points look wrong, and offers the fix.",
)
out = Console()
err = Console(stderr=True)

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", help="The settings file; else POINTSMAN_CONFIG, else ./pointsman.toml.", show_default=False
    ),
]


def read_config(given: Path | None) -> Config:
    """The checked settings. Raises ConfigError."""
    return load_config(config_path(given))


def main() -> None:
    """Run a command. Our own errors end with their sentence and exit code 1, never with a stack trace."""
    configure_logs()
    try:
        app()
    except PointsmanError as error:
        err.print(error.staff, style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)
