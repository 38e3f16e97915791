"""Pages that were scanned a little askew: straightened for the search, and the boxes laid back afterwards."""

from __future__ import annotations

from dataclasses import replace
from statistics import median

from pipeline.types import Box, FieldValue, Mark, Page, Word

_MIN_WORDS = 3
_MIN_WIDTH = 0.12
_MIN_LINES = 5
_STRAIGHT = 0.0015
"""A slope below this moves a word by less than a tenth of a line across the page."""


def slant_of(page: Page) -> float:
    """The slope of the page's text lines: how far they sink per page width, as a share of the page's height."""
    slopes = []
    for line in page.lines:
        first, last = line[0].box, line[-1].box
        if len(line) >= _MIN_WORDS and last.x0 - first.x0 >= _MIN_WIDTH:
            slopes.append((_middle(last) - _middle(first)) / (last.x0 + last.x1 - first.x0 - first.x1) * 2)
    slope = median(slopes) if len(slopes) >= _MIN_LINES else 0.0
    return slope if abs(slope) > _STRAIGHT else 0.0


def straightened(page: Page, slant: float) -> Page:
    """The page with its words and check boxes where they would stand if it were not askew."""
    if not slant:
        return page
    words = tuple(Word(w.text, moved(w.box, -slant), w.confidence, w.line) for w in page.words)
    marks = tuple(Mark(moved(m.box, -slant), m.fill, m.checked) for m in page.marks)
    return replace(page, words=words, marks=marks)


def laid_back(value: FieldValue, slants: dict[int, float]) -> FieldValue:
    """The value with its boxes where they stand on the page as it is."""
    return replace(value, boxes=tuple(moved(box, slants.get(box.page, 0.0)) for box in value.boxes))


def _middle(box: Box) -> float:
    return (box.y0 + box.y1) / 2


def moved(box: Box, slope: float) -> Box:
    """The box where it would stand if the page's lines sank so far per page width."""
    shift = slope * (box.x0 + box.x1) / 2
    return Box(box.page, box.x0, min(max(box.y0 + shift, 0.0), 1.0), box.x1, min(max(box.y1 + shift, 0.0), 1.0))
