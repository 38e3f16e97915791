"""The workbench's charts. Colours come from the theme, so that they fit light and dark."""

from __future__ import annotations

from collections.abc import Callable

import plotly.graph_objects as go

from pipeline.metrics.quality import Calibration, ConfusionMatrix

_CELL_PX = 44
_MARGIN_PX = 150


def confusion_heatmap(matrix: ConfusionMatrix, named: Callable[[str], str]) -> go.Figure:
    """A confusion matrix: rows are what a person approved, columns what the machine said; empty cells stay empty.

    Args:
        matrix: the counts.
        named: type -> what people call it.
    """
    truths = [named(label) for label in matrix.truths]
    predictions = [named(label) for label in matrix.predictions]
    counts = [[count or None for count in row] for row in matrix.counts]
    figure = go.Figure(
        go.Heatmap(
            z=counts,
            x=predictions,
            y=truths,
            texttemplate="%{z}",
            hovertemplate="approved as <b>%{y}</b>, called <b>%{x}</b> by the machine: %{z}<extra></extra>",
            hoverongaps=False,
            showscale=False,
            xgap=2,
            ygap=2,
            zmin=0,
        )
    )
    figure.update_xaxes(title="what the machine said", side="top", showgrid=False, tickangle=-30, fixedrange=True)
    figure.update_yaxes(title="what a person approved", autorange="reversed", showgrid=False, fixedrange=True)
    figure.update_layout(
        height=_MARGIN_PX + _CELL_PX * max(3, len(truths)), margin={"l": 10, "r": 10, "t": 10, "b": 10}
    )
    return figure


def reliability_diagram(measured: Calibration) -> go.Figure:
    """How often values of a confidence are right, against the line where the confidence means what it says."""
    bins = [row for row in measured.bins if row.n]
    figure = go.Figure(
        [
            go.Scatter(x=[0, 1], y=[0, 1], mode="lines", line={"dash": "dot", "width": 1}, name="ideal",
                       hoverinfo="skip"),
            go.Scatter(
                x=[row.confidence for row in bins], y=[row.accuracy for row in bins], mode="lines+markers",
                name="measured", customdata=[row.n for row in bins],
                marker={"size": 9, "symbol": "square"},
                hovertemplate="confidence %{x:.0%}, right %{y:.0%} (%{customdata} values)<extra></extra>",
            ),
        ]
    )  # fmt: skip
    figure.update_xaxes(title="confidence", range=[0, 1.02], tickformat=".0%", fixedrange=True)
    figure.update_yaxes(title="share that was right", range=[0, 1.05], tickformat=".0%", fixedrange=True)
    figure.update_layout(height=340, margin={"l": 10, "r": 10, "t": 10, "b": 10},
                         legend={"orientation": "h", "y": 1.08, "x": 0})  # fmt: skip
    return figure
