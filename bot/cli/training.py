"""`python -m bot.cli.training`: a matcher trained in a process of its own. Reads what `wiring.texts_of` gives, as JSON;
leaves the matcher in the cache."""

from __future__ import annotations

import json
import os
import sys

from bot.cli.wiring import matcher_on

NICER = 5
"""Acknowledgements come before training."""

if __name__ == "__main__":
    os.nice(NICER)
    questions, near_misses = json.load(sys.stdin)
    matcher_on((questions, near_misses))
