"""The workbench's charts. Colours fit light and dark, and can be told apart by the colour-blind (Okabe and Ito)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import plotly.graph_objects as go

from db.snapshots import Snapshot
from pipeline.metrics.quality import Calibration, ConfusionMatrix
from pipeline.metrics.report import LearningPoint

NO_TOOLBAR = {"displayModeBar": False}
"""The `config` that every chart is drawn with: hovering and clicking are all there is to do."""
_CELL_PX = 44
_MARGIN_PX = 150
_LAST_LABEL_PX = 70
"""Room for the slanted name of the last column."""
_FEWEST_COLUMNS, _FEWEST_ROWS = 5, 3
"""A matrix has room for so many at least, so that the cells of a small one are no larger than those of a large one."""
_LINES_PX = 340
_TIGHT = {"l": 10, "r": 10, "t": 10, "b": 10}
_ABOVE = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
_BLUE, _VERMILION, _GREEN, _PURPLE, _PINK, _GREY = "#0072b2", "#d55e00", "#009e73", "#8a63d2", "#cc79a7", "#7d8794"
"""For lines: each stands out from the light and from the dark background by 3:1 or more."""
_BLACK, _WHITE = "#000000", "#ffffff"
"""One of them stands out from any colour by 4.5:1; of softer ones neither does from a middle blue."""
_TRENDS = {
    "field_accuracy": ("Fields right", _BLUE, "solid"),
    "type_accuracy": ("Type right", _PINK, "solid"),
    "straight_through_rate": ("Straight through", _GREEN, "solid"),
    "straight_through_precision": ("Straight-through precision", _PURPLE, "solid"),
    "review_rate": ("Review rate", _VERMILION, "solid"),
    "error_rate": ("Error rate", _GREY, "solid"),
    "calibration_error": ("Calibration error", _GREY, "dot"),
}


def confusion_heatmap(
    matrix: ConfusionMatrix,
    named: Callable[[str], str],
    chosen: tuple[str, str] | None = None,
    colours: Sequence[str] = ("#dfeaf6", "#08366a"),
) -> go.Figure:
    """A confusion matrix: rows are what a person approved, columns what the machine said; empty cells stay empty.

    Heatmaps take no part in selection, so invisible markers lie over the cells; `customdata` tells their types.

    Args:
        matrix: the counts.
        named: type -> what people call it.
        chosen: (truth, prediction) of the cell to frame.
        colours: of the cells, as "#rrggbb", from that of no document to that of the most.
    """
    truths = [named(label) for label in matrix.truths]
    predictions = [named(label) for label in matrix.predictions]
    counts = [[count or None for count in row] for row in matrix.counts]
    columns, rows = max(_FEWEST_COLUMNS, len(predictions)), max(_FEWEST_ROWS, len(truths))
    heatmap = go.Heatmap(
        z=counts, x=list(range(len(predictions))), y=list(range(len(truths))), hoverinfo="skip", hoverongaps=False,
        showscale=False, xgap=2, ygap=2, zmin=0, zmax=max(map(max, matrix.counts), default=1),
        colorscale=[[i / (len(colours) - 1), colour] for i, colour in enumerate(colours)],
    )  # fmt: skip
    figure = go.Figure([heatmap, _clickable_cells(matrix, named)])
    figure.update_layout(annotations=list(_numbers(matrix, colours)))
    if chosen is not None and matrix.count(*chosen):
        _frame(figure, matrix.predictions.index(chosen[1]), matrix.truths.index(chosen[0]))
    plain = {"showgrid": False, "zeroline": False, "fixedrange": True, "tickmode": "array"}
    figure.update_xaxes(
        title="what the machine said", side="top", tickangle=-30, ticklabeloverflow="allow",
        range=[-0.5, columns - 0.5], tickvals=list(range(len(predictions))), ticktext=predictions, **plain,
    )  # fmt: skip
    figure.update_yaxes(
        title="what a person approved", range=[rows - 0.5, -0.5], tickvals=list(range(len(truths))), ticktext=truths,
        **plain,
    )  # fmt: skip
    figure.update_layout(
        height=_MARGIN_PX + _CELL_PX * rows, margin=_TIGHT | {"r": _LAST_LABEL_PX}, showlegend=False,
        hovermode="closest", clickmode="event+select", dragmode=False,
    )  # fmt: skip
    return figure


def _numbers(matrix: ConfusionMatrix, colours: Sequence[str]) -> Iterator[go.layout.Annotation]:
    """The cells' numbers: a heatmap's own texts are all of one colour, which some of its cells swallow."""
    most = max(map(max, matrix.counts), default=1)
    for y, row in enumerate(matrix.counts):
        for x, count in enumerate(row):
            if count:
                colour = text_colour(_between(colours, count / most))
                yield go.layout.Annotation(x=x, y=y, text=f"{count:,}", showarrow=False, font={"color": colour})


def _between(colours: Sequence[str], share: float) -> tuple[float, ...]:
    """The colour at a place of 0..1 on a scale, as Plotly takes it: red, green and blue of 0..255."""
    first = min(int(share * (len(colours) - 1)), len(colours) - 2)
    part = share * (len(colours) - 1) - first
    ends = zip(bytes.fromhex(colours[first][1:]), bytes.fromhex(colours[first + 1][1:]), strict=True)
    return tuple(low + (high - low) * part for low, high in ends)


def text_colour(background: Sequence[float]) -> str:
    """Black or white, whichever stands out more from a background given as red, green and blue of 0..255.

    By relative luminance and contrast ratio of WCAG 2.2.
    """
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (each / 255 for each in background)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return _BLACK if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else _WHITE


def _clickable_cells(matrix: ConfusionMatrix, named: Callable[[str], str]) -> go.Scatter:
    """Markers over the cells that have documents: side by side, for a cell may be wider than a marker."""
    filled = [
        (row, column + aside, truth, prediction)
        for row, truth in enumerate(matrix.truths)
        for column, prediction in enumerate(matrix.predictions)
        if matrix.count(truth, prediction)
        for aside in (-0.3, 0.0, 0.3)
    ]
    return go.Scatter(
        x=[column for _, column, _, _ in filled],
        y=[row for row, _, _, _ in filled],
        customdata=[(t, p, matrix.count(t, p), named(t), named(p)) for _, _, t, p in filled],
        mode="markers",
        marker={"symbol": "square", "size": _CELL_PX, "opacity": 0},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        hovertemplate="approved as <b>%{customdata[3]}</b>, called <b>%{customdata[4]}</b> by the machine: "
        "%{customdata[2]}<br>click for the documents<extra></extra>",
    )


def _frame(figure: go.Figure, column: int, row: int) -> None:
    figure.add_shape(
        type="rect",
        x0=column - 0.5,
        x1=column + 0.5,
        y0=row - 0.5,
        y1=row + 0.5,
        line={"color": _VERMILION, "width": 3},
    )


def reliability_diagram(measured: Calibration) -> go.Figure:
    """How often values of a confidence are right, against the line where the confidence means what it says."""
    bins = [row for row in measured.bins if row.n]
    figure = go.Figure(
        [
            go.Scatter(x=[0, 1], y=[0, 1], mode="lines", line={"dash": "dot", "width": 1, "color": _GREY}, name="ideal",
                       hoverinfo="skip"),
            go.Scatter(
                x=[row.confidence for row in bins], y=[row.accuracy for row in bins], mode="lines+markers",
                name="measured", customdata=[row.n for row in bins],
                marker={"size": 9, "symbol": "square"}, line={"color": _BLUE},
                hovertemplate="confidence %{x:.0%}, right %{y:.0%} (%{customdata} values)<extra></extra>",
            ),
        ]
    )  # fmt: skip
    figure.update_xaxes(title="confidence", range=[0, 1.02], tickformat=".0%", fixedrange=True)
    figure.update_yaxes(title="share that was right", range=[0, 1.05], tickformat=".0%", fixedrange=True)
    figure.update_layout(height=_LINES_PX, margin=_TIGHT, legend=_ABOVE)
    return figure


def learning_curve(points: Sequence[LearningPoint], over_reviewed: bool = False) -> go.Figure:
    """The share of values read right and the review rate, over time or over how much people have reviewed."""
    x = [point.reviewed_by_then if over_reviewed else point.end for point in points]
    lines = (
        ("Fields right", _BLUE, [point.values for point in points]),
        ("Review rate", _VERMILION, [point.review for point in points]),
    )
    figure = go.Figure(
        [
            go.Scatter(
                x=x, y=[share.rate for share in shares], name=name, mode="lines+markers", connectgaps=True,
                line={"color": colour},
                customdata=[
                    (share.right, share.n, point.reviewed_by_then, f"{point.start:%Y-%m-%d}", f"{point.end:%Y-%m-%d}")
                    for share, point in zip(shares, points, strict=True)
                ],
                hovertemplate=f"{name} %{{y:.1%}} (%{{customdata[0]:,}} of %{{customdata[1]:,}})<br>uploaded "
                "%{customdata[3]} to %{customdata[4]}; %{customdata[2]:,} documents reviewed by then<extra></extra>",
            )
            for name, colour, shares in lines
        ]
    )  # fmt: skip
    figure.update_xaxes(title="documents reviewed by then" if over_reviewed else None, fixedrange=True)
    _in_percent(figure)
    return figure


def snapshot_trends(snapshots: Sequence[Snapshot]) -> go.Figure:
    """The figures as they were known at the time, one line each."""
    at = [each.at for each in snapshots]
    figure = go.Figure(
        [
            go.Scatter(
                x=at, y=[getattr(each, attribute) for each in snapshots], name=name, mode="lines",
                line={"color": colour, "dash": dash},
                hovertemplate="%{y:.1%}",
            )
            for attribute, (name, colour, dash) in _TRENDS.items()
            if any(getattr(each, attribute) is not None for each in snapshots)
        ]
    )  # fmt: skip
    figure.update_xaxes(fixedrange=True)
    figure.update_layout(hovermode="x unified")
    _in_percent(figure)
    return figure


def _in_percent(figure: go.Figure) -> None:
    figure.update_yaxes(range=[0, 1.05], tickformat=".0%", fixedrange=True)
    figure.update_layout(height=_LINES_PX, margin=_TIGHT, legend=_ABOVE)
