"""What a person sees on an installation without documents: what Fuse does, and a dozen samples to try it with."""

from __future__ import annotations

import streamlit as st

from app import navigation
from app.auth import Role, require
from app.components.session_uploads import session_uploads
from app.sample_batch import SamplesNotDrawn, draw_samples

_WHAT_IT_DOES = """
Fuse reads business documents: invoices, receipts, bank statements, tax forms, identity cards and more.

1. **You upload** PDF, PNG, JPEG or TIFF files. Each is read, its type is recognised, and its values are found.
2. **What is certain passes by itself**: every value stands on the page, its checks hold, and it reached the threshold.
3. **What is doubtful comes to you**: Review shows each value beside its place on the page; you approve or mend it.
4. **Your corrections count**: Quality measures the machine by them, and Settings says how much it may decide alone.
"""


def first_run() -> None:
    """Draws the welcome; call it where a tenant has no document at all."""
    user = require(Role.ANALYST)
    st.subheader("Welcome to Fuse")
    st.markdown(_WHAT_IT_DOES)
    with st.container(horizontal=True, vertical_alignment="center"):
        wanted = st.button("Add the dozen sample documents", type="primary", icon=":material/library_add:",
                           key="first-run-samples")  # fmt: skip
        navigation.link(navigation.UPLOAD, "Upload your own")
    st.caption(
        "The samples are made up: no person or company on them exists. They take a few seconds to draw, and can "
        "also be added by `./fuse up --samples` in a terminal."
    )
    if not wanted:
        return
    bar = st.progress(0.0, text="Drawing the samples …")
    try:
        samples = draw_samples(lambda drawn, of: bar.progress(drawn / of, text=f"Drawing sample {drawn} of {of}"))
    except SamplesNotDrawn as failure:
        bar.empty()
        st.error(str(failure), icon=":material/error:")
        return
    session_uploads(user).add(samples)
    navigation.go(navigation.UPLOAD)
