from __future__ import annotations

import pytest

from connectors.sandbox import SandboxServers, World
from connectors.sandbox.vendors import settings_of
from connectors.smile.client import Smile, open_smile
from connectors.smile.settings import SmileSettings
from connectors.transport import Transport


@pytest.fixture
def settings(world: World, servers: SandboxServers) -> SmileSettings:
    """The shop's settings; the clock stands still, so the limit of a second is off."""
    world.settings.limits = False
    values = {k: v for k, v in settings_of(world.stores["bay"], servers.urls)[1].items() if k != "vendor"}
    return SmileSettings.model_validate(values)


@pytest.fixture
def smile(settings: SmileSettings, transport: Transport) -> Smile:
    return open_smile(settings, transport)
