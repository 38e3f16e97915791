"""Hostile files, made by code."""

from __future__ import annotations

import io
import struct
import zlib

import pikepdf
from PIL import Image

from tests.pipeline.seeds import pdf_of
from tests.pipeline.test_intake import pdf

CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] >>"


def image(form: str, **options: object) -> bytes:
    """A small picture in any of Pillow's formats."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(out, form, **options)
    return out.getvalue()


def locked_pdf(user: str, owner: str) -> bytes:
    """A PDF with passwords; an empty user password opens it for everybody."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as opened:
        opened.save(out, encryption=pikepdf.Encryption(user=user, owner=owner))
    return out.getvalue()


def pdf_with_tree(kids: bytes, count: bytes, pages: int) -> bytes:
    """A PDF whose page tree says what it likes."""
    return pdf_of([CATALOGUE, b"<< /Type /Pages /Kids [%s] /Count %s >>" % (kids, count)] + [PAGE] * pages)


def pdf_with_stream(packed: bytes, filters: bytes) -> bytes:
    """A PDF whose page content is a stream with these filters."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R >>"
    content = b"<< /Length %d /Filter %s >>\nstream\n%s\nendstream" % (len(packed), filters, packed)
    return pdf_of([CATALOGUE, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page, content])


def packed_zeros(size: int, times: int) -> bytes:
    """`size` blanks, packed again and again."""
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(b" " * 1_000_000) for _ in range(size // 1_000_000)) + packer.flush()
    for _ in range(times - 1):
        data = zlib.compress(data, 9)
    return data


def pdf_with_object_stream_bomb(size: int) -> bytes:
    """A PDF whose objects are in a stream that unpacks to `size` bytes."""
    content = b"<< /Type /ObjStm /N 1 /First 4 /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream"
    packed = packed_zeros(size, 1)
    return pdf_of([CATALOGUE, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", PAGE, content % (len(packed), packed)])


def pdf_with_picture_bomb(pixels: int) -> bytes:
    """A PDF of one page that shows a picture of `pixels` x `pixels`, all black."""
    packed = packed_zeros(pixels * pixels // 8, 1)
    return pdf_of(
        [
            CATALOGUE,
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R "
            b"/Resources << /XObject << /Im 5 0 R >> >> >>",
            b"<< /Length 27 >>\nstream\n200 0 0 100 0 0 cm /Im Do \nendstream",
            b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 1 "
            b"/Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (pixels, pixels, len(packed), packed),
        ]
    )


def png_flood(pixels: int) -> bytes:
    """A PNG of `pixels` x `pixels` in black and white: some kilobytes for each 100 megapixels."""
    out = io.BytesIO()
    Image.new("1", (pixels, pixels)).save(out, "PNG", optimize=True)
    return out.getvalue()


def jpeg_claiming(pixels: int) -> bytes:
    """A small JPEG whose header claims another size."""
    data = bytearray(image("JPEG"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", pixels, pixels)
    return bytes(data)


def tiff(directories: int, size: tuple[int, int] = (4, 4), loop: bool = False) -> bytes:
    """A TIFF of many directories that all show the same few pixels; with a loop, the last leads to the first."""
    entries = [
        (256, 4, size[0]), (257, 4, size[1]), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (277, 3, 1),
        (278, 4, size[1]), (279, 4, 16),
    ]  # fmt: skip
    length = 2 + 12 * len(entries) + 4
    data = b"II*\0" + struct.pack("<I", 24) + b"\x80" * 16
    for number in range(directories):
        here = 24 + number * length
        following = here + length if number + 1 < directories else (24 if loop else 0)
        body = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
        data += struct.pack("<H", len(entries)) + body + struct.pack("<I", following)
    return data


def active_pdf(port: int) -> bytes:
    """A PDF that wants to run scripts and programs, and to fetch from a server: its content, a file, a picture."""
    there = b"http://127.0.0.1:%d/" % port
    link = b"<< /Type /Annot /Subtype /Link /Rect [0 0 200 100] /A << /S /URI /URI (%s) >> >>" % there
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R /OpenAction 6 0 R /AA << /WC 7 0 R >> "
            b"/AcroForm << /XFA 10 0 R /Fields [] >> /Names << /EmbeddedFiles << /Names [(a.exe) 8 0 R] >> >> >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R /Annots [%s] "
            b"/Resources << /XObject << /Im 5 0 R >> >> /AA << /O 6 0 R >> >>" % link,
            b"<< /Length 26 >>\nstream\n200 0 0 100 0 0 cm /Im Do\nendstream",
            b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 "
            b"/Length 0 /F << /FS /URL /F (%s) >> >>\nstream\n\nendstream" % there,
            b"<< /S /JavaScript /JS (app.launchURL\\('%s'\\); this.submitForm\\('%s'\\)) >>" % (there, there),
            b"<< /S /Launch /F (/bin/touch) /Win << /F (calc.exe) >> >>",
            b"<< /Type /Filespec /F (a.exe) /EF << /F 9 0 R >> >>",
            b"<< /Type /EmbeddedFile /Length 2 >>\nstream\nMZ\nendstream",
            b"<< /Length 60 >>\nstream\n<xdp:xdp><submit target='%s'/></xdp:xdp>\nendstream" % there,
        ]
    )
