"""A file's way through the door and the reading, for a child: in a module of its own, as each child imports it anew."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

from pipeline.intake import inspect
from pipeline.reading import ReadingOptions, read_pages
from pipeline.reading.picture import PictureReading
from pipeline.types import Page

_OPTIONS = ReadingOptions(second="off", profile="fast", dpi=50)


def read(data: bytes, ocr: bool) -> Iterator[Page]:
    """Gives the pages of a file that the door takes; without OCR, pictures are decoded and have no words."""
    intake = inspect(data)
    if ocr:
        yield from read_pages(data, intake.kind, _OPTIONS)
        return
    with patch("pipeline.reading.page.read_picture", return_value=PictureReading((), ())):
        yield from read_pages(data, intake.kind, _OPTIONS)
