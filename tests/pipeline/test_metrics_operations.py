from __future__ import annotations

import numpy as np
import pytest

from pipeline.metrics import operations
from pipeline.metrics.operations import Spread


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 0.95, 1.0])
@pytest.mark.parametrize("values", [[7.0], [1.0, 2.0], [5.0, 1.0, 4.0, 2.0, 3.0], list(map(float, range(100)))])
def test_percentiles_are_those_of_numpy(values: list[float], share: float) -> None:
    assert operations.percentile(values, share) == pytest.approx(float(np.quantile(values, share)))


def test_the_spread_of_values() -> None:
    assert operations.spread([1.0, 5.0, 3.0]) == Spread(3, 3.0, 4.8)


def test_nothing_measured_is_none() -> None:
    assert operations.percentile([], 0.5) is None
    assert operations.spread([]) == Spread(0, None, None)
    assert operations.per_minute(0, 0.0) is None
    assert operations.per_unit(1.5, 0) is None


def test_rates() -> None:
    assert operations.per_minute(30, 20.0) == 90.0
    assert operations.per_minute(0, 20.0) == 0.0
    assert operations.per_unit(6.0, 4) == 1.5
