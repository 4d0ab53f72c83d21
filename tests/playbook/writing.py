"""Playbook files for tests."""

from __future__ import annotations

from pathlib import Path

QUESTIONS = [f"why is number {n} wrong today" for n in range(30)]

FINDINGS = """\
findings:
  - id: one
    when: member and member.balance > 3
    tell: Hello.
    say: "{{ member.name }} is here."
cases:
  - world: nothing_wrong
    question: what is it
    finding: one
"""


def playbook_text(name: str, findings: str = FINDINGS, questions: list[str] | None = None) -> str:
    asked = "\n".join(f'  - "{q}"' for q in (QUESTIONS if questions is None else questions))
    return f"id: {name}\ntitle: Something\ncovers: [V1]\nquestions:\n{asked}\n{findings}"


def write(folder: Path, name: str, findings: str = FINDINGS, questions: list[str] | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.yml"
    path.write_text(playbook_text(name, findings, questions), encoding="utf-8")
    return path
