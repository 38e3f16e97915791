"""The words that stand under boxes."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.layout import inside
from pipeline.types import Box, Page, Word


def words_under(boxes: Sequence[Box], pages: Sequence[Page]) -> list[Word]:
    """The words whose middle lies in one of the boxes, in reading order."""
    return [
        word
        for page in pages
        for word in page.words
        if any(box.page == page.number and inside(word.box, box) for box in boxes)
    ]
