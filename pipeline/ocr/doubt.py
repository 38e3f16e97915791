"""How far a reading is to be doubted: which pages a second reader reads again."""

from __future__ import annotations

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
