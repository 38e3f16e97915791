"""Queue: what a person must look at, least certain first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from app import navigation, wiring
from app.auth import Role, require
from app.components import queue_walk
from app.components.address_filters import choose_one
from app.components.wording import NOT_KNOWN, STATUSES, age, in_percent, reason_label, reason_labels, type_label
from db import documents
from db.documents import Document

_TABLE = "queue-table"
_MOST = 200


def main() -> None:
    """Draws the screen."""
    user = require(Role.ANALYST)
    with wiring.database(wiring.settings()).connect() as connection:
        counts = documents.count_by_status(connection, user.tenant_id)
        everything = documents.listing(
            connection, user.tenant_id, documents.Filters(statuses=queue_walk.WAITING), "doubtful", limit=_MOST
        ).documents  # fmt: skip
        listed = queue_walk.queue(connection, user.tenant_id, _MOST).documents
    waiting = sum(counts.get(status, 0) for status in queue_walk.WAITING)
    working = sum(counts.get(status, 0) for status in ("received", "ocr", "classifying", "extracting"))

    st.header("Queue")
    if not waiting:
        _empty(counts, working)
        return
    _summary(waiting, counts.get("error", 0), working)
    _filters(everything)
    if not listed:
        st.info("No waiting document matches these filters. Take one away to see more.")
        return
    _table(listed)
    if len(listed) == _MOST:
        st.caption(f"The {_MOST} least certain documents are shown; the next follow as these are decided.")


def _empty(counts: dict[str, int], working: int) -> None:
    if not sum(counts.values()):
        st.subheader("Welcome to Fuse")
        st.markdown(
            "Fuse reads business documents, and asks a person where it is not sure. Nothing was uploaded yet.\n\n"
            "- **Upload** your own files: PDF, PNG, JPEG or TIFF.\n"
            "- Or try it with a dozen sample documents: run `./fuse up --samples` in a terminal, also while Fuse runs."
        )
        navigation.link(navigation.UPLOAD, "Upload documents")
        return
    if working:
        st.info(f"{working} documents are being read. Those that need a person will appear here.")
    else:
        st.success("Everything is done: no document waits for a person.", icon=":material/check_circle:")
    with st.container(horizontal=True):
        navigation.link(navigation.UPLOAD, "Upload documents")
        navigation.link(navigation.DOCUMENTS, "See all documents")
        navigation.link(navigation.QUALITY, "See how good the results are")


def _summary(waiting: int, failed: int, working: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        said = [f"**{waiting:,}** {'document waits' if waiting == 1 else 'documents wait'} for a person"]
        if failed:
            said.append(f"**{failed:,}** of them failed")
        if working:
            said.append(f"**{working:,}** being read")
        st.markdown(" · ".join(said), width="stretch")
        if st.button("Start reviewing", type="primary", icon=":material/play_arrow:", shortcut="Alt+S"):
            navigation.go(navigation.REVIEW, queue_walk.filter_params())


def _filters(everything: Sequence[Document]) -> None:
    types: dict[str, int] = {}
    reasons: dict[str, int] = {}
    for document in everything:
        types[document.type or ""] = types.get(document.type or "", 0) + 1
        for code in {str(reason["code"]) for reason in document.reasons}:
            reasons[code] = reasons.get(code, 0) + 1
    types.pop("", None)
    by_type, by_reason, _ = st.columns([1, 1, 1.2])
    with by_type:
        _filter("Type", "type", types, type_label)
    with by_reason:
        _filter("Reason", "reason", reasons, reason_label)


def _filter(label: str, param: str, counts: dict[str, int], named: Callable[[str], str]) -> None:
    """A filter that stands in the address; its options carry how many documents they would leave."""
    options = sorted(counts, key=lambda name: -counts[name])
    choose_one(label, param, options, lambda name: f"{named(name)} ({counts.get(name, 0)})")


def _table(listed: Sequence[Document]) -> None:
    rows = pd.DataFrame(
        {
            "File": [document.filename for document in listed],
            "Type": [type_label(document.type) for document in listed],
            "Confidence": [in_percent(document.confidence) for document in listed],
            "Why": [reason_labels(document.reasons) or NOT_KNOWN for document in listed],
            "Pages": [document.page_count for document in listed],
            "Status": [STATUSES[document.processing_status] for document in listed],
            "Uploaded": [age(document.created_at) for document in listed],
        }
    )
    chosen = st.dataframe(
        rows,
        key=_TABLE,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-cell",
        height=min(len(rows) + 1, 18) * 36 + 2,
        row_height=36,
        column_config={
            "File": st.column_config.TextColumn(width="medium"),
            "Confidence": st.column_config.ProgressColumn(format="%d%%", min_value=0, max_value=100, width="small"),
            "Why": st.column_config.TextColumn(width="large"),
            "Pages": st.column_config.NumberColumn(width="small"),
        },
        alt="Documents that wait for a person, least certain first",
    )
    st.caption("Click a document to review it.")
    cells = chosen.selection.cells
    if cells and cells[0][0] < len(listed):
        navigation.go(navigation.REVIEW, {navigation.DOC: listed[cells[0][0]].id, **queue_walk.filter_params()})


main()
