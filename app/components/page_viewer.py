"""The page viewer: a document's pages with the places of its values, linked with the form beside it.

A Streamlit component (v2) of our own. Pictures come lazily from the API, so nothing of the file travels with a rerun;
a field that gets the focus shows its place on the page, and a place that is clicked gives the focus to its field,
both in the browser alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from app.components.field_entries import FormField, Seen
from app.components.wording import percent
from db.outlines import PageOutline

_HERE = Path(__file__).parent
_LETTER_RATIO = 11 / 8.5

_COMPONENT = st.components.v2.component(
    "fuse_page_viewer",
    html='<div class="viewer"\n tabindex="-1"></div>',
    css=(_HERE / "page_viewer.css").read_text(),
    js=(_HERE / "page_viewer.js").read_text(),
)


def page_viewer(
    seen: Seen,
    page_count: int,
    outlines: Sequence[PageOutline],
    fields: Sequence[FormField],
    asked: str | None = None,
    top: bool = False,
    preload: str | None = None,
) -> None:
    """Draws the viewer.

    Args:
        seen: the form that it is linked with.
        page_count: how many pages the document has.
        outlines: those that were read.
        fields: as the form shows them.
        asked: the field that gets the focus because it must be mended; None: the one that had it before, or the
            first doubtful one of a document that has just appeared.
        top: show the top of the screen, where something stands that must be read first.
        preload: the document that comes next, whose first page is fetched already.
    """
    doubtful = [each.spec.name for each in fields if each.needs_a_look]
    first = doubtful[0] if doubtful else next((each.spec.name for each in fields), None)
    _COMPONENT(
        key="page-viewer",
        data={
            "doc": seen.doc_id,
            "token": f"{seen.prefix}{asked or ''}{top}",
            "prefix": f"st-key-{seen.prefix}",
            "pages": _pages(page_count, outlines),
            "boxes": [box for each in fields for box in _boxes(each)],
            "doubtful": doubtful,
            "first": first,
            "asked": asked,
            "top": top,
            "preload": preload,
        },
    )


def _pages(page_count: int, outlines: Sequence[PageOutline]) -> list[dict[str, Any]]:
    ratios = {page.number: page.height_pt / page.width_pt for page in outlines if page.width_pt > 0}
    usual = next(iter(ratios.values()), _LETTER_RATIO)
    return [
        {"number": n, "ratio": round(ratios.get(n, usual), 4), "read": n in ratios} for n in range(1, page_count + 1)
    ]


def _boxes(each: FormField) -> list[dict[str, Any]]:
    if each.stored is None:
        return []
    confidence = "typed" if each.level == "human" else percent(each.stored.confidence)
    return [
        {
            "field": each.spec.name,
            "label": f"{each.spec.label} · {confidence}",
            "level": each.level,
            "page": int(box[0]),
            "place": [round(edge, 4) for edge in box[1:5]],
        }
        for box in each.stored.boxes
    ]
