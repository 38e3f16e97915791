"""The workbench's entry: the menu, the logo, and the screen that the address names."""

from __future__ import annotations

import streamlit as st

from app import navigation, wiring
from app.auth import Role, User, require
from app.components.failures import told
from app.settings import ROOT
from db import documents

_STATIC = ROOT / "app" / "static"
_STYLES = ROOT / "app" / "components" / "workbench.css"

# Streamlit makes this script the process's main module, and multiprocessing has every child run the main module's file
# again: each page picture would load the whole workbench first. Without a file there is nothing to run.
del __file__


@st.cache_data(ttl=2, max_entries=100, show_spinner=False)
def _waiting(tenant_id: str) -> int:
    with wiring.database(wiring.settings()).connect() as connection:
        counts = documents.count_by_status(connection, tenant_id)
    return counts.get("needs_review", 0) + counts.get("error", 0)


def _queue_title(user: User) -> str:
    waiting = _waiting(user.tenant_id)
    return f"{navigation.QUEUE.title} ({waiting:,})" if waiting else navigation.QUEUE.title


def _page(screen: navigation.Screen, title: str | None = None, hidden: bool = False) -> st.Page:
    return st.Page(
        screen.file,
        title=title or screen.title,
        icon=screen.icon,
        url_path=screen.path,
        help=screen.help,
        default=screen is navigation.QUEUE,
        visibility="hidden" if hidden else "visible",
    )


st.set_page_config(page_title="Fuse", page_icon=str(_STATIC / "mark.svg"), layout="wide")
st.logo(str(_STATIC / "logo.svg"), size="medium")
st.html(_STYLES)
with told():
    visitor = require(Role.ANALYST)
    shown = st.navigation(
        [
            _page(navigation.QUEUE, _queue_title(visitor)),
            _page(navigation.REVIEW),
            _page(navigation.UPLOAD),
            _page(navigation.DOCUMENTS),
            _page(navigation.QUALITY),
            _page(navigation.SETTINGS),
            _page(navigation.DOCUMENT, hidden=True),
        ],
        position="top",
    )
    shown.run()
