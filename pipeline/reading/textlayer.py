"""Words from a PDF page's text layer."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.ocr.rows import in_rows
from pipeline.reading.glyphs import REPLACEMENT, Flags, Glyphs, Numbers, read_glyphs
from pipeline.types import Box, Word

_MIN_HEIGHT = 1e-4
_OVERPRINT = 0.2
"""Heights between two printings of the same word, at most: fake bold is made that way. (PDFium itself leaves out
letters that follow the same letter at the same place.)"""
_COLUMNS = 80
_COLUMN_GAP = 3.0
_LEADERS = re.compile(r"[.·_…]{3,}")


@dataclass(frozen=True, slots=True)
class TextLayer:
    """What a page's text layer holds.

    Attributes:
        words: in reading order, those on the displayed page.
        characters: how many it has without spaces, before any is left out.
        bad: how many of these don't map to real characters.
    """

    words: tuple[Word, ...]
    characters: int
    bad: int


def read_text_layer(page: Any, number: int, invisible: Flags | None = None, pictures: Sequence[Box] = ()) -> TextLayer:
    """Reads the text layer of a pypdfium2 page.

    Args:
        page: of the file.
        number: its number.
        invisible: which characters to leave out, unless they lie on a picture: there they may tell what it shows.
        pictures: the page's.
    """
    glyphs = read_glyphs(page)
    space, bad = _kinds(glyphs.text)
    gap = space | bad
    if invisible is not None and len(invisible) == len(gap):
        gap |= invisible & ~_on(pictures, glyphs.boxes)
    words = in_lines(_once(_pieces(glyphs, gap, number)))
    return TextLayer(tuple(words), int((~space).sum()), int(bad.sum()))


def is_bad(character: str) -> bool:
    """Whether it is no character that anybody would have written: none, private, a control code, not assigned."""
    return character == REPLACEMENT or unicodedata.category(character) in ("Co", "Cc", "Cn", "Cs")


def _on(pictures: Sequence[Box], boxes: Numbers) -> Flags:
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    on = np.zeros(len(boxes), np.bool_)
    for picture in pictures:
        on |= (picture.x0 <= x) & (x <= picture.x1) & (picture.y0 <= y) & (y <= picture.y1)
    return on


def _kinds(text: str) -> tuple[Flags, Flags]:
    """Which characters are whitespace, which are bad."""
    distinct, places = np.unique(np.frombuffer(text.encode("utf-32-le"), np.uint32), return_inverse=True)
    space = np.array([chr(code).isspace() for code in distinct], np.bool_)
    bad = np.array([is_bad(chr(code)) for code in distinct], np.bool_)
    return space[places], (bad & ~space)[places]


def _pieces(glyphs: Glyphs, gap: Flags, number: int) -> list[tuple[str, Box]]:
    """Joins neighbouring glyphs to words; leaders, spaces and bad characters stand between words."""
    gap = gap.copy()
    for leader in _LEADERS.finditer(glyphs.text):
        gap[slice(*leader.span())] = True
    kept = np.flatnonzero(~gap & np.isfinite(glyphs.boxes).all(axis=1))
    if not kept.size:
        return []
    boxes = glyphs.boxes[kept]
    after_gap = np.diff(np.cumsum(gap)[kept]) > 0
    starts = np.concatenate(([0], np.flatnonzero(after_gap | _breaks(boxes[:-1], boxes[1:])) + 1))
    x0, y0 = (np.minimum.reduceat(boxes[:, axis], starts) for axis in (0, 1))
    x1, y1 = (np.maximum.reduceat(boxes[:, axis], starts) for axis in (2, 3))
    on_page = (x1 > 0) & (y1 > 0) & (x0 < 1) & (y0 < 1)
    places = np.clip(np.stack((x0, y0, x1, y1), axis=1), 0.0, 1.0).tolist()
    letters = [glyphs.text[index] for index in kept]
    ends = [*starts[1:].tolist(), len(letters)]
    return [
        ("".join(letters[start:end]), Box(number, *place))
        for start, end, place, shown in zip(starts.tolist(), ends, places, on_page.tolist(), strict=True)
        if shown
    ]


def _breaks(before: Numbers, after: Numbers) -> Flags:
    """Whether a gap or a jump separates two glyphs that no space separates."""
    height = np.maximum(np.maximum(before[:, 3] - before[:, 1], after[:, 3] - after[:, 1]), _MIN_HEIGHT)
    gap = after[:, 0] - before[:, 2]
    shared = np.minimum(before[:, 3], after[:, 3]) - np.maximum(before[:, 1], after[:, 1])
    broken: Flags = (shared < -0.5 * height) | (gap > 1.5 * height) | (gap < -3 * height)
    return broken


def _once(pieces: Iterable[tuple[str, Box]]) -> list[tuple[str, Box]]:
    """Words without those that are printed again over themselves."""
    seen: dict[tuple[str, int], list[Box]] = defaultdict(list)
    once = []
    for text, box in pieces:
        column = int(box.x0 * _COLUMNS)
        near = _OVERPRINT * (box.y1 - box.y0)
        others = [other for beside in (column - 1, column, column + 1) for other in seen.get((text, beside), ())]
        if not any(abs(box.x0 - other.x0) < near and abs(box.y0 - other.y0) < near for other in others):
            seen[text, column].append(box)
            once.append((text, box))
    return once


def in_lines(pieces: Sequence[tuple[str, Box]]) -> list[Word]:
    """Orders words in lines, as they are read (see `pipeline.reading_order`).

    Words share a line when their middles are less than half a height apart and no gap of more than three heights
    lies between them; so columns of a page are lines of their own. Words that follow each other in the file and on the
    page belong together, whatever stands beside them.
    """
    runs: list[list[Word]] = []
    before: Box | None = None
    for text, box in pieces:
        if before is None or not _goes_on(before, box):
            runs.append([])
        runs[-1].append(Word(text, box, 1.0, 0))
        before = box
    return in_rows(runs, 0.0)


def _goes_on(before: Box, box: Box) -> bool:
    height = max(before.y1 - before.y0, box.y1 - box.y0)
    return -height < box.x0 - before.x1 <= _COLUMN_GAP * height and _same_row(before, box)


def _same_row(a: Box, b: Box) -> bool:
    height = max(min(a.y1 - a.y0, b.y1 - b.y0), _MIN_HEIGHT)
    if max(a.y1 - a.y0, b.y1 - b.y0) > 3 * height:  # text turned by 90 degrees, at the edge of a form
        return False
    return abs((a.y0 + a.y1) - (b.y0 + b.y1)) / 2 < 0.5 * height
