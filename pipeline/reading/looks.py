"""Getting more out of an engine that wants its pictures made ready (Tesseract): larger, evenly lit, looked at again."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.ocr import OcrEngine
from pipeline.render import Gray
from pipeline.types import Word

_SMALL_WIDTH_PX = 1300
_FEW_WORDS = 30
"""With fewer, the page is looked at again with its background evened, then for text that stands in no block."""


def read_patiently(engine: OcrEngine, picture: Gray, number: int) -> list[Word]:
    """Reads a picture, enlarged where it is small; looks again where little was found."""
    picture = _enlarged(picture)
    words = engine.read(picture, number)
    for sparse in (False, True):
        if _readable(words) < _FEW_WORDS:
            words = max(words, engine.read(evened(picture), number, sparse), key=_readable)
    return words


def _readable(words: list[Word]) -> int:
    """How many words were read with some confidence."""
    return sum(word.confidence > 0.5 for word in words)


def evened(picture: Gray) -> Gray:
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
