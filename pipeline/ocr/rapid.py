"""The second reader: RapidOCR's models, three to five times fewer character errors than Tesseract on poor pictures."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.ocr.recognition import LineWord, cut_out, read_line
from pipeline.ocr.text_lines import Quad, find_lines
from pipeline.render import Gray
from pipeline.types import Box, Word

_LEAST_CONFIDENCE = 0.5


class RapidEngine:
    """Finds lines and reads each; its models stay loaded in this process, and in the processes forked from it."""

    name = "rapidocr"

    def read(self, picture: Gray, page: int, sparse: bool = False) -> list[Word]:
        """See `OcrEngine`; it finds text anywhere as it is."""
        return [word for quad in find_lines(picture) for word in self.read_quad(picture, quad, page)]

    def read_quad(self, picture: Gray, quad: Quad, page: int) -> list[Word]:
        """Reads one line; nothing when it is too unsure of it."""
        line = cut_out(picture, quad)
        words = [] if line is None else read_line(line)
        if not words or np.mean([word.confidence for word in words]) < _LEAST_CONFIDENCE:
            return []
        return [Word(word.text, _box(word, quad, picture, page), word.confidence, 0) for word in words]


def _box(word: LineWord, quad: Quad, picture: Gray, page: int) -> Box:
    """The upright box around a word's part of its line."""
    height, width = picture.shape
    corners = np.stack([_inside(quad, x, y) for x in (word.start, word.end) for y in (word.top, word.bottom)])
    x, y = np.clip(corners[:, 0] / width, 0, 1), np.clip(corners[:, 1] / height, 0, 1)
    return Box(page, float(x.min()), float(y.min()), float(x.max()), float(y.max()))


def _inside(quad: Quad, x: float, y: float) -> npt.NDArray[np.float32]:
    """The point at these shares of a line's length and height."""
    top = quad[0] + (quad[1] - quad[0]) * np.float32(x)
    bottom = quad[3] + (quad[2] - quad[3]) * np.float32(x)
    return np.asarray(top + (bottom - top) * np.float32(y))
