"""Settings: when a document may pass without a person, what the document types are, and new ones from an example."""

from __future__ import annotations

import streamlit as st

from app.auth import Role, require
from app.components.settings_definitions import definitions
from app.components.settings_new_type import new_type
from app.components.settings_thresholds import decision_rules

_RULES, _TYPES, _NEW = "Rules", "Document types", "New type"


def main() -> None:
    """Draws the screen."""
    user = require(Role.ADMIN)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header("Settings", width="stretch")
        section = st.segmented_control("Section", [_RULES, _TYPES, _NEW], default=_RULES, required=True, key="section",
                                       bind="query-params", label_visibility="collapsed")  # fmt: skip
    if section == _TYPES:
        definitions()
    elif section == _NEW:
        new_type(user)
    else:
        decision_rules(user)


main()
