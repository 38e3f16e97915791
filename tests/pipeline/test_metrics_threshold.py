from __future__ import annotations

import pytest

from pipeline.metrics.quality import Share
from pipeline.metrics.threshold import LEAST_FOR_A_PROMISE, ReviewedDocument, expect, values_right

# confidence, nothing else speaks against it, right
FIVE = [
    ReviewedDocument(0.95, True, True),
    ReviewedDocument(0.90, True, True),
    ReviewedDocument(0.80, True, False),
    ReviewedDocument(0.99, False, True),
    ReviewedDocument(0.40, True, False),
]


@pytest.mark.parametrize(
    ("threshold", "right", "passing", "to_review"),
    [
        (0.00, 2, 4, 1),  # all but the one whose check failed
        (0.80, 2, 3, 2),  # the threshold itself is enough
        (0.81, 2, 2, 3),
        (0.96, 0, 0, 5),
    ],
)
def test_what_a_threshold_would_have_done(threshold: float, right: int, passing: int, to_review: int) -> None:
    told = expect(FIVE, threshold)
    assert (told.passing, told.to_review, told.reviewed) == (Share(right, passing), to_review, 5)
    assert not told.can_promise


def test_precision_of_nothing_is_not_known() -> None:
    told = expect([], 0.5)
    assert (told.passing.rate, told.passing.interval, told.to_review) == (None, None, 0)


def test_enough_documents_are_a_promise_with_its_interval() -> None:
    documents = [ReviewedDocument(0.9, True, i != 0) for i in range(LEAST_FOR_A_PROMISE)]
    assert not expect(documents[1:], 0.8).can_promise
    told = expect(documents, 0.8)
    assert told.can_promise
    # By hand, 29 of 30 and z = 1.96: (29/30 + z²/60 ± z·√(29/30·1/30/30 + z²/3600)) / (1 + z²/30).
    interval = told.passing.interval
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((0.8333, 0.9941), abs=1e-4)


def test_why_thirty() -> None:
    """All of them right: what the interval still leaves open."""
    interval = Share(LEAST_FOR_A_PROMISE, LEAST_FOR_A_PROMISE).interval
    assert interval is not None
    assert interval.high - interval.low == pytest.approx(0.1135, abs=1e-4)


@pytest.mark.parametrize(
    ("changes", "right"),
    [
        ([], True),
        ([("total", 120.0, 120.001)], True),  # the same to the cent
        ([("total", 120.0, 121.0)], False),
        ([("total", None, 121.0)], False),  # the machine had missed it
        ([("total", 5.0, None)], False),  # it was not on the document
        ([("total", 120.0, 120.0), ("invoice_number", "A-1", "A-7")], False),
    ],
)
def test_one_wrong_value_makes_a_document_wrong(changes: list[tuple[str, object, object]], right: bool) -> None:
    assert values_right(changes, "invoice") is right
