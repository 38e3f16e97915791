"""One document: its values, its history, how it was read, and the whole file."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from streamlit_pdf_viewer import pdf_viewer

from app import navigation, wiring
from app.auth import Role, require
from app.components import document_history, review_actions
from app.components.text_nodes import text_node
from app.components.waiting import follow_until_finished
from app.components.wording import STAGES, STATUSES, UNFINISHED, moment, percent, type_label
from db import audit, documents, outlines, runs
from db.documents import Document

_STAGE = "again-from"
_READER_PX, _READER_WIDTH_PX = 900, 1000


def main() -> None:
    """Draws the screen."""
    user = require(Role.ANALYST)
    doc_id = navigation.asked_document()
    if doc_id is None:
        st.info("Choose a document from the list.")
        navigation.link(navigation.DOCUMENTS, "See all documents")
        return
    with wiring.database(wiring.settings()).connect() as connection:
        document = documents.get(connection, user.tenant_id, doc_id)
        stored = documents.fields_of(connection, doc_id)
        events = audit.of_document(connection, user.tenant_id, doc_id)
        corrections = documents.corrections_of(connection, user.tenant_id, doc_id)
        stages = runs.stages_of(connection, doc_id)
        pages = outlines.outlines_of(connection, doc_id)
    _head(document)
    if document.processing_status in UNFINISHED:
        follow_until_finished(user.tenant_id, doc_id, document.processing_status)
    values, history, reading, file = st.tabs(["Values", "History", "How it was read", "Whole file"])
    with values:
        _values(document, document_history.values(document, stored))
    with history:
        rows = document_history.history(document, events, corrections)
        st.dataframe(pd.DataFrame(rows), hide_index=True, alt="What happened to this document, oldest first")
    with reading:
        st.dataframe(pd.DataFrame(document_history.stages(stages)), hide_index=True, alt="Stages and their times")
        for page in pages:
            text_node(f"Page {page.number}: {page.why}", "muted")
        if document.processing_status not in UNFINISHED:
            _run_again(document)
    with file:
        _whole_file(document)


def _head(document: Document) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        navigation.link(navigation.DOCUMENTS, "Documents", icon=":material/arrow_back:")
        with st.container(width="stretch"):
            text_node(document.filename, "title")
        if document.processing_status not in UNFINISHED:
            navigation.link(navigation.REVIEW, "Review", {navigation.DOC: document.id})
        st.link_button("Download the original", f"/api/docs/{document.id}/original", icon=":material/download:")
    st.caption(
        " · ".join(
            (
                f"{type_label(document.type)} ({percent(document.type_confidence)})",
                STATUSES[document.processing_status],
                f"confidence {percent(document.confidence)}",
                f"{document.page_count} {'page' if document.page_count == 1 else 'pages'}",
                f"{document.size_bytes / 1000:,.0f} kB",
                f"uploaded {moment(document.created_at)}",
            )
        )
    )
    for reason in document.reasons if document.processing_status in ("needs_review", "error") else ():
        text_node(str(reason["sentence"]), "doubt")
    if document.reject_reason:
        text_node(f"Rejected: {document.reject_reason}", "doubt")


def _values(document: Document, rows: list[dict[str, object]]) -> None:
    if not rows:
        st.caption("No values are known of this document.")
        return
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        column_config={
            "Field": st.column_config.TextColumn(width="medium"),
            "Value": st.column_config.TextColumn(width="large"),
            "Confidence": st.column_config.ProgressColumn(format="%d%%", min_value=0, max_value=100),
        },
        alt="The document's values",
    )
    st.caption("Tax, account and document numbers are masked here; open Review to see them.")


def _run_again(document: Document) -> None:
    problem = review_actions.memory(document.id).problem
    if problem:
        st.error(problem)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control("Run it again from", list(STAGES), default="ocr", required=True, key=_STAGE,
                             format_func=STAGES.__getitem__)  # fmt: skip
        st.button("Run again", icon=":material/replay:", on_click=review_actions.retry, args=(document.id, _STAGE))


def _whole_file(document: Document) -> None:
    if document.kind != "pdf":
        st.caption("This file is a picture: Review shows it whole.")
        return
    if not st.toggle("Show the whole PDF", key=f"reader-{document.id}", help="Sends the whole file to your browser."):
        return
    pdf_viewer(
        wiring.blobs(wiring.settings()).get(document.blob_key),
        width=_READER_WIDTH_PX,
        height=_READER_PX,
        key=f"pdf-{document.id}",
        render_text=True,
    )


main()
