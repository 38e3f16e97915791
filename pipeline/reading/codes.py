"""Bar codes on a page's picture: PDF417 (the backs of driving licences), QR and the like, linear ones."""

from __future__ import annotations

import numpy as np
import zxingcpp

from pipeline.render import Gray
from pipeline.types import Box, Code

_FORMATS = [
    zxingcpp.BarcodeFormat.PDF417,
    zxingcpp.BarcodeFormat.QRCode,
    zxingcpp.BarcodeFormat.DataMatrix,
    zxingcpp.BarcodeFormat.Aztec,
    zxingcpp.BarcodeFormat.Code128,
    zxingcpp.BarcodeFormat.Code39,
    zxingcpp.BarcodeFormat.ITF,
    zxingcpp.BarcodeFormat.EAN13,
]
_MOST_CODES = 20
_MOST_TEXT = 4000
_LEAST_SIDE_PX = 30


def find_codes(picture: Gray, page: int) -> tuple[Code, ...]:
    """Reads the bar codes of a page, whichever way up. About 20 ms for a page at 300 dpi.

    What a code says is a stranger's text: it is kept as text, never opened, followed or run.

    Args:
        picture: the page.
        page: its number, for the boxes.
    """
    if min(picture.shape) < _LEAST_SIDE_PX:
        return ()
    found = zxingcpp.read_barcodes(
        np.ascontiguousarray(picture),
        formats=zxingcpp.BarcodeFormats(_FORMATS),
        try_invert=False,
        try_downscale=False,
        text_mode=zxingcpp.TextMode.Plain,
    )
    return tuple(
        Code(str(code.format), _storable(code.text), _box(code.position, picture.shape, page))
        for code in found[:_MOST_CODES]
    )


def _box(place: zxingcpp.Position, shape: tuple[int, ...], page: int) -> Box:
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    x = [min(max(corner.x / shape[1], 0.0), 1.0) for corner in corners]
    y = [min(max(corner.y / shape[0], 0.0), 1.0) for corner in corners]
    return Box(page, min(x), min(y), max(x), max(y))


def _storable(text: str) -> str:
    """Without NUL and lone surrogates, which JSON and Postgres don't take."""
    clean = text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return clean[:_MOST_TEXT]
