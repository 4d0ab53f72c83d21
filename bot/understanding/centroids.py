"""Nearest centroid over the meanings of texts: which playbook's questions a text lies nearest to, on average.

It is a linear score, so that it joins the weights of ridge regression and costs a question nothing. With few questions
a playbook it is the steadier judge of meanings: ridge regression spends them on telling the training texts apart.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.understanding.linear import Fit, Floats, Ints


def nearest_centroid(meanings: NDArray[np.float32], labels: Ints, classes: int, *, asked: Ints) -> Fit:
    """Scores of which the highest is the nearest centroid's, around zero over the classes.

    meanings (rows, dimensions); labels (rows,): each row's class. Rows asked for get the scores of a model that never
    saw them.
    """
    sizes = np.bincount(labels, minlength=classes)
    sums = np.zeros((classes, meanings.shape[1]), np.float32)
    np.add.at(sums, labels, meanings)
    centres = sums / np.maximum(sizes, 1)[:, None]
    bias = -0.5 * np.square(centres).sum(axis=1)
    own, place = labels[asked], np.arange(len(asked))
    others = (sums[own] - meanings[asked]) / np.maximum(sizes[own] - 1, 1)[:, None]
    left_out = meanings[asked] @ centres.T + bias
    left_out[place, own] = (meanings[asked] * others).sum(axis=1) - 0.5 * np.square(others).sum(axis=1)
    return Fit((centres - centres.mean(axis=0)).T, bias - bias.mean(), _centred(left_out))


def _centred(scores: Floats) -> Floats:
    centred: Floats = scores - scores.mean(axis=1, keepdims=True)
    return centred
