"""Lists of documents that stay as they were drawn while something of them is chosen.

A choice is a row's number: in a list that was read anew it would slip to another document.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, Protocol, TypeVar

import streamlit as st


class OfDocument(Protocol):
    """A row about a document."""

    @property
    def doc_id(self) -> str:
        """Which document."""
        ...


_Row = TypeVar("_Row", bound=OfDocument)


def steady(name: str, listing: Callable[[], Sequence[_Row]], choice: Literal["rows", "cells"]) -> Sequence[_Row]:
    """What a table shows: what was drawn, while some of it is chosen, else what there is now.

    Args:
        name: of the list, its own in the session.
        listing: gives what there is now.
        choice: what people choose in the table.
    """
    before: Sequence[_Row] = st.session_state.get(_drawn(name), ())
    table = st.session_state.get(table_key(name, before))
    if before and table is not None and table["selection"][choice]:
        return before
    listed = listing()
    st.session_state[_drawn(name)] = listed
    return listed


def table_key(name: str, listed: Sequence[OfDocument]) -> str:
    """The key of the table: another one for other documents, so that nothing in it is chosen."""
    return f"{name}-{hash(tuple(each.doc_id for each in listed))}"


def read_anew(name: str) -> None:
    """Has the list read anew, whatever is chosen in it."""
    st.session_state.pop(_drawn(name), None)


def _drawn(name: str) -> str:
    return f"{name}-listed"
