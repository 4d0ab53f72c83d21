"""The sandboxes in a process of their own: `python -m tests.bench.served` prints their addresses as JSON, and ends when
its input does."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from connectors.sandbox import SandboxServers, World


class _Elsewhere:
    """What a client's test needs to know of servers: their addresses, and a world like theirs."""

    def __init__(self, urls: dict[str, str]) -> None:
        self.urls = urls
        self.world = World.seeded()


@contextmanager
def served_elsewhere() -> Iterator[SandboxServers]:
    """Servers without limits in another process. Their world is only looked at: a change here would not reach them."""
    command = [sys.executable, "-m", "tests.bench.served"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin and child.stdout
        try:
            yield cast(SandboxServers, _Elsewhere(json.loads(child.stdout.readline())))
        finally:
            child.stdin.close()


def _serve() -> None:
    world = World.seeded()
    world.settings.limits = False
    with SandboxServers(world) as servers:
        sys.stdout.write(json.dumps(servers.urls) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    _serve()
