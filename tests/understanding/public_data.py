"""Public few-shot intent data from the folder POINTSMAN_DATASETS, and the ways people type put upon it.

A file `<name>.json` has `train` (intent -> texts), `test` ([text, intent] pairs), and texts that belong to no intent
under `oos_train` and `oos_test`, which may be empty.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.understanding.measures import Asked

NAMES = ("clinc150", "banking77", "hwu64")
_TESTED = 1_000
"""Texts asked of each set; the same for everybody."""


@dataclass(frozen=True)
class FewShot:
    """K texts an intent to learn from, and what is asked."""

    questions: dict[str, list[str]]
    chatter: list[str]
    asked: list[Asked]
    noise: list[str]


def datasets_folder(env: Mapping[str, str] = os.environ) -> Path | None:
    """The folder, or None where POINTSMAN_DATASETS is unset."""
    return Path(env["POINTSMAN_DATASETS"]) if env.get("POINTSMAN_DATASETS") else None


def few_shot(folder: Path, name: str, shots: int, *, seed: int = 0, tested: int = _TESTED) -> FewShot:
    """A set with `shots` training texts an intent, chosen by `seed`."""
    data = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    chance = random.Random(seed)
    questions = {one: chance.sample(texts, min(shots, len(texts))) for one, texts in sorted(data["train"].items())}
    asked = [Asked(text, frozenset([intent])) for text, intent in data["test"]]
    random.Random(1).shuffle(asked)
    return FewShot(questions, data.get("oos_train", []), asked[:tested], data.get("oos_test", [])[:tested])


def many_playbooks(folder: Path, count: int, shots: int) -> dict[str, list[str]]:
    """`count` made-up playbooks of `shots` real texts each: the intents of all sets, cut into pieces."""
    pieces: dict[str, list[str]] = {}
    for name in NAMES:
        data = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["train"]
        for intent, texts in sorted(data.items()):
            for at in range(0, len(texts) - shots + 1, shots):
                pieces[f"{at // shots:03}:{name}:{intent}"] = texts[at : at + shots]
    return {name: pieces[name] for name in sorted(pieces)[:count]}


def _typos(text: str, chance: random.Random) -> str:
    return " ".join(_slip(word, chance) if len(word) > 3 and chance.random() < 0.35 else word for word in text.split())


def _slip(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    return chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + chance.choice("abcdefghijklmnopqrstuvwxyz") + word[at + 1 :],
            word[: at + 1] + word[at:],
        ]
    )


def _dropped(text: str, chance: random.Random) -> str:
    words = text.split()
    return " ".join(word for word in words if chance.random() > 0.25) or words[0]


_SLANG = {
    "you": "u",
    "are": "r",
    "your": "ur",
    "please": "pls",
    "thanks": "thx",
    "because": "cuz",
    "for": "4",
    "to": "2",
    "want": "wanna",
    "going": "gonna",
    "got": "gotta",
    "what": "wat",
    "what's": "wats",
    "the": "da",
    "tomorrow": "tmrw",
    "tonight": "2nite",
    "today": "2day",
    "people": "ppl",
    "something": "smth",
    "okay": "k",
    "message": "msg",
    "number": "nmbr",
    "account": "acct",
    "payment": "pymt",
    "minutes": "mins",
    "about": "abt",
    "with": "w",
    "without": "w/o",
    "have": "hv",
    "be": "b",
    "see": "c",
    "why": "y",
    "and": "n",
    "that": "dat",
    "this": "dis",
    "know": "kno",
    "there": "ther",
    "would": "wud",
    "could": "cud",
    "should": "shud",
    "my": "ma",
}


def _slang(text: str, chance: random.Random) -> str:
    """Texting: its words, no punctuation, vowels lost in some longer words."""
    out = []
    for word in text.lower().replace("?", "").replace(".", "").replace(",", "").split():
        if len(word) > 5 and word not in _SLANG and chance.random() < 0.25:
            word = word[0] + "".join(letter for letter in word[1:-1] if letter not in "aeiou") + word[-1]
        out.append(_SLANG.get(word, word))
    return " ".join(out)


CONDITIONS: dict[str, Callable[[str, random.Random], str]] = {
    "clean": lambda text, _: text,
    "typos": _typos,
    "dropped words": _dropped,
    "slang": _slang,
    "all of these": lambda text, chance: _slang(_typos(_dropped(text, chance), chance), chance),
}


def spoilt(asked: list[Asked], condition: str, *, seed: int = 3) -> list[Asked]:
    """The questions as people type them under a condition."""
    chance = random.Random(seed)
    return [Asked(CONDITIONS[condition](one.text, chance), one.right, one.kind) for one in asked]
