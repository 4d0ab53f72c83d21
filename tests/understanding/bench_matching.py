"""`python -m tests.understanding.bench_matching`: the matcher beside plain rapidfuzz, on the frozen evaluation set."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from rapidfuzz import fuzz, process
from rich.console import Console
from rich.table import Table

from bot.understanding import Matcher, built_in_vocabulary
from tests.understanding.helpers import chatter, evaluation, playbook_texts
from tests.understanding.measures import Ranker, quality


def matcher_ranker() -> Ranker:
    """Our matcher, trained anew."""
    questions, near_misses = playbook_texts()
    matcher = Matcher.train(questions, chatter(), built_in_vocabulary(), near_misses)
    return lambda text: [(one.playbook, one.score) for one in matcher.match(text).candidates]


def rapidfuzz_ranker(scorer: Callable[..., float]) -> Ranker:
    """The best score of each playbook's questions under one of rapidfuzz's scorers."""
    questions, _ = playbook_texts()
    owners = [name for name, texts in questions.items() for _ in texts]
    texts = [text.casefold() for many in questions.values() for text in many]

    def rank(text: str) -> list[tuple[str, float]]:
        best: dict[str, float] = {}
        for _, score, at in process.extract(text.casefold(), texts, scorer=scorer, limit=None):
            best[owners[at]] = max(best.get(owners[at], 0.0), score / 100)
        return sorted(best.items(), key=lambda pair: -pair[1])

    return rank


MAKERS: dict[str, Callable[[], Ranker]] = {
    "rapidfuzz WRatio": lambda: rapidfuzz_ranker(fuzz.WRatio),
    "rapidfuzz token_set_ratio": lambda: rapidfuzz_ranker(fuzz.token_set_ratio),
    "Pointsman": matcher_ranker,
}


def table() -> Table:
    """One row a matcher: quality, time a question, time to load."""
    out = Table("matcher", "first", "top 3", "AUROC", "kept at 90 %", "p50 ms", "p99 ms", "load s", title=_title())
    texts = [text for many in evaluation().values() for text in many]
    for name, make in MAKERS.items():
        begun = time.perf_counter()
        ranker = make()
        load = time.perf_counter() - begun
        result = quality(ranker, evaluation())
        taken = sorted(_milliseconds(ranker, text) for text in texts for _ in range(3))
        shares = [f"{100 * share:.0f} %" for share in (result.first, result.top3)]
        speed = [f"{statistics.median(taken):.2f}", f"{taken[int(len(taken) * 0.99)]:.2f}", f"{load:.2f}"]
        out.add_row(name, *shares, f"{result.auroc:.3f}", f"{100 * result.kept:.0f} %", *speed)
    return out


def _title() -> str:
    questions, _ = playbook_texts()
    trained_on = sum(len(texts) for texts in questions.values())
    asked = sum(len(texts) for name, texts in evaluation().items() if name != "none")
    return (
        f"{len(questions)} playbooks, {trained_on} questions, {len(chatter())} lines of chatter; "
        f"asked {asked} fresh questions, {len(evaluation()['none'])} fresh lines of chatter"
    )


def _milliseconds(ranker: Ranker, text: str) -> float:
    begun = time.perf_counter()
    ranker(text)
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    Console().print(table())
