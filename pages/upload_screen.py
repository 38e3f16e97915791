"""Upload: add documents, and watch each being read."""

from __future__ import annotations

import streamlit as st

from app import navigation, wiring
from app.auth import Role, User, require
from app.components.failures import told
from app.components.text_nodes import text_node
from app.components.wording import STATUSES, percent, type_label
from app.upload_batch import Progress, Sent, progress_of, send

_SENT = "upload-sent"
_ROUND = "upload-round"
_MOST_SHOWN = 40
_TYPES = ("pdf", "png", "jpg", "jpeg", "tif", "tiff")
_WIDTHS = (4, 4, 2.4, 1.4)


def main() -> None:
    """Draws the screen."""
    user = require(Role.ANALYST)
    sent: list[Sent] = st.session_state.setdefault(_SENT, [])
    st.header("Upload")
    files = st.file_uploader(
        "PDF, PNG, JPEG or TIFF; up to 50 MB and 100 pages each. Several at once are welcome.",
        type=list(_TYPES),
        accept_multiple_files=True,
        key=f"upload-{st.session_state.setdefault(_ROUND, 0)}",
    )
    if files:
        with st.spinner(f"Taking in {len(files)} {'file' if len(files) == 1 else 'files'} …"):
            for file in files:
                sent.insert(0, send(file.name, file.getvalue(), user, wiring.settings()))
        st.session_state[_ROUND] += 1  # an empty uploader: what was sent stands below
        st.rerun()
    if not sent:
        st.caption(
            "What a file is, is told by its content, not by its name. The same file twice gives the same document. "
            "No file at hand? `./fuse up --samples` adds a dozen."
        )
        return
    with wiring.database(wiring.settings()).connect() as connection:
        unfinished = any(not each.finished for each in progress_of(connection, user, sent[:_MOST_SHOWN]))
    st.fragment(_table, run_every=1.0 if unfinished else None)(user, sent, unfinished)


def _table(user: User, sent: list[Sent], was_unfinished: bool) -> None:
    with told():
        with wiring.database(wiring.settings()).connect() as connection:
            rows = progress_of(connection, user, sent[:_MOST_SHOWN])
        done = sum(each.finished for each in rows)
        if was_unfinished and done == len(rows):
            st.rerun()  # draws the table once more without a clock
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{done} of {len(rows)} finished**", width="stretch")
            waiting = sum(each.status in ("needs_review", "error") for each in rows)
            if waiting:
                navigation.link(navigation.QUEUE, f"{waiting} to review")
        for each in rows:
            with st.container(border=True, gap="xxsmall"):
                _row(each)
        if len(sent) > _MOST_SHOWN:
            st.caption(f"{len(sent) - _MOST_SHOWN} earlier files are listed under Documents.")


def _row(each: Progress) -> None:
    if each.sent.refusal:
        name, why = st.columns((_WIDTHS[0], sum(_WIDTHS[1:])), vertical_alignment="center")
        with name:
            text_node(each.sent.filename)
        with why:
            text_node(each.sent.refusal, "wrong")
        return
    name, state, found, way = st.columns(_WIDTHS, vertical_alignment="center")
    with name:
        text_node(each.sent.filename)
    with state:
        if each.finished:
            text_node(STATUSES[each.status] + (" · known already, not read again" if each.sent.duplicate else ""))
        else:
            st.progress(each.share, text=_step(each))
    with found:
        if each.type is not None:
            text_node(
                f"{type_label(each.type)} · {percent(each.confidence)}" if each.finished else type_label(each.type)
            )
    with way:
        if each.status in ("needs_review", "error"):
            navigation.link(navigation.REVIEW, "Review", {navigation.DOC: each.sent.document_id})
        elif each.finished:
            navigation.link(navigation.DOCUMENT, "Open", {navigation.DOC: each.sent.document_id})


def _step(each: Progress) -> str:
    if each.status == "ocr" and each.page_count:
        return f"Reading page {min(each.pages_read + 1, each.page_count)} of {each.page_count}"
    return STATUSES[each.status]


main()
