"""How the figures move: the learning curve of the period, and the snapshots that were taken in it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import charts
from app.components.definitions import DEFINITIONS, THIN
from app.components.quality_numbers import few
from app.components.wording import counted
from db.snapshots import SNAPSHOT_DAYS, Snapshot
from pipeline.metrics.report import LearningPoint

_AXES = {"time": "Over time", "reviewed": "Over reviewed documents"}


def trends(points: Sequence[LearningPoint], snapshots: Sequence[Snapshot]) -> None:
    """Draws both."""
    left, right = st.columns(2, gap="medium")
    with left:
        _learning(points)
    with right:
        _snapshots(snapshots)


def _learning(points: Sequence[LearningPoint]) -> None:
    st.subheader("Learning curve", help=DEFINITIONS["learning"].help)
    if not any(point.values.n for point in points):
        st.caption("The curve begins with the first approved document whose type the machine had right.")
        return
    chart = st.container()
    with st.container(horizontal=True, vertical_alignment="top"):
        st.caption(f"Each point is of what was uploaded in one {_nth(len(points))} of the period.{_remark(points)}",
                   width="stretch")  # fmt: skip
        axis = st.segmented_control(
            "Learning curve over", list(_AXES), default="time", required=True, key="curve",
            format_func=_AXES.__getitem__, bind="query-params", label_visibility="collapsed",
        )  # fmt: skip
    chart.plotly_chart(
        charts.learning_curve(points, over_reviewed=axis == "reviewed"),
        key="learning",
        config=charts.NO_TOOLBAR,
        alt="Learning curve: fields right and review rate",
    )


def _remark(points: Sequence[LearningPoint]) -> str:
    thin = sum(few(point.values.n) for point in points)
    return f" {counted(thin, 'point')} of fewer than {THIN} values: read with care." if thin else ""


def _nth(parts: int) -> str:
    return {1: "whole", 7: "seventh", 10: "tenth"}.get(parts, f"of {parts} parts")


def _snapshots(snapshots: Sequence[Snapshot]) -> None:
    st.subheader("As known at the time", help=DEFINITIONS["snapshots"].help)
    if len(snapshots) < 2:
        st.caption("Snapshots are taken every few minutes while the system runs; a line needs two of them.")
        return
    st.plotly_chart(
        charts.snapshot_trends(snapshots),
        key="snapshots",
        config=charts.NO_TOOLBAR,
        alt="Quality figures over time, from snapshots",
    )
    st.caption(f"Each point is of the {SNAPSHOT_DAYS} days before it. Click a name to hide or show its line.")
