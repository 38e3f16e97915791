"""The slowest documents; a click opens one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from app import navigation
from app.components.operations_tables import slow_rows
from db.workload import Slow

_LISTED = "slowest-listed"
_ROW_PX, _MOST_ROWS = 36, 8


def slowest(listing: Callable[[], Sequence[Slow]]) -> None:
    """Draws the list.

    Args:
        listing: gives the documents, the slowest first.
    """
    st.subheader("Slowest documents")
    listed = _listed(listing)
    if not listed:
        st.caption("Nothing was read in the last 7 days.")
        return
    cells = st.dataframe(
        pd.DataFrame(slow_rows(listed)),
        key=_table_key(listed),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-cell",
        row_height=_ROW_PX,
        height=(min(len(listed), _MOST_ROWS) + 1) * _ROW_PX + 2,
        column_config={"File": st.column_config.TextColumn(width="medium")},
        alt="Documents that took longest",
    ).selection.cells
    st.caption("Of the last 7 days, by the time that all stages took together. Click a document to open it.")
    if cells and cells[0][0] < len(listed):
        navigation.go(navigation.DOCUMENT, {navigation.DOC: listed[cells[0][0]].doc_id})


def _listed(listing: Callable[[], Sequence[Slow]]) -> Sequence[Slow]:
    """The documents: while one is clicked those that were drawn, so that a click can't slip to another row."""
    before: Sequence[Slow] = st.session_state.get(_LISTED, ())
    table = st.session_state.get(_table_key(before))
    if before and table is not None and table["selection"]["cells"]:
        return before
    listed = listing()
    st.session_state[_LISTED] = listed
    return listed


def _table_key(listed: Sequence[Slow]) -> str:
    return f"slowest-{hash(tuple(each.doc_id for each in listed))}"
