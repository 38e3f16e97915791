"""The dozen sample documents of `./fuse up --samples`, drawn for the workbench."""

from __future__ import annotations

from collections.abc import Callable

from app.wiring import AT_ONCE
from pipeline import child
from pipeline.child import Limits
from pipeline.errors import StageFailed
from pipeline.samples import DOZEN, Sample, draw_dozen_one_by_one

_LIMITS = Limits(wall_s=120.0)
"""Drawing takes some 3 s, and some memory that a web process should not keep: a child does it."""


class SamplesNotDrawn(Exception):
    """The samples could not be drawn, and nothing was added. Try again, or upload files of your own."""


def draw_samples(on_step: Callable[[int, int], object]) -> list[tuple[str, bytes]]:
    """Draws the samples; gives each one's file name and bytes.

    Args:
        on_step: is told how many are drawn, and how many there will be.

    Raises:
        SamplesNotDrawn: it took too long or too much memory.
    """
    drawn: list[tuple[str, bytes]] = []

    def receive(sample: Sample) -> None:
        drawn.append((sample.filename, sample.data))
        on_step(len(drawn), DOZEN)

    try:
        with AT_ONCE:
            child.run(draw_dozen_one_by_one, limits=_LIMITS, on_item=receive)
    except StageFailed:
        raise SamplesNotDrawn(SamplesNotDrawn.__doc__) from None
    return drawn
