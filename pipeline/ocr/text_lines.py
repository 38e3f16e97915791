"""Finds lines of text on a picture with the second reader's detector.

The detector marks each pixel that belongs to the *core* of a line; the line is its core grown back by a distance in
proportion to area / perimeter. Method and constants: Liao et al., "Real-time Scene Text Detection with Differentiable
Binarization" (AAAI 2020), as PP-OCR uses it.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.ocr.models import CANVAS, Floats, detector
from pipeline.render import Gray

Quad = npt.NDArray[np.float32]
"""Four corners of a line, x and y in pixels of the picture, clockwise from where its first letter's top left is."""

_OVERLAP = 96
"""Pixels that neighbouring canvases share: a line cut by one is whole on the other."""
_LARGE = 1300
_SHORT_SIDE = 736
_SHORT_SIDE_OF_SMALL = 608
_LEAST_SHORT_SIDE = 440
_LONG_SIDE = 1664
_INK = 0.3
_SURE = 0.5
_GROW = 1.45
_LEAST_SIDE = 3.0
_MOST_LINES = 1000
_UPWARDS_RATIO = 1.5


def find_lines(picture: Gray) -> list[Quad]:
    """Finds the lines of text; it looks at the picture scaled down (small print on a large page needs more pixels)."""
    height, width = picture.shape
    scale = _scale(height, width)
    smoothly = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=smoothly), np.uint8)
    to_picture = np.array((width / small.shape[1], height / small.shape[0]), np.float32)
    return [np.asarray(_grown(core) * to_picture, np.float32) for core in _cores(_likely_text(small))]


def _scale(height: int, width: int) -> float:
    """Pages are looked at as large as a canvas is wide, on several canvases if need be; small pictures as large as one
    canvas holds, unless that makes long ones too narrow.
    """
    short, long = min(height, width), max(height, width)
    if short >= _LARGE:
        return min(_SHORT_SIDE / short, _LONG_SIDE / long)
    whole = min(CANVAS[0] / height, CANVAS[1] / width, _SHORT_SIDE_OF_SMALL / short)
    return max(whole, min(_LEAST_SHORT_SIDE / short, 1.0))


def _likely_text(picture: Gray) -> Floats:
    """How likely each pixel is text: the detector's answer, put together from its canvases where they overlap."""
    likely = np.zeros(picture.shape, np.float32)
    for top in _starts(picture.shape[0], CANVAS[0]):
        for left in _starts(picture.shape[1], CANVAS[1]):
            part = picture[top : top + CANVAS[0], left : left + CANVAS[1]]
            height, width = part.shape
            canvas = np.zeros((1, 3, *CANVAS), np.float32)
            canvas[0, :, :height, :width] = part.astype(np.float32) / 127.5 - 1.0
            seen = likely[top : top + height, left : left + width]
            np.maximum(seen, detector()(canvas)[0, 0, :height, :width], out=seen)
    return likely


def _starts(length: int, canvas: int) -> list[int]:
    """Where canvases begin so that they cover a length, each overlapping the next."""
    count = 1 if length <= canvas else -(-(length - _OVERLAP) // (canvas - _OVERLAP))
    return [round(i * (length - canvas) / (count - 1)) for i in range(count)] if count > 1 else [0]


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
    """Orders the corners of a rectangle: top left first, then clockwise.

    What is much higher than wide is taken for text that runs upwards, and begins at the bottom left.
    """
    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    left, right = by_x[:2], by_x[2:]
    top_left, bottom_left = left[np.argsort(left[:, 1])]
    top_right, bottom_right = right[np.argsort(right[:, 1])]
    quad = np.array([top_left, top_right, bottom_right, bottom_left], np.float32)
    width, height = _sides(quad)
    return np.roll(quad, 1, axis=0) if height >= _UPWARDS_RATIO * width else quad


def runs_upwards(quad: Quad) -> bool:
    """Whether a line runs from the bottom to the top rather than from left to right."""
    along = quad[1] - quad[0]
    return bool(abs(along[1]) > abs(along[0]))


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
