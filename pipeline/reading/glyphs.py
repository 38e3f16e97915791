"""The characters of a PDF page's text layer, with their boxes, in one pass.

A page has thousands of characters, and Python's own work for each was most of a page's cost. So PDFium writes the boxes
into one array, by calls as bare as ctypes allows, and numpy does the rest for all characters at once.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as pdfium_c

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
REPLACEMENT = "\ufffd"

_HYPHENS = frozenset("\x02\ufffe")
"""PDFium's own signs for a hyphen that divides a word at the end of a line."""
_DEVICE = 1_000_000
_BOX_BYTES = ctypes.sizeof(pdfium_c.FS_RECTF)
_loose_box = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(
    ctypes.cast(pdfium_c.FPDFText_GetLooseCharBox, ctypes.c_void_p).value or 0
)
_unicode = ctypes.CFUNCTYPE(ctypes.c_uint, ctypes.c_void_p, ctypes.c_int)(
    ctypes.cast(pdfium_c.FPDFText_GetUnicode, ctypes.c_void_p).value or 0
)


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The characters of a page, in the order in which the file draws them.

    Attributes:
        text: one character each; the replacement character where there is none.
        boxes: N x 4: x0, y0, x1, y1 in fractions of the displayed page. They are the loose ones, as high as the font:
            the ink of a hyphen or a dot is too low to tell its line. Whitespace has an empty box.
    """

    text: str
    boxes: Numbers


def read_glyphs(page: Any) -> Glyphs:
    """Every character of a pypdfium2 page."""
    textpage = page.get_textpage()
    try:
        count = max(textpage.count_chars(), 0)
        handle = ctypes.cast(textpage.raw, ctypes.c_void_p).value
        found = np.zeros((count, 4), np.float32)
        start = found.ctypes.data
        for index in range(count):
            _loose_box(handle, index, start + index * _BOX_BYTES)
        text = _text(textpage, handle, count)
    finally:
        textpage.close()
    return Glyphs(text, Placement(page).boxes(found[:, (0, 3, 2, 1)].astype(np.float64)))


def _text(textpage: Any, handle: int | None, count: int) -> str:
    """The characters, all at once where PDFium's text has one for each, which is nearly always so."""
    buffer = ctypes.create_string_buffer(2 * (count + 1))
    written = pdfium_c.FPDFText_GetText(textpage, 0, count, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))) - 1
    text = buffer.raw[: 2 * max(written, 0)].decode("utf-16-le", "replace")
    last = pdfium_c.FPDFText_GetTextIndexFromCharIndex(textpage, count - 1)
    if len(text) != count or last != count - 1:
        text = "".join([_character(_unicode(handle, index)) for index in range(count)])
    if _HYPHENS.isdisjoint(text):
        return text
    characters = list(text)
    for index in [index for index, character in enumerate(text) if character in _HYPHENS]:
        characters[index] = "-" if pdfium_c.FPDFText_IsHyphen(textpage, index) == 1 else REPLACEMENT
    return "".join(characters)


def _character(code: int) -> str:
    return chr(code) if 0 < code < 0xD800 or 0xDFFF < code < 0x110000 else REPLACEMENT


class Placement:
    """From PDF user space to fractions of the displayed page: an affine map, read off three points."""

    def __init__(self, page: Any) -> None:
        origin = self._device(page, 0, 0)
        # A long base keeps the whole-pixel answers of PDFium precise.
        base = 1000.0
        right, up = self._device(page, base, 0), self._device(page, 0, base)
        self._origin = origin
        self._map = np.stack(((right - origin) / base, (up - origin) / base))

    @staticmethod
    def _device(page: Any, x: float, y: float) -> Numbers:
        device_x, device_y = ctypes.c_int(), ctypes.c_int()
        pdfium_c.FPDF_PageToDevice(page, 0, 0, _DEVICE, _DEVICE, 0, x, y, device_x, device_y)
        return np.array((device_x.value, device_y.value)) / _DEVICE

    def boxes(self, rectangles: Numbers) -> Numbers:
        """N x 4 rectangles (left, bottom, right, top, in points) as N x 4 fractions (x0, y0, x1, y1)."""
        ends = rectangles.reshape(-1, 2) @ self._map + self._origin
        one, other = ends[0::2], ends[1::2]
        return np.concatenate((np.minimum(one, other), np.maximum(one, other)), axis=1)
