from __future__ import annotations

import json
import random

import pytest

from pipeline import route
from pipeline.calibration import Calibrator, Steps, calibrated, learned
from pipeline.doctypes import DOC_TYPES
from pipeline.learning.confidences import Outcome, error_left_out, fit, isotonic
from pipeline.types import (
    Box,
    ConfidenceParts,
    Extraction,
    FieldValue,
    Page,
    PageSource,
    Reading,
    Rules,
    TypeGuess,
    Word,
)


def boastful(n: int, field: str = "receipt.total", groups: int = 20, seed: int = 3) -> list[Outcome]:
    """Values that are right less often than they say: 0.9 means 0.7."""
    rng = random.Random(seed)
    said = [rng.choice((0.5, 0.7, 0.9)) for _ in range(n)]
    return [Outcome(field, each, rng.random() < each - 0.2, f"layout {i % groups}") for i, each in enumerate(said)]


def test_without_learning_a_confidence_is_worth_what_it_says() -> None:
    assert Calibrator().probability("w9", "name", 0.83) == pytest.approx(0.83)


def test_what_boasts_is_taken_down() -> None:
    calibrator = fit(boastful(150))
    assert calibrator.probability("receipt", "total", 0.9) == pytest.approx(0.7, abs=0.08)
    assert not calibrator.steps, "150 values are too few for steps"


def test_a_field_seen_often_gets_steps_that_never_fall() -> None:
    calibrator = fit(boastful(900))
    values = calibrator.steps["receipt.total"].values
    assert list(values) == sorted(values)
    assert calibrator.probability("receipt", "total", 0.9) == pytest.approx(0.7, abs=0.06)


def test_a_field_that_was_hardly_seen_follows_the_others() -> None:
    calibrator = fit([*boastful(150), Outcome("receipt.date", 0.9, True, "layout 1")])
    lone, other = (calibrator.probability("receipt", name, 0.9) for name in ("date", "total"))
    assert lone == pytest.approx(other, abs=0.15)


def test_the_error_is_measured_on_layouts_that_were_left_out() -> None:
    before, after = error_left_out(boastful(600))
    assert before is not None
    assert after is not None
    assert before > 0.15
    assert after < 0.08


def test_pooled_steps() -> None:
    outcomes = [Outcome("x", c, right, "g") for c, right in ((0.1, False), (0.4, True), (0.6, False), (0.9, True))]
    assert isotonic(outcomes) == Steps((0.1, 0.4, 0.9), (0.3333, 0.5, 0.6667))


def test_it_survives_its_file() -> None:
    calibrator = fit([*boastful(300), *boastful(80, "w9.name")])
    assert Calibrator.from_json(json.loads(calibrator.to_json())) == calibrator


def test_the_decision_goes_by_the_calibrated_confidence() -> None:
    """A confidence that is shown as high does not help a field whose values are often wrong."""
    box = Box(1, 0.1, 0.1, 0.2, 0.2)
    parts = ConfidenceParts(0.95, 1.0, 1.0)
    own = DOC_TYPES["receipt"].model_copy(update={"fields": DOC_TYPES["receipt"].fields[1:2]})
    extraction = Extraction((FieldValue("date", "2024-05-17", "17/5/24", (box,), 0.95, parts),))
    page = Page(1, 200, 600, PageSource.OCR, "It is a picture.", (Word("17/5/24", box, 1.0, 0),))
    doubtful = calibrated(extraction, "receipt", Calibrator(offsets={"receipt.date": -3.0}))
    guess = TypeGuess("receipt", 0.99)
    first = route.decide(Reading((page,), 1), guess, extraction, own, Rules(), 1.0)
    second = route.decide(Reading((page,), 1), guess, doubtful, own, Rules(), 1.0)
    assert first.outcome == "accept"
    assert [reason.code for reason in second.reasons] == ["below_threshold"]
    assert doubtful.fields[0].confidence == 0.95, "what is shown stays the product of its parts"
    assert second.confidence == pytest.approx(0.99 * (doubtful.fields[0].calibrated or 0.0))


def test_the_shipped_one_rises_with_the_confidence() -> None:
    for doc_type in DOC_TYPES.values():
        for spec in doc_type.fields:
            worth = [learned().probability(doc_type.name, spec.name, c / 20) for c in range(21)]
            assert worth == sorted(worth)
