"""Pictures of pages as the browser gets them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from pipeline.kinds import FileKind
from pipeline.page_picture import page_jpeg


@pytest.mark.parametrize(
    ("turn", "size", "dark_corner"),
    [(0, (400, 300), (0, 0)), (90, (400, 533), (0, 1)), (180, (400, 300), (1, 1)), (270, (400, 533), (1, 0))],
)
def test_a_turned_page_is_shown_upright(turn: int, size: tuple[int, int], dark_corner: tuple[int, int]) -> None:
    """The corner that is dark in the file goes round clockwise; the width asked for is that of the upright page."""
    picture = np.full((600, 800), 255, np.uint8)
    picture[:150, :200] = 0
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    drawn = np.asarray(Image.open(io.BytesIO(page_jpeg(file.getvalue(), FileKind.PNG, 1, turn, 400))).convert("L"))
    assert (drawn.shape[1], drawn.shape[0]) == size
    row, column = (-5 if at else 5 for at in dark_corner)
    assert drawn[row, column] < 50
    assert np.mean(drawn < 50) == pytest.approx(1 / 16, abs=0.01)
