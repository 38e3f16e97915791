"""Postal addresses: the lines below a name, or beside and below a label, up to what is no address any more."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.dates import find_dates
from pipeline.doctypes.definition import FieldSpec
from pipeline.extract.candidate import found
from pipeline.extract.candidates import parts_of
from pipeline.extract.layout import right_of, spanned, text_of, until_gap
from pipeline.extract.scene import Scene
from pipeline.money import looks_like_money
from pipeline.types import Box, FieldValue, Word

_MOST_LINES = 5
_MOST_SKIPPED = 4
"""Lines between a name and its address at most: numbers of the register, a telephone, a slogan."""
_WIDE = 3.0
"""A gap of so many letter heights ends a line of an address."""
_GAP, _GAP_AFTER_NAME = 2.2, 3.0
"""Letter heights between two lines of an address, and between a name and what follows, at most."""
_END = re.compile(
    r"\b(tel|fax|phone|ph|hotline|mobile|hp|h/p|e-?mail|www|http|gst|sst|vat|reg|roc|br|co\.? ?no|company no|invoice|"
    r"receipt|bill|date|cashier|table|order|abn|tax|store|st#|welcome|thank|ust|branch|gstin|siret|id no)\b|@|"
    r"\b[tf] ?:|whatsapp|\d{2,4}[- ]\d{3,4}[- ]?\d{3,4}",
    re.IGNORECASE,
)
_REGISTRATION = re.compile(
    r"^\W*(?:co|company|reg\w*|roc|br|no|id|gst|sst)*[\W\d]*(?:no|reg|id)?[\W\d]*\d{4,}\W?[A-Z]{0,2}\W*$", re.IGNORECASE
)
_POSTCODE = re.compile(
    r"\b\d{5}(?:-\d{4})?\b|\b\d{4}\b|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b|\b\d\d \d{3}\b"
)
_STREET = re.compile(
    r"\b(street|st|road|rd|avenue|ave|lane|ln|drive|dr|blvd|way|place|square|highway|hwy|j[a1l]lan|j[l1]n|jin|taman|tmn|lorong|"
    r"lrg|lot|persiaran|lebuh\w*|kampung|kg|kawasan|seksyen|sek|bandar|plaza|wisma|menara|block|blk|level|floor|"
    r"\w*stra(?:ß|ss)e|\w*str|\w*weg|\w*platz|rue|via|calle|avenida|laan|straat|mall|nagar|marg)\b|"
    r"^\W*(?:no|lot|unit|suite|g|[a-z])[.\- ]*\d",
    re.IGNORECASE,
)


_HOUSE_NUMBER = re.compile(r"^\W*\d{1,5}[A-Za-z]?,? [^\W\d]|[^\W\d]{3,}\.? \d{1,4} ?[A-Za-z]?\W*$")


def address_near(spec: FieldSpec, scene: Scene, name: FieldValue | None) -> FieldValue | None:
    """The address beside and below its label, else the one below a name.

    Args:
        spec: the field.
        scene: the document.
        name: of whom it is the address, where it stands below a name.
    """
    for rows, labels in zip(scene.pages, scene.labels, strict=True):
        for label in labels:
            if label.field == spec.name:
                beside = until_gap(right_of(rows.page, label.box, 0.6), _WIDE * rows.em_x)
                start = Box.around([word.box for word in beside]) if beside else label.box
                value = _address(spec, [beside, *_lines_below(scene, start)] if beside else _lines_below(scene, start))
                if value is not None:
                    return value
    return _address(spec, _lines_below(scene, name.boxes[-1])) if name is not None and name.boxes else None


def _address(spec: FieldSpec, lines: Sequence[Sequence[Word]]) -> FieldValue | None:
    """The lines from the first that is part of an address to the last; None where none is."""
    marked = [i for i, line in enumerate(lines) if _is_marked(line)]
    if not marked:
        return None
    first = marked[0]
    if first and _HOUSE_NUMBER.search(text_of(lines[first - 1])):
        first -= 1
    kept = lines[first:]
    text = ", ".join(text_of(line).strip(" ,;") for line in kept)
    sure = 0.85 if _POSTCODE.search(text) and _STREET.search(text) else 0.6
    return found(spec.name, text, [word for line in kept for word in line], sure)


def _is_marked(line: Sequence[Word]) -> bool:
    text = text_of(line)
    return bool(_STREET.search(text) or _POSTCODE.search(text))


def _lines_below(scene: Scene, box: Box) -> list[list[Word]]:
    """The lines of text under a box and in line with it, as far as they may be an address."""
    page = next(rows for rows in scene.pages if rows.page.number == box.page)
    lines: list[list[Word]] = []
    bottom, middle, left, skipped = box.y1, (box.x0 + box.x1) / 2, box.x0, 0
    for row in page.rows:
        priced = looks_like_money(row[-1].text)
        for part in parts_of(row, page.em_x):
            around = Box.around([word.box for word in part])
            gap = (around.y0 - bottom) / page.em_y
            if not gap >= -0.5 or not (around.x0 <= middle <= around.x1 or abs(around.x0 - left) < 2 * page.em_x):
                continue
            address = [] if priced else _before_end(part)
            far = gap > (_GAP if lines else _GAP_AFTER_NAME)
            if far or len(lines) == _MOST_LINES or (lines and not address) or skipped > _MOST_SKIPPED:
                return lines
            whole = len(address) == len(part)
            if whole or _is_marked(address):
                lines.append(address)
            else:
                skipped += 1
            if lines and not whole:
                return lines
            bottom = around.y1
    return lines


def _before_end(part: Sequence[Word]) -> list[Word]:
    """A line up to the telephone or whatever else ends an address; nothing for a number of the register."""
    text = text_of(part)
    if _REGISTRATION.match(text) or find_dates(text):
        return []
    end = _END.search(text)
    return list(part) if end is None else spanned(part, 0, end.start() - 1)
