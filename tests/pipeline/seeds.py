"""Small valid documents of every kind and inner format that Fuse takes: what the fuzz tests break."""

from __future__ import annotations

import io
import struct
import zlib
from functools import lru_cache

import pikepdf
from PIL import Image, TiffImagePlugin

from pipeline.samples import degrade, draw

_DPI = 60
_LETTERS_AT_G4 = 100


@lru_cache(maxsize=1)
def seeds() -> dict[str, bytes]:
    """Name -> file."""
    receipt, w9 = draw("receipt", "digital", 1).data, draw("w9", "digital", 1).data
    colour = degrade.rasterise(receipt, _DPI)[0]
    grey = degrade.grey(colour)
    pictures = [Image.fromarray(grey), Image.fromarray(degrade.grey(degrade.rasterise(w9, _DPI)[0]))]
    bilevel = Image.fromarray(degrade.grey(degrade.rasterise(receipt, _LETTERS_AT_G4)[0])).convert("1")
    return {
        "pdf digital": receipt,
        "pdf form": w9,
        "pdf object streams": _with_object_streams(receipt),
        "pdf scan": degrade.as_pdf([grey, colour], _DPI),
        "pdf JPEG 2000": pdf_of_picture(_encoded(pictures[0], "JPEG2000"), pictures[0].size, "/JPXDecode"),
        "pdf JBIG2": pdf_of_picture(jbig2(bilevel), bilevel.size, "/JBIG2Decode", bits=1),
        "pdf CCITT": pdf_of_picture(_group4(bilevel), bilevel.size, "/CCITTFaxDecode", bits=1),
        "pdf Flate": pdf_of_picture(zlib.compress(pictures[0].tobytes()), pictures[0].size, "/FlateDecode"),
        "png": degrade.as_png(grey, _DPI),
        "png palette": _encoded(Image.fromarray(colour).convert("P"), "PNG"),
        "jpeg": degrade.as_jpeg(colour, _DPI),
        "jpeg progressive": _encoded(pictures[0], "JPEG", progressive=True),
        "tiff fax": degrade.as_tiff([degrade.grey(page) for page in degrade.rasterise(w9, _DPI)][:2], _DPI),
        "tiff LZW": _encoded(pictures[0], "TIFF", compression="tiff_lzw", save_all=True, append_images=pictures[1:]),
        "tiff JPEG": _encoded(Image.fromarray(colour), "TIFF", compression="jpeg"),
        "tiff Deflate": _encoded(pictures[0], "TIFF", compression="tiff_adobe_deflate"),
        "tiff plain": _encoded(pictures[0], "TIFF"),
    }


def pdf_of_picture(stream: bytes, size: tuple[int, int], decoder: str, bits: int = 8) -> bytes:
    """A PDF of one page that shows one picture, by any of the PDF's decoders (ISO 32000-1, 7.4)."""
    width, height = size
    parms = f"/DecodeParms << /K -1 /Columns {width} /Rows {height} >>" if decoder == "/CCITTFaxDecode" else ""
    picture = (
        f"<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray "
        f"/BitsPerComponent {bits} /Filter {decoder} {parms} /Length {len(stream)} >>"
    )
    content = f"{width} 0 0 {height} 0 0 cm /Im Do".encode()
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents 4 0 R "
            "/Resources << /XObject << /Im 5 0 R >> >> >>".encode(),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
            picture.encode() + b"\nstream\n" + stream + b"\nendstream",
        ]
    )


def pdf_of(objects: list[bytes]) -> bytes:
    """A PDF file of these objects; the first is the catalogue."""
    data, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(data))
    return data + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + trailer


def jbig2(picture: Image.Image) -> bytes:
    """A picture as an embedded JBIG2 stream: one generic region, coded as MMR (ITU-T T.88, 7.2, 7.4.6, 7.4.8)."""
    width, height = picture.size
    page = struct.pack(">IIIIBH", width, height, 0, 0, 0, 0)
    region = struct.pack(">IIIIB", width, height, 0, 0, 0) + b"\x01" + _group4(picture)
    return _segment(0, 48, page) + _segment(1, 38, region) + _segment(2, 49, b"")


def _segment(number: int, kind: int, data: bytes) -> bytes:
    return struct.pack(">IBBBI", number, kind, 0, 1, len(data)) + data


def _group4(picture: Image.Image) -> bytes:
    """The picture's ITU-T T.6 code, taken from a TIFF of one strip."""
    previous = TiffImagePlugin.STRIP_SIZE
    TiffImagePlugin.STRIP_SIZE = 1 << 30
    try:
        data = _encoded(picture, "TIFF", compression="group4")
    finally:
        TiffImagePlugin.STRIP_SIZE = previous
    with Image.open(io.BytesIO(data)) as tiff:
        [start], [length] = tiff.tag_v2[273], tiff.tag_v2[279]  # type: ignore[attr-defined]
    return data[start : start + length]


def _with_object_streams(pdf: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue()


def _encoded(picture: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()
