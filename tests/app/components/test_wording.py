from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.components import wording
from pipeline import errors

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


CODES = ("engines_disagree", "model_only", "suspicious_text", "model_missing", "model_failed", "llm_cost",
         "type_engines_disagree", "type_model_only")  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_what_a_model_has_to_do_with_is_said_in_words(code: str) -> None:
    label = wording.reason_label(code)
    assert label != code.replace("_", " ").capitalize()
    assert len(label.split()) <= 6


def test_every_error_of_a_models_server_has_a_sentence() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.LlmError)]
    codes = {kind.code for kind in kinds} - {"llm_error"}
    assert len(codes) > 5
    assert codes <= set(wording.MODEL_OUTCOMES)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (None, ""),
        ("read_again", "Read again; the model's opinion counts now."),
        ("in_persons_hands", "Left alone: a person was faster."),
        ("not_wanted", "Left alone: no longer wanted."),
        ("llm_busy", "No answer: the model's server was busy."),
        ("time_limit", "Time limit"),
    ],
)
def test_what_a_stage_ended_with_is_said_in_words(code: str | None, expected: str) -> None:
    assert wording.remark(code) == expected


@pytest.mark.parametrize(
    ("usd", "expected"),
    [(0.0, "$0.00"), (0.5, "$0.50"), (0.0011, "$0.0011"), (0.000042, "$0.000042"), (1e-12, "$0.00000000"),
     (12.345, "$12.35"), (1234.5, "$1,234.50")],
)  # fmt: skip
def test_small_amounts_keep_two_figures(usd: float, expected: str) -> None:
    assert wording.dollars(usd) == expected
