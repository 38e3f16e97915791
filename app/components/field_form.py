"""The review form's fields: an editor for each kind of value, with its confidence and what is doubtful about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import streamlit as st

from app.components.field_entries import FormField, Seen, choice_label, shown
from app.components.field_marks import mark, marks_style
from app.components.rows_editor import rows_editor
from app.components.text_nodes import in_code, text_node
from app.components.wording import masked, percent
from db.drafts import Typed
from pipeline.doctypes import TICKED, FieldKind

_HUES = {"sure": "blue", "fair": "blue", "doubt": "orange", "human": "green", "absent": "gray"}
_SHORT = (FieldKind.DATE, FieldKind.MONEY, FieldKind.CURRENCY, FieldKind.IDENTIFIER, FieldKind.CHECK_BOX)
_PLACEHOLDERS = {FieldKind.DATE: "YYYY-MM-DD", FieldKind.MONEY: "1,234.50", FieldKind.CURRENCY: "USD"}
_NOT_THERE = "Not on the document"
_SHORT_LABEL = 24


def field_form(
    fields: Sequence[FormField],
    seen: Seen,
    invalid: Mapping[str, str],
    wrong_cells: Mapping[str, tuple[int, str]],
    drafts: Mapping[str, Typed],
) -> None:
    """Draws the editors, inside a form.

    Args:
        fields: as in the form.
        seen: gives each editor its key.
        invalid: field -> what was wrong with the entry that was to be saved.
        wrong_cells: table -> row and column of the cell that must be mended.
        drafts: field -> what was typed before, to start from instead of the stored value.
    """
    stored = {each.spec.name: each.value for each in fields}
    with st.container(gap="small", key="values"):
        st.html(marks_style(fields, seen))
        group = ""
        for row in _rows(fields):
            if row[0].spec.group != group:
                group = row[0].spec.group
                text_node(group, "group")
            with st.container(horizontal=True, gap="small") if len(row) > 1 else nullcontext():
                for each in row:
                    _editor(each, seen, drafts.get(each.spec.name), wrong_cells.get(each.spec.name), stored)
            for each in row:
                _said(each, invalid.get(each.spec.name))


def _rows(fields: Sequence[FormField]) -> list[list[FormField]]:
    """Two short fields of a group that follow each other share a row, if nothing has to be said of either."""
    rows: list[list[FormField]] = []
    for each in fields:
        if rows and len(rows[-1]) == 1 and _share_a_row(rows[-1][0], each):
            rows[-1].append(each)
        else:
            rows.append([each])
    return rows


def _share_a_row(first: FormField, second: FormField) -> bool:
    return first.spec.group == second.spec.group and _short(first) and _short(second)


def _short(each: FormField) -> bool:
    return each.spec.kind in _SHORT and len(each.spec.label) <= _SHORT_LABEL and not each.sentences


def _editor(
    each: FormField, seen: Seen, draft: Typed | None, wrong: tuple[int, str] | None, stored: Mapping[str, Any]
) -> None:
    start = each.value if draft is None else draft.entry
    if each.spec.kind is FieldKind.TABLE:
        st.markdown(f"{each.spec.label} :{_HUES[each.level]}-badge[{mark(each)}]", help=_help(each))
        rows_editor(each, seen, start or [], wrong, stored)
        return
    editor = _EDITORS.get(each.spec.kind, _line)
    if each.spec.sensitive:
        with st.container(key=f"sensitive-{seen.key(each.spec.name)}"):  # masked by the style sheet until it is entered
            editor(each, seen, start)
    else:
        editor(each, seen, start)


def _said(each: FormField, error: str | None) -> None:
    """What is wrong with what was typed, and what was doubtful before. The place of an error is always there: one that
    came and went would move the editors below it, and the browser would make them anew.
    """
    if error is None:
        st.empty()
    else:
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
        help=_help(each),
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
        help=_help(each),
    )


def _check_box(each: FormField, seen: Seen, start: Any) -> None:
    st.checkbox(each.spec.label, value=start == TICKED, key=seen.key(each.spec.name), help=_help(each))


_EDITORS = {FieldKind.CHOICE: _choice, FieldKind.CHECK_BOX: _check_box}


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
        raw = masked(stored.raw) if each.spec.sensitive else stored.raw
        lines.append(f"Read on the page: {in_code(raw[:200])}")
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
    return in_code(masked(value) if each.spec.sensitive else shown(each.spec, value)) or "nothing"
