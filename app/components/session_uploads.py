"""The files that a person adds in this session: one list, whichever screen they are added on."""

from __future__ import annotations

import streamlit as st

from app import wiring
from app.auth import User
from app.upload_batch import UploadBatch


def session_uploads(user: User) -> UploadBatch:
    """The list of this session, made when it is asked for first."""
    key = f"uploads-{user.id}"
    batch: UploadBatch | None = st.session_state.get(key)
    if batch is None:
        batch = st.session_state[key] = UploadBatch(user, wiring.settings())
    return batch
