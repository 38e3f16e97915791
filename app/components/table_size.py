"""How high tables are drawn."""

from __future__ import annotations

ROW_PX = 36


def height_px(rows: int, most: int) -> int:
    """Of a table with its heads: as high as its rows, up to a number of them; the rest scrolls."""
    return (min(rows, most) + 1) * ROW_PX + 2
