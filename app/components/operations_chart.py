"""The chart of what was finished hour by hour."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from db.workload import Hour

_HEIGHT_PX = 210
_TICKS = 5


def throughput_bars(hours: Sequence[Hour]) -> go.Figure:
    """Documents finished in each hour; the last bar is the hour that is not over yet."""
    figure = go.Figure(
        go.Bar(
            x=[hour.begins for hour in hours],
            y=[hour.documents for hour in hours],
            customdata=[hour.pages for hour in hours],
            hovertemplate="%{x|%H:%M}: <b>%{y}</b> documents, %{customdata} pages<extra></extra>",
        )
    )
    figure.update_xaxes(tickformat="%H:%M", showgrid=False, fixedrange=True)
    most = max((hour.documents for hour in hours), default=0)
    whole_steps = {"dtick": 1} if most < _TICKS else {"nticks": _TICKS}  # half a document is no tick
    figure.update_yaxes(range=[0, max(most, 1) * 1.08], tickformat=",d", fixedrange=True, **whole_steps)
    figure.update_layout(height=_HEIGHT_PX, margin={"l": 10, "r": 10, "t": 10, "b": 10}, bargap=0.25)
    return figure
