"""Reading one page: decides where its words come from, and says why."""

from __future__ import annotations

from pipeline.errors import Corrupt
from pipeline.reading.marks import find_marks
from pipeline.reading.options import ReadingOptions
from pipeline.reading.picture import read_picture
from pipeline.reading.textlayer import TextLayer, read_text_layer
from pipeline.render import Document, PdfDocument
from pipeline.types import Page, PageSource

_BLANK_CONTRAST = 3.0
_MARKS_DPI = 150.0


def read_page(document: Document, number: int, options: ReadingOptions) -> Page:
    """Reads a page of an open document; a damaged page of a longer document is given as such.

    Raises:
        Corrupt: the only page can't be opened.
        EngineMissing: the page needs OCR and there is no engine.
    """
    try:
        width_pt, height_pt = document.size_pt(number)
        layer = _text_layer(document, number)
        if layer.good and not options.force_ocr:
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
    seen = read_picture(picture, number, options)
    why = "it was asked for" if layer.good else layer.why
    return Page(number, width_pt, height_pt, PageSource.OCR, f"Read by OCR: {why}.", seen.words, seen.marks)


def _text_layer(document: Document, number: int) -> TextLayer:
    if isinstance(document, PdfDocument):
        return read_text_layer(document.page(number), number)
    return TextLayer((), False, "it is a picture")
