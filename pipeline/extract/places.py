"""Postal addresses: the lines below a name, or beside and below a label, up to what is no address any more."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.doctypes.definition import FieldSpec
from pipeline.extract.candidate import found
from pipeline.extract.candidates import parts_of
from pipeline.extract.layout import right_of, text_of, until_gap
from pipeline.extract.scene import Scene
from pipeline.types import Box, FieldValue, Word

_MOST_LINES = 5
_WIDE = 3.0
"""A gap of so many letter heights ends a line of an address."""
_GAP = 2.2
"""Letter heights between two lines of an address, at most."""
_END = re.compile(
    r"\b(tel|fax|phone|ph|mobile|hp|e-?mail|www|http|gst|vat|reg|roc|co\.? no|company no|invoice|receipt|bill|date|"
    r"cashier|table|order|abn|tax|site|store|st#|welcome|thank|ust)\b|@|"
    r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{3,4}[- ]\d{6,}",
    re.IGNORECASE,
)
_REGISTRATION = re.compile(r"^\W*(?:co\.?|company|reg\w*)?[\W\d]*\d{4,}-?[A-Z]?\W*$", re.IGNORECASE)
_POSTCODE = re.compile(
    r"\b\d{5}(?:-\d{4})?\b|\b\d{4}\b|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b"
)
_STREET = re.compile(
    r"\b(street|st|road|rd|avenue|ave|lane|ln|drive|dr|blvd|way|place|square|jalan|jln|taman|lorong|lot|no|persiaran|"
    r"straße|strasse|str|weg|platz|rue|via|calle|plaza|laan|straat)\b",
    re.IGNORECASE,
)


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
    text = ", ".join(text_of(line).strip(" ,;") for line in lines)
    if not lines or not (_POSTCODE.search(text) or _STREET.search(text)):
        return None
    sure = 0.85 if _POSTCODE.search(text) and _STREET.search(text) else 0.6
    return found(spec.name, text, [word for line in lines for word in line], sure)


def _lines_below(scene: Scene, box: Box) -> list[list[Word]]:
    """The lines of text under a box and in line with it, as far as they may be an address."""
    page = next(rows for rows in scene.pages if rows.page.number == box.page)
    lines: list[list[Word]] = []
    bottom, middle, left = box.y1, (box.x0 + box.x1) / 2, box.x0
    for row in page.rows:
        for part in parts_of(row, page.em_x):
            around = Box.around([word.box for word in part])
            gap = (around.y0 - bottom) / page.em_y
            if not gap >= -0.5 or not (around.x0 <= middle <= around.x1 or abs(around.x0 - left) < 2 * page.em_x):
                continue
            if gap > _GAP or len(lines) == _MOST_LINES or _is_end(part):
                return lines
            if not _REGISTRATION.match(text_of(part)):
                lines.append(part)
            bottom = around.y1
    return lines


def _is_end(part: Sequence[Word]) -> bool:
    return bool(_END.search(text_of(part)))
