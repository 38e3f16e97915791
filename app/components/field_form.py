"""The review form's fields: an editor for each kind of value, with its confidence and what is doubtful about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from app.components.field_entries import FormField, Seen, shown
from app.components.text_nodes import in_code, text_node
from app.components.wording import percent
from pipeline.doctypes import FieldKind, FieldSpec

_BADGES = {
    "sure": ":blue-badge[:material/check: {}]",
    "fair": ":blue-badge[{}]",
    "doubt": ":orange-badge[:material/priority_high: {}]",
    "human": ":green-badge[:material/person: by a person]",
    "absent": ":gray-badge[not found]",
}
_SHORT = (FieldKind.DATE, FieldKind.MONEY, FieldKind.CURRENCY, FieldKind.IDENTIFIER)
_PLACEHOLDERS = {FieldKind.DATE: "YYYY-MM-DD", FieldKind.MONEY: "1,234.50", FieldKind.CURRENCY: "USD"}
_NOT_THERE = "Not on the document"
_MOST_TABLE_ROWS_SHOWN = 9
_ROW_PX = 36
_SHORT_LABEL = 24


def field_form(fields: Sequence[FormField], seen: Seen, invalid: Mapping[str, str], drafts: Mapping[str, Any]) -> None:
    """Draws the editors, inside a form.

    Args:
        fields: as in the form.
        seen: gives each editor its key.
        invalid: field -> what was wrong with the entry that was to be saved.
        drafts: field -> entry to start from instead of the stored value.
    """
    with st.container(gap="small", key="values"):
        for row in _rows(fields):
            for place, each in zip(st.columns(len(row), gap="small"), row, strict=True):
                with place, st.container(gap="xxsmall"):
                    _field(each, seen, invalid.get(each.spec.name), drafts)


def _rows(fields: Sequence[FormField]) -> list[list[FormField]]:
    """Two short fields that follow each other share a row."""
    rows: list[list[FormField]] = []
    for each in fields:
        if rows and len(rows[-1]) == 1 and _short(each.spec) and _short(rows[-1][0].spec):
            rows[-1].append(each)
        else:
            rows.append([each])
    return rows


def _short(spec: FieldSpec) -> bool:
    return spec.kind in _SHORT and len(spec.label) <= _SHORT_LABEL


def _field(each: FormField, seen: Seen, error: str | None, drafts: Mapping[str, Any]) -> None:
    start = drafts.get(each.spec.name, each.value)
    st.markdown(f"{each.spec.label} {_badge(each)}", help=_help(each))
    _EDITORS.get(each.spec.kind, _line)(each, seen, start)
    if error is not None:
        text_node(error, "wrong")
    for sentence in each.sentences:
        text_node(sentence, "doubt")


def _line(each: FormField, seen: Seen, start: Any) -> None:
    st.text_input(
        each.spec.label,
        value=shown(each.spec, start),
        key=seen.key(each.spec.name),
        placeholder=_PLACEHOLDERS.get(each.spec.kind) or each.spec.pattern_hint or _NOT_THERE,
        autocomplete="off",
        label_visibility="collapsed",  # the line above it says the same, with the confidence
    )


def _choice(each: FormField, seen: Seen, start: Any) -> None:
    value = shown(each.spec, start) or None
    options = list(each.spec.choices)
    if value is not None and value not in options:
        options.insert(0, value)
    st.selectbox(
        each.spec.label,
        options,
        index=None if value is None else options.index(value),
        key=seen.key(each.spec.name),
        placeholder=_NOT_THERE,
        accept_new_options=each.spec.choices_take_detail,
        format_func=choice_label,
        label_visibility="collapsed",
    )


def _table(each: FormField, seen: Seen, start: Any) -> None:
    rows = start or []
    st.data_editor(
        table_frame(each.spec, rows),
        key=seen.key(each.spec.name),
        num_rows="dynamic",
        hide_index=True,
        height=min(len(rows) + 2, _MOST_TABLE_ROWS_SHOWN) * _ROW_PX,
        column_config={column.name: _column(column) for column in each.spec.columns},
        alt=each.spec.label,
    )


_EDITORS = {FieldKind.CHOICE: _choice, FieldKind.TABLE: _table}


def choice_label(choice: str) -> str:
    """A choice as people read it: codes such as `driver_license` without their underscores."""
    return choice.replace("_", " ").capitalize() if choice.islower() and choice.isascii() else choice


def table_frame(spec: FieldSpec, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """A table's rows with its type's columns, in their order, each of one type also when there is no row."""
    return pd.DataFrame(
        {
            column.name: pd.Series(
                [row.get(column.name) for row in rows],
                dtype="float64" if column.kind is FieldKind.MONEY else "object",
            )
            for column in spec.columns
        }
    )


def _column(column: FieldSpec) -> Any:
    name = column.label.split(" (")[0]
    if column.kind is FieldKind.MONEY:
        return st.column_config.NumberColumn(name, help=column.label, format="%.2f", width="small")
    short = column.kind in _SHORT
    return st.column_config.TextColumn(name, help=column.label, width="small" if short else "medium")


def _badge(each: FormField) -> str:
    if each.value is None and each.level == "doubt":
        return _BADGES["doubt"].format("missing")
    if isinstance(each.value, list):
        confidence = f"{percent(each.stored.confidence if each.stored else None)} · {len(each.value)} rows"
    else:
        confidence = percent(each.stored.confidence if each.stored else None)
    return _BADGES[each.level].format(confidence)


def _help(each: FormField) -> str:
    """How the confidence came about, and what was read on the page."""
    stored = each.stored
    if stored is None:
        return "This field was not looked for yet."
    lines = []
    if stored.parts and stored.confidence is not None:
        parts = stored.parts
        lines.append(
            f"Confidence **{percent(stored.confidence)}** = engine {percent(parts['engine'])} "
            f"× validation {percent(parts['validation'])} × clarity {percent(parts['clarity'])}."
        )
    if stored.raw:
        lines.append(f"Read on the page: {in_code(stored.raw[:200])}")
    if stored.source == "human":
        lines.append(f"A person typed this value. The machine had: {_machine_value(each)}.")
    elif stored.value is None:
        lines.append("The machine did not find it on the document.")
    elif not stored.boxes:
        lines.append("It has no place on the page.")
    return "\n\n".join(lines) or "Nothing more is known of this value."


def _machine_value(each: FormField) -> str:
    value = None if each.stored is None else each.stored.machine_value
    if isinstance(value, list):
        return f"{len(value)} rows"
    return in_code(shown(each.spec, value)) or "nothing"
