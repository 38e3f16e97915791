from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from pipeline.errors import (
    Corrupt,
    EmptyFile,
    FileTooLarge,
    Rejected,
    TooManyPages,
    TooManyPixels,
    UnsupportedType,
)
from pipeline.intake import display_name, inspect
from pipeline.kinds import FileKind


def pdf(pages: int = 1) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=True)
    for number in range(pages):
        canvas.drawString(72, 720, f"INVOICE No 1001 page {number + 1}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def picture(form: str, size: tuple[int, int] = (300, 200), frames: int = 1) -> bytes:
    out = io.BytesIO()
    images = [Image.new("L", size, 200 + i % 50) for i in range(frames)]
    extra = {"save_all": True, "append_images": images[1:]} if frames > 1 else {}
    images[0].save(out, form, **extra)
    return out.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header claims any size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "kind", "pages"),
    [
        (pdf(), FileKind.PDF, 1),
        (pdf(100), FileKind.PDF, 100),
        (b"junk\n" * 1000 + pdf(), FileKind.PDF, 1),
        (pdf() + b"\njunk" * 100, FileKind.PDF, 1),
        (pdf()[pdf().index(b"1 0 obj") :], FileKind.PDF, 1),
        (picture("PNG"), FileKind.PNG, 1),
        (picture("JPEG"), FileKind.JPEG, 1),
        (picture("TIFF", frames=3), FileKind.TIFF, 3),
    ],
    ids=["pdf", "100 pages", "junk before", "junk after", "header lost", "png", "jpeg", "tiff"],
)
def test_taken(data: bytes, kind: FileKind, pages: int) -> None:
    intake = inspect(data)
    assert (intake.kind, intake.page_count) == (kind, pages)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EmptyFile),
        (b"x", UnsupportedType),
        (b"\0" * 50_000_001, FileTooLarge),
        (b"%PDF-1.7", Corrupt),
        (pdf()[:300], Corrupt),
        (pdf(101), TooManyPages),
        (b"GIF89a" + pdf(), UnsupportedType),
        (b"PK\x03\x04" + pdf(), UnsupportedType),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", UnsupportedType),
        (b"<html><script>alert(1)</script></html>", UnsupportedType),
        (picture("PNG")[:100], Corrupt),
        (picture("TIFF")[:200], Corrupt),
        (picture("TIFF", (8, 8), frames=101), TooManyPages),
        (png_header(50_000, 50_000), TooManyPixels),
        (png_header(2**31 - 1, 2**31 - 1), TooManyPixels),
        (png_header(0, 0), Corrupt),
    ],
    ids=["empty", "1 byte", "too large", "header only", "cut pdf", "101 pages", "gif", "zip", "svg", "html", "cut png",
         "cut tiff", "101 frames", "pixels", "lying header", "no pixels"],
)  # fmt: skip
def test_refused(data: bytes, error: type[Rejected]) -> None:
    with pytest.raises(Rejected) as refusal:
        inspect(data)
    assert type(refusal.value) is error
    assert refusal.value.code
    assert refusal.value.sentence.endswith((".", "."))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("w9.pdf", "w9.pdf"),
        ("../../etc/cron.d/x", "x"),
        ("..\\..\\x.pdf", "x.pdf"),
        ("C:\\Users\\me\\scan 1.PDF", "scan 1.PDF"),
        ("a\0b\r\nSet-Cookie: x.pdf", "a b Set-Cookie x.pdf"),
        ("invoice\u202efdp.exe", "invoice fdp.exe"),
        ("<script>alert(1)</script>.png", "script .png"),
        ("-rf", "rf"),
        ("Rechnung Müller.pdf", "Rechnung Müller.pdf"),
        ("", "document"),
        ("...", "document"),
        ("🙂" * 300, "document"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_names_are_safe_to_show(given: str, shown: str) -> None:
    assert display_name(given) == shown
