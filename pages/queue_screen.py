"""Queue: what a person must look at, as filtered and sorted by the address."""

from __future__ import annotations

import streamlit as st

from app import navigation, wiring
from app.auth import Role, User, require
from app.components import bulk_bar, bulk_run, queue_filters, queue_table, queue_walk
from app.components.first_run import first_run
from app.components.queue_wording import hours_text
from app.components.wording import UNFINISHED
from db import documents, queue, queue_counts, review_target, saved_views
from db.queue_counts import Counts

_MOST = 200


def main() -> None:
    """Draws the screen."""
    user = require(Role.ANALYST)
    st.header("Queue")
    if not bulk_run.follow(user):
        with st.container():
            _queue(user)


def _queue(user: User) -> None:
    with wiring.database(wiring.settings()).connect() as connection:
        by_status = documents.count_by_status(connection, user.tenant_id)
        working = sum(by_status.get(status, 0) for status in UNFINISHED)
        counts = queue_counts.counts(connection, user.tenant_id, queue_walk.filters_in_address(), user.id)
        if not counts.waiting:
            _empty(sum(by_status.values()), working)
            return
        target_h = review_target.get(connection, user.tenant_id)
        people = queue.people(connection, user.tenant_id)
        saved = saved_views.of_person(connection, user.tenant_id, user.id, queue_filters.SCREEN)
        _summary(counts, working, target_h)
        queue_filters.views(counts, saved)
        queue_filters.filters(counts, people, user.id)
        if not counts.matching:
            st.info("No waiting document matches these filters. Take one away to see more.")
            return
        listed = queue_table.shown(lambda: queue_walk.queue(connection, user.tenant_id, _MOST).documents)
        bulk_bar.bar(connection, user, listed, counts.matching, people)
        open_with = queue.open_with(connection, user.tenant_id, [document.id for document in listed.documents])
    queue_table.table(listed, people, open_with, target_h)
    if counts.matching > len(listed.documents):
        st.caption(
            f"The first {len(listed.documents)} of {counts.matching:,} are shown, in the order that is chosen above; "
            "the next follow as these are decided."
        )


def _empty(known: int, working: int) -> None:
    if not known:
        first_run()
        return
    if working:
        st.info(f"{working:,} documents are being read. Those that need a person will appear here.")
    else:
        st.success("Everything is done: no document waits for a person.", icon=":material/check_circle:")
    with st.container(horizontal=True):
        navigation.link(navigation.UPLOAD, "Upload documents")
        navigation.link(navigation.DOCUMENTS, "See all documents")
        navigation.link(navigation.QUALITY, "See how good the results are")


def _summary(counts: Counts, working: int, target_h: float) -> None:
    waiting = counts.waiting
    said = [f"**{waiting:,}** {'document waits' if waiting == 1 else 'documents wait'} for a person"]
    if counts.overdue:
        said.append(f"**{counts.overdue:,}** overdue (target: {hours_text(target_h)})")
    else:
        said.append(f"none overdue (target: {hours_text(target_h)})")
    if counts.failed:
        said.append(f"**{counts.failed:,}** failed")
    if working:
        said.append(f"**{working:,}** being read")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(" · ".join(said), width="stretch")
        if st.button("Start reviewing", type="primary", icon=":material/play_arrow:", shortcut="Alt+S",
                     help="Opens the first of the documents below; each next one follows in this order."):  # fmt: skip
            navigation.go(navigation.REVIEW, queue_walk.filter_params())


main()
