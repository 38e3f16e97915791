"""What a page with a good text layer costs, against the least that could be done: asking PDFium for its characters."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from ctypes import c_double
from typing import Any

import pypdfium2.raw as pdfium_c
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from pipeline.kinds import FileKind
from pipeline.reading import ReadingOptions
from pipeline.reading.filled import FilledPdf, open_filled
from pipeline.reading.page import read_page
from pipeline.types import PageSource

_MOST = 3.0
"""Times the bare loop; measured: 1.5. It includes rendering the page once, to see what can be seen."""


def dense_page() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=letter, invariant=True)
    canvas.setFont("Helvetica", 9)
    for row in range(60):
        canvas.drawString(
            50, 750 - 11.5 * row, f"{row:02} Payment received with thanks, reference {row * 7919:09}, 1,234.56"
        )
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def bare(page: Any) -> None:
    textpage = page.get_textpage()
    left, right, bottom, top = c_double(), c_double(), c_double(), c_double()
    for index in range(textpage.count_chars()):
        pdfium_c.FPDFText_GetUnicode(textpage, index)
        pdfium_c.FPDFText_GetCharBox(textpage, index, left, right, bottom, top)
    textpage.close()


def least_cpu_s(work: Callable[[], object], repeat: int = 15) -> float:
    def once() -> float:
        start = time.process_time()
        work()
        return time.process_time() - start

    return min(once() for _ in range(repeat))


def test_a_page_with_a_text_layer_costs_little_more_than_its_characters() -> None:
    with open_filled(dense_page(), FileKind.PDF) as document:
        assert isinstance(document, FilledPdf)
        assert read_page(document, 1, ReadingOptions()).source is PageSource.TEXT_LAYER
        ours = least_cpu_s(lambda: read_page(document, 1, ReadingOptions()))
        least = least_cpu_s(lambda: bare(document.page(1)))
    print(f"{1000 * ours:.1f} ms, bare loop {1000 * least:.1f} ms: {ours / least:.1f} times")
    assert ours < _MOST * least
