"""How fast it is: percentiles and rates. None where there is nothing to measure by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import floor


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something takes.

    Attributes:
        n: how often it was measured.
        p50: half take no longer; None when n is 0.
        p95: all but one in twenty take no longer; None when n is 0.
    """

    n: int
    p50: float | None
    p95: float | None


def percentile(values: Iterable[float], share: float) -> float | None:
    """The value below which `share` (0..1) of the values lie, linear between neighbours; None of nothing.

    Source: R. J. Hyndman, Y. Fan, "Sample quantiles in statistical packages", The American Statistician 50 (1996),
    definition 7: that of numpy and of PostgreSQL's percentile_cont.
    """
    ordered = sorted(values)
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def spread(values: Iterable[float]) -> Spread:
    """The middle and the slow end, in the unit of the values."""
    known = list(values)
    return Spread(len(known), percentile(known, 0.50), percentile(known, 0.95))


def per_minute(count: int, seconds: float) -> float | None:
    """How many a minute; None when no time has passed."""
    return count * 60 / seconds if seconds > 0 else None


def per_unit(total: float, units: int) -> float | None:
    """What one costs, e.g. CPU seconds per page; None when there is none."""
    return total / units if units else None
