"""Carries a plan out, one document after the other, and says how it went.

Whatever is clicked meanwhile, or a closed browser, ends the run between two documents. What is left stays in the
session, so that the person can have it go on.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app import bulk_actions, wiring
from app.auth import User
from app.bulk_actions import Plan
from app.components import bulk_wording, queue_table
from app.components.table_size import ROW_PX, height_px
from app.components.text_nodes import text_node
from app.components.wording import counted

_RUN = "bulk-run"
_REPORT_S = 0.25
_MOST_ROWS = 7


@dataclass
class Run:
    """A plan on its way.

    Attributes:
        plan: what is done.
        position: how many of its documents have been gone through.
        problems: file and sentence of those that it could not be done to.
        going: whether the next drawing of the screen goes on with it.
    """

    plan: Plan
    position: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)
    going: bool = True

    @property
    def total(self) -> int:
        """How many documents it is about."""
        return len(self.plan.ready)

    @property
    def finished(self) -> bool:
        """Whether none is left."""
        return self.position >= self.total


def start(plan: Plan) -> None:
    """Has the next drawing of the screen carry a plan out; not while another is under way."""
    before: Run | None = st.session_state.get(_RUN)
    if before is None or before.finished:
        st.session_state[_RUN] = Run(plan)


def follow(user: User) -> bool:
    """Goes on with a plan, or says how it went; gives whether the rest of the screen must wait."""
    run: Run | None = st.session_state.get(_RUN)
    report = st.container()
    if run is None:
        return False
    if run.going and not run.finished:
        _work(run, user, report)
    with report:
        if not run.finished:
            _interrupted(run)
        else:
            _result(run)
    return not run.finished


def _work(run: Run, user: User, report: DeltaGenerator) -> None:
    run.going = False  # whatever breaks in from here on, the person is asked before it goes on
    settings = wiring.settings()
    bar = report.progress(run.position / run.total, _progress(run))
    report.button("Stop", icon=":material/stop:", help="What is done stays done; the others stay as they are.")
    st.empty()  # in place of what stood below, whose buttons must not be pressed meanwhile
    reported = time.monotonic()
    for candidate in run.plan.ready[run.position :]:
        problem = bulk_actions.carry_out(run.plan.task, candidate, user, settings)
        run.position += 1
        if problem is not None:
            run.problems.append((candidate.filename, problem))
        if time.monotonic() - reported >= _REPORT_S:
            reported = time.monotonic()
            bar.progress(run.position / run.total, _progress(run))
    queue_table.choose_none()
    st.rerun()


def _progress(run: Run) -> str:
    return f"{run.position:,} of {counted(run.total, 'document')}"


def _interrupted(run: Run) -> None:
    st.warning(f"Stopped after {_progress(run)}. Those are done; the others are as they were.",
               icon=":material/pause_circle:")  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        st.button("Go on", type="primary", icon=":material/play_arrow:", on_click=_go_on, args=(run,))
        st.button("Leave it at that", on_click=_end, args=(run,))


def _go_on(run: Run) -> None:
    run.going = True


def _end(run: Run) -> None:
    """Ends a run early; its result is that of what was done."""
    plan = run.plan
    run.plan = Plan(plan.task, plan.ready[: run.position], plan.left_out)
    queue_table.choose_none()


def _result(run: Run) -> None:
    number = run.total - len(run.problems)
    with st.container(border=True, gap="small", key="bulk-result"):
        with st.container(horizontal=True, vertical_alignment="center"):
            text_node(bulk_wording.done(run.plan.task, number) if number else "Nothing was done.", "strong")
            st.button("Close", icon=":material/close:", key="bulk-close", on_click=_close)
        for sentence in bulk_wording.left_out(run.plan.left_out):
            text_node(sentence, "doubt")
        if run.problems:
            text_node(f"{counted(len(run.problems), 'document')} could not be done, and stayed as before:", "wrong")
            st.dataframe(
                pd.DataFrame(run.problems, columns=["File", "Why not"]),
                hide_index=True, height=height_px(len(run.problems), _MOST_ROWS), row_height=ROW_PX,
                alt="Documents that could not be done",
            )  # fmt: skip


def _close() -> None:
    st.session_state.pop(_RUN, None)
