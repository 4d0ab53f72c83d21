"""Runs every benchmark and prints one table a subject. Machines are noisy: read ratios and medians."""

from __future__ import annotations

from rich.console import Console

from tests.bench import ack, calls, crowd, diagnosis, startup

if __name__ == "__main__":
    console = Console()
    for subject in (startup, diagnosis, calls, crowd, ack):
        console.print(subject.measure())
