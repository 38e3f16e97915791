"""Which types are taken for which: the confusion matrix, and the documents behind each of its cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from app import charts, navigation, wiring
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
from app.components.text_nodes import text_node
from app.components.wording import age, counted, type_label
from db import confusions
from db.confusions import Confused
from pipeline.metrics.quality import ConfusionMatrix
from pipeline.metrics.report import Report

_CELL, _PAGE = "cell", "page"
_BETWEEN = "~"
_BOX, _TURN = "confusion-box", "confusion-turn"
_ON_A_PAGE = 10

Cell = tuple[str, str]
"""(what a person approved, what the machine said)."""


def types(tenant_id: str, report: Report, before: Report) -> None:
    """Draws the matrix, the figures per type, and the documents of the cell that is chosen."""
    left, right = st.columns(2, gap="medium")
    options = cells(report.confusion)
    with left:
        st.subheader("Types: what was said of what is true", help=DEFINITIONS["confusion"].help)
        _matrix(report.confusion)
    with right:
        st.subheader("Precision and recall per type")
        _per_type(report, before)
        chosen = _box(report.confusion, options)
    if chosen is not None:
        _documents(tenant_id, report, chosen)


def cells(matrix: ConfusionMatrix) -> list[str]:
    """The cells that have documents, as the address names them: mistakes first, the frequent ones before the rare."""
    filled = [
        (truth, prediction, matrix.count(truth, prediction))
        for truth in matrix.truths
        for prediction in matrix.predictions
        if matrix.count(truth, prediction)
    ]
    filled.sort(key=lambda each: (each[0] == each[1], -each[2]))
    return [f"{truth}{_BETWEEN}{prediction}" for truth, prediction, _ in filled]


def by_label(matrix: ConfusionMatrix) -> ConfusionMatrix:
    """The same matrix, its types ordered by what people read; those that are true of nothing still come last."""
    truths = sorted(matrix.truths, key=_read)
    others = sorted(set(matrix.predictions).difference(truths), key=_read)
    predictions = (*truths, *others)
    counts = tuple(tuple(matrix.count(truth, prediction) for prediction in predictions) for truth in truths)
    return ConfusionMatrix(tuple(truths), predictions, counts)


def _read(label: str) -> str:
    return type_label(label).casefold()


def clicked_cell(selection: Mapping[str, Any]) -> str | None:
    """The cell that a click on the matrix selected, as the address names it; None: the click took the choice away."""
    points = selection.get("points") or []
    pair = points[0].get("customdata") if points else None
    return _BETWEEN.join(str(each) for each in pair[:2]) if pair else None


def _matrix(matrix: ConfusionMatrix) -> None:
    asked = _parsed(st.query_params.get(_CELL))
    key = f"confusion-{st.session_state.get(_TURN, 0)}"
    st.plotly_chart(
        charts.confusion_heatmap(by_label(matrix), type_label, asked, _colours()),
        key=key,
        on_select=lambda: _clicked(key),
        selection_mode="points",
        config=charts.NO_TOOLBAR,
        alt="Confusion matrix of document types; the box beside it chooses the same cells",
    )


def _colours() -> list[str]:
    """The scale that the browser draws in: the colours of numbers depend on it."""
    return list(st.get_option(f"theme.{st.context.theme.type or 'light'}.chartSequentialColors"))


def _clicked(key: str) -> None:
    chosen = clicked_cell(st.session_state[key].selection)
    st.session_state[_BOX] = chosen
    _put(chosen)


def _box(matrix: ConfusionMatrix, options: list[str]) -> Cell | None:
    asked = st.query_params.get(_CELL)
    if _BOX not in st.session_state:
        st.session_state[_BOX] = asked
    chosen = st.session_state[_BOX]
    known = [*options, chosen] if chosen and chosen not in options else options
    st.selectbox(
        "Show the documents of a cell",
        known,
        index=None,
        key=_BOX,
        placeholder="Click a cell of the matrix, or choose one here",
        format_func=lambda option: _said(matrix, option),
        on_change=_chosen,
    )
    return _parsed(st.session_state[_BOX])


def _chosen() -> None:
    # A new key takes the click's own selection away, so that the same cell can be clicked again.
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    _put(st.session_state[_BOX])


def _put(cell: str | None) -> None:
    st.query_params.pop(_PAGE, None)
    if cell:
        st.query_params[_CELL] = cell
    else:
        st.query_params.pop(_CELL, None)


def _parsed(option: str | None) -> Cell | None:
    truth, between, prediction = (option or "").replace("\0", "").partition(_BETWEEN)
    return (truth, prediction) if between else None


def _said(matrix: ConfusionMatrix, option: str) -> str:
    cell = _parsed(option)
    if cell is None:
        return "No such cell"
    truth, prediction = cell
    count = matrix.count(truth, prediction)
    if truth == prediction:
        return f"{type_label(truth)}, called so ({count:,})"
    return f"Documents that are {type_label(truth)} and were called {type_label(prediction)} ({count:,})"


def _per_type(report: Report, before: Report) -> None:
    f1_before = {each.label: each.f1 for each in before.types}
    rows = [
        {
            "Type": type_label(each.label),
            "Documents": each.support,
            "Precision": in_points(each.precision),
            "Recall": in_points(each.recall),
            "F1": in_points(each.f1),
            "F1 change": moved_points(each.f1, f1_before.get(each.label)),
        }
        for each in sorted(report.types, key=lambda each: _read(each.label))
    ]
    figure_table(
        rows,
        "Precision, recall and F1 of each document type",
        {
            "Precision": percent_column("Precision", "precision"),
            "Recall": percent_column("Recall", "recall"),
            "F1": percent_column("F1", "f1"),
            "F1 change": change_column("Change", report.days),
        },
    )
    small = sum(few(each.support) for each in report.types)
    remark = f" {counted(small, 'type')} with fewer than {THIN} documents: read with care." if small else ""
    st.caption(f"The mean of F1 over the types is {share_text(report.macro_f1)}.{remark}")


def _documents(tenant_id: str, report: Report, cell: Cell) -> None:
    truth, prediction = cell
    total = report.confusion.count(truth, prediction)
    page = _page(total)
    with wiring.database(wiring.settings()).connect() as connection:
        found = confusions.in_cell(
            connection, tenant_id, report.days, truth, prediction, _ON_A_PAGE, page * _ON_A_PAGE
        )  # fmt: skip
    with st.container(key="cell-documents"):
        st.subheader(_said(report.confusion, _BETWEEN.join(cell)))
        if not found:
            st.info("No reviewed document of this period is in this cell. Choose another cell or a longer period.")
            return
        with st.container(border=True, gap="xsmall"):
            for each in found:
                _document(each, cell)
        if total > _ON_A_PAGE:
            _paging(page, total)


def _document(each: Confused, cell: Cell) -> None:
    truth, prediction = map(type_label, cell)
    reviewed = f" {age(each.reviewed_at)}" if each.reviewed_at else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch", gap="xxsmall"):
            text_node(each.filename, "strong")
            text_node(
                f"Called {prediction} ({share_text(each.type_confidence)} sure); is {truth}, "
                f"as {each.reviewer or 'a person'} approved{reviewed}.",
                "muted",
            )
        navigation.link(navigation.DOCUMENT, "Open", {navigation.DOC: each.id})


def _page(total: int) -> int:
    asked = st.query_params.get(_PAGE, "1")
    last = max(0, (total - 1) // _ON_A_PAGE)
    return min(max(0, int(asked) - 1), last) if asked.isdecimal() and len(asked) < 9 else 0


def _paging(page: int, total: int) -> None:
    first, last = page * _ON_A_PAGE + 1, min(total, (page + 1) * _ON_A_PAGE)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{first:,} to {last:,} of {counted(total, 'document')}, the last reviewed first.", width="stretch")
        if page:
            st.button("Previous", icon=":material/chevron_left:", on_click=_to_page, args=(page - 1,))
        if last < total:
            st.button("Next", icon=":material/chevron_right:", on_click=_to_page, args=(page + 1,))


def _to_page(page: int) -> None:
    st.query_params[_PAGE] = str(page + 1)
