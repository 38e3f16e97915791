"""Documents: every document, found by the words in it, its name, type or status; and exported."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pandas as pd
import streamlit as st
from sqlalchemy import Connection

from app import navigation, wiring
from app.auth import Role, require
from app.components.address_filters import choose_one, choose_some
from app.components.export_panel import export_panel
from app.components.first_run import first_run
from app.components.table_size import ROW_PX, height_px
from app.components.text_nodes import snippet, text_node
from app.components.wording import (
    NOT_KNOWN,
    REASONS,
    STATUSES,
    age,
    counted,
    in_percent,
    percent,
    reason_label,
    type_label,
)
from app.found_text import with_numbers_hidden
from db import documents, exports, queue
from db.documents import Document, Listed
from db.filters import Filters
from pipeline.doctypes import DOC_TYPES
from pipeline.types import UNKNOWN_TYPE

_AFTER = "after"
_MOST, _MOST_FOUND = 100, 25
_TABLE = "documents-table"
_CONFIDENCES = ("0.5", "0.7", "0.8", "0.9", "0.95")
_MORE = ("reason", "confidence", "uploader")


def main() -> None:
    """Draws the screen."""
    user = require(Role.ANALYST)
    st.header("Documents")
    with wiring.database(wiring.settings()).connect() as connection:
        filters = _filters(queue.people(connection, user.tenant_id))
        matching, total = _counts(connection, user.tenant_id, filters)
        listed = documents.listing(
            connection, user.tenant_id, filters, "newest", st.query_params.get(_AFTER),
            limit=_MOST_FOUND if filters.query else _MOST,
        )  # fmt: skip
        listed = with_numbers_hidden(connection, user.tenant_id, listed)
    if not total:
        first_run()
        return
    bar = st.container(horizontal=True, vertical_alignment="center")
    if not listed.documents:
        st.info("No document matches. Use fewer or other words, or take a filter away.")
        chosen = []
    elif filters.query:
        chosen = _found(listed)
    else:
        chosen = _table(listed)
    with bar:  # on the left: the table's own buttons appear above its right corner
        st.markdown(
            f"**{counted(matching, 'document')}**{'' if matching == total else f' of {total:,}'}", width="content"
        )
        export_panel(user, filters, chosen, matching)
    _paging(listed)


def _counts(connection: Connection, tenant_id: str, filters: Filters) -> tuple[int, int]:
    """How many match, and how many there are."""
    total = sum(documents.count_by_status(connection, tenant_id).values())
    return total if filters == Filters() else exports.count_matching(connection, tenant_id, filters), total


def _filters(people: dict[str, str]) -> Filters:
    words, name, status, type_name, more = st.columns([2, 1.1, 1.3, 1.3, 0.7], vertical_alignment="bottom")
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
    set_now = sum(name in st.query_params for name in _MORE)
    with more, st.popover(f"More ({set_now})" if set_now else "More", icon=":material/filter_list:", width="stretch"):
        reason = choose_one("Reason for review", "reason", list(REASONS), reason_label, _to_first_page)
        confidence = choose_one("Confidence", "confidence", _CONFIDENCES, _at_most, _to_first_page)
        uploader = choose_one("Uploaded by", "uploader", list(people), lambda each: people.get(each, each),
                              _to_first_page)  # fmt: skip
    return Filters(
        statuses=tuple(statuses),
        types=tuple(types),
        query=_storable(query),
        filename=_storable(filename),
        reason=_storable(reason),
        max_confidence=_share(confidence),
        uploader=uploader if uploader and _is_id(uploader) else "",
    )


def _at_most(share: str) -> str:
    asked = _share(share)
    return share if asked is None else f"At most {asked:.0%}"


def _share(asked: str | None) -> float | None:
    """What the address may say; None for nonsense."""
    try:
        share = float(asked or "")
    except ValueError:
        return None
    return share if 0 <= share <= 1 else None


def _storable(asked: str | None) -> str:
    """Postgres knows no NUL, which the address may hold."""
    return (asked or "").replace("\0", "")


def _is_id(asked: str) -> bool:
    try:
        UUID(asked)
    except ValueError:
        return False
    return True


def _to_first_page() -> None:
    st.query_params.pop(_AFTER, None)


def _found(listed: Listed) -> list[str]:
    """Draws what was found; gives the ids of those that are ticked."""
    chosen = []
    for document in listed.documents:
        with st.container(border=True, gap="xxsmall"):
            with st.container(horizontal=True, vertical_alignment="center"):
                if st.checkbox("Tick for the export", key=f"tick-{document.id}", label_visibility="collapsed",
                               width="content"):  # fmt: skip
                    chosen.append(document.id)
                with st.container(width="stretch"):
                    text_node(document.filename, "strong")
                navigation.link(navigation.DOCUMENT, "Open", {navigation.DOC: document.id})
            snippet(listed.snippets.get(document.id, ""))
            st.caption(_facts(document))
    return chosen


def _facts(document: Document) -> str:
    return " · ".join(
        (
            type_label(document.type),
            STATUSES[document.processing_status],
            f"confidence {percent(document.confidence)}",
            counted(document.page_count, "page"),
            age(document.created_at),
        )
    )


def _table(listed: Listed) -> list[str]:
    """Draws the list; gives the ids of those that are ticked."""
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
    selection = st.dataframe(
        rows,
        key=_table_key(shown),
        hide_index=True,
        on_select="rerun",
        selection_mode=["multi-row", "single-cell"],
        height=height_px(len(rows), most=15),
        row_height=ROW_PX,
        column_config={
            "File": st.column_config.TextColumn(width="medium"),
            "Confidence": st.column_config.ProgressColumn(format="%d%%", min_value=0, max_value=100),
            "Pages": st.column_config.NumberColumn(width="small"),
        },
        alt="Documents, newest first",
    ).selection
    if selection.cells and selection.cells[0][0] < len(shown):
        navigation.go(navigation.DOCUMENT, {navigation.DOC: shown[selection.cells[0][0]].id})
    return [shown[place].id for place in selection.rows if place < len(shown)]


def _table_key(shown: Sequence[Document]) -> str:
    """Another key for other rows: ticks are kept by place, and must not pass on to another document."""
    return f"{_TABLE}-{hash(tuple(document.id for document in shown))}"


def _paging(listed: Listed) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if listed.documents:
            st.caption("Click a document to open it; tick some to export them.", width="stretch")
        if st.query_params.get(_AFTER):
            st.button("First page", icon=":material/first_page:", on_click=_to_first_page)
        if listed.next_cursor:
            st.button("Next page", icon=":material/chevron_right:", on_click=_to_page, args=(listed.next_cursor,))


def _to_page(cursor: str) -> None:
    st.query_params[_AFTER] = cursor


main()
