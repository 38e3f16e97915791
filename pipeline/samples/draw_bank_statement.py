"""Bank statements in four layouts: two American ones, a British one of two pages, a continental one."""

from __future__ import annotations

import random
from collections.abc import Callable

from pipeline.samples.sheet import Drawing
from pipeline.samples.statement_continental import draw_continental
from pipeline.samples.statement_uk import draw_uk
from pipeline.samples.statement_us import draw_sections, draw_single_table

LAYOUTS: dict[str, Callable[[random.Random], Drawing]] = {
    "us_sections": draw_sections,
    "us_single_table": draw_single_table,
    "uk": draw_uk,
    "continental": draw_continental,
}


def draw_bank_statement(rng: random.Random) -> Drawing:
    """Draws a statement in one of the layouts."""
    return LAYOUTS[rng.choice(tuple(LAYOUTS))](rng)
