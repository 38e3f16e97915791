"""Learning what a confidence is worth, from values whose truth is known."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from pipeline.calibration import Calibrator, Steps, logit
from pipeline.metrics.quality import calibration

_OFTEN = 200
"""Values of a field from which steps are fitted to it; with fewer, steps would fit the chance."""
_FOLDS = 5
_ROUNDS = 30
_PRIOR_OF_SLOPE = 4.0
_PRIOR_OF_OFFSETS = 2.0
"""How strongly a field's offset is held at 0: as if the inverse of its variance were this."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A value that was given, and whether it was right.

    Attributes:
        field: "type.field".
        confidence: as shown.
        right: whether it was.
        group: what its document has in common with others (issuer and layout): they are left out together.
    """

    field: str
    confidence: float
    right: bool
    group: str


def fit(outcomes: Sequence[Outcome]) -> Calibrator:
    """The calibrator that fits outcomes best, held near "a confidence is worth what it says"."""
    slope, offset, offsets = _platt(outcomes)
    by_field: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_field[outcome.field].append(outcome)
    steps = {name: isotonic(some) for name, some in by_field.items() if len(some) >= _OFTEN}
    return Calibrator(slope, offset, offsets, steps)


def error_left_out(outcomes: Sequence[Outcome], seed: int = 1) -> tuple[float | None, float | None]:
    """The calibration error before, and after calibrating each value by what was learned from other groups."""
    groups = sorted({outcome.group for outcome in outcomes})
    random.Random(seed).shuffle(groups)
    fold_of = {group: i % _FOLDS for i, group in enumerate(groups)}
    worth: list[tuple[float, bool]] = []
    for fold in range(_FOLDS):
        calibrator = fit([each for each in outcomes if fold_of[each.group] != fold])
        for each in outcomes:
            if fold_of[each.group] == fold:
                doc_type, _, name = each.field.partition(".")
                worth.append((calibrator.probability(doc_type, name, each.confidence), each.right))
    before = calibration([(each.confidence, each.right) for each in outcomes])
    return before.error, calibration(worth).error


def _platt(outcomes: Sequence[Outcome]) -> tuple[float, float, Mapping[str, float]]:
    """Logistic regression on the logit of the confidence and the field, by Newton's method, with Gaussian priors."""
    names = sorted({outcome.field for outcome in outcomes})
    place = {name: 2 + i for i, name in enumerate(names)}
    x = np.zeros((len(outcomes), 2 + len(names)))
    for row, outcome in zip(x, outcomes, strict=True):
        row[0], row[1], row[place[outcome.field]] = logit(outcome.confidence), 1.0, 1.0
    y = np.array([outcome.right for outcome in outcomes], float)
    prior = np.array([1.0, 0.0, *[0.0] * len(names)])
    strength = np.array([_PRIOR_OF_SLOPE, 0.01, *[_PRIOR_OF_OFFSETS] * len(names)])
    weights = prior.copy()
    for _ in range(_ROUNDS):
        p = 1.0 / (1.0 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (p - y) + strength * (weights - prior)
        curvature = (x * (p * (1 - p))[:, None]).T @ x + np.diag(strength)
        weights -= np.linalg.solve(curvature, gradient)
    rounded = [round(float(weight), 4) for weight in weights]
    return rounded[0], rounded[1], dict(zip(names, rounded[2:], strict=True))


def isotonic(outcomes: Sequence[Outcome]) -> Steps:
    """The never falling step function nearest to the outcomes: pool adjacent violators (Ayer et al., 1955).

    Each step keeps a little doubt: one imagined right and one imagined wrong value (Laplace).
    """
    pools: list[tuple[float, int, int]] = []  # where it starts, how many are right, how many there are
    for confidence, same in groupby(sorted(outcomes, key=_confidence), key=_confidence):
        rights = [outcome.right for outcome in same]
        pools.append((confidence, sum(rights), len(rights)))
        while len(pools) > 1 and pools[-2][1] * pools[-1][2] >= pools[-1][1] * pools[-2][2]:
            _, right, count = pools.pop()
            start, before, others = pools.pop()
            pools.append((start, before + right, others + count))
    return Steps(
        tuple(round(start, 4) for start, _, _ in pools),
        tuple(round((right + 1) / (count + 2), 4) for _, right, count in pools),
    )


def _confidence(outcome: Outcome) -> float:
    return outcome.confidence
