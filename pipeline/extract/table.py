"""Tables by their headings: the row that names the columns, and the rows below it up to the sums."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from pipeline.dates import DateOrder, find_dates
from pipeline.doctypes.definition import FieldKind, FieldSpec
from pipeline.extract.candidate import found
from pipeline.extract.candidates import Rows, parts_of
from pipeline.extract.layout import letters, text_of
from pipeline.extract.scene import Scene
from pipeline.money import parse_money
from pipeline.types import Box, FieldValue, JsonValue, Word

_LIKE_ENOUGH = 88.0
_CONTINUED_GAP = 1.8
"""Letter heights between a row and the next line of its text, at most."""
_PLAUSIBLE = 0.8
_CENT = 0.011


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a table; one that no anchor names is there to keep its cells out of the others."""

    spec: FieldSpec | None
    box: Box


@dataclass(slots=True)
class _Row:
    cells: dict[str, JsonValue]
    words: list[Word]
    text: list[str] = field(default_factory=list)


def find_table(spec: FieldSpec, scene: Scene) -> FieldValue | None:
    """The rows of a table over all pages.

    Args:
        spec: a TABLE; a row must have the columns that are required.
        scene: the document.
    """
    rows: list[_Row] = []
    columns: list[_Column] = []
    for page in scene.pages:
        rows += _rows_of_page(spec, scene, page, columns)
    if not rows:
        return None
    names = [column.name for column in spec.columns]
    values: list[JsonValue] = [{name: row.cells.get(name) for name in names} for row in rows]
    words = [word for row in rows for word in row.words]
    return found(spec.name, values, words, _PLAUSIBLE if _multiplies(rows) else 0.6)


def _rows_of_page(spec: FieldSpec, scene: Scene, page: Rows, columns: list[_Column]) -> Iterator[_Row]:
    """The table's rows on one page; the columns are those of the page before until a heading names them again."""
    current: _Row | None = None
    inside = bool(columns)
    bottom = 0.0
    for row in page.rows:
        heading = _heading(spec, row, page)
        if heading:
            columns[:] = heading
            inside, current = True, None
            continue
        if not inside:
            continue
        if _ends_table(scene, row):
            inside, current = False, None
            continue
        top, cells = row[0].box.y0, _cells(row, page, columns)
        read = _read(spec, cells, scene.dates.order)
        if read is not None:
            current = read
            yield read
        elif current is not None and (top - bottom) / page.em_y <= _CONTINUED_GAP:
            _continue(spec, current, cells)
        bottom = max(word.box.y1 for word in row)


def _heading(spec: FieldSpec, row: Sequence[Word], page: Rows) -> list[_Column]:
    """The columns that a row names: at least two of the table's, a required one among them; else nothing."""
    columns, free = [], list(spec.columns)
    for part in parts_of(row, page.em_x * 0.4):
        text = letters(text_of(part))
        if any(c.isdigit() for c in text):
            return []
        best = max(free, key=lambda column: _likeness(text, column), default=None)
        known = best if best is not None and _likeness(text, best) >= _LIKE_ENOUGH else None
        if known is not None:
            free.remove(known)
        columns.append(_Column(known, Box.around([word.box for word in part])))
    named = [column.spec for column in columns if column.spec is not None]
    enough = len(named) >= 2 and any(each.required for each in named)
    return columns if enough else []


def _likeness(text: str, column: FieldSpec) -> float:
    """How much a heading is like a column's anchors; the earlier of two equals is a little better."""
    return max(
        (fuzz.ratio(text, letters(anchor)) - 0.01 * place for place, anchor in enumerate(column.anchors)), default=0.0
    )


def _ends_table(scene: Scene, row: Sequence[Word]) -> bool:
    """Whether the row is one of the sums below the table: it begins with the label of an amount."""
    label = scene.labelled(row[0])
    return label is not None and label.field is not None and any(parse_money(word.text) is not None for word in row)


def _cells(row: Sequence[Word], page: Rows, columns: Sequence[_Column]) -> list[tuple[_Column, list[Word]]]:
    """The parts of a row, each with the column that it stands under."""
    cells: list[tuple[_Column, list[Word]]] = []
    for part in parts_of(row, page.em_x * 0.4):
        box = Box.around([word.box for word in part])
        column = min(columns, key=lambda each: _distance(each.box, box))
        if cells and cells[-1][0] is column:
            cells[-1][1].extend(part)
        else:
            cells.append((column, list(part)))
    return cells


def _distance(heading: Box, cell: Box) -> float:
    """How far a cell stands from a heading: by left sides, right sides or middles; 0 if it covers the cell's middle."""
    if heading.x0 <= (cell.x0 + cell.x1) / 2 <= heading.x1:
        return 0.0
    sides = abs(heading.x0 - cell.x0), abs(heading.x1 - cell.x1)
    return min(*sides, abs((heading.x0 + heading.x1) - (cell.x0 + cell.x1)) / 2)


def _read(spec: FieldSpec, cells: Sequence[tuple[_Column, list[Word]]], order: DateOrder) -> _Row | None:
    row = _Row({}, [])
    for column, words in cells:
        if column.spec is None:
            continue
        value = _value(column.spec, text_of(words), order)
        if value is not None and column.spec.name not in row.cells:
            row.cells[column.spec.name] = value
            row.words += words
    required = [column.name for column in spec.columns if column.required]
    return row if all(name in row.cells for name in required) else None


def _value(column: FieldSpec, text: str, order: DateOrder) -> JsonValue:
    match column.kind:
        case FieldKind.MONEY:
            number = re.match(r"^[^\d]{0,4}[-\d][\d.,']*", text)
            amount = parse_money(text.replace(" ", ""))
            return amount if amount is not None else parse_money(number[0]) if number else None
        case FieldKind.DATE:
            dates = find_dates(text, order)
            return dates[0].value.isoformat() if dates else None
        case _:
            return text.strip(" .|") or None


def _continue(spec: FieldSpec, row: _Row, cells: Sequence[tuple[_Column, list[Word]]]) -> None:
    """A further line of a row's text."""
    texts = [column.name for column in spec.columns if column.kind is FieldKind.TEXT]
    for column, words in cells:
        if column.spec is not None and column.spec.name in texts and column.spec.name in row.cells:
            row.cells[column.spec.name] = f"{row.cells[column.spec.name]} {text_of(words)}"
            row.words += words


def _multiplies(rows: Sequence[_Row]) -> bool:
    """Whether quantity x unit price = amount in most rows that have all three."""
    triples = [
        (row.cells["quantity"], row.cells["unit_price"], row.cells["amount"])
        for row in rows
        if all(isinstance(row.cells.get(name), int | float) for name in ("quantity", "unit_price", "amount"))
    ]
    right = sum(abs(q * p - a) <= _CENT * max(1.0, abs(q)) for q, p, a in triples)  # type: ignore[operator,arg-type]
    return bool(triples) and right * 2 > len(triples)
