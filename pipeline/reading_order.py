"""In which order the lines of a page are read: columns of running text one after the other, all else row by row.

Tables must be read across and newspapers down. What tells them apart: a column of running text consists of long lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

_LEAST_LINES = 5
_LEAST_LETTERS = 24
"""A column has so many lines at least, and half of them have so many letters."""
_GUTTERS = tuple(i / 100 for i in range(12, 89))
"""Where a gap between columns is looked for, as shares of the page's width."""
_MARGIN = 0.002


@dataclass(frozen=True, slots=True)
class LinePlace:
    """A piece of a line, on the page made level.

    Attributes:
        x0, x1: its ends, as shares of the page's width.
        y: its middle, as a share of the page's height.
        letters: how many it has.
    """

    x0: float
    x1: float
    y: float
    letters: int


def blocks(lines: Sequence[LinePlace]) -> list[list[int]]:
    """Groups a page's lines into blocks in reading order; within a block they are to be read row by row.

    Returns:
        Indexes into `lines`, each once; those of a block from top to bottom.
    """
    return _blocks(lines, sorted(range(len(lines)), key=lambda i: lines[i].y))


def _blocks(lines: Sequence[LinePlace], among: list[int]) -> list[list[int]]:
    best: tuple[int, int, float] | None = None
    for gutter in _GUTTERS:
        start, end = _longest_run(lines, among, gutter)
        if (best is None or end - start > best[1] - best[0]) and _two_columns(lines, among[start:end], gutter):
            best = (start, end, gutter)
    if best is None:
        return [among] if among else []
    start, end, gutter = best
    left = [i for i in among[start:end] if lines[i].x1 <= gutter]
    right = [i for i in among[start:end] if lines[i].x1 > gutter]
    parts = (among[:start], left, right, among[end:])
    return [block for part in parts for block in _blocks(lines, part)]


def _longest_run(lines: Sequence[LinePlace], among: Sequence[int], gutter: float) -> tuple[int, int]:
    """The longest run of lines, from top to bottom, none of which crosses the gutter."""
    longest, start = (0, 0), 0
    for place, i in enumerate([*among, None]):
        if i is None or (lines[i].x0 < gutter - _MARGIN and lines[i].x1 > gutter + _MARGIN):
            if place - start > longest[1] - longest[0]:
                longest = (start, place)
            start = place + 1
    return longest


def _two_columns(lines: Sequence[LinePlace], run: Sequence[int], gutter: float) -> bool:
    return all(
        len(side) >= _LEAST_LINES and median(lines[i].letters for i in side) >= _LEAST_LETTERS
        for side in ([i for i in run if lines[i].x1 <= gutter], [i for i in run if lines[i].x1 > gutter])
    )
