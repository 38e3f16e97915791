"""Pages of a scanned W-9 that only hold the form's printed instructions: nobody needs more of them than their top.

The rule: page 1 is a Form W-9 by its title, and the top of the page says "Form W-9" and "Page 2" or a later number, as
the IRS prints on its instruction pages; there is nothing to fill in on them (Form W-9, revisions 10-2018 and 3-2024).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from pipeline.ocr import find_engine
from pipeline.reading.options import ReadingOptions
from pipeline.render import Gray
from pipeline.types import Page, Word

WHY = "Instructions of the form: only its top was read."

_MOST_PAGES = 8
_TOP = 0.12
_LINE = 0.25
"""Of the top's height: so close are the middles of words in one line, also when it is askew."""
_NAME = re.compile(r"\bW\s?[-\u2013\u2014]\s?9\b")
_TITLE = re.compile(r"Request\s+for\s+Taxpayer", re.IGNORECASE)
_NUMBER = re.compile(r"^Page\s?[2-9]\b")


def may_have_instructions(first: Page | None, number: int, page_count: int) -> bool:
    """Whether a page may be one of a W-9's instruction pages.

    Args:
        first: page 1 as read; None: not known, so nothing is left out.
        number: the page's number.
        page_count: of the document.
    """
    if first is None or number == 1 or page_count > _MOST_PAGES:
        return False
    title = first.text[:600]
    return bool(_NAME.search(title) and _TITLE.search(title))


def top_of_instructions(picture: Gray, number: int, options: ReadingOptions) -> tuple[Word, ...] | None:
    """The words at the top of the page if they say that it holds instructions, else None.

    Args:
        picture: the page, at the resolution for OCR.
        number: its number.
        options: how to read.

    Raises:
        EngineMissing: there is no engine.
    """
    top = np.ascontiguousarray(picture[: max(1, round(_TOP * len(picture)))])
    share = len(top) / len(picture)
    words = find_engine(options.engine, options.language).read(top, number)
    if not says_instructions(words):
        return None
    return tuple(replace(word, box=replace(word.box, y0=word.box.y0 * share, y1=word.box.y1 * share)) for word in words)


def says_instructions(words: Sequence[Word]) -> bool:
    """Whether the top of a page has a line with the form's name and a page number from 2 on, and not its title."""
    names = [word.box for word in words if _NAME.search(word.text)]
    numbers = [
        word.box for word, after in pairwise([*words, *words[-1:]]) if _NUMBER.search(f"{word.text} {after.text}")
    ]
    in_line = any(abs(name.y0 + name.y1 - number.y0 - number.y1) / 2 < _LINE for name in names for number in numbers)
    return in_line and not _TITLE.search(" ".join(word.text for word in words))
