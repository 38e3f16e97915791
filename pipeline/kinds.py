"""The kinds of file that Fuse takes, told by their first bytes, and how large they may be."""

from __future__ import annotations

import re
from enum import StrEnum

from pipeline.errors import UnsupportedType

MAX_BYTES = 50_000_000
MAX_PAGES = 100
MAX_PAGE_PIXELS = 40_000_000
_PDF_HEADER_WITHIN = 65_536
PDF_HEADER = re.compile(rb"%PDF-\d\.\d")
_PDF_OBJECT = re.compile(rb"\b\d+ \d+ obj\b")


class FileKind(StrEnum):
    """The kinds of file Fuse takes."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    TIFF = "tiff"


CONTENT_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.PNG: "image/png",
    FileKind.JPEG: "image/jpeg",
    FileKind.TIFF: "image/tiff",
}

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (b"\xff\xd8\xff", FileKind.JPEG),
    (b"II*\x00", FileKind.TIFF),
    (b"MM\x00*", FileKind.TIFF),
    (b"II+\x00", FileKind.TIFF),
    (b"MM\x00+", FileKind.TIFF),
)
_NOT_PDF_EVEN_IF_IT_HOLDS_ONE = (b"PK\x03\x04", b"GIF8", b"MZ", b"\x7fELF", b"<svg", b"Rar!")


def kind_of(data: bytes) -> FileKind:
    """The kind of file, by its first bytes; a PDF's header may stand behind up to 64 kB of junk, or be lost.

    Raises:
        UnsupportedType: it is none of those Fuse takes.
    """
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return kind
    if data.startswith(_NOT_PDF_EVEN_IF_IT_HOLDS_ONE):
        raise UnsupportedType
    if PDF_HEADER.search(data, 0, _PDF_HEADER_WITHIN) or _is_headless_pdf(data):
        return FileKind.PDF
    raise UnsupportedType


def _is_headless_pdf(data: bytes) -> bool:
    """Whether it begins with a PDF's first object and ends as PDFs do: only the header line is missing."""
    return bool(_PDF_OBJECT.search(data, 0, 100)) and b"%%EOF" in data[-1024:]
