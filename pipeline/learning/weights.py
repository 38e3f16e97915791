"""Learning the weights of a ranking, from where the hand-set ones stand.

A field of a document is one example: its candidates with their features, and which of them are right (none: the field
is not there). The loss is the negative logarithm of the probability that the ranking gives to the right ones, plus half
the squared distance from the prior weights times a strength. With few examples the weights stay where the rules put
them (maximum a posteriori with a Gaussian prior); only what the examples speak of moves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.extract.features import Features

Vector = npt.NDArray[np.float64]
_STEPS = 200
_RATE = 0.5
_BIAS = "nothing known"


@dataclass(frozen=True, slots=True)
class Example:
    """A field of one document.

    Attributes:
        candidates: the features of each.
        right: whether each is right; when none is, the field's absence is.
    """

    candidates: Sequence[Features]
    right: Sequence[bool]


def learn(examples: Sequence[Example], prior: Mapping[str, float], strength: float) -> dict[str, float]:
    """The weights that explain the examples best without going far from the prior.

    Args:
        examples: of one field.
        prior: the weights to begin from; features that it does not name begin at 0.
        strength: how much it costs to leave it: a weight that moves by 1 costs half of this.
    """
    names = sorted({name for each in examples for found in each.candidates for name in found} | set(prior))
    start = np.array([prior.get(name, 0.0) for name in names])
    matrices = [(_matrix(each, names), np.array(each.right, bool)) for each in examples if each.candidates]
    weights = start.copy()
    slopes = np.full(len(names), 1e-8)
    for _ in range(_STEPS):
        gradient = strength * (weights - start)
        for features, right in matrices:
            gradient += _gradient(features, right, weights)
        slopes += gradient**2
        weights -= _RATE * gradient / np.sqrt(slopes)  # Adagrad: Duchi, Hazan and Singer, JMLR 12 (2011)
    return {name: round(float(weight), 3) for name, weight in zip(names, weights, strict=True) if abs(weight) > 5e-4}


def _matrix(example: Example, names: Sequence[str]) -> Vector:
    """Candidates x features; every candidate has the feature "nothing known"."""
    rows = [[1.0 if name == _BIAS else found.get(name, 0.0) for name in names] for found in example.candidates]
    return np.array(rows, float)


def _gradient(features: Vector, right: npt.NDArray[np.bool_], weights: Vector) -> Vector:
    """Of the negative log probability of the right ones: what is expected of all less what is expected of the right."""
    scores = features @ weights
    highest = max(float(scores.max()), 0.0)
    powers, none = np.exp(scores - highest), np.exp(-highest)
    expected = powers / (powers.sum() + none)
    if not right.any():
        return np.asarray(expected @ features)
    of_right = np.where(right, powers, 0.0)
    return np.asarray((expected - of_right / of_right.sum()) @ features)
