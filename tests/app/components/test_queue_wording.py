from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.components.queue_wording import choice_label, choices_in_order, due_text, hours_text

NOW = datetime(2024, 3, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "target_h", "expected"),
    [
        (timedelta(), 24, "1 d left"),
        (timedelta(hours=1, minutes=1), 24, "22 h left"),
        (timedelta(hours=23, minutes=30), 24, "30 min left"),
        (timedelta(hours=24), 24, "under 1 min left"),
        (timedelta(hours=24, seconds=30), 24, "⚠ under 1 min overdue"),
        (timedelta(days=4), 24, "⚠ 3 d overdue"),
        (timedelta(minutes=40), 0.5, "⚠ 10 min overdue"),
    ],
)
def test_due_says_what_is_left_or_past(age: timedelta, target_h: float, expected: str) -> None:
    assert due_text(NOW - age, target_h, NOW) == expected


@pytest.mark.parametrize(
    ("hours", "expected"), [(1, "1 hour"), (24, "24 hours"), (48, "2 days"), (36, "36 hours"), (0.5, "0.5 hours")]
)
def test_a_target_reads_well(hours: float, expected: str) -> None:
    assert hours_text(hours) == expected


@pytest.mark.parametrize(
    ("name", "option", "expected"),
    [
        ("type", "w9", "W-9"),
        ("type", "gone_type", "gone_type"),
        ("reason", "sampled", "Random check"),
        ("status", "error", "Failed"),
        ("status", "nonsense", "nonsense"),
        ("confidence", "90-100", "90% and more"),
        ("confidence", "10-20", "10% to 20%"),
        ("age", "overdue", "Overdue"),
        ("assignee", "me", "Me"),
        ("assignee", "none", "Nobody"),
        ("uploader", "a", "Ann"),
        ("uploader", "b", "Somebody unknown"),
        ("priority", "-1", "Low"),
    ],
)
def test_choices_have_names(name: str, option: str, expected: str) -> None:
    assert choice_label(name, option, {"a": "Ann"}) == expected


def test_choices_stand_in_their_own_order_or_the_frequent_first() -> None:
    assert choices_in_order("confidence", {"none": 9, "90-100": 1, "0-50": 3}) == ["0-50", "90-100", "none"]
    assert choices_in_order("type", {"w2": 1, "w9": 5}) == ["w9", "w2"]
    assert choices_in_order("assignee", {"a": 9, "none": 1, "me": 2}) == ["me", "none", "a"]
