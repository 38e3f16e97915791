"""Reading one page: decides where its words come from, and says why."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.errors import Corrupt
from pipeline.ocr.rows import in_rows
from pipeline.reading.drawn import Drawn, invisible_characters, shown_share, what_is_drawn
from pipeline.reading.filled import FilledPdf, laid_out, shown_form, with_form
from pipeline.reading.ink import seen_words
from pipeline.reading.instructions import WHY as INSTRUCTIONS
from pipeline.reading.instructions import may_have_instructions, top_of_instructions
from pipeline.reading.marks import find_marks
from pipeline.reading.options import ReadingOptions
from pipeline.reading.picture import PictureReading, read_picture
from pipeline.reading.regions import in_pieces, large_enough, read_regions, unread_regions
from pipeline.reading.textlayer import TextLayer, read_text_layer
from pipeline.reading.trust import Verdict, compare, judge, unreadable
from pipeline.render import Document, Gray
from pipeline.types import Box, Page, PageSource, Word

_BLANK_CONTRAST = 3.0
_SIGHT_DPI = 72.0
_MARKS_DPI = 150.0
_AROUND_PX = 4
_UNDERLAID = 0.5
_BOX_CHARACTERS = frozenset("□■▢▣☐☑☒◻◼❏❐❑❒✓✔✗✘")


def read_page(document: Document, number: int, options: ReadingOptions, first: Page | None = None) -> Page:
    """Reads a page of an open document; a damaged page of a longer document is given as such.

    Args:
        document: as `filled.open_filled` opened it.
        number: from 1.
        options: how.
        first: the document's page 1, if it was read before: it may tell that this page holds instructions only.

    Raises:
        Corrupt: the only page can't be opened.
        EngineMissing: the page needs OCR and there is no engine.
    """
    try:
        why = "it is a picture"
        if isinstance(document, FilledPdf):
            read = "it was asked for" if options.force_ocr else _read_as_text(document, number, options)
            if isinstance(read, Page):
                return read
            why = read
        return _read_by_ocr(document, number, options, why, first)
    except Corrupt:
        if document.page_count == 1:
            raise
        return Page(number, 612, 792, PageSource.DAMAGED, "The page is damaged and can't be opened.", ())


def _read_by_ocr(document: Document, number: int, options: ReadingOptions, why: str, first: Page | None) -> Page:
    width_pt, height_pt = document.size_pt(number)
    picture = document.gray(number, options.dpi)
    if float(cv2.meanStdDev(picture)[1][0, 0]) < _BLANK_CONTRAST:  # NumPy would need 130 MB for it
        return Page(number, width_pt, height_pt, PageSource.NONE, "The page is blank.", ())
    form = document.typed(number).form if isinstance(document, FilledPdf) else ()
    if not options.force_ocr and not form and may_have_instructions(first, number, document.page_count):
        top = top_of_instructions(picture, number, options)
        if top is not None:
            return Page(number, width_pt, height_pt, PageSource.OCR, INSTRUCTIONS, top)
    seen = read_picture(picture, number, options)
    if seen.turn in (90, 270):
        width_pt, height_pt = height_pt, width_pt
    if seen.turn:  # its boxes are those of the page as the file has it
        form = ()
    return Page(
        number,
        width_pt,
        height_pt,
        PageSource.OCR,
        _read_by(seen, why),
        seen.words,
        with_form(seen.marks, form),
        seen.turn,
        shown_form(form, seen.words),
        seen.codes,
    )


def _read_by(seen: PictureReading, why: str) -> str:
    sentence = f"Read by OCR: {why}."
    if seen.turn:
        sentence += f" It was turned by {seen.turn} degrees."
    if seen.problem is not None:
        sentence += " It is doubtful, and the second reader could not be asked."
    return sentence


def _read_as_text(document: FilledPdf, number: int, options: ReadingOptions) -> Page | str:
    """The page as its text layer has it, or why that can't be taken."""
    page = document.page(number)
    layer = read_text_layer(page, number)
    problem = unreadable(layer)
    if problem is not None:
        return problem
    drawn = what_is_drawn(page, number)
    shown = shown_share(page, drawn) if drawn.covered >= _UNDERLAID else 1.0
    typed = document.typed(number)
    places = [*_places_of_marks(layer, drawn, number), *(v.box for v in typed.form if v.checked is not None)]
    sight = document.gray(number, _MARKS_DPI if places else _SIGHT_DPI)
    inked = layer
    if drawn.invisible:
        inked = read_text_layer(page, number, invisible_characters(page), drawn.pictures)
    seen = seen_words(inked.words, sight)
    verdict = judge(layer, seen, shown, drawn) or compare(
        layer, seen, document.gray(number, options.dpi), number, options
    )
    if not verdict.good:
        return verdict.why
    regions = unread_regions(drawn.pictures, verdict.words, sight)
    words: Sequence[Word] = verdict.words
    if regions:
        words = read_regions(regions, verdict.words, document.gray(number, options.dpi), number, options)
    if typed.undrawn:
        words = in_rows([*in_pieces(words), *(line for comment in typed.undrawn for line in laid_out(*comment))], 0.0)
    marks = with_form(tuple(find_marks(_only(sight, places), number)) if places else (), typed.form)
    source, why = _source(verdict, words, regions)
    return Page(number, *document.size_pt(number), source, why, tuple(words), marks, form=shown_form(typed.form, words))


def _places_of_marks(layer: TextLayer, drawn: Drawn, number: int) -> list[Box]:
    """Where check boxes may be: where something of their size is drawn or printed, and on pictures."""
    if layer.bad:  # fonts of symbols often have no real characters
        return [Box(number, 0.0, 0.0, 1.0, 1.0)]
    printed = (word.box for word in layer.words if not _BOX_CHARACTERS.isdisjoint(word.text))
    return [*drawn.check_boxes, *filter(large_enough, drawn.pictures), *printed]


def _only(sight: Gray, places: Sequence[Box]) -> Gray:
    """The picture with everything white but these places: so letters aren't taken for check boxes, in less time."""
    only = np.full_like(sight, 255)
    height, width = sight.shape
    for box in places:
        area = (
            slice(max(0, int(box.y0 * height) - _AROUND_PX), int(box.y1 * height) + _AROUND_PX),
            slice(max(0, int(box.x0 * width) - _AROUND_PX), int(box.x1 * width) + _AROUND_PX),
        )
        only[area] = sight[area]
    return only


def _source(verdict: Verdict, words: Sequence[Word], regions: Sequence[Box]) -> tuple[PageSource, str]:
    """Where most of a page's letters come from, and the sentence that says so."""
    if not regions:
        return PageSource.TEXT_LAYER, f"Read as text: {verdict.why}."
    pictures = f"the picture {_where(regions[0])} was" if len(regions) == 1 else f"{len(regions)} pictures on it were"
    letters, of_layer = (sum(len(word.text) for word in some) for some in (words, verdict.words))
    if 2 * of_layer >= letters:
        return (
            PageSource.TEXT_LAYER,
            f"Read as text: {verdict.why}; {pictures} read by OCR.",
        )
    return PageSource.OCR, f"Read by OCR: {pictures} read so, and the text above it is that of its text layer."


def _where(box: Box) -> str:
    middle = (box.y0 + box.y1) / 2
    if box.y1 - box.y0 > 0.6:
        return "that covers it"
    return "at the top" if middle < 1 / 3 else "in the middle" if middle < 2 / 3 else "at the bottom"
