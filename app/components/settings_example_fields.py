"""The tables in which a new type's fields, and the phrases that speak for it, are named and corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from app.components.wording import NOT_KNOWN
from pipeline.doctypes import FieldKind
from pipeline.doctypes.definition import phrases
from pipeline.doctypes.from_example import DraftField, draft_cues, draft_fields
from pipeline.types import Page

Row = dict[str, Any]
"""A row of the fields' table."""

_STATE = "new-type"
_KINDS = [kind.value for kind in FieldKind if kind not in (FieldKind.TABLE, FieldKind.CHOICE)]
"""A table's columns and a choice's choices are written in the file."""
_FIELD, _VALUE, _KIND, _ANCHORS, _REQUIRED, _SENSITIVE, _FOUND = (
    "Field", "Value on the page", "Kind", "Announced by", "Required", "Sensitive", "Found",
)  # fmt: skip
_PHRASE, _WEIGHT = "Phrase", "Weight"
_DTYPES = {
    **dict.fromkeys((_FIELD, _VALUE, _KIND, _ANCHORS, _FOUND), "string"),
    **dict.fromkeys((_REQUIRED, _SENSITIVE), "boolean"),
}
_ROWS_AT_FIRST = 3
_TICK_PX = 95


@dataclass(frozen=True, slots=True)
class Example:
    """The document that a type is made from: whose, which, in which version, and its first pages."""

    tenant_id: str
    doc_id: str
    version: int
    pages: Sequence[Page]


def fields_table(example: Example) -> list[Row]:
    """Draws the table; gives the rows that have a name. What stands in one without is kept for later."""
    state = _state(example)
    edited = st.data_editor(
        pd.DataFrame(state["rows"]).astype(_DTYPES),
        key=f"new-type-fields-{example.doc_id}-{state['version']}",
        num_rows="dynamic",
        hide_index=True,
        height="content",
        column_config={
            _FIELD: st.column_config.TextColumn(max_chars=60),
            _VALUE: st.column_config.TextColumn(max_chars=300),
            _KIND: st.column_config.SelectboxColumn(options=_KINDS, width="small"),
            _ANCHORS: st.column_config.TextColumn(help="Words on the page that announce it, best first, with commas."),
            _REQUIRED: st.column_config.CheckboxColumn(width=_TICK_PX, default=False),
            _SENSITIVE: st.column_config.CheckboxColumn(width=_TICK_PX, default=False, help="Masked until asked for."),
            _FOUND: st.column_config.TextColumn(disabled=True, width="small"),
        },
    )
    rows = [_plain(row) for row in edited.to_dict("records")]
    state["unnamed"] = [row for row in rows if row[_VALUE] and not row[_FIELD]]
    return [row for row in rows if row[_FIELD]]


def drafts_of(example: Example, rows: Sequence[Row]) -> list[DraftField]:
    """The fields as the table has them; kinds that are empty are guessed."""
    return [
        DraftField(
            draft.name, draft.label, FieldKind(row[_KIND]) if row[_KIND] else draft.kind, phrases(row[_ANCHORS]),
            draft.example, draft.boxes, row[_REQUIRED], row[_SENSITIVE],
        )
        for row, draft in zip(rows, _derived(example, rows), strict=True)
    ]  # fmt: skip


def fill_in(example: Example, rows: Sequence[Row], label: str) -> None:
    """Puts what the document tells where the tables are empty; what a person has written stays."""
    state = _state(example)
    named = [
        {
            **row,
            _KIND: row[_KIND] or draft.kind.value,
            _ANCHORS: row[_ANCHORS] or ", ".join(draft.anchors),
            _FOUND: _found(draft),
        }
        for row, draft in zip(rows, _derived(example, rows), strict=True)
    ]
    state["rows"] = [*named, *state["unnamed"]]
    state["cues"] = {**draft_cues(label, drafts_of(example, named), example.pages), **state["edited cues"]}
    state["version"] += 1


def cues_table(example: Example) -> dict[str, float]:
    """Draws the table of phrases; gives them with their weights."""
    state = _state(example)
    cues: dict[str, float] = state["cues"]
    edited = st.data_editor(
        pd.DataFrame({_PHRASE: list(cues), _WEIGHT: list(cues.values())}).astype({_PHRASE: "string", _WEIGHT: "float"}),
        key=f"new-type-cues-{example.doc_id}-{state['version']}",
        num_rows="dynamic",
        hide_index=True,
        height="content",
        column_config={
            _PHRASE: st.column_config.TextColumn(max_chars=100, width="large"),
            _WEIGHT: st.column_config.NumberColumn(min_value=-10.0, max_value=10.0, default=2.0, width="small"),
        },
    )
    state["edited cues"] = {
        phrase.lower(): float(row[_WEIGHT])
        for row in edited.to_dict("records")
        if (phrase := _text(row[_PHRASE])) and pd.notna(row[_WEIGHT])
    }
    written: dict[str, float] = state["edited cues"]
    return written


def _state(example: Example) -> dict[str, Any]:
    """What this session has filled in for an example; its version makes the editors start anew from it."""
    states: dict[str, dict[str, Any]] = st.session_state.setdefault(_STATE, {})
    at_first = {
        "version": 0,
        "rows": [_row() for _ in range(_ROWS_AT_FIRST)],
        "unnamed": [],
        "cues": {},
        "edited cues": {},
    }
    return states.setdefault(example.doc_id, at_first)


def _row(label: str = "", value: str = "", kind: str = "", anchors: str = "", required: bool = False,
         sensitive: bool = False, found: str = "") -> Row:  # fmt: skip
    return {_FIELD: label, _VALUE: value, _KIND: kind or None, _ANCHORS: anchors, _REQUIRED: required,
            _SENSITIVE: sensitive, _FOUND: found}  # fmt: skip


def _plain(row: Mapping[Any, Any]) -> Row:
    kind = _text(row[_KIND])
    return _row(
        _text(row[_FIELD]), _text(row[_VALUE]), kind if kind in _KINDS else "", _text(row[_ANCHORS]),
        row[_REQUIRED] is True, row[_SENSITIVE] is True, _text(row[_FOUND]),
    )  # fmt: skip


def _text(cell: Any) -> str:
    """A cell's text; one that was never filled is no text."""
    return " ".join(cell.split()) if isinstance(cell, str) else ""


def _found(draft: DraftField) -> str:
    if not draft.example:
        return NOT_KNOWN
    return f"page {draft.boxes[0].page}" if draft.boxes else "not found"


def _derived(example: Example, rows: Sequence[Row]) -> list[DraftField]:
    named = tuple((row[_FIELD], row[_VALUE]) for row in rows)
    return _derive(example.tenant_id, example.doc_id, example.version, named, example.pages)


@st.cache_data(ttl=600, max_entries=200, show_spinner=False)
def _derive(
    tenant_id: str, doc_id: str, version: int, named: tuple[tuple[str, str], ...], _pages: Sequence[Page]
) -> list[DraftField]:
    """Looking for values on full pages takes long enough to be done once per change, not once per click."""
    return draft_fields(named, _pages)
