"""Pages written down in a test: lines of text, and where each part of a line begins."""

from __future__ import annotations

from pipeline.types import Box, Page, PageSource, Word

_HEIGHT = 0.012
_LETTER = 0.011
_STEP = 0.02


def page_of(text: str, number: int = 1, confidence: float = 1.0) -> Page:
    """A page of lines; two spaces or more are a gap as wide as they are, so that columns can be written as columns."""
    words: list[Word] = []
    for i, line in enumerate(text.strip("\n").splitlines()):
        y, start = 0.04 + i * _STEP, None
        for place, character in enumerate(f"{line} "):
            if character != " " and start is None:
                start = place
            elif character == " " and start is not None:
                box = Box(number, start * _LETTER, y, place * _LETTER - 0.001, y + _HEIGHT)
                words.append(Word(line[start:place], box, confidence, i))
                start = None
    return Page(number, 612, 792, PageSource.TEXT_LAYER, "It is written here.", tuple(words))
