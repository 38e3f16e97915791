"""From which stage a document is run again: the same choice wherever that can be asked."""

from __future__ import annotations

import streamlit as st

from app.components.wording import STAGES

_FROM_THE_BEGINNING = "ocr"


def stage_choice(label: str, key: str) -> str:
    """Draws the choice; gives the stage's name."""
    return st.segmented_control(
        label, list(STAGES), default=_FROM_THE_BEGINNING, required=True, key=key, format_func=STAGES.__getitem__
    )
