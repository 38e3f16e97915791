"""Upload: add documents, and watch each being read."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from app import navigation, uploading, wiring
from app.auth import Role, User, require
from app.components.failures import told
from app.components.files_not_sent import files_not_sent
from app.components.session_uploads import session_uploads
from app.components.upload_lines import (
    DONE,
    NOT_TAKEN,
    ON_ITS_WAY,
    TO_REVIEW,
    UploadLine,
    upload_line,
    upload_styles,
)
from app.components.wording import counted
from app.upload_batch import UploadBatch
from db import upload_progress

_ROUND = "upload-round"
_SHOW, _WIDER = "show", "upload-wider"
_MOST_SHOWN = 30
_CLOCK_S = 1.0
_FILES, _FOLDER = "Files", "A folder"
_ENDINGS = {_FILES: None, _FOLDER: ("pdf", "png", "jpg", "jpeg", "tif", "tiff")}
_LIMITS = "PDF, PNG, JPEG or TIFF; up to {:g} MB and 100 pages each."
_WHERE = {"": "All", ON_ITS_WAY: "In work", TO_REVIEW: "To review", DONE: "Done", NOT_TAKEN: "Not taken"}


def main() -> None:
    """Draws the screen."""
    user = require(Role.ANALYST)
    st.header("Upload")
    batch = session_uploads(user)
    what = st.segmented_control("What to upload", (_FILES, _FOLDER), default=_FILES, required=True, key="upload-what",
                                label_visibility="collapsed") or _FILES  # fmt: skip
    _uploader(batch, what)
    batch.wait(_CLOCK_S)  # the uploader is there again meanwhile: what is chosen for the one before would be lost
    upload_styles()
    unfinished = any(line.where == ON_ITS_WAY for line in _lines(user, batch))
    st.fragment(_list, run_every=_CLOCK_S if unfinished else None)(user, batch, what, unfinished)


def _uploader(batch: UploadBatch, what: str) -> None:
    limits = _LIMITS.format(uploading.most_bytes(wiring.settings()) / 1e6)
    files = st.file_uploader(
        f"Drop a folder here, or choose one: all documents in it and its folders. {limits} Other files are left out."
        if what == _FOLDER else f"Drop files here, or choose them: as many as you like. {limits}",
        # Streamlit's own refusal names a MIME type, and goes away when another file is taken; ours stays and says more
        type=_ENDINGS[what],
        accept_multiple_files="directory" if what == _FOLDER else True,
        key=f"upload-{what}-{st.session_state.setdefault(_ROUND, 0)}",
    )  # fmt: skip
    if files:
        batch.add((file.name, file.getvalue()) for file in files)
        st.session_state[_ROUND] += 1  # an empty uploader: what was sent stands below
        st.rerun()


def _lines(user: User, batch: UploadBatch) -> list[UploadLine]:
    sent = batch.files()
    ids = [each.document_id for each in sent if each.document_id]
    with wiring.database(wiring.settings()).connect() as connection:
        known = upload_progress.of_documents(connection, user.tenant_id, ids)
    return [UploadLine(each, known.get(each.document_id)) for each in sent]


def _list(user: User, batch: UploadBatch, what: str, was_unfinished: bool) -> None:
    with told():
        # here, as a run of the whole screen would come between the uploader and the files that it is just sending
        files_not_sent(batch, _ENDINGS[what])
        if not batch.files():
            st.caption(
                "What a file is, is told by its content, not by its name. The same file twice gives the same document. "
                "No file at hand? `./fuse up --samples` adds a dozen."
            )
            return
        lines = _lines(user, batch)
        counts = Counter(line.where for line in lines)
        if was_unfinished != bool(counts[ON_ITS_WAY]):
            st.rerun()  # with a clock, or without one
        _head(batch, counts)
        shown = [line for line in lines if _asked() in ("", line.where)]
        for line in shown[: _most()]:
            with st.container(border=True, gap="xxsmall", key=f"line-{line.sent.key}"):
                upload_line(line, batch)
        if not shown:
            st.caption("None of the files stands there now.")
        if len(shown) > _most():
            st.button(f"Show more ({len(shown) - _most():,})", icon=":material/expand_more:", on_click=_show_more)


def _head(batch: UploadBatch, counts: Counter[str]) -> None:
    total = counts.total()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{total - counts[ON_ITS_WAY]:,} of {total:,} finished**", width="stretch")
        if counts[TO_REVIEW]:
            navigation.link(navigation.QUEUE, f"{counts[TO_REVIEW]:,} to review")
        st.button("Clear the list", icon=":material/clear_all:", on_click=batch.forget,
                  help="The documents stay; see Documents.")  # fmt: skip
    if counts[ON_ITS_WAY]:
        st.progress((total - counts[ON_ITS_WAY]) / total, text=f"{counted(counts[ON_ITS_WAY], 'file')} in work")
    if len(counts) > 1:
        key = "upload-show"
        if key not in st.session_state:
            st.session_state[key] = _asked()
        st.segmented_control(
            "Show", [each for each in _WHERE if not each or counts[each] or each == st.session_state[key]], key=key,
            format_func=lambda each: f"{_WHERE[each]} {counts[each] if each else total:,}", required=True,
            on_change=_put_show, args=(key,), label_visibility="collapsed",
        )  # fmt: skip


def _asked() -> str:
    """Which lines the address wants; all, where it says nonsense."""
    asked = st.query_params.get(_SHOW, "")
    return asked if asked in _WHERE else ""


def _put_show(key: str) -> None:
    if st.session_state[key]:
        st.query_params[_SHOW] = st.session_state[key]
    else:
        st.query_params.pop(_SHOW, None)
    st.session_state.pop(_WIDER, None)


def _most() -> int:
    return int(st.session_state.get(_WIDER, _MOST_SHOWN))


def _show_more() -> None:
    st.session_state[_WIDER] = _most() + _MOST_SHOWN


main()
