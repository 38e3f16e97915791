"""Reading a page's picture: made ready for OCR, read, and its boxes given on the page as it is displayed."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.ocr import find_engine
from pipeline.reading.marks import find_marks
from pipeline.reading.options import ReadingOptions
from pipeline.render import Gray
from pipeline.types import Mark, Word

_SMALL_WIDTH_PX = 1300
_FEW_WORDS = 30
"""With fewer, the page is looked at again with its background evened, then for text that stands in no block."""


@dataclass(frozen=True, slots=True)
class PictureReading:
    """What was seen on a picture.

    Attributes:
        words: in reading order.
        marks: check boxes.
    """

    words: tuple[Word, ...]
    marks: tuple[Mark, ...]


def read_picture(picture: Gray, number: int, options: ReadingOptions) -> PictureReading:
    """Reads a page's picture by OCR.

    Args:
        picture: the displayed page.
        number: the page's number, for the boxes.
        options: how.

    Raises:
        EngineMissing: there is no engine.
    """
    picture = _enlarged(picture)
    engine = find_engine(options.engine, options.language)
    words = engine.read(picture, number)
    for sparse in (False, True):
        if _readable(words) < _FEW_WORDS:
            words = max(words, engine.read(_evened(picture), number, sparse), key=_readable)
    return PictureReading(tuple(words), tuple(find_marks(picture, number)))


def _readable(words: list[Word]) -> int:
    """How many words were read with some confidence."""
    return sum(word.confidence > 0.5 for word in words)


def _evened(picture: Gray) -> Gray:
    """The picture with its background made white: for faded slips, dark tables around them, coloured cards."""
    size = max(15, picture.shape[1] // 40) | 1
    background = cv2.GaussianBlur(cv2.dilate(picture, np.ones((size, size), np.uint8)), (0, 0), size / 2)
    flat = cv2.divide(picture, background, scale=255)
    return np.asarray(cv2.normalize(flat, np.empty_like(flat), 0, 255, cv2.NORM_MINMAX), dtype=np.uint8)


def _enlarged(picture: Gray) -> Gray:
    """Small pictures (IDs, receipts at 72 to 150 dpi) are doubled: Tesseract wants letters about 30 px high."""
    if picture.shape[1] >= _SMALL_WIDTH_PX:
        return picture
    return np.asarray(cv2.resize(picture, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
