from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import letter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipeline.errors import Corrupt
from pipeline.kinds import FileKind
from pipeline.reading import ReadingOptions, read_for, read_pages
from pipeline.reading.same_pages import copy_of, same_pages
from pipeline.types import Box, Mark, Page, PageSource, Word

Draw = Callable[[Canvas], None]
SENTENCE = "The quick brown fox jumps over the lazy dog"


def scan(total: str) -> Image.Image:
    picture = Image.new("L", (1275, 1650), 255)
    draw = ImageDraw.Draw(picture)
    for line in range(8):
        draw.text((100, 100 + 60 * line), f"Line {line}: {SENTENCE}", font=ImageFont.load_default(28), fill=0)
    draw.text((100, 900), f"Total {total}", font=ImageFont.load_default(28), fill=0)
    return picture


def as_scan(total: str, hidden: str = "", shift: float = 0.0) -> Draw:
    """A scanned page, with a text layer that is not seen when `hidden` is given."""

    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(scan(total)), 0, 0, *letter)
        if hidden:
            words = canvas.beginText(72 + shift, 700)
            words.setTextRenderMode(3)
            words.textOut(hidden)
            canvas.drawText(words)

    return draw


def as_text(total: str) -> Draw:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 12)
        canvas.drawString(72, 700, SENTENCE)
        canvas.drawString(72, 650, f"Total {total}")

    return draw


def blank(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 12)


def pdf(*pages: Draw) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=letter, invariant=True)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def tiff(*totals: str) -> bytes:
    out = io.BytesIO()
    first, *others = [scan(total) for total in totals]
    first.save(out, "TIFF", save_all=True, append_images=others, compression="tiff_lzw")
    return out.getvalue()


def turned(data: bytes, page: int) -> bytes:
    document = pdfium.PdfDocument(data)
    document[page - 1].set_rotation(180)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "kind", "expected"),
    [
        (pdf(as_scan("10"), as_scan("20"), as_scan("10"), as_scan("10")), FileKind.PDF, {3: 1, 4: 1}),
        (pdf(as_text("10"), as_text("20"), as_text("10")), FileKind.PDF, {3: 1}),
        (pdf(blank, as_text("10"), blank), FileKind.PDF, {3: 1}),
        (pdf(as_scan("1,000.00"), as_scan("1,000.01")), FileKind.PDF, {}),
        (pdf(as_text("1,000.00"), as_text("1,000.01")), FileKind.PDF, {}),
        (pdf(as_scan("10", "hidden words"), as_scan("10", "other words!")), FileKind.PDF, {}),
        (pdf(as_scan("10", "hidden words"), as_scan("10", "hidden words", 30)), FileKind.PDF, {}),
        (pdf(as_scan("10", "hidden words"), as_scan("10", "hidden words")), FileKind.PDF, {2: 1}),
        (turned(pdf(as_scan("10"), as_scan("10")), 2), FileKind.PDF, {}),
        (pdf(as_scan("10")), FileKind.PDF, {}),
        (tiff("10", "20", "10"), FileKind.TIFF, {3: 1}),
        (tiff("1,000.00", "1,000.01"), FileKind.TIFF, {}),
    ],
    ids=["scans", "text", "blank pages", "one digit on scans", "one digit in text", "other hidden text",
         "hidden text elsewhere", "the same hidden text", "turned", "one page", "tiff", "one digit in a tiff"],
)  # fmt: skip
def test_only_pages_that_are_exactly_the_same_count(data: bytes, kind: FileKind, expected: dict[int, int]) -> None:
    assert same_pages(data, kind) == expected


def test_pages_of_the_same_parts_are_told_apart_by_their_pictures() -> None:
    """Stored without compression, so that nothing but the pixels differs."""
    first, second = np.asarray(scan("1,000.00")), np.asarray(scan("1,000.01"))
    assert first.shape == second.shape
    assert np.abs(first.astype(int) - second).max() > 0
    out = io.BytesIO()
    Image.fromarray(first).save(out, "TIFF", save_all=True, append_images=[Image.fromarray(second)])
    assert same_pages(out.getvalue(), FileKind.TIFF) == {}


def test_a_file_that_cannot_be_opened_is_said_to_be_so() -> None:
    with pytest.raises(Corrupt):
        same_pages(b"%PDF-1.4 nothing", FileKind.PDF)


def test_a_page_that_is_the_same_is_not_read_twice() -> None:
    pages = list(read_pages(pdf(as_text("10"), as_text("20"), as_text("10")), FileKind.PDF, ReadingOptions()))
    assert [page.number for page in pages] == [1, 2, 3]
    assert pages[2].why == "The same as page 1."
    assert pages[2].text == pages[0].text
    assert {word.box.page for word in pages[2].words} == {3}


@pytest.mark.parametrize(
    ("done", "only", "expected"),
    [((), None, [1, 2, 3]), ((1,), None, [2, 3]), ((), (2, 3), [2, 3]), ((2,), (1, 2), [1]), ((1, 2, 3), None, [])],
)
def test_what_is_done_or_not_asked_for_is_left_out(
    done: tuple[int, ...], only: tuple[int, ...] | None, expected: list[int]
) -> None:
    data = pdf(as_text("10"), as_text("20"), as_text("10"))
    pages = list(read_pages(data, FileKind.PDF, ReadingOptions(), done, only))
    assert [page.number for page in pages] == expected
    assert all(page.words for page in pages)


def test_reading_for_a_time_begins_no_page_after_it() -> None:
    data = pdf(as_text("10"), as_text("20"), as_text("30"))
    assert [page.number for page in read_for(data, FileKind.PDF, ReadingOptions(), (), 0.0)] == [1]
    assert [page.number for page in read_for(data, FileKind.PDF, ReadingOptions(), (1,), 60.0)] == [2, 3]


def test_a_copy_says_where_it_comes_from() -> None:
    box = Box(3, 0.1, 0.1, 0.2, 0.12)
    page = Page(3, 612, 792, PageSource.OCR, "Read by OCR.", (Word("Total", box, 0.9, 0),), (Mark(box, 0.5, True),))
    copied = copy_of(page, 7)
    assert (copied.number, copied.why, copied.source) == (7, "The same as page 3.", PageSource.OCR)
    assert (copied.words[0].box.page, copied.marks[0].box.page) == (7, 7)
