"""Values of PDF forms and comments typed on pages are words and marks; on forms drawn for it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
import pytest
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from pipeline.kinds import FileKind
from pipeline.reading import ReadingOptions, read_pages
from pipeline.types import Box, Page

SENTENCE = "Please fill in the fields below and sign the form"


def form(pages: int = 1) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=letter, invariant=True)
    for number in range(1, pages + 1):
        canvas.drawString(72, 700, f"{SENTENCE}, page {number}")
        place = canvas.acroForm
        place.textfield(name=f"holder{number}", value="Jordan Blake", x=72, y=500, width=200, height=20)
        place.textfield(name=f"empty{number}", value="", x=72, y=470, width=200, height=20)
        place.checkbox(name=f"yes{number}", checked=True, x=72, y=430, size=14)
        place.checkbox(name=f"no{number}", checked=False, x=72, y=400, size=14)
        place.choice(name=f"state{number}", value="Ohio", options=["Ohio", "Utah"], x=72, y=360, width=99, height=20)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def plain() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=letter, invariant=True)
    canvas.drawString(72, 700, SENTENCE)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def changed(data: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        change(document)
        document.save(out)
    return out.getvalue()


def without_appearances(need: bool) -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        for page in document.pages:
            for field in page.Annots:
                if field.get("/FT") in ("/Tx", "/Ch"):
                    del field["/AP"]
        document.Root.AcroForm.NeedAppearances = need

    return change


def with_flags(flags: int) -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        for page in document.pages:
            for field in page.Annots:
                field.F = flags

    return change


def password(document: pikepdf.Pdf) -> None:
    document.pages[0].Annots[0].Ff = 1 << 13


def comment(kind: str, flags: int = 4, drawn: bool = True) -> Callable[[pikepdf.Pdf], None]:
    """A comment that says "Paid in full"."""

    def change(document: pikepdf.Pdf) -> None:
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        look = document.make_stream(b"BT /F 12 Tf 2 5 Td (Paid in full) Tj ET")
        look.Type, look.Subtype, look.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, [0, 0, 200, 20]
        look.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name("/" + kind), Rect=[306, 396, 506, 416], F=flags,
            Contents="Paid in full", DA="/Helv 12 Tf 0 g",
        )  # fmt: skip
        if drawn:
            note.AP = pikepdf.Dictionary(N=look)
        document.pages[0].Annots = pikepdf.Array([document.make_indirect(note)])

    return change


def read(data: bytes) -> list[Page]:
    return list(read_pages(data, FileKind.PDF, ReadingOptions()))


@pytest.mark.parametrize(
    "data",
    [form(), changed(form(), without_appearances(need=True)), changed(form(), without_appearances(need=False))],
    ids=["drawn by the file", "to be drawn by the viewer", "not drawn"],
)
def test_values_are_words_in_their_fields_once(data: bytes) -> None:
    [page] = read(data)
    assert [line for line in page.text.splitlines() if line != f"{SENTENCE}, page 1"] == ["Jordan Blake", "Ohio"]
    box = next(word.box for word in page.words if word.text == "Jordan")
    assert 72 / 612 < box.x0 < 0.2
    assert 1 - 520 / 792 <= box.y0 < box.y1 <= 1 - 500 / 792 + 0.002


def test_fields_are_known_by_name_also_on_later_pages() -> None:
    for number, page in enumerate(read(form(pages=2)), start=1):
        known = {field.name.removesuffix(str(number)): field for field in page.form}
        assert {name: (field.value, field.checked) for name, field in known.items()} == {
            "holder": ("Jordan Blake", None),
            "yes": ("Yes", True),
            "no": ("Yes", False),
            "state": ("Ohio", None),
        }
        assert known["holder"].box.to_json() == pytest.approx(
            [number, 72 / 612, 1 - 520 / 792, 272 / 612, 1 - 500 / 792], abs=1e-3
        )


def test_check_boxes_of_the_form_are_marks() -> None:
    [page] = read(form())
    assert [(mark.checked, round((1 - mark.box.y1) * 792, -1)) for mark in page.marks] == [(True, 430), (False, 400)]


def test_a_page_with_a_form_comes_back_from_the_store() -> None:
    [page] = read(form())
    back = Page.from_json(page.to_json())
    assert [(f.name, f.value, f.checked) for f in back.form] == [(f.name, f.value, f.checked) for f in page.form]
    before = {key: value for key, value in page.to_json().items() if key != "form"}
    assert Page.from_json(before).form == ()


@pytest.mark.parametrize(("flags", "name"), [(2, "hidden"), (1, "invisible"), (32, "not for view")])
def test_fields_that_are_not_shown_are_not_read(flags: int, name: str) -> None:
    [page] = read(changed(form(), with_flags(flags)))
    assert page.text == f"{SENTENCE}, page 1"
    assert page.form == ()


def test_a_field_that_stores_another_value_than_it_shows_is_left_out() -> None:
    def forged(document: pikepdf.Pdf) -> None:
        document.pages[0].Annots[0].V = "Casey Quinn"

    [page] = read(changed(form(), forged))
    assert "Jordan Blake" in page.text
    assert [field.name for field in page.form] == ["yes1", "no1", "state1"]


def test_a_typed_comment_without_appearance_on_a_form_is_read_once() -> None:
    [page] = read(changed(form(), comment("FreeText", drawn=False)))
    assert page.text.count("Paid in full") == 1


def test_passwords_are_left_out() -> None:
    [page] = read(changed(form(), password))
    assert "holder1" not in [field.name for field in page.form]


@pytest.mark.parametrize(
    ("change", "confidence"),
    [
        (comment("FreeText"), 1.0),
        (comment("FreeText", drawn=False), 0.5),
        (comment("Stamp"), 1.0),
        (comment("FreeText", flags=2), None),
        (comment("FreeText", flags=32), None),
        (comment("Popup"), None),
        (comment("Text", drawn=False), None),
    ],
    ids=["typed", "typed, not drawn", "stamp", "hidden", "not for view", "pop-up", "note"],
)
def test_comments_that_are_shown_are_words(change: Callable[[pikepdf.Pdf], None], confidence: float | None) -> None:
    [page] = read(changed(plain(), change))
    found = [word for word in page.words if word.text in ("Paid", "in", "full") and word.box.x0 > 0.49]
    assert [(word.text, word.confidence) for word in found] == (
        [(text, confidence) for text in ("Paid", "in", "full")] if confidence else []
    )
    for word in found:
        assert inside(word.box, Box(1, 306 / 612, 1 - 416 / 792, 506 / 612, 1 - 396 / 792))


def inside(box: Box, outer: Box) -> bool:
    slack = 0.005
    return (
        outer.x0 - slack < box.x0 < box.x1 < outer.x1 + slack and outer.y0 - slack < box.y0 < box.y1 < outer.y1 + slack
    )
