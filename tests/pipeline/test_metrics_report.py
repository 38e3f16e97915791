"""Scored values, the report and the learning curve, worked out by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.metrics.quality import BinCount, Share, calibration, calibration_of_bins
from pipeline.metrics.report import (
    RATES,
    Facts,
    Latency,
    LearningPoint,
    Part,
    ReviewTime,
    build_report,
    learning_curve,
)
from pipeline.metrics.scored_values import ChangedValue, KeptValues, ScoredValues, quality_of, score
from pipeline.types import JsonValue

NOON = datetime(2024, 3, 15, 12, tzinfo=UTC)


def _kept(n: int, present: bool = True, part: int = 0, confidence: float | None = 0.95) -> KeptValues:
    """Values of one confidence, which lies in the last bin."""
    return KeptValues("w9", "name", part, present, None if confidence is None else 9, n, n * (confidence or 0.0))


def _changed(machine: JsonValue, human: JsonValue, name: str = "name", part: int = 0) -> ChangedValue:
    return ChangedValue("w9", name, part, machine, human, 0.55 if machine is not None else None)


@pytest.mark.parametrize(
    ("said", "truth", "name", "right", "overlap"),
    [
        # SQuAD's bag of tokens: F1 = 2 x shared / (said + true)
        ("Jordan Blaker", "Jordan Blake", "name", False, 2 * 1 / (2 + 2)),
        ("Jordan", "Jordan T Blake", "name", False, 2 * 1 / (1 + 3)),
        ("Jordan Jordan", "Jordan Blake", "name", False, 2 * 1 / (2 + 2)),  # a word counts as often as it stands there
        ("JORDAN BLAKE", "Jordan Blake", "name", True, 1.0),  # a change of case is no mistake
        ("12 Main St Springfield", "12 Main Street Springfield", "address", False, 2 * 3 / (4 + 4)),
        (None, "Jordan Blake", "name", False, 0.0),  # missed
        ("Jordan Blake", None, "name", False, None),  # not on the document: no words to overlap with
    ],
)
def test_what_a_person_changed_is_compared(
    said: str | None, truth: str | None, name: str, right: bool, overlap: float | None
) -> None:
    [scored] = score([], [_changed(said, truth, name)])
    assert scored.right is right
    assert scored.token_f1 == (None if overlap is None else pytest.approx(overlap))


def test_values_are_weighed_by_their_number() -> None:
    values = score([_kept(3), _kept(4, present=False)], [_changed("Jordan Blaker", "Jordan Blake")])
    found = quality_of(values)
    assert (found.exact, found.present) == (Share(7, 8), Share(3, 4))
    assert found.token_f1 == pytest.approx((3 * 1.0 + 0.5) / 4)


def test_absent_values_alone_have_no_token_f1() -> None:
    found = quality_of(score([_kept(4, present=False)], []))
    assert (found.exact, found.present, found.token_f1) == (Share(4, 4), Share(0, 0), None)


def test_counted_bins_give_the_calibration_of_the_values_one_by_one() -> None:
    counted = [BinCount(9, 3, 0.95 + 0.92 + 0.99, 3), BinCount(9, 1, 0.9, 0), BinCount(5, 2, 0.55 + 0.52, 1)]
    one_by_one = [(0.95, True), (0.92, True), (0.99, True), (0.9, False), (0.55, True), (0.52, False)]
    found, expected = calibration_of_bins(counted), calibration(one_by_one)
    assert (found.n, found.error) == (expected.n, pytest.approx(expected.error))
    assert [row.accuracy for row in found.bins] == [row.accuracy for row in expected.bins]


def _facts(values: tuple[ScoredValues, ...] = (), **changes: object) -> Facts:
    known: dict[str, object] = {
        "days": 30,
        "statuses": {"approved": 6, "auto_approved": 3, "error": 1, "ocr": 5},
        "straight_through": Share(3, 9),
        "checked": Share(4, 5),
        "types": {("w9", "w9"): 5, ("w2", "w9"): 1},
        "values": values,
        "latencies": (Latency("ocr", 9, 800.0, 3000.0),),
        "review_time": ReviewTime(6, 40.0, 90.0),
    }
    return Facts(**{**known, **changes})  # type: ignore[arg-type]


def test_rates_are_of_documents_whose_processing_has_ended() -> None:
    report = build_report(_facts(score([_kept(4)], [_changed("A", "B")])))
    assert (report.documents, report.reviewed) == (15, 6)
    assert (report.review, report.errors) == (Share(6, 10), Share(1, 10))
    assert report.straight_through_precision == 0.8
    assert report.straight_through_interval == Share(4, 5).interval
    assert (report.type_accuracy, report.field_accuracy) == (5 / 6, 4 / 5)
    assert report.calibration.error == pytest.approx((4 * 0.05 + 1 * 0.55) / 5)


def test_nothing_measured_is_none() -> None:
    report = build_report(_facts(statuses={}, straight_through=Share(0, 0), checked=Share(0, 0), types={}))
    assert [getattr(report, rate) for rate in RATES] == [None] * len(RATES)
    assert report.values.token_f1 is None


def test_a_snapshot_is_json_and_leaves_out_what_grows() -> None:
    snapshot = build_report(_facts(score([_kept(4)], []))).to_snapshot()
    assert json.loads(json.dumps(snapshot)) == json.loads(json.dumps(snapshot))
    assert (snapshot["documents"], snapshot["review_rate"]) == (15, 0.6)
    assert not {"fields", "confusion"} & set(snapshot)
    assert set(snapshot["calibration"]) == {"error", "n"}


def test_the_learning_curve_tells_each_part_apart() -> None:
    parts = [
        Part(NOON + timedelta(days=i), NOON + timedelta(days=i + 1), statuses, reviewed)
        for i, (statuses, reviewed) in enumerate((({"approved": 2, "auto_approved": 2}, 10), ({}, 12)))
    ]
    values = score([_kept(3), _kept(1, present=False)], [_changed("Jordan Blaker", "Jordan Blake")])
    assert learning_curve(parts, values) == (
        LearningPoint(parts[0].start, parts[0].end, 10, Share(3, 4), Share(2, 4)),
        LearningPoint(parts[1].start, parts[1].end, 12, Share(0, 0), Share(0, 0)),
    )
