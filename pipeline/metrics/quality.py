"""How good the results are: tiny pure functions, shared by `./fuse eval`, the Quality page and `GET /api/metrics`.

Where nothing was scored the answer is None, never 0: "not measured" and "all wrong" are different news.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from statistics import fmean

CALIBRATION_BINS = 10
_Z_95 = 1.959963984540054
"""The 97.5 % point of the standard normal distribution, for a two-sided interval of 95 %."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval, both ends in 0..1."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its counts, so that 1 of 1 is not mistaken for 1,000 of 1,000.

    Attributes:
        right: how many of them.
        n: of how many.
    """

    right: int
    n: int

    @property
    def rate(self) -> float | None:
        """right / n; None when there is nothing."""
        return self.right / self.n if self.n else None

    @property
    def interval(self) -> Interval | None:
        """Its 95 % Wilson interval; None when there is nothing."""
        return wilson_interval(self.right, self.n)


@dataclass(frozen=True, slots=True)
class ConfusionMatrix:
    """What was said of what is true.

    Attributes:
        truths: labels of the rows.
        predictions: labels of the columns; those that are true of something first, in the order of the rows.
        counts: rows x columns.
    """

    truths: tuple[str, ...]
    predictions: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    def count(self, truth: str, prediction: str) -> int:
        """How many of `truth` were called `prediction`."""
        if truth not in self.truths or prediction not in self.predictions:
            return 0
        return self.counts[self.truths.index(truth)][self.predictions.index(prediction)]

    @property
    def accuracy(self) -> Share:
        """The share on the diagonal."""
        return Share(sum(self.count(label, label) for label in self.truths), sum(map(sum, self.counts)))


@dataclass(frozen=True, slots=True)
class ClassQuality:
    """One type against the rest.

    Attributes:
        label: the type.
        support: documents that are of it.
        predicted: documents that were called it.
        precision: share of those called it that are; None when none was called it.
        recall: share of those that are it that were called so; None when there is none.
        f1: 2 TP / (2 TP + FP + FN); None when there is neither.
    """

    label: str
    support: int
    predicted: int
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True, slots=True)
class ValueScore:
    """One value against the truth.

    Attributes:
        right: whether it counts as right by its kind's rule.
        token_f1: overlap with the truth, 0..1; None where the truth is that the document has no such field.
    """

    right: bool
    token_f1: float | None


@dataclass(frozen=True, slots=True)
class FieldQuality:
    """Values of one field (or of many) against the truth.

    Attributes:
        exact: all that were scored; "not there" said of a field that is not there is right.
        present: only those that are on their document, so that saying nothing earns nothing.
        token_f1: mean over `present`; None when there is none.
    """

    exact: Share
    present: Share
    token_f1: float | None


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The predictions whose confidence lies in [low, high) (the last bin holds 1.0 too).

    Attributes:
        low, high: the bin's edges.
        n: predictions in it.
        confidence: their mean confidence; None when empty.
        accuracy: share of them that is right; None when empty.
    """

    low: float
    high: float
    n: int
    confidence: float | None
    accuracy: float | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """Whether confidence means what it says.

    Attributes:
        error: expected calibration error, 0 (perfect) to 1; None when there is nothing.
        n: predictions it was measured by.
        bins: for the reliability diagram.
    """

    error: float | None
    n: int
    bins: tuple[ReliabilityBin, ...]


@dataclass(frozen=True, slots=True)
class BinCount:
    """Predictions of one bin, counted where they are kept, so that they need not be fetched one by one.

    Attributes:
        bin: place of the bin, from 0.
        n: how many.
        confidence_sum: of their confidences.
        right: how many of them are right.
    """

    bin: int
    n: int
    confidence_sum: float
    right: int


def mean(values: Iterable[float]) -> float | None:
    """The arithmetic mean; None of nothing."""
    known = list(values)
    return fmean(known) if known else None


def wilson_interval(right: int, n: int, z: float = _Z_95) -> Interval | None:
    """The score interval of a share; keeps its promise for few cases and for shares near 0 or 1.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
    """
    if n == 0:
        return None
    share = right / n
    centre = share + z * z / (2 * n)
    spread = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return Interval(max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale))


def confusion_matrix(counts: Mapping[tuple[str, str], int]) -> ConfusionMatrix:
    """Arranges counts of (truth, prediction) pairs; the labels in alphabetical order."""
    truths = sorted({truth for truth, _ in counts})
    others = sorted({prediction for _, prediction in counts}.difference(truths))
    predictions = (*truths, *others)
    rows = tuple(tuple(counts.get((truth, prediction), 0) for prediction in predictions) for truth in truths)
    return ConfusionMatrix(tuple(truths), predictions, rows)


def class_qualities(matrix: ConfusionMatrix) -> tuple[ClassQuality, ...]:
    """Precision, recall and F1 of each type that is true of some document.

    Source: C. J. van Rijsbergen, "Information Retrieval" (1979), chapter 7; F1 in its count form, which stays
    defined when nothing was predicted.
    """
    return tuple(_class_quality(matrix, label) for label in matrix.truths)


def macro_f1(classes: Sequence[ClassQuality]) -> float | None:
    """The plain mean of the types' F1: a rare type weighs as much as a common one."""
    return mean(quality.f1 for quality in classes if quality.f1 is not None)


def field_quality(scores: Iterable[ValueScore]) -> FieldQuality:
    """Exact match and mean token F1 of scored values."""
    known = list(scores)
    present = [score for score in known if score.token_f1 is not None]
    return FieldQuality(
        exact=Share(sum(score.right for score in known), len(known)),
        present=Share(sum(score.right for score in present), len(present)),
        token_f1=mean(score.token_f1 for score in present if score.token_f1 is not None),
    )


def calibration(predictions: Iterable[tuple[float, bool]], bins: int = CALIBRATION_BINS) -> Calibration:
    """Expected calibration error over bins of equal width: the mean of |accuracy - confidence|, weighted by size.

    Source: M. P. Naeini, G. F. Cooper, M. Hauskrecht, "Obtaining well calibrated probabilities using Bayesian
    binning", AAAI 2015; C. Guo et al., "On calibration of modern neural networks", ICML 2017.

    Args:
        predictions: (confidence 0..1, whether it was right).
        bins: how many.
    """
    return calibration_of_bins(
        (BinCount(bin_of(confidence, bins), 1, confidence, int(right)) for confidence, right in predictions), bins
    )


def bin_of(confidence: float, bins: int = CALIBRATION_BINS) -> int:
    """The bin that a confidence (0..1) lies in, from 0; the last one holds 1.0 too."""
    return min(int(confidence * bins), bins - 1)


def calibration_of_bins(counts: Iterable[BinCount], bins: int = CALIBRATION_BINS) -> Calibration:
    """The same as `calibration`, of predictions that were counted; a bin may come in several parts."""
    members: list[list[BinCount]] = [[] for _ in range(bins)]
    for count in counts:
        members[count.bin].append(count)
    rows = tuple(_reliability_bin(i / bins, (i + 1) / bins, inside) for i, inside in enumerate(members))
    n = sum(row.n for row in rows)
    gaps = (
        row.n * abs(row.accuracy - row.confidence)
        for row in rows
        if row.accuracy is not None and row.confidence is not None
    )
    return Calibration(sum(gaps) / n if n else None, n, rows)


def _class_quality(matrix: ConfusionMatrix, label: str) -> ClassQuality:
    support = sum(matrix.count(label, prediction) for prediction in matrix.predictions)
    predicted = sum(matrix.count(truth, label) for truth in matrix.truths)
    hits = matrix.count(label, label)
    either = support + predicted
    return ClassQuality(
        label=label,
        support=support,
        predicted=predicted,
        precision=hits / predicted if predicted else None,
        recall=hits / support if support else None,
        f1=2 * hits / either if either else None,
    )


def _reliability_bin(low: float, high: float, inside: Sequence[BinCount]) -> ReliabilityBin:
    n = sum(count.n for count in inside)
    return ReliabilityBin(
        low=low,
        high=high,
        n=n,
        confidence=fsum(count.confidence_sum for count in inside) / n if n else None,
        accuracy=sum(count.right for count in inside) / n if n else None,
    )
