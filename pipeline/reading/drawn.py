"""What else is drawn on a PDF page: its pictures, and whether something may be a check box."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from ctypes import byref, c_float, c_void_p, cast
from dataclasses import dataclass
from itertools import islice
from typing import Any

import cv2
import numpy as np
import pypdfium2.raw as pdfium_c

from pipeline.reading.glyphs import Flags, Numbers, Placement
from pipeline.types import Box

_MOST_OBJECTS = 20_000
_MOST_LEVELS = 4
_GRID = 200
"""Pictures are joined on a grid this fine: scanners cut pages into strips."""
_BROAD = 0.5
_CHECK_BOX_PT = (3.5, 17.0)
_SQUARE = 1.43
_LINE_PT = 2.0
_MANY_SEGMENTS = 8
_SAMPLE = 60
_INKLESS_MODES = (pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn on a page besides its text.

    Attributes:
        pictures: areas covered by pictures, those that touch made one.
        covered: share of the page that they cover, 0..1.
        check_boxes: places of lines and squares that may be check boxes.
        under: addresses of the text objects that were drawn before the last broad picture.
        invisible: whether some text is drawn without ink.
    """

    pictures: tuple[Box, ...]
    covered: float
    check_boxes: tuple[Box, ...]
    under: frozenset[int]
    invisible: bool = False


def what_is_drawn(page: Any, number: int) -> Drawn:
    """Looks through the objects of a pypdfium2 page, those in its forms included; at most 20,000 of them."""
    texts: list[Any] = []
    invisible = False
    pictures: list[Numbers] = []
    texts_before: list[int] = []
    squares: list[Numbers] = []
    for item, kind, matrix in islice(_objects(page), _MOST_OBJECTS):
        if kind == pdfium_c.FPDF_PAGEOBJ_TEXT:
            texts.append(item)
            invisible = invisible or _is_invisible(item)
        elif kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            pictures.append(_bounds(item, matrix))
            texts_before.append(len(texts))
        elif kind == pdfium_c.FPDF_PAGEOBJ_PATH:
            bounds = _bounds(item, matrix)
            if _may_be_check_box(item, bounds):
                squares.append(bounds)
    placement = Placement(page)
    check_boxes = _boxes(placement, squares, number)
    if not pictures:
        return Drawn((), 0.0, check_boxes, frozenset(), invisible)
    places = np.clip(placement.boxes(np.array(pictures)), 0.0, 1.0)
    broad = places[:, 2] - places[:, 0] >= _BROAD
    last = max((count for count, is_broad in zip(texts_before, broad, strict=True) if is_broad), default=0)
    areas, covered = _joined(places, number)
    return Drawn(areas, covered, check_boxes, frozenset(_address(item) for item in texts[:last]), invisible)


def shown_share(page: Any, drawn: Drawn) -> float:
    """The share of a page's characters, by a sample, that leave ink of their own, above its broad pictures; 0..1."""
    textpage = page.get_textpage()
    try:
        count = textpage.count_chars()
        shown = []
        for index in range(0, count, max(1, count // _SAMPLE)):
            item = pdfium_c.FPDFText_GetTextObject(textpage, index)
            if item:
                inkless = pdfium_c.FPDFTextObj_GetTextRenderMode(item) in _INKLESS_MODES
                shown.append(not inkless and _address(item) not in drawn.under)
    finally:
        textpage.close()
    return sum(shown) / len(shown) if shown else 0.0


def invisible_characters(page: Any) -> Flags:
    """Which characters of a page's text layer are drawn without ink: whatever shows in their boxes is not theirs."""
    textpage = page.get_textpage()
    try:
        items = (pdfium_c.FPDFText_GetTextObject(textpage, index) for index in range(max(textpage.count_chars(), 0)))
        return np.array([bool(item) and _is_invisible(item) for item in items], np.bool_)
    finally:
        textpage.close()


def _is_invisible(item: Any) -> bool:
    return bool(pdfium_c.FPDFTextObj_GetTextRenderMode(item) == pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE)


def _address(item: Any) -> int:
    return cast(item, c_void_p).value or 0


def _objects(page: Any) -> Iterator[tuple[Any, int, Numbers]]:
    """Every object with its kind and the matrix from its coordinates to the page's."""
    count = pdfium_c.FPDFPage_CountObjects(page)
    return _walk(count, lambda index: pdfium_c.FPDFPage_GetObject(page, index), np.eye(3), _MOST_LEVELS)


def _walk(count: int, get: Callable[[int], Any], matrix: Numbers, levels: int) -> Iterator[tuple[Any, int, Numbers]]:
    for index in range(count):
        item = get(index)
        kind = pdfium_c.FPDFPageObj_GetType(item)
        if kind != pdfium_c.FPDF_PAGEOBJ_FORM:
            yield item, kind, matrix
        elif levels > 1:
            yield from _in_form(item, matrix, levels - 1)


def _in_form(form: Any, matrix: Numbers, levels: int) -> Iterator[tuple[Any, int, Numbers]]:
    count = pdfium_c.FPDFFormObj_CountObjects(form)
    return _walk(count, lambda index: pdfium_c.FPDFFormObj_GetObject(form, index), _matrix(form) @ matrix, levels)


def _matrix(item: Any) -> Numbers:
    m = pdfium_c.FS_MATRIX()
    pdfium_c.FPDFPageObj_GetMatrix(item, m)
    return np.array(((m.a, m.b, 0.0), (m.c, m.d, 0.0), (m.e, m.f, 1.0)))


def _bounds(item: Any, matrix: Numbers) -> Numbers:
    """An object's bounds on the page, in points: left, bottom, right, top."""
    left, bottom, right, top = c_float(), c_float(), c_float(), c_float()
    pdfium_c.FPDFPageObj_GetBounds(item, byref(left), byref(bottom), byref(right), byref(top))
    x0, y0, x1, y1 = left.value, bottom.value, right.value, top.value
    corners = np.array(((x0, y0, 1.0), (x0, y1, 1.0), (x1, y0, 1.0), (x1, y1, 1.0))) @ matrix
    return np.concatenate((corners[:, :2].min(axis=0), corners[:, :2].max(axis=0)))


def _boxes(placement: Placement, rectangles: Sequence[Numbers], number: int) -> tuple[Box, ...]:
    places = np.clip(placement.boxes(np.array(rectangles).reshape(-1, 4)), 0.0, 1.0)
    return tuple(Box(number, *place) for place in places.tolist())


def _may_be_check_box(path: Any, bounds: Numbers) -> bool:
    """Whether a path is a square of a check box's size, a side of one, or holds so much that one may be in it."""
    x0, y0, x1, y1 = bounds.tolist()
    longer, shorter = max(x1 - x0, y1 - y0), min(x1 - x0, y1 - y0)
    least, most = _CHECK_BOX_PT
    if longer <= most:
        return bool(longer >= least and (shorter * _SQUARE >= longer or shorter <= _LINE_PT))
    return bool(shorter >= least and pdfium_c.FPDFPath_CountSegments(path) >= _MANY_SEGMENTS)


def _joined(places: Numbers, number: int) -> tuple[tuple[Box, ...], float]:
    """The areas that rectangles cover together, as boxes, and their share of the page."""
    grid = np.zeros((_GRID, _GRID), np.uint8)
    for x0, y0, x1, y1 in np.round(places * _GRID).astype(int):
        grid[y0 : y1 + 1, x0 : x1 + 1] = 1
    areas: Sequence[Sequence[int]] = cv2.connectedComponentsWithStats(grid)[2][1:].tolist()
    boxes = [Box(number, x / _GRID, y / _GRID, (x + w) / _GRID, (y + h) / _GRID) for x, y, w, h, _ in areas]
    return tuple(boxes), float(grid.mean())
