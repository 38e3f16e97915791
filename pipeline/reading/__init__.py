"""Reading a document: for each page its text layer where that is good, OCR where it is not.

`page` decides for a page where its words come from; `textlayer` gives those that a PDF carries, `picture` those that
OCR finds on the page's picture.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from pipeline.kinds import FileKind
from pipeline.reading.options import ReadingOptions as ReadingOptions
from pipeline.reading.page import read_page
from pipeline.render import open_document
from pipeline.types import Page


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
                yield read_page(document, number, options)
