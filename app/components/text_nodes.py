"""Text that comes from documents, file names or people, shown as the text it is: never as markdown, never as HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Container, Mapping
from typing import Literal

import streamlit as st

_HIT = re.compile("‹([^‹›]*)›")

Tone = Literal["plain", "title", "strong", "muted", "doubt", "wrong", "group"]


def text_node(text: str, tone: Tone = "plain") -> None:
    """A line of text."""
    st.html(f'<div class="fuse-text fuse-{tone}">{html.escape(text)}</div>')


def snippet(text: str) -> None:
    """Found text; what stands between ‹ and › is marked."""
    st.html(f'<div class="fuse-text fuse-muted">{marked(text)}</div>')


def facts(rows: Mapping[str, str], codes: Container[str] = ()) -> None:
    """Short facts in columns, each under its name.

    Args:
        rows: name -> text.
        codes: names of those that nobody reads to the end: cut short to the eye, but a click selects the whole.
    """
    st.html(f'<dl class="fuse-facts">{"".join(_fact(name, text, name in codes) for name, text in rows.items())}</dl>')


def _fact(name: str, text: str, is_code: bool) -> str:
    escaped = html.escape(text)
    shown = f'<code title="A click selects all of it">{escaped}</code>' if is_code else escaped
    return f"<div><dt>{html.escape(name)}</dt><dd>{shown}</dd></div>"


def marked(text: str) -> str:
    """HTML of found text, with `<mark>` around the hits and nothing else in it that is HTML."""
    return _HIT.sub(r"<mark>\1</mark>", html.escape(text))


def in_code(text: str) -> str:
    """Text for a place that only takes markdown (a button's label, a tooltip): a code span, where nothing is markup."""
    flat = " ".join(text.replace("`", "'").split())
    return f"`{flat}`" if flat else ""
