"""How well each field is read, and whether its confidence means what it says."""

from __future__ import annotations

import streamlit as st

from app import charts
from app.components.definitions import DEFINITIONS, THIN
from app.components.figure_table import figure_table
from app.components.quality_numbers import (
    change_column,
    few,
    in_points,
    moved_points,
    percent_column,
    share_text,
)
from app.components.wording import counted, field_label, type_label
from pipeline.doctypes import DOC_TYPES
from pipeline.metrics.report import FieldRow, Report


def fields(report: Report, before: Report) -> None:
    """Draws the table of fields and the reliability diagram."""
    left, right = st.columns([1.6, 1], gap="medium")
    with left:
        st.subheader("Fields: as the machine read them")
        _table(report, before)
    with right:
        st.subheader("Does confidence mean what it says?", help=DEFINITIONS["calibration"].help)
        _reliability(report, before)


def _table(report: Report, before: Report) -> None:
    earlier = {(each.type, each.name): each.quality for each in before.fields}
    rows = []
    for each in sorted(report.fields, key=_as_on_the_document):
        was = earlier.get((each.type, each.name))
        rows.append(
            {
                "Type": type_label(each.type),
                "Field": field_label(each.type, each.name),
                "Exact": in_points(each.quality.present.rate),
                "Exact change": moved_points(each.quality.present.rate, was.present.rate if was else None),
                "Token F1": in_points(each.quality.token_f1),
                "Token F1 change": moved_points(each.quality.token_f1, was.token_f1 if was else None),
                "Values": each.quality.present.n,
                "With absent": in_points(each.quality.exact.rate),
                "Documents": each.quality.exact.n,
            }
        )
    if not rows:
        st.caption("No document whose type the machine had right was approved yet, so no field can be measured.")
        return
    figure_table(
        rows,
        "Exact match and token F1 of each field",
        {
            "Field": st.column_config.TextColumn(width="medium"),
            "Exact": percent_column("Exact", "exact"),
            "Exact change": change_column("Change", report.days),
            "Token F1": percent_column("Token F1", "token_f1"),
            "Token F1 change": change_column("Change ", report.days),
            "With absent": percent_column("Right incl. absent", "with_absent"),
        },
    )
    small = sum(few(each.quality.present.n) for each in report.fields)
    remark = f" {counted(small, 'field')} with fewer than {THIN} values: read with care." if small else ""
    st.caption(
        "Exact and token F1 count values that are on their document; the last columns those that aren't too." + remark
    )


def _as_on_the_document(row: FieldRow) -> tuple[str, int, str]:
    """By the type's name as it is read, then as the type defines its fields; those it no longer has come last."""
    names = [spec.name for spec in DOC_TYPES.fields_of(row.type)]
    place = names.index(row.name) if row.name in names else len(names)
    return type_label(row.type).casefold(), place, row.name


def _reliability(report: Report, before: Report) -> None:
    measured = report.calibration
    if not measured.n:
        st.caption("No reviewed value carries a confidence yet.")
        return
    st.plotly_chart(
        charts.reliability_diagram(measured),
        key="reliability",
        config=charts.NO_TOOLBAR,
        alt="Reliability diagram",
    )
    was = f" ({share_text(before.calibration.error)} in the period before)" if before.calibration.n else ""
    few_values = f" Fewer than {THIN} values: it may still move much." if few(measured.n) else ""
    st.caption(
        f"Expected calibration error {share_text(measured.error)}{was} over {counted(measured.n, 'value')}.{few_values}"
    )
