"""A table of figures: as high as its rows, up to a number of them; the rest scrolls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from app.components.table_size import ROW_PX
from app.components.wording import NOT_KNOWN


def figure_table(
    rows: Sequence[Mapping[str, object]],
    alt: str,
    columns: Mapping[str, ColumnConfig] | None = None,
    most_rows: int = 13,
) -> None:
    """Draws a table of figures; what is not known is a dash.

    Args:
        rows: column -> value, the same columns in each.
        alt: what the table is, for those who can't see it.
        columns: how columns are shown, where the usual way will not do.
        most_rows: how many are shown without scrolling.
    """
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        alt=alt,
        row_height=ROW_PX,
        height=(most_rows + 1) * ROW_PX if len(rows) > most_rows else "content",
        column_config=dict(columns or {}),
        placeholder=NOT_KNOWN,
    )
