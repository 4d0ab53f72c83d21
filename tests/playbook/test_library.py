"""Loading: a line for every problem, bad files beside good ones, overrides, and reloading."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.errors import BadInput
from bot.playbook import BUILT_IN, LibraryWatcher, load_library, new_playbook, read_playbook
from tests.playbook.writing import FINDINGS, playbook_text, write

HEAD = 4 + 30  # lines before `findings:` in a written playbook


def problems(folder: Path) -> list[str]:
    return [str(p).removeprefix(f"{folder}/") for p in load_library([folder]).problems]


def test_a_good_file_has_its_values_and_a_line_for_each(tmp_path: Path) -> None:
    playbook, source, found = read_playbook(write(tmp_path, "one"))
    assert found == []
    assert playbook is not None
    assert playbook.title.in_language("es") == "Something"
    assert playbook.findings[0].say.en == "{{ member.name }} is here."
    assert source.line("id") == 1
    assert source.line("questions.0") == 5
    assert source.line("findings.0.when") == HEAD + 3
    assert source.line("findings.0.say.en") == HEAD + 5  # the nearest that has a line
    assert source.line("nothing.at.all") == 1


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (FINDINGS.replace("say:", "sya:"), f'one.yml:{HEAD + 2}: error: "say" is missing'),
        (FINDINGS.replace("say:", "sya:"), f'one.yml:{HEAD + 5}: error: unknown key "sya" (did you mean "say"?)'),
        (
            FINDINGS.replace("tell: Hello.", "tell: {en: Hi, fr: Salut}"),
            f'one.yml:{HEAD + 4}: error: unknown key "fr" (known: en, es)',
        ),
        (
            FINDINGS.replace("tell: Hello.", "tell: Hello.\n    fix: [relnk]"),
            f'one.yml:{HEAD + 5}: error: "relnk" is not known as fix (did you mean "relink"?)',
        ),
        (
            FINDINGS.replace("id: one", "id: One Two"),
            f'one.yml:{HEAD + 2}: error: "One Two" is no id: small letters, digits and _, starting with a letter',
        ),
        (
            FINDINGS.replace("when: member and", "when: member andd"),
            f"one.yml:{HEAD + 3}: error: one: `when`: there is something left over after the expression: 'andd'",
        ),
        (
            FINDINGS.replace("{{ member.name }}", "{{ member.name }"),
            f"one.yml:{HEAD + 5}: error: findings.0.say.en: unexpected '}}'",
        ),
        (FINDINGS.replace("tell: Hello.", "tell: 12"), f"one.yml:{HEAD + 4}: error: findings.0.tell: input should be"),
        (FINDINGS.replace("  - id: one", "  -id: one"), "error: this cannot be read as YAML: "),
        (FINDINGS + "findings: []\n", 'error: this cannot be read as YAML: found duplicate key "findings"'),
    ],
)
def test_a_bad_file_names_line_and_repair(tmp_path: Path, wrong: str, message: str) -> None:
    write(tmp_path, "one", wrong)
    write(tmp_path, "good")
    library = load_library([tmp_path])
    assert list(library.playbooks) == ["good"]
    said = problems(tmp_path)
    assert any(message in line for line in said), said


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words"])
def test_a_file_that_is_no_mapping(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.yml").write_text(text)
    assert problems(tmp_path) == ["x.yml:1: error: a playbook is a mapping: id, title, covers, questions, findings …"]


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_bytes(b"id: \xff\xfe")
    assert "x.yml:1: error: this cannot be read" in problems(tmp_path)[0]


def test_a_later_folder_overrides_and_adds(tmp_path: Path) -> None:
    write(tmp_path / "all", "one")
    write(tmp_path / "all", "two")
    write(tmp_path / "store", "two", questions=["just one"])
    write(tmp_path / "store", "three")
    library = load_library([tmp_path / "all", tmp_path / "store"])
    assert list(library.playbooks) == ["one", "two", "three"]
    assert library.playbooks["two"].questions == ("just one",)
    assert library.sources["two"].path == tmp_path / "store" / "two.yml"
    assert library.problems == ()


def test_names_that_do_not_fit(tmp_path: Path) -> None:
    write(tmp_path, "one")
    (tmp_path / "two.yml").write_text(playbook_text("one"))
    (tmp_path / "vocabulary.yml").write_text("words: []")
    (tmp_path / "zed.yml").write_text(playbook_text("other"))
    assert problems(tmp_path) == [
        'two.yml:1: error: one.yml already has the id "one"; this file is left out',
        "zed.yml:1: warning: name this file other.yml",
    ]


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    library = load_library([tmp_path / "none"])
    assert [str(p) for p in library.problems] == [f"{tmp_path}/none:1: error: this folder does not exist"]


def test_reload_only_when_something_changed(tmp_path: Path) -> None:
    path = write(tmp_path, "one")
    watcher = LibraryWatcher([tmp_path])
    first = watcher.library
    assert not watcher.reload_if_changed()
    assert watcher.library is first

    path.write_text(playbook_text("one").replace("title: Something", "title: Something else"))
    assert watcher.reload_if_changed()
    assert watcher.library.playbooks["one"].title.en == "Something else"

    write(tmp_path, "two")
    assert watcher.reload_if_changed()
    assert list(watcher.library.playbooks) == ["one", "two"]

    (tmp_path / "one.yml").unlink()
    assert watcher.reload_if_changed()
    assert list(watcher.library.playbooks) == ["two"]
    assert not watcher.reload_if_changed()


def test_a_file_that_turns_bad_keeps_its_last_good_version_and_says_so(tmp_path: Path) -> None:
    path = write(tmp_path, "one")
    write(tmp_path, "two")
    watcher = LibraryWatcher([tmp_path])
    path.write_text("id: [one")
    os.utime(path, ns=(1, 1))
    assert watcher.reload_if_changed()
    assert list(watcher.library.playbooks) == ["one", "two"]
    said = [str(p) for p in watcher.library.problems]
    assert said[0].startswith(f"{path}:1: error: this cannot be read as YAML")
    assert said[1] == f"{path}:1: warning: the last good version of this file stays in use"


def test_the_built_in_playbooks_load_without_a_problem() -> None:
    library = load_library([BUILT_IN])
    assert library.problems == ()
    assert {"balance_mismatch", "relink_wallet", "not_enrolled", "duplicate_or_mismatch", "missing_points"} <= set(
        library.playbooks
    )


def test_a_new_playbook_loads(tmp_path: Path) -> None:
    path = tmp_path / "gift_cards.yml"
    path.write_text(new_playbook("gift_cards"))
    playbook, _, found = read_playbook(path)
    assert found == []
    assert playbook is not None
    assert (playbook.id, playbook.title.en) == ("gift_cards", "Gift cards")


def test_a_new_playbook_needs_a_proper_id() -> None:
    with pytest.raises(BadInput) as caught:
        new_playbook("Gift Cards")
    assert caught.value.staff == '"Gift Cards" is no id: small letters, digits and _, starting with a letter.'
