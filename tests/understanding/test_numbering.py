"""Features by number, found again by their hashes."""

from __future__ import annotations

import numpy as np

from bot.understanding.numbering import Numbers, hashed


def test_what_is_numbered_is_found_and_nothing_else() -> None:
    numbers = Numbers(np.unique(hashed(["b", "a", "~^pu", "a", "#points+app"])))
    found = numbers.find(["a", "nothing", "~^pu", "b", "#points+app", "a"]).tolist()
    assert len(numbers) == 4
    assert sorted({*found}) == [-1, 0, 1, 2, 3]
    assert (found[0], found[1]) == (found[5], -1)


def test_nothing_is_found_among_nothing() -> None:
    assert Numbers(hashed([])).find(["a", "b"]).tolist() == [-1, -1]
    assert Numbers(hashed(["a"])).find([]).tolist() == []
