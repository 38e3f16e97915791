"""Pictures on a page that has a text layer: those that may hold text of their own are read by OCR."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.ocr.rows import in_rows
from pipeline.reading.options import ReadingOptions
from pipeline.reading.picture import read_picture
from pipeline.render import Gray
from pipeline.types import Box, Word

_LEAST_AREA = 0.02
_LEAST_WIDTH = 0.05
_LEAST_HEIGHT = 0.015
_LARGE_AREA = 0.15
_MARGIN = 0.003
_LETTER_PT = (2.5, 40.0)
_MANY_LETTERS = 12
_OF_WORDS = 0.1
_PAPER_SHARE = 0.5
_PAPER_SHADES = 16
_DARKER = 25
_SAME_INK = 0.5


def unread_regions(pictures: Sequence[Box], words: Sequence[Word], sight: Gray) -> list[Box]:
    """The pictures that may hold text which is not in the text layer.

    What the layer's words cover is blanked. What is left must show at least a dozen marks of a letter's size (and one
    for every ten words above), and a smaller picture must be mostly of one shade, as paper is: photographs and logos
    are not read.

    Args:
        pictures: areas of the page that pictures cover.
        words: of the text layer.
        sight: the page's picture, from 72 dpi.
    """
    regions = [box for box in pictures if large_enough(box)]
    if not regions:
        return []
    blanked = _blanked(sight, words)
    return [box for box in regions if _may_hold_text(_cut(blanked, box), box, words)]


def read_regions(
    regions: Sequence[Box], words: Sequence[Word], picture: Gray, number: int, options: ReadingOptions
) -> list[Word]:
    """Reads regions of a page by OCR; words of the text layer stand above what OCR makes of them.

    Args:
        regions: as `unread_regions` gave.
        words: of the text layer.
        picture: the page, at the resolution for OCR.
        number: its number.
        options: how to read.

    Raises:
        EngineMissing: there is no engine.
    """
    added: list[list[Word]] = []
    for region in regions:
        area = _grown(region)
        seen = read_picture(np.ascontiguousarray(_cut(picture, area)), number, options)
        placed = [_placed(word, area, seen.turn) for word in seen.words]
        added += in_pieces([word for word in placed if not any(_covers(other.box, word.box) for other in words)])
    return in_rows([*in_pieces(words), *added], 0.0) if added else list(words)


def in_pieces(words: Sequence[Word]) -> list[list[Word]]:
    """The words of each line, as `ocr.rows` wants them."""
    lines: dict[int, list[Word]] = defaultdict(list)
    for word in words:
        lines[word.line].append(word)
    return list(lines.values())


def large_enough(box: Box) -> bool:
    """Whether a picture is large enough to be worth reading."""
    width, height = box.x1 - box.x0, box.y1 - box.y0
    return width * height >= _LEAST_AREA and width >= _LEAST_WIDTH and height >= _LEAST_HEIGHT


def _blanked(sight: Gray, words: Sequence[Word]) -> Gray:
    """The picture with each word's box filled by the shade above and below it."""
    blanked = sight.copy()
    height, width = sight.shape
    for word in words:
        x0, y0 = max(0, int(word.box.x0 * width) - 1), max(0, int(word.box.y0 * height) - 1)
        patch = blanked[y0 : int(word.box.y1 * height) + 2, x0 : int(word.box.x1 * width) + 2]
        if patch.size:
            patch[:] = np.median(np.concatenate((patch[0], patch[-1])))
    return blanked


def _may_hold_text(patch: Gray, box: Box, words: Sequence[Word]) -> bool:
    shade = int(np.bincount(patch.ravel(), minlength=256).argmax())
    differs = np.abs(patch.astype(np.int16) - shade)
    large = (box.x1 - box.x0) * (box.y1 - box.y0) >= _LARGE_AREA
    if not large and float((differs < _PAPER_SHADES).mean()) < _PAPER_SHARE:
        return False
    above = sum(_covers(box, word.box) for word in words)
    return _letters(differs) >= max(_MANY_LETTERS, _OF_WORDS * above)


def _letters(differs: np.ndarray[tuple[int, ...], np.dtype[np.int16]]) -> int:
    """How many patches of ink have a letter's or a short word's size, at 72 dpi."""
    stats = cv2.connectedComponentsWithStats((differs > _DARKER).astype(np.uint8))[2][1:]
    heights, widths = stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_WIDTH]
    least, most = _LETTER_PT
    fits = (heights >= least) & (heights <= most) & (widths >= 1) & (widths <= 12 * heights)
    return int(fits.sum())


def _cut(picture: Gray, box: Box) -> Gray:
    height, width = picture.shape
    x0, y0 = int(box.x0 * width), int(box.y0 * height)
    return picture[y0 : max(y0 + 1, round(box.y1 * height)), x0 : max(x0 + 1, round(box.x1 * width))]


def _grown(box: Box) -> Box:
    return Box(
        box.page,
        max(0.0, box.x0 - _MARGIN),
        max(0.0, box.y0 - _MARGIN),
        min(1.0, box.x1 + _MARGIN),
        min(1.0, box.y1 + _MARGIN),
    )


def _placed(word: Word, area: Box, turn: int) -> Word:
    """A word of a region, which was turned clockwise before it was read, with its place on the page."""
    b = word.box
    x0, y0, x1, y1 = {
        0: (b.x0, b.y0, b.x1, b.y1),
        90: (b.y0, 1 - b.x1, b.y1, 1 - b.x0),
        180: (1 - b.x1, 1 - b.y1, 1 - b.x0, 1 - b.y0),
        270: (1 - b.y1, b.x0, 1 - b.y0, b.x1),
    }[turn]
    width, height = area.x1 - area.x0, area.y1 - area.y0
    box = Box(b.page, area.x0 + x0 * width, area.y0 + y0 * height, area.x0 + x1 * width, area.y0 + y1 * height)
    return Word(word.text, box, word.confidence, word.line)


def _covers(box: Box, other: Box) -> bool:
    """Whether a box covers half of another."""
    width = min(box.x1, other.x1) - max(box.x0, other.x0)
    height = min(box.y1, other.y1) - max(box.y0, other.y0)
    area = (other.x1 - other.x0) * (other.y1 - other.y0)
    return width > 0 and height > 0 and width * height >= _SAME_INK * area
