"""Documents: every document, found by the words in it, its name, type or status."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import navigation, wiring
from app.auth import Role, require
from app.components.address_filters import choose_some
from app.components.text_nodes import snippet
from app.components.wording import NOT_KNOWN, STATUSES, age, in_percent, percent, type_label
from db import documents
from db.documents import Document, Filters, Listed
from pipeline.doctypes import DOC_TYPES
from pipeline.types import UNKNOWN_TYPE

_AFTER = "after"
_MOST, _MOST_FOUND = 100, 25


def main() -> None:
    """Draws the screen."""
    user = require(Role.ANALYST)
    st.header("Documents")
    filters = _filters()
    with wiring.database(wiring.settings()).connect() as connection:
        total = sum(documents.count_by_status(connection, user.tenant_id).values())
        listed = documents.listing(
            connection, user.tenant_id, filters, "newest", st.query_params.get(_AFTER),
            limit=_MOST_FOUND if filters.query else _MOST,
        )  # fmt: skip
    if not total:
        st.markdown("There are no documents yet. Upload some, or start Fuse with `./fuse up --samples` for a dozen.")
        navigation.link(navigation.UPLOAD, "Upload documents")
        return
    if not listed.documents:
        st.info("No document matches. Use fewer or other words, or take a filter away.")
    elif filters.query:
        _found(listed)
    else:
        _table(listed)
    _paging(listed)


def _filters() -> Filters:
    words, name, status, type_name = st.columns([2, 1.2, 1.4, 1.4])
    with words:
        query = st.text_input("Words in the document", key="q", type="search", bind="query-params", max_chars=500,
                              placeholder='invoice "due on receipt" -draft', on_change=_to_first_page)  # fmt: skip
    with name:
        filename = st.text_input("File name", key="name", bind="query-params", max_chars=200, placeholder="Part of it",
                                 on_change=_to_first_page)  # fmt: skip
    with status:
        statuses = choose_some("Status", "status", list(STATUSES), STATUSES.__getitem__, _to_first_page)
    with type_name:
        types = choose_some("Type", "type", [*DOC_TYPES, UNKNOWN_TYPE], type_label, _to_first_page)
    return Filters(tuple(statuses), tuple(types), query or "", filename or "")


def _to_first_page() -> None:
    st.query_params.pop(_AFTER, None)


def _found(listed: Listed) -> None:
    for document in listed.documents:
        with st.container(border=True, gap="xxsmall"):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.text(document.filename, width="stretch")
                navigation.link(navigation.DOCUMENT, "Open", {navigation.DOC: document.id})
            snippet(listed.snippets.get(document.id, ""))
            st.caption(_facts(document))


def _facts(document: Document) -> str:
    return " · ".join(
        (
            type_label(document.type),
            STATUSES[document.processing_status],
            f"confidence {percent(document.confidence)}",
            age(document.created_at),
        )
    )


def _table(listed: Listed) -> None:
    shown = listed.documents
    rows = pd.DataFrame(
        {
            "File": [document.filename for document in shown],
            "Type": [type_label(document.type) for document in shown],
            "Status": [STATUSES[document.processing_status] for document in shown],
            "Confidence": [in_percent(document.confidence) for document in shown],
            "Pages": [document.page_count for document in shown],
            "Uploaded": [age(document.created_at) for document in shown],
            "Reviewed": [age(d.reviewed_at) if d.reviewed_at else NOT_KNOWN for d in shown],
        }
    )
    chosen = st.dataframe(
        rows,
        key="documents-table",
        hide_index=True,
        on_select="rerun",
        selection_mode="single-cell",
        height=min(len(rows) + 1, 16) * 36 + 2,
        row_height=36,
        column_config={
            "File": st.column_config.TextColumn(width="medium"),
            "Confidence": st.column_config.ProgressColumn(format="%d%%", min_value=0, max_value=100),
            "Pages": st.column_config.NumberColumn(width="small"),
        },
        alt="Documents, newest first",
    )
    cells = chosen.selection.cells
    if cells and cells[0][0] < len(shown):
        navigation.go(navigation.DOCUMENT, {navigation.DOC: shown[cells[0][0]].id})


def _paging(listed: Listed) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if listed.documents:
            st.caption("Click a document to open it.", width="stretch")
        if st.query_params.get(_AFTER):
            st.button("First page", icon=":material/first_page:", on_click=_to_first_page)
        if listed.next_cursor:
            st.button("Next page", icon=":material/chevron_right:", on_click=_to_page, args=(listed.next_cursor,))


def _to_page(cursor: str) -> None:
    st.query_params[_AFTER] = cursor


main()
