"""Reading a document: for each page its text layer where that is good, OCR where it is not."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.errors import Corrupt
from pipeline.kinds import FileKind
from pipeline.marks import find_marks
from pipeline.ocr import find_engine
from pipeline.render import Document, Gray, PdfDocument, open_document
from pipeline.textlayer import TextLayer, read_text_layer
from pipeline.types import Mark, Page, PageSource, Word

_BLANK_CONTRAST = 3.0
_SMALL_WIDTH_PX = 1300
_MARKS_DPI = 150.0
_FEW_WORDS = 30
"""With fewer, the page is looked at again with its background evened, then for text that stands in no block."""


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How to read.

    Attributes:
        engine: OCR engine, see `pipeline.ocr.find_engine`.
        language: Tesseract's name of the language.
        dpi: resolution at which PDF pages are rendered for OCR.
    """

    engine: str = "auto"
    language: str = "eng"
    dpi: float = 300.0


def read_pages(data: bytes, kind: FileKind, options: ReadingOptions, done: Collection[int] = ()) -> Iterator[Page]:
    """Reads a document page by page.

    Args:
        data: the file.
        kind: as `intake.inspect` said.
        options: how.
        done: page numbers that were read before and are left out.

    Raises:
        EngineMissing: a page needs OCR and there is no engine.
        Rejected: the file can't be opened.
    """
    with open_document(data, kind) as document:
        for number in range(1, document.page_count + 1):
            if number not in done:
                yield _read_page(document, number, options)


def _read_page(document: Document, number: int, options: ReadingOptions) -> Page:
    try:
        width_pt, height_pt = document.size_pt(number)
        layer = _text_layer(document, number)
        if layer.good:
            marks = tuple(find_marks(document.gray(number, _MARKS_DPI), number))
            return Page(number, width_pt, height_pt, PageSource.TEXT_LAYER, f"Read as text: {layer.why}.", layer.words,
                        marks)  # fmt: skip
        picture = document.gray(number, options.dpi)
    except Corrupt:
        if document.page_count == 1:
            raise
        return Page(number, 612, 792, PageSource.DAMAGED, "The page is damaged and can't be opened.", ())
    if float(picture.std()) < _BLANK_CONTRAST:
        return Page(number, width_pt, height_pt, PageSource.NONE, "The page is blank.", ())
    words, marks = _ocr(picture, number, options)
    return Page(number, width_pt, height_pt, PageSource.OCR, f"Read by OCR: {layer.why}.", words, marks)


def _text_layer(document: Document, number: int) -> TextLayer:
    if isinstance(document, PdfDocument):
        return read_text_layer(document.page(number), number)
    return TextLayer((), False, "it is a picture")


def _ocr(picture: Gray, number: int, options: ReadingOptions) -> tuple[tuple[Word, ...], tuple[Mark, ...]]:
    picture = _enlarged(picture)
    engine = find_engine(options.engine, options.language)
    words = engine.read(picture, number)
    for sparse in (False, True):
        if _readable(words) < _FEW_WORDS:
            words = max(words, engine.read(_evened(picture), number, sparse), key=_readable)
    return tuple(words), tuple(find_marks(picture, number))


def _readable(words: list[Word]) -> int:
    """How many words were read with some confidence."""
    return sum(word.confidence > 0.5 for word in words)


def _evened(picture: Gray) -> Gray:
    """The picture with its background made white: for faded slips, dark tables around them, coloured cards."""
    size = max(15, picture.shape[1] // 40) | 1
    background = cv2.GaussianBlur(cv2.dilate(picture, np.ones((size, size), np.uint8)), (0, 0), size / 2)
    flat = cv2.divide(picture, background, scale=255)
    return np.asarray(cv2.normalize(flat, np.empty_like(flat), 0, 255, cv2.NORM_MINMAX), dtype=np.uint8)


def _enlarged(picture: Gray) -> Gray:
    """Small pictures (IDs, receipts at 72 to 150 dpi) are doubled: Tesseract wants letters about 30 px high."""
    if picture.shape[1] >= _SMALL_WIDTH_PX:
        return picture
    return np.asarray(cv2.resize(picture, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
