"""Doing one thing to many documents: which, what, and a preview of exactly what will happen, before the button."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from sqlalchemy import Connection

from app import bulk_actions, navigation
from app.auth import User
from app.bulk_actions import Plan, Task
from app.components import bulk_run, bulk_wording, queue_walk
from app.components.queue_table import Shown
from app.components.queue_wording import PRIORITIES
from app.components.stage_choice import stage_choice
from app.components.text_nodes import text_node
from app.components.wording import counted
from db import queue
from db.filters import NOBODY

_ALL_KEY, _ACTION_KEY = "bulk-all", "bulk-action"
_ACTIONS: dict[bulk_actions.Action, tuple[str, str]] = {
    "approve": ("Approve", ":material/check:"),
    "reject": ("Reject", ":material/block:"),
    "retry": ("Run again", ":material/replay:"),
    "assign": ("Assign", ":material/person_add:"),
    "prioritise": ("Priority", ":material/flag:"),
}
_LONGEST_REASON = 500


def bar(connection: Connection, user: User, listed: Shown, matching: int, people: Mapping[str, str]) -> None:
    """Draws what can be done to the chosen documents.

    Args:
        connection: any.
        user: who would do it.
        listed: the table whose rows are chosen.
        matching: how many documents the filters leave.
        people: id -> name, for whom work can be assigned to.
    """
    seen = {document.id: document.version for document in listed.chosen()}
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="bulk-bar"):
        every = st.checkbox(f"All {matching:,} that match", key=_ALL_KEY)
        number = matching if every else len(seen)
        st.markdown(f"**{counted(number, 'document')}** chosen" if number else "or tick rows below, then:")
        st.segmented_control(
            "What to do", list(_ACTIONS), key=_ACTION_KEY, label_visibility="collapsed", disabled=not number,
            format_func=lambda action: f"{_ACTIONS[action][1]} {_ACTIONS[action][0]}",
        )  # fmt: skip
        if len(seen) == 1 and st.button("Review it", icon=":material/open_in_new:", shortcut="Alt+O"):
            navigation.go(navigation.REVIEW, {navigation.DOC: next(iter(seen)), **queue_walk.filter_params()})
    action = st.session_state.get(_ACTION_KEY)
    if not number or action is None:
        return
    with st.container(border=True, gap="small", key="bulk-preview"):
        task = _task(action, people, user.id)
        if task is None:
            return
        if every:
            wanted, order = queue_walk.filters_in_address(), queue_walk.order_in_address()
            plan = bulk_actions.plan(task, queue.matching(connection, user.tenant_id, wanted, order))
        else:
            plan = bulk_actions.plan(task, queue.chosen(connection, user.tenant_id, list(seen)), seen)
        _preview(plan, people, number, queue.decided(connection, user.tenant_id, list(seen)))


def _task(action: bulk_actions.Action, people: Mapping[str, str], me: str) -> Task | None:
    """What is to be done, with what it needs to be known; None as long as that is missing."""
    match action:
        case "reject":
            reason = st.text_input("Why are they rejected?", key="bulk-reason", max_chars=_LONGEST_REASON,
                                   placeholder="e.g. sent twice, not signed, unreadable").strip()  # fmt: skip
            if not reason:
                st.caption("Say why first. The reason stands at each document. Then a preview appears here.")
                return None
            return Task(action, reason=reason)
        case "retry":
            return Task(action, stage=stage_choice("Run them again from", "bulk-stage"))
        case "assign":
            whose = [me, *(each for each in people if each != me), NOBODY]
            names = {**people, me: f"{people.get(me, '')} (me)", NOBODY: "Nobody"}
            chosen = st.selectbox("Whose work do they become?", whose, key="bulk-assignee", width=360,
                                  format_func=names.__getitem__)  # fmt: skip
            return Task(action, assignee_id=None if chosen == NOBODY else chosen)
        case "prioritise":
            priority = st.segmented_control("How urgent are they?", list(PRIORITIES), default=1, required=True,
                                            key="bulk-priority", format_func=PRIORITIES.__getitem__)  # fmt: skip
            return Task(action, priority=priority)
        case _:
            return Task(action)


def _preview(plan: Plan, people: Mapping[str, str], number: int, decided: int) -> None:
    for sentence in bulk_wording.preview(plan, people):
        text_node(sentence, "strong")
    for sentence in bulk_wording.left_out(plan.left_out):
        text_node(sentence, "doubt")
    if decided:
        text_node(bulk_wording.decided_already(decided), "doubt")
    rest = number - decided - len(plan.ready) - sum(len(each) for each in plan.left_out.values())
    if rest > 0:
        text_node(bulk_wording.too_many(rest) if number > queue.MOST_AT_ONCE else bulk_wording.not_there(rest), "doubt")
    with st.container(horizontal=True, gap="small"):
        st.button(bulk_wording.button_label(plan), type="primary", icon=_ACTIONS[plan.task.action][1],
                  key="bulk-confirm", disabled=not plan.ready, on_click=_start, args=(plan,))  # fmt: skip
        st.button("Cancel", key="bulk-cancel", on_click=_forget)


def _start(plan: Plan) -> None:
    bulk_run.start(plan)
    _forget()
    st.session_state[_ALL_KEY] = False


def _forget() -> None:
    st.session_state[_ACTION_KEY] = None
    st.session_state.pop("bulk-reason", None)
