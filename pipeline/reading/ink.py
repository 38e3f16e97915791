"""Which words leave ink on the page's picture: text that nobody can see must not be taken as read."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.render import Gray
from pipeline.types import Word

_EDGE = 4
"""Steps of grey between neighbouring pixels. Letters one fiftieth darker than their paper stay below it."""
_ENOUGH_ROWS = 800


def seen_words(words: Sequence[Word], picture: Gray) -> list[Word]:
    """The words in whose boxes the picture shows an edge; signs alone (rules, dots) are not judged.

    Args:
        words: of the page.
        picture: the page, from about 72 dpi.
    """
    if not words:
        return []
    rows = picture[:: max(1, len(picture) // _ENOUGH_ROWS)]
    edges = cv2.threshold(cv2.absdiff(rows[:, 1:], rows[:, :-1]), _EDGE, 1, cv2.THRESH_BINARY)[1]
    total = cv2.integral(edges)
    height, width = edges.shape
    places = np.array([(w.box.x0, w.box.y0, w.box.x1, w.box.y1) for w in words]) * (width, height, width, height)
    (x0, y0), (x1, y1) = np.floor(places[:, :2]).astype(int).T, np.ceil(places[:, 2:]).astype(int).T
    inked = total[y1, x1] - total[y0, x1] - total[y1, x0] + total[y0, x0] > 0
    return [
        word
        for word, ink in zip(words, inked.tolist(), strict=True)
        if ink or not any(character.isalnum() for character in word.text)
    ]
