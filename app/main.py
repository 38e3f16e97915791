"""The workbench's entry: the menu, the logo, and the screen that the address names."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import streamlit as st
from sqlalchemy.exc import InterfaceError, OperationalError

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
    if _asked_path() in ("", navigation.QUEUE.path):  # which says the number, too: the two must not differ
        _waiting.clear(user.tenant_id)
    try:
        waiting = _waiting(user.tenant_id)
    except (InterfaceError, OperationalError):  # the screen says so itself; Upload keeps what was just chosen
        return navigation.QUEUE.title
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


def _asked_path() -> str:
    return unquote(urlsplit(st.context.url or "").path).strip("/ ")


def _unknown_address(known: list[st.Page]) -> list[st.Page]:
    """A screen for an address that leads to none: Streamlit's own words speak of files in a folder."""
    asked = _asked_path()
    if not asked or "/" in asked or asked in (page.url_path for page in known):
        return []
    return [st.Page(_nothing_here, title="Not found", url_path=asked, visibility="hidden")]


def _nothing_here() -> None:
    st.header("There is nothing at this address")
    st.markdown("It may have been mistyped or cut off. Choose a screen from the menu above, or begin with the queue.")
    navigation.link(navigation.QUEUE, "Open the queue")


st.set_page_config(page_title="Fuse", page_icon=str(_STATIC / "mark.svg"), layout="wide")
st.logo(str(_STATIC / "logo.svg"), size="medium")
st.html(_STYLES)
with told():
    visitor = require(Role.ANALYST)
    pages = [
        _page(navigation.QUEUE, _queue_title(visitor)),
        _page(navigation.REVIEW),
        _page(navigation.UPLOAD),
        _page(navigation.DOCUMENTS),
        _page(navigation.QUALITY),
        _page(navigation.OPERATIONS, hidden=visitor.role < Role.MANAGER),
        _page(navigation.SETTINGS, hidden=visitor.role < Role.ADMIN),
        _page(navigation.DOCUMENT, hidden=True),
    ]
    shown = st.navigation([*pages, *_unknown_address(pages)], position="top")
    shown.run()
