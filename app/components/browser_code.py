"""The browser's part of our components: its scripts are parts of one module, joined as they stand in `browser/`.

Streamlit sends a component's script with every run of a screen. What it sends for ours is a line that loads the module
from the API, which the browser keeps.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

_FOLDER = Path(__file__).parent / "browser"
_PARTS = {
    "page_viewer": (
        "elements", "pages", "selection", "field_card", "drafts", "unsent", "lock", "help", "hints", "calendar",
        "form_link", "keys", "viewer",
    ),
    "rows_editor": ("elements", "rows_history", "rows_sums", "rows_editor"),
    "files_not_sent": ("files_not_sent",),
}  # fmt: skip
"""Module -> its parts; each may use what those before it define."""
_LOADER = """
const loading = import(new URL("api/components/{name}.js?v={version}", document.baseURI).href)

export default function (component) {{
  let close, gone = false
  loading.then((module) => {{ if (!gone) close = module.default(component) }}, () => {{
    component.parentElement.textContent = "A part of this screen did not load. Reload the page to try again."
  }})
  return () => {{
    gone = true
    close?.()
  }}
}}
"""


@cache
def module(name: str) -> str | None:
    """The script of a component; None: there is none of that name."""
    parts = _PARTS.get(name)
    return None if parts is None else "\n".join((_FOLDER / f"{part}.js").read_text() for part in parts)


def loader(name: str) -> str:
    """The script that loads a component's module; it names the module's version, so that a new one is fetched."""
    version = sha256((module(name) or "").encode()).hexdigest()[:16]
    return _LOADER.format(name=name, version=version)


def style(name: str) -> str:
    """The style sheet of that name."""
    return (_FOLDER / f"{name}.css").read_text()
