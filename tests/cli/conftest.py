"""The commands find the matcher trained."""

from __future__ import annotations

import pytest

from tests.trained import built_in_matcher


@pytest.fixture(scope="session", autouse=True)
def one_training() -> None:
    """Else each process of the tests would train it once more, with its coverage measured."""
    built_in_matcher()
