"""A trained matcher as bytes and back, so that training is done once for each content. Never pickle."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from bot.understanding.calibration import Acceptance, Thresholds
from bot.understanding.evidence import WordUse
from bot.understanding.features import Featurizer, Seen
from bot.understanding.linear import Folding
from bot.understanding.matcher import Matcher
from bot.understanding.meanings import TABLE
from bot.understanding.naive import NaiveBayes
from bot.understanding.numbering import Numbers
from bot.understanding.training import Model
from bot.understanding.vocabulary import Vocabulary

_DIGEST = 32


def content_key(
    questions: Mapping[str, Sequence[str]],
    chatter: Sequence[str],
    vocabulary: Vocabulary,
    near_misses: Mapping[str, Sequence[str]],
) -> str:
    """A hash of everything that training depends on: its input, in order, and this room's own source."""
    words = vocabulary.model_dump(mode="json")
    words |= {name: sorted(words[name]) for name in ("words", "names")}
    words["never_repair"] = {language: sorted(known) for language, known in words["never_repair"].items()}
    given = [
        [[name, list(texts)] for name, texts in questions.items()],
        list(chatter),
        words,
        {name: list(near_misses[name]) for name in sorted(near_misses)},
    ]
    said = json.dumps(given, sort_keys=True, ensure_ascii=False).encode()
    return hashlib.sha256(_source() + said).hexdigest()


@cache
def _source() -> bytes:
    """The hash of this room's modules and its table of meanings: other readings of a text make other numbers."""
    modules = [*sorted(Path(__file__).parent.glob("*.py")), TABLE]
    return hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in modules)).digest()


def to_bytes(matcher: Matcher) -> bytes:
    """The matcher's model, checked by a digest at its beginning. The vocabulary is not in it."""
    model = matcher.model
    plain = {
        "playbooks": model.playbooks,
        "often": sorted(model.seen.often),
        "once": sorted(model.seen.once),
        "sharpness": model.sharpness,
        "thresholds": [
            model.thresholds.answer_score,
            model.thresholds.answer_margin,
            model.thresholds.choose_total,
        ],
    }
    out = io.BytesIO()
    np.savez(
        out,
        allow_pickle=False,
        plain=np.frombuffer(json.dumps(plain, ensure_ascii=False).encode(), np.uint8),
        hashes=model.numbers.hashes,
        place=model.folding.place,
        sign=model.folding.sign,
        idf=model.use.idf,
        keys=model.use.keys,
        counts=model.use.counts,
        weights=model.weights,
        bias=model.bias,
        naive_starts=model.naive.starts,
        naive_owners=model.naive.owners,
        naive_shares=model.naive.shares,
        accept=model.acceptance.weights,
        centre=model.acceptance.centre,
        spread=model.acceptance.spread,
    )
    return hashlib.sha256(out.getvalue()).digest() + out.getvalue()


def from_bytes(stored: bytes, vocabulary: Vocabulary) -> Matcher:
    """The matcher that `to_bytes` made, under the vocabulary it was trained with. Raises ValueError for other bytes."""
    digest, body = stored[:_DIGEST], stored[_DIGEST:]
    if hashlib.sha256(body).digest() != digest:
        raise ValueError("these bytes are no stored matcher, or not all of it")
    with np.load(io.BytesIO(body), allow_pickle=False) as parts:
        plain = json.loads(parts["plain"].tobytes())
        model = Model(
            playbooks=tuple(plain["playbooks"]),
            seen=Seen(frozenset(plain["often"]), frozenset(plain["once"])),
            numbers=Numbers(parts["hashes"]),
            folding=Folding(parts["place"], parts["sign"]),
            use=WordUse(parts["idf"], parts["keys"], parts["counts"], len(plain["playbooks"])),
            weights=parts["weights"],
            bias=parts["bias"],
            naive=NaiveBayes(
                parts["naive_starts"], parts["naive_owners"], parts["naive_shares"], len(plain["playbooks"]) + 1
            ),
            acceptance=Acceptance(parts["accept"], parts["centre"], parts["spread"]),
            sharpness=plain["sharpness"],
            thresholds=Thresholds(*plain["thresholds"]),
        )
    return Matcher(model, Featurizer(vocabulary, model.seen))
