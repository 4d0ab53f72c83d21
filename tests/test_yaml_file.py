"""YAML as plain values, with the line of everything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.yaml_file import BadYaml, parse, read_placed, read_yaml

TEXT = """\
title: Points
covers: [V1, V3]
findings:
  - id: one
    when: a and
      b
  - id: two   # the last
"""


def test_values_and_the_line_of_each(tmp_path: Path) -> None:
    path = tmp_path / "x.yml"
    path.write_text(TEXT, encoding="utf-8")
    value, lines = read_placed(path)
    assert value == read_yaml(path)
    assert value == {
        "title": "Points",
        "covers": ["V1", "V3"],
        "findings": [{"id": "one", "when": "a and b"}, {"id": "two"}],
    }
    assert lines == {
        "title": 1,
        "covers": 2,
        "covers.0": 2,
        "covers.1": 2,
        "findings": 3,
        "findings.0": 4,
        "findings.0.id": 4,
        "findings.0.when": 5,
        "findings.1": 7,
        "findings.1.id": 7,
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("12:30", "12:30"),
        ("2026-11-20", "2026-11-20"),
        ("0042", "0042"),
        ("-42", -42),
        ("1_000", "1_000"),
        ("0.5", 0.5),
        (".5e3", 500.0),
        ("~", None),
        ("", None),
        ("{a: }", {"a": None}),
        ('"5"', "5"),
        ("[&x 1, *x]", [1, 1]),
    ],
)
def test_few_scalars_mean_more_than_they_say(text: str, value: Any) -> None:
    assert parse(text)[0] == value
    assert type(parse(text)[0]) is type(value)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: 1\nb: 2\na: 3", 3, 'found duplicate key "a"'),
        ("a: 1\n b: 2", 2, "mapping values are not allowed in this context"),
        ("a: [1", 1, "did not find expected ',' or ']'"),
        ("a: !!python/none x", 1, "could not determine a constructor for the tag 'tag:yaml.org,2002:python/none'"),
        ("a: *nobody", 1, "found undefined alias"),
        ("a: \x00", 1, "unacceptable character #x0000: control characters are not allowed"),
    ],
)
def test_what_is_no_yaml_is_named_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(BadYaml) as caught:
        parse(text)
    assert (caught.value.line, str(caught.value)) == (line, reason)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "x.yml"
    path.write_bytes(b"a: \xff")
    with pytest.raises(BadYaml, match="it is not UTF-8"):
        read_yaml(path)
