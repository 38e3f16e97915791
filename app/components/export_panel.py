"""The export's choices: which documents, as what kind of file, and what becomes of sensitive values."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st

from app.auth import Role, User
from app.components.wording import counted
from app.exporting import EXPORT_FORMATS, MOST_CHOSEN, MOST_DOCUMENTS
from app.sensitive_fields import HIDING_MODES
from db.filters import Filters

_FORMATS = {"xlsx": "Excel", "csv": "CSV", "json": "JSON"}
_ABOUT_FORMATS = {
    "xlsx": "A sheet per document type, and one with the rows of all tables.",
    "csv": "One row per document; a table stands in one cell.",
    "json": "Everything: values, text on the page, confidence, who said so, and where it stands.",
}
_MODES = {
    "mask": "Masked (***-**-6789)",
    "hash": "Digests (the same for the same number)",
    "remove": "Removed",
    "none": "Shown in full",
}
_LARGE = 500
_CHOSEN, _MATCHING = "chosen", "matching"


def export_panel(user: User, filters: Filters, chosen: Sequence[str], matching: int) -> None:
    """Draws the button that opens the choices; the file comes from the API, in the browser's own way.

    Args:
        user: who exports; numbers in full are offered to managers.
        filters: what the documents of the list match.
        chosen: ids of the documents that are ticked.
        matching: how many documents match.
    """
    with st.popover("Export", icon=":material/download:", disabled=not matching, key="export"):
        which = _which(chosen, matching)
        form = st.segmented_control(
            "As", sorted(EXPORT_FORMATS, key=list(_FORMATS).index), default="xlsx", required=True,
            format_func=_FORMATS.__getitem__, key="export-format",
        )  # fmt: skip
        st.caption(_ABOUT_FORMATS[form])
        modes = [mode for mode in HIDING_MODES if mode != "none" or user.role >= Role.MANAGER]
        mode = st.selectbox(
            "Tax, account and document numbers", modes, format_func=_MODES.__getitem__, key="export-hide"
        )
        persons = st.checkbox("Hide names of persons too", key="export-persons", disabled=mode == "none")
        n = len(chosen) if which == _CHOSEN else min(matching, MOST_DOCUMENTS)
        address = _address(filters, chosen if which == _CHOSEN else (), form, mode, persons)
        st.link_button(f"Download {counted(n, 'document')}", address, type="primary", icon=":material/download:",
                       width="stretch")  # fmt: skip
        wait = "A large workbook begins to arrive after some seconds. " if form == "xlsx" and n > _LARGE else ""
        st.caption(f"{wait}Each export is noted in the audit trail.")


def _which(chosen: Sequence[str], matching: int) -> str:
    which = _MATCHING
    if chosen:
        options = {_CHOSEN: f"The {len(chosen)} ticked", _MATCHING: f"All {matching:,} that match"}
        which = st.radio("Which documents", list(options), format_func=options.__getitem__, key="export-which",
                         horizontal=True)  # fmt: skip
    else:
        st.markdown(f"**{counted(matching, 'document')}**: all that match. Tick some in the list to export only those.")
    if which == _MATCHING and matching > MOST_DOCUMENTS:
        st.caption(f"One export holds the newest {MOST_DOCUMENTS:,}. For the others, narrow the list by filters.")
    return which


def _address(filters: Filters, chosen: Sequence[str], form: str, mode: str, persons: bool) -> str:
    params: list[tuple[str, str]] = [("format", form), ("hide", mode)]
    params += [("persons", "true")] if persons and mode != "none" else []
    if chosen:
        params += [("id", each) for each in chosen[:MOST_CHOSEN]]
    else:
        params += [("status", each) for each in filters.statuses] + [("type", each) for each in filters.types]
        single = {"q": filters.query, "filename": filters.filename, "reason": filters.reason,
                  "uploader": filters.uploader}  # fmt: skip
        params += [(name, value) for name, value in single.items() if value]
        params += [] if filters.max_confidence is None else [("max_confidence", str(filters.max_confidence))]
    return f"/api/export?{urlencode(params)}"
