from __future__ import annotations

import pytest

from app.components.definitions import DEFINITIONS
from app.components.quality_confusion import cells
from app.components.quality_head import cards, thin
from app.components.quality_numbers import few, seconds_text, share_change, share_text
from pipeline.metrics.quality import Share, confusion_matrix
from pipeline.metrics.report import Facts, Report, ReviewTime, build_report


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (None, "–"),
        (0.0, "0%"),
        (1.0, "100%"),
        (0.5, "50%"),
        (0.9741, "97.4%"),
        (0.0004, "<0.1%"),  # some failed: never "0%"
        (0.9996, ">99.9%"),  # not all were right: never "100%"
    ],
)
def test_shares_are_never_rounded_to_none_or_all(share: float | None, expected: str) -> None:
    assert share_text(share) == expected


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (0.9, 0.8, "+10.0 points"),
        (0.5, 0.5, "no change"),
        (0.5, 0.5004, "no change"),
        (0.1, 0.125, "-2.5 points"),
        (None, 0.5, None),
        (0.5, None, None),
    ],
)
def test_a_change_needs_both(now: float | None, before: float | None, expected: str | None) -> None:
    assert share_change(now, before) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(None, "–"), (0.4, "0 s"), (41.2, "41 s"), (59.6, "1 min"), (126.5, "2 min 6 s"), (120.0, "2 min")],
)
def test_durations(seconds: float | None, expected: str) -> None:
    assert seconds_text(seconds) == expected


@pytest.mark.parametrize(("n", "expected"), [(0, False), (1, True), (29, True), (30, False)])
def test_few(n: int, expected: bool) -> None:
    assert few(n) is expected


def _report(**changes: object) -> Report:
    known: dict[str, object] = {
        "days": 30,
        "statuses": {"approved": 40},
        "straight_through": Share(10, 40),
        "checked": Share(4, 5),
        "types": {("w9", "w9"): 40},
        "values": (),
        "latencies": (),
        "review_time": ReviewTime(40, 40.0, 90.0),
    }
    return build_report(Facts(**{**known, **changes}))  # type: ignore[arg-type]


def test_thin_figures_are_named_with_their_number() -> None:
    shown = cards(_report(), _report())
    told = "Measured by fewer than 30 cases, so they may still move much: Straight-through precision (5)."
    assert thin(shown) == told  # and not of "Type right": 40 documents
    small = _report(types={("w9", "w9"): 3}, straight_through=Share(1, 3), statuses={"approved": 3})
    assert "Most figures are measured by fewer than 30" in thin(cards(small, _report()))
    assert thin([card for card in shown if card.n is None]) == ""


def test_cards_tell_their_definition_their_counts_and_which_way_is_better() -> None:
    by_label = {card.label: card for card in cards(_report(), _report(checked=Share(3, 5)))}
    precision = by_label["Straight-through precision"]
    assert precision.help.startswith(DEFINITIONS["straight_through_precision"].help)
    assert "4 of 5. 95 % interval: 37.6% to 96.4%." in precision.help
    assert (precision.change, precision.better) == ("+20.0 points", "higher")
    assert {name for name, card in by_label.items() if card.better == "lower"} == {
        "Review rate", "Error rate", "Calibration error", "Review time, median", "Review time, p90"
    }  # fmt: skip


def test_without_a_period_before_nothing_is_compared() -> None:
    empty = _report(statuses={}, straight_through=Share(0, 0), checked=Share(0, 0), types={},
                    review_time=ReviewTime(0, None, None))  # fmt: skip
    assert [card.change for card in cards(_report(), empty)] == [None] * 12


def test_mistakes_come_first_and_the_frequent_ones_before_the_rare() -> None:
    matrix = confusion_matrix({("w9", "w9"): 90, ("w2", "w9"): 1, ("w9", "unknown"): 3})
    assert cells(matrix) == ["w9~unknown", "w2~w9", "w9~w9"]
