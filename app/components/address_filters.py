"""Choices that stand in the address, so that a list can be bookmarked, sent to a colleague, and come back to.

Streamlit's own `bind="query-params"` puts an option's label into the address; labels carry counts and change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st


def choose_one(
    label: str,
    param: str,
    options: Sequence[str],
    named: Callable[[str], str],
    on_change: Callable[[], None] | None = None,
) -> str | None:
    """A select box whose choice is the address's `param`; None: all."""
    asked = st.query_params.get(param, "")
    known = [*options, asked] if asked and asked not in options else list(options)
    key = f"one-{param}"
    if key not in st.session_state:
        st.session_state[key] = asked or None
    return st.selectbox(
        label, known, index=None, key=key, placeholder="All", format_func=named, on_change=_put_one,
        args=(key, param, on_change),
    )  # fmt: skip


def choose_some(
    label: str,
    param: str,
    options: Sequence[str],
    named: Callable[[str], str],
    on_change: Callable[[], None] | None = None,
) -> list[str]:
    """A multi-select whose choices are the address's `param`, repeated; none: all."""
    key = f"some-{param}"
    if key not in st.session_state:
        st.session_state[key] = [each for each in st.query_params.get_all(param) if each in options]
    return st.multiselect(
        label, list(options), key=key, placeholder="All", format_func=named, on_change=_put_some,
        args=(key, param, on_change),
    )  # fmt: skip


def _put_one(key: str, param: str, then: Callable[[], None] | None) -> None:
    _put(param, [st.session_state[key]], then)


def _put_some(key: str, param: str, then: Callable[[], None] | None) -> None:
    _put(param, st.session_state[key], then)


def _put(param: str, values: Sequence[str | None], then: Callable[[], None] | None) -> None:
    chosen = [value for value in values if value]
    if chosen:
        st.query_params[param] = chosen
    else:
        st.query_params.pop(param, None)
    if then is not None:
        then()
