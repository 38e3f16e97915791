"""What a person typed over a state of the document that somebody has changed since: told, to be taken up or dropped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import streamlit as st

from app.components import review_actions
from app.components.document_history import value_text
from app.components.field_entries import FormField
from app.components.review_memory import Memory
from app.components.table_changes import table_changes
from app.components.text_nodes import text_node
from app.components.wording import counted, field_label
from app.date_order import DateOrder
from app.sensitive_fields import spec_anywhere
from app.understood import as_stored
from db.documents import Document
from db.drafts import Typed
from pipeline.doctypes import FieldSpec

_SENTENCE = (
    "**You typed these values before the document changed; they are not stored.** The form shows its newer state."
)
_MOST_CHANGES = 6


def lost_values(document: Document, fields: Sequence[FormField], kept: Memory) -> None:
    """Draws the list, with a way to put it into the form and one to go on without it."""
    st.markdown(_SENTENCE)
    for line in lost_lines(document.type, fields, kept.lost, kept.order):
        text_node(line)
    with st.container(horizontal=True, key="review-actions-lost"):
        st.button("Put my values into the form", on_click=review_actions.take_up_lost, args=(document.id, fields))
        st.button("Go on with the newer state", on_click=review_actions.forget_lost, args=(document.id,))


def lost_lines(
    type_name: str | None, fields: Sequence[FormField], lost: Mapping[str, Typed], order: DateOrder = "MDY"
) -> list[str]:
    """A line for each value, sensitive ones masked; of a table for each cell that differs from what is stored.

    Args:
        type_name: of the document.
        fields: the form's, with the values in force.
        lost: field -> what was typed.
        order: in which the document writes its dates.
    """
    values = {each.spec.name: each.value for each in fields}
    lines: list[str] = []
    for name, typed in lost.items():
        label, spec = field_label(type_name, name), spec_anywhere(type_name, name)
        if isinstance(typed.entry, list):
            entry = typed.entry if spec is None else as_stored(spec, typed.entry, order) or []
            lines += _cells(label, spec, values.get(name) or [], entry)
        else:
            lines.append(f"{label}: {value_text(spec, typed.entry) if typed.entry else 'not on the document'}")
    return lines


def _cells(
    label: str, spec: FieldSpec | None, stored: Sequence[Mapping[str, object]], entry: list[Mapping[str, object]]
) -> Iterator[str]:
    changes = table_changes(spec, stored, entry, value_text)
    for each in changes[:_MOST_CHANGES]:
        yield f"{label}, {each.where}: {each.after} (now {each.before})"
    if len(changes) > _MOST_CHANGES:
        yield f"{label}: {counted(len(changes) - _MOST_CHANGES, 'more change')}"
