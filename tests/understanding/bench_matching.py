"""`make bench-matching`: the product's matcher beside the others, in one process, on the same texts; tables printed.

Parts (all by default): `cross` our own questions by five folds; `fresh` a set written apart that has been looked at
since; `held` one whose topics the questions came to cover over time; `sealed` the newest, by writers who knew none of
these, each label read by a second person; `public` the sets in POINTSMAN_DATASETS; `growth` load time, time a question
and memory with the built-in playbooks and with 15, 150 and 1,500 of ten questions.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.understanding import Vocabulary, built_in_vocabulary, language_of
from bot.understanding.plain import fold
from bot.yaml_file import read_yaml
from tests.understanding.helpers import HERE, chatter, playbook_texts
from tests.understanding.measures import Answers, Asked, hits, refusal
from tests.understanding.public_data import CONDITIONS, NAMES, datasets_folder, few_shot, many_playbooks, spoilt
from tests.understanding.rivals import Trainer, pointsman, rivals

FRESH = HERE / "fresh.yml"
HELD = HERE / "held.yml"
SEALED = HERE / "sealed.yml"
OURS = "Pointsman"
NO_DATASETS = "The public sets are left out: POINTSMAN_DATASETS names no folder."
console = Console(width=160)


def common_english() -> Vocabulary:
    """Nothing of a shop: only the common English words, how thumbs shorten them, and which mean nearly the same."""
    words = built_in_vocabulary()
    return Vocabulary(never_repair={"en": words.never_repair["en"]}, texting=words.texting, alike=words.alike)


@dataclass(frozen=True)
class Fold:
    """What to learn from and what is asked, with no text in both."""

    questions: dict[str, list[str]]
    chatter: list[str]
    near_misses: dict[str, list[str]]
    asked: list[Asked]
    noise: list[str]


def folds(count: int = 5, seed: int = 0) -> Iterator[Fold]:
    """Our own questions and chatter, each text asked once. A near miss that is asked elsewhere is not learned from."""
    chance = random.Random(seed)
    questions, near_misses = playbook_texts()
    mixed = {name: chance.sample(texts, len(texts)) for name, texts in questions.items()}
    noise = chance.sample(chatter(), len(chatter()))
    for number in range(count):
        asked = [
            Asked(text, frozenset([name]), language_of(text))
            for name, texts in mixed.items()
            for text in texts[number::count]
        ]
        hidden = {fold(one.text) for one in asked} | {fold(text) for text in noise[number::count]}
        yield Fold(
            {name: [t for at, t in enumerate(texts) if at % count != number] for name, texts in mixed.items()},
            [text for at, text in enumerate(noise) if at % count != number],
            {name: [text for text in texts if fold(text) not in hidden] for name, texts in near_misses.items()},
            asked,
            noise[number::count],
        )


def fresh_texts(path: Path = FRESH) -> tuple[list[Asked], list[str]]:
    """A frozen set's questions, their section as kind, and its chatter."""
    document = read_yaml(path)
    noise: list[str] = document.pop("chatter")
    asked = [
        Asked(row["text"], frozenset(row.get("accept") or [row["playbook"]]), section)
        for section, rows in document.items()
        for row in rows
    ]
    return asked, noise


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def quality_row(name: str, asked: list[Asked], answers: Answers, noise: Answers, kinds: list[str]) -> list[str]:
    """first / top 3 of all and of each kind, then AUROC and what is kept when nine in ten chatter lines are refused."""
    cells = [name]
    for kind in ["", *kinds]:
        chosen = [at for at, one in enumerate(asked) if kind in ("", one.kind)]
        found = hits([asked[at] for at in chosen], [answers[at] for at in chosen])
        cells.append(f"{_percent(found.first)} / {_percent(found.top3)}")
    parted = refusal(asked, answers, noise)
    return [*cells, f"{parted.auroc:.3f}", _percent(parted.kept), _percent(parted.kept_of_right)]


def quality_table(title: str, kinds: list[str]) -> Table:
    """A table for `quality_row`s."""
    heads = [f"{kind or 'all'}: first / top 3, %" for kind in ["", *kinds]]
    return Table("matcher", *heads, "AUROC", "kept, % of all", "kept, % of right", title=title)


def cross_table(makers: Mapping[str, Trainer], count: int = 5) -> Table:
    """Our own questions, each asked of a matcher that never saw it."""
    parts = list(folds(count))
    asked = [one for part in parts for one in part.asked]
    table = quality_table(f"Our own questions by {count} folds ({len(asked)} questions)", ["en", "es"])
    for name, make in makers.items():
        answers: Answers = []
        noise: Answers = []
        for part in parts:
            ranker = make(part.questions, part.chatter, part.near_misses)
            answers += ranker([one.text for one in part.asked])
            noise += ranker(part.noise)
        table.add_row(*quality_row(name, asked, answers, noise, ["en", "es"]))
    return table


def fresh_table(makers: Mapping[str, Trainer], path: Path = FRESH) -> Table:
    """A frozen set, asked of matchers that learned from all our questions."""
    asked, noise = fresh_texts(path)
    kinds = list(dict.fromkeys(one.kind for one in asked))
    table = quality_table(f"The frozen set {path.stem} ({len(asked)} questions, {len(noise)} lines of chatter)", kinds)
    questions, near_misses = playbook_texts()
    for name, make in makers.items():
        ranker = make(questions, chatter(), near_misses)
        answers = ranker([one.text for one in asked])
        table.add_row(*quality_row(name, asked, answers, ranker(noise), kinds))
    return table


def public_tables(makers: Mapping[str, Trainer], folder: Path, shots: tuple[int, ...] = (5, 10, 20)) -> Iterator[Table]:
    """First-answer accuracy on each public set under each condition; AUROC where the set has texts of no intent."""
    for name in NAMES:
        table = Table("K", "matcher", *[f"{one}, %" for one in CONDITIONS], "AUROC", title=f"{name}: first answer")
        for count in shots:
            data = few_shot(folder, name, count)
            for maker, make in makers.items():
                ranker = make(data.questions, data.chatter, {})
                cells = []
                for condition in CONDITIONS:
                    asked = spoilt(data.asked, condition)
                    cells.append(_percent(hits(asked, ranker([one.text for one in asked])).first))
                parted = ""
                if data.noise:
                    answers = ranker([one.text for one in data.asked])
                    parted = f"{refusal(data.asked, answers, ranker(data.noise)).auroc:.3f}"
                table.add_row(str(count), maker, *cells, parted)
            table.add_section()
        yield table


def growth_row(name: str, playbooks: int, folder: Path) -> list[str]:
    """Load time, time a question and memory of one matcher, measured in this process, which should be a fresh one.

    playbooks: how many made-up ones of ten texts; none for the built-in ones, with all that belongs to them.
    """
    import psutil

    near_misses: dict[str, list[str]] = {}
    if playbooks:
        questions, vocabulary = many_playbooks(folder, playbooks, 10), common_english()
    else:
        questions, near_misses = playbook_texts()
        vocabulary = built_in_vocabulary()
    makers = {OURS: pointsman(vocabulary), **rivals()[0]}
    every = max(1, sum(map(len, questions.values())) // 200)
    asked = [Asked(text, frozenset()) for text in [t for many in questions.values() for t in many][::every][:200]]
    asked = spoilt(asked, "typos")
    begun = time.perf_counter()
    ranker = makers[name](questions, chatter(), near_misses)
    load = time.perf_counter() - begun
    taken = []
    for one in asked:
        begun = time.perf_counter()
        ranker([one.text])
        taken.append((time.perf_counter() - begun) * 1000)
    memory = psutil.Process().memory_info().rss / 2**20
    p50, p99 = np.percentile(taken, [50, 99])
    size = f"{playbooks:,} of 10" if playbooks else f"the {len(questions)} built in"
    return [name, size, f"{load:.1f}", f"{p50:.2f}", f"{p99:.2f}", f"{memory:.0f}"]


_TOO_LARGE = {("TF-IDF + LR", 1_500), ("MiniLM + LR", 1_500)}
"""Logistic regression over 1,500 classes takes longer than anybody waits."""


def growth_table(makers: Mapping[str, Trainer]) -> Table:
    """Each matcher and size in a process of its own, so that memory is its own."""
    table = Table("matcher", "playbooks", "load s", "p50 ms", "p99 ms", "memory MB", title="Growth")
    for name in makers:
        for count in (0, 15, 150, 1_500):
            if (name, count) in _TOO_LARGE:
                table.add_row(name, f"{count:,} of 10", "not fitted", "", "", "")
                continue
            command = [sys.executable, "-m", "tests.understanding.bench_matching", "growth-row", name, str(count)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            table.add_row(*done.stdout.strip().splitlines()[-1].split("\t"))
    return table


def main(asked: list[str]) -> None:
    """Print the tables asked for."""
    folder = datasets_folder()
    if asked[:1] == ["growth-row"] and folder:
        sys.stdout.write("\t".join(growth_row(asked[1], int(asked[2]), folder)) + "\n")
        return
    others, missing = rivals()
    shop = {OURS: pointsman(built_in_vocabulary()), **others}
    general = {f"{OURS}, not a shop's": pointsman(common_english()), **others}
    parts = asked or ["cross", "fresh", "held", "sealed", "public", "growth"]
    for sentence in [*missing, *([] if folder else [NO_DATASETS])]:
        console.print(sentence, style="yellow")
    if "cross" in parts:
        console.print(cross_table(shop))
    for path in (FRESH, HELD, SEALED):
        if path.stem in parts:
            console.print(fresh_table(shop, path) if path.exists() else f"There is no frozen set at {path.name}.")
    if folder and "public" in parts:
        for table in public_tables(general, folder):
            console.print(table)
    if folder and "growth" in parts:
        console.print(growth_table({OURS: shop[OURS], **others}))


if __name__ == "__main__":
    main(sys.argv[1:])
