"""Check boxes on a page's picture, and whether they are checked."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.render import Gray
from pipeline.types import Box, Mark

_SIDE_OF_WIDTH = (0.007, 0.025)
"""A check box's side, as a share of the page's width: 1.5 to 5.4 mm on a letter page."""
_SQUARE = (0.75, 1.33)
_CHECKED_FILL = 0.12
_FRAME_SHARE = 0.22


def find_marks(picture: Gray, page: int) -> list[Mark]:
    """Finds square frames of a check box's size, by contours, and measures the ink inside each.

    Args:
        picture: the page, any resolution from about 100 dpi.
        page: its number, for the boxes.
    """
    height, width = picture.shape
    ink = np.asarray(cv2.threshold(picture, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)[1], dtype=np.uint8)
    contours, _ = cv2.findContours(ink, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    least, most = _SIDE_OF_WIDTH[0] * width, _SIDE_OF_WIDTH[1] * width
    marks: list[Mark] = []
    for contour in contours:
        x, y, w, h = cv2.boundingRect(contour)
        if not (least <= w <= most and least <= h <= most and _SQUARE[0] <= w / h <= _SQUARE[1]):
            continue
        if not _is_frame(ink[y : y + h, x : x + w]):
            continue
        box = Box(page, x / width, y / height, (x + w) / width, (y + h) / height)
        if any(box.overlaps(other.box) for other in marks):
            continue
        fill = _fill(ink[y : y + h, x : x + w])
        marks.append(Mark(box, fill, fill >= _CHECKED_FILL))
    return sorted(marks, key=lambda m: (m.box.y0, m.box.x0))


def _is_frame(patch: Gray) -> bool:
    """Whether all four sides carry a drawn line."""
    band = max(1, round(min(patch.shape) * 0.15))
    sides = (patch[:band].max(axis=0), patch[-band:].max(axis=0), patch[:, :band].max(axis=1), patch[:, -band:].max(1))
    return all(float(np.mean(side > 0)) > 0.85 for side in sides)


def _fill(patch: Gray) -> float:
    inset_y, inset_x = (max(2, round(side * _FRAME_SHARE)) for side in patch.shape)
    inside = patch[inset_y:-inset_y, inset_x:-inset_x]
    return float(np.mean(inside > 0)) if inside.size else 0.0
