"""Tables by their headings: the lines that name the columns, and the rows below them up to the sums."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from pipeline.dates import DateOrder, find_dates
from pipeline.doctypes.definition import FieldKind, FieldSpec
from pipeline.extract.candidate import found
from pipeline.extract.candidates import Rows
from pipeline.extract.layout import text_of
from pipeline.extract.scene import Scene
from pipeline.extract.table_heading import Column, cells_of, find_heading, is_number
from pipeline.money import parse_money
from pipeline.types import Box, FieldValue, JsonValue, Word

_CONTINUED_GAP = 1.8
"""Letter heights between a row and the next line of its text, at most."""
_MOST_FURTHER_LINES = 2
_BEGINS_TOGETHER = 0.5
"""Letter heights by which a cell may begin apart from its heading."""
_WRONG_KIND = 0.08
"""How much farther, as a share of the width, a number seems from a column of text, and a text from one of numbers."""
_PLAUSIBLE, _UNSURE = 0.8, 0.6
_SMALL = 0.88
"""Letters lower than this share of the row's are a note below it."""
_CENT = 0.011
_NOTE = re.compile(r":|^\W*\d[\d\s.-]{7,}\W*$|^\(.*\)$")
"""What is no description: "GTIN: 4012345001235", a long number, a remark in brackets."""


@dataclass(slots=True)
class _Row:
    cells: dict[str, JsonValue]
    words: list[Word]
    further_lines: int = 0


@dataclass(slots=True)
class _Reader:
    """What is known while a page's rows are read, top to bottom.

    Attributes:
        spec: the table.
        order: of numeric dates.
        amounts: names of fields and helpers.
        columns: as the last heading named them.
        current: the row that a further line of text would belong to.
        waiting: a row whose amount has not come yet, or a text above one.
        bottom: of the line before.
        inside: whether the table goes on.
    """

    spec: FieldSpec
    order: DateOrder
    amounts: frozenset[str]
    columns: tuple[Column, ...] = ()
    current: _Row | None = None
    waiting: _Row | None = None
    bottom: float = 0.0
    inside: bool = False
    rows: list[_Row] = field(default_factory=list)

    def forget(self) -> None:
        """No line belongs to a row before."""
        self.current = self.waiting = None


def find_table(spec: FieldSpec, scene: Scene, amounts: frozenset[str]) -> FieldValue | None:
    """The rows of a table over all pages.

    Args:
        spec: a TABLE; a row must have the columns that are required.
        scene: the document.
        amounts: names of the type's amounts, whose labels begin what is below the table.
    """
    reader = _Reader(spec, scene.dates.order, amounts)
    for page in scene.pages:
        _read_page(reader, scene, page)
    rows = [_mended(row) for row in reader.rows]
    if not rows:
        return None
    names = [column.name for column in spec.columns]
    values: list[JsonValue] = [{name: row.cells.get(name) for name in names} for row in rows]
    words = [word for row in rows for word in row.words]
    table = found(spec.name, values, words, _PLAUSIBLE if _multiply(rows) else _UNSURE)
    return replace(table, boxes=tuple(_place(row.words) for row in rows))


def _place(words: Sequence[Word]) -> Box:
    """Around a row; of one that a page break parts, around what stands before it."""
    first = min(word.box.page for word in words)
    return Box.around([word.box for word in words if word.box.page == first])


def _read_page(reader: _Reader, scene: Scene, page: Rows) -> None:
    """The table's rows on one page; the columns are those of the page before until a heading names them again."""
    reader.forget()
    skip = 0
    for i, row in enumerate(page.rows):
        if skip:
            skip -= 1
            continue
        heading = find_heading(reader.spec, page, i)
        if heading is not None:
            reader.inside = not reader.columns or _names(heading.columns) == _names(reader.columns)
            reader.columns = heading.columns if reader.inside else reader.columns
            skip = heading.lines - 1
            reader.forget()
        elif reader.inside:
            match _amount_announced(reader.amounts, scene, row):
                case "a sum":
                    reader.inside = False
                case "a charge":
                    reader.forget()
                case _:
                    _read_row(reader, row, page)
        reader.bottom = max(word.box.y1 for word in row)


def _names(columns: Sequence[Column]) -> set[str]:
    return {column.spec.name for column in columns if column.spec is not None}


def _read_row(reader: _Reader, row: Sequence[Word], page: Rows) -> None:
    cells = _cells(row, page, reader.columns)
    read = _values(reader, cells)
    near = (min(word.box.y0 for word in row) - reader.bottom) / page.em_y <= _CONTINUED_GAP
    required = [column.name for column in reader.spec.columns if column.required]
    if all(name in read.cells for name in required):
        if reader.waiting is not None and near and _belong_together(reader.spec, reader.waiting, read):
            read = _joined(reader.waiting, read)
        if not _is_row(reader.spec, read):
            return
        reader.rows.append(read)
        reader.current, reader.waiting = read, None
    elif any(isinstance(value, float) for value in read.cells.values()):
        reader.current, reader.waiting = None, read
    elif read.cells and near and reader.waiting is not None:
        reader.waiting = _joined(reader.waiting, read)
    elif read.cells and near and reader.current is not None:
        _continue(reader, reader.current, read)
    elif read.cells:
        reader.current, reader.waiting = None, read


def _is_row(spec: FieldSpec, row: _Row) -> bool:
    """Whether a line with an amount is a row of the table: it names something, or multiplies something."""
    texts = {column.name for column in spec.columns if column.kind is FieldKind.TEXT}
    required = {column.name for column in spec.columns if column.required}
    return bool(texts & row.cells.keys()) or len(row.cells.keys() - required) >= min(2, len(spec.columns) - 2)


def _belong_together(spec: FieldSpec, upper: _Row, lower: _Row) -> bool:
    """Whether two lines are one row: no number is on both, and a text above is not the end of the row before."""
    texts = {column.name for column in spec.columns if column.kind is FieldKind.TEXT}
    both = upper.cells.keys() & lower.cells.keys()
    return not (both - texts) and not (both and upper.cells.keys() <= texts)


def _joined(upper: _Row, lower: _Row) -> _Row:
    """A row whose cells stand on two lines: texts follow each other, of two numbers the lower one counts."""
    cells = dict(upper.cells)
    for name, value in lower.cells.items():
        above = cells.get(name)
        both = isinstance(above, str) and isinstance(value, str)
        if not (both and _NOTE.search(str(value))):
            cells[name] = f"{above} {value}" if both else value
    return _Row(cells, [*upper.words, *lower.words])


def _continue(reader: _Reader, row: _Row, below: _Row) -> None:
    """A further line of a row's text; of notes and of more than a few lines nothing is taken."""
    texts = {column.name for column in reader.spec.columns if column.kind is FieldKind.TEXT}
    for name in texts & below.cells.keys():
        text = str(below.cells[name])
        small = _height(below.words) < _SMALL * _height(row.words)
        if row.further_lines < _MOST_FURTHER_LINES and not small and not _NOTE.search(text):
            row.cells[name] = f"{row.cells[name]} {text}" if row.cells.get(name) else text
            row.words += below.words
            row.further_lines += 1
        else:
            row.further_lines = _MOST_FURTHER_LINES


def _height(words: Sequence[Word]) -> float:
    return median(word.box.y1 - word.box.y0 for word in words)


def _amount_announced(amounts: frozenset[str], scene: Scene, row: Sequence[Word]) -> str:
    """What a row is whose text is the label of an amount: "a sum" ends the table, "a charge" is no row of it."""
    label = next((found for word in row if (found := scene.labelled(word)) is not None), None)
    if label is None or label.field not in amounts:
        return ""
    before = [word for word in row if word.box.x1 <= label.box.x0 and scene.labelled(word) is None]
    has_amount = any(parse_money(word.text) is not None for word in row)
    if not has_amount or sum(any(map(str.isalnum, word.text)) for word in before) > 1:
        return ""
    return "a charge" if label.helper else "a sum"


def _cells(row: Sequence[Word], page: Rows, columns: Sequence[Column]) -> Iterator[tuple[Column, list[Word]]]:
    """The parts of a row, each with the column that it stands under."""
    for part in (each for cell in cells_of(row, page) for each in _at_columns(cell, columns, page.em_x)):
        box = Box.around([word.box for word in part])
        number = parse_money(text_of(part).replace(" ", "")) is not None
        yield min(columns, key=lambda each: _distance(each, box, number)), part


def _at_columns(cell: list[Word], columns: Sequence[Column], em_x: float) -> list[list[Word]]:
    """A cell in two where a word of it begins where the heading of a column of text does."""
    for column in columns:
        if column.spec is not None and not is_number(column):
            for i, word in enumerate(cell):
                if i and abs(word.box.x0 - column.box.x0) < _BEGINS_TOGETHER * em_x:
                    return [cell[:i], cell[i:]]
    return [cell]


def _distance(column: Column, cell: Box, number: bool) -> float:
    """How far a cell stands from a heading: by left sides, right sides or middles; 0 if it covers the cell's middle."""
    heading = column.box
    wrong = _WRONG_KIND if column.spec is not None and number != is_number(column) else 0.0
    if heading.x0 <= (cell.x0 + cell.x1) / 2 <= heading.x1:
        return wrong
    sides = abs(heading.x0 - cell.x0), abs(heading.x1 - cell.x1)
    return wrong + min(*sides, abs((heading.x0 + heading.x1) - (cell.x0 + cell.x1)) / 2)


def _values(reader: _Reader, cells: Iterator[tuple[Column, list[Word]]]) -> _Row:
    row = _Row({}, [])
    for column, words in cells:
        if column.spec is None:
            continue
        name, value = column.spec.name, _value(column.spec, text_of(words), reader.order)
        if value is None:
            continue
        if isinstance(value, str) and name in row.cells:
            row.cells[name] = f"{row.cells[name]} {value}"
        else:
            row.cells.setdefault(name, value)
        row.words += words
    return row


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
            return text.strip(" .|") if any(map(str.isalpha, text)) else None


def _mended(row: _Row) -> _Row:
    """ "5,000 kg" at 5.50 for 27.50 are five, not five thousand: where only that makes the product right."""
    count, price, amount = (row.cells.get(name) for name in ("quantity", "unit_price", "amount"))
    numbers = [float(each) for each in (count, price, amount) if isinstance(each, int | float)]
    if len(numbers) == 3 and numbers[2]:
        q, p, a = numbers
        if abs(q / 1000 * p - a) <= _CENT < abs(q * p - a):
            row.cells["quantity"] = q / 1000
    return row


def _multiply(rows: Sequence[_Row]) -> bool:
    """Whether quantity x unit price = amount in most rows that have all three."""
    triples = [
        (row.cells["quantity"], row.cells["unit_price"], row.cells["amount"])
        for row in rows
        if all(isinstance(row.cells.get(name), int | float) for name in ("quantity", "unit_price", "amount"))
    ]
    right = sum(abs(q * p - a) <= _CENT * max(1.0, abs(q)) for q, p, a in triples)  # type: ignore[operator,arg-type]
    return bool(triples) and right * 2 > len(triples)
