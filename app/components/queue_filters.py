"""The queue's filters, its sorting and its views. What is chosen stands in the address, and only there: a bookmark, a
colleague's link and the browser's Back all open the same queue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from app import wiring
from app.auth import Role, User, require
from app.components import queue_walk
from app.components.failures import guarded
from app.components.queue_walk import FILTERS, ME, ORDERS, SORT
from app.components.queue_wording import choice_label, choices_in_order
from app.components.text_nodes import text_node
from db import saved_views
from db.filters import NOBODY
from db.queue_counts import OVERDUE, Counts
from db.saved_views import SavedView, ViewNotSaved

SCREEN = "queue"
_LABELS = {
    "type": "Type",
    "reason": "Reason",
    "status": "Status",
    "confidence": "Confidence",
    "age": "Age",
    "uploader": "Uploaded by",
    "assignee": "Assigned to",
    "priority": "Priority",
}
_WIDTH_PX = 222
_EVERYTHING: dict[str, str] = {}
_READY = {
    "All": _EVERYTHING,
    "My work": {"assignee": ME},
    "Unassigned": {"assignee": NOBODY},
    "Overdue": {"age": OVERDUE},
    "Failed": {"status": "error"},
}
"""Views that everybody has."""
_READY_KEY, _SAVED_KEY, _NAME_KEY, _PROBLEM_KEY = "queue-view", "queue-saved", "queue-view-name", "queue-view-problem"


def views(counts: Counts, saved: Sequence[SavedView]) -> None:
    """One row: the views that everybody has, with their sizes, and a person's own."""
    sizes = dict(
        zip(_READY, (counts.waiting, counts.mine, counts.unassigned, counts.overdue, counts.failed), strict=True)
    )
    now = queue_walk.filter_params()
    filters_now = {name: value for name, value in now.items() if name != SORT}
    opened = next((view for view in saved if _plain(view) == now), None)
    st.session_state[_READY_KEY] = next((name for name, params in _READY.items() if params == filters_now), None)
    st.session_state[_SAVED_KEY] = opened.id if opened else None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.segmented_control(
            "View", list(_READY), key=_READY_KEY, label_visibility="collapsed", on_change=_open_ready,
            format_func=lambda name: f"{name} {sizes[name]:,}",
        )  # fmt: skip
        if saved:
            names = {view.id: view.name for view in saved}
            st.selectbox(
                "Your saved views", list(names), index=None, key=_SAVED_KEY, placeholder="Your saved views",
                format_func=names.__getitem__, label_visibility="collapsed", width=_WIDTH_PX,
                on_change=_open_saved, args=({view.id: _plain(view) for view in saved},),
            )  # fmt: skip
        with st.popover("Save view", icon=":material/bookmark_add:", help="Keep these filters and this sorting"):
            _keep(opened)


def _keep(opened: SavedView | None) -> None:
    with st.form("queue-save-view", border=False):
        st.text_input("Name of the view", key=_NAME_KEY, max_chars=saved_views.LONGEST_NAME,
                      placeholder="e.g. Doubtful invoices")  # fmt: skip
        st.form_submit_button("Save", icon=":material/save:", on_click=_save_view)
    if problem := st.session_state.pop(_PROBLEM_KEY, ""):
        text_node(problem, "wrong")
    st.caption("Keeps the filters and the sorting, for you alone. A view of the same name is replaced.")
    if opened:
        text_node(f"Open now: {opened.name}")
        st.button("Delete this view", icon=":material/delete:", on_click=_delete_view, args=(opened.id,))


def filters(counts: Counts, people: Mapping[str, str], me: str) -> None:
    """The filters, each choice with the number of documents that it would leave, and the sorting."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="queue-filters"):
        for name in FILTERS:
            counted = dict(counts.choices.get(name, {}))
            if name in ("assignee", "uploader") and me in counted:
                counted[ME] = counted.pop(me)
            _choose(name, counted, people)
        _sort()
        if queue_walk.is_filtered():
            st.button("Clear filters", icon=":material/filter_alt_off:", on_click=_put, args=(_EVERYTHING,))


def _choose(name: str, counted: Mapping[str, int], people: Mapping[str, str]) -> None:
    asked = queue_walk.asked(name)
    options = choices_in_order(name, counted)
    if asked and asked not in options:
        options.append(asked)
    _select(
        _LABELS[name],
        name,
        options,
        lambda option: f"{choice_label(name, option, people)} ({counted.get(option, 0):,})",
    )


def _sort() -> None:
    _select("Sort by", SORT, list(ORDERS), ORDERS.__getitem__)


def _select(label: str, param: str, options: Sequence[str], named: Callable[[str], str]) -> None:
    """A select box that follows the address, whoever has changed it."""
    key = f"queue-{param}"
    sorting = param == SORT
    st.session_state[key] = queue_walk.asked(param) or (next(iter(ORDERS)) if sorting else None)
    st.selectbox(
        label, list(options), index=0 if sorting else None, key=key, placeholder="All", format_func=named,
        width=_WIDTH_PX, on_change=_put_one, args=(key, param),
    )  # fmt: skip


def _put_one(key: str, param: str) -> None:
    chosen = st.session_state[key]
    if chosen and not (param == SORT and chosen == next(iter(ORDERS))):
        st.query_params[param] = chosen
    else:
        st.query_params.pop(param, None)


def _put(params: Mapping[str, str], names: Sequence[str] = FILTERS) -> None:
    for name in names:
        if name in params:
            st.query_params[name] = params[name]
        else:
            st.query_params.pop(name, None)


def _open_ready() -> None:
    _put(_READY.get(st.session_state[_READY_KEY] or "All", _EVERYTHING))


def _open_saved(params: Mapping[str, Mapping[str, str]]) -> None:
    _put(params.get(st.session_state[_SAVED_KEY] or "", _EVERYTHING), (*FILTERS, SORT))


def _plain(view: SavedView) -> dict[str, str]:
    return {name: values[0] for name, values in view.params.items() if values}


@guarded
def _save_view() -> None:
    me: User = require(Role.ANALYST)
    params = {name: [value] for name, value in queue_walk.filter_params().items()}
    try:
        with wiring.database(wiring.settings()).begin() as connection:
            saved_views.save(connection, me.tenant_id, me.id, SCREEN, st.session_state[_NAME_KEY], params)
    except ViewNotSaved as problem:
        st.session_state[_PROBLEM_KEY] = str(problem)
        return
    st.session_state[_NAME_KEY] = ""
    st.toast("The view is saved.", icon=":material/bookmark_added:")


@guarded
def _delete_view(view_id: str) -> None:
    me: User = require(Role.ANALYST)
    with wiring.database(wiring.settings()).begin() as connection:
        saved_views.delete(connection, me.tenant_id, me.id, view_id)
    st.toast("The view is deleted. The filters stay as they are.", icon=":material/delete:")
