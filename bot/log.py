"""How log lines are written: one shape for ours and the libraries', to standard error, never with personal data in them
(whoever logs passes ids, counts and codes only; httpx's own lines, which carry URLs, are silenced)."""

from __future__ import annotations

import logging
import sys
from typing import Literal

import structlog

_QUIET = ("httpx", "httpcore", "slack_sdk", "slack_bolt", "alembic", "urllib3", "websocket")


def configure_logs(form: Literal["text", "json"] = "text", *, level: int = logging.WARNING) -> None:
    """Set up logging for a process. `level` is for our own lines; noisy libraries start at WARNING."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
