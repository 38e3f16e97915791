"""Puts pieces of lines, as they were found on a picture, in reading order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from pipeline.reading_order import LinePlace, blocks
from pipeline.types import Box, Word

_SAME_ROW = 0.5
"""Of the lower one's height: pieces whose middles are closer stand in one row."""
_LEAST_HEIGHT = 0.3
_COLUMN_GAP = 3.0
"""Heights between two pieces of a row that make them lines of their own; as in a text layer."""


@dataclass(frozen=True, slots=True)
class _Piece:
    words: Sequence[Word]
    middle: float
    height: float

    @property
    def x0(self) -> float:
        return self.words[0].box.x0

    @property
    def x1(self) -> float:
        return self.words[-1].box.x1

    @property
    def place(self) -> LinePlace:
        return LinePlace(self.x0, self.x1, self.middle, sum(len(word.text) + 1 for word in self.words))


def in_rows(pieces: Sequence[Sequence[Word]], slope: float) -> list[Word]:
    """Orders words as they are read (see `pipeline.reading_order`), and numbers their lines.

    Args:
        pieces: each the words of one piece of a line, from left to right; none is empty.
        slope: how far lines fall from left to right: share of the page's height per share of its width.
    """
    levelled = [_levelled(words, slope) for words in pieces]
    words: list[Word] = []
    line = -1
    for block in blocks([piece.place for piece in levelled]):
        for row in _rows([levelled[i] for i in block]):
            before: _Piece | None = None
            for piece in sorted(row, key=lambda piece: piece.x0):
                if before is None or piece.x0 - before.x1 > _COLUMN_GAP * max(before.height, piece.height):
                    line += 1
                words += [Word(word.text, word.box, word.confidence, line) for word in piece.words]
                before = piece
    return words


def _levelled(words: Sequence[Word], slope: float) -> _Piece:
    return _Piece(
        words,
        median(_middle(word.box) - slope * (word.box.x0 + word.box.x1) / 2 for word in words),
        median(_height(word.box, slope) for word in words),
    )


def _middle(box: Box) -> float:
    return (box.y0 + box.y1) / 2


def _height(box: Box, slope: float) -> float:
    """A word's own height: the upright box around a long word on a falling line is higher than its letters."""
    height = box.y1 - box.y0
    return max(height - abs(slope) * (box.x1 - box.x0), _LEAST_HEIGHT * height)


def _rows(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """Pieces side by side; they come from top to bottom."""
    rows: list[list[_Piece]] = []
    for piece in pieces:
        last = rows[-1][-1] if rows else None
        if last is not None and piece.middle - last.middle < _SAME_ROW * min(piece.height, last.height):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return rows
