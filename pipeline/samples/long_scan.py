"""A long scan: many different pages in one PDF, as an office scanner sends them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice

import numpy as np

from pipeline.samples import degrade, draw

_DPI = 200
_FULL_PAGES = ("bank_statement", "invoice", "form_1099", "pay_stub", "utility_bill", "w2", "w9")
"""Types whose drawings are letter pages."""


def draw_long_scan(pages: int, seed: int = 0) -> bytes:
    """Draws a PDF of scanned pages, no two alike, without a text layer."""
    return degrade.as_pdf(list(islice(_worn_pages(seed), pages)), _DPI)


def _worn_pages(seed: int) -> Iterator[degrade.Picture]:
    for number in count():
        drawn = draw(_FULL_PAGES[number % len(_FULL_PAGES)], "digital", seed + number)
        rng = np.random.default_rng([seed, number])
        for page in degrade.rasterise(drawn.data, _DPI):
            yield degrade.scan(degrade.grey(page), rng)
