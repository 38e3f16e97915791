"""Quality: how often the machine is right, how much it does alone, and how fast."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from app import charts, navigation, wiring
from app.auth import Role, require
from app.components.wording import STAGES, STATUSES, field_label, milliseconds, percent, type_label
from db import figures
from pipeline.metrics.report import Report

_PERIODS = {7: "7 days", 30: "30 days", 90: "90 days", 365: "A year"}
_ROW_PX = 36
_MOST_ROWS_SHOWN = 13


@st.cache_data(ttl=10, max_entries=50, show_spinner=False)
def _report(tenant_id: str, days: int) -> Report:
    with wiring.database(wiring.settings()).connect() as connection:
        return figures.report(connection, tenant_id, days)


def main() -> None:
    """Draws the screen."""
    user = require(Role.ANALYST)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header("Quality", width="stretch")
        days = st.segmented_control(
            "Documents uploaded in the last", list(_PERIODS), default=30, required=True, key="period",
            format_func=_PERIODS.__getitem__, bind="query-params", label_visibility="collapsed",
        )  # fmt: skip
    report = _report(user.tenant_id, days or 30)
    if not report.documents:
        st.markdown(f"No document was uploaded in this period ({_PERIODS[report.days].lower()}).")
        navigation.link(navigation.UPLOAD, "Upload documents")
        return
    _headline(report)
    if report.reviewed:
        _types(report)
        _fields(report)
    else:
        st.info(
            "How often the machine is right can be told once people have approved documents: what they approve is the "
            "truth that its answers are held against. Until then these figures stay empty.",
            icon=":material/hourglass_empty:",
        )
        navigation.link(navigation.REVIEW, "Review the first document")
    _operations(report)


def _headline(report: Report) -> None:
    accuracy = report.confusion.accuracy
    figures_shown = (
        ("Documents", f"{report.documents:,}", "Uploaded in this period."),
        ("Reviewed", f"{report.reviewed:,}", "Approved by a person: the truth that quality is measured by."),
        ("Straight through", percent(report.straight_through_rate),
         f"{report.straight_through.right:,} of {report.straight_through.n:,} decided documents needed no person."),
        ("Review rate", percent(report.review_rate),
         f"{report.review.right:,} of {report.review.n:,} finished documents need or needed a person."),
        ("Error rate", percent(report.error_rate),
         f"{report.errors.right:,} of {report.errors.n:,} finished documents could not be processed."),
        ("Type right", percent(accuracy.rate),
         f"{accuracy.right:,} of {accuracy.n:,} reviewed documents had the type that a person approved."),
    )  # fmt: skip
    for column, (label, value, explained) in zip(st.columns(len(figures_shown)), figures_shown, strict=True):
        column.metric(label, value, help=explained, border=True)


def _types(report: Report) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Types: what was said of what is true")
        st.plotly_chart(charts.confusion_heatmap(report.confusion, type_label), key="confusion",
                        config={"displayModeBar": False}, alt="Confusion matrix of document types")  # fmt: skip
    with right:
        st.subheader("Precision and recall per type")
        rows = [
            {
                "Type": type_label(each.label),
                "Documents": each.support,
                "Precision": percent(each.precision),
                "Recall": percent(each.recall),
                "F1": percent(each.f1),
            }
            for each in report.types
        ]
        _table(rows, "Precision, recall and F1 of each document type")
        st.caption(
            f"Precision: of those called so, the share that are. Recall: of those that are, the share called so. "
            f"F1 joins both; its mean over the types is {percent(report.macro_f1)}."
        )


def _fields(report: Report) -> None:
    left, right = st.columns([1.4, 1], gap="medium")
    with left:
        st.subheader("Fields: as the machine read them")
        rows = [
            {
                "Type": type_label(each.type),
                "Field": field_label(each.type, each.name),
                "Exact": percent(each.quality.present.rate),
                "Token F1": percent(each.quality.token_f1),
                "Values": each.quality.present.n,
                "Right incl. absent": percent(each.quality.exact.rate),
                "Documents": each.quality.exact.n,
            }
            for each in report.fields
        ]
        _table(rows, "Exact match and token F1 of each field")
        st.caption(
            "Exact and token F1 count values that are on their document; the last columns those that aren't too."
        )
    with right:
        st.subheader("Does confidence mean what it says?")
        if report.calibration.n:
            st.plotly_chart(charts.reliability_diagram(report.calibration), key="reliability",
                            config={"displayModeBar": False}, alt="Reliability diagram")  # fmt: skip
            error, n = percent(report.calibration.error), report.calibration.n
            st.caption(f"Expected calibration error {error} over {n:,} values.")
        else:
            st.caption("No reviewed value carries a confidence yet.")


def _operations(report: Report) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Time per stage")
        rows = [
            {
                "Stage": STAGES.get(each.stage, each.stage),
                "Half take up to": milliseconds(each.p50_ms),
                "95 % take up to": milliseconds(each.p95_ms),
                "Runs": each.n,
            }
            for each in report.latencies
        ]
        if rows:
            _table(rows, "Latency of each stage, p50 and p95")
        else:
            st.caption("No stage has finished yet.")
    with right:
        st.subheader("Where documents stand")
        order: Callable[[str], int] = list(STATUSES).index
        rows = [
            {"Status": STATUSES[status], "Documents": report.statuses[status]}
            for status in sorted(report.statuses, key=order)
        ]
        _table(rows, "Documents per status")


def _table(rows: list[dict[str, object]], alt: str) -> None:
    long = len(rows) > _MOST_ROWS_SHOWN
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        alt=alt,
        row_height=_ROW_PX,
        height=(_MOST_ROWS_SHOWN + 1) * _ROW_PX if long else "content",
    )


main()
