"""The slowest documents; a click opens one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from app import navigation
from app.components.operations_tables import slow_rows
from app.components.steady_list import steady, table_key
from app.components.table_size import ROW_PX, height_px
from db.workload import Slow

_NAME = "slowest"
_MOST_ROWS = 8


def slowest(listing: Callable[[], Sequence[Slow]]) -> None:
    """Draws the list.

    Args:
        listing: gives the documents, the slowest first.
    """
    st.subheader("Slowest documents")
    listed = steady(_NAME, listing, "cells")
    if not listed:
        st.caption("Nothing was read in the last 7 days.")
        return
    cells = st.dataframe(
        pd.DataFrame(slow_rows(listed)),
        key=table_key(_NAME, listed),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-cell",
        row_height=ROW_PX,
        height=height_px(len(listed), _MOST_ROWS),
        column_config={"File": st.column_config.TextColumn(width="medium")},
        alt="Documents that took longest",
    ).selection.cells
    st.caption("Of the last 7 days, by the time that all stages took together. Click a document to open it.")
    if cells and cells[0][0] < len(listed):
        navigation.go(navigation.DOCUMENT, {navigation.DOC: listed[cells[0][0]].doc_id})
