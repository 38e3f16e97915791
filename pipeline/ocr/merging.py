"""Two readings of one page made one: where both saw something, the surer one is believed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import median

import numpy as np
import numpy.typing as npt

from pipeline.ocr.rows import in_rows
from pipeline.types import Word

_SAME_WIDTH = 0.3
_SAME_HEIGHT = 0.5
"""Shares of the smaller word that must be covered for two words to be readings of the same ink."""
_ALONE = 0.8
"""From this confidence on, a word is believed that the second reader did not see."""
_BOTH_RIGHT = 0.97
"""Two different readers seldom agree on something wrong."""
_SLOPE_LENGTH = 0.1


def merge(first: Sequence[Word], second: Sequence[Word]) -> list[Word]:
    """Merges the readings of two engines, word by word along each line.

    Words of the two that cover the same ink make a group; of each group the surer reading is taken, the second's when
    both are as sure, and their agreement makes both surer. Confidences must be comparable (see `OcrEngine.read`).

    Args:
        first: one reading of the page.
        second: the other one, by the better reader.
    """
    lines: dict[tuple[bool, int], list[Word]] = defaultdict(list)
    for one, other in _groups(first, second):
        taken = _resolved(one, other)
        if taken:
            lines[bool(other), (other or one)[0].line] += taken
    pieces = [sorted(words, key=lambda word: word.box.x0) for words in lines.values()]
    return in_rows(pieces, slope_of(second or first))


def _resolved(one: Sequence[Word], other: Sequence[Word]) -> Sequence[Word]:
    """What is taken of two readings of the same ink."""
    if not other:
        return [word for word in one if word.confidence >= _ALONE]
    if not one:
        return other
    if _text(one) == _text(other):
        return [_surer(word) for word in max(one, other, key=len)]
    return one if _confidence(one) > _confidence(other) else other


def _groups(first: Sequence[Word], second: Sequence[Word]) -> list[tuple[list[Word], list[Word]]]:
    """Connected groups of words that overlap, from left to right."""
    words = [*first, *second]
    parents = list(range(len(words)))

    def root(i: int) -> int:
        while parents[i] != i:
            parents[i] = parents[parents[i]]
            i = parents[i]
        return i

    for i, j in _same_ink(first, second):
        parents[root(i)] = root(len(first) + j)
    groups: dict[int, tuple[list[Word], list[Word]]] = defaultdict(lambda: ([], []))
    for i in sorted(range(len(words)), key=lambda i: words[i].box.x0):
        groups[root(i)][0 if i < len(first) else 1].append(words[i])
    return list(groups.values())


def _same_ink(first: Sequence[Word], second: Sequence[Word]) -> list[tuple[int, int]]:
    a, b = _corners(first)[:, None], _corners(second)[None]
    shared = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    smaller = np.minimum(a[..., 2:] - a[..., :2], b[..., 2:] - b[..., :2])
    same = (shared > smaller * np.array((_SAME_WIDTH, _SAME_HEIGHT))).all(axis=-1)
    return [(int(i), int(j)) for i, j in zip(*np.nonzero(same), strict=True)]


def _corners(words: Sequence[Word]) -> npt.NDArray[np.float64]:
    return np.array([(w.box.x0, w.box.y0, w.box.x1, w.box.y1) for w in words], np.float64).reshape(-1, 4)


def _text(words: Sequence[Word]) -> str:
    return "".join(word.text for word in words)


def _confidence(words: Sequence[Word]) -> float:
    return min(word.confidence for word in words)


def _surer(word: Word) -> Word:
    return Word(word.text, word.box, max(word.confidence, _BOTH_RIGHT), word.line)


def slope_of(words: Sequence[Word]) -> float:
    """How far lines fall: share of the page's height per share of its width; 0 where it can't be told."""
    lines: dict[int, list[Word]] = defaultdict(list)
    for word in words:
        lines[word.line].append(word)
    slopes = [
        ((right.box.y0 + right.box.y1) - (left.box.y0 + left.box.y1)) / 2 / (right.box.x0 - left.box.x0)
        for line in lines.values()
        for left, right in [(line[0], line[-1])]
        if right.box.x0 - left.box.x0 > _SLOPE_LENGTH
    ]
    return median(slopes) if slopes else 0.0
