"""A page as a picture for people's eyes."""

from __future__ import annotations

import io

from pipeline.kinds import FileKind
from pipeline.render import open_document

_QUALITY = 82


def page_jpeg(data: bytes, kind: FileKind, number: int, turn: int, width_px: int) -> bytes:
    """Draws a page upright, as JPEG without the file's metadata.

    It runs in a confined child, so it stands where importing it costs nothing: beside the readers.

    Args:
        data: the file.
        kind: as `intake.inspect` said.
        number: which page, from 1.
        turn: how many degrees clockwise it is turned to stand upright.
        width_px: how wide the picture is, if the file has so many pixels.

    Raises:
        Corrupt: the page can't be drawn.
    """
    with open_document(data, kind) as document:
        if turn in (90, 270):
            width_pt, height_pt = document.size_pt(number)
            width_px = round(width_px * width_pt / height_pt)
        picture = document.color(number, width_px).rotate(-turn, expand=True)
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=_QUALITY)
        return out.getvalue()
