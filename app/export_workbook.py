"""Exports as an Excel workbook: a sheet per document type, one for the rows of tables, one that says what it is.

Rows go to disk as they are made (openpyxl's write-only mode), so memory does not grow with the documents.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from threading import BoundedSemaphore
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from app.cell_text import is_dangerous, xlsx_text
from app.components.wording import STATUSES, field_label, reason_labels, type_label
from app.exporting import MOST_DOCUMENTS, Export, Record
from app.sensitive_fields import spec_of
from pipeline.doctypes import FieldKind, FieldSpec

_BOLD = Font(bold=True)
_MONEY, _SHARE = "#,##0.00", "0.0%"
_MOST_ROWS = 1_048_576
"""Of a sheet (Microsoft, "Excel specifications and limits")."""
_FIRST_YEAR = 1900
_CHUNK_BYTES = 256_000
_AT_ONCE = BoundedSemaphore(2)
"""Making one keeps a core busy; the others' screens must stay quick."""
_NOT_IN_TITLE = re.compile(r"[\[\]:*?/\\']")
_DOCUMENT = ("Document", "File", "Status", "Confidence", "Pages", "Uploaded (UTC)", "Reviewed (UTC)", "Reviewed by",
             "Reasons")  # fmt: skip
_ROW = ("Document", "File", "Type", "Field", "Row")
_HIDING = {
    "mask": "masked, the last four characters stay",
    "hash": "replaced by digests, the same for the same number",
    "remove": "removed",
    "none": "not hidden",
}


@dataclass(frozen=True, slots=True)
class Number:
    """A number, and how Excel shows it; it stays one to count with."""

    value: float
    format: str


class Sheet:
    """A sheet that is filled row by row, and goes on in a second one when it is full.

    Args:
        book: in write-only mode.
        title: its name; what Excel does not allow in it is left out.
        heads: the first row.
        widths: of the columns, in characters; the last one counts for those that follow.
    """

    def __init__(self, book: Workbook, title: str, heads: Sequence[str], widths: Sequence[int] = (38, 30, 16)) -> None:
        self._book, self._title, self._heads, self._widths = book, title, heads, widths
        self._part = 0
        self._begin()

    def add(self, values: Iterable[Any]) -> None:
        """Adds a row."""
        if self._rows == _MOST_ROWS:
            self.end()
            self._begin()
        self._sheet.append([self._cell(value) for value in values])
        self._rows += 1

    def end(self) -> None:
        """Lets Excel filter by the columns."""
        self._sheet.auto_filter.ref = f"A1:{get_column_letter(len(self._heads))}{self._rows}"

    def _begin(self) -> None:
        self._part += 1
        self._sheet = self._book.create_sheet(_title(self._title, self._part))
        self._sheet.freeze_panes = "C2"
        for place in range(len(self._heads)):
            width = self._widths[min(place, len(self._widths) - 1)]
            self._sheet.column_dimensions[get_column_letter(place + 1)].width = width
        self._sheet.append([self._bold(head) for head in self._heads])
        self._rows = 1

    def _cell(self, value: Any) -> Any:
        if isinstance(value, Number):
            return self._number(value)
        if not isinstance(value, str):
            return value
        text = xlsx_text(value)
        if not is_dangerous(text) and text not in ERROR_CODES:
            return text or None  # which openpyxl writes as text, too, in half the time
        cell = WriteOnlyCell(self._sheet, text)
        cell.data_type = "s"
        cell.quotePrefix = True  # stays text when somebody edits it
        return cell

    def _number(self, number: Number) -> WriteOnlyCell:
        cell = WriteOnlyCell(self._sheet, number.value)
        cell.number_format = number.format
        return cell

    def _bold(self, head: str) -> WriteOnlyCell:
        cell = WriteOnlyCell(self._sheet, xlsx_text(head))
        cell.data_type = "s"
        cell.font = _BOLD
        return cell


def _title(name: str, part: int) -> str:
    ending = "" if part == 1 else f" {part}"
    return (_NOT_IN_TITLE.sub(" ", name).strip() or "Documents")[: 31 - len(ending)] + ending


def workbook_file(export: Export) -> Iterator[bytes]:
    """The workbook, made on disk first: its table of contents stands at its end."""
    with tempfile.TemporaryFile() as file:
        with _AT_ONCE:
            _made(export).save(file)
        file.seek(0)
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def _made(export: Export) -> Workbook:
    book = Workbook(write_only=True)
    fields = _fields_by_type(export)
    sheets = {
        of: Sheet(book, type_label(of) if of else "Not classified", (*_DOCUMENT, *(field_label(of, n) for n in names)))
        for of, names in fields.items()
    }
    columns = _table_columns(fields)
    rows = Sheet(book, "Table rows", (*_ROW, *columns.values())) if columns else None
    for record in export.records():
        sheet = sheets.get(record.document.type)
        if sheet is None:  # its type was changed meanwhile
            continue
        sheet.add((*_known(record), *_values(record, fields[record.document.type])))
        if rows is not None:
            for row in _rows(record, tuple(columns)):
                rows.add(row)
    for sheet in (*sheets.values(), *([rows] if rows else [])):
        sheet.end()
    _about(book, export)
    return book


def _fields_by_type(export: Export) -> dict[str | None, list[str]]:
    by_type: dict[str | None, list[str]] = {of: [] for of, _ in export.columns}
    by_type |= {of: [] for of in sorted(export.chosen.types - by_type.keys(), key=str)}
    for of, name in export.columns:
        by_type[of].append(name)
    return by_type


def _table_columns(fields: dict[str | None, list[str]]) -> dict[str, str]:
    """Column -> its label, of all tables; tables share the columns that are called the same."""
    specs = [spec for of, names in fields.items() for name in names if (spec := spec_of(of, name)) is not None]
    return {column.name: column.label for spec in specs for column in spec.columns}


def _known(record: Record) -> tuple[Any, ...]:
    document = record.document
    return (
        document.id,
        document.filename,
        STATUSES[document.processing_status],
        None if document.confidence is None else Number(document.confidence, _SHARE),
        document.page_count,
        _in_utc(document.created_at),
        None if document.reviewed_at is None else _in_utc(document.reviewed_at),
        record.reviewer or None,
        reason_labels(document.reasons) or None,
    )


def _in_utc(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)  # Excel knows no time zones


def _values(record: Record, names: Sequence[str]) -> Iterator[Any]:
    stored = {each.name: each.value for each in record.fields}
    for name in names:
        yield _value(spec_of(record.document.type, name), stored.get(name))


def _value(spec: FieldSpec | None, value: Any) -> Any:
    if isinstance(value, list):
        return len(value)  # they stand in the sheet of table rows
    if isinstance(value, dict):
        return str(value)
    if spec is not None and spec.kind is FieldKind.DATE and isinstance(value, str):
        return _day(value)
    if spec is not None and spec.kind is FieldKind.MONEY and isinstance(value, int | float):
        return Number(value, _MONEY)
    return value


def _day(value: str) -> date | str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return day if day.year >= _FIRST_YEAR else value


def _rows(record: Record, columns: Sequence[str]) -> Iterator[list[Any]]:
    document = record.document
    for stored in record.fields:
        if not isinstance(stored.value, list):
            continue
        spec = spec_of(document.type, stored.name)
        specs = {} if spec is None else {column.name: column for column in spec.columns}
        head = [document.id, document.filename, type_label(document.type), field_label(document.type, stored.name)]
        for number, row in enumerate(stored.value, 1):
            if isinstance(row, dict):
                yield [*head, number, *(_value(specs.get(name), row.get(name)) for name in columns)]


def _about(book: Workbook, export: Export) -> None:
    sheet = Sheet(book, "About", ("What", "Is"), (28, 90))
    n, matching = len(export.chosen.ids), export.chosen.matching
    which = f"{n:,}" if n == matching else f"{n:,}, the newest of {matching:,}: an export holds {MOST_DOCUMENTS:,}"
    for row in (
        ("Documents", which),
        ("Exported (UTC)", _in_utc(export.at)),
        ("Exported by", export.by),
        ("Tax, account and document numbers", _HIDING[export.hiding.mode]),
        ("Names of persons", "hidden in the same way" if export.hiding.persons and export.hiding.mode != "none"
         else "not hidden"),
    ):  # fmt: skip
        sheet.add(row)
