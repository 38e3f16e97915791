from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.charts import confusion_heatmap, learning_curve, reliability_diagram, snapshot_trends, text_colour
from app.components.wording import type_label
from db.snapshots import Snapshot
from pipeline.metrics.quality import Share, calibration, confusion_matrix
from pipeline.metrics.report import LearningPoint

NOON = datetime(2024, 3, 15, 12, tzinfo=UTC)
MATRIX = confusion_matrix({("w9", "w9"): 3, ("w9", "unknown"): 1, ("invoice", "w9"): 2})


def test_the_confusion_matrix_has_truth_in_rows_and_leaves_empty_cells_empty() -> None:
    figure = confusion_heatmap(MATRIX, type_label)
    heatmap, layout = figure.data[0], figure.layout
    assert layout.yaxis.ticktext == ("Invoice", "W-9")
    assert layout.xaxis.ticktext == ("Invoice", "W-9", "Not recognised")
    assert (layout.yaxis.tickvals, layout.xaxis.tickvals) == (heatmap.y, heatmap.x) == ((0, 1), (0, 1, 2))
    assert [list(row) for row in heatmap.z] == [[None, 2, None], [None, 3, 1]]


def test_each_number_stands_out_from_its_own_cell() -> None:
    figure = confusion_heatmap(MATRIX, type_label, colours=["#ffffff", "#5797ca", "#08366a"])
    told = {(each.x, each.y): (each.text, each.font.color) for each in figure.layout.annotations}
    assert told == {(1, 0): ("2", "#ffffff"), (1, 1): ("3", "#ffffff"), (2, 1): ("1", "#000000")}
    assert figure.data[0].colorscale == ((0.0, "#ffffff"), (0.5, "#5797ca"), (1.0, "#08366a"))
    assert not confusion_heatmap(confusion_matrix({}), type_label).layout.annotations


@pytest.mark.parametrize("grey", range(0, 256, 5))
def test_a_number_can_be_read_on_any_colour(grey: int) -> None:
    """4.5:1 at least (WCAG 2.2, 1.4.3)."""
    linear = grey / 255 / 12.92 if grey < 11 else ((grey / 255 + 0.055) / 1.055) ** 2.4
    contrast = 1.05 / (linear + 0.05) if text_colour((grey,) * 3) == "#ffffff" else (linear + 0.05) / 0.05
    assert contrast > 4.5


def test_every_cell_with_documents_can_be_clicked_and_tells_its_types() -> None:
    markers = confusion_heatmap(MATRIX, type_label).data[1]
    places = {(y, round(x)): tuple(c[:3]) for y, x, c in zip(markers.y, markers.x, markers.customdata, strict=True)}
    assert places == {(0, 1): ("invoice", "w9", 2), (1, 1): ("w9", "w9", 3), (1, 2): ("w9", "unknown", 1)}
    assert markers.selected.marker.opacity == markers.unselected.marker.opacity == markers.marker.opacity == 0


@pytest.mark.parametrize(
    ("chosen", "frames"), [(("w9", "unknown"), [(1.5, 2.5, 0.5, 1.5)]), (("w2", "w9"), []), (None, [])]
)
def test_the_chosen_cell_is_framed(chosen: tuple[str, str] | None, frames: list[tuple[float, ...]]) -> None:
    shapes = confusion_heatmap(MATRIX, type_label, chosen).layout.shapes
    assert [(shape.x0, shape.x1, shape.y0, shape.y1) for shape in shapes] == frames


def test_the_reliability_diagram_shows_only_bins_with_values() -> None:
    measured = reliability_diagram(calibration([(0.95, True), (0.92, False), (0.31, True)])).data[1]
    assert [round(x, 3) for x in measured.x] == [0.31, 0.935]
    assert list(measured.y) == [1.0, 0.5]
    assert list(measured.customdata) == [1, 2]


@pytest.mark.parametrize("over_reviewed", [False, True])
def test_the_learning_curve_has_gaps_where_nothing_was_reviewed(over_reviewed: bool) -> None:
    points = [
        LearningPoint(NOON + timedelta(days=i), NOON + timedelta(days=i + 1), reviewed, values, Share(1, 4))
        for i, (reviewed, values) in enumerate(((5, Share(8, 10)), (5, Share(0, 0)), (9, Share(9, 10))))
    ]
    fields, review = learning_curve(points, over_reviewed).data
    assert list(fields.y) == [0.8, None, 0.9]
    assert list(review.y) == [0.25] * 3
    assert list(fields.x) == ([5, 5, 9] if over_reviewed else [NOON + timedelta(days=i) for i in (1, 2, 3)])


def test_snapshots_show_what_was_known_of() -> None:
    snapshots = [
        Snapshot(NOON, 3, 0.5, None, 0.4, 0.0, None, None, None),
        Snapshot(NOON + timedelta(hours=1), 4, 0.6, None, 0.3, 0.0, None, None, None),
    ]
    lines = {line.name: list(line.y) for line in snapshot_trends(snapshots).data}
    assert lines == {"Straight through": [0.5, 0.6], "Review rate": [0.4, 0.3], "Error rate": [0.0, 0.0]}
