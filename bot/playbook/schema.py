"""The shape of `playbooks/*.yml`. Loading gives these; lint checks them against the facts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
FixKind = Literal[
    "relink",
    "clear_link",
    "correct_contact",
    "adjust_points",
    "refund_redemption",
    "enroll",
    "merge_customers",
    "attach_order",
    "record_purchase",
]


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Strict):
    """A sentence in both languages of the staff; Spanish falls back to English where it is missing.

    In a file a plain string is English.
    """

    en: str
    es: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain_string_is_english(cls, given: Any) -> Any:
        return {"en": given} if isinstance(given, str) else given

    def in_language(self, language: str) -> str:
        return self.es if language == "es" and self.es else self.en


class Finding(Strict):
    """A conclusion. `when` and the sentences are Jinja2; `tell` is for the customer, `say` for the staff member.

    guide: steps for a person, shown as a numbered list. fix: the kinds of buttons offered, in order.
    wait: how long until it settles by itself or the fix shows, in words ("about a minute"), shown with `tell`.
    fallback: a last word ("nothing is wrong"), never shown beside another finding. alone: worth saying only where it is
    the cause itself; beside another finding it repeats, or clouds, what that one says.
    """

    id: Identifier
    when: str
    tell: Text
    say: Text
    wait: Text | None = None
    guide: tuple[Text, ...] = ()
    fix: tuple[FixKind, ...] = ()
    fallback: bool = False
    alone: bool = False


class ExampleCase(Strict):
    """The playbook's own test: a question asked in a named sandbox scenario, and the finding it must end in."""

    world: Identifier
    question: str
    finding: str
    answers: dict[str, str] = {}
    store: str | None = None
    near: str = ""


class Playbook(Strict):
    """One kind of staff question. `otherwise` is the last word when no finding holds."""

    id: Identifier
    title: Text
    covers: tuple[str, ...]
    questions: tuple[str, ...]
    near_misses: tuple[str, ...] = ()
    needs: tuple[Literal["customer", "order"], ...] = ()
    findings: tuple[Finding, ...] = ()
    otherwise: Literal["escalate"] = "escalate"
    guidance: tuple[Text, ...] = ()
    cases: tuple[ExampleCase, ...] = ()


class SourceMap(BaseModel):
    """Where each part of a playbook stands: dotted path ("findings.2.when") to 1-based line."""

    path: Path
    lines: dict[str, int] = Field(default_factory=dict)

    def line(self, dotted: str) -> int:
        """The line of the part, or of its nearest named ancestor."""
        while dotted:
            if dotted in self.lines:
                return self.lines[dotted]
            dotted = dotted.rpartition(".")[0]
        return 1
