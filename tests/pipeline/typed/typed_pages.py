"""How the text of a typed document becomes a page. Two spaces or more are a gap between columns."""

from __future__ import annotations

from pipeline.types import Box, Page, PageSource, Word

TypedDocuments = dict[str, tuple[str, str, int, int]]
"""Name -> type, text, letters across, lines down."""


def typed(text: str, across: int = 90, down: int = 60, source: PageSource = PageSource.OCR) -> Page:
    """A page as if typed: so many letters across and lines down; the longest line may make it wider."""
    rows = text.strip("\n").splitlines()
    across = max(across, *(len(row) + 2 for row in rows))
    down = max(down, len(rows) + 2)
    words = []
    for number, row in enumerate(rows):
        at = 0
        for word in row.split():
            at = row.index(word, at)
            box = Box(1, (at + 1) / across, (number + 1) / down, (at + 1 + len(word)) / across, (number + 1.8) / down)
            words.append(Word(word, box, 0.95, number))
            at += len(word)
    return Page(1, across * 6.8, down * 13.2, source, "", tuple(words))
