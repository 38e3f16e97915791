"""Following a document that is still being worked on, or that somebody else has open."""

from __future__ import annotations

import streamlit as st

from app import wiring
from app.components.failures import told
from app.components.review_memory import session
from app.components.wording import STATUSES
from db import documents, review_locks

_FREE_LOOK_S = 5.0


@st.fragment(run_every=_FREE_LOOK_S)
def follow_until_free(tenant_id: str, doc_id: str) -> None:
    """When nobody else has the document open any more, the whole screen is drawn anew."""
    with told():
        with wiring.database(wiring.settings()).connect() as connection:
            other = review_locks.holder(connection, tenant_id, doc_id)
        if other is None or other.session == session():
            st.rerun()


@st.fragment(run_every=1.0)
def follow_until_finished(tenant_id: str, doc_id: str, status: str) -> None:
    """Says where the document stands; when that changes, the whole screen is drawn anew."""
    with told():
        with wiring.database(wiring.settings()).connect() as connection:
            document = documents.get(connection, tenant_id, doc_id)
        if document.processing_status != status:
            st.rerun()
        st.status(f"{STATUSES[status]} …", expanded=False)
        st.caption("This takes seconds for most documents. Its values appear here by themselves.")
