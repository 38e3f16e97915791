from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image
from reportlab.lib.pagesizes import letter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipeline.errors import EngineMissing
from pipeline.kinds import FileKind
from pipeline.ocr import find_engine
from pipeline.reading import ReadingOptions, read_pages
from pipeline.render import open_document
from pipeline.types import Page, PageSource

SENTENCE = "The quick brown fox jumps over the lazy dog"
OPTIONS = ReadingOptions()
UNMAPPED = Path(__file__).parents[4] / "shared/documents/robust/r166-truetype_font_nomapping.pdf"


def pdf(draw: Callable[[Canvas], None]) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=letter, invariant=True)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def turned_by(degrees: int, data: bytes) -> bytes:
    document = pdfium.PdfDocument(data)
    document[0].set_rotation(degrees)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def text(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 14)
    canvas.drawString(72, 700, SENTENCE)
    canvas.drawString(72, 650, "Total amount due")
    canvas.drawString(450, 650, "1,234.56")


def scan(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(picture()), 0, 0, *letter)


def picture() -> Image.Image:
    with open_document(pdf(text), FileKind.PDF) as document:
        return Image.fromarray(document.gray(1, 200))


def encoded(form: str) -> bytes:
    out = io.BytesIO()
    picture().save(out, form)
    return out.getvalue()


def read(data: bytes, kind: FileKind = FileKind.PDF) -> Page:
    [page] = read_pages(data, kind, OPTIONS)
    return page


def box_of(page: Page, word: str) -> tuple[float, float]:
    found = next(w for w in page.words if w.text == word)
    return found.box.x0, found.box.y0


def test_a_good_text_layer_is_taken_as_it_is() -> None:
    page = read(pdf(text))
    assert page.source is PageSource.TEXT_LAYER
    assert page.text.splitlines() == [SENTENCE, "Total amount due", "1,234.56"]
    assert box_of(page, "The") == pytest.approx((72 / 612, (792 - 700 - 10) / 792), abs=0.01)
    assert box_of(page, "1,234.56") == pytest.approx((450 / 612, (792 - 650 - 10) / 792), abs=0.01)


@pytest.mark.parametrize(
    ("data", "kind"),
    [(pdf(scan), FileKind.PDF), (encoded("PNG"), FileKind.PNG), (encoded("JPEG"), FileKind.JPEG),
     (encoded("TIFF"), FileKind.TIFF)],
    ids=["pdf", "png", "jpeg", "tiff"],
)  # fmt: skip
def test_a_picture_is_read_by_ocr_at_the_same_places(data: bytes, kind: FileKind) -> None:
    page = read(data, kind)
    assert page.source is PageSource.OCR
    assert SENTENCE in page.text
    assert box_of(page, "1,234.56") == pytest.approx((450 / 612, (792 - 650 - 10) / 792), abs=0.01)
    assert all(0.0 <= w.confidence <= 1.0 for w in page.words)


def test_boxes_are_those_of_the_displayed_page() -> None:
    """A page turned by 90 degrees: what stood at the left edge stands at the top."""
    upright, turned = read(pdf(text)), read(turned_by(90, pdf(text)))
    (x, y), (turned_x, turned_y) = box_of(upright, "Total"), box_of(turned, "Total")
    height = next(w.box.y1 - w.box.y0 for w in upright.words if w.text == "Total")
    assert (turned.width_pt, turned.height_pt) == (792, 612)
    assert (turned_x, turned_y) == pytest.approx((1 - y - height, x), abs=0.01)


def test_form_values_and_annotations_are_text() -> None:
    def form(canvas: Canvas) -> None:
        text(canvas)
        canvas.acroForm.textfield(name="holder", value="Jordan Blake", x=72, y=500, width=200, height=20)

    assert "Jordan Blake" in read(pdf(form)).text


@pytest.mark.skipif(not UNMAPPED.exists(), reason="the shared documents are not here")
def test_characters_that_map_to_nothing_are_read_by_ocr() -> None:
    assert read(UNMAPPED.read_bytes()).source is PageSource.OCR


def test_a_blank_page_has_no_words_and_says_so() -> None:
    page = read(pdf(lambda canvas: None))
    assert (page.source, page.words) == (PageSource.NONE, ())
    assert "blank" in page.why


def test_pages_that_were_read_before_are_left_out() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=letter)
    for _ in range(4):
        text(canvas)
        canvas.showPage()
    canvas.save()
    pages = read_pages(out.getvalue(), FileKind.PDF, OPTIONS, done=(1, 3))
    assert [page.number for page in pages] == [2, 4]


def test_both_engines_read_the_same_words() -> None:
    gray = np.asarray(picture())
    answers = [find_engine(name).read(gray, 1) for name in ("tesserocr", "pytesseract")]
    assert [w.text for w in answers[0]] == [w.text for w in answers[1]]
    assert [w.line for w in answers[0]] == [w.line for w in answers[1]]


def test_a_language_without_a_model_is_an_error_that_helps() -> None:
    with pytest.raises(EngineMissing, match="fuse doctor"):
        find_engine("tesserocr", "klingon")


def test_a_check_box_is_found_and_its_cross_seen() -> None:
    def boxes(canvas: Canvas) -> None:
        text(canvas)
        canvas.rect(100, 400, 10, 10)
        canvas.rect(100, 370, 10, 10)
        canvas.line(100, 370, 110, 380)
        canvas.line(100, 380, 110, 370)

    marks = [mark for mark in read(pdf(boxes)).marks if 400 < (1 - mark.box.y1) * 792 + 40 < 450]
    assert [mark.checked for mark in marks] == [False, True]
    assert marks[0].box.x0 == pytest.approx(100 / 612, abs=0.005)


def test_a_16_bit_picture_keeps_its_letters() -> None:
    gray16 = np.asarray(picture(), dtype=np.uint16) * 257
    data = cv2.imencode(".png", gray16)[1].tobytes()
    assert SENTENCE in read(data, FileKind.PNG).text
