from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.components.field_entries import FormField, Seen, form_fields, marked, shown, typed
from db.documents import StoredField
from db.drafts import Typed
from pipeline.doctypes import DOC_TYPES

W9 = DOC_TYPES["w9"]
TRANSACTIONS = DOC_TYPES["bank_statement"].field("transactions")
SEEN = Seen("d", 3)
NAME = StoredField(
    name="name",
    position=0,
    value="Ann",
    raw="Ann",
    boxes=[],
    confidence=0.8,
    parts=None,
    findings=[],
    source="machine",
    machine_value="Ann",
    updated_at=datetime.now(UTC),
)
ROWS = [{"date": "2024-01-01", "amount": 1.0}, {"date": "2024-01-02", "amount": 2.0}]


@pytest.mark.parametrize(
    ("typed_text", "expected"),
    [
        ("Ann", {}),  # untouched
        (" Ann ", {}),  # white space is no correction
        ("Bob", {"name": "Bob"}),
        ("", {"name": ""}),  # not on the document
        (None, {"name": ""}),  # a choice that was cleared
    ],
)
def test_only_what_was_touched_is_sent(typed_text: str | None, expected: dict[str, str]) -> None:
    field = FormField(W9.field("name"), NAME, (), "fair")
    assert typed([field], SEEN, {SEEN.key("name"): typed_text}, {}) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (None, {}),  # nobody touched the table
        (ROWS, {}),  # touched, and as it was
        (ROWS[:1], {"transactions": ROWS[:1]}),
        ([], {"transactions": []}),
    ],
)
def test_a_tables_rows_come_whole(rows: list[dict[str, Any]] | None, expected: dict[str, Any]) -> None:
    field = FormField(TRANSACTIONS, replace(NAME, name="transactions", value=ROWS), (), "fair")
    assert typed([field], SEEN, {}, {} if rows is None else {"transactions": rows}) == expected


PLACES = ((1.0, 0.1, 0.5, 0.3, 0.52),)


@pytest.mark.parametrize(
    ("draft", "in_form", "expected"),
    [
        (Typed("Ann", PLACES), "Ann", {"name": PLACES}),  # the stored value, marked where it stands
        (Typed("Bob", PLACES), "Bob ", {"name": PLACES}),
        (Typed("Bob", PLACES), "Bobby", {}),  # typed over since
        (Typed("Bob", PLACES), None, {}),  # a choice that has no such choice
        (Typed("Ann"), "Ann", {}),  # typed, not marked
        (None, "Ann", {}),
    ],
)
def test_a_mark_counts_while_the_form_holds_what_was_marked(
    draft: Typed | None, in_form: str | None, expected: dict[str, Any]
) -> None:
    field = FormField(W9.field("name"), NAME, (), "fair")
    assert marked([field], SEEN, {SEEN.key("name"): in_form}, {"name": draft} if draft else {}) == expected


def test_keys_differ_by_document_version_and_turn() -> None:
    keys = {seen.key("name") for seen in (SEEN, Seen("e", 3), Seen("d", 4), Seen("d", 3, 1))}
    assert len(keys) == 4


@pytest.mark.parametrize(
    ("stored", "reasons", "level"),
    [
        (replace(NAME, confidence=0.95), [], "sure"),
        (NAME, [], "fair"),
        (replace(NAME, confidence=0.5), [], "doubt"),
        (replace(NAME, confidence=None), [], "doubt"),
        (replace(NAME, confidence=0.95), [{"field": "name", "sentence": "Odd."}], "doubt"),
        (replace(NAME, source="human", confidence=0.1), [{"field": "name", "sentence": "Odd."}], "human"),
        (replace(NAME, value=None), [], "absent"),
        (replace(NAME, value=None), [{"field": "name", "sentence": "Not found."}], "doubt"),
    ],
)
def test_how_far_a_value_can_be_trusted(stored: StoredField, reasons: list[dict[str, Any]], level: str) -> None:
    from types import SimpleNamespace

    document: Any = SimpleNamespace(type="w9", reasons=reasons)
    first = form_fields(document, [stored], 0.75, document.reasons)[0]
    assert first.level == level
    assert first.needs_a_look == (level == "doubt" or bool(reasons))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [("opening_balance", 1234.5, "1,234.50"), ("opening_balance", None, ""), ("bank_name", "A", "A")],
)
def test_values_are_shown_as_people_type_them(name: str, value: Any, expected: str) -> None:
    assert shown(DOC_TYPES["bank_statement"].field(name), value) == expected
