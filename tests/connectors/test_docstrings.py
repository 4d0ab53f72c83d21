"""The contract says of every value in which unit and format it comes, and whose record it is."""

from __future__ import annotations

import inspect
import re
import sys
from datetime import datetime
from decimal import Decimal
from typing import get_args

import pytest

from connectors import contract
from connectors.contract import Capabilities, HumanCheck, LinkNature, Model, Operation, Support
from connectors.contract.operations import sentences

OURS = {Model, Capabilities, Support, LinkNature, HumanCheck}
"""What a connector declares of itself, rather than what a vendor says."""
RECORDS = [
    found
    for name in contract.__all__
    if isinstance(found := getattr(contract, name), type) and issubclass(found, Model) and found not in OURS
]
MONEY = {"total", "before_tax", "refunded", "amount", "price", "discount"}


def words_of(model: type[Model]) -> str:
    """What the record and its module say."""
    return (inspect.getdoc(model) or "") + (sys.modules[model.__module__].__doc__ or "")


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_every_record_says_whose_it_is_and_by_which_operation_it_comes(model: type[Model]) -> None:
    source = (inspect.getdoc(model) or "").partition("Source:")[2]
    named = re.findall(r"\b[A-Z]+(?:_[A-Z]+)*\b", source)
    assert named, "no source"
    assert set(named) <= {operation.name for operation in Operation}


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_units_are_said(model: type[Model]) -> None:
    """A number is points unless its record speaks of money, days or the program's own unit; a time is UTC."""
    said = words_of(model)
    for name, field in model.model_fields.items():
        kinds = {field.annotation, *get_args(field.annotation)}
        if datetime in kinds:
            assert "UTC" in said or "those of `records`" in said, name
        if Decimal in kinds and name in MONEY:
            assert "money" in said, name


def test_every_operation_has_a_sentence() -> None:
    assert set(sentences()) == set(Operation)
    assert all(words.endswith(".") and len(words) < 90 for words in sentences().values())
