"""Finds lines of text on a picture with the second reader's detector.

The detector marks each pixel that belongs to the *core* of a line; the line is its core grown back by a distance in
proportion to area / perimeter. Method and constants: Liao et al., "Real-time Scene Text Detection with Differentiable
Binarization" (AAAI 2020), as PP-OCR uses it.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.ocr.models import Floats, detector
from pipeline.render import Gray

Quad = npt.NDArray[np.float32]
"""Four corners of a line, x and y in pixels of the picture: top left, top right, bottom right, bottom left."""

_MULTIPLE = 128
"""Sides are padded to multiples of this: each new size costs the compiler 50 ms."""
_INK = 0.3
_SURE = 0.5
_GROW = 1.6
_LEAST_SIDE = 3.0
_MOST_LINES = 1000


def find_lines(picture: Gray, short_side: int = 736, long_side: int = 1600) -> list[Quad]:
    """Finds the lines of text.

    Args:
        picture: any size.
        short_side: what the picture's shorter side is scaled to before it is looked at, in pixels; smaller is quicker.
        long_side: what its longer side may have at most.
    """
    height, width = picture.shape
    scale = min(short_side / min(height, width), long_side / max(height, width))
    small = cv2.resize(
        picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    )
    h, w = small.shape
    padded = np.zeros((1, 3, -(-h // _MULTIPLE) * _MULTIPLE, -(-w // _MULTIPLE) * _MULTIPLE), np.float32)
    padded[0, :, :h, :w] = small.astype(np.float32) / 127.5 - 1.0
    likely = detector()(padded)[0, 0, :h, :w]
    to_picture = np.array((width / w, height / h), np.float32)
    return [np.asarray(_grown(core) * to_picture, np.float32) for core in _cores(likely)]


def _cores(likely: Floats) -> list[Quad]:
    """The rotated rectangles around connected pixels that are likely enough to be text."""
    ink = cv2.dilate((likely > _INK).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(ink, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    cores = []
    for contour in contours[:_MOST_LINES]:
        quad = _upright(np.asarray(cv2.boxPoints(cv2.minAreaRect(contour)), np.float32))
        if min(_sides(quad)) >= _LEAST_SIDE and _mean_inside(likely, quad) >= _SURE:
            cores.append(quad)
    return cores


def _upright(corners: npt.NDArray[np.float32]) -> Quad:
    """Orders the corners of a rectangle: top left first, then clockwise; the line runs along its top."""
    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    left, right = by_x[:2], by_x[2:]
    top_left, bottom_left = left[np.argsort(left[:, 1])]
    top_right, bottom_right = right[np.argsort(right[:, 1])]
    return np.array([top_left, top_right, bottom_right, bottom_left], np.float32)


def _sides(quad: Quad) -> tuple[float, float]:
    """Width and height."""
    return float(np.linalg.norm(quad[1] - quad[0])), float(np.linalg.norm(quad[3] - quad[0]))


def _mean_inside(likely: Floats, quad: Quad) -> float:
    x, y, w, h = cv2.boundingRect(np.round(quad).astype(np.int32))
    x, y = max(x, 0), max(y, 0)
    window = np.ascontiguousarray(likely[y : y + h, x : x + w])
    if window.size == 0:
        return 0.0
    mask = np.zeros(window.shape, np.uint8)
    cv2.fillPoly(mask, [np.round(quad - np.array((x, y))).astype(np.int32)], (1,))
    return float(cv2.mean(window, mask)[0])


def _grown(core: Quad) -> Quad:
    width, height = _sides(core)
    by = width * height * _GROW / max(2 * (width + height), 1e-6)
    along = (core[1] - core[0]) / max(width, 1e-6) * by
    down = (core[3] - core[0]) / max(height, 1e-6) * by
    return core + np.stack([-along - down, along - down, along + down, -along + down]).astype(np.float32)
