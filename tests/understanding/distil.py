"""`python -m tests.understanding.distil FOLDER` makes the table of meanings; it needs the group bench-embeddings.

Each word gets a vector so that the words of a text, some of them left out, together point where a model of sentence
embeddings (all-MiniLM-L6-v2, Apache 2.0) says that the whole text points. FOLDER holds WordNet's files (Debian:
wordnet-base) and, in *.txt, further English sentences, one a line; the packaged table was made with the one-line
descriptions of Debian's packages and a book of quotations. Requests made up of WordNet's words and our own questions
and chatter are learned from as well; nothing of any public set of questions is. What the model said is kept in
FOLDER/taught.npz, since asking it takes the better part of an hour.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from bot.understanding.meanings import TABLE, Meanings
from bot.understanding.tokens import tokens
from tests.understanding.helpers import chatter, playbook_texts
from tests.understanding.rivals import embedder

DIMENSIONS = 128
_EPOCHS = 8
_BATCH = 1_024
_LEFT_OUT = 0.25
"""Of the words of a text, so that each stands for itself."""
_OURS = 3
"""How often our own texts are learned from for each time that others are."""
_SELDOM = 6
"""Words that the model does not have whole are taken from this many uses on."""
_COMMON = 1e-3
"""Words begin with a weight of _COMMON / (_COMMON + their share of all words): the commoner, the less they say."""
_SENTENCES, _REQUESTS, _REQUEST_WORDS = 200_000, 50_000, 9_000
_FORMS = """
{v} the {n}|{v} {n}|please {v} my {n}|can you {v} the {a} {n}|could you {v} {n} for me|i want to {v} a {n}
i need to {v} the {n}|how do i {v} my {n}|how can i {v} {n} and {m}|what is the {n} of my {m}|what is {n}
what {n} is {a}|when does the {n} {v}|where is the {n}|where can i {v} {n}|why did my {n} {v}|why is the {n} so {a}
my {n} is not {a}|the {n} did not {v}|is the {n} {a}|are there any {a} {n} near the {m}|tell me about the {n}
tell me the {n}|show me {n} of {m}|give me a {n} for {m}|who is the {n}|which {n} has the {m}|do i have {n}
did i {v} the {n}|how much {n} do i have|how many {n} are in the {m}|how long does it take to {v} a {n}
will it {v} in {n}|set {n} to {a}|turn the {n} {a}|remind me to {v} {n}|don't {v} the {n}|stop the {n}|start {n}
find {a} {n}|add {n} to {m}|remove {n} from my {m}|i think my {n} was {v}ed|someone {v}ed my {n}
there is a {n} on my {m}|i don't like {n}|i lost my {n}|is it ok to {v} {n}|what does {n} mean|help me {v} {n}
any {n} today|{n} {m} {v}|{a} {n}|{n} for {m}|can i {v} with {n}
"""


def definitions(folder: Path) -> Iterator[str]:
    """WordNet's definitions, with a word of theirs before some, its examples, and its words of one meaning together."""
    chance = random.Random(0)
    for kind in ("noun", "verb", "adj", "adv"):
        for line in (folder / f"data.{kind}").read_text(encoding="latin1").splitlines():
            head, found, gloss = line.partition("|")
            if line.startswith(" ") or not found:
                continue
            cells = head.split()
            words = [cells[4 + 2 * at].replace("_", " ") for at in range(int(cells[3], 16))]
            meaning = re.sub(r'"[^"]+"', "", gloss).strip(" ;\n").split(";")[0].strip()
            yield from re.findall(r'"([^"]+)"', gloss)
            yield f"{chance.choice(words)}: {meaning}" if chance.random() < 0.5 else meaning
            yield " ".join(words[:4])


def requests(folder: Path, ranks: dict[str, int]) -> list[str]:
    """Made-up requests and complaints of common words: `ranks` says how common each is, the commonest first.

    WordNet counts how often it met each word as a noun (1), verb (2), adjective (3 and 5).
    """
    chance = random.Random(1)
    used: Counter[tuple[str, str]] = Counter()
    for line in (folder / "cntlist.rev").read_text(encoding="latin1").splitlines():
        sense, _, count = line.split()
        word, _, rest = sense.partition("%")
        used[word, rest[0].replace("5", "3")] += int(count)
    drawn = {}
    for mark, kind in (("n", "1"), ("m", "1"), ("v", "2"), ("a", "3")):
        words = sorted(word for (word, its), count in used.items() if its == kind and count > 1 and len(word) > 2)
        common = [word for word in words if ranks.get(word, _REQUEST_WORDS) < _REQUEST_WORDS]
        drawn[mark] = chance.choices(common, [(ranks[word] + 30) ** -0.6 for word in common], k=_REQUESTS)
    forms = _FORMS.strip().replace("\n", "|").split("|")
    rows = zip(*drawn.values(), strict=True)
    return [chance.choice(forms).format(**dict(zip(drawn, row, strict=True))) for row in rows]


def texts(folder: Path, ranks: dict[str, int]) -> tuple[list[str], list[str]]:
    """What to learn from: others' texts, each once, and our own."""
    lines = chain.from_iterable(path.read_text(encoding="utf-8").splitlines() for path in sorted(folder.glob("*.txt")))
    found = (text.strip() for text in chain(definitions(folder), lines))
    general = sorted({text for text in found if text.isascii() and 2 <= len(text.split()) <= 40})
    random.Random(0).shuffle(general)
    ours = [*chain.from_iterable(playbook_texts()[0].values()), *chatter()]
    return [*general[:_SENTENCES], *sorted(set(requests(folder, ranks)))], ours


def taught(folder: Path, ranks: dict[str, int]) -> tuple[list[str], Any, int]:
    """The texts, what the model says of them (texts, its dimensions), and how many of them, the last, are ours."""
    kept = folder / "taught.npz"
    if not kept.exists():
        general, ours = texts(folder, ranks)
        said = embedder().encode([*general, *ours], batch_size=256, normalize_embeddings=True)
        joined = np.frombuffer("\n".join([*general, *ours]).encode(), np.uint8)
        np.savez(kept, texts=joined, said=said.astype(np.float16), ours=len(ours))
    with np.load(kept) as parts:
        return parts["texts"].tobytes().decode().split("\n"), parts["said"].astype(np.float32), int(parts["ours"])


def learned(words: list[str], rows: list[Any], goals: Any, start: Any, ours: int) -> Any:
    """The words' vectors (words, DIMENSIONS) after training. rows: each text's words by number; its goal beside it."""
    import torch

    torch.manual_seed(0)
    chance = np.random.default_rng(0)
    table = torch.nn.EmbeddingBag(len(words), DIMENSIONS, mode="sum")
    table.weight.data = torch.tensor(start, dtype=torch.float32)
    steps = torch.optim.Adam(table.parameters(), lr=2e-3)
    wanted = torch.tensor(goals, dtype=torch.float32)
    known = np.array([at for at, row in enumerate(rows) if len(row)])
    again = known[known >= len(rows) - ours]
    for epoch in range(_EPOCHS):
        order = chance.permutation(np.concatenate([known, *[again] * (_OURS - 1)]))
        lost = 0.0
        for batch in np.split(order, range(_BATCH, len(order), _BATCH)):
            chosen = [_some(rows[at], chance) for at in batch]
            offsets = np.cumsum([0, *map(len, chosen[:-1])])
            told = table(torch.from_numpy(np.concatenate(chosen)), torch.from_numpy(offsets))
            loss = (1 - torch.nn.functional.cosine_similarity(told, wanted[batch])).mean()
            steps.zero_grad()
            loss.backward()
            steps.step()
            lost += loss.item() * len(batch)
        steps.param_groups[0]["lr"] *= 0.6
        sys.stdout.write(f"epoch {epoch + 1}: {lost / len(order):.4f} off\n")
    return table.weight.detach().numpy()


def _some(row: Any, chance: np.random.Generator) -> Any:
    """The words of a text without some of them."""
    left = row[chance.random(len(row)) > _LEFT_OUT] if len(row) > 3 else row
    return left if len(left) else row[:1]


def main(folder: Path) -> None:
    """Make the table."""
    vocabulary = embedder().tokenizer.get_vocab()
    whole = [word for word in sorted(vocabulary, key=vocabulary.__getitem__) if word.isascii() and word.isalpha()]
    whole = [word for word in whole if len(word) > 1 or word in ("a", "i")]
    read, said, ours = taught(folder, {word: at for at, word in enumerate(whole)})
    spoken = [tokens(text) for text in read]
    counts = Counter(chain.from_iterable(spoken))
    twice = Counter(chain.from_iterable(set(row) for row in spoken[-ours:]))
    further = [w for w, count in counts.items() if w.isascii() and w.isalpha() and (count >= _SELDOM or twice[w] > 1)]
    words = sorted({*whole, *further})
    middle = said.mean(axis=0)
    axes = np.linalg.svd((said - middle)[::5], full_matrices=False)[2][:DIMENSIONS].T
    uses = np.array([counts[word] for word in words]) + 1.0
    alone = embedder().encode(words, batch_size=256, normalize_embeddings=True) - middle
    start = alone @ axes * (_COMMON / (_COMMON + uses / uses.sum()))[:, None]
    place = {word: at for at, word in enumerate(words)}
    rows = [np.array([place[word] for word in row if word in place], np.int64) for row in spoken]
    vectors = learned(words, rows, (said - middle) @ axes, start, ours)
    longest = np.abs(vectors).max(axis=1)
    steps = np.round(vectors / longest[:, None] * 127).astype(np.int8)
    Meanings(place, steps, (longest / 127).astype(np.float16)).save(TABLE)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
