"""Which playbook a text means, how sure that is, whether it is a question at all, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.understanding.calibration import Thresholds, softmax
from bot.understanding.features import Features, Featurizer
from bot.understanding.models import Because, Candidate, Match
from bot.understanding.plain import MAX_LENGTH
from bot.understanding.reasons import readings, told
from bot.understanding.training import Model, train, weighed
from bot.understanding.vocabulary import Vocabulary

_SHOWN = 5
_NOBODYS = np.array([-1])
_NOTHING = Match(candidates=(), margin=0.0, decision="none")


class Matcher:
    """A trained matcher. Make one with `Matcher.train`; `match` is pure and safe to call from many threads."""

    def __init__(self, model: Model, featurizer: Featurizer) -> None:
        self.model = model
        self._featurizer = featurizer

    @classmethod
    def train(
        cls,
        questions: Mapping[str, Sequence[str]],
        chatter: Sequence[str],
        vocabulary: Vocabulary,
        near_misses: Mapping[str, Sequence[str]] | None = None,
    ) -> Matcher:
        """A matcher for these playbooks (id -> questions). Deterministic: the same input gives the same matcher.

        near_misses: texts that must not match the playbook they are listed under, whatever else they may mean.
        Raises ValueError without any question.
        """
        return cls(*train(questions, chatter, vocabulary, near_misses or {}))

    @property
    def playbooks(self) -> tuple[str, ...]:
        """The playbooks it can tell apart: those with questions."""
        return self.model.playbooks

    @property
    def thresholds(self) -> Thresholds:
        """From which scores it answers, offers a choice, or stays silent; fitted with the rest."""
        return self.model.thresholds

    def match(self, text: str) -> Match:
        """The playbooks that the text may mean, best first, and what to do about it.

        Texts of more than MAX_LENGTH characters, and texts without words, mean nothing.
        """
        if len(text) > MAX_LENGTH:
            return _NOTHING
        features = self._featurizer.features(text)
        if all(word.startswith("<") for word in features.words):
            return _NOTHING
        likely = self._likely(features)
        total = float(likely.sum())
        order = _best_first(likely)
        best = float(likely[order[0]])
        margin = best - float(likely[order[1]]) if len(order) > 1 else best
        scores = likely[order] / (likely[order] + max(1.0 - total, 1e-6))
        return Match(
            candidates=tuple(
                Candidate(playbook=self.playbooks[at], score=round(float(score), 4))
                for at, score in zip(order, scores, strict=True)
            ),
            margin=round(margin, 4),
            decision=self.thresholds.decide(best, margin, total),
        )

    def explain(self, text: str) -> Because | None:
        """Why the text matches its first candidate rather than the second; None where it means nothing.

        Each reason is words of the text with their share of the difference between the two raw scores.
        """
        found = self.match(text)
        if not found.candidates:
            return None
        names = [one.playbook for one in found.candidates[:2]]
        winner = self.playbooks.index(names[0])
        other = self.playbooks.index(names[1]) if len(names) > 1 else len(self.playbooks)
        at, values = weighed(self.model.numbers, self._featurizer.features(text), self.model.use.idf)
        shares = dict(zip(at.tolist(), self.model.differences(at, values, winner, other).tolist(), strict=True))
        spoken: dict[tuple[str, ...], float] = {}
        sources = self._featurizer.sources(text)
        for number, words in zip(self.model.numbers.find(sources).tolist(), sources.values(), strict=True):
            spoken[words] = spoken.get(words, 0.0) + shares.get(number, 0.0)
        read = self._featurizer.words(text)
        meant = self.model.different_meanings(self._featurizer.meanings(read), winner, other)
        for word, share in zip(read, meant.tolist(), strict=True):
            spoken[word.meant,] = spoken.get((word.meant,), 0.0) + share
        pro, contra = told(((share, named) for named, share in spoken.items()), read)
        over = names[1] if len(names) > 1 else None
        return Because(playbook=names[0], over=over, pro=pro, contra=contra, repaired=readings(read))

    def _likely(self, features: Features) -> NDArray[np.float64]:
        """The probability, shape (playbooks,), that the text is a question of each; the rest to one is chatter's."""
        model = self.model
        at, values = weighed(model.numbers, features, model.use.idf)
        raw = model.scores(at, values, features.meaning)
        words = model.numbers.find(features.words)
        known = words[words >= 0]
        one, unknown = np.zeros(len(known), np.int64), np.array([len(words) - len(known)])
        evidence = model.use.evidence(raw[None], known, one, unknown, _NOBODYS)
        shares = softmax(raw[None, :-1].astype(np.float64) * model.sharpness)[0]
        likely: NDArray[np.float64] = shares * model.acceptance.probability(evidence)
        return likely


def _best_first(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """The places of the best few scores, best first; of equal ones the first stays first."""
    few = np.sort(np.argpartition(-scores, _SHOWN)[:_SHOWN]) if len(scores) > 100 else np.arange(len(scores))
    ordered: NDArray[np.int64] = few[np.argsort(-scores[few], kind="stable")][:_SHOWN]
    return ordered
