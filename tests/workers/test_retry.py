from __future__ import annotations

import pytest

from app.settings import Settings
from workers.retry import backoff_s


@pytest.mark.parametrize(("attempts", "waits_s"), [(1, 1.0), (2, 2.0), (3, 4.0), (4, 8.0), (5, 8.0), (40, 8.0)])
def test_what_failed_waits_1_2_4_and_8_seconds(attempts: int, waits_s: float) -> None:
    assert backoff_s(attempts, Settings.model_fields["backoff_s"].default) == waits_s


def test_a_job_that_was_never_claimed_does_not_wait_less_than_the_first_time() -> None:
    assert backoff_s(0, 1.0) == 1.0
