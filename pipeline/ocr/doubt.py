"""How far a reading is to be doubted: which pages, and which lines of the others, a second reader reads again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from pipeline.types import Word

_UNSURE = 0.8
_FEW_LETTERS = 40
"""A page with fewer letters is always doubted: reading it again costs little."""


def doubt(words: Sequence[Word]) -> float:
    """The share of a page's letters that stand in words with a confidence below 0.8; 1 for a page without words."""
    letters = sum(len(word.text) for word in words)
    if letters < _FEW_LETTERS:
        return 1.0
    return sum(len(word.text) for word in words if word.confidence < _UNSURE) / letters


def doubtful_lines(words: Sequence[Word]) -> list[list[Word]]:
    """The lines that hold such a word."""
    lines: dict[int, list[Word]] = defaultdict(list)
    for word in words:
        lines[word.line].append(word)
    return [line for line in lines.values() if any(word.confidence < _UNSURE for word in line)]
