from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.components.field_entries import FormField, Seen
from app.components.field_marks import mark, marks_style
from db.documents import StoredField
from pipeline.doctypes import DOC_TYPES

NAME = DOC_TYPES["w9"].field("name")
STORED = StoredField("name", 0, "Ann", "Ann", [], 0.8, None, [], "machine", "Ann", datetime.now(UTC))


@pytest.mark.parametrize(
    ("value", "level", "expected"),
    [
        ("Ann", "sure", "✓ 80%"),
        ("Ann", "fair", "80%"),
        ("Ann", "doubt", "! 80%"),
        ("Ann", "human", "by a person"),
        (None, "absent", "not found"),
        (None, "doubt", "missing"),
        (None, "human", "by a person"),
        ([{"amount": 1.0}, {"amount": 2.0}], "fair", "80% · 2 rows"),
    ],
)
def test_what_is_said_of_a_value(value: Any, level: str, expected: str) -> None:
    assert mark(FormField(NAME, replace(STORED, value=value), (), level)) == expected


def test_a_field_that_was_not_looked_for_is_not_found() -> None:
    assert mark(FormField(NAME, None, (), "absent")) == "not found"


def test_the_style_sheet_holds_nothing_of_the_document() -> None:
    hostile = replace(STORED, value='"} </style><script>', raw='"} </style><script>')
    style = marks_style([FormField(NAME, hostile, ("</style>",), "sure")], Seen("doc", 3, 1))
    assert style == '<style>.st-key-field-doc-3-1-name { --mark: "✓ 80%"; --hue: var(--fuse-sure) }</style>'
