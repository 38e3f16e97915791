from __future__ import annotations

from app.charts import confusion_heatmap, reliability_diagram
from app.components.wording import type_label
from pipeline.metrics.quality import calibration, confusion_matrix


def test_the_confusion_matrix_has_truth_in_rows_and_leaves_empty_cells_empty() -> None:
    matrix = confusion_matrix({("w9", "w9"): 3, ("w9", "unknown"): 1, ("invoice", "w9"): 2})
    [heatmap] = confusion_heatmap(matrix, type_label).data
    assert heatmap.y == ("Invoice", "W-9")
    assert heatmap.x == ("Invoice", "W-9", "Not recognised")
    assert [list(row) for row in heatmap.z] == [[None, 2, None], [None, 3, 1]]


def test_the_reliability_diagram_shows_only_bins_with_values() -> None:
    measured = reliability_diagram(calibration([(0.95, True), (0.92, False), (0.31, True)])).data[1]
    assert [round(x, 3) for x in measured.x] == [0.31, 0.935]
    assert list(measured.y) == [1.0, 0.5]
    assert list(measured.customdata) == [1, 2]
