"""Moving the weights set by hand to where drawn documents show them: multinomial logistic regression whose prior mean
is what was set by hand (maximum a posteriori), and a temperature fitted on layouts that were left out.

Drawn documents are many, but their layouts are few, and real ones use other words. So each type weighs as much as
`_WITNESSES` documents, however many were drawn; examples are also seen with half of their phrases struck out; and the
weights stay as set by hand unless moving them plainly helps in layouts that were left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.classify.type_model import PRIOR_TEMPERATURE, Features, TypeModel, weights_by_hand
from pipeline.doctypes.definition import DocType
from pipeline.metrics.quality import calibration

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

_WITNESSES = 20.0
_PRIOR_SPREAD = 0.5
"""By how many points a weight set by hand may well be wrong: the prior's standard deviation."""
_STRUCK_OUT = 0.5
_STRUCK_VERSIONS = 4
_SAME_LAYOUT = 0.6
"""Documents of a type that share this part of their phrases (Jaccard index) are of one layout."""
_STEPS = 500
_RATE = 0.05
_SMALLEST_MOVE = 0.03
_TEMPERATURES = np.geomspace(0.5, 8.0, 80)


@dataclass(frozen=True, slots=True)
class Example:
    """A drawn document.

    Attributes:
        features: what is seen on it.
        doc_type: what it is.
        seed: what it was drawn from: examples of one seed differ in wear only.
    """

    features: Features
    doc_type: str
    seed: int


@dataclass(frozen=True, slots=True)
class HeldOut:
    """How well types are told in layouts that were not trained on.

    Attributes:
        layouts: how many there are; half of them is left out at a time.
        documents: how many were told.
        right: share told right.
        right_by_hand: the same by the weights set by hand alone.
        right_struck, right_struck_by_hand: the same with half of the phrases struck out.
        calibration_error: of the probabilities at the fitted temperature, phrases struck out; None without examples.
        moves_help: whether `right_struck` is more than a standard error above that by hand: only then are they kept.
    """

    layouts: int
    documents: int
    right: float
    right_by_hand: float
    right_struck: float
    right_struck_by_hand: float
    calibration_error: float | None
    moves_help: bool


@dataclass(frozen=True, slots=True)
class _Table:
    """Examples as numbers: rows of features (the last is 1, for the start), and the column of the true type."""

    rows: Array
    truths: Labels

    def part(self, chosen: npt.NDArray[np.bool_]) -> _Table:
        return _Table(self.rows[chosen], self.truths[chosen])

    def struck(self, phrases: npt.NDArray[np.bool_], rng: np.random.Generator) -> _Table:
        """Several versions of each row, each with half of its phrases struck out."""
        rows = np.tile(self.rows, (_STRUCK_VERSIONS, 1))
        rows[(rng.random(rows.shape) < _STRUCK_OUT) & phrases] = 0.0
        return _Table(rows, np.tile(self.truths, _STRUCK_VERSIONS))

    def with_rows_of(self, other: _Table) -> _Table:
        return _Table(np.concatenate([self.rows, other.rows]), np.concatenate([self.truths, other.truths]))


def train(examples: Sequence[Example], doc_types: Mapping[str, DocType], seed: int = 0) -> tuple[TypeModel, HeldOut]:
    """Fits the weights on all examples, and the temperature on layouts left out while fitting to the others.

    Args:
        examples: of drawn documents of the types.
        doc_types: the types with their cues.
        seed: of what is struck out.
    """
    rng = np.random.default_rng(seed)
    types = list(doc_types)
    phrases = sorted({name for each in examples for name in each.features.phrases})
    names = [*phrases, *sorted({name for each in examples for name in each.features.shape})]
    strikable = np.arange(len(names) + 1) < len(phrases)
    prior = _prior(names, doc_types)
    table = _Table(
        np.array([[*(each.features.all().get(name, 0.0) for name in names), 1.0] for each in examples]),
        np.array([types.index(each.doc_type) for each in examples]),
    )
    groups = layouts_of(examples)
    told: list[tuple[_Table, _Table, Array]] = []
    halves = _halves(groups, table.truths)
    for half in (0, 1):
        inside, outside = table.part(halves != half), table.part(halves == half)
        weights = _fit(inside.with_rows_of(inside.struck(strikable, rng)), prior)
        told.append((outside, outside.struck(strikable, rng), weights))
    held_out, temperature = _measure(told, prior, len(set(groups.tolist())))
    moved = _fit(table.with_rows_of(table.struck(strikable, rng)), prior) - prior if held_out.moves_help else 0 * prior
    return _model(moved, names, types, temperature), held_out


def layouts_of(examples: Sequence[Example]) -> Labels:
    """For each example the number of its layout: those of one seed, and those that share most of their phrases."""
    groups = list(range(len(examples)))
    for i, one in enumerate(examples):
        for j, other in enumerate(examples[:i]):
            if groups[i] != groups[j] and _of_one_layout(one, other):
                groups = [groups[j] if group == groups[i] else group for group in groups]
    numbers = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    return np.array([numbers[group] for group in groups], dtype=np.int64)


def _halves(groups: Labels, truths: Labels) -> Labels:
    """0 or 1 for each example, so that a layout is in one half and a type's layouts are in both."""
    halves = np.zeros_like(groups)
    for truth in np.unique(truths):
        own = np.unique(groups[truths == truth])
        for place, group in enumerate(own):
            halves[groups == group] = place % 2
    return halves


def _of_one_layout(one: Example, other: Example) -> bool:
    if one.doc_type != other.doc_type:
        return False
    mine, others = set(one.features.phrases), set(other.features.phrases)
    return one.seed == other.seed or len(mine & others) >= _SAME_LAYOUT * len(mine | others)


def _prior(names: Sequence[str], doc_types: Mapping[str, DocType]) -> Array:
    """The weights set by hand, a column for each type; the last row is what it starts with."""
    columns = []
    for doc_type in doc_types.values():
        weights, start = weights_by_hand(doc_type)
        columns.append([*(weights.get(name, 0.0) for name in names), start])
    return np.array(columns).T


def _fit(table: _Table, prior: Array) -> Array:
    """The most probable weights: those that explain the types and stay near what was set by hand.

    Source: C. M. Bishop, "Pattern Recognition and Machine Learning" (2006), 4.3.4; steps by D. P. Kingma and J. Ba,
    "Adam" (2015).
    """
    per_type = np.bincount(table.truths, minlength=prior.shape[1])
    worth = (_WITNESSES / per_type[table.truths])[:, None]
    truth = np.eye(prior.shape[1])[table.truths]
    weights, mean, square = prior.copy(), np.zeros_like(prior), np.zeros_like(prior)
    for step in range(1, _STEPS + 1):
        error = (_softmax(table.rows @ weights / PRIOR_TEMPERATURE) - truth) * worth
        slope = table.rows.T @ error / PRIOR_TEMPERATURE + (weights - prior) / _PRIOR_SPREAD**2
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope**2
        ahead = mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
        weights = weights - _RATE * (1 - step / _STEPS) * ahead
    return weights


def _softmax(points: Array) -> Array:
    powers = np.exp(points - points.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float64)


def _best_temperature(points: Array, truths: Labels) -> float:
    """The temperature under which the truths are most probable (C. Guo et al., ICML 2017)."""
    own = np.arange(len(truths)), truths
    losses = [-np.log(_softmax(points / each)[own] + 1e-12).mean() for each in _TEMPERATURES]
    return round(float(_TEMPERATURES[int(np.argmin(losses))]), 2)


def _calibration_error(points: Array, truths: Labels) -> float | None:
    shares = _softmax(points)
    right = np.argmax(shares, axis=1) == truths
    return calibration(zip(shares.max(axis=1).tolist(), right.tolist(), strict=True)).error


def _measure(told: Sequence[tuple[_Table, _Table, Array]], prior: Array, layouts: int) -> tuple[HeldOut, float]:
    """What was told in the layouts left out, and the temperature that suits it."""
    whole = np.concatenate([_hits(left_out, weights) for left_out, _, weights in told])
    by_hand = np.concatenate([_hits(left_out, prior) for left_out, _, _ in told])
    struck = np.concatenate([_hits(left_out, weights) for _, left_out, weights in told])
    struck_by_hand = np.concatenate([_hits(left_out, prior) for _, left_out, _ in told])
    gain = struck - struck_by_hand
    moves_help = bool(gain.mean() > gain.std() / np.sqrt(len(gain) / _STRUCK_VERSIONS))
    points = np.concatenate([left_out.rows @ (weights if moves_help else prior) for _, left_out, weights in told])
    truths = np.concatenate([left_out.truths for _, left_out, _ in told])
    temperature = _best_temperature(points, truths)
    held_out = HeldOut(
        layouts=layouts,
        documents=len(whole),
        right=float(whole.mean()),
        right_by_hand=float(by_hand.mean()),
        right_struck=float(struck.mean()),
        right_struck_by_hand=float(struck_by_hand.mean()),
        calibration_error=_calibration_error(points / temperature, truths),
        moves_help=moves_help,
    )
    return held_out, temperature


def _hits(table: _Table, weights: Array) -> Array:
    return np.asarray(np.argmax(table.rows @ weights, axis=1) == table.truths, dtype=np.float64)


def _model(moved: Array, names: Sequence[str], types: Sequence[str], temperature: float) -> TypeModel:
    columns = dict(zip(types, moved.T.tolist(), strict=True))
    return TypeModel(
        moved={
            name: {
                feature: round(move, 2)
                for feature, move in zip(names, column[:-1], strict=True)
                if abs(move) >= _SMALLEST_MOVE
            }
            for name, column in columns.items()
        },
        start={name: round(column[-1], 2) for name, column in columns.items() if abs(column[-1]) >= _SMALLEST_MOVE},
        temperature=temperature,
    )
