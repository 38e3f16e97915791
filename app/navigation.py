"""The screens of the workbench, and the way from one to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import streamlit as st

from db.documents import DocumentNotFound


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen: its file (seen from the entry script), its path in the address, what the menu calls it, its icon, and
    one sentence about it.
    """

    file: str
    path: str
    title: str
    icon: str
    help: str


QUEUE = Screen(
    "../pages/queue_screen.py", "queue", "Queue", ":material/inbox:", "What a person must look at, least certain first."
)
REVIEW = Screen(
    "../pages/review_screen.py", "review", "Review", ":material/fact_check:", "A document's pages beside its values."
)
UPLOAD = Screen(
    "../pages/upload_screen.py",
    "upload",
    "Upload",
    ":material/upload_file:",
    "Add documents and watch them being read.",
)
DOCUMENTS = Screen(
    "../pages/documents_screen.py", "documents", "Documents", ":material/folder_open:", "Find any document by its text."
)
QUALITY = Screen(
    "../pages/quality_screen.py",
    "quality",
    "Quality",
    ":material/monitoring:",
    "How often the machine is right, and fast.",
)
OPERATIONS = Screen(
    "../pages/operations_screen.py",
    "operations",
    "Operations",
    ":material/engineering:",
    "What waits, who works, how fast, and what failed.",
)
SETTINGS = Screen(
    "../pages/settings_screen.py",
    "settings",
    "Settings",
    ":material/tune:",
    "When a document may pass without a person.",
)
DOCUMENT = Screen(
    "../pages/document_screen.py",
    "document",
    "Document",
    ":material/description:",
    "One document's values and history.",
)

DOC = "doc"
"""The query parameter that names a document."""


def asked_document() -> str | None:
    """The document that the address names; None when it names none.

    Raises:
        DocumentNotFound: it names something that can't be one.
    """
    asked = st.query_params.get(DOC)
    if not asked:
        return None
    try:
        return str(UUID(asked))
    except ValueError:
        raise DocumentNotFound(asked) from None


def link(screen: Screen, label: str, params: Mapping[str, str] | None = None, icon: str | None = None) -> None:
    """Draws a link to a screen."""
    st.page_link(screen.file, label=label, icon=icon or screen.icon, query_params=dict(params or {}), help=screen.help)


def go(screen: Screen, params: Mapping[str, str] | None = None) -> None:
    """Opens a screen at once."""
    st.switch_page(screen.file, query_params=dict(params or {}))
