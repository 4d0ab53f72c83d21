"""The other side of the lists' benchmark, in a process of its own: `python -m tests.bench.lists_sandbox STORE MEMBERS`.

Says its addresses as a line of JSON, then answers until its standard input ends. For each line it reads it tells how
many adjustments of ours it holds, and of how many members.
"""

from __future__ import annotations

import json
import logging
import sys

from connectors.sandbox import SandboxServers, World
from tests.bulk.lists import people


def main(store: str, members: int) -> None:
    """Serve a world with so many members at one store, without limits: those are counted on the other side."""
    logging.disable(logging.WARNING)
    world = World.seeded()
    world.settings.limits = False
    with SandboxServers(world) as servers:
        made = people(servers, store, members)
        print(json.dumps(servers.urls), flush=True)  # noqa: T201 - the answer
        for _line in sys.stdin:
            with world.lock:
                ours = [sum("(ref op_" in e.note for e in contact.events) for contact in made]
            print(json.dumps({"rows": sum(ours), "members": sum(map(bool, ours)), "most": max(ours)}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
