"""PDFs with forms and comments: what was typed into them is on their pages as text, and known by its field's name.

PDFium draws form values and comments into the page ("flattens" them), so that they are text like any other. Before
that, form fields without an appearance of their own get one, and what no viewer shows is taken out.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from rapidfuzz.distance import Indel

from pipeline.errors import Corrupt
from pipeline.kinds import FileKind
from pipeline.reading.glyphs import Placement
from pipeline.render import Document, PdfDocument, open_document
from pipeline.types import Box, FormValue, Mark, Word

_MOST_ANNOTATIONS = 5000
_HIDDEN = pdfium_c.FPDF_ANNOT_FLAG_HIDDEN
_UNSEEN = _HIDDEN | pdfium_c.FPDF_ANNOT_FLAG_INVISIBLE | pdfium_c.FPDF_ANNOT_FLAG_NOVIEW
_TYPED_KINDS = (pdfium_c.FPDF_FORMFIELD_TEXTFIELD, pdfium_c.FPDF_FORMFIELD_COMBOBOX, pdfium_c.FPDF_FORMFIELD_LISTBOX)
_CHECKED_KINDS = (pdfium_c.FPDF_FORMFIELD_CHECKBOX, pdfium_c.FPDF_FORMFIELD_RADIOBUTTON)
_NOT_SHOWN = 0.5
"""Confidence of words that some viewers show and ours doesn't: a person should see them."""
_SAME_VALUE = 0.8
"""Viewers may draw a value with other signs than it is stored with, such as 1,234.50 for 1234.5."""
_PASSWORD = 1 << 13
"""Field flag 14 of ISO 32000-1, table 228."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into a page.

    Attributes:
        form: the fields that hold a value, and all check boxes; see `shown_form`.
        undrawn: comments that the file gives no appearance, as text and place: some viewers show them, PDFium doesn't.
    """

    form: tuple[FormValue, ...] = ()
    undrawn: tuple[tuple[str, Box], ...] = ()


NOTHING_TYPED = Typed()


@contextmanager
def open_filled(data: bytes, kind: FileKind) -> Iterator[Document]:
    """Like `render.open_document`; a PDF comes as `FilledPdf`."""
    if kind is not FileKind.PDF:
        with open_document(data, kind) as document:
            yield document
        return
    filled = FilledPdf(data)
    try:
        yield filled
    finally:
        filled.close()


class FilledPdf(PdfDocument):
    """A PDF that shows its form values, and tells what was typed into each page."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.pdf.init_forms()
        self._typed: dict[int, Typed] = {}
        self._open: tuple[int, Any] | None = None

    def page(self, number: int) -> Any:
        """See `PdfDocument`; the page used last stays open."""
        if self._open is None or self._open[0] != number:
            if number not in self._typed:
                self._typed[number] = self._prepared(number)
            self._open = number, super().page(number)
        return self._open[1]

    def typed(self, number: int) -> Typed:
        """What was typed into a page."""
        self.page(number)
        return self._typed[number]

    def _prepared(self, number: int) -> Typed:
        try:
            page = self.pdf[number - 1]
        except pdfium.PdfiumError:
            raise Corrupt(f"Page {number} can't be opened.") from None
        count = min(pdfium_c.FPDFPage_GetAnnotCount(page), _MOST_ANNOTATIONS)
        if count <= 0:
            return NOTHING_TYPED
        placement = Placement(page)
        form: list[FormValue] = []
        undrawn: list[tuple[str, Box]] = []
        for index in range(count):
            annotation = pdfium_c.FPDFPage_GetAnnot(page, index)
            if not annotation:
                continue
            try:
                self._look_at(annotation, placement, number, form, undrawn)
            finally:
                pdfium_c.FPDFPage_CloseAnnot(annotation)
        return Typed(tuple(form), tuple(undrawn))

    def _look_at(
        self,
        annotation: Any,
        placement: Placement,
        number: int,
        form: list[FormValue],
        undrawn: list[tuple[str, Box]],
    ) -> None:
        flags = pdfium_c.FPDFAnnot_GetFlags(annotation)
        if flags & _UNSEEN:
            pdfium_c.FPDFAnnot_SetFlags(annotation, flags | _HIDDEN)  # flattening heeds no other flag
            return
        box = _box(annotation, placement, number)
        if box is None:
            return
        kind = pdfium_c.FPDFAnnot_GetSubtype(annotation)
        if kind == pdfium_c.FPDF_ANNOT_WIDGET and self.pdf.formenv is not None:
            value = _form_value(self.pdf.formenv, annotation, box)
            if value is not None:
                form.append(value)
        elif kind == pdfium_c.FPDF_ANNOT_FREETEXT and not _appearance(annotation):
            text = _text(lambda buffer, size: pdfium_c.FPDFAnnot_GetStringValue(annotation, b"Contents", buffer, size))
            if text.strip():
                undrawn.append((text, box))

    def close(self) -> None:
        """See `Document`."""
        self._open = None
        super().close()


def with_form(marks: tuple[Mark, ...], form: tuple[FormValue, ...]) -> tuple[Mark, ...]:
    """The check boxes seen on a page together with those of its form; a cross seen or set is one."""
    seen = list(marks)
    for value in form:
        if value.checked is None:
            continue
        same = [index for index, mark in enumerate(seen) if mark.box.overlaps(value.box)]
        for index in same:
            seen[index] = replace(seen[index], checked=seen[index].checked or value.checked)
        if not same:
            seen.append(Mark(value.box, float(value.checked), value.checked))
    return tuple(sorted(seen, key=lambda mark: (mark.box.y0, mark.box.x0)))


def shown_form(form: tuple[FormValue, ...], words: Sequence[Word]) -> tuple[FormValue, ...]:
    """The fields whose value is what the page shows in their place; a file may store one value and draw another."""
    return tuple(value for value in form if value.checked is not None or _is_shown(value, words))


def _is_shown(value: FormValue, words: Sequence[Word]) -> bool:
    box = value.box
    inside = [
        word.text
        for word in words
        if box.x0 <= (word.box.x0 + word.box.x1) / 2 <= box.x1 and box.y0 <= (word.box.y0 + word.box.y1) / 2 <= box.y1
    ]
    stored, drawn = ("".join(filter(str.isalnum, text)).casefold() for text in (value.value, "".join(inside)))
    return Indel.normalized_similarity(stored, drawn) >= _SAME_VALUE


def laid_out(text: str, box: Box) -> list[list[Word]]:
    """The words of a comment that isn't drawn, line by line, spread over its box as it would hold them."""
    rows = [row.split() for row in text.splitlines() if row.strip()]
    lines = []
    for index, row in enumerate(rows):
        y0, y1 = (box.y0 + (box.y1 - box.y0) * place / len(rows) for place in (index, index + 1))
        letter = (box.x1 - box.x0) / (sum(map(len, row)) + len(row) - 1)
        starts = accumulate((len(word) + 1 for word in row), initial=0)
        ends = [(box.x0 + start * letter, len(word) * letter) for word, start in zip(row, starts, strict=False)]
        places = [Box(box.page, x0, y0, x0 + width, y1) for x0, width in ends]
        lines.append([Word(word, place, _NOT_SHOWN, 0) for word, place in zip(row, places, strict=True)])
    return lines


def _form_value(form: Any, annotation: Any, box: Box) -> FormValue | None:
    """A field that says something: a check box, or a field with a value that may be shown."""
    kind = pdfium_c.FPDFAnnot_GetFormFieldType(form, annotation)
    name = _text(lambda buffer, size: pdfium_c.FPDFAnnot_GetFormFieldName(form, annotation, buffer, size))
    if kind in _CHECKED_KINDS:
        checked = bool(pdfium_c.FPDFAnnot_IsChecked(form, annotation))
        value = _text(lambda buffer, size: pdfium_c.FPDFAnnot_GetFormFieldExportValue(form, annotation, buffer, size))
        return FormValue(name, value, box, checked)
    if kind not in _TYPED_KINDS or pdfium_c.FPDFAnnot_GetFormFieldFlags(form, annotation) & _PASSWORD:
        return None
    value = _text(lambda buffer, size: pdfium_c.FPDFAnnot_GetFormFieldValue(form, annotation, buffer, size))
    return FormValue(name, value, box) if value.strip() else None


def _appearance(annotation: Any) -> str:
    normal = pdfium_c.FPDF_ANNOT_APPEARANCEMODE_NORMAL
    return _text(lambda buffer, size: pdfium_c.FPDFAnnot_GetAP(annotation, normal, buffer, size))


def _text(get: Callable[[Any, int], int]) -> str:
    """A text that PDFium writes into a buffer: UTF-16, ended by a zero."""
    size = get(None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    get(ctypes.cast(buffer, ctypes.POINTER(pdfium_c.FPDF_WCHAR)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")


def _box(annotation: Any, placement: Placement, number: int) -> Box | None:
    """The annotation's place; None off the displayed page."""
    rectangle = pdfium_c.FS_RECTF()
    if not pdfium_c.FPDFAnnot_GetRect(annotation, rectangle):
        return None
    corners = (rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
    x0, y0, x1, y1 = np.clip(placement.boxes(np.array(corners, np.float64))[0], 0.0, 1.0).tolist()
    return Box(number, x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None
