"""Following a document that is still being worked on, or that somebody else has open; or a queue that is empty."""

from __future__ import annotations

import streamlit as st

from app import wiring
from app.components import queue_walk, review_actions
from app.components.failures import told
from app.components.review_memory import session
from app.components.wording import STATUSES
from db import documents, review_locks, workload

_FREE_LOOK_S = 5.0
_QUEUE_LOOK_S = 2.5


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


@st.fragment(run_every=_QUEUE_LOOK_S)
def follow_queue(tenant_id: str) -> None:
    """Says why there is nothing to review; when a document waits that nobody has open, it is opened.

    One whose lock has run out is left alone: whoever has it may only have gone to another window, and comes back.
    """
    with told():
        with wiring.database(wiring.settings()).connect() as connection:
            taken = review_locks.held_by_others(connection, tenant_id, session(), also_run_out=True)
            following = queue_walk.next_in_queue(connection, tenant_id, but=taken)
            open_elsewhere = bool(taken) and queue_walk.next_in_queue(connection, tenant_id) is not None
            reading = workload.being_read(connection, tenant_id)
        if following is not None:
            review_actions.walk_to(following.id)
            st.rerun()
        _why_nothing(reading, open_elsewhere)


def _why_nothing(reading: int, open_elsewhere: bool) -> None:
    work = f"{reading:,} {'document is' if reading == 1 else 'documents are'} being read"
    if open_elsewhere:
        head, said = "What waits is open in other windows", "One that is closed there undecided opens here by itself."
    elif queue_walk.is_filtered():
        head, said = "No more documents match the filter", "Those that matched are decided. Others may wait."
    elif reading:
        st.header(work)
        st.markdown("The first one that needs a person opens here by itself.")
        return
    else:
        head = "Nothing waits for review"
        said = "Every document that was read is decided. The next one that needs a person opens here by itself."
    st.header(head)
    st.markdown(f"{said} {work}; if one of them belongs here, it opens by itself." if reading else said)
