"""Opens documents and turns their pages into pictures.

PDFs by pypdfium2 (10 ms for a page at 300 dpi), images by Pillow. Both give the *displayed* page: rotated, cropped,
EXIF orientation applied.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from pipeline.errors import Corrupt, Encrypted, PipelineError, TooComplex, TooManyPages, TooManyPixels
from pipeline.kinds import MAX_PAGE_PIXELS, MAX_PAGES, PDF_HEADER, FileKind

Gray = npt.NDArray[np.uint8]
"""A page's picture: height x width, 0 black to 255 white."""

_DEFAULT_IMAGE_DPI = 72.0
_SANE_DPI = range(50, 2401)

Image.MAX_IMAGE_PIXELS = None  # our own limit is checked on the header, before anything is decoded


class Document(Protocol):
    """An open document."""

    page_count: int

    def max_pixels(self) -> int:
        """The pixels of its largest stored picture, as far as the headers tell; 0 for a PDF."""
        ...

    def check(self) -> None:
        """Opens what must be openable.

        Raises:
            Corrupt: it is not.
        """
        ...

    def size_pt(self, number: int) -> tuple[float, float]:
        """Width and height of a displayed page in points; pages count from 1."""
        ...

    def gray(self, number: int, dpi: float) -> Gray:
        """A page's picture in grey. A page that would pass 40 megapixels is rendered smaller."""
        ...

    def color(self, number: int, width_px: int) -> Image.Image:
        """A page's picture in RGB, `width_px` wide (or as wide as 40 megapixels allow)."""
        ...

    def damaged(self, number: int) -> bool:
        """Whether the file is cut off or broken within a page's picture, so that the rest of it is missing."""
        ...

    def close(self) -> None:
        """Gives the memory back."""
        ...


@contextmanager
def open_document(data: bytes, kind: FileKind) -> Iterator[Document]:
    """Opens a document of a known kind.

    Raises:
        Encrypted: a PDF that needs a password.
        Corrupt: it can't be opened.
    """
    document: Document = PdfDocument(data) if kind is FileKind.PDF else ImageDocument(data, kind)
    try:
        yield document
    finally:
        document.close()


class PdfDocument:
    """A PDF, read by PDFium."""

    def __init__(self, data: bytes) -> None:
        header = PDF_HEADER.search(data)
        if header is None:
            data = b"%PDF-1.4\n" + data
        elif header.start() > 1024:  # PDFium looks for the header in the first kilobyte only
            data = data[header.start() :]
        try:
            self.pdf = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            if "password" in str(error).lower():
                raise Encrypted from None
            raise Corrupt from None
        self.page_count = len(self.pdf)
        if self.page_count < 1:
            raise Corrupt("It has no pages.")

    def max_pixels(self) -> int:
        """PDF pages are rendered no larger than the limit, whatever they hold."""
        return 0

    def check(self) -> None:
        """At least one page must open."""
        for number in range(1, min(self.page_count, MAX_PAGES) + 1):
            try:
                self.page(number)
            except Corrupt:
                continue
            return
        raise Corrupt("None of its pages can be opened.")

    def page(self, number: int) -> Any:
        """The pypdfium2 page with annotations and form values drawn into it, so that they count as text.

        Raises:
            Corrupt: the page can't be opened.
        """
        try:
            page = self.pdf[number - 1]
            if pdfium_c.FPDFPage_GetAnnotCount(page) > 0:
                pdfium_c.FPDFPage_Flatten(page, pdfium_c.FLAT_NORMALDISPLAY)
                page = self.pdf[number - 1]
        except pdfium.PdfiumError:
            raise Corrupt(f"Page {number} can't be opened.") from None
        return page

    def size_pt(self, number: int) -> tuple[float, float]:
        """See `Document`."""
        width, height = self.page(number).get_size()
        return max(width, 1.0), max(height, 1.0)

    def gray(self, number: int, dpi: float) -> Gray:
        """See `Document`."""
        page = self.page(number)
        bitmap = page.render(scale=self._scale(page, dpi / 72), grayscale=True)
        return np.ascontiguousarray(bitmap.to_numpy().reshape(bitmap.height, -1)[:, : bitmap.width])

    def color(self, number: int, width_px: int) -> Image.Image:
        """See `Document`."""
        page = self.page(number)
        scale = width_px / max(page.get_width(), 1.0)
        picture: Image.Image = page.render(scale=self._scale(page, scale)).to_pil()
        return picture.convert("RGB")

    @staticmethod
    def _scale(page: Any, wanted: float) -> float:
        width, height = page.get_size()
        most = (MAX_PAGE_PIXELS / max(width * height, 1.0)) ** 0.5
        return float(min(wanted, most))

    def damaged(self, number: int) -> bool:
        """See `Document`; PDFium does not tell."""
        return False

    def close(self) -> None:
        """See `Document`."""
        self.pdf.close()


class ImageDocument:
    """A PNG, JPEG or TIFF, read by Pillow; each frame of a TIFF is a page."""

    def __init__(self, data: bytes, kind: FileKind) -> None:
        self.kind = kind
        self._data = data
        self._cut = False
        self._open()

    def _open(self) -> None:
        with _as_our_errors():
            self.image = Image.open(io.BytesIO(self._data), formats=[self.kind.value.upper()])
            self.page_count = self._count() if self.kind is FileKind.TIFF else 1

    def _count(self) -> int:
        """Counts frames one by one, so that a loop of TIFF directories ends at the limit."""
        for count in range(1, MAX_PAGES + 2):
            try:
                self.image.seek(count)
            except EOFError:
                return count
        raise TooManyPages

    def max_pixels(self) -> int:
        """The largest frame's pixels, by the headers."""
        most = 0
        for number in range(1, self.page_count + 1):
            self._seek(number)
            most = max(most, self.image.width * self.image.height)
        return most

    def check(self) -> None:
        """Decodes the first frame."""
        self._decoded(1)

    def _seek(self, number: int) -> None:
        with _as_our_errors():
            self.image.seek(number - 1)

    def _decoded(self, number: int) -> Image.Image:
        """The frame, upright, in L or RGB; half a JPEG is taken as far as it goes, other kinds must be whole."""
        self._seek(number)
        if self.image.width * self.image.height > MAX_PAGE_PIXELS:
            raise TooManyPixels
        try:
            return self._upright()
        except Corrupt:
            if self.kind is not FileKind.JPEG or self._cut:
                raise
        self._cut = True
        self._open()  # a decoder that has failed does not begin again
        return self._upright()

    def _upright(self) -> Image.Image:
        with _as_our_errors(), _tolerating_truncation(self._cut):
            return _on_white(ImageOps.exif_transpose(self.image))

    def size_pt(self, number: int) -> tuple[float, float]:
        """See `Document`; the picture's own dpi where it is sane, else 72."""
        self._seek(number)
        dpi_x, dpi_y = _dpi(self.image)
        width, height = self.image.width * 72 / dpi_x, self.image.height * 72 / dpi_y
        orientation = self.image.getexif().get(0x0112, 1)
        return (height, width) if orientation >= 5 else (width, height)

    def gray(self, number: int, dpi: float) -> Gray:
        """See `Document`; `dpi` does not matter: the picture has the pixels it has."""
        return np.asarray(self._decoded(number).convert("L"))

    def color(self, number: int, width_px: int) -> Image.Image:
        """See `Document`; never enlarged."""
        picture = self._decoded(number).convert("RGB")
        picture.info = {}  # remarks, places and makers of the file are not for those who look at its page
        if picture.width > width_px:
            picture = picture.resize((width_px, max(1, round(picture.height * width_px / picture.width))))
        return picture

    def damaged(self, number: int) -> bool:
        """See `Document`; known once the page was decoded."""
        return self._cut

    def close(self) -> None:
        """See `Document`."""
        self.image.close()


def _dpi(image: Image.Image) -> tuple[float, float]:
    given = image.info.get("dpi", (_DEFAULT_IMAGE_DPI, _DEFAULT_IMAGE_DPI))
    try:
        x, y = float(given[0]), float(given[1])
    except (TypeError, ValueError, ZeroDivisionError, IndexError):
        return _DEFAULT_IMAGE_DPI, _DEFAULT_IMAGE_DPI
    if x != x or y != y or round(x) not in _SANE_DPI or round(y) not in _SANE_DPI:
        return _DEFAULT_IMAGE_DPI, _DEFAULT_IMAGE_DPI
    return x, y


def _on_white(picture: Image.Image) -> Image.Image:
    """Any Pillow mode as L or RGB: transparency on white, 16 bits scaled to 8."""
    if picture.mode in ("L", "RGB"):
        return picture.copy()
    if picture.mode.startswith("I"):
        values = np.asarray(picture, dtype=np.int64)
        return Image.fromarray((values >> 8).clip(0, 255).astype(np.uint8))
    if picture.mode == "F":
        values = np.nan_to_num(np.asarray(picture))
        return Image.fromarray(values.clip(0, 255).astype(np.uint8))
    if picture.has_transparency_data:
        rgba = picture.convert("RGBA")
        white = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(white, rgba).convert("RGB")
    return picture.convert("L" if picture.mode == "1" else "RGB")


@contextmanager
def _as_our_errors() -> Iterator[None]:
    """Pillow raises a dozen kinds of error for damaged files; all of them mean the same to the sender."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # damaged metadata is none of the sender's business
            yield
    except (PipelineError, EOFError):
        raise
    except MemoryError:
        raise TooComplex from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, OverflowError,
            ZeroDivisionError, AttributeError, RuntimeError):  # fmt: skip
        raise Corrupt from None


@contextmanager
def _tolerating_truncation(tolerate: bool) -> Iterator[None]:
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = tolerate
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before
