"""Finding one's way on a page: rows of words, and the words that announce a field."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from pipeline.types import Box, Page, Word

_LIKE_ENOUGH = 82.0


@dataclass(frozen=True, slots=True)
class Anchor:
    """A label found on a page.

    Attributes:
        words: the words it consists of.
        box: around them.
        score: how well they match the phrase, 0..1.
    """

    words: tuple[Word, ...]
    box: Box
    score: float


def letters(text: str) -> str:
    """Lower-case letters and digits only, which is what labels are compared by."""
    return re.sub(r"[\W_]", "", text.lower())


def rows(words: Sequence[Word]) -> list[list[Word]]:
    """Words by visual row, top to bottom and left to right, across columns: what a table row is.

    A word belongs to the row whose middle it covers; skewed scans are followed from word to word.
    """
    found: list[list[Word]] = []
    for word in sorted(words, key=lambda w: w.box.x0):
        best = None
        for row in found:
            overlap = _vertical_overlap(row[-1].box, word.box)
            if overlap > 0.5 and (best is None or overlap > best[0]):
                best = (overlap, row)
        if best is None:
            found.append([word])
        else:
            best[1].append(word)
    return sorted(found, key=lambda row: row[0].box.y0)


def find(page: Page, phrases: Sequence[str], within: Box | None = None) -> list[Anchor]:
    """All places of a page that read like one of the phrases, best first.

    A window as long as the phrase slides over each line; letters are compared, so that punctuation, case and spaces
    that OCR lost or made don't matter.
    """
    anchors = [
        anchor
        for line in page.lines
        for phrase in phrases
        if (anchor := _best_in(line, phrase)) is not None and (within is None or inside(anchor.box, within))
    ]
    return sorted(anchors, key=lambda a: (-round(a.score, 2), -len(a.words)))


def first(page: Page, phrases: Sequence[str], within: Box | None = None) -> Anchor | None:
    """The best place that reads like one of the phrases."""
    return next(iter(find(page, phrases, within)), None)


def in_box(words: Sequence[Word], x0: float, y0: float, x1: float, y1: float) -> list[Word]:
    """The words whose middle lies in a rectangle."""
    return [
        w for w in words if x0 <= (w.box.x0 + w.box.x1) / 2 <= x1 and y0 <= (w.box.y0 + w.box.y1) / 2 <= y1
    ]  # fmt: skip


def right_of(page: Page, box: Box, reach: float = 1.0) -> list[Word]:
    """The words on the same row to the right of a box, left to right, no farther than `reach`."""
    middle = (box.y0 + box.y1) / 2
    near = [
        w
        for w in page.words
        if w.box.x0 >= box.x1 - 0.003
        and w.box.x0 <= box.x1 + reach
        and (w.box.y0 <= middle <= w.box.y1 or _vertical_overlap(w.box, box) > 0.5)
    ]
    return sorted(near, key=lambda w: w.box.x0)


def inside(inner: Box, outer: Box) -> bool:
    """Whether the middle of a box lies in another of the same page."""
    x, y = (inner.x0 + inner.x1) / 2, (inner.y0 + inner.y1) / 2
    return inner.page == outer.page and outer.x0 <= x <= outer.x1 and outer.y0 <= y <= outer.y1


def until_gap(words: Sequence[Word], gap: float) -> list[Word]:
    """Words of a row up to the first gap wider than `gap` (a share of the page's width)."""
    kept: list[Word] = []
    for word in words:
        if kept and word.box.x0 - kept[-1].box.x1 > gap:
            break
        kept.append(word)
    return kept


def text_of(words: Sequence[Word]) -> str:
    """The words' text."""
    return " ".join(word.text for word in words)


def spanned(words: Sequence[Word], start: int, end: int) -> list[Word]:
    """The words that make characters `start` to `end` of their joined text."""
    used, position = [], 0
    for word in words:
        if position < end and position + len(word.text) > start:
            used.append(word)
        position += len(word.text) + 1
    return used


def _best_in(line: Sequence[Word], phrase: str) -> Anchor | None:
    wanted = letters(phrase)
    size = len(phrase.split())
    parts = [letters(word.text) for word in line]
    if len(wanted) > 2 * sum(map(len, parts)):
        return None
    best: tuple[float, int, int] | None = None
    for length in {max(1, size - 1), size, size + 1}:
        for start in range(len(line) - length + 1):
            score = fuzz.ratio(wanted, "".join(parts[start : start + length]))
            if score >= _LIKE_ENOUGH and (best is None or score > best[0]):
                best = (score, start, start + length)
    if best is None:
        return None
    words = tuple(line[best[1] : best[2]])
    return Anchor(words, Box.around([w.box for w in words]), best[0] / 100)


def _vertical_overlap(a: Box, b: Box) -> float:
    """Common height as a share of the smaller height."""
    common = min(a.y1, b.y1) - max(a.y0, b.y0)
    return common / max(min(a.y1 - a.y0, b.y1 - b.y0), 1e-6)
