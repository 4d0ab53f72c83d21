"""Looking for credentials where none may be: what the house's settings hold, and everything that the house stores."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from pydantic import SecretStr

from bot.cases.tables import metadata
from bot.config import Config
from bot.work import House
from connectors import REGISTRY


def credentials(config: Config) -> dict[str, str]:
    """Every secret of every store's settings, as it is and as headers carry it, by where it stands."""
    found = {}
    for store in config.stores:
        for side, given in (("pos", store.pos), ("loyalty", store.loyalty)):
            model = REGISTRY[given.vendor].settings_for(side)  # type: ignore[arg-type]
            assert model
            for name, value in model.model_validate(given.own()):
                if isinstance(value, SecretStr):
                    secret = value.get_secret_value()
                    where = f"{store.id}.{side}.{name}"
                    found[where] = secret[:40] if name == "private_key" else secret
                    found[f"{where} (basic)"] = base64.b64encode(f"{secret}:".encode()).decode()[:24]
    found["slack.bot_token"] = config.slack.bot_token.get_secret_value()
    found["security.key"] = config.security.key.get_secret_value()
    return found


def stored(house: House) -> Iterator[str]:
    """Every value of every table, the engine's too, and what the encrypted ones hold."""
    everything = sa.MetaData()
    everything.reflect(house.engine)
    ours = set(metadata.tables)
    with house.engine.connect() as conn:
        for table in everything.sorted_tables:
            for row in conn.execute(sa.select(table)):
                for value in row:
                    yield repr(value)
                    if isinstance(value, bytes) and table.name in ours and value[:1] == b"g":
                        yield json.dumps(house.vault.decrypt(value))


class Keep(logging.Handler):
    """Every log line of ours and of the libraries, with all that hangs on it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """The sandboxes' own servers run in this process too; what they log is not ours."""
        if not record.name.startswith("uvicorn"):
            self.lines.append(f"{self.format(record)} {vars(record)}")


@contextmanager
def everything_logged() -> Iterator[Keep]:
    """From here on, at the finest level."""
    keep, root = Keep(), logging.getLogger()
    before = root.level
    root.addHandler(keep)
    root.setLevel(logging.DEBUG)
    try:
        yield keep
    finally:
        root.removeHandler(keep)
        root.setLevel(before)
