"""The instruction pages of a scanned W-9 are left out; pages with anything filled in never are."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from reportlab.lib.pagesizes import letter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipeline.kinds import FileKind
from pipeline.reading import ReadingOptions, read_pages
from pipeline.reading.instructions import WHY
from pipeline.render import open_document
from pipeline.types import Page, PageSource, Reading

FORM = (
    "Form W-9",
    "Request for Taxpayer Identification Number and Certification",
    "1 Name: Jordan Blake",
    "SSN 900-12-3456",
)
INSTRUCTIONS = ("Form W-9 (Rev. 3-2024)                                   Page 3", "Specific Instructions", "Line 1",
                "You must enter one of the following on this line; do not leave this line blank.")  # fmt: skip
NUMBERED = ("Form W-9 Request for Taxpayer Identification Number    Page 2", "1 Name: Casey Quinn")
LETTER = ("Page 2", "please find enclosed our Form W-9, filled in as you asked.", "Yours faithfully")
NO_NUMBER = ("Form W-9 (Rev. 3-2024)", "Request for Taxpayer Identification Number", "1 Name: Casey Quinn")


def drawn(*pages: tuple[str, ...], scanned: bool = True) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=letter, invariant=True)
    for lines in pages:
        if scanned:
            with open_document(drawn(lines, scanned=False), FileKind.PDF) as document:
                image = Image.fromarray(document.gray(1, 200))
            canvas.drawImage(ImageReader(image), 0, 0, *letter)
        else:
            canvas.setFont("Helvetica", 12)
            for index, line in enumerate(lines):
                canvas.drawString(54, 745 - 50 * index, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def read(data: bytes, options: ReadingOptions | None = None) -> list[Page]:
    return list(read_pages(data, FileKind.PDF, options or ReadingOptions()))


def test_only_the_top_of_instructions_is_read() -> None:
    form, page = read(drawn(FORM, INSTRUCTIONS))
    assert "900-12-3456" in form.text
    assert (page.source, page.why) == (PageSource.OCR, WHY)
    assert "leave this line blank" not in page.text
    name = next(word for word in page.words if word.text == "W-9")
    assert 0.03 < name.box.y0 < name.box.y1 < 0.07
    assert not Reading((form, page), 2).partial


@pytest.mark.parametrize(
    ("pages", "last_words"),
    [
        ((FORM, FORM), "900-12-3456"),
        ((FORM, NO_NUMBER), "Casey Quinn"),
        ((FORM, NUMBERED), "Casey Quinn"),
        ((FORM, LETTER), "Yours faithfully"),
        ((LETTER, INSTRUCTIONS), "leave this line blank"),
        ((FORM, *[LETTER] * 7, INSTRUCTIONS), "leave this line blank"),
    ],
    ids=[
        "a second form",
        "a form that names its revision",
        "a form on page 2",
        "a letter",
        "no form before",
        "a long document",
    ],
)
def test_other_pages_are_read_whole(pages: tuple[tuple[str, ...], ...], last_words: str) -> None:
    assert last_words in read(drawn(*pages))[-1].text


def test_a_page_whose_form_was_not_seen_is_read_whole() -> None:
    [page] = read_pages(drawn(FORM, INSTRUCTIONS), FileKind.PDF, ReadingOptions(), done=(1,))
    assert "leave this line blank" in page.text


def test_instructions_are_read_whole_when_ocr_is_asked_for_or_costs_nothing() -> None:
    asked = read(drawn(FORM, INSTRUCTIONS), ReadingOptions(force_ocr=True))[-1]
    as_text = read(drawn(FORM, INSTRUCTIONS, scanned=False))[-1]
    assert "leave this line blank" in asked.text
    assert "leave this line blank" in as_text.text
