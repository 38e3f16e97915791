from __future__ import annotations

from collections import Counter

import pytest

from pipeline.metrics import quality
from pipeline.metrics.quality import Share, ValueScore

SAID = Counter({("w9", "w9"): 8, ("w9", "invoice"): 2, ("invoice", "invoice"): 5, ("receipt", "failed"): 3})


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),  # never below 0, and not the single point 0
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (90, 100, 0.8256, 0.9448),  # as in statsmodels' proportion_confint(method="wilson")
    ],
)
def test_wilson_interval(right: int, n: int, low: float, high: float) -> None:
    interval = quality.wilson_interval(right, n)
    assert interval is not None
    assert [interval.low, interval.high] == pytest.approx([low, high], abs=1e-4)


def test_what_was_not_scored_is_none_and_never_zero() -> None:
    assert Share(0, 0).rate is None
    assert Share(0, 0).interval is None
    assert Share(0, 3).rate == 0.0
    assert quality.mean([]) is None
    assert quality.confusion_matrix({}).accuracy.rate is None
    assert quality.macro_f1(()) is None
    assert quality.field_quality([]).token_f1 is None
    empty = quality.calibration([])
    assert (empty.error, empty.n) == (None, 0)
    assert all(row.accuracy is None and row.confidence is None for row in empty.bins)


def test_rows_are_the_truth_and_columns_what_was_said() -> None:
    matrix = quality.confusion_matrix(SAID)
    assert matrix.truths == ("invoice", "receipt", "w9")
    assert matrix.predictions == ("invoice", "receipt", "w9", "failed")
    assert matrix.counts == ((5, 0, 0, 0), (0, 0, 0, 3), (2, 0, 8, 0))
    assert matrix.accuracy == Share(13, 18)
    assert matrix.count("w9", "no such type") == 0


def test_precision_recall_and_f1_per_type() -> None:
    classes = {c.label: c for c in quality.class_qualities(quality.confusion_matrix(SAID))}
    assert (classes["w9"].precision, classes["w9"].recall) == (1.0, 0.8)
    assert classes["w9"].f1 == pytest.approx(16 / 18)
    assert classes["invoice"].precision == pytest.approx(5 / 7)
    assert classes["invoice"].recall == 1.0
    assert classes["receipt"].precision is None  # nothing was called a receipt
    assert (classes["receipt"].recall, classes["receipt"].f1) == (0.0, 0.0)
    assert quality.macro_f1(tuple(classes.values())) == pytest.approx((16 / 18 + 10 / 12 + 0.0) / 3)


def test_silence_about_absent_fields_does_not_raise_the_present_figure() -> None:
    scores = [ValueScore(True, None), ValueScore(True, None), ValueScore(True, 1.0), ValueScore(False, 0.5)]
    found = quality.field_quality(scores)
    assert found.exact == Share(3, 4)
    assert found.present == Share(1, 2)
    assert found.token_f1 == 0.75


def test_calibration_of_a_braggart() -> None:
    """Ten values with confidence 0.95 of which six are right, and ten with 0.25 of which two are."""
    said = [(0.95, i < 6) for i in range(10)] + [(0.25, i < 2) for i in range(10)]
    found = quality.calibration(said)
    assert found.error == pytest.approx(0.5 * 0.35 + 0.5 * 0.05)
    assert found.n == 20
    assert len(found.bins) == 10
    assert [(row.n, row.accuracy) for row in found.bins if row.n] == [(10, 0.2), (10, 0.6)]


@pytest.mark.parametrize(
    ("confidence", "bin_index"),
    [(0.0, 0), (0.0999, 0), (0.1, 1), (0.55, 5), (1.0, 9)],
)
def test_the_bins_edges(confidence: float, bin_index: int) -> None:
    bins = quality.calibration([(confidence, True)]).bins
    assert [row.n for row in bins].index(1) == bin_index
