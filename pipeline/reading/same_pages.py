"""Pages of a document that are exactly the same as an earlier one: they are read once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial

import pypdfium2.raw as pdfium_c

from pipeline.errors import Corrupt
from pipeline.kinds import FileKind
from pipeline.render import Document, ImageDocument, PdfDocument, open_document
from pipeline.types import Page

_READING_DPI = 300.0
_FEW_OBJECTS = 200
"""Scans have a handful; to look through thousands of lines for a picture would cost more than it tells."""
_STRIP_LENGTHS, _TILE_LENGTHS = 279, 325
"""Tags of TIFF 6.0: StripByteCounts, TileByteCounts."""


def same_pages(data: bytes, kind: FileKind, dpi: float = _READING_DPI) -> dict[int, int]:
    """Finds pages that are the same as an earlier one, as page number -> the first page like it.

    Raises:
        Rejected: the file can't be opened.
    """
    with open_document(data, kind) as document:
        return same_pages_of(document, dpi)


def same_pages_of(document: Document, dpi: float = _READING_DPI) -> dict[int, int]:
    """Finds the pages of an open document that are the same as an earlier one.

    Each test is dearer than the one before, and sees only the pages that the one before could not tell apart: what
    the page is made of (its size, its objects, the lengths of its stored pictures), the text of its text layer, the
    picture that OCR would see, pixel by pixel, and where each character of the text layer stands. Pages that differ
    in one digit differ in that picture.

    Args:
        document: an open document.
        dpi: resolution at which pages are read.
    """
    picture = partial(_picture, document, dpi)
    tests: tuple[Callable[[int], Hashable], ...] = (picture,)
    if isinstance(document, PdfDocument):
        tests = (partial(_parts, document), partial(_text, document), picture, partial(_places, document))
    elif isinstance(document, ImageDocument):
        tests = (partial(_frame, document), picture)
    groups: list[Sequence[int]] = [range(1, document.page_count + 1)]
    for test in tests:
        groups = [alike for group in groups if len(group) > 1 for alike in _told_apart(group, test)]
    return {number: group[0] for group in groups for number in group[1:]}


def copy_of(page: Page, number: int) -> Page:
    """The same words on a page of another number."""
    return Page.from_json({**page.to_json(), "number": number, "why": f"The same as page {page.number}."})


def _told_apart(group: Iterable[int], test: Callable[[int], Hashable]) -> list[list[int]]:
    """The pages of a group by what the test says of them; a page that can't be opened is like no other."""
    by_answer: dict[Hashable, list[int]] = {}
    for number in group:
        try:
            by_answer.setdefault(test(number), []).append(number)
        except Corrupt:
            continue
    return list(by_answer.values())


def _parts(document: PdfDocument, number: int) -> Hashable:
    page = document.page(number)
    count = pdfium_c.FPDFPage_CountObjects(page.raw)
    pictures = page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE]) if count <= _FEW_OBJECTS else ()
    lengths = tuple(pdfium_c.FPDFImageObj_GetImageDataRaw(picture.raw, None, 0) for picture in pictures)
    return page.get_size(), page.get_rotation(), count, lengths


def _frame(document: ImageDocument, number: int) -> Hashable:
    size = document.size_pt(number)  # goes to the frame
    tags = getattr(document.image, "tag_v2", {})
    return size, document.image.size, document.image.mode, tags.get(_STRIP_LENGTHS), tags.get(_TILE_LENGTHS)


def _text(document: PdfDocument, number: int) -> Hashable:
    text: str = document.page(number).get_textpage().get_text_range()
    return text


def _places(document: PdfDocument, number: int) -> Hashable:
    """Where each character of the text layer stands: the layer under a scan is not seen on the picture."""
    text_page = document.page(number).get_textpage()
    return tuple(text_page.get_charbox(index) for index in range(text_page.count_chars()))


def _picture(document: Document, dpi: float, number: int) -> Hashable:
    picture = document.gray(number, dpi)
    return document.size_pt(number), picture.shape, hashlib.sha256(picture.data).digest()
