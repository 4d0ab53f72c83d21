"""How long a diagnosis takes beside its critical path, when every vendor call takes 200 ms.

The critical path is what the slowest chain of calls alone would take; the baseline is the same calls one after another.
"""

from __future__ import annotations

from statistics import median

from rich.table import Table

from bot.cli.demo_settings import demo_config
from bot.cli.wiring import open_vendors
from bot.diagnosis import Subject, diagnose
from bot.playbook import BUILT_IN, load_library
from bot.understanding import entities
from connectors.sandbox import Fault, SandboxServers, World
from connectors.transport import Transport

DELAY_MS = 200
ROUNDS = 7
TARGET = 1.2
ASKED = {
    "balance_mismatch": "customer says 500 points, pos shows 200, 555-0142",
    "relink_wallet": "wallet error at the register for 555-0144",
    "not_enrolled": "customer 555-0151 is not in the rewards program",
    "duplicate_or_mismatch": "two profiles for 555-0143",
    "missing_points": "no points for the last purchase, 555-0146",
}


def measure() -> Table:
    """A table of medians in milliseconds."""
    table = Table(title=f"diagnosis with {DELAY_MS} ms a vendor call (median of {ROUNDS}, ms)")
    for column in ("playbook", "calls", "one by one", "critical path", "took", f"ratio (target <= {TARGET})"):
        table.add_column(column, justify="left" if column == "playbook" else "right")
    library = load_library([BUILT_IN])
    with SandboxServers(World.seeded()) as servers:
        world = servers.world
        systems = open_vendors(demo_config(servers.urls).store("pine"), Transport())
        for vendor in ("dutchie", "alpineiq"):
            world.fault(Fault(vendor=vendor, kind="latency", seconds=DELAY_MS / 1000))
        for playbook, question in ASKED.items():
            subject = Subject(
                entities=entities(question, area_code="303"), store_id="pine", store_name="Pine", area_code="303"
            )
            runs, calls = [], 0
            for _ in range(ROUNDS):
                before = sum(world.counts.values())
                runs.append(diagnose(library.playbooks[playbook], subject, systems))
                calls = sum(world.counts.values()) - before
            took = median(r.took_ms for r in runs)
            path = median(r.critical_path_ms for r in runs)
            ratio = median(r.took_ms / r.critical_path_ms for r in runs)
            table.add_row(playbook, str(calls), str(calls * DELAY_MS), f"{path:.0f}", f"{took:.0f}", f"{ratio:.3f}")
    return table
