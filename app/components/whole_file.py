"""The whole document for reading: as pictures of its pages, which come as they are scrolled to, or as the PDF itself.

The PDF travels whole through the page's connection (a third larger, as base64), so it is sent when it is asked for,
and only up to a size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st
from streamlit_pdf_viewer import pdf_viewer

from db.blobs import BlobError
from db.documents import Document
from db.outlines import PageOutline

MOST_PDF_BYTES = 10_000_000
_STYLES = Path(__file__).with_suffix(".css")
_READER_PX, _READER_WIDTH_PX = 900, 1000
_PICTURE_PX = 1200
_LETTER_RATIO = 11 / 8.5
_PICTURES, _PDF = "Pictures of the pages", "The PDF, with text to copy"


def whole_file(document: Document, outlines: Sequence[PageOutline], read: Callable[[], bytes]) -> None:
    """Draws the document.

    Args:
        document: one that the person may see.
        outlines: its pages, as far as they were read, for their shapes.
        read: gives the file; called only when the PDF itself is asked for.
    """
    st.html(_STYLES)
    way = _PICTURES
    if document.kind == "pdf" and document.size_bytes <= MOST_PDF_BYTES:
        way = st.segmented_control("Show", (_PICTURES, _PDF), default=_PICTURES, required=True,
                                   key=f"reader-{document.id}", label_visibility="collapsed")  # fmt: skip
    elif document.kind == "pdf":
        st.caption(
            f"Shown as pictures: PDFs of more than {MOST_PDF_BYTES // 1_000_000} MB are not sent to the browser whole. "
            "Download the original to copy its text."
        )
    if way == _PDF:
        _pdf(document, read)
    else:
        st.html(_pictures(document, outlines))


def _pdf(document: Document, read: Callable[[], bytes]) -> None:
    try:
        data = read()
    except BlobError as error:
        st.error(str(type(error).__doc__), icon=":material/error:")
        return
    pdf_viewer(data, width=_READER_WIDTH_PX, height=_READER_PX, key=f"pdf-{document.id}", render_text=True)


def _pictures(document: Document, outlines: Sequence[PageOutline]) -> str:
    ratios = {page.number: page.height_pt / page.width_pt for page in outlines if page.width_pt > 0}
    usual = next(iter(ratios.values()), _LETTER_RATIO)
    pages = (_picture(document, n, ratios.get(n, usual)) for n in range(1, document.page_count + 1))
    return f'<div class="fuse-pages" tabindex="0" aria-label="All pages">{"".join(pages)}</div>'


def _picture(document: Document, number: int, ratio: float) -> str:
    """The size in the tag keeps the page's place until its picture comes; nothing here is written by the document."""
    return (
        f'<figure><img src="/api/docs/{document.id}/pages/{number}.jpg?w={_PICTURE_PX}" loading="lazy" '
        f'width="{_PICTURE_PX}" height="{round(_PICTURE_PX * ratio)}" '
        f'alt="Page {number} can\'t be shown. Download the original to see it.">'
        f"<figcaption>Page {number} of {document.page_count}</figcaption></figure>"
    )
