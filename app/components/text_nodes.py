"""Text that comes from documents, file names or people, shown as the text it is: never as markdown, never as HTML."""

from __future__ import annotations

import html
import re
from typing import Literal

import streamlit as st

_HIT = re.compile("‹([^‹›]*)›")

Tone = Literal["plain", "title", "muted", "doubt", "wrong"]


def text_node(text: str, tone: Tone = "plain") -> None:
    """A line of text."""
    st.html(f'<div class="fuse-text fuse-{tone}">{html.escape(text)}</div>')


def snippet(text: str) -> None:
    """Found text; what stands between ‹ and › is marked."""
    st.html(f'<div class="fuse-text fuse-muted">{marked(text)}</div>')


def marked(text: str) -> str:
    """HTML of found text, with `<mark>` around the hits and nothing else in it that is HTML."""
    return _HIT.sub(r"<mark>\1</mark>", html.escape(text))


def in_code(text: str) -> str:
    """Text for a place that only takes markdown (a button's label, a tooltip): a code span, where nothing is markup."""
    flat = " ".join(text.replace("`", "'").split())
    return f"`{flat}`" if flat else ""
