"""Reading a document: for each page its text layer where that is good, OCR where it is not.

`page` decides for a page where its words come from; `textlayer` gives those that a PDF carries, `picture` those that
OCR finds on the page's picture.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from dataclasses import replace

from pipeline.kinds import FileKind
from pipeline.reading.filled import open_filled
from pipeline.reading.options import ReadingOptions as ReadingOptions
from pipeline.reading.page import read_page
from pipeline.reading.same_pages import copy_of, same_pages_of
from pipeline.render import Document
from pipeline.types import Page, PageSource


def read_pages(
    data: bytes,
    kind: FileKind,
    options: ReadingOptions,
    done: Collection[int] = (),
    only: Collection[int] | None = None,
) -> Iterator[Page]:
    """Reads a document page by page. A page that is the same as an earlier one is not read twice.

    Args:
        data: the file.
        kind: as `intake.inspect` said.
        options: how.
        done: page numbers that were read before and are left out.
        only: page numbers to read, none of them the same as another; None: all.

    Raises:
        EngineMissing: a page needs OCR and there is no engine.
        Rejected: the file can't be opened.
    """
    with open_filled(data, kind) as document:
        wanted = range(1, document.page_count + 1) if only is None else sorted(only)
        same = same_pages_of(document, options.dpi) if only is None and document.page_count > 1 else {}
        originals: dict[int, Page] = {}
        title: Page | None = None
        for number in wanted:
            if number in done:
                continue
            first = originals.get(same.get(number, number))
            page = _read(document, number, options, title) if first is None else copy_of(first, number)
            if number == 1:
                title = page
            if number in same.values():
                originals[number] = page
            yield page


def _read(document: Document, number: int, options: ReadingOptions, title: Page | None) -> Page:
    page = read_page(document, number, options, title)
    if document.damaged(number):
        why = "The file is cut off, so the lower part of the page is missing; the rest was read by OCR."
        return replace(page, source=PageSource.CUT, why=why)
    return page


def read_for(
    data: bytes, kind: FileKind, options: ReadingOptions, done: Collection[int], seconds: float
) -> Iterator[Page]:
    """Reads a document like `read_pages`, and begins no further page once the time is over."""
    end = time.monotonic() + seconds
    for page in read_pages(data, kind, options, done):
        yield page
        if time.monotonic() > end:
            return
