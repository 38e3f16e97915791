"""One document: its values, its history, how it was read, and the whole file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from app import navigation, wiring
from app.auth import Role, require
from app.components import document_history, review_actions
from app.components.document_history import Trail
from app.components.failures import guarded
from app.components.model_conversation import model_conversation
from app.components.review_memory import memory
from app.components.stage_choice import stage_choice
from app.components.text_nodes import text_node
from app.components.waiting import follow_until_finished
from app.components.whole_file import whole_file
from app.components.wording import STATUSES, UNFINISHED, counted, moment, percent, type_label
from db import audit, comments, documents, model_calls, outlines, runs
from db.documents import Document, StoredField

_STAGE = "again-from"
_HISTORY_WIDTHS_PX = {"When": 155, "Version": 70, "Who": 115, "What": 330, "Before": 340, "After": 340}
_DECISIONS = {"approved": "approved", "rejected": "rejected"}


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
        calls = model_calls.count_of(connection, user.tenant_id, doc_id)
        said = comments.of_document(connection, user.tenant_id, doc_id)
    _head(document)
    if document.processing_status in UNFINISHED:
        follow_until_finished(user.tenant_id, doc_id, document.processing_status)
    reveal = document_history.has_sensitive(document.type, stored, corrections) and _reveal(document)
    values, history, reading, file = st.tabs(["Values", "History", "How it was read", "Whole file"])
    with values:
        _values(document_history.values(document, stored, reveal))
    with history:
        _history(document, stored, Trail(events, corrections, said), reveal)
    with reading:
        st.dataframe(pd.DataFrame(document_history.stages(stages)), hide_index=True, alt="Stages and their times")
        for page in pages:
            text_node(f"Page {page.number}: {page.why}", "muted")
        if calls:
            model_conversation(doc_id, calls)
        if document.processing_status not in UNFINISHED:
            _run_again(document)
    with file:
        whole_file(document, pages, lambda: wiring.blobs(wiring.settings()).get(document.blob_key))


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
                counted(document.page_count, "page"),
                f"{document.size_bytes / 1000:,.0f} kB",
                f"uploaded {moment(document.created_at)}",
            )
        )
    )
    for reason in document.reasons if document.processing_status in ("needs_review", "error") else ():
        text_node(str(reason["sentence"]), "doubt")
    if document.reject_reason:
        text_node(f"Rejected: {document.reject_reason}", "doubt")


def _reveal(document: Document) -> bool:
    """Whether masked numbers are shown in full; who asks for it is noted."""
    key = f"reveal-{document.id}"
    return st.toggle("Show tax, account and document numbers in full", key=key, on_change=_note_reveal,
                     args=(document.id, key), help="That you looked is noted in the history.")  # fmt: skip


@guarded
def _note_reveal(doc_id: str, key: str) -> None:
    if st.session_state[key]:
        user = require(Role.ANALYST)
        with wiring.database(wiring.settings()).begin() as connection:
            documents.get(connection, user.tenant_id, doc_id)
            audit.record(connection, user.tenant_id, user.id, document_history.REVEALED, doc_id)


def _values(rows: list[dict[str, object]]) -> None:
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


def _history(
    document: Document,
    stored: Sequence[StoredField],
    trail: Trail,
    reveal: bool,
) -> None:
    corrected = document_history.corrected_values(document, stored, trail.corrections, reveal)
    if corrected:
        st.subheader("Values that a person set")
        st.dataframe(pd.DataFrame(corrected), hide_index=True, alt="What the machine said and what a person says")
        st.subheader("What happened")
    rows = document_history.history(document, stored, trail, reveal)
    widths = {name: width for name, width in _HISTORY_WIDTHS_PX.items() if name not in _empty(rows)}
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt="What happened to this document, oldest first",
                 column_config={name: st.column_config.TextColumn(width=width) for name, width in widths.items()}
                 | dict.fromkeys(_empty(rows)))  # fmt: skip
    st.caption(f"This is version {document.version}: each change by a person or the machine makes a new one.")


def _empty(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """Columns that nothing stands in, whose room the others can use."""
    return [name for name in ("Before", "After") if not any(row[name] for row in rows)]


def _run_again(document: Document) -> None:
    problem = memory(document.id).problem
    if problem:
        st.error(problem)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        stage_choice("Run it again from", _STAGE)
        decision = _DECISIONS.get(document.processing_status)
        if decision is None:
            _run_again_button(document, "Run again")
            return
        with st.popover("Run again", icon=":material/replay:"):
            st.markdown(
                f"It is {decision}. Run again, that no longer counts and it waits to be decided anew; values set by "
                "people stay."
            )
            _run_again_button(document, "Run it again all the same")
    st.caption(f"It is {decision}: running it again takes that back.")


def _run_again_button(document: Document, label: str) -> None:
    st.button(label, icon=":material/replay:", on_click=review_actions.retry, args=(document.id, _STAGE))


main()
