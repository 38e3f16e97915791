"""Whatever documents hold, no cell of an export is a formula: from the record to the bytes of the file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from app.export_text import csv_file
from app.export_workbook import workbook_file
from app.exporting import Export, Record
from app.sensitive_fields import Hiding
from app.settings import Settings
from db.documents import Document, StoredField
from db.exports import Chosen

NOW = datetime(2024, 3, 15, tzinfo=UTC)
NAMES = ("name", "ssn", "city_state_zip", "of_another_time")
LEADS = st.sampled_from(["", " ", "\t", "\n"])
FORMULAS = st.sampled_from([*"=+-@＝＠", "=1+1", "#N/A"])
TEXTS = st.one_of(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20),
    st.builds("{}{}{}".format, LEADS, FORMULAS, st.text(st.characters(codec="ascii", min_codepoint=32), max_size=5)),
)
ROWS = st.lists(st.fixed_dictionaries({"amount": st.floats(-1e6, 1e6), "description": TEXTS}), max_size=2)
VALUES = st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), TEXTS, ROWS)


@dataclass(frozen=True)
class Made(Export):
    """An export of given records."""

    given: tuple[Record, ...] = ()

    def records(self) -> Iterator[Record]:
        return iter(self.given)


def record(filename: str, values: dict[str, Any]) -> Record:
    known = {
        "id": "6f1c9a2e-3b0d-4c1f-9a57-2f6f1f0b7c11", "filename": filename, "type": "w9", "reasons": [],
        "processing_status": "approved", "confidence": 0.5, "page_count": 1, "created_at": NOW,
    }  # fmt: skip
    document = Document(**{each.name: known.get(each.name) for each in fields(Document)})  # type: ignore[arg-type]
    stored = tuple(
        StoredField(name, i, value, None, [], 0.5, None, [], "machine", None, NOW)
        for i, (name, value) in enumerate(values.items())
    )
    return Record(document, stored, "=Ann")


def export(records: tuple[Record, ...]) -> Made:
    columns = tuple(("w9", name) for name in NAMES)
    return Made(NOW, "=Ann", Chosen(("1",), frozenset({"w9"}), 1), columns, Hiding("none"), Settings(), "t", records)


@given(TEXTS, st.dictionaries(st.sampled_from(NAMES), VALUES))
@settings(deadline=None)
def test_no_cell_of_a_csv_is_a_formula(filename: str, values: dict[str, Any]) -> None:
    written = b"".join(csv_file(export((record(filename, values),)))).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(written, newline="")))
    assert len(rows) == 2
    for cell in (cell for row in rows for cell in row):
        assert re.match(r"(?!\s*[=+＝＠@]|\s*-)(?![\t\r\n])|-\d", cell), cell


@given(TEXTS, st.dictionaries(st.sampled_from(NAMES), VALUES))
@settings(deadline=None, max_examples=30)
def test_no_cell_of_a_workbook_is_a_formula(filename: str, values: dict[str, Any]) -> None:
    written = b"".join(workbook_file(export((record(filename, values),))))
    book = load_workbook(io.BytesIO(written))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "b"}
    heads, row = list(book["W-9"].iter_rows(values_only=True))
    shown = dict(zip(heads, row, strict=True))["Name (line 1)"]
    if isinstance(values.get("name"), bool | int):
        assert shown == values["name"]


def test_amounts_and_confidences_are_numbers_that_excel_shows_as_such() -> None:
    statement = record("a.pdf", {"closing_balance": 12345.5, "transactions": [{"amount": -3.0, "description": "Fee"}]})
    statement = replace(statement, document=replace(statement.document, type="bank_statement"))
    made = export((statement,))
    made = replace(made, chosen=Chosen(("1",), frozenset({"bank_statement"}), 1),
                   columns=(("bank_statement", "closing_balance"), ("bank_statement", "transactions")))  # fmt: skip
    book = load_workbook(io.BytesIO(b"".join(workbook_file(made))))
    cells = {cell[0].value: cell[1] for name in ("Bank statement", "Table rows") for cell in book[name].iter_cols()}
    shown = {head: (cells[head].value, cells[head].number_format) for head in cells}
    assert shown["Confidence"] == (0.5, "0.0%")
    assert shown["Closing balance"] == (12345.5, "#,##0.00")
    assert shown["Amount (+ in, - out)"] == (-3.0, "#,##0.00")
    assert shown["Pages"] == (1, "General")
