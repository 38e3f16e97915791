"""Words that OCR has run together with their label, "TOTAL:RM9.00", as two words."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.types import Box, Page, Word

_GLUED = re.compile(r"^([^\W\d_][^\d:]*[:#])(?!//)(.*\w.*)$")


def parted(page: Page) -> Page:
    """The page with such words in two, each with its share of the box by its share of the characters."""
    return replace(page, words=tuple(part for word in page.words for part in cut(word, _GLUED)))


def cut(word: Word, pattern: re.Pattern[str]) -> tuple[Word, ...]:
    """The word in two where a pattern with two groups matches it; else as it is."""
    match = pattern.match(word.text)
    if match is None:
        return (word,)
    box = word.box
    middle = box.x0 + (box.x1 - box.x0) * len(match[1]) / len(word.text)
    return (
        replace(word, text=match[1], box=Box(box.page, box.x0, box.y0, middle, box.y1)),
        replace(word, text=match[2], box=Box(box.page, middle, box.y0, box.x1, box.y1)),
    )
