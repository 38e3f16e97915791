"""A page of the example, with the places of the values that were found on it."""

from __future__ import annotations

import html
from collections.abc import Iterable

import streamlit as st

from pipeline.types import Box

_WIDTH_PX = 1000


def example_page(doc_id: str, number: int, places: Iterable[tuple[str, Box]]) -> None:
    """Draws the page.

    Args:
        doc_id: of the document.
        number: of the page, from 1.
        places: (what is there, where) of values; those of other pages are left out.
    """
    marks = "".join(_mark(label, box) for label, box in places if box.page == number)
    address = f"/api/docs/{doc_id}/pages/{number}.jpg?w={_WIDTH_PX}"
    picture = f'<img src="{address}" alt="Page {number}" style="width:100%;display:block">'
    st.html(f'<div style="position:relative;border:1px solid rgba(128,128,128,.4)">{picture}{marks}</div>')


def _mark(label: str, box: Box) -> str:
    place = (
        f"left:{box.x0:.3%};top:{box.y0:.3%};width:{box.x1 - box.x0:.3%};height:{box.y1 - box.y0:.3%};"
        "position:absolute;outline:2px solid #d55e00;background:rgba(213,94,0,.15)"
    )
    return f'<div title="{html.escape(label, quote=True)}" style="{place}"></div>'
