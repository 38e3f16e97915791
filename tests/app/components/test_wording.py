from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.components import wording

NOW = datetime(2024, 3, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("123-45-6789", "•••-••-6789"), ("12-3456789", "••-•••6789"), ("4711", "••••"), ("", ""), (None, "")],
)
def test_sensitive_values_show_four_characters_at_most(value: Any, expected: str) -> None:
    assert wording.masked(value) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(-5, "just now"), (59, "just now"), (61, "1 min ago"), (7200, "2 h ago"), (200_000, "2 d ago")],
)
def test_age_in_its_largest_unit(seconds: int, expected: str) -> None:
    assert wording.age(NOW - timedelta(seconds=seconds), NOW) == expected


def test_what_is_not_known_is_a_dash_never_zero() -> None:
    assert [wording.percent(None), wording.milliseconds(None), wording.type_label(None)] == ["–"] * 3
    assert [wording.percent(0.0), wording.milliseconds(0.0)] == ["0%", "0 ms"]


def test_reasons_are_counted() -> None:
    codes = ("below_threshold", "sampled", "below_threshold", "bad_ein_shape")
    assert wording.reason_labels({"code": code} for code in codes) == "Uncertain value ×2, Random check, Bad ein shape"
