"""The queue as a table whose rows can be chosen.

A choice is a row's number. The list behind a table therefore stays as it was drawn for as long as rows of it are
chosen, and its key is made from the documents in it: a number can't slip to another document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2s

import pandas as pd
import streamlit as st

from app import navigation
from app.components import queue_walk
from app.components.queue_wording import PRIORITIES, due_text
from app.components.table_size import ROW_PX, height_px
from app.components.wording import NOT_KNOWN, STATUSES, age, in_percent, reason_labels, type_label
from db.documents import Document

_SHOWN, _TURN = "queue-shown", "queue-turn"
_MOST_ROWS = 17
_PRIORITIES = {1: f"▲ {PRIORITIES[1]}", 0: PRIORITIES[0], -1: f"▽ {PRIORITIES[-1]}"}


@dataclass(frozen=True, slots=True)
class Shown:
    """The documents of a table, for the address they were listed for; `key` is the table's."""

    documents: tuple[Document, ...]
    params: Mapping[str, str]
    key: str

    def chosen(self) -> list[Document]:
        """Those whose rows are chosen."""
        state = st.session_state.get(self.key)
        rows = state["selection"]["rows"] if state else []
        return [self.documents[row] for row in rows if row < len(self.documents)]

    def opened(self) -> Document | None:
        """The one whose button was pressed just now."""
        click = st.session_state.get(self.button_key)
        return self.documents[click.row] if click and click.row < len(self.documents) else None

    @property
    def button_key(self) -> str:
        """The key of the column of buttons."""
        return f"{self.key}-open"


def shown(listing: Callable[[], list[Document]]) -> Shown:
    """The documents of the table: those drawn before while one of them is chosen or opened, else as they are now."""
    params = queue_walk.filter_params()
    before: Shown | None = st.session_state.get(_SHOWN)
    if before is not None and before.params == params and (before.chosen() or before.opened()):
        return before
    found = tuple(listing())
    turn = st.session_state.get(_TURN, 0)
    state = repr((turn, params, [(document.id, document.version) for document in found]))
    now = Shown(found, params, f"queue-table-{blake2s(state.encode(), digest_size=8).hexdigest()}")
    st.session_state[_SHOWN] = now
    return now


def choose_none() -> None:
    """Takes every choice back, and lists the documents anew."""
    st.session_state.pop(_SHOWN, None)
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def table(listed: Shown, people: Mapping[str, str], open_with: Mapping[str, str], target_h: float) -> None:
    """Draws the table; its buttons open Review.

    Args:
        listed: what to draw.
        people: id -> name.
        open_with: document -> who has it open.
        target_h: the review's target, in hours.
    """
    column = st.column_config
    st.dataframe(
        _rows(listed.documents, people, open_with, target_h),
        key=listed.key,
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        height=height_px(len(listed.documents), _MOST_ROWS),
        row_height=ROW_PX,
        column_config={
            "Open": column.ButtonColumn("", width=80, type="tertiary", key=listed.button_key),
            "File": column.TextColumn(width="medium"),
            "Confidence": column.ProgressColumn(format="%d%%", min_value=0, max_value=100, width=110),
            "Why": column.TextColumn(width=210),
            "Due": column.TextColumn(width=115),
            "Pages": column.NumberColumn(width=60),
        },
        alt=f"Documents that wait for a person, {queue_walk.ORDERS[queue_walk.order_in_address()].lower()}",
    )
    st.caption("Keyboard: the arrow keys move in the table, Shift+Space ticks a row, Alt+O opens it for review.")
    opened = listed.opened()
    if opened is not None:
        navigation.go(navigation.REVIEW, {navigation.DOC: opened.id, **queue_walk.filter_params()})


def _rows(
    documents: Sequence[Document], people: Mapping[str, str], open_with: Mapping[str, str], target_h: float
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Open": ["Review"] * len(documents),
            "File": [document.filename for document in documents],
            "Type": [type_label(document.type) for document in documents],
            "Confidence": [in_percent(document.confidence) for document in documents],
            "Why": [reason_labels(document.reasons) or NOT_KNOWN for document in documents],
            "Due": [due_text(document.created_at, target_h) for document in documents],
            "Priority": [_PRIORITIES[document.priority] for document in documents],
            "Assigned to": [people.get(document.assignee_id or "", NOT_KNOWN) for document in documents],
            "Status": [_status(document, open_with) for document in documents],
            "Pages": [document.page_count for document in documents],
            "Uploaded": [age(document.created_at) for document in documents],
            "By": [people.get(document.uploaded_by or "", NOT_KNOWN) for document in documents],
        }
    )


def _status(document: Document, open_with: Mapping[str, str]) -> str:
    if document.id in open_with:
        return f"Open with {open_with[document.id]}"
    return STATUSES[document.processing_status]
