"""How clearly each cell of a table was read: a misread amount among thirty good ones is what a person has to find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from json import dumps

from pipeline.confidence import clarity
from pipeline.doctypes.definition import FieldKind, FieldSpec
from pipeline.extract.slant import moved, slant_of, straightened
from pipeline.extract.words_under import words_under
from pipeline.money import parse_money
from pipeline.printed import places_of
from pipeline.types import Box, JsonValue, Page, Word

Row = Mapping[str, JsonValue]


def cell_clarities(
    spec: FieldSpec, rows: Sequence[Row], boxes: Sequence[Box], pages: Sequence[Page]
) -> list[dict[str, float]]:
    """Column -> how clearly its words were read, 0..1, for each row.

    A cell whose words can't be told on its row is left out: a year that only the heading has, a balance that was
    reckoned.

    Args:
        spec: a TABLE.
        rows: as the machine read them: what a person typed is not on the page.
        boxes: where they stand, one for each; another number of them tells nothing.
        pages: as read.
    """
    if len(rows) != len(boxes):
        return [{} for _ in rows]
    on_them = {box.page for box in boxes}
    slants = {page.number: slant_of(page) for page in pages if page.number in on_them}
    level = {page.number: straightened(page, slants[page.number]) for page in pages if page.number in on_them}
    return [
        _of_row(spec, row, _strip(moved(box, -slants[box.page]), level[box.page])) if box.page in level else {}
        for row, box in zip(rows, boxes, strict=True)
    ]


def as_read(rows: Sequence[Row], machine: Sequence[Row]) -> list[Row]:
    """What the machine read in the place of each row that is stored now; an empty row for one that a person added, or
    of which this can't be told.
    """
    same = SequenceMatcher(None, [_text(row) for row in machine], [_text(row) for row in rows], autojunk=False)
    found: list[Row] = [{} for _ in rows]
    for tag, start, end, new_start, new_end in same.get_opcodes():
        if tag == "equal" or (tag == "replace" and end - start == new_end - new_start):
            found[new_start:new_end] = machine[start:end]
    return found


def _text(row: Row) -> str:
    return dumps(row, sort_keys=True)


def _strip(row: Box, page: Page) -> Page:
    """Of a page whose lines are level, as when the row was found, the words of the row."""
    return replace(page, words=tuple(words_under([row], [page])))


def _of_row(spec: FieldSpec, row: Row, strip: Page) -> dict[str, float]:
    found = {each.name: _words(each, row.get(each.name), strip) for each in spec.columns}
    return {name: round(clarity(words), 3) for name, words in found.items() if words}


def _words(column: FieldSpec, value: JsonValue, strip: Page) -> Sequence[Word]:
    """The words of a cell; what is taken out stands without its minus in a column of its own."""
    if value is None:
        return ()
    if column.kind is not FieldKind.MONEY or not isinstance(value, int | float):
        return words_under(places_of(column, value, str(value), [strip]), [strip])
    for amount in dict.fromkeys((value, abs(value))):
        words = words_under(places_of(column, amount, str(amount), [strip]), [strip])
        words = words or [word for word in strip.words if parse_money(word.text) == amount]  # a quantity: "5"
        if len(words) == 1:
            return words
    return ()
